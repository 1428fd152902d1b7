//! `/directoryRoles`: a built-in role is activated from its template, and given and taken by reference.

use entrasim_domain::catalogue::DirectoryRole;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::directory_role::DIRECTORY_ROLE;
use super::super::schema::directory_role_template::template;
use super::super::{Answer, Graph};
use super::role_assignment::{assign, unassign};
use super::{body, invalid, no_content, reference};

const CLASS: &str = "DirectoryRole";

/// `POST /directoryRoles`
pub(in crate::surface::graph) fn activate(graph: &Graph<'_, '_>) -> Answer {
    const MEMBER: &str = "roleTemplateId";
    let members = body(graph)?;
    let mut role = None;
    for (name, value) in &members {
        if !name.eq_ignore_ascii_case(MEMBER) {
            return Err(GraphError::UnknownMember {
                member: name.clone(),
                entity: DIRECTORY_ROLE.name,
            });
        }
        role = value.as_str();
    }
    let key = role.ok_or(GraphError::Required {
        member: MEMBER,
        class: CLASS,
    })?;
    let tenant = graph.tenant()?;
    let role = template(tenant, key).filter(|role| role.assignable);
    let role = role.ok_or_else(|| invalid(MEMBER, CLASS))?;
    graph.write(|tenant| {
        if tenant.activate_role(role.id) {
            Ok(())
        } else {
            Err(GraphError::Conflicting)
        }
    })?;
    graph.created(&DIRECTORY_ROLE, DIRECTORY_ROLE.whole(tenant, role))
}

/// `POST /directoryRoles/{id}/members/$ref`
pub(in crate::surface::graph) fn add_member(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let role: &DirectoryRole = resource.object(0)?;
    let principal = reference::named(graph, CLASS)?;
    match assign(graph, role.id, principal, RoleScope::Directory) {
        Ok(_) => Ok(no_content()),
        Err(GraphError::Conflicting) => Err(GraphError::ReferenceExists("members")),
        Err(error) => Err(error),
    }
}

/// `DELETE /directoryRoles/{id}/members/{id}/$ref`
pub(in crate::surface::graph) fn remove_member(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let role: &DirectoryRole = resource.object(0)?;
    let key = resource.key(1);
    let held = key
        .parse()
        .ok()
        .and_then(|principal| held(graph.tenant().ok()?, role, principal));
    let held = held.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    unassign(graph, &held)?;
    Ok(no_content())
}

/// The assignment that makes somebody a member of a role.
fn held(
    tenant: &Tenant,
    role: &DirectoryRole,
    principal: ObjectId,
) -> Option<DirectoryRoleAssignment> {
    let mut held = tenant.role_assignments.of_principal(principal);
    held.find(|held| held.role == role.id && held.scope == RoleScope::Directory)
        .map(|held| DirectoryRoleAssignment::clone(held))
}
