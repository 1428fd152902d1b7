//! `/users/{id}/authentication/temporaryAccessPassMethods`: a pass for another person, within the policy's bounds. Its value
//! is shown once (MicrosoftDocs/entra-docs howto-authentication-temporary-access-pass.md).

use core::time::Duration;

use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, TemporaryAccessPass};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::super::{boolean, invalid, no_content};
use super::{another, change, created, members, named_id, subject};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::TEMPORARY_ACCESS_PASS;
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = TEMPORARY_ACCESS_PASS.name;
/// Letters and digits that are not mistaken for each other, and marks, as passes have them.
const ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!@#$%*+=";
const MINUTE: u64 = 60;

/// `POST …`: one pass a user, so a new one takes the place of the old. Nobody gives one to themselves.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = another(graph, resource)?;
    if user.home.is_some() {
        return Err(GraphError::BadRequest(
            "Temporary Access Pass cannot be added to an external guest user.".to_owned(),
        ));
    }
    let members = match members(graph, &TEMPORARY_ACCESS_PASS) {
        Err(GraphError::EmptyBody) => Map::new(),
        members => members?,
    };
    let tenant = graph.tenant()?;
    check_policy(tenant)?;
    let now = graph.call.now();
    let pass = wish(graph, tenant, &members, now)?;
    let id = graph.call.draw(Random::guid);
    change(graph, user.id, |_, user| {
        user.methods
            .retain(|method| !matches!(method.kind, MethodKind::TemporaryAccessPass(_)));
        user.methods.push(AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::TemporaryAccessPass(pass),
        });
        Ok(())
    })?;
    created(graph, user.id, id, &TEMPORARY_ACCESS_PASS)
}

/// Where the policy has passes off, none is made; the end of the text is what public scripts look for. For somebody whom an
/// enabled policy leaves out one can be made and not used (documented).
fn check_policy(tenant: &Tenant) -> Result<(), GraphError> {
    let methods = &tenant.authentication_methods.methods;
    let configuration = methods.get(&MethodName::TemporaryAccessPass);
    if configuration.is_some_and(|configuration| configuration.enabled) {
        return Ok(());
    }
    Err(GraphError::BadRequest(
        "Converged UserCredentialPolicy does not allow creating or updating Temporary Access Pass."
            .to_owned(),
    ))
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
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "lifetimeInMinutes" => {
                let minutes = value.as_u64().ok_or_else(|| invalid(name, CLASS))?;
                lifetime = Duration::from_secs(minutes.saturating_mul(MINUTE));
            }
            "isUsableOnce" => once = boolean(value, name, CLASS)?,
            "startDateTime" => {
                let date = value.as_str().and_then(Timestamp::parse);
                start = date.ok_or_else(|| invalid(name, CLASS))?;
            }
            // The others are read only, and clients send them back.
            _ => {}
        }
    }
    if lifetime < bounds.minimum_lifetime || lifetime > bounds.maximum_lifetime {
        return Err(GraphError::BadRequest(format!(
            "Invalid LifetimeInMinutes specified. The valid range between {} and {}.",
            bounds.minimum_lifetime.as_secs() / MINUTE,
            bounds.maximum_lifetime.as_secs() / MINUTE
        )));
    }
    // Assumed: it might as well be corrected.
    if bounds.once_only && !once {
        return Err(GraphError::BadRequest(
            "The Temporary Access Pass policy of the tenant allows one-time passes only."
                .to_owned(),
        ));
    }
    let value = graph
        .call
        .draw(|random| random.text(ALPHABET, bounds.default_length));
    Ok(TemporaryAccessPass {
        value: value.into(),
        start: start.max(now),
        lifetime,
        once,
        used: None,
    })
}

/// `DELETE …/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &TEMPORARY_ACCESS_PASS)?;
    let now = graph.call.now();
    change(graph, user.id, |tenant, user| {
        user.methods.retain(|method| method.id != id);
        if tenant.knobs.tap_delete_revokes_sessions {
            user.revoke_sessions(now);
        }
        Ok(())
    })?;
    Ok(no_content())
}
