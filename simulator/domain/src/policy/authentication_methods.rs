//! The authentication methods policy: which methods may be used, and by whom.

use core::time::Duration;

use imbl::OrdMap;
use uuid::Uuid;

use super::passkey::PasskeyPolicy;
use crate::credential::method::{MethodKind, Passkey, PhoneKind};
use crate::directory::kept::Kept;
use crate::id::ObjectId;
use crate::time::Timestamp;

/// A method that the policy switches (`authenticationMethodConfigurations/{id}`).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum MethodName {
    Fido2,
    MicrosoftAuthenticator,
    Sms,
    Voice,
    SoftwareOath,
    HardwareOath,
    TemporaryAccessPass,
    Email,
    QrCodePin,
    X509Certificate,
    VerifiableCredentials,
}

/// Whether a method may be used, and by whom.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MethodConfiguration {
    pub enabled: bool,
    /// Groups and people; `None` is everybody.
    pub include: Option<Vec<ObjectId>>,
    pub exclude: Vec<ObjectId>,
    /// What nothing here acts on of its settings and of its targets.
    pub kept: Kept,
}

/// Groups and people.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Audience {
    /// `None` is everybody.
    pub include: Option<Vec<ObjectId>>,
    /// Those here are out, whatever else they are.
    pub exclude: Vec<ObjectId>,
}

/// A setting that Microsoft manages until an administrator decides (`advancedConfigState`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum FeatureState {
    #[default]
    Managed,
    Enabled,
    Disabled,
}

/// Such a setting, and for whom it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Feature {
    pub state: FeatureState,
    pub audience: Audience,
}

/// Bounds of Temporary Access Passes (Microsoft Graph, `temporaryAccessPassAuthenticationMethodConfiguration`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PassBounds {
    pub default_lifetime: Duration,
    pub minimum_lifetime: Duration,
    pub maximum_lifetime: Duration,
    pub default_length: usize,
    pub once_only: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationMethodsPolicy {
    pub methods: OrdMap<MethodName, MethodConfiguration>,
    pub pass: PassBounds,
    pub campaign: RegistrationCampaign,
    /// Who of those that may use text messages may also sign in by one alone (`isUsableForSignIn` of the targets of `Sms`).
    pub sms_sign_in: Audience,
    pub qr_code_pin: QrCodePinBounds,
    /// Second factors of other makers, by the ids of their configurations.
    pub external: OrdMap<Uuid, ExternalConfiguration>,
    /// The settings of `Fido2`.
    pub passkeys: PasskeyPolicy,
    /// The strongest method that somebody has is asked for first (`systemCredentialPreferences`).
    pub system_preferred: Feature,
    /// Who reports a prompt that they did not ask for is at high risk (`reportSuspiciousActivitySettings`).
    pub report_suspicious: Feature,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// What nothing here acts on.
    pub kept: Kept,
}

/// What a QR code and its PIN have to be like (Microsoft Graph, `qrCodePinAuthenticationMethodConfiguration`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QrCodePinBounds {
    /// How long a standard code is good if nobody says; 1 to 395 days.
    pub standard_lifetime: Duration,
    /// Digits of a PIN, at least; 8 to 20.
    pub pin_length: usize,
}

/// The configuration of a second factor of another maker (`externalAuthenticationMethodConfiguration`).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExternalConfiguration {
    pub display_name: String,
    pub targets: MethodConfiguration,
}

/// Asks people who have passed a second factor to register Authenticator as well
/// (Microsoft Graph, `authenticationMethodsRegistrationCampaign`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegistrationCampaign {
    pub enabled: bool,
    /// While it is not enabled: whether Microsoft decides (`default`). That it then asks nobody is assumed; the real service
    /// asks in some tenants those who have text messages and calls only.
    pub managed: bool,
    pub audience: Audience,
    /// `snoozeDurationInDays`, 0 to 14.
    pub snooze: Duration,
    /// `enforceRegistrationAfterAllowedSnoozes`: after three times it cannot be put off.
    pub enforced: bool,
}

/// So often it can be put off.
pub const SNOOZES: u32 = 3;

impl Default for RegistrationCampaign {
    fn default() -> Self {
        Self {
            enabled: false,
            managed: true,
            audience: Audience::default(),
            snooze: Duration::from_secs(86_400),
            enforced: true,
        }
    }
}

const MINUTE: u64 = 60;

