//! `GET /roleManagement/directory/roleDefinitions/{id}/assignedPrincipals(transitive=…,directoryScopeType=…,directoryScopeId=…)`

use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleDefinition, RoleScope};
use entrasim_domain::id::ObjectId;
use http::StatusCode;
use serde_json::{Value, json};

use crate::surface::graph::path::arguments;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::{object, typed};
use crate::surface::graph::{Answer, Graph};

/// Who holds a role; with `transitive`, in the groups that hold it as well. An argument that is null or absent asks nothing.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let role: &RoleDefinition = resource.object(0)?;
    let arguments = arguments(graph.call.request);
    let asked = |name: &str| {
        let value = arguments.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty() && *value != "null")
    };
    let in_scope = |held: &DirectoryRoleAssignment| {
        let (kind, id) = match held.scope {
            RoleScope::Directory => ("tenant", None),
            RoleScope::Unit(id) => ("administrativeUnit", Some(id)),
            RoleScope::Object(id) => ("resource", Some(id)),
        };
        let is = |asked: &str| match id {
            Some(id) => asked == id.to_string(),
            None => asked == "/",
        };
        asked("directoryScopeType").is_none_or(|asked| asked.eq_ignore_ascii_case(kind))
            && asked("directoryScopeId").is_none_or(is)
    };
    let transitive = asked("transitive").is_some_and(|asked| asked.eq_ignore_ascii_case("true"));
    let mut holders: Vec<ObjectId> = Vec::new();
    let assignments = tenant.role_assignments.of_role(role.id);
    for held in assignments.filter(|held| in_scope(held)) {
        holders.push(held.principal);
        if transitive {
            holders.extend(tenant.transitive_members_of(held.principal));
        }
    }
    holders.sort_unstable();
    holders.dedup();
    let rows = holders.into_iter().filter_map(|id| object(tenant, id));
    let rows = rows.map(|row| typed(tenant, row, graph.query.version));
    let value = json!({"value": rows.collect::<Vec<Value>>()});
    Ok(graph.document(StatusCode::OK, "directoryObjects", value))
}
