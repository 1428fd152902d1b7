//! What was consented to: delegated grants, and app roles assigned to principals.

use uuid::Uuid;

use crate::id::{ObjectId, PermissionId};
use crate::time::Timestamp;

/// A delegated permission grant (`oauth2PermissionGrant`).
#[derive(Clone, Debug)]
pub struct DelegatedGrant {
    pub id: String,
    /// The client's service principal.
    pub client: ObjectId,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// One user, or `None` for everybody (`AllPrincipals`).
    pub principal: Option<ObjectId>,
    pub scopes: Vec<String>,
}

/// An app role held by a user or a service principal.
#[derive(Clone, Debug)]
pub struct AppRoleAssignment {
    pub id: Uuid,
    pub principal: ObjectId,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// The role; all zeroes stands for default access.
    pub role: PermissionId,
    pub created: Timestamp,
}
