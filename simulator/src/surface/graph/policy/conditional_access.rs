//! `conditionalAccessPolicy`: read strictly, written as Graph shows it. One file a part of it.

use entrasim_domain::policy::ConditionalAccess;
use entrasim_domain::policy::conditional_access::{
    ConditionalAccessPolicy, GrantControls, SessionControls,
};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use self::members::{CLASS, Members, STATES, object, unknown, value_of, word};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::{invalid, optional_text};

mod conditions;
mod grant;
mod guests_and_devices;
mod members;
mod session;
mod subject;
mod target;
mod validation;
pub(in crate::surface::graph) mod what_if;

/// What a creation has to say beside what every policy has to have (Microsoft Learn, create conditionalAccessPolicy).
pub(in crate::surface::graph) fn require_all_members(members: &Members) -> Result<(), GraphError> {
    if members.get("state").is_none_or(Value::is_null) {
        return Err(GraphError::Required {
            member: "state",
            class: CLASS,
        });
    }
    let types = members
        .get("conditions")
        .and_then(|conditions| conditions.get("clientAppTypes"));
    if types.and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(GraphError::BadRequest(
            "1064: 'clientAppTypes' condition does not support []. If you want to target all client apps, use ['All']. If you want to target modern authentication clients, use ['browser', 'mobileAppsAndDesktopClients'].".to_owned(),
        ));
    }
    Ok(())
}

/// Takes a request's members into a policy, and checks what comes out. What is absent stays, in nested objects too.
pub(in crate::surface::graph) fn apply(
    policy: &mut ConditionalAccessPolicy,
    members: &Members,
    tenant: &Tenant,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            "displayName" => {
                let text = value
                    .as_str()
                    .filter(|text| !text.trim().is_empty() && text.len() <= 256)
                    .ok_or_else(|| invalid(name, CLASS))?;
                text.clone_into(&mut policy.display_name);
            }
            "description" => policy.description = optional_text(value, name, CLASS, 1024)?,
            "templateId" => {
                let id = value.as_str().and_then(|id| id.parse().ok());
                if id.is_none() && !value.is_null() {
                    return Err(invalid(name, CLASS));
                }
                policy.template = id;
            }
            "state" => {
                policy.state = value_of(&STATES, value.as_str().unwrap_or_default(), name)?;
            }
            "conditions" => {
                let whole = merged(show_conditions(policy), value);
                policy.conditions = conditions::read(object(&whole, name)?)?;
            }
            "grantControls" if value.is_null() => policy.grant = None,
            "grantControls" => {
                let whole = merged(show_grant(policy, &tenant.conditional_access), value);
                policy.grant = Some(grant::read(object(&whole, name)?)?);
            }
            "sessionControls" if value.is_null() => policy.session = SessionControls::default(),
            "sessionControls" => {
                let whole = merged(show_session(policy), value);
                policy.session = session::read(object(&whole, name)?)?;
            }
            "id"
            | "createdDateTime"
            | "modifiedDateTime"
            | "deletedDateTime"
            | "partialEnablementStrategy" => {}
            _ => return Err(unknown(name)),
        }
    }
    validation::check(policy, tenant)
}

/// A nested object is merged into what is there; a list or a value takes its place (OData 4.01, section 11.4.3), and so
/// does an object of another derived type.
pub(in crate::surface::graph) fn merged(known: Value, given: &Value) -> Value {
    match (known, given) {
        (Value::Object(mut known), Value::Object(given))
            if given.get("@odata.type").is_none()
                || known.get("@odata.type").is_none()
                || known.get("@odata.type") == given.get("@odata.type") =>
        {
            for (name, value) in given {
                let before = known.get_mut(name).map(Value::take).unwrap_or_default();
                known.insert(name.clone(), merged(before, value));
            }
            Value::Object(known)
        }
        (_, given) => given.clone(),
    }
}

/// `conditions` as Graph shows them.
pub(in crate::surface::graph) fn show_conditions(policy: &ConditionalAccessPolicy) -> Value {
    conditions::show(&policy.conditions)
}

pub(in crate::surface::graph) fn show_grant(
    policy: &ConditionalAccessPolicy,
    all: &ConditionalAccess,
) -> Value {
    policy
        .grant
        .as_ref()
        .map_or(Value::Null, |controls| grant::show(controls, all))
}

pub(in crate::surface::graph) fn show_session(policy: &ConditionalAccessPolicy) -> Value {
    session::show(&policy.session)
}

/// Grant controls that ask for nothing yet.
pub(in crate::surface::graph) fn empty_grant() -> Value {
    grant::show(&GrantControls::default(), &ConditionalAccess::default())
}

/// `sessionControls` with all their members, even if none is set.
pub(in crate::surface::graph) fn all_of_session(session: &SessionControls) -> Value {
    session::all(session)
}

pub(in crate::surface::graph) fn show_state(policy: &ConditionalAccessPolicy) -> Value {
    json!(word(&STATES, &policy.state))
}

/// An instant with seven digits, or null.
pub(in crate::surface::graph) fn date(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.seven_digit_form()))
}
