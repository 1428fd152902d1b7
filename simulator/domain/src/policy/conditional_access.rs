//! Conditional Access: the policies of a tenant and what they refer to.

use core::time::Duration;
use std::sync::Arc;

use imbl::OrdMap;
use uuid::Uuid;

use crate::enforcement::facts::{ClientAppType, DevicePlatform, GuestKind, Risk, UserAction};
use crate::id::{AppId, ObjectId, RoleTemplateId, TenantId};
use crate::policy::authentication_strength::AuthenticationStrength;
use crate::policy::device_filter::DeviceFilter;
use crate::policy::named_location::NamedLocation;
use crate::time::Timestamp;

pub mod deleted;

use deleted::DeletedConditionalAccess;

/// Everything that Conditional Access has in a tenant.
#[derive(Clone, Debug, Default)]
pub struct ConditionalAccess {
    pub policies: OrdMap<Uuid, Arc<ConditionalAccessPolicy>>,
    pub named_locations: OrdMap<Uuid, Arc<NamedLocation>>,
    /// The tenant's own strengths; the three built-in ones are everywhere.
    pub strengths: OrdMap<Uuid, Arc<AuthenticationStrength>>,
    /// By id, `c1` to `c99`.
    pub authentication_contexts: OrdMap<String, Arc<AuthenticationContext>>,
    /// What can still be restored.
    pub deleted: DeletedConditionalAccess,
}

/// `authenticationContextClassReference`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticationContext {
    pub id: String,
    pub display_name: String,
    pub description: String,
    pub available: bool,
}

/// One policy (`conditionalAccessPolicy`).
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionalAccessPolicy {
    pub id: Uuid,
    pub display_name: String,
    pub description: Option<String>,
    /// The template that it was made from, as whoever made it says.
    pub template: Option<Uuid>,
    pub state: PolicyState,
    pub conditions: Conditions,
    pub grant: Option<GrantControls>,
    pub session: SessionControls,
    pub created: Timestamp,
    pub modified: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PolicyState {
    #[default]
    Enabled,
    Disabled,
    /// `enabledForReportingButNotEnforced`
    ReportOnly,
}

/// To whom and when a policy applies. Every condition has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    pub users: Users,
    /// For workload identities; a policy is about users or about these.
    pub service_principals: Option<Workloads>,
    pub applications: Applications,
    /// Empty stands for all.
    pub client_app_types: Vec<ClientAppType>,
    pub locations: Option<Scope<LocationRef>>,
    pub platforms: Option<Scope<PlatformRef>>,
    /// Empty stands for any.
    pub sign_in_risk: Vec<Risk>,
    pub user_risk: Vec<Risk>,
    /// `authenticationFlows.transferMethods`, in the order of the request; empty stands for any sign-in.
    pub transfer_methods: Vec<TransferMethod>,
    pub device_filter: Option<DeviceFilter>,
}

/// `conditionalAccessTransferMethods`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TransferMethod {
    DeviceCodeFlow,
    /// Handing a sign-in from one device to another; no flow here does that.
    AuthenticationTransfer,
}

/// `conditionalAccessClientApplications`: exclusion wins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Workloads {
    /// `ServicePrincipalsInMyTenant`
    pub all: bool,
    /// Said in so many words: none.
    pub none: bool,
    pub include: Vec<ObjectId>,
    pub exclude: Vec<ObjectId>,
}

/// Included, and not excluded: exclusion wins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Scope<T> {
    pub include: Vec<T>,
    pub exclude: Vec<T>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Users {
    pub include: Principals,
    pub exclude: Principals,
}

/// A set of users.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Principals {
    pub all: bool,
    /// Said in so many words: nobody.
    pub none: bool,
    pub users: Vec<ObjectId>,
    pub groups: Vec<ObjectId>,
    pub roles: Vec<RoleTemplateId>,
    /// The word `GuestsOrExternalUsers` among the users: guests of every kind.
    pub any_guest: bool,
    pub guests: Option<Guests>,
}

/// `conditionalAccessGuestsOrExternalUsers`
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Guests {
    /// `guestOrExternalUserTypes`, in the order of the request.
    pub kinds: Vec<GuestKind>,
    /// External users only of these tenants; empty stands for all.
    pub tenants: Vec<TenantId>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Applications {
    pub include: Vec<ApplicationRef>,
    pub exclude: Vec<ApplicationRef>,
    pub user_actions: Vec<UserAction>,
    /// `includeAuthenticationContextClassReferences`
    pub authentication_contexts: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ApplicationRef {
    /// A policy that is about no application yet.
    None,
    All,
    Office365,
    /// `MicrosoftAdminPortals`
    AdminPortals,
    App(AppId),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LocationRef {
    All,
    AllTrusted,
    Named(Uuid),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PlatformRef {
    All,
    Platform(DevicePlatform),
}

/// What has to be shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GrantControls {
    pub operator: Operator,
    pub controls: Vec<GrantControl>,
    pub strength: Option<Uuid>,
    pub terms_of_use: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Operator {
    And,
    #[default]
    Or,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GrantControl {
    Block,
    Mfa,
    CompliantDevice,
    DomainJoinedDevice,
    ApprovedApplication,
    CompliantApplication,
    PasswordChange,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SessionControls {
    pub sign_in_frequency: Option<SignInFrequency>,
    /// The frequency was written in days, not in hours.
    pub frequency_in_days: bool,
    /// `persistentBrowser`: always or never stay signed in.
    pub persistent_browser: Option<bool>,
    pub disable_resilience_defaults: bool,
    /// `continuousAccessEvaluation` with the mode `disabled`.
    pub continuous_access_disabled: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SignInFrequency {
    /// `None`: every time.
    pub every: Option<Duration>,
    /// `secondaryAuthentication`: only the second factor has to be fresh.
    pub second_factor_only: bool,
}

impl ConditionalAccess {
    /// A policy acts: security defaults have to be off then.
    pub fn has_enabled_policy(&self) -> bool {
        self.policies
            .values()
            .any(|policy| policy.state == PolicyState::Enabled)
    }

    /// A strength, built-in or the tenant's own.
    pub fn strength(&self, id: Uuid) -> Option<AuthenticationStrength> {
        AuthenticationStrength::built_in()
            .into_iter()
            .find(|strength| strength.id == id)
            .or_else(|| {
                self.strengths
                    .get(&id)
                    .map(|strength| AuthenticationStrength::clone(strength))
            })
    }
}

impl ConditionalAccessPolicy {
    /// A policy that applies to nobody yet.
    pub fn new(id: Uuid, display_name: &str, created: Timestamp) -> Self {
        Self {
            id,
            display_name: display_name.to_owned(),
            description: None,
            template: None,
            state: PolicyState::Enabled,
            conditions: Conditions::default(),
            grant: None,
            session: SessionControls::default(),
            created,
            modified: None,
        }
    }
}
