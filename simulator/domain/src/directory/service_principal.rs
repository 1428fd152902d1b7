//! Service principals: an application's presence in this tenant, and managed identities.

use super::kept::Kept;
use crate::credential::application_credential::{Certificate, ClientSecret};
use crate::id::{AppId, ObjectId, PermissionId, TenantId};
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
    /// Credentials of its own, beside those of the registration.
    pub secrets: Vec<ClientSecret>,
    pub certificates: Vec<Certificate>,
    /// Names beside those of the registration (`servicePrincipalNames`).
    pub names: Vec<String>,
    /// `alternativeNames`, where it is no managed identity.
    pub alternative_names: Vec<String>,
    /// Delegated permissions of it that were judged.
    pub classifications: Vec<PermissionClassification>,
    /// The client that made it.
    pub created_by: Option<AppId>,
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
            secrets: Vec::new(),
            certificates: Vec::new(),
            names: Vec::new(),
            alternative_names: Vec::new(),
            classifications: Vec::new(),
            created_by: None,
            kept: Kept::default(),
        }
    }
}

/// How much care a delegated permission wants (`delegatedPermissionClassification`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PermissionClassification {
    pub permission: PermissionId,
    pub name: String,
    /// `low`, `medium`, `high`.
    pub classification: String,
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
