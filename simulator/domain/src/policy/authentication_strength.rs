//! Authentication strengths: which ways of proving an identity are enough.

use uuid::Uuid;

use crate::enforcement::facts::Factor;
use crate::time::Timestamp;

/// A strength (`authenticationStrengthPolicy`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticationStrength {
    pub id: Uuid,
    pub display_name: String,
    pub description: String,
    pub built_in: bool,
    pub combinations: Vec<Combination>,
    pub configurations: Vec<CombinationConfiguration>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

/// Which models of passkeys count in some of the combinations (`fido2CombinationConfiguration`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CombinationConfiguration {
    pub id: Uuid,
    pub applies_to: Vec<Combination>,
    pub allowed_aaguids: Vec<Uuid>,
}

/// One allowed way: all of its modes have to be shown.
pub type Combination = Vec<Mode>;

/// `authenticationMethodModes`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    Password,
    Voice,
    HardwareOath,
    SoftwareOath,
    Sms,
    Fido2,
    WindowsHelloForBusiness,
    MicrosoftAuthenticatorPush,
    DeviceBasedPush,
    TemporaryAccessPassOneTime,
    TemporaryAccessPassMultiUse,
    X509CertificateMultiFactor,
    X509CertificateSingleFactor,
    FederatedSingleFactor,
    FederatedMultiFactor,
}

impl Mode {
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Password, "password"),
        (Self::Voice, "voice"),
        (Self::HardwareOath, "hardwareOath"),
        (Self::SoftwareOath, "softwareOath"),
        (Self::Sms, "sms"),
        (Self::Fido2, "fido2"),
        (Self::WindowsHelloForBusiness, "windowsHelloForBusiness"),
        (
            Self::MicrosoftAuthenticatorPush,
            "microsoftAuthenticatorPush",
        ),
        (Self::DeviceBasedPush, "deviceBasedPush"),
        (
            Self::TemporaryAccessPassOneTime,
            "temporaryAccessPassOneTime",
        ),
        (
            Self::TemporaryAccessPassMultiUse,
            "temporaryAccessPassMultiUse",
        ),
        (
            Self::X509CertificateMultiFactor,
            "x509CertificateMultiFactor",
        ),
        (
            Self::X509CertificateSingleFactor,
            "x509CertificateSingleFactor",
        ),
        (Self::FederatedSingleFactor, "federatedSingleFactor"),
        (Self::FederatedMultiFactor, "federatedMultiFactor"),
    ];

    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(mode, _)| *mode == self)
            .map_or("", |(_, word)| word)
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(mode, _)| *mode)
    }

    /// What Graph calls it (`authenticationMethodModeDetail`).
    pub fn display_name(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::Voice => "Voice",
            Self::HardwareOath => "Hardware OATH token",
            Self::SoftwareOath => "Software OATH token",
            Self::Sms => "SMS",
            Self::Fido2 => "Passkeys (FIDO2)",
            Self::WindowsHelloForBusiness => "Windows Hello For Business",
            Self::MicrosoftAuthenticatorPush => "Microsoft Authenticator (Push Notification)",
            Self::DeviceBasedPush => "Microsoft Authenticator (Phone Sign-in)",
            Self::TemporaryAccessPassOneTime => "Temporary Access Pass (One-time use)",
            Self::TemporaryAccessPassMultiUse => "Temporary Access Pass (Multi-use)",
            Self::X509CertificateMultiFactor => "X.509 Certificate (Multi-Factor)",
            Self::X509CertificateSingleFactor => "X.509 Certificate (Single-Factor)",
            Self::FederatedSingleFactor => "Federated Single-Factor",
            Self::FederatedMultiFactor => "Federated Multi-Factor",
        }
    }

    /// The method it is a mode of (`baseAuthenticationMethod`).
    pub fn method(self) -> &'static str {
        match self {
            Self::MicrosoftAuthenticatorPush | Self::DeviceBasedPush => "microsoftAuthenticator",
            Self::TemporaryAccessPassOneTime | Self::TemporaryAccessPassMultiUse => {
                "temporaryAccessPass"
            }
            Self::X509CertificateMultiFactor | Self::X509CertificateSingleFactor => {
                "x509Certificate"
            }
            Self::FederatedSingleFactor | Self::FederatedMultiFactor => "federation",
            Self::Password
            | Self::Voice
            | Self::HardwareOath
            | Self::SoftwareOath
            | Self::Sms
            | Self::Fido2
            | Self::WindowsHelloForBusiness => self.as_str(),
        }
    }

    /// Enough by itself for multifactor authentication.
    fn is_multifactor(self) -> bool {
        matches!(
            self,
            Self::Fido2
                | Self::WindowsHelloForBusiness
                | Self::DeviceBasedPush
                | Self::TemporaryAccessPassOneTime
                | Self::TemporaryAccessPassMultiUse
                | Self::X509CertificateMultiFactor
                | Self::FederatedMultiFactor
        )
    }

    /// What is shown in this way; of a passkey, the model is not known.
    pub fn factor(self) -> Factor {
        match self {
            Self::Password => Factor::Password,
            Self::Voice => Factor::Voice,
            Self::HardwareOath => Factor::HardwareOath,
            Self::SoftwareOath => Factor::SoftwareOath,
            Self::Sms => Factor::Sms,
            Self::Fido2 => Factor::Fido2 { aaguid: None },
            Self::WindowsHelloForBusiness => Factor::WindowsHelloForBusiness,
            Self::MicrosoftAuthenticatorPush => Factor::MicrosoftAuthenticatorPush,
            Self::DeviceBasedPush => Factor::DeviceBasedPush,
            Self::TemporaryAccessPassOneTime => Factor::TemporaryAccessPass { once: true },
            Self::TemporaryAccessPassMultiUse => Factor::TemporaryAccessPass { once: false },
            Self::X509CertificateMultiFactor => Factor::CertificateMultiFactor,
            Self::X509CertificateSingleFactor => Factor::CertificateSingleFactor,
            Self::FederatedSingleFactor => Factor::FederatedSingleFactor,
            Self::FederatedMultiFactor => Factor::FederatedMultiFactor,
        }
    }

    fn is_shown_by(self, factor: &Factor) -> bool {
        match factor {
            Factor::Password => self == Self::Password,
            Factor::Fido2 { .. } => self == Self::Fido2,
            Factor::WindowsHelloForBusiness => self == Self::WindowsHelloForBusiness,
            Factor::TemporaryAccessPass { once: true } => self == Self::TemporaryAccessPassOneTime,
            Factor::TemporaryAccessPass { once: false } => {
                self == Self::TemporaryAccessPassMultiUse
            }
            Factor::DeviceBasedPush => self == Self::DeviceBasedPush,
            Factor::MicrosoftAuthenticatorPush => self == Self::MicrosoftAuthenticatorPush,
            Factor::SoftwareOath => self == Self::SoftwareOath,
            Factor::HardwareOath => self == Self::HardwareOath,
            Factor::Sms | Factor::SmsSignIn => self == Self::Sms,
            Factor::Voice => self == Self::Voice,
            Factor::CertificateSingleFactor => self == Self::X509CertificateSingleFactor,
            Factor::CertificateMultiFactor => self == Self::X509CertificateMultiFactor,
            Factor::FederatedSingleFactor => self == Self::FederatedSingleFactor,
            Factor::FederatedMultiFactor => self == Self::FederatedMultiFactor,
        }
    }
}

