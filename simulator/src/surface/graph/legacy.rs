//! Paths that are matched by hand: policies, logs, and the methods of a user. The rows of `operation` name them; what they
//! mean is said here.

use entrasim_domain::tenant::Tenant;
use http::StatusCode;

use super::error::GraphError;
use super::operation::outside;
use super::path::{Key, Segment};
use super::permission::{self, Operation, Whose};
use super::query::page;
use super::read::{self, List};
use super::schema::Type;
use super::{Answer, Graph, write};
use crate::wire::Reply;

mod audit_logs;
mod conditional_access;

/// Where a path leads: a set, perhaps one entity of it, perhaps further.
pub(super) struct Target {
    /// The segment that names the set, in its own spelling.
    pub(super) set: String,
    pub(super) key: Option<Key>,
    pub(super) rest: Vec<Segment>,
}

/// The answer, if the path is one of these.
pub(super) fn answer(graph: &Graph<'_, '_>, segments: &[Segment]) -> Option<Answer> {
    let first = segments.first()?;
    match first.name.to_ascii_lowercase().as_str() {
        "identity" => Some(conditional_access::identity(graph, &target(segments))),
        "policies" => Some(conditional_access::policies(graph, &target(segments))),
        "auditlogs" => Some(audit_logs::answer(graph, &target(segments))),
        "users" | "me" => methods(graph, segments),
        _ => None,
    }
}

fn target(segments: &[Segment]) -> Target {
    let mut segments = segments.iter().cloned();
    Target {
        set: segments.next().map_or_else(String::new, |first| first.name),
        key: None,
        rest: segments.collect(),
    }
}

/// `/users/{id}/authentication/…`
fn methods(graph: &Graph<'_, '_>, segments: &[Segment]) -> Option<Answer> {
    let (first, rest) = segments.split_first()?;
    let (key, rest) = match &first.key {
        _ if first.is("me") => (Key::Id(graph.caller.object_id.to_string()), rest),
        Some(key) => (key.clone(), rest),
        None => {
            let (key, rest) = rest.split_first()?;
            (Key::Id(key.text.clone()), rest)
        }
    };
    if !rest.first()?.is("authentication") {
        return None;
    }
    if first.is("me") && !permission::is_person(&graph.caller) {
        return Some(Err(GraphError::NobodySignedIn));
    }
    if rest
        .get(1)
        .is_some_and(|second| second.is("temporaryAccessPassMethods"))
    {
        return Some(write::temporary_access_pass::answer(graph, &key, rest));
    }
    let rest = rest.iter().map(|segment| segment.name.as_str());
    let name = ["users", "{id}"].into_iter().chain(rest);
    Some(Err(not_simulated_by(graph, name)))
}

fn not_simulated(graph: &Graph<'_, '_>, target: &Target) -> GraphError {
    let rest = target.rest.iter().map(|segment| segment.name.as_str());
    not_simulated_by(graph, [target.set.as_str()].into_iter().chain(rest))
}

fn not_simulated_by<'s>(
    graph: &Graph<'_, '_>,
    segments: impl Iterator<Item = &'s str>,
) -> GraphError {
    let mut segments = segments;
    let set = segments.next().unwrap_or_default();
    GraphError::NotSimulated(outside::joined(graph.method().as_str(), set, segments))
}

/// The part of the path after the set, as names.
fn names(target: &Target) -> Vec<String> {
    target
        .rest
        .iter()
        .map(|segment| segment.name.to_ascii_lowercase())
        .collect()
}

/// GET of a set, of its size, or of one entity.
fn get(
    graph: &Graph<'_, '_>,
    target: &Target,
    kind: &'static dyn Type,
    operation: &'static Operation,
    whose: Whose,
) -> Answer {
    let tenant = graph.tenant()?;
    operation.check(&graph.caller, tenant, whose)?;
    let list = List::of_set(kind, tenant);
    let reply = match (&target.key, target.rest.as_slice()) {
        (None, []) => {
            let number = page::number(graph.call.request);
            graph.page(kind.set(), list.page(&graph.query, number)?)
        }
        (None, _) => {
            let count = list.count(&graph.query)?;
            let reply = Reply::with_body(StatusCode::OK, "text/plain", count.to_string());
            return Ok(reply.header("odata-version", "4.0"));
        }
        (Some(key), []) => one(graph, tenant, kind, key)?,
        (Some(_), [segment, ..]) => return Err(GraphError::Segment(segment.name.clone())),
    };
    Ok(reply.header("x-ms-resource-unit", "1"))
}

fn one(graph: &Graph<'_, '_>, tenant: &Tenant, kind: &'static dyn Type, key: &Key) -> Answer {
    let row = kind.get(tenant, key.text());
    let row = row.ok_or_else(|| GraphError::Missing(key.text().to_owned()))?;
    let (value, selected) = read::one(kind, tenant, row, &graph.query)?;
    let fragment = format!("{}{selected}/$entity", kind.set());
    let reply = graph.document(StatusCode::OK, &fragment, value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}
