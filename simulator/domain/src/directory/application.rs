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
    /// `api.acceptMappedClaims`
    pub accept_mapped_claims: Option<bool>,
    /// `api.knownClientApplications`
    pub known_clients: Vec<AppId>,
    /// `api.preAuthorizedApplications`: clients that need no consent.
    pub pre_authorized: Vec<PreAuthorized>,
    pub app_roles: Vec<AppRole>,
    pub scopes: Vec<Scope>,
    pub required_resource_access: Vec<RequiredResourceAccess>,
    pub secrets: Vec<ClientSecret>,
    pub certificates: Vec<Certificate>,
    pub federated_credentials: Vec<FederatedCredential>,
    /// `web.implicitGrantSettings`
    pub implicit_grant: ImplicitGrant,
    /// `web.homePageUrl`
    pub home_page: Option<String>,
    /// Asked for in the background when a session ends (`web.logoutUrl`).
    pub logout_uri: Option<String>,
    /// `uniqueName`, the key for creating where it is missing; set once.
    pub unique_name: Option<String>,
    /// Properties of other objects that the registration defines.
    pub extension_properties: Vec<ExtensionProperty>,
    /// The client that made it.
    pub created_by: Option<AppId>,
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
    pub admin_consent_description: Option<String>,
    pub user_consent_display_name: Option<String>,
    pub user_consent_description: Option<String>,
    pub admin_only: bool,
    pub enabled: bool,
}

impl Scope {
    /// An enabled one that users consent to.
    pub fn new(id: PermissionId, value: String, admin_consent_display_name: String) -> Self {
        Self {
            id,
            value,
            admin_consent_display_name,
            admin_consent_description: None,
            user_consent_display_name: None,
            user_consent_description: None,
            admin_only: false,
            enabled: true,
        }
    }
}

/// A client that may use some delegated permissions of a resource without being asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreAuthorized {
    pub client: AppId,
    pub scopes: Vec<PermissionId>,
}

/// A property of users, groups or other objects (`extensionProperty`, a directory extension).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExtensionProperty {
    pub id: ObjectId,
    /// The registration that defines it.
    pub app: AppId,
    /// The name without prefix.
    pub name: String,
    /// `Binary`, `Boolean`, `DateTime`, `Integer`, `LargeInteger`, `String`.
    pub data_type: String,
    pub multi_valued: bool,
    /// `User`, `Group`, …
    pub targets: Vec<String>,
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

impl ExtensionProperty {
    /// The name under which other objects have it: `extension_{appId}_{name}`.
    pub fn full_name(&self) -> String {
        format!("extension_{}_{}", self.app.0.simple(), self.name)
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
            accept_mapped_claims: None,
            known_clients: Vec::new(),
            pre_authorized: Vec::new(),
            app_roles: Vec::new(),
            scopes: Vec::new(),
            required_resource_access: Vec::new(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            implicit_grant: ImplicitGrant::default(),
            home_page: None,
            logout_uri: None,
            unique_name: None,
            extension_properties: Vec::new(),
            created_by: None,
            kept: Kept::default(),
        }
    }
}
