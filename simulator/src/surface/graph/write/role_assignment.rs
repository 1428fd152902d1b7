//! `/roleManagement/directory/roleAssignments`: roles are given and taken, for the directory, a unit, or one object.

use std::sync::Arc;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::role_assignment::ROLE_ASSIGNMENT;
use super::super::schema::role_definition::role_definition;
use super::super::{Answer, Graph};
use super::{body, invalid, no_content};
use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::error::DirectoryError;

const CLASS: &str = "RoleAssignment";

/// `POST /roleManagement/directory/roleAssignments`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let (mut role, mut principal, mut scope) = (None, None, None);
    for (name, value) in &body(graph)? {
        let bad = || invalid(name, CLASS);
        let text = || value.as_str().ok_or_else(bad);
        match name.to_ascii_lowercase().as_str() {
            "roledefinitionid" => role = Some(text()?.parse().map_err(|_| bad())?),
            "principalid" => principal = Some(text()?.parse().map_err(|_| bad())?),
            "directoryscopeid" => scope = Some(RoleScope::parse(text()?).ok_or_else(bad)?),
            "appscopeid" | "condition" if value.is_null() => {}
            "appscopeid" | "condition" => {
                let name = format!("graph write of roleAssignment/{name}");
                return Err(GraphError::NotSimulated(name));
            }
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: ROLE_ASSIGNMENT.name,
                });
            }
        }
    }
    let required = |member| GraphError::Required {
        member,
        class: CLASS,
    };
    let role: RoleTemplateId = role.ok_or_else(|| required("roleDefinitionId"))?;
    let principal = principal.ok_or_else(|| required("principalId"))?;
    let scope = scope.ok_or_else(|| required("directoryScopeId"))?;
    let assignment = Arc::new(assign(graph, role, principal, scope)?);
    let members = ROLE_ASSIGNMENT.whole(graph.tenant()?, &assignment);
    graph.created(&ROLE_ASSIGNMENT, members)
}

/// `DELETE /roleManagement/directory/roleAssignments/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let held: &Arc<DirectoryRoleAssignment> = resource.object(0)?;
    unassign(graph, held)?;
    Ok(no_content())
}

/// Gives a role.
pub(super) fn assign(
    graph: &Graph<'_, '_>,
    role: RoleTemplateId,
    principal: ObjectId,
    scope: RoleScope,
) -> Result<DirectoryRoleAssignment, GraphError> {
    let assignment = DirectoryRoleAssignment {
        id: graph.call.draw(Random::guid),
        principal,
        role,
        scope,
    };
    graph.write(|tenant| {
        check(tenant, &assignment)?;
        let done = tenant.assign_role(assignment.clone(), &graph.note());
        done.map_err(|error| match error {
            DirectoryError::AlreadyLinked(_) => GraphError::Conflicting,
            error => error.into(),
        })
    })?;
    Ok(assignment)
}

/// A role, a principal that can hold it, and a scope that is there.
fn check(tenant: &Tenant, assignment: &DirectoryRoleAssignment) -> Result<(), GraphError> {
    let missing = |id: &dyn ToString| GraphError::Missing(id.to_string());
    let role = role_definition(tenant, assignment.role);
    let role = role.ok_or_else(|| missing(&assignment.role))?;
    if role.built_in && !entrasim_domain::catalogue::is_assignable(role.id) || !role.enabled {
        return Err(invalid("roleDefinitionId", CLASS));
    }
    let principal = tenant.object(assignment.principal);
    match principal.ok_or_else(|| missing(&assignment.principal))? {
        ObjectRef::User(_) | ObjectRef::ServicePrincipal(_) => {}
        ObjectRef::Group(group) if group.assignable_to_role => {}
        ObjectRef::Group(_) => return Err(GraphError::GroupNotAssignable),
        _ => return Err(invalid("principalId", CLASS)),
    }
    let (there, id) = match assignment.scope {
        RoleScope::Directory => return Ok(()),
        RoleScope::Unit(unit) => (tenant.administrative_units.get(&unit).is_some(), unit),
        RoleScope::Object(object) => (tenant.object(object).is_some(), object),
    };
    if there { Ok(()) } else { Err(missing(&id)) }
}

/// Takes a role. Nobody takes the highest one from themselves: the directory must not be left without.
pub(super) fn unassign(
    graph: &Graph<'_, '_>,
    held: &DirectoryRoleAssignment,
) -> Result<(), GraphError> {
    if held.role == GLOBAL_ADMINISTRATOR && held.principal == graph.caller.object_id {
        return Err(GraphError::OwnHighestRole);
    }
    graph.write(|tenant| Ok(tenant.unassign_role(held.id, &graph.note()).map(drop)?))
}
