//! Application registrations: what an app is in its home tenant.

use super::kept::Kept;
use crate::credential::application_credential::{Certificate, ClientSecret, FederatedCredential};
use crate::id::{AppId, ObjectId, PermissionId};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub created: Timestamp,
    pub sign_in_audience: SignInAudience,
    pub identifier_uris: Vec<String>,
    /// Redirect URIs by platform.
    pub web_redirect_uris: Vec<String>,
    pub spa_redirect_uris: Vec<String>,
    pub public_client_redirect_uris: Vec<String>,
    /// `isFallbackPublicClient`: may use grants without a client credential.
    pub allow_public_client: bool,
    /// `api.requestedAccessTokenVersion`; `None` means 1.
    pub access_token_version: Option<u8>,
    pub app_roles: Vec<AppRole>,
    pub scopes: Vec<Scope>,
    pub required_resource_access: Vec<RequiredResourceAccess>,
    pub secrets: Vec<ClientSecret>,
    pub certificates: Vec<Certificate>,
    pub federated_credentials: Vec<FederatedCredential>,
    /// `web.implicitGrantSettings`
    pub implicit_grant: ImplicitGrant,
    /// Asked for in the background when a session ends (`web.logoutUrl`).
    pub logout_uri: Option<String>,
    /// What nothing here acts on.
    pub kept: Kept,
}

/// Who may sign in (`signInAudience`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SignInAudience {
    #[default]
    AzureADMyOrg,
    AzureADMultipleOrgs,
    AzureADandPersonalMicrosoftAccount,
}

/// Tokens that the authorization endpoint itself may issue to the app.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ImplicitGrant {
    pub id_tokens: bool,
    pub access_tokens: bool,
}

/// An application permission that a resource offers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppRole {
    pub id: PermissionId,
    pub value: String,
    pub display_name: String,
    pub description: String,
    pub for_users: bool,
    pub for_applications: bool,
    pub enabled: bool,
}

/// A delegated permission that a resource offers (`oauth2PermissionScope`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scope {
    pub id: PermissionId,
    pub value: String,
    pub admin_consent_display_name: String,
    pub admin_only: bool,
    pub enabled: bool,
}

/// What an app asks for statically.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequiredResourceAccess {
    pub resource: AppId,
    pub scopes: Vec<PermissionId>,
    pub roles: Vec<PermissionId>,
}

impl SignInAudience {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AzureADMyOrg => "AzureADMyOrg",
            Self::AzureADMultipleOrgs => "AzureADMultipleOrgs",
            Self::AzureADandPersonalMicrosoftAccount => "AzureADandPersonalMicrosoftAccount",
        }
    }
}

impl Application {
    /// A registration with nothing but a name, as `POST /applications` makes one.
    pub fn new(id: ObjectId, app_id: AppId, display_name: String, created: Timestamp) -> Self {
        Self {
            id,
            app_id,
            display_name,
            created,
            sign_in_audience: SignInAudience::default(),
            identifier_uris: Vec::new(),
            web_redirect_uris: Vec::new(),
            spa_redirect_uris: Vec::new(),
            public_client_redirect_uris: Vec::new(),
            allow_public_client: false,
            access_token_version: None,
            app_roles: Vec::new(),
            scopes: Vec::new(),
            required_resource_access: Vec::new(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            implicit_grant: ImplicitGrant::default(),
            logout_uri: None,
            kept: Kept::default(),
        }
    }
}
