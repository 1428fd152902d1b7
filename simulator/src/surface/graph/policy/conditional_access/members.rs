//! Members of a policy's JSON: words, ids, objects; what the type does not have is refused.

use entrasim_domain::enforcement::facts::{ClientAppType, DevicePlatform, Risk, UserAction};
use entrasim_domain::policy::conditional_access::{GrantControl, PolicyState};
use serde_json::{Map, Value};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

pub(super) const CLASS: &str = "ConditionalAccessPolicy";

pub(super) type Members = Map<String, Value>;

pub(super) const STATES: [(PolicyState, &str); 3] = [
    (PolicyState::Enabled, "enabled"),
    (PolicyState::Disabled, "disabled"),
    (PolicyState::ReportOnly, "enabledForReportingButNotEnforced"),
];
pub(super) const CLIENT_APPS: [(ClientAppType, &str); 4] = [
    (ClientAppType::Browser, "browser"),
    (
        ClientAppType::MobileAppsAndDesktopClients,
        "mobileAppsAndDesktopClients",
    ),
    (ClientAppType::ExchangeActiveSync, "exchangeActiveSync"),
    (ClientAppType::Other, "other"),
];
pub(super) const PLATFORMS: [(DevicePlatform, &str); 6] = [
    (DevicePlatform::Android, "android"),
    (DevicePlatform::Ios, "iOS"),
    (DevicePlatform::Windows, "windows"),
    (DevicePlatform::WindowsPhone, "windowsPhone"),
    (DevicePlatform::MacOs, "macOS"),
    (DevicePlatform::Linux, "linux"),
];
pub(super) const RISKS: [(Risk, &str); 4] = [
    (Risk::High, "high"),
    (Risk::Medium, "medium"),
    (Risk::Low, "low"),
    (Risk::None, "none"),
];
pub(super) const CONTROLS: [(GrantControl, &str); 7] = [
    (GrantControl::Block, "block"),
    (GrantControl::Mfa, "mfa"),
    (GrantControl::CompliantDevice, "compliantDevice"),
    (GrantControl::DomainJoinedDevice, "domainJoinedDevice"),
    (GrantControl::ApprovedApplication, "approvedApplication"),
    (GrantControl::CompliantApplication, "compliantApplication"),
    (GrantControl::PasswordChange, "passwordChange"),
];
pub(super) const ACTIONS: [(UserAction, &str); 2] = [
    (
        UserAction::RegisterSecurityInformation,
        "urn:user:registersecurityinfo",
    ),
    (UserAction::RegisterOrJoinDevices, "urn:user:registerdevice"),
];

/// The word of a value.
pub(super) fn word<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table
        .iter()
        .find(|(known, _)| known == value)
        .map_or("", |(_, word)| word)
}

pub(super) fn value_of<T: Copy>(
    table: &[(T, &'static str)],
    word: &str,
    name: &str,
) -> Result<T, GraphError> {
    table
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(word))
        .map(|(value, _)| *value)
        .ok_or_else(|| invalid(name, CLASS))
}

pub(super) fn unknown(name: &str) -> GraphError {
    GraphError::UnknownMember {
        member: name.to_owned(),
        entity: "conditionalAccessPolicy",
    }
}

pub(super) fn object<'v>(value: &'v Value, name: &str) -> Result<&'v Members, GraphError> {
    value.as_object().ok_or_else(|| invalid(name, CLASS))
}

/// A list of words; `null` and absence are the empty list.
pub(super) fn words<'v>(members: &'v Members, name: &str) -> Result<Vec<&'v str>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| value.as_str().ok_or_else(|| invalid(name, CLASS)))
            .collect(),
        Some(_) => Err(invalid(name, CLASS)),
    }
}

pub(super) fn ids<T: core::str::FromStr>(words: &[&str], name: &str) -> Result<Vec<T>, GraphError> {
    words
        .iter()
        .map(|word| word.parse().map_err(|_| invalid(name, CLASS)))
        .collect()
}

pub(super) fn known(members: &Members, names: &[&str]) -> Result<(), GraphError> {
    match members
        .keys()
        .find(|name| !names.contains(&name.as_str()) && !name.contains('@'))
    {
        Some(name) => Err(unknown(name)),
        None => Ok(()),
    }
}

/// A part that may be absent or null.
pub(super) fn part<'v>(
    members: &'v Members,
    name: &str,
) -> Result<Option<&'v Members>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => object(value, name).map(Some),
    }
}

/// What the real service has and the simulator has not: 501 by name, where it is set at all.
pub(super) fn require_unset(
    members: &Members,
    entity: &str,
    names: &[&str],
) -> Result<(), GraphError> {
    let is_set = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        value => value.get("isEnabled") != Some(&Value::Bool(false)),
    };
    match names
        .iter()
        .find(|name| members.get(**name).is_some_and(is_set))
    {
        Some(name) => Err(not_simulated(entity, name)),
        None => Ok(()),
    }
}

pub(super) fn not_simulated(entity: &str, name: &str) -> GraphError {
    GraphError::NotSimulated(format!("graph {entity}/{name}"))
}
