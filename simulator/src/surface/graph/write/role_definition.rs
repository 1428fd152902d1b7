//! `/roleManagement/directory/roleDefinitions`: roles of the tenant's own.

use std::sync::Arc;

use entrasim_domain::directory::role::{RoleDefinition, RolePermission};
use entrasim_domain::id::RoleTemplateId;
use entrasim_domain::random::Random;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::role_definition::{ROLE_DEFINITION, role_definition};
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, no_content, optional_text, other_member, text};

const CLASS: &str = "RoleDefinition";

/// `POST /roleManagement/directory/roleDefinitions`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    for member in ["displayName", "rolePermissions", "isEnabled"] {
        if !members.keys().any(|name| name.eq_ignore_ascii_case(member)) {
            return Err(GraphError::Required {
                member,
                class: CLASS,
            });
        }
    }
    let id = RoleTemplateId(graph.call.draw(Random::guid));
    let mut role = RoleDefinition {
        id,
        built_in: false,
        template: id,
        display_name: String::new(),
        description: None,
        enabled: true,
        version: None,
        permissions: Vec::new(),
        inherits: Vec::new(),
    };
    for (name, value) in &members {
        // A template id makes the role the same in several tenants; it is the id as well.
        if name.eq_ignore_ascii_case("templateId") && !value.is_null() {
            let bad = || invalid(name, CLASS);
            let template = value.as_str().ok_or_else(bad)?;
            role.template = template.parse().map_err(|_| bad())?;
            role.id = role.template;
        } else {
            set(graph, &mut role, name, value)?;
        }
    }
    graph.write(|tenant| {
        if role_definition(tenant, role.id).is_some() {
            return Err(GraphError::Conflicting);
        }
        put(tenant, role.clone());
        Ok(())
    })?;
    graph.created(
        &ROLE_DEFINITION,
        ROLE_DEFINITION.whole(graph.tenant()?, &role),
    )
}

/// `PATCH /roleManagement/directory/roleDefinitions/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let mut role = own(resource)?.clone();
    for (name, value) in &body(graph)? {
        set(graph, &mut role, name, value)?;
    }
    graph.write(|tenant| {
        put(tenant, role);
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /roleManagement/directory/roleDefinitions/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = own(resource)?.id;
    graph.write(|tenant| {
        if tenant.role_assignments.of_role(id).next().is_some() {
            return Err(GraphError::RoleInUse);
        }
        tenant.role_definitions.remove(&id);
        Ok(())
    })?;
    Ok(no_content())
}

/// The role of the path, if it can be changed.
fn own<'a>(resource: &Resource<'a>) -> Result<&'a RoleDefinition, GraphError> {
    let role: &RoleDefinition = resource.object(0)?;
    if role.built_in {
        Err(GraphError::BuiltInRole)
    } else {
        Ok(role)
    }
}

fn put(tenant: &mut entrasim_domain::tenant::Tenant, role: RoleDefinition) {
    tenant.role_definitions.insert(role.id, Arc::new(role));
}

fn set(
    graph: &Graph<'_, '_>,
    role: &mut RoleDefinition,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    match name.to_ascii_lowercase().as_str() {
        "displayname" => role.display_name = text(value, name, CLASS, 256)?,
        "description" => role.description = optional_text(value, name, CLASS, 1024)?,
        "isenabled" => role.enabled = boolean(value, name, CLASS)?,
        "version" => role.version = optional_text(value, name, CLASS, 128)?,
        "rolepermissions" => role.permissions = permissions(value)?,
        _ => other_member(&ROLE_DEFINITION, graph.tenant()?, role, name, value)?,
    }
    Ok(())
}

/// `unifiedRolePermission`: actions of the form `microsoft.directory/applications/basic/update`.
fn permissions(value: &Value) -> Result<Vec<RolePermission>, GraphError> {
    const NAME: &str = "rolePermissions";
    let bad = || invalid(NAME, CLASS);
    let rows = value.as_array().ok_or_else(bad)?;
    let rows = rows.iter().map(|row| {
        let mut permission = RolePermission::default();
        for (name, value) in row.as_object().ok_or_else(bad)? {
            match name.to_ascii_lowercase().as_str() {
                "allowedresourceactions" => {
                    permission.actions = super::texts(value, name, CLASS)?;
                    if !permission.actions.iter().all(|action| is_action(action)) {
                        return Err(invalid(name, CLASS));
                    }
                }
                "condition" => permission.condition = optional_text(value, name, CLASS, 1024)?,
                "excludedresourceactions"
                    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) => {}
                "excludedresourceactions" => {
                    return Err(GraphError::NotSimulated(
                        "graph write of rolePermission/excludedResourceActions".to_owned(),
                    ));
                }
                _ => {
                    return Err(GraphError::UnknownMember {
                        member: name.clone(),
                        entity: "unifiedRolePermission",
                    });
                }
            }
        }
        Ok(permission)
    });
    rows.collect()
}

/// A namespace, a class and what may be done, `microsoft.directory/groups/create`.
fn is_action(text: &str) -> bool {
    let mut parts = text.split('/');
    let namespace = parts
        .next()
        .is_some_and(|name| name.starts_with("microsoft."));
    let rest: Vec<&str> = parts.collect();
    namespace && (2..=4).contains(&rest.len()) && rest.iter().all(|part| !part.is_empty())
}
