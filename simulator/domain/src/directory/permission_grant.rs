//! What was consented to: delegated grants, and app roles assigned to principals.

use uuid::Uuid;

use super::kept::Kept;
use crate::id::{ObjectId, PermissionId};
use crate::time::Timestamp;

/// A delegated permission grant (`oauth2PermissionGrant`).
#[derive(Clone, Debug, PartialEq)]
pub struct DelegatedGrant {
    pub id: String,
    /// The client's service principal.
    pub client: ObjectId,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// One user, or `None` for everybody (`AllPrincipals`).
    pub principal: Option<ObjectId>,
    pub scopes: Vec<String>,
    /// What nothing here acts on.
    pub kept: Kept,
}

impl DelegatedGrant {
    pub fn new(
        id: String,
        client: ObjectId,
        resource: ObjectId,
        principal: Option<ObjectId>,
        scopes: Vec<String>,
    ) -> Self {
        Self {
            id,
            client,
            resource,
            principal,
            scopes,
            kept: Kept::default(),
        }
    }

    /// Where its page ends: a number that follows from the id.
    pub fn place(&self) -> ObjectId {
        place(&self.id)
    }
}

/// FNV-1a over the id, in 128 bits.
pub(crate) fn place(id: &str) -> ObjectId {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = id.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    ObjectId::from_u128(hash)
}

/// An app role held by a user, a group or a service principal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppRoleAssignment {
    pub id: Uuid,
    pub principal: ObjectId,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// The role; all zeroes stands for default access.
    pub role: PermissionId,
    pub created: Timestamp,
}
