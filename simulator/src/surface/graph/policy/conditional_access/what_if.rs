//! A sign-in to be thought of, as `evaluate` is asked: `signInIdentity`, `signInContext`, `signInConditions`.

use entrasim_domain::directory::user::{PerUserMfa, User};
use entrasim_domain::enforcement::UserAction;
use entrasim_domain::enforcement::facts::{Authentication, Circumstances, Facts, Risk, UserFacts};
use entrasim_domain::enforcement::what_if::{About, Condition, Question};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::policy::conditional_access::TransferMethod;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::guests_and_devices::{GUEST_KINDS, TRANSFER_METHODS, flags};
use super::members::{CLIENT_APPS, Members, PLATFORMS, RISKS, object, part, value_of};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

const CLASS: &str = "ConditionalAccessRoot";
const IDENTITY: &str = "signInIdentity";
const CONTEXT: &str = "signInContext";
const CONDITIONS: &str = "signInConditions";

const ACTIONS: [(UserAction, &str); 2] = [
    (
        UserAction::RegisterSecurityInformation,
        "registerSecurityInformation",
    ),
    (UserAction::RegisterOrJoinDevices, "registerOrJoinDevices"),
];

/// Reads a question.
pub(in crate::surface::graph) fn read(
    members: &Members,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Question, GraphError> {
    let mut all = members.keys();
    let known = [IDENTITY, CONTEXT, CONDITIONS, "appliedPoliciesOnly"];
    if let Some(name) = all.find(|name| !known.contains(&name.as_str())) {
        return Err(unknown(name));
    }
    let conditions = needed(members, CONDITIONS)?;
    let mut open = Vec::new();
    let mut circumstances = circumstances(conditions, tenant, &mut open)?;
    let (about, contexts) = context(needed(members, CONTEXT)?, &mut circumstances)?;
    let risk = risk(conditions, "userRiskLevel")?;
    let facts = |user: Option<&User>, client| {
        let attempt = SignInAttempt {
            user,
            client,
            resource: AppId::from_u128(0),
            authentication: Authentication::default(),
            demanded_contexts: contexts.clone(),
            demanded_methods: Vec::new(),
            password_changed: false,
            circumstances: circumstances.clone(),
        };
        tenant.sign_in_facts(attempt, now)
    };
    let mut facts = identity(needed(members, IDENTITY)?, tenant, facts)?;
    if let Some(user) = &mut facts.user {
        user.risk = risk;
    }
    Ok(Question { facts, about, open })
}

fn unknown(name: &str) -> GraphError {
    GraphError::UnknownMember {
        member: name.to_owned(),
        entity: "conditionalAccessRoot",
    }
}

fn needed<'m>(members: &'m Members, name: &'static str) -> Result<&'m Members, GraphError> {
    let missing = GraphError::Required {
        member: name,
        class: CLASS,
    };
    part(members, name)?.ok_or(missing)
}

fn known(members: &Members, names: &[&str]) -> Result<(), GraphError> {
    let mut all = members.keys();
    match all.find(|name| !names.contains(&name.as_str()) && !name.contains('@')) {
        Some(name) => Err(unknown(name)),
        None => Ok(()),
    }
}

/// The type that an object says it has.
fn type_of(members: &Members) -> &str {
    let kind = members.get("@odata.type").and_then(Value::as_str);
    kind.unwrap_or_default()
        .trim_start_matches("#microsoft.graph.")
}

/// A text that is there, and not null.
fn text<'m>(members: &'m Members, name: &str) -> Result<Option<&'m str>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(name, CLASS)),
    }
}

