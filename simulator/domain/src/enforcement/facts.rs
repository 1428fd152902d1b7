//! What is known about one attempt: who, with what proof, through which client, to do what.

use core::net::IpAddr;

use uuid::Uuid;

use crate::azure::policy::MfaAssignment;
use crate::directory::user::PerUserMfa;
use crate::enforcement::phase::Enforcement;
use crate::enforcement::rules::RulesAsked;
use crate::id::{AppId, ObjectId, RoleTemplateId, TenantId};
use crate::policy::ConditionalAccess;
use crate::policy::authentication_methods::MethodName;
use crate::time::Timestamp;

/// One attempt, as `decide` sees it.
#[derive(Clone, Debug)]
pub struct Facts {
    pub stage: Stage,
    /// The `idtyp` of the caller; absent in tokens that do not carry the claim.
    pub identity: Option<IdentityType>,
    /// What the directory knows of the user; absent for applications, and where only a token speaks.
    pub user: Option<UserFacts>,
    /// The service principal of an app as itself.
    pub workload: Option<ObjectId>,
    /// The password was changed in this very sign-in.
    pub password_changed: bool,
    pub client: AppId,
    pub resource: AppId,
    pub authentication: Authentication,
    pub operation: Operation,
    /// Authentication contexts that the request demands as essential (`acrs` in its `claims` parameter).
    pub demanded_contexts: Vec<String>,
    /// `amr` values that the request demands: `mfa`, or `ngcmfa` for a fresh second factor.
    pub demanded_methods: Vec<Amr>,
    /// What is known of the sign-in beside who and what.
    pub circumstances: Circumstances,
}

/// From where, with what, and how risky: what Conditional Access looks at beside the user and the resource.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    pub client_app: ClientAppType,
    /// The address that the sign-in comes from; injected, since everything really comes from this machine.
    pub ip: Option<IpAddr>,
    /// ISO 3166-1 alpha-2, where the address has one.
    pub country: Option<String>,
    pub platform: Option<DevicePlatform>,
    pub sign_in_risk: Risk,
    /// An action of the user's own instead of an application: registering security information, joining a device.
    pub user_action: Option<UserAction>,
    /// The token is asked for without a person: a refresh token or another grant that cannot show a page.
    pub silent: bool,
    pub device_code: bool,
    /// The sign-in was handed over from another device. No flow here does that; it can be asked what would come of it.
    pub authentication_transfer: bool,
    /// The person may still show more in this very sign-in.
    pub interactive: bool,
}

/// `clientAppTypes` of Conditional Access.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum ClientAppType {
    Browser,
    /// Everything with modern authentication that is no browser, the password grant among it.
    #[default]
    MobileAppsAndDesktopClients,
    ExchangeActiveSync,
    /// Legacy protocols.
    Other,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum DevicePlatform {
    Android,
    Ios,
    Windows,
    WindowsPhone,
    MacOs,
    Linux,
}

/// `guestOrExternalUserTypes` of Conditional Access
/// (MicrosoftDocs/entra-docs concept-conditional-access-users-groups.md).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum GuestKind {
    /// An account of this tenant whose user type is Guest.
    InternalGuest,
    /// An account of another tenant whose user type here is Guest.
    B2bCollaborationGuest,
    /// The same with the user type Member.
    B2bCollaborationMember,
    /// The three that follow have no account here, and no way to sign in is simulated for them.
    B2bDirectConnectUser,
    OtherExternalUser,
    ServiceProvider,
}

/// `riskLevel`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Risk {
    #[default]
    None,
    Low,
    Medium,
    High,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserAction {
    RegisterSecurityInformation,
    RegisterOrJoinDevices,
}

/// One way of proving an identity, as authentication strengths tell them apart (`authenticationMethodModes`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Factor {
    Password,
    /// A passkey, with the model of the authenticator.
    Fido2 {
        aaguid: Option<Uuid>,
    },
    WindowsHelloForBusiness,
    TemporaryAccessPass {
        once: bool,
    },
    /// Authenticator as the only thing shown: phone sign-in.
    DeviceBasedPush,
    /// Authenticator as a second factor.
    MicrosoftAuthenticatorPush,
    SoftwareOath,
    HardwareOath,
    Sms,
    Voice,
    /// A text message as the only thing shown: SMS sign-in.
    SmsSignIn,
    CertificateSingleFactor,
    CertificateMultiFactor,
    FederatedSingleFactor,
    FederatedMultiFactor,
}

/// Where access is being decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// A token is about to be issued.
    SignIn,
    /// Azure Resource Manager has a request before it.
    ResourceManager,
    /// A person manages their own methods in security info.
    SecurityInfo,
    /// A person changes their own methods through Graph.
    Graph,
}

/// The `idtyp` claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdentityType {
    User,
    App,
}

