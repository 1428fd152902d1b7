//! `POST /directoryObjects/getByIds`

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::schema;
use crate::surface::graph::write::{body, invalid, texts};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "DirectoryObject";
/// At most so many ids in one request (Microsoft Learn, directoryObject: getByIds).
const MOST: usize = 1000;

/// Ids that mean nothing are left out of the answer.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>) -> Answer {
    let tenant = graph.tenant()?;
    let members = body(graph)?;
    let ids = members.get("ids").ok_or(GraphError::Required {
        member: "ids",
        class: CLASS,
    })?;
    let ids = texts(ids, "ids", CLASS)?;
    if ids.len() > MOST {
        return Err(GraphError::TooManyIds);
    }
    let types = match members.get("types") {
        None | Some(Value::Null) => Vec::new(),
        Some(types) => texts(types, "types", CLASS)?,
    };
    let mut found = Vec::new();
    for id in ids {
        let id: ObjectId = id.parse().map_err(|_| invalid("ids", CLASS))?;
        if let Some((kind, object)) = typed(graph, tenant, id)
            && (types.is_empty()
                || types
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(kind) || name == "directoryObject"))
        {
            found.push(object);
        }
    }
    let value = json!({"value": found});
    Ok(graph
        .action_result("directoryObjects", value)
        .header("x-ms-resource-unit", "3"))
}

/// An object of any type with its default properties, and the name of its type.
fn typed(graph: &Graph<'_, '_>, tenant: &Tenant, id: ObjectId) -> Option<(&'static str, Value)> {
    let row = schema::object(tenant, id)?;
    Some((
        schema::type_of(row).name(),
        schema::typed(tenant, row, graph.query.version),
    ))
}
