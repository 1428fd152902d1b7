//! `POST /{set}/{id}/getMemberGroups`

use serde_json::json;

use super::security_only;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::type_of;
use crate::surface::graph::{Answer, Graph};

/// All groups that the object is in, also through other groups.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let row = resource.target()?;
    let kind = type_of(row);
    let security = security_only(graph, kind.class())?;
    let id = kind.id(tenant, row);
    let groups = id.map(|id| tenant.groups_of(id)).unwrap_or_default();
    let secures = |id| {
        let group = tenant.groups.get(id);
        group.is_some_and(|group| group.security_enabled)
    };
    let groups = groups.iter().filter(|id| !security || secures(*id));
    let ids: Vec<String> = groups.map(ToString::to_string).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": ids}));
    Ok(reply.header("x-ms-resource-unit", "2"))
}
