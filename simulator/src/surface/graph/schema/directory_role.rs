//! The `directoryRole` entity type: the built-in roles that are in use, and those who hold them.

use entrasim_domain::catalogue::{self, DirectoryRole};
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::relations::MEMBERS;
use super::scoped_role_membership::SCOPED_MEMBERS;
use super::{Access, Entities, EntityType, Filterable, Kind, Property};

type P = Property<DirectoryRole>;

pub(in crate::surface::graph) static DIRECTORY_ROLE: EntityType<DirectoryRole> = EntityType {
    name: "directoryRole",
    set: "directoryRoles",
    class: "DirectoryRole",
    properties: PROPERTIES,
    navigations: &[MEMBERS.unpaged(), SCOPED_MEMBERS],
    missing: &[],
    rows,
    size: None,
    id: |_| None,
    get: |tenant, key| {
        rows(tenant, None).find(|role| id(tenant, role.id).eq_ignore_ascii_case(key))
    },
};

/// A role is activated once somebody holds it; Global Administrator always is.
fn rows(tenant: &Tenant, _: Option<ObjectId>) -> Entities<'_, DirectoryRole> {
    Box::new(
        catalogue::directory_roles()
            .iter()
            .filter(|role| tenant.is_activated(role.id)),
    )
}

/// An activated role's own id differs from its template's and from tenant to tenant: here, the two ids mixed.
pub(in crate::surface::graph) fn id(tenant: &Tenant, role: RoleTemplateId) -> String {
    let mixed = tenant.id.0.as_u128() ^ role.0.as_u128().rotate_left(64);
    uuid::Builder::from_random_bytes(mixed.to_be_bytes())
        .into_uuid()
        .to_string()
}

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |tenant, role| json!(id(tenant, role.id))).access(Access::ReadOnly),
    P::null("deletedDateTime").access(Access::ReadOnly),
    P::new("description", Kind::Text, |_, role| json!(role.name)),
    P::new("displayName", Kind::Text, |_, role| json!(role.name)).filter(Filterable::Exact),
    P::new("roleTemplateId", Kind::Text, |_, role| {
        json!(role.id.to_string())
    })
    .filter(Filterable::Exact)
    .key(|tenant, template| {
        let template = template.parse().ok()?;
        rows(tenant, None).find(|role| role.id == template)
    }),
];
