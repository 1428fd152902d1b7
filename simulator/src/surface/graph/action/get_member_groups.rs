//! `POST /users/{id}/getMemberGroups`

use serde_json::{Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::type_of;
use crate::surface::graph::write::body;
use crate::surface::graph::{Answer, Graph};

/// All groups that the object is in, also through other groups.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let members = body(graph)?;
    if !members
        .get("securityEnabledOnly")
        .is_some_and(Value::is_boolean)
    {
        return Err(GraphError::Required {
            member: "securityEnabledOnly",
            class: "User",
        });
    }
    let row = resource.target()?;
    let id = type_of(row).id(tenant, row);
    let groups = id.map(|id| tenant.groups_of(id)).unwrap_or_default();
    let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": ids}));
    Ok(reply.header("x-ms-resource-unit", "2"))
}
