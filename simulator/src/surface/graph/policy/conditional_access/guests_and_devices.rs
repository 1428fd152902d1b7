//! The conditions that have a language of their own: guests, service principals, filters for devices, authentication flows.

use entrasim_domain::enforcement::facts::GuestKind;
use entrasim_domain::id::TenantId;
use entrasim_domain::policy::conditional_access::{Guests, TransferMethod, Workloads};
use entrasim_domain::policy::device_filter::{DeviceFilter, DeviceFilterMode, DeviceRule};
use serde_json::{Value, json};

use super::members::{CLASS, Members, ids, known, object, require_unset, value_of, word, words};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

pub(super) const GUEST_KINDS: [(GuestKind, &str); 6] = [
    (GuestKind::InternalGuest, "internalGuest"),
    (GuestKind::B2bCollaborationGuest, "b2bCollaborationGuest"),
    (GuestKind::B2bCollaborationMember, "b2bCollaborationMember"),
    (GuestKind::B2bDirectConnectUser, "b2bDirectConnectUser"),
    (GuestKind::OtherExternalUser, "otherExternalUser"),
    (GuestKind::ServiceProvider, "serviceProvider"),
];
pub(super) const TRANSFER_METHODS: [(TransferMethod, &str); 2] = [
    (TransferMethod::DeviceCodeFlow, "deviceCodeFlow"),
    (
        TransferMethod::AuthenticationTransfer,
        "authenticationTransfer",
    ),
];
const FILTER_MODES: [(DeviceFilterMode, &str); 2] = [
    (DeviceFilterMode::Include, "include"),
    (DeviceFilterMode::Exclude, "exclude"),
];
const WORKLOADS: &str = "ServicePrincipalsInMyTenant";

/// Words in one string, with commas between them; `none` is no word.
pub(super) fn flags<T: Copy>(
    table: &[(T, &'static str)],
    value: Option<&Value>,
    name: &str,
) -> Result<Vec<T>, GraphError> {
    let text = match value {
        None | Some(Value::Null) => "",
        Some(value) => value.as_str().ok_or_else(|| invalid(name, CLASS))?,
    };
    text.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("none"))
        .map(|word| value_of(table, word, name))
        .collect()
}

fn show_flags<T: PartialEq>(table: &[(T, &'static str)], values: &[T]) -> String {
    let words: Vec<&str> = values.iter().map(|value| word(table, value)).collect();
    words.join(",")
}

/// `includeGuestsOrExternalUsers`, `excludeGuestsOrExternalUsers`
pub(super) fn guests(value: &Value, name: &str) -> Result<Guests, GraphError> {
    let members = object(value, name)?;
    known(members, &["guestOrExternalUserTypes", "externalTenants"])?;
    let kinds = flags(
        &GUEST_KINDS,
        members.get("guestOrExternalUserTypes"),
        "guestOrExternalUserTypes",
    )?;
    let tenants = match members.get("externalTenants") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => tenants(object(value, "externalTenants")?)?,
    };
    Ok(Guests { kinds, tenants })
}

fn tenants(members: &Members) -> Result<Vec<TenantId>, GraphError> {
    known(members, &["membershipKind", "members"])?;
    let listed = ids(&words(members, "members")?, "members")?;
    match members.get("membershipKind").and_then(Value::as_str) {
        Some("all") if listed.is_empty() => Ok(listed),
        Some("enumerated") if !listed.is_empty() => Ok(listed),
        _ => Err(invalid("externalTenants", CLASS)),
    }
}

pub(super) fn show_guests(guests: Option<&Guests>) -> Value {
    let Some(guests) = guests else {
        return Value::Null;
    };
    let tenants = if guests.tenants.is_empty() {
        json!({"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"})
    } else {
        let members: Vec<String> = guests.tenants.iter().map(ToString::to_string).collect();
        json!({"@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants", "membershipKind": "enumerated", "members": members})
    };
    json!({"guestOrExternalUserTypes": show_flags(&GUEST_KINDS, &guests.kinds), "externalTenants": tenants})
}

/// `clientApplications`; without anything included the policy is not about workloads.
pub(super) fn workloads(members: &Members) -> Result<Option<Workloads>, GraphError> {
    known(
        members,
        &[
            "includeServicePrincipals",
            "excludeServicePrincipals",
            "servicePrincipalFilter",
            "includeAgentIdServicePrincipals",
            "excludeAgentIdServicePrincipals",
            "agentIdServicePrincipalFilter",
        ],
    )?;
    require_unset(
        members,
        "conditionalAccessClientApplications",
        &[
            "servicePrincipalFilter",
            "includeAgentIdServicePrincipals",
            "excludeAgentIdServicePrincipals",
            "agentIdServicePrincipalFilter",
        ],
    )?;
    let mut included = words(members, "includeServicePrincipals")?;
    let all = included.contains(&WORKLOADS);
    let none = included.contains(&"None");
    included.retain(|word| *word != WORKLOADS && *word != "None");
    let excluded = words(members, "excludeServicePrincipals")?;
    let workloads = Workloads {
        all,
        none,
        include: ids(&included, "includeServicePrincipals")?,
        exclude: ids(&excluded, "excludeServicePrincipals")?,
    };
    Ok((workloads != Workloads::default()).then_some(workloads))
}

pub(super) fn show_workloads(workloads: &Workloads) -> Value {
    let mut included: Vec<String> = workloads.include.iter().map(ToString::to_string).collect();
    for (set, word) in [(workloads.all, WORKLOADS), (workloads.none, "None")] {
        if set {
            included.insert(0, word.to_owned());
        }
    }
    let excluded: Vec<String> = workloads.exclude.iter().map(ToString::to_string).collect();
    json!({"includeServicePrincipals": included, "excludeServicePrincipals": excluded, "servicePrincipalFilter": null})
}

/// `devices`
pub(super) fn device_filter(members: &Members) -> Result<Option<DeviceFilter>, GraphError> {
    known(
        members,
        &[
            "deviceFilter",
            "includeDevices",
            "excludeDevices",
            "includeDeviceStates",
            "excludeDeviceStates",
        ],
    )?;
    require_unset(
        members,
        "conditionalAccessDevices",
        &[
            "includeDevices",
            "excludeDevices",
            "includeDeviceStates",
            "excludeDeviceStates",
        ],
    )?;
    let Some(value) = members.get("deviceFilter").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let filter = object(value, "deviceFilter")?;
    known(filter, &["mode", "rule"])?;
    let text = |name: &str| filter.get(name).and_then(Value::as_str).unwrap_or_default();
    let mode = value_of(&FILTER_MODES, text("mode"), "mode")?;
    let rule = DeviceRule::parse(text("rule")).ok_or_else(|| invalid("rule", CLASS))?;
    Ok(Some(DeviceFilter { mode, rule }))
}

pub(super) fn show_device_filter(filter: Option<&DeviceFilter>) -> Value {
    filter.map_or(Value::Null, |filter| {
        json!({"deviceFilter": {"mode": word(&FILTER_MODES, &filter.mode), "rule": filter.rule.text()}})
    })
}

/// `authenticationFlows`
pub(super) fn transfer_methods(members: &Members) -> Result<Vec<TransferMethod>, GraphError> {
    known(members, &["transferMethods"])?;
    flags(
        &TRANSFER_METHODS,
        members.get("transferMethods"),
        "transferMethods",
    )
}

pub(super) fn show_transfer_methods(methods: &[TransferMethod]) -> Value {
    if methods.is_empty() {
        return Value::Null;
    }
    json!({"transferMethods": show_flags(&TRANSFER_METHODS, methods)})
}