fn identity(
    members: &Members,
    tenant: &Tenant,
    facts: impl Fn(Option<&User>, AppId) -> Facts,
) -> Result<Facts, GraphError> {
    let nothing = AppId::from_u128(0);
    match type_of(members) {
        "userSignIn" => {
            known(members, &["userId", "externalTenantId", "externalUserType"])?;
            let account = text(members, "userId")?;
            let user = account.map(|id| user(tenant, id)).transpose()?;
            let mut facts = facts(user, nothing);
            external(members, &mut facts)?;
            match facts.user {
                Some(_) => Ok(facts),
                None => Err(GraphError::Required {
                    member: "userId",
                    class: CLASS,
                }),
            }
        }
        "servicePrincipalSignIn" => {
            known(members, &["servicePrincipalId"])?;
            let id = text(members, "servicePrincipalId")?.ok_or(GraphError::Required {
                member: "servicePrincipalId",
                class: CLASS,
            })?;
            // The description calls it an app id, its name says an object id: either is taken.
            let by_app = id
                .parse()
                .ok()
                .and_then(|app| tenant.service_principal(app));
            let by_id = id
                .parse()
                .ok()
                .and_then(|id: ObjectId| tenant.service_principals.get(&id));
            let found = by_id.or(by_app);
            let principal = found.ok_or_else(|| GraphError::Missing(id.to_owned()))?;
            Ok(facts(None, principal.app_id))
        }
        _ => Err(invalid(IDENTITY, CLASS)),
    }
}

fn user<'t>(tenant: &'t Tenant, id: &str) -> Result<&'t User, GraphError> {
    let known = id.parse().ok().and_then(|id| tenant.users.get(id));
    known
        .map(|user| &**user)
        .ok_or_else(|| GraphError::Missing(id.to_owned()))
}

/// Somebody of another tenant, with an account here or without.
fn external(members: &Members, facts: &mut Facts) -> Result<(), GraphError> {
    let name = "externalUserType";
    let kinds = flags(&GUEST_KINDS, members.get(name), name)?;
    let kind = match kinds.as_slice() {
        [] => None,
        [kind] => Some(*kind),
        _ => return Err(invalid(name, CLASS)),
    };
    let home: Option<TenantId> = text(members, "externalTenantId")?
        .map(|id| id.parse().map_err(|_| invalid("externalTenantId", CLASS)))
        .transpose()?;
    let Some(kind) = kind else {
        return match home {
            Some(_) => Err(invalid(name, CLASS)),
            None => Ok(()),
        };
    };
    let user = facts.user.get_or_insert_with(|| UserFacts {
        id: ObjectId::from_u128(0),
        enabled: true,
        guest: None,
        roles: Vec::new(),
        per_user_mfa: PerUserMfa::Disabled,
        has_strong_method: false,
        groups: Vec::new(),
        registered: Vec::new(),
        risk: Risk::None,
        home: None,
    });
    user.guest = Some(kind);
    user.home = home.or(user.home);
    Ok(())
}

/// What it is about, and the authentication contexts that it demands.
fn context(
    members: &Members,
    here: &mut Circumstances,
) -> Result<(About, Vec<String>), GraphError> {
    match type_of(members) {
        "applicationContext" => {
            let name = "includeApplications";
            known(members, &[name])?;
            let list = members.get(name).and_then(Value::as_array);
            let apps = list.into_iter().flatten().map(|app| {
                let app = app.as_str().and_then(|app| app.parse().ok());
                app.ok_or_else(|| invalid(name, CLASS))
            });
            let apps: Vec<AppId> = apps.collect::<Result<_, _>>()?;
            if apps.is_empty() {
                return Err(invalid(name, CLASS));
            }
            Ok((About::Applications(apps), Vec::new()))
        }
        "userActionContext" => {
            let name = "userAction";
            known(members, &[name])?;
            let word = text(members, name)?.unwrap_or_default();
            here.user_action = Some(value_of(&ACTIONS, word, name)?);
            Ok((About::UserAction, Vec::new()))
        }
        "authContext" => {
            let name = "authenticationContextValue";
            known(members, &[name])?;
            let word = text(members, name)?
                .unwrap_or_default()
                .to_ascii_lowercase();
            let number = word.strip_prefix('c').and_then(|n| n.parse::<u8>().ok());
            match number {
                Some(1..=99) => Ok((About::AuthenticationContext, vec![word])),
                _ => Err(invalid(name, CLASS)),
            }
        }
        _ => Err(invalid(CONTEXT, CLASS)),
    }
}

