//! What Azure Resource Manager holds for a tenant: subscriptions, resources, role and policy assignments.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::azure::activity_log::ActivityEvent;
use crate::azure::policy::MfaAssignment;
use crate::azure::role::{RoleAssignment, covers};
use crate::id::SubscriptionId;
use crate::time::Timestamp;

pub mod access;
pub mod activity_log;
pub mod policy;
pub mod role;
pub mod role_definition;

/// The whole of it. Keys that are resource ids are in lower case: Resource Manager ignores case.
#[derive(Clone, Debug, Default)]
pub struct Azure {
    pub subscriptions: OrdMap<SubscriptionId, Subscription>,
    /// By lower-case resource id, `/subscriptions/{id}/resourcegroups/{name}`.
    pub resource_groups: OrdMap<String, Arc<ResourceGroup>>,
    /// Everything below a resource group or a subscription, by lower-case resource id.
    pub resources: OrdMap<String, Arc<Resource>>,
    pub role_assignments: OrdMap<Uuid, Arc<RoleAssignment>>,
    /// Template deployments, by lower-case resource id.
    pub deployments: OrdMap<String, Arc<Deployment>>,
    /// Resource providers that a subscription is not registered for, in lower case; it is for all others.
    pub unregistered_providers: OrdSet<(SubscriptionId, String)>,
    /// By lower-case resource id.
    pub policy_assignments: OrdMap<String, Arc<MfaAssignment>>,
    /// Oldest first.
    pub activity_log: Vector<Arc<ActivityEvent>>,
    /// Why Phase 1 was postponed, in the words of who did it through Resource Manager.
    pub portal_justification: Option<String>,
    /// What long-running operations came to that change nothing, oldest first.
    pub operation_results: Vector<Arc<OperationResult>>,
}

impl Azure {
    /// Takes away a resource or a resource group, with all that is in it and all that is assigned there.
    pub fn remove_tree(&mut self, id: &str) {
        remove_covered(&mut self.resource_groups, id);
        remove_covered(&mut self.resources, id);
        remove_covered(&mut self.deployments, id);
        remove_covered(&mut self.policy_assignments, id);
        let assignments: Vec<Uuid> = self
            .role_assignments
            .values()
            .filter(|assignment| covers(id, &assignment.scope))
            .map(|assignment| assignment.name)
            .collect();
        for name in assignments {
            self.role_assignments.remove(&name);
        }
    }
}

fn remove_covered<T: Clone>(table: &mut OrdMap<String, T>, id: &str) {
    let keys: Vec<String> = table
        .range(id.to_lowercase()..)
        .map(|(key, _)| key)
        .take_while(|key| key.starts_with(&id.to_lowercase()))
        .filter(|key| covers(id, key))
        .cloned()
        .collect();
    for key in keys {
        table.remove(&key);
    }
}

#[derive(Clone, Debug)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub display_name: String,
}

#[derive(Clone, Debug)]
pub struct ResourceGroup {
    /// As first written.
    pub name: String,
    pub subscription: SubscriptionId,
    pub location: String,
    pub tags: Option<Map<String, Value>>,
    pub managed_by: Option<String>,
}

/// A resource of any provider: what was written, kept as given.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The resource id as first written.
    pub id: String,
    pub name: String,
    /// `Microsoft.Storage/storageAccounts`
    pub resource_type: String,
    pub location: Option<String>,
    /// The body as written, with everything but `id`, `name` and `type`.
    pub body: Map<String, Value>,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// A template deployment that ran.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub id: String,
    pub name: String,
    /// Where the deployment's own record lives; only above resource groups.
    pub location: Option<String>,
    /// `Incremental` or `Complete`.
    pub mode: String,
    /// The `value` of each parameter, by name, with its type.
    pub parameters: Map<String, Value>,
    pub outputs: Map<String, Value>,
    /// The resource ids that it wrote, in order.
    pub resources: Vec<String>,
    pub correlation_id: Uuid,
    pub at: Timestamp,
}

/// What an operation came to, until it is asked for.
#[derive(Clone, Debug)]
pub struct OperationResult {
    /// The last segment of the address to ask at.
    pub job: String,
    /// The deployment that was thought through.
    pub deployment: String,
    pub body: Value,
}