/// The three built-in strengths (Microsoft Graph, `authenticationStrengthPolicy`).
pub const MFA: Uuid = Uuid::from_u128(2);
pub const PASSWORDLESS_MFA: Uuid = Uuid::from_u128(3);
pub const PHISHING_RESISTANT_MFA: Uuid = Uuid::from_u128(4);

/// What may stand alone in a strength of the tenant's own, and is no multifactor authentication.
const SINGLE: [Mode; 4] = [
    Mode::Password,
    Mode::Sms,
    Mode::X509CertificateSingleFactor,
    Mode::FederatedSingleFactor,
];

/// The ways that are multifactor authentication, in the order in which Graph lists them (Microsoft Graph,
/// `authenticationStrengthPolicy`; MicrosoftDocs/entra-docs concept-authentication-strengths.md).
fn multifactor_combinations() -> Vec<Combination> {
    let mut all: Vec<Combination> = [
        Mode::WindowsHelloForBusiness,
        Mode::Fido2,
        Mode::X509CertificateMultiFactor,
        Mode::DeviceBasedPush,
        Mode::TemporaryAccessPassOneTime,
        Mode::TemporaryAccessPassMultiUse,
    ]
    .map(|mode| vec![mode])
    .to_vec();
    let after_password = [
        Mode::MicrosoftAuthenticatorPush,
        Mode::SoftwareOath,
        Mode::HardwareOath,
        Mode::X509CertificateSingleFactor,
        Mode::X509CertificateMultiFactor,
        Mode::Sms,
        Mode::Voice,
    ];
    all.extend(after_password.map(|second| vec![Mode::Password, second]));
    all.push(vec![Mode::FederatedMultiFactor]);
    let with_federation = [
        Mode::MicrosoftAuthenticatorPush,
        Mode::SoftwareOath,
        Mode::HardwareOath,
        Mode::Sms,
        Mode::Voice,
    ];
    all.extend(with_federation.map(|second| vec![second, Mode::FederatedSingleFactor]));
    all
}

/// Every combination that a strength may allow.
pub fn combinations() -> Vec<Combination> {
    let mut all = multifactor_combinations();
    all.extend(SINGLE.map(|mode| vec![mode]));
    all
}

