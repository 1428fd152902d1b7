//! The `appRoleAssignment` entity type: contained in whoever holds the role, and in whose role it is.

use std::borrow::Cow;

use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::directory::permission_grant::AppRoleAssignment;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::{Access, EntityType, Filterable, Operators, Property, Version};
use crate::directory_ids::app_role_assignment_id;

type P = Property<AppRoleAssignment>;

pub(in crate::surface::graph) static APP_ROLE_ASSIGNMENT: EntityType<AppRoleAssignment> =
    EntityType {
        name: "appRoleAssignment",
        set: "appRoleAssignments",
        class: "AppRoleAssignment",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        rows: |_, _| Box::new(core::iter::empty()),
        size: None,
        id: |assignment| Some(ObjectId(assignment.id)),
        get: |_, _| None,
    };

const PROPERTIES: &[P] = &[
    P::text("id", |_, held| {
        Some(Cow::Owned(app_role_assignment_id(held)))
    })
    .access(Access::ReadOnly),
    P::date("deletedDateTime", |_, _| None).access(Access::ReadOnly),
    P::guid("appRoleId", |_, held| Some(held.role.0)).operators(Operators::EQ),
    P::date("createdDateTime", |_, held| Some(held.created))
        .access(Access::ReadOnly)
        .only(Version::V1),
    P::date("creationTimestamp", |_, held| Some(held.created))
        .access(Access::ReadOnly)
        .only(Version::Beta),
    P::text("principalDisplayName", |tenant, held| {
        display_name(tenant, held.principal)
    })
    .access(Access::ReadOnly)
    .filter(Filterable::Text),
    P::guid("principalId", |_, held| Some(held.principal.0)).operators(Operators::EQ),
    P::text("principalType", |tenant, held| {
        let word = match tenant.object(held.principal)? {
            ObjectRef::Group(_) => "Group",
            ObjectRef::ServicePrincipal(_) => "ServicePrincipal",
            _ => "User",
        };
        Some(Cow::Borrowed(word))
    })
    .access(Access::ReadOnly),
    P::text("resourceDisplayName", |tenant, held| {
        display_name(tenant, held.resource)
    })
    .access(Access::ReadOnly),
    P::guid("resourceId", |_, held| Some(held.resource.0)).operators(Operators::EQ),
];

fn display_name(tenant: &Tenant, id: ObjectId) -> Option<Cow<'_, str>> {
    let name = match tenant.object(id)? {
        ObjectRef::Group(group) => &*group.display_name,
        ObjectRef::ServicePrincipal(principal) => &*principal.display_name,
        ObjectRef::User(user) => &*user.display_name,
        _ => return None,
    };
    Some(Cow::Borrowed(name))
}