impl Default for AuthenticationMethodsPolicy {
    /// As a new tenant has it: passkeys, Authenticator, text messages and one-time codes are on, passes and calls are off.
    fn default() -> Self {
        let on = |name| {
            let configuration = MethodConfiguration {
                enabled: true,
                ..MethodConfiguration::default()
            };
            (name, configuration)
        };
        Self {
            methods: [
                on(MethodName::Fido2),
                on(MethodName::MicrosoftAuthenticator),
                on(MethodName::Sms),
                on(MethodName::SoftwareOath),
                on(MethodName::HardwareOath),
                on(MethodName::Email),
                (MethodName::Voice, MethodConfiguration::default()),
                (MethodName::QrCodePin, MethodConfiguration::default()),
                (MethodName::X509Certificate, MethodConfiguration::default()),
                (
                    MethodName::VerifiableCredentials,
                    MethodConfiguration::default(),
                ),
                (
                    MethodName::TemporaryAccessPass,
                    MethodConfiguration::default(),
                ),
            ]
            .into_iter()
            .collect(),
            pass: PassBounds {
                default_lifetime: Duration::from_secs(60 * MINUTE),
                minimum_lifetime: Duration::from_secs(60 * MINUTE),
                maximum_lifetime: Duration::from_secs(480 * MINUTE),
                default_length: 8,
                once_only: false,
            },
            campaign: RegistrationCampaign::default(),
            sms_sign_in: Audience::nobody(),
            qr_code_pin: QrCodePinBounds {
                standard_lifetime: Duration::from_secs(365 * 24 * 60 * MINUTE),
                pin_length: 8,
            },
            external: OrdMap::new(),
            passkeys: PasskeyPolicy::default(),
            system_preferred: Feature::default(),
            report_suspicious: Feature::default(),
            modified: None,
            kept: Kept::default(),
        }
    }
}

impl MethodName {
    /// What the policy calls a registered method; nothing, if it does not switch such.
    pub fn of(kind: &MethodKind) -> Option<Self> {
        Some(match kind {
            MethodKind::MicrosoftAuthenticator(_) => Self::MicrosoftAuthenticator,
            MethodKind::SoftwareOath(_) => Self::SoftwareOath,
            MethodKind::HardwareOath(_) => Self::HardwareOath,
            MethodKind::Phone(phone) => match phone.kind {
                PhoneKind::Mobile => Self::Sms,
                PhoneKind::AlternateMobile | PhoneKind::Office => Self::Voice,
            },
            MethodKind::Passkey(_) => Self::Fido2,
            MethodKind::TemporaryAccessPass(_) => Self::TemporaryAccessPass,
            MethodKind::Email { .. } => Self::Email,
            MethodKind::QrCodePin(_) => Self::QrCodePin,
            // Each external method has a configuration of its own.
            MethodKind::WindowsHello(_)
            | MethodKind::PlatformCredential(_)
            | MethodKind::External(_) => return None,
        })
    }

    /// The method as people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fido2 => "passkeys (FIDO2)",
            Self::MicrosoftAuthenticator => "Microsoft Authenticator",
            Self::Sms => "text messages",
            Self::Voice => "voice calls",
            Self::SoftwareOath => "authenticator apps",
            Self::HardwareOath => "hardware tokens",
            Self::TemporaryAccessPass => "Temporary Access Passes",
            Self::Email => "e-mail codes",
            Self::QrCodePin => "QR codes with a PIN",
            Self::X509Certificate => "certificates",
            Self::VerifiableCredentials => "verifiable credentials",
        }
    }
}

impl Audience {
    pub fn nobody() -> Self {
        Self {
            include: Some(Vec::new()),
            exclude: Vec::new(),
        }
    }

    /// Whether it is for nobody, whoever asks.
    pub fn is_nobody(&self) -> bool {
        self.include.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether somebody with these ids, their own and those of their groups, is meant.
    pub fn has(&self, ids: &[ObjectId]) -> bool {
        is_meant(self.include.as_deref(), &self.exclude, ids)
    }
}

impl Feature {
    /// Whether it is on for somebody with these ids; `managed` is what Microsoft decides.
    pub fn is_on(&self, managed: bool, ids: &[ObjectId]) -> bool {
        let on = match self.state {
            FeatureState::Managed => managed,
            FeatureState::Enabled => true,
            FeatureState::Disabled => false,
        };
        on && self.audience.has(ids)
    }
}

fn is_meant(include: Option<&[ObjectId]>, exclude: &[ObjectId], ids: &[ObjectId]) -> bool {
    let listed = |list: &[ObjectId]| list.iter().any(|id| ids.contains(id));
    include.is_none_or(listed) && !listed(exclude)
}

impl MethodConfiguration {
    /// Whether somebody with these ids, their own and those of their groups, may use it.
    pub fn allows(&self, ids: &[ObjectId]) -> bool {
        self.enabled && is_meant(self.include.as_deref(), &self.exclude, ids)
    }
}

impl AuthenticationMethodsPolicy {
    /// Whether somebody with these ids, their own and those of their groups, may use a method.
    pub fn allows(&self, name: MethodName, ids: &[ObjectId]) -> bool {
        let configuration = self.methods.get(&name);
        configuration.is_some_and(|configuration| configuration.allows(ids))
    }

    /// Whether somebody with these ids may use a passkey of theirs.
    pub fn allows_passkey(&self, passkey: &Passkey, ids: &[ObjectId]) -> bool {
        self.allows(MethodName::Fido2, ids) && self.passkeys.permits_use(&passkey.into(), ids)
    }

    /// Switches a method for everybody.
    pub fn set(&mut self, name: MethodName, enabled: bool) {
        let mut configuration = self.methods.get(&name).cloned().unwrap_or_default();
        configuration.enabled = enabled;
        self.methods.insert(name, configuration);
    }
}
