//! Administrative units: create, change, delete, and roles that count for one unit.
//!
//! The rules: Microsoft Learn, administrativeUnit resource type and its operations.

use std::sync::Arc;

use entrasim_domain::directory::administrative_unit::AdministrativeUnit;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::administrative_unit::ADMINISTRATIVE_UNIT;
use super::super::schema::directory_role::DIRECTORY_ROLE;
use super::super::schema::id_first;
use super::super::schema::scoped_role_membership::SCOPED_ROLE_MEMBERSHIP;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, keep, no_content, optional_text, required, text};

const CLASS: &str = "AdministrativeUnit";

/// `POST /directory/administrativeUnits`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    required(&members, "displayName", CLASS)?;
    let id = ObjectId(graph.call.draw(Random::guid));
    let mut unit = AdministrativeUnit::new(id, String::new(), graph.call.now());
    let unit = graph.write(|tenant| {
        set_all(tenant, &mut unit, &members, true)?;
        tenant.put_administrative_unit(unit.clone(), &graph.note())?;
        Ok(unit.clone())
    })?;
    let members = ADMINISTRATIVE_UNIT.whole(graph.tenant()?, &unit);
    graph.created(&ADMINISTRATIVE_UNIT, members)
}

/// `PATCH /directory/administrativeUnits/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<AdministrativeUnit>(0)?.id;
    let members = body(graph)?;
    graph.write(|tenant| {
        let unit = tenant.administrative_units.get(&id).map(Arc::clone);
        let unit = unit.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut unit = AdministrativeUnit::clone(&unit);
        set_all(tenant, &mut unit, &members, false)?;
        Ok(tenant.put_administrative_unit(unit, &graph.note())?)
    })?;
    Ok(no_content())
}

/// `DELETE /directory/administrativeUnits/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<AdministrativeUnit>(0)?.id;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

fn set_all(
    tenant: &Tenant,
    unit: &mut AdministrativeUnit,
    members: &Map<String, Value>,
    is_new: bool,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.to_ascii_lowercase().as_str() {
            "displayname" => unit.display_name = text(value, name, CLASS, 256)?,
            "description" => unit.description = optional_text(value, name, CLASS, 1024)?,
            // Chosen for good.
            "ismembermanagementrestricted" => {
                let restricted = !value.is_null() && boolean(value, name, CLASS)?;
                if !is_new && restricted != unit.restricted {
                    return Err(GraphError::ReadOnly {
                        member: name.clone(),
                        class: CLASS,
                    });
                }
                unit.restricted = restricted;
            }
            "membershiptype" if value == "Dynamic" => {
                let name = "graph administrativeUnit with dynamic members";
                return Err(GraphError::NotSimulated(name.to_owned()));
            }
            "membershiprule" if !value.is_null() => return Err(invalid(name, CLASS)),
            _ => keep(&ADMINISTRATIVE_UNIT, tenant, unit, name, value)?,
        }
    }
    Ok(())
}

/// `POST /directory/administrativeUnits/{id}/scopedRoleMembers`: an activated role, for this unit only.
pub(in crate::surface::graph) fn add_scoped_role_member(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    const CLASS: &str = "ScopedRoleMembership";
    let unit = resource.object::<AdministrativeUnit>(0)?.id;
    let members = body(graph)?;
    let role = required(&members, "roleId", CLASS)?
        .as_str()
        .unwrap_or_default();
    let holder = required(&members, "roleMemberInfo", CLASS)?.get("id");
    let holder = holder.and_then(|id| id.as_str()?.parse::<ObjectId>().ok());
    let principal = holder.ok_or_else(|| invalid("roleMemberInfo", CLASS))?;
    let id = graph.call.draw(Random::guid);
    let held = graph.write(|tenant| {
        let known = (DIRECTORY_ROLE.get)(tenant, role).map(|known| known.id);
        let role = known.ok_or_else(|| GraphError::Missing(role.to_owned()))?;
        if tenant.object(principal).is_none() {
            return Err(GraphError::Missing(principal.to_string()));
        }
        let held = DirectoryRoleAssignment {
            id,
            principal,
            role,
            scope: RoleScope::Unit(unit),
        };
        tenant.assign_role(held.clone(), &graph.note())?;
        Ok(held)
    })?;
    let value = Value::Object(id_first(
        SCOPED_ROLE_MEMBERSHIP.whole(graph.tenant()?, &held),
    ));
    let reply = graph.document(StatusCode::CREATED, "scopedRoleMemberships/$entity", value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

/// `DELETE /directory/administrativeUnits/{id}/scopedRoleMembers/{id}`
pub(in crate::surface::graph) fn remove_scoped_role_member(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let held = resource.object::<DirectoryRoleAssignment>(1)?.id;
    graph.write(|tenant| {
        tenant.unassign_role(held, &graph.note())?;
        Ok(())
    })?;
    Ok(no_content())
}
