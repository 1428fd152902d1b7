//! Navigations between clients, resources and users: delegated grants, and app roles held.

use std::sync::Arc;

use entrasim_domain::directory::permission_grant::AppRoleAssignment;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::app_role_assignment::APP_ROLE_ASSIGNMENT;
use super::oauth2_permission_grant::OAUTH2_PERMISSION_GRANT;
use super::{Navigation, Projected, Row, Rows};
use crate::directory_ids::{app_role_assignment_id, app_role_assignment_key};

/// What a client may do for users, or what may be done for a user alone.
pub(super) const OAUTH2_PERMISSION_GRANTS: Navigation = Navigation::many(
    "oauth2PermissionGrants",
    &OAUTH2_PERMISSION_GRANT,
    |tenant, of, after| {
        let grants = &tenant.delegated_grants;
        match of {
            Row::ServicePrincipal(client) => {
                let grants = grants.of_client(client.id, after);
                Box::new(grants.map(Arc::as_ref).map(Projected::row))
            }
            Row::User(user) => {
                let grants = grants.of_principal(user.id, after);
                Box::new(grants.map(Arc::as_ref).map(Projected::row))
            }
            _ => Box::new(core::iter::empty()),
        }
    },
);

/// The roles that a principal holds.
pub(super) const APP_ROLE_ASSIGNMENTS: Navigation = Navigation::many(
    "appRoleAssignments",
    &APP_ROLE_ASSIGNMENT,
    |tenant, of, after| match holder(of) {
        Some(id) => rows(tenant.app_role_assignments.of_principal(id, after)),
        None => Box::new(core::iter::empty()),
    },
)
.contained()
.getting(|tenant, of, key| {
    let found = by_key(tenant, key)?;
    (Some(found.principal) == holder(of)).then(|| found.row())
});

/// Who holds the roles of a resource.
pub(super) const APP_ROLE_ASSIGNED_TO: Navigation = Navigation::many(
    "appRoleAssignedTo",
    &APP_ROLE_ASSIGNMENT,
    |tenant, of, after| match holder(of) {
        Some(id) => rows(tenant.app_role_assignments.of_resource(id, after)),
        None => Box::new(core::iter::empty()),
    },
)
.contained()
.getting(|tenant, of, key| {
    let found = by_key(tenant, key)?;
    (Some(found.resource) == holder(of)).then(|| found.row())
});

fn rows<'a>(held: impl Iterator<Item = &'a Arc<AppRoleAssignment>> + 'a) -> Rows<'a> {
    Box::new(held.map(Arc::as_ref).map(Projected::row))
}

fn holder(row: Row<'_>) -> Option<ObjectId> {
    match row {
        Row::Group(group) => Some(group.id),
        Row::ServicePrincipal(principal) => Some(principal.id),
        Row::User(user) => Some(user.id),
        _ => None,
    }
}

fn by_key<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a AppRoleAssignment> {
    let found = tenant
        .app_role_assignments
        .get(&app_role_assignment_key(key)?)?;
    (app_role_assignment_id(found) == key).then_some(&**found)
}