/// The risk that a member names. A hidden one is of tenants without a licence for risks, which are not simulated.
fn risk(members: &Members, name: &str) -> Result<Risk, GraphError> {
    match text(members, name)? {
        None => Ok(Risk::None),
        Some("hidden") => Err(GraphError::NotSimulated(format!(
            "graph {CONDITIONS}/{name}"
        ))),
        Some(word) => value_of(&RISKS, word, name),
    }
}

/// `signInConditions`: what is absent, or is the word for all, is left open; risks are none unless they are said.
fn circumstances(
    members: &Members,
    tenant: &Tenant,
    open: &mut Vec<Condition>,
) -> Result<Circumstances, GraphError> {
    known(
        members,
        &[
            "authenticationFlow",
            "clientAppType",
            "country",
            "deviceInfo",
            "devicePlatform",
            "insiderRiskLevel",
            "ipAddress",
            "servicePrincipalRiskLevel",
            "signInRiskLevel",
            "userRiskLevel",
        ],
    )?;
    let mut here = Circumstances {
        sign_in_risk: risk(members, "signInRiskLevel")?,
        ..Circumstances::default()
    };
    // No policy here looks at the risk of insiders or of workload identities.
    risk(members, "servicePrincipalRiskLevel")?;
    let insider = text(members, "insiderRiskLevel")?.unwrap_or("none");
    if !["none", "minor", "moderate", "elevated"].contains(&insider) {
        return Err(invalid("insiderRiskLevel", CLASS));
    }
    match text(members, "clientAppType")?.unwrap_or("all") {
        "all" => open.push(Condition::ClientApps),
        "easSupported" => {
            let name = format!("graph {CONDITIONS}/clientAppType/easSupported");
            return Err(GraphError::NotSimulated(name));
        }
        word => here.client_app = value_of(&CLIENT_APPS, word, "clientAppType")?,
    }
    match text(members, "devicePlatform")?.unwrap_or("all") {
        "all" => open.push(Condition::DevicePlatform),
        word => here.platform = Some(value_of(&PLATFORMS, word, "devicePlatform")?),
    }
    if let Some(country) = text(members, "country")? {
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(invalid("country", CLASS));
        }
        here.country = Some(country.to_ascii_uppercase());
    }
    if let Some(address) = text(members, "ipAddress")? {
        here.ip = Some(address.parse().map_err(|_| invalid("ipAddress", CLASS))?);
    }
    if let Some(flow) = part(members, "authenticationFlow")? {
        let name = "transferMethod";
        known(flow, &[name])?;
        let methods = flags(&TRANSFER_METHODS, flow.get(name), name)?;
        here.device_code = methods.contains(&TransferMethod::DeviceCodeFlow);
        here.authentication_transfer = methods.contains(&TransferMethod::AuthenticationTransfer);
    }
    device(members, tenant)?;
    Ok(here)
}

/// Devices are not told apart here: where a policy would look at one, nothing can be said.
fn device(members: &Members, tenant: &Tenant) -> Result<(), GraphError> {
    let Some(device) = members.get("deviceInfo").filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let mut said = object(device, "deviceInfo")?.iter();
    let says_something = said.any(|(name, value)| !name.contains('@') && !value.is_null());
    let mut policies = tenant.conditional_access.policies.values();
    let matters = policies.any(|policy| policy.conditions.device_filter.is_some());
    if says_something && matters {
        let name = format!("graph {CONDITIONS}/deviceInfo with filters for devices");
        return Err(GraphError::NotSimulated(name));
    }
    Ok(())
}
