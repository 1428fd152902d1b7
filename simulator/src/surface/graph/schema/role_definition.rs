//! The `unifiedRoleDefinition` entity type: built-in roles, and those that the tenant defines itself.

use entrasim_domain::catalogue;
use entrasim_domain::directory::role::RoleDefinition;
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{
    Access, Entities, EntityType, Filterable, Kind, Navigation, Projected, Property, Row, Rows,
    Sortable,
};

type P = Property<RoleDefinition>;

pub(in crate::surface::graph) static ROLE_DEFINITION: EntityType<RoleDefinition> = EntityType {
    name: "unifiedRoleDefinition",
    set: "roleManagement/directory/roleDefinitions",
    class: "RoleDefinition",
    properties: &[
        P::new("id", Kind::Text, |_, role| json!(role.id.to_string()))
            .filter(Filterable::Exact)
            .access(Access::ReadOnly),
        P::new("description", Kind::Text, |_, role| json!(role.description)),
        P::new("displayName", Kind::Text, |_, role| {
            json!(role.display_name)
        })
        .filter(Filterable::Text)
        .sort(Sortable::Yes),
        P::new("isBuiltIn", Kind::Boolean, |_, role| json!(role.built_in))
            .filter(Filterable::Exact)
            .access(Access::ReadOnly),
        P::new("isEnabled", Kind::Boolean, |_, role| json!(role.enabled)).filter(Filterable::Exact),
        P::new("resourceScopes", Kind::Texts, |_, _| json!(["/"])),
        P::new("templateId", Kind::Text, |_, role| {
            json!(role.template.to_string())
        })
        .filter(Filterable::Exact),
        P::new("version", Kind::Text, |_, role| json!(role.version)),
        P::new("rolePermissions", Kind::Complexes, permissions),
        P::new("isPrivileged", Kind::Boolean, |_, role| {
            let mut known = catalogue::directory_roles().iter();
            json!(known.any(|known| known.id == role.id && known.privileged))
        })
        .only(super::Version::Beta)
        .filter(Filterable::Exact)
        .access(Access::ReadOnly),
        P::new("allowedPrincipalTypes", Kind::Text, |_, _| Value::Null)
            .only(super::Version::Beta)
            .access(Access::ReadOnly),
    ],
    navigations: &[
        Navigation::many("inheritsPermissionsFrom", &ROLE_DEFINITION, inherited).unpaged(),
    ],
    missing: &["assignedPrincipals"],
    rows,
    size: None,
    id: |_| None,
    get: |tenant, key| role_definition(tenant, key.parse().ok()?),
};

fn rows(tenant: &Tenant, _: Option<ObjectId>) -> Entities<'_, RoleDefinition> {
    let own = tenant.role_definitions.values().map(|role| &**role);
    Box::new(catalogue::built_in_role_definitions().iter().chain(own))
}

fn inherited<'a>(tenant: &'a Tenant, of: Row<'a>, _: Option<ObjectId>) -> Rows<'a> {
    let Row::RoleDefinition(role) = of else {
        return Box::new(core::iter::empty());
    };
    let roles = role.inherits.iter();
    let roles = roles.filter_map(|id| role_definition(tenant, *id));
    Box::new(roles.map(Projected::row))
}

/// The role definition with this id.
pub(in crate::surface::graph) fn role_definition(
    tenant: &Tenant,
    id: RoleTemplateId,
) -> Option<&RoleDefinition> {
    let own = tenant.role_definitions.get(&id).map(|role| &**role);
    let mut built_in = catalogue::built_in_role_definitions().iter();
    own.or_else(|| built_in.find(|role| role.id == id))
}

fn permissions(_: &Tenant, role: &RoleDefinition) -> Value {
    let permissions = role.permissions.iter();
    permissions
        .map(|permission| {
            json!({
                "allowedResourceActions": permission.actions,
                "excludedResourceActions": [],
                "condition": permission.condition,
            })
        })
        .collect()
}
