//! The authentication methods policy: which methods may be used, and by whom.

use core::time::Duration;

use imbl::OrdMap;

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
        }
    }
}

impl MethodName {
    /// What the policy calls a registered method.
    pub fn of(kind: &MethodKind) -> Self {
        match kind {
            MethodKind::MicrosoftAuthenticator(_) => Self::MicrosoftAuthenticator,
            MethodKind::SoftwareOath(_) => Self::SoftwareOath,
            MethodKind::HardwareOath { .. } => Self::HardwareOath,
            MethodKind::Phone(phone) => match phone.kind {
                PhoneKind::Mobile => Self::Sms,
                PhoneKind::AlternateMobile | PhoneKind::Office => Self::Voice,
            },
            MethodKind::Passkey(_) => Self::Fido2,
            MethodKind::TemporaryAccessPass(_) => Self::TemporaryAccessPass,
            MethodKind::Email { .. } => Self::Email,
        }
    }
}

impl AuthenticationMethodsPolicy {
    /// Whether a user in these groups may use a method.
    pub fn allows(&self, name: MethodName, groups: &[ObjectId]) -> bool {
        self.methods.get(&name).is_some_and(|configuration| {
            let listed = |list: &[ObjectId]| list.iter().any(|group| groups.contains(group));
            configuration.enabled
                && configuration.include.as_deref().is_none_or(listed)
                && !listed(&configuration.exclude)
        })
    }

    /// Switches a method for everybody.
    pub fn set(&mut self, name: MethodName, enabled: bool) {
        let mut configuration = self.methods.get(&name).cloned().unwrap_or_default();
        configuration.enabled = enabled;
        self.methods.insert(name, configuration);
    }
}
