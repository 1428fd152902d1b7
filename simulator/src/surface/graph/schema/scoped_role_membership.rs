//! The `scopedRoleMembership` entity type: a role that somebody holds for an administrative unit.

use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::directory_role;
use super::{
    Access, Entities, EntityType, Kind, Navigation, Projected, Property, Row, Rows, object, type_of,
};

type P = Property<DirectoryRoleAssignment>;

pub(in crate::surface::graph) static SCOPED_ROLE_MEMBERSHIP: EntityType<DirectoryRoleAssignment> =
    EntityType {
        name: "scopedRoleMembership",
        set: "scopedRoleMemberships",
        class: "ScopedRoleMembership",
        properties: &[
            P::new("id", Kind::Text, |_, held| json!(held.key())).access(Access::ReadOnly),
            P::new("roleId", Kind::Text, |tenant, held| {
                json!(directory_role::id(tenant, held.role))
            }),
            P::new("administrativeUnitId", Kind::Text, |_, held| {
                json!(unit(held).map(|unit| unit.to_string()))
            }),
            P::new("roleMemberInfo", Kind::Complex, member),
        ],
        navigations: &[],
        missing: &[],
        rows: |tenant, _| {
            let all = tenant.role_assignments.values().map(|held| &**held);
            scoped(all)
        },
        size: None,
        id: |_| None,
        get: |tenant, key| {
            let principal = DirectoryRoleAssignment::principal_in(key)?;
            let held = tenant.role_assignments.of_principal(principal);
            scoped(held.map(|held| &**held)).find(|held| held.key() == key)
        },
    };

/// Of a role: who holds it for a unit.
pub(super) const SCOPED_MEMBERS: Navigation = Navigation::many(
    "scopedMembers",
    &SCOPED_ROLE_MEMBERSHIP,
    |tenant, of, _| match of {
        Row::DirectoryRole(role) => rows(tenant.role_assignments.of_role(role.id)),
        _ => none(),
    },
)
.unpaged();

/// Of a unit: who holds a role for it.
pub(super) const SCOPED_ROLE_MEMBERS: Navigation = Navigation::many(
    "scopedRoleMembers",
    &SCOPED_ROLE_MEMBERSHIP,
    |tenant, of, _| match of {
        Row::AdministrativeUnit(unit) => {
            let all = tenant.role_assignments.values();
            rows(all.filter(move |held| held.scope == RoleScope::Unit(unit.id)))
        }
        _ => none(),
    },
)
.unpaged();

/// Of a user: what they hold for a unit.
pub(super) const SCOPED_ROLE_MEMBER_OF: Navigation = Navigation::many(
    "scopedRoleMemberOf",
    &SCOPED_ROLE_MEMBERSHIP,
    |tenant, of, _| match of {
        Row::User(user) => rows(tenant.role_assignments.of_principal(user.id)),
        _ => none(),
    },
)
.unpaged();

fn rows<'a>(
    held: impl Iterator<Item = &'a std::sync::Arc<DirectoryRoleAssignment>> + 'a,
) -> Rows<'a> {
    Box::new(scoped(held.map(|held| &**held)).map(Projected::row))
}

fn none<'a>() -> Rows<'a> {
    Box::new(core::iter::empty())
}

fn scoped<'a>(
    held: impl Iterator<Item = &'a DirectoryRoleAssignment> + 'a,
) -> Entities<'a, DirectoryRoleAssignment> {
    Box::new(held.filter(|held| unit(held).is_some()))
}

fn unit(held: &DirectoryRoleAssignment) -> Option<ObjectId> {
    match held.scope {
        RoleScope::Unit(unit) => Some(unit),
        RoleScope::Directory | RoleScope::Object(_) => None,
    }
}

/// `identity`
fn member(tenant: &Tenant, held: &DirectoryRoleAssignment) -> Value {
    let row = object(tenant, held.principal);
    let name = row.and_then(|row| {
        let kind = type_of(row);
        kind.place("displayName")
            .map(|at| kind.value(at, tenant, row))
    });
    json!({"displayName": name, "id": held.principal.to_string()})
}
