//! The authentication methods policy: which methods may be used, and by whom.

use core::time::Duration;

use imbl::OrdMap;
use uuid::Uuid;

use crate::credential::method::{MethodKind, PhoneKind};
use crate::id::ObjectId;

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
}

/// Whether a method may be used, and by whom.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MethodConfiguration {
    pub enabled: bool,
    /// Groups; `None` is everybody.
    pub include: Option<Vec<ObjectId>>,
    pub exclude: Vec<ObjectId>,
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

#[derive(Clone, Debug)]
pub struct AuthenticationMethodsPolicy {
    pub methods: OrdMap<MethodName, MethodConfiguration>,
    pub pass: PassBounds,
    pub campaign: RegistrationCampaign,
    /// Who may use text messages may also sign in by one alone (`isUsableForSignIn` of the targets of `Sms`).
    pub sms_sign_in: bool,
    pub qr_code_pin: QrCodePinBounds,
    /// Second factors of other makers, by the ids of their configurations.
    pub external: OrdMap<Uuid, ExternalConfiguration>,
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
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegistrationCampaign {
    pub enabled: bool,
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
            sms_sign_in: false,
            qr_code_pin: QrCodePinBounds {
                standard_lifetime: Duration::from_secs(365 * 24 * 60 * MINUTE),
                pin_length: 8,
            },
            external: OrdMap::new(),
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
}

impl MethodConfiguration {
    /// Whether a user in these groups may use it.
    pub fn allows(&self, groups: &[ObjectId]) -> bool {
        let listed = |list: &[ObjectId]| list.iter().any(|group| groups.contains(group));
        self.enabled && self.include.as_deref().is_none_or(listed) && !listed(&self.exclude)
    }
}

impl AuthenticationMethodsPolicy {
    /// Whether a user in these groups may use a method.
    pub fn allows(&self, name: MethodName, groups: &[ObjectId]) -> bool {
        let configuration = self.methods.get(&name);
        configuration.is_some_and(|configuration| configuration.allows(groups))
    }

    /// Switches a method for everybody.
    pub fn set(&mut self, name: MethodName, enabled: bool) {
        let mut configuration = self.methods.get(&name).cloned().unwrap_or_default();
        configuration.enabled = enabled;
        self.methods.insert(name, configuration);
    }
}