pub fn is_multifactor(combination: &Combination) -> bool {
    combination.len() > 1 || combination.iter().any(|mode| mode.is_multifactor())
}

impl AuthenticationStrength {
    /// The built-in ones; all are of the first of December 2021.
    pub fn built_in() -> [Self; 3] {
        let any = multifactor_combinations();
        let resistant = any.iter().take(3).cloned().collect();
        let passwordless = any.iter().take(4).cloned().collect();
        // 2021-12-01T00:00:00Z
        let made = Timestamp::from_unix_seconds(1_638_316_800);
        let make = |id, name: &str, description: &str, combinations| Self {
            id,
            display_name: name.to_owned(),
            description: description.to_owned(),
            built_in: true,
            combinations,
            configurations: Vec::new(),
            created: made,
            modified: made,
        };
        [
            make(
                MFA,
                "Multifactor authentication",
                "Combinations of methods that satisfy strong authentication, such as a password + SMS",
                any,
            ),
            make(
                PASSWORDLESS_MFA,
                "Passwordless MFA",
                "Passwordless methods that satisfy strong authentication, such as Passwordless sign-in with the Microsoft Authenticator",
                passwordless,
            ),
            make(
                PHISHING_RESISTANT_MFA,
                "Phishing resistant MFA",
                "Phishing-resistant, Passwordless methods for the strongest authentication, such as a FIDO2 security key",
                resistant,
            ),
        ]
    }

    /// Everything that it allows is multifactor authentication (`requirementsSatisfied`).
    pub fn is_multifactor(&self) -> bool {
        self.combinations.iter().all(is_multifactor)
    }

    /// Whether what was shown (or could be) contains an allowed combination.
    pub fn is_satisfied_by(&self, factors: &[Factor]) -> bool {
        self.combinations.iter().any(|combination| {
            combination.iter().all(|mode| {
                factors.iter().any(|factor| {
                    mode.is_shown_by(factor) && self.allows_model(combination, factor)
                })
            })
        })
    }

    fn allows_model(&self, combination: &Combination, factor: &Factor) -> bool {
        let Factor::Fido2 { aaguid } = factor else {
            return true;
        };
        self.configurations
            .iter()
            .filter(|configuration| configuration.applies_to.contains(combination))
            .all(|configuration| {
                aaguid.is_some_and(|model| configuration.allowed_aaguids.contains(&model))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_strengths_tell_the_methods_apart() {
        use Factor as F;
        let [any, passwordless, resistant] = AuthenticationStrength::built_in();
        let key = F::Fido2 { aaguid: None };
        for (factors, expected) in [
            (vec![F::Password], (false, false, false)),
            (vec![F::SmsSignIn], (false, false, false)),
            (vec![F::CertificateSingleFactor], (false, false, false)),
            (vec![F::Password, F::Sms], (true, false, false)),
            (vec![F::Password, F::Voice], (true, false, false)),
            (vec![F::Password, F::SoftwareOath], (true, false, false)),
            (vec![F::Password, F::HardwareOath], (true, false, false)),
            (
                vec![F::Password, F::MicrosoftAuthenticatorPush],
                (true, false, false),
            ),
            (vec![F::FederatedSingleFactor, F::Sms], (true, false, false)),
            (
                vec![F::Password, F::CertificateSingleFactor],
                (true, false, false),
            ),
            (vec![F::FederatedMultiFactor], (true, false, false)),
            (
                vec![F::TemporaryAccessPass { once: true }],
                (true, false, false),
            ),
            (
                vec![F::TemporaryAccessPass { once: false }],
                (true, false, false),
            ),
            (vec![F::DeviceBasedPush], (true, true, false)),
            (vec![key.clone()], (true, true, true)),
            (vec![F::WindowsHelloForBusiness], (true, true, true)),
            (vec![F::CertificateMultiFactor], (true, true, true)),
            (vec![F::Password, key], (true, true, true)),
        ] {
            let found = (
                any.is_satisfied_by(&factors),
                passwordless.is_satisfied_by(&factors),
                resistant.is_satisfied_by(&factors),
            );
            assert_eq!(found, expected, "{factors:?}");
        }
    }

    #[test]
    fn a_strength_may_name_the_models_of_keys() {
        let [.., mut strength] = AuthenticationStrength::built_in();
        strength.configurations = vec![CombinationConfiguration {
            id: Uuid::from_u128(1),
            applies_to: vec![vec![Mode::Fido2]],
            allowed_aaguids: vec![Uuid::from_u128(7)],
        }];
        let key = |model| vec![Factor::Fido2 { aaguid: model }];
        assert!(strength.is_satisfied_by(&key(Some(Uuid::from_u128(7)))));
        assert!(!strength.is_satisfied_by(&key(Some(Uuid::from_u128(8)))));
        assert!(!strength.is_satisfied_by(&key(None)));
    }
}
