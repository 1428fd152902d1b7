//! Azure role-based access control.

use entrasim_domain::azure::role::{RoleAssignment, covers};
use entrasim_domain::catalogue;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;

use super::Arm;
use super::error::ArmError;

impl Arm<'_> {
    /// Whether the caller may do an operation (`Microsoft.Storage/storageAccounts/write`) on a resource.
    pub(super) fn authorize(&self, operation: &str, resource_id: &str) -> Result<(), ArmError> {
        if self.may(operation, resource_id) {
            return Ok(());
        }
        let (name, id) = (self.caller_name(), self.caller.object_id);
        let message = format!(
            "The client '{name}' with object id '{id}' does not have authorization to perform action '{operation}' over scope '{resource_id}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        );
        Err(ArmError::new(
            StatusCode::FORBIDDEN,
            "AuthorizationFailed",
            message,
        ))
    }

    pub(super) fn may(&self, operation: &str, resource_id: &str) -> bool {
        held_by(self.tenant, self.caller.object_id)
            .filter(|assignment| covers(&assignment.scope, resource_id))
            .any(|assignment| role_allows(assignment, operation))
    }

    /// Whether the caller has any role at the scope or below it: enough to see it in lists.
    pub(super) fn sees(&self, scope: &str) -> bool {
        held_by(self.tenant, self.caller.object_id)
            .any(|assignment| covers(&assignment.scope, scope) || covers(scope, &assignment.scope))
    }
}

fn role_allows(assignment: &RoleAssignment, operation: &str) -> bool {
    catalogue::azure_roles()
        .iter()
        .any(|role| role.id == assignment.role && role.allows(operation))
}

/// The assignments of a principal, those of its groups included.
pub(super) fn held_by(
    tenant: &Tenant,
    principal: ObjectId,
) -> impl Iterator<Item = &RoleAssignment> {
    tenant
        .azure
        .role_assignments
        .values()
        .map(|assignment| &**assignment)
        .filter(move |assignment| {
            assignment.principal == principal
                || tenant
                    .groups
                    .get(&assignment.principal)
                    .is_some_and(|group| group.members.contains(&principal))
        })
}
