//! What Azure Resource Manager holds for a tenant: subscriptions, resources, role and policy assignments.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::azure::activity_log::ActivityEvent;
use crate::azure::policy::MfaAssignment;
use crate::azure::role::RoleAssignment;
use crate::id::SubscriptionId;
use crate::time::Timestamp;

pub mod activity_log;
pub mod policy;
pub mod role;

/// The whole of it. Keys that are resource ids are in lower case: Resource Manager ignores case.
#[derive(Clone, Debug, Default)]
pub struct Azure {
    pub subscriptions: OrdMap<SubscriptionId, Subscription>,
    /// By lower-case resource id, `/subscriptions/{id}/resourcegroups/{name}`.
    pub resource_groups: OrdMap<String, Arc<ResourceGroup>>,
    /// Everything below a resource group or a subscription, by lower-case resource id.
    pub resources: OrdMap<String, Arc<Resource>>,
    pub role_assignments: OrdMap<Uuid, Arc<RoleAssignment>>,
    /// By lower-case resource id.
    pub policy_assignments: OrdMap<String, Arc<MfaAssignment>>,
    /// Oldest first.
    pub activity_log: Vector<Arc<ActivityEvent>>,
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
