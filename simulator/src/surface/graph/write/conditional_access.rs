//! `/identity/conditionalAccess/policies` and `/namedLocations`: create, change, delete.

use std::sync::Arc;

use entrasim_domain::policy::conditional_access::ConditionalAccessPolicy;
use entrasim_domain::policy::named_location::NamedLocation;
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::policy::conditional_access::{apply, require_all_members};
use super::super::policy::named_location::kind;
use super::super::schema::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use super::super::schema::named_location::NAMED_LOCATION;
use super::super::{Answer, Graph};
use super::{body, no_content, text};

/// `POST …/policies`
pub(in crate::surface::graph) fn create_policy(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    require_all_members(&members)?;
    let id = graph.call.draw(Random::guid);
    let mut policy = ConditionalAccessPolicy::new(id, "", graph.call.now());
    let policy = graph.write(|tenant| {
        apply(&mut policy, &members, tenant)?;
        let policy = Arc::new(policy);
        tenant
            .conditional_access
            .policies
            .insert(id, Arc::clone(&policy));
        Ok(policy)
    })?;
    let members = CONDITIONAL_ACCESS_POLICY.whole(graph.tenant()?, &policy);
    let value = Value::Object(graph.shown(&CONDITIONAL_ACCESS_POLICY, members));
    Ok(graph.document(
        StatusCode::CREATED,
        "identity/conditionalAccess/policies/$entity",
        value,
    ))
}

/// `PATCH …/policies/{id}`
pub(in crate::surface::graph) fn update_policy(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let members = body(graph)?;
    let now = graph.call.now();
    graph.write(|tenant| {
        let known = id(key)
            .and_then(|id| tenant.conditional_access.policies.get(&id))
            .ok_or_else(|| GraphError::Missing(key.to_owned()))?;
        let mut policy = ConditionalAccessPolicy::clone(known);
        apply(&mut policy, &members, tenant)?;
        policy.modified = Some(now);
        tenant
            .conditional_access
            .policies
            .insert(policy.id, Arc::new(policy));
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE …/policies/{id}`: for thirty days it can be restored.
pub(in crate::surface::graph) fn delete_policy(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let now = graph.call.now();
    graph.write(|tenant| {
        let all = &mut tenant.conditional_access;
        id(key)
            .filter(|id| all.delete_policy(*id, now))
            .map(|_| ())
            .ok_or_else(|| GraphError::Missing(key.to_owned()))
    })?;
    Ok(no_content())
}

fn id(key: &str) -> Option<Uuid> {
    key.parse().ok()
}

/// The whole body with its type, and the name in it.
fn location(graph: &Graph<'_, '_>) -> Result<(String, Map<String, Value>), GraphError> {
    let whole: Map<String, Value> =
        serde_json::from_slice(&graph.call.request.body).map_err(|_| GraphError::Body)?;
    let name = whole
        .get("displayName")
        .map(|value| text(value, "displayName", "NamedLocation", 256))
        .transpose()?
        .ok_or(GraphError::Required {
            member: "displayName",
            class: "NamedLocation",
        })?;
    Ok((name, whole))
}

fn odata_type(members: &Map<String, Value>) -> &str {
    members
        .get("@odata.type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// `POST …/namedLocations`
pub(in crate::surface::graph) fn create_location(graph: &Graph<'_, '_>) -> Answer {
    let (display_name, members) = location(graph)?;
    let location = Arc::new(NamedLocation {
        id: graph.call.draw(Random::guid),
        display_name,
        created: graph.call.now(),
        kind: kind(odata_type(&members), &members)?,
    });
    graph.write(|tenant| {
        tenant
            .conditional_access
            .named_locations
            .insert(location.id, Arc::clone(&location));
        Ok(())
    })?;
    let mut value = NAMED_LOCATION.whole(graph.tenant()?, &location);
    value.retain(|name, value| {
        !value.is_null() || matches!(name.as_str(), "modifiedDateTime" | "deletedDateTime" | "id")
    });
    Ok(graph.document(
        StatusCode::CREATED,
        "identity/conditionalAccess/namedLocations/$entity",
        Value::Object(value),
    ))
}

/// `PATCH …/namedLocations/{id}`: the kind is written whole.
pub(in crate::surface::graph) fn update_location(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let given: Map<String, Value> =
        serde_json::from_slice(&graph.call.request.body).map_err(|_| GraphError::Body)?;
    graph.write(|tenant| {
        let known = id(key)
            .and_then(|id| tenant.conditional_access.named_locations.get(&id))
            .ok_or_else(|| GraphError::Missing(key.to_owned()))?;
        let mut location = NamedLocation::clone(known);
        let mut whole = super::super::policy::named_location::show(&location);
        whole.extend(given.clone());
        if let Some(name) = given.get("displayName") {
            location.display_name = text(name, "displayName", "NamedLocation", 256)?;
        }
        location.kind = kind(odata_type(&whole), &whole)?;
        tenant
            .conditional_access
            .named_locations
            .insert(location.id, Arc::new(location));
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE …/namedLocations/{id}`: one that a policy names stays, and so does one that is trusted.
pub(in crate::surface::graph) fn delete_location(graph: &Graph<'_, '_>, key: &str) -> Answer {
    use entrasim_domain::policy::conditional_access::LocationRef;
    let now = graph.call.now();
    graph.write(|tenant| {
        let id = id(key).ok_or_else(|| GraphError::Missing(key.to_owned()))?;
        let known = tenant.conditional_access.named_locations.get(&id);
        if known.is_some_and(|location| location.is_trusted()) {
            return Err(GraphError::BadRequest(
                "A trusted named location cannot be deleted. Mark it as not trusted first."
                    .to_owned(),
            ));
        }
        let in_use = tenant.conditional_access.policies.values().any(|policy| {
            policy.conditions.locations.as_ref().is_some_and(|scope| {
                let named = LocationRef::Named(id);
                scope.include.contains(&named) || scope.exclude.contains(&named)
            })
        });
        if in_use {
            return Err(GraphError::BadRequest(
                "1037: The named location is in use by a Conditional Access policy and cannot be deleted."
                    .to_owned(),
            ));
        }
        if tenant.conditional_access.delete_named_location(id, now) {
            Ok(())
        } else {
            Err(GraphError::Missing(key.to_owned()))
        }
    })?;
    Ok(no_content())
}
