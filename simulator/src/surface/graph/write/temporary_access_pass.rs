//! `/users/{id}/authentication/temporaryAccessPassMethods`: create, read, delete. The value is shown once.

use core::time::Duration;

use entrasim_domain::credential::method::{
    AuthenticationMethod, MethodKind, PassUsability, TemporaryAccessPass,
};
use entrasim_domain::directory::user::User;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::permission;
use super::super::resource::Resource;
use super::super::{Answer, Graph};
use super::{body, invalid, no_content};

const CLASS: &str = "temporaryAccessPassAuthenticationMethod";
const SET: &str = "authentication/temporaryAccessPassMethods";
/// Letters and digits that are not mistaken for each other, as passes have them.
const ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!@#$%*+=";
const MINUTE: u64 = 60;

/// `GET …`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let user: &User = resource.object(0)?;
    let rows: Vec<Value> = pass_of(user)
        .map(|method| Value::Object(show(graph, tenant, user, method, false)))
        .collect();
    let fragment = format!("users('{}')/{SET}", user.id);
    Ok(graph.document(StatusCode::OK, &fragment, json!({"value": rows})))
}

/// `GET …/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let user: &User = resource.object(0)?;
    let id = resource.key(1);
    let method = pass_of(user)
        .find(|method| method.id.to_string() == id)
        .ok_or_else(|| GraphError::Missing(id.to_owned()))?;
    let value = Value::Object(show(graph, tenant, user, method, false));
    let fragment = format!("users('{}')/{SET}/$entity", user.id);
    Ok(graph.document(StatusCode::OK, &fragment, value))
}

fn pass_of(user: &User) -> impl Iterator<Item = &AuthenticationMethod> {
    user.methods
        .iter()
        .filter(|method| matches!(method.kind, MethodKind::TemporaryAccessPass(_)))
}

/// `POST …`: nobody gives a pass to themselves (MicrosoftDocs/entra-docs howto-authentication-temporary-access-pass.md).
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user: &User = resource.object(0)?;
    if user.id == graph.caller.object_id {
        return Err(GraphError::Denied);
    }
    permission::require_reach(&graph.caller, graph.tenant()?, user.id)?;
    let members = match body(graph) {
        Err(GraphError::EmptyBody) => Map::new(),
        body => body?,
    };
    let tenant = graph.tenant()?;
    let now = graph.call.now();
    let pass = wish(graph, tenant, &members, now)?;
    let method = AuthenticationMethod {
        id: graph.call.draw(Random::guid),
        registered: now,
        kind: MethodKind::TemporaryAccessPass(pass),
    };
    let id = user.id;
    graph.write(|tenant| {
        let Some(known) = tenant.users.get(id) else {
            return Err(GraphError::Missing(id.to_string()));
        };
        let mut known = User::clone(known);
        // One pass a user: a new one takes the place of the old.
        known
            .methods
            .retain(|method| !matches!(method.kind, MethodKind::TemporaryAccessPass(_)));
        known.methods.push(method.clone());
        tenant.users.put(known);
        Ok(())
    })?;
    let value = Value::Object(show(graph, tenant, user, &method, true));
    let fragment = format!("users('{id}')/{SET}/$entity");
    let location = format!(
        "{}/{}/users/{id}/{SET}/{}",
        graph.call.request.origin(),
        graph.version,
        method.id
    );
    Ok(graph
        .document(StatusCode::CREATED, &fragment, value)
        .header("location", &location))
}

/// The pass as asked for, within the policy's bounds.
fn wish(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    members: &Map<String, Value>,
    now: Timestamp,
) -> Result<TemporaryAccessPass, GraphError> {
    let bounds = tenant.authentication_methods.pass;
    let (mut lifetime, mut once, mut start) = (bounds.default_lifetime, bounds.once_only, now);
    for (name, value) in members {
        match name.as_str() {
            "lifetimeInMinutes" if !value.is_null() => {
                let minutes = value.as_u64().ok_or_else(|| invalid(name, CLASS))?;
                lifetime = Duration::from_secs(minutes.saturating_mul(MINUTE));
            }
            "isUsableOnce" if !value.is_null() => {
                once = value.as_bool().ok_or_else(|| invalid(name, CLASS))?;
            }
            "startDateTime" if !value.is_null() => {
                start = value
                    .as_str()
                    .and_then(Timestamp::parse)
                    .ok_or_else(|| invalid(name, CLASS))?;
            }
            "lifetimeInMinutes"
            | "isUsableOnce"
            | "startDateTime"
            | "id"
            | "createdDateTime"
            | "temporaryAccessPass"
            | "isUsable"
            | "methodUsabilityReason" => {}
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: CLASS,
                });
            }
        }
    }
    if lifetime < bounds.minimum_lifetime || lifetime > bounds.maximum_lifetime {
        return Err(GraphError::BadRequest(format!(
            "Lifetime must be between {} and {} minutes, as the Temporary Access Pass policy of the tenant says.",
            bounds.minimum_lifetime.as_secs() / MINUTE,
            bounds.maximum_lifetime.as_secs() / MINUTE
        )));
    }
    if bounds.once_only && !once {
        return Err(GraphError::BadRequest(
            "The Temporary Access Pass policy of the tenant allows one-time passes only."
                .to_owned(),
        ));
    }
    if start < now {
        start = now;
    }
    let value = graph
        .call
        .draw(|random| random.text(ALPHABET, bounds.default_length));
    Ok(TemporaryAccessPass {
        value: value.into(),
        start,
        lifetime,
        once,
        used: None,
    })
}

fn show(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    user: &User,
    method: &AuthenticationMethod,
    with_value: bool,
) -> Map<String, Value> {
    let MethodKind::TemporaryAccessPass(pass) = &method.kind else {
        return Map::new();
    };
    let allowed = tenant
        .authentication_methods
        .allows(MethodName::TemporaryAccessPass, &tenant.groups_of(user.id));
    let usability = pass.usability(graph.call.now());
    let reason = match usability {
        _ if !allowed => "DisabledByPolicy",
        PassUsability::Usable => "EnabledByPolicy",
        PassUsability::Expired => "Expired",
        PassUsability::NotYetValid => "NotYetValid",
        PassUsability::OneTimeUsed => "OneTimeUsed",
    };
    let value = json!({
        "id": method.id.to_string(),
        "temporaryAccessPass": with_value.then(|| pass.value.to_string()),
        "createdDateTime": method.registered.to_string(), "startDateTime": pass.start.to_string(),
        "lifetimeInMinutes": pass.lifetime.as_secs() / MINUTE, "isUsableOnce": pass.once,
        "isUsable": allowed && usability == PassUsability::Usable, "methodUsabilityReason": reason,
    });
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// `DELETE …/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user: &User = resource.object(0)?;
    let id = resource.key(1);
    permission::require_reach(&graph.caller, graph.tenant()?, user.id)?;
    if !pass_of(user).any(|method| method.id.to_string() == id) {
        return Err(GraphError::Missing(id.to_owned()));
    }
    let (user, now) = (user.id, graph.call.now());
    graph.write(|tenant| {
        if let Some(known) = tenant.users.get(user) {
            let mut known = User::clone(known);
            known.methods.retain(|method| method.id.to_string() != id);
            if tenant.knobs.tap_delete_revokes_sessions {
                known.revoke_sessions(now);
            }
            tenant.users.put(known);
        }
        Ok(())
    })?;
    Ok(no_content())
}