/// The user, as the directory knows them.
#[derive(Clone, Debug)]
pub struct UserFacts {
    pub id: ObjectId,
    pub enabled: bool,
    /// What kind of guest, for who is one.
    pub guest: Option<GuestKind>,
    pub roles: Vec<RoleTemplateId>,
    pub per_user_mfa: PerUserMfa,
    /// A second factor is registered, and the tenant lets it be used.
    pub has_strong_method: bool,
    /// Every group the user is in, also through other groups.
    pub groups: Vec<ObjectId>,
    /// What the user could show: what the methods that may be used prove, and the password.
    pub registered: Vec<Factor>,
    pub risk: Risk,
    /// The tenant of a guest's own account.
    pub home: Option<TenantId>,
}

/// How the session or the token was proven.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authentication {
    /// In the order of the `amr` claim.
    pub methods: Vec<Amr>,
    /// Authentication contexts satisfied: the `acrs` claim.
    pub contexts: Vec<String>,
    /// The last time that the first factor was shown.
    pub at: Option<Timestamp>,
    /// What was shown, in order; empty where only a token speaks.
    pub factors: Vec<Factor>,
    /// The last time that more than one factor was shown.
    pub multifactor_at: Option<Timestamp>,
    /// Nothing that follows from this sign-in lives longer: the end of a Temporary Access Pass.
    pub ends: Option<Timestamp>,
    /// The number of the user's `sessions` epoch in which it was proven: in another one it is revoked.
    pub epoch: u32,
}

/// How a sign-in came here. Conditional Access asks it again of everything that follows from the sign-in: the code, its
/// redemption, refresh tokens, tokens on behalf of the user.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Origin {
    pub client_app: ClientAppType,
    /// The protocol is tracked (MicrosoftDocs/entra-docs concept-authentication-flows.md).
    pub device_code: bool,
}

/// A value of the `amr` claim (Microsoft Learn, access token claims reference; `fido` as observed in Azure/azure-cli#31856).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Amr {
    Pwd,
    Rsa,
    Otp,
    Fed,
    Wia,
    Fido,
    Mfa,
    NgcMfa,
}

/// What the attempt is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Operation {
    /// A token, and nothing more yet.
    SignIn,
    Read,
    CreateOrUpdate(Target),
    Delete(Target),
    /// A POST action such as start, restart or listKeys.
    Action(Target),
    /// Security info is opened.
    SeeSecurityInfo,
    /// A method is added to security info.
    Register(NewMethod),
    /// A method is taken away, the default is changed, or the password; through Graph any change.
    ChangeSecurityInfo,
}

/// A method that somebody wants to register for themselves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewMethod {
    pub name: MethodName,
    /// The authentication methods policy lets the person use it.
    pub allowed: bool,
    /// People may set it up themselves (`isSelfServiceRegistrationAllowed` of passkeys).
    pub self_service: bool,
    /// How many of it the person has, and may have.
    pub held: usize,
    pub most: usize,
}

/// The Azure resource that an operation changes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Target {
    /// The full resource id.
    pub resource_id: String,
    /// The Azure region, in normal form (`westeurope`), where the request names one.
    pub location: Option<String>,
}

/// The tenant's policies that can bear on an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    pub enforcement: &'a Enforcement,
    pub security_defaults: bool,
    /// The tenant's own assignments of the two built-in MFA definitions.
    pub mfa_assignments: &'a [MfaAssignment],
    pub conditional_access: &'a ConditionalAccess,
    /// Which rules are asked at all.
    pub rules: RulesAsked,
}

impl Amr {
    pub const ALL: [Self; 8] = [
        Self::Pwd,
        Self::Rsa,
        Self::Otp,
        Self::Fed,
        Self::Wia,
        Self::Fido,
        Self::Mfa,
        Self::NgcMfa,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Rsa => "rsa",
            Self::Otp => "otp",
            Self::Fed => "fed",
            Self::Wia => "wia",
            Self::Fido => "fido",
            Self::Mfa => "mfa",
            Self::NgcMfa => "ngcmfa",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|amr| amr.as_str() == text)
    }
}

impl Authentication {
    /// Proven with a password alone.
    pub fn password(at: Timestamp) -> Self {
        Self {
            methods: vec![Amr::Pwd],
            at: Some(at),
            factors: vec![Factor::Password],
            ..Self::default()
        }
    }

    /// Bounds what follows; the earlier end counts.
    pub fn end_by(&mut self, end: Option<Timestamp>) {
        self.ends = match (self.ends, end) {
            (Some(known), Some(end)) => Some(known.min(end)),
            (known, end) => known.or(end),
        };
    }

    /// What is left when the second factor has to be shown again: the password, if that was shown.
    pub fn forget_second_factor(&mut self) {
        self.methods
            .retain(|amr| !matches!(amr, Amr::Mfa | Amr::NgcMfa));
        self.factors.retain(|factor| *factor == Factor::Password);
        self.multifactor_at = None;
    }

    /// Whether more than one factor was shown.
    pub fn is_multifactor(&self) -> bool {
        self.methods.contains(&Amr::Mfa) || self.methods.contains(&Amr::NgcMfa)
    }
}

impl IdentityType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::App => "app",
        }
    }
}
