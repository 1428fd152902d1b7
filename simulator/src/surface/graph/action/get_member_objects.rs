//! `POST /{set}/{id}/getMemberObjects`

use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::{is_mere_list, security_only};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::{Row, Rows, type_of};
use crate::surface::graph::{Answer, Graph};

/// All groups, roles and units that the object is in, also through other groups.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let row = resource.target()?;
    let security = security_only(graph, type_of(row).class())?;
    let found = of(tenant, row).filter(|row| !security || !is_mere_list(*row));
    let ids: Vec<String> = found.map(|row| row.key(tenant)).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": ids}));
    Ok(reply.header("x-ms-resource-unit", "2"))
}

/// What `transitiveMemberOf` leads to.
pub(super) fn of<'a>(tenant: &'a Tenant, row: Row<'a>) -> Rows<'a> {
    match type_of(row).navigation("transitiveMemberOf") {
        Some(navigation) => (navigation.from)(tenant, row, None),
        None => Box::new(core::iter::empty()),
    }
}
