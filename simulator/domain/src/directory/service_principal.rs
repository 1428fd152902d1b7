//! Service principals: an application's presence in this tenant, and managed identities.

use super::kept::Kept;
use crate::id::{AppId, ObjectId, TenantId};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct ServicePrincipal {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// The tenant that owns the registration; Microsoft's for first-party apps.
    pub app_owner: TenantId,
    pub created: Timestamp,
    pub account_enabled: bool,
    pub kind: ServicePrincipalKind,
    /// Only assigned users may sign in (`appRoleAssignmentRequired`).
    pub assignment_required: bool,
    pub tags: Vec<String>,
    /// What nothing here acts on.
    pub kept: Kept,
}

impl ServicePrincipal {
    /// An enabled one of an application, which anybody may sign in to.
    pub fn new(
        id: ObjectId,
        app_id: AppId,
        display_name: String,
        app_owner: TenantId,
        created: Timestamp,
    ) -> Self {
        Self {
            id,
            app_id,
            display_name,
            app_owner,
            created,
            account_enabled: true,
            kind: ServicePrincipalKind::Application,
            assignment_required: false,
            tags: Vec::new(),
            kept: Kept::default(),
        }
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ServicePrincipalKind {
    Application,
    /// `resource_id` is the Azure resource that bears the identity; it appears as `xms_mirid` in tokens.
    ManagedIdentity {
        resource_id: String,
        user_assigned: bool,
    },
}
