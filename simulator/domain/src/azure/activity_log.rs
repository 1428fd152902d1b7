//! The activity log: what a policy recorded, and what was changed.

use uuid::Uuid;

use crate::id::KeyId;
use crate::time::Timestamp;

/// One event.
#[derive(Clone, Debug)]
pub struct ActivityEvent {
    pub id: Uuid,
    pub correlation_id: Uuid,
    pub at: Timestamp,
    /// `Microsoft.Authorization/policies/audit/action`, `Microsoft.Resources/subscriptions/resourceGroups/write`, …
    pub operation: String,
    pub resource_id: String,
    /// The caller: a user principal name, or an object id.
    pub caller: String,
    pub succeeded: bool,
    /// The assignments that spoke, for policy events.
    pub assignments: Vec<KeyId>,
}
