//! The activity log: what a policy recorded, and what was changed.

use uuid::Uuid;

use crate::id::{AppId, KeyId, SubscriptionId};
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
    /// The HTTP status word, `Created`, `OK`, `Accepted`, `Unauthorized`.
    pub status_code: &'static str,
    pub succeeded: bool,
    /// The subscription under which it is read.
    pub subscription: SubscriptionId,
    /// The region of the resource, where it has one.
    pub location: Option<String>,
    /// The application that called.
    pub app: AppId,
    /// The assignments that spoke, for policy events.
    pub assignments: Vec<KeyId>,
}
