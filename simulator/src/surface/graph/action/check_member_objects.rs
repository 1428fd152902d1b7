//! `POST /{set}/{id}/checkMemberObjects`

use entrasim_domain::catalogue;
use serde_json::json;

use super::{asked_ids, get_member_objects};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::type_of;
use crate::surface::graph::{Answer, Graph};

/// Those of the groups, roles and units asked about that the object is in. A role answers to its template's id too, as the
/// documented example has it.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let row = resource.target()?;
    let kind = type_of(row);
    let asked = asked_ids(graph, "ids", kind.class())?;
    let mut known: Vec<String> = get_member_objects::of(tenant, row)
        .map(|row| row.key(tenant))
        .collect();
    if let Some(id) = kind.id(tenant, row) {
        let roles = tenant.roles_of(id).into_iter();
        let built_in = |id| {
            catalogue::directory_roles()
                .iter()
                .any(|role| role.id == id)
        };
        known.extend(
            roles
                .filter(|role| built_in(*role))
                .map(|role| role.to_string()),
        );
    }
    let within = |id: &&String| known.iter().any(|known| known.eq_ignore_ascii_case(id));
    let found: Vec<&String> = asked.iter().filter(within).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": found}));
    Ok(reply.header("x-ms-resource-unit", "4"))
}
