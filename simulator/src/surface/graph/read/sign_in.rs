//! `/auditLogs/signIns`: `v1.0` lists interactive sign-ins, `beta` the kinds that the filter names.

use http::StatusCode;

use super::List;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::query::page;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::sign_in::{SIGN_IN, SIGN_IN_BETA, interactive_rows};
use crate::surface::graph::schema::{Projected, Type, Version};
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

fn kind(graph: &Graph<'_, '_>) -> &'static dyn Type {
    match graph.query.version {
        Version::Beta => &SIGN_IN_BETA,
        Version::V1 => &SIGN_IN,
    }
}

/// `GET /auditLogs/signIns`, `GET /auditLogs/signIns/$count`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let kind = kind(graph);
    let list = List::of_set(kind, graph.tenant()?);
    // In `beta`, too, other kinds of sign-ins are listed only where the filter names kinds.
    let list = if asks_for_kinds(graph) {
        list
    } else {
        list.through(|tenant, after| Box::new(interactive_rows(tenant, after).map(Projected::row)))
    };
    if resource.tail == Tail::Count {
        let count = list.count(&graph.query)?;
        let reply = Reply::with_body(StatusCode::OK, "text/plain", count.to_string());
        return Ok(reply.header("odata-version", "4.0"));
    }
    let number = page::number(graph.call.request);
    let page = list.page(&graph.query, number)?;
    let reply = graph.page(kind.set(), page);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

/// `GET /auditLogs/signIns/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let kind = kind(graph);
    let tenant = graph.tenant()?;
    let key = resource.key(0);
    let row = kind.get(tenant, key);
    let row = row.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    let (value, selected) = super::one(kind, tenant, row, &graph.query)?;
    let fragment = format!("{}{selected}/$entity", kind.set());
    let reply = graph.document(StatusCode::OK, &fragment, value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

fn asks_for_kinds(graph: &Graph<'_, '_>) -> bool {
    let query = graph.call.request.query.to_ascii_lowercase();
    query.contains("signineventtypes")
}
