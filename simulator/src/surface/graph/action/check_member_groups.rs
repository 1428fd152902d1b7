//! `POST /{set}/{id}/checkMemberGroups`

use entrasim_domain::id::ObjectId;
use serde_json::json;

use super::asked_ids;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::type_of;
use crate::surface::graph::{Answer, Graph};

/// Those of the groups asked about that the object is in, also through other groups.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let row = resource.target()?;
    let kind = type_of(row);
    let asked = asked_ids(graph, "groupIds", kind.class())?;
    let id = kind.id(tenant, row);
    let groups = id.map(|id| tenant.groups_of(id)).unwrap_or_default();
    let within = |id: &&String| {
        let id: Option<ObjectId> = id.parse().ok();
        id.is_some_and(|id| groups.contains(&id))
    };
    let found: Vec<&String> = asked.iter().filter(within).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": found}));
    Ok(reply.header("x-ms-resource-unit", "4"))
}
