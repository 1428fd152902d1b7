//! `/identity/conditionalAccess/deletedItems`: bringing policies and named locations back, and deleting them for good. How long
//! that can be done, the domain knows.

use std::sync::Arc;

use entrasim_domain::policy::conditional_access::ConditionalAccessPolicy;
use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::policy::conditional_access::apply;
use super::super::schema::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use super::super::schema::named_location::NAMED_LOCATION;
use super::super::{Answer, Graph};
use super::no_content;

fn id(key: &str) -> Result<Uuid, GraphError> {
    key.parse().map_err(|_| missing(key))
}

fn missing(key: &str) -> GraphError {
    GraphError::Missing(key.to_owned())
}

/// `POST …/policies/{id}/restore`: as it was, if it could be made like that today.
pub(in crate::surface::graph) fn restore_policy(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let now = graph.call.now();
    let members = graph.write(|tenant| {
        let id = id(key)?;
        let deleted = tenant.conditional_access.deleted.policies.take(id, now);
        let deleted = deleted.ok_or_else(|| missing(key))?;
        let mut policy = ConditionalAccessPolicy::clone(&deleted);
        apply(&mut policy, &Map::new(), tenant)?;
        let policies = &mut tenant.conditional_access.policies;
        policies.insert(id, Arc::clone(&deleted));
        Ok(CONDITIONAL_ACCESS_POLICY.whole(tenant, &deleted))
    })?;
    let value = Value::Object(graph.shown(&CONDITIONAL_ACCESS_POLICY, members));
    let fragment = format!("{}/$entity", CONDITIONAL_ACCESS_POLICY.set);
    Ok(graph.document(StatusCode::OK, &fragment, value))
}

/// `DELETE …/policies/{id}`
pub(in crate::surface::graph) fn purge_policy(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let now = graph.call.now();
    graph.write(|tenant| {
        let deleted = &mut tenant.conditional_access.deleted;
        let gone = deleted.policies.take(id(key)?, now);
        gone.map(|_| ()).ok_or_else(|| missing(key))
    })?;
    Ok(no_content())
}

/// `POST …/namedLocations/{id}/restore`
pub(in crate::surface::graph) fn restore_location(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let now = graph.call.now();
    let mut members = graph.write(|tenant| {
        let id = id(key)?;
        let all = &mut tenant.conditional_access;
        let deleted = all.deleted.named_locations.take(id, now);
        let location = deleted.ok_or_else(|| missing(key))?;
        all.named_locations.insert(id, Arc::clone(&location));
        Ok(NAMED_LOCATION.whole(tenant, &location))
    })?;
    members.retain(|name, value| !value.is_null() || name.ends_with("DateTime"));
    let fragment = format!("{}/$entity", NAMED_LOCATION.set);
    Ok(graph.document(StatusCode::OK, &fragment, Value::Object(members)))
}

/// `DELETE …/namedLocations/{id}`
pub(in crate::surface::graph) fn purge_location(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let now = graph.call.now();
    graph.write(|tenant| {
        let deleted = &mut tenant.conditional_access.deleted;
        let gone = deleted.named_locations.take(id(key)?, now);
        gone.map(|_| ()).ok_or_else(|| missing(key))
    })?;
    Ok(no_content())
}
