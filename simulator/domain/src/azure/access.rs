//! Azure role-based access control: who may do what where.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::azure::Azure;
use crate::azure::role::{RoleAssignment, covers};
use crate::azure::role_definition::role_definition;
use crate::id::{ObjectId, SubscriptionId};

impl Azure {
    /// Whether one of the principals holds a role at the scope, or above it, that allows the action.
    pub fn allows(&self, principals: &BTreeSet<ObjectId>, action: &str, scope: &str) -> bool {
        self.assignments_of(principals).any(|assignment| {
            covers(&assignment.scope, scope)
                && role_definition(assignment.role).is_some_and(|role| role.allows(action))
        })
    }

    /// Whether one of the principals holds any role in the subscription, above it, or on anything in it.
    pub fn sees_subscription(&self, principals: &BTreeSet<ObjectId>, id: SubscriptionId) -> bool {
        let subscription = format!("/subscriptions/{id}");
        self.assignments_of(principals).any(|assignment| {
            covers(&assignment.scope, &subscription) || covers(&subscription, &assignment.scope)
        })
    }

    /// The role assignments that one of the principals holds.
    pub fn assignments_of<'a>(
        &'a self,
        principals: &'a BTreeSet<ObjectId>,
    ) -> impl Iterator<Item = &'a Arc<RoleAssignment>> {
        self.role_assignments
            .values()
            .filter(|assignment| principals.contains(&assignment.principal))
    }
}
