//! App roles given to users, groups and service principals, and taken away: under who holds them, and under whose they are.

use entrasim_domain::catalogue;
use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::directory::permission_grant::AppRoleAssignment;
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::id::{ObjectId, PermissionId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::error::DirectoryError;
use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::resource::Resource;
use super::super::schema::app_role_assignment::APP_ROLE_ASSIGNMENT as ENTITY;
use super::super::schema::{id_first, type_of};
use super::super::{Answer, Graph};
use super::oauth2_permission_grant::service_principal;
use super::{body, invalid, no_content, required};

const CLASS: &str = "AppRoleAssignment";

/// `POST /{set}/{id}/appRoleAssignments` and `POST /servicePrincipals/{id}/appRoleAssignedTo`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let owner = path.target()?;
    let members = body(graph)?;
    for (name, value) in &members {
        known(name, value)?;
    }
    let holder = required(&members, "principalId", CLASS)?;
    let resource = required(&members, "resourceId", CLASS)?;
    let role = required(&members, "appRoleId", CLASS)?;
    let role: PermissionId = role
        .as_str()
        .and_then(|role| role.parse().ok())
        .ok_or_else(|| invalid("appRoleId", CLASS))?;
    let holder = principal(tenant, holder)?;
    let resource = service_principal(tenant, resource)?;
    let navigation = path.template.rsplit('/').next().unwrap_or_default();
    let named = if navigation == "appRoleAssignedTo" {
        resource
    } else {
        holder
    };
    let key = owner.key(tenant);
    if named.to_string() != key {
        return Err(ApplicationError::OtherEnds.into());
    }
    let assignment = AppRoleAssignment {
        id: graph.call.draw(Random::guid),
        principal: holder,
        resource,
        role,
        created: graph.call.now(),
    };
    graph.write(|tenant| {
        let found = tenant.service_principals.get(&resource);
        if !found.is_some_and(|found| offers(tenant, found, role, holder)) {
            let app = found.map_or_else(String::new, |found| found.app_id.to_string());
            return Err(ApplicationError::NoSuchRole(app).into());
        }
        let done = tenant.put_app_role_assignment(assignment.clone());
        done.map_err(|error| match error {
            DirectoryError::Conflict(_) => ApplicationError::RoleHeld.into(),
            error => error.into(),
        })
    })?;
    let tenant = graph.tenant()?;
    let shown = ENTITY.whole_in(tenant, &assignment, graph.query.version);
    let fragment = format!("{}('{key}')/{navigation}/$entity", type_of(owner).set());
    let value = Value::Object(id_first(shown));
    let reply = graph.document(StatusCode::CREATED, &fragment, value);
    let location = graph.contained_url(
        owner,
        navigation,
        &crate::directory_ids::app_role_assignment_id(&assignment),
    );
    Ok(reply
        .header("location", &location)
        .header("x-ms-resource-unit", "1"))
}

/// `DELETE …/appRoleAssignments/{id}` and `…/appRoleAssignedTo/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let id = path.object::<AppRoleAssignment>(1)?.id;
    graph.write(|tenant| {
        tenant.remove_app_role_assignment(id);
        Ok(())
    })?;
    Ok(no_content())
}

/// Members that say what follows from the others may be there.
fn known(name: &str, value: &Value) -> Result<(), GraphError> {
    let mut all = ENTITY.properties.iter().map(|property| property.facts.name);
    match all.find(|known| known.eq_ignore_ascii_case(name)) {
        Some(_) => Ok(()),
        None if value.is_null() => Ok(()),
        None => Err(GraphError::UnknownMember {
            member: name.to_owned(),
            entity: ENTITY.name,
        }),
    }
}

fn principal(tenant: &Tenant, value: &Value) -> Result<ObjectId, GraphError> {
    let text = value.as_str().unwrap_or_default();
    let id: Option<ObjectId> = text.parse().ok();
    let id = id.filter(|id| {
        matches!(
            tenant.object(*id),
            Some(ObjectRef::User(_) | ObjectRef::Group(_) | ObjectRef::ServicePrincipal(_))
        )
    });
    id.ok_or_else(|| GraphError::Missing(text.to_owned()))
}

/// Whether a resource has such a role for a principal of this kind. All zeroes stand for access as such, where no role is
/// declared (Microsoft Graph reference, appRoleAssignment).
fn offers(
    tenant: &Tenant,
    resource: &ServicePrincipal,
    role: PermissionId,
    principal: ObjectId,
) -> bool {
    let is_app = matches!(
        tenant.object(principal),
        Some(ObjectRef::ServicePrincipal(_))
    );
    if resource.app_id == catalogue::GRAPH {
        let mut all = catalogue::graph_permissions().values();
        return is_app && all.any(|permission| permission.role == Some(role));
    }
    let declared = tenant.application(resource.app_id);
    let mut fitting = declared
        .into_iter()
        .flat_map(|application| &application.app_roles)
        .filter(|known| {
            let for_it = if is_app {
                known.for_applications
            } else {
                known.for_users
            };
            known.enabled && for_it
        });
    if role.0 == Uuid::nil() {
        return fitting.next().is_none();
    }
    fitting.any(|known| known.id == role)
}
