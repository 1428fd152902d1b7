//! Authentication strengths: which ways of proving an identity are enough.

use uuid::Uuid;

use crate::enforcement::facts::Factor;

/// A strength (`authenticationStrengthPolicy`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticationStrength {
    pub id: Uuid,
    pub display_name: String,
    pub description: String,
    pub built_in: bool,
    pub combinations: Vec<Combination>,
    /// The models of passkeys that count; empty stands for all.
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

impl AuthenticationStrength {
    /// The built-in ones (MicrosoftDocs/entra-docs concept-authentication-strengths.md).
    pub fn built_in() -> [Self; 3] {
        let resistant = [
            vec![Mode::WindowsHelloForBusiness],
            vec![Mode::Fido2],
            vec![Mode::X509CertificateMultiFactor],
        ];
        let mut passwordless = resistant.to_vec();
        passwordless.push(vec![Mode::DeviceBasedPush]);
        let mut any = passwordless.clone();
        any.extend([
            vec![Mode::TemporaryAccessPassOneTime],
            vec![Mode::TemporaryAccessPassMultiUse],
            vec![Mode::FederatedMultiFactor],
        ]);
        for first in [Mode::Password, Mode::FederatedSingleFactor] {
            for second in [
                Mode::MicrosoftAuthenticatorPush,
                Mode::SoftwareOath,
                Mode::HardwareOath,
                Mode::Sms,
                Mode::Voice,
            ] {
                any.push(vec![first, second]);
            }
        }
        let make = |id, name: &str, description: &str, combinations| Self {
            id,
            display_name: name.to_owned(),
            description: description.to_owned(),
            built_in: true,
            combinations,
            allowed_aaguids: Vec::new(),
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
                "Phishing-resistant MFA",
                "Phishing-resistant, Passwordless methods for the strongest authentication, such as a FIDO2 security key",
                resistant.to_vec(),
            ),
        ]
    }

    /// Whether what was shown (or could be) contains an allowed combination.
    pub fn is_satisfied_by(&self, factors: &[Factor]) -> bool {
        self.combinations.iter().any(|combination| {
            combination.iter().all(|mode| {
                factors
                    .iter()
                    .any(|factor| mode.is_shown_by(factor) && self.allows_model(factor))
            })
        })
    }

    fn allows_model(&self, factor: &Factor) -> bool {
        match factor {
            Factor::Fido2 { aaguid } if !self.allowed_aaguids.is_empty() => {
                aaguid.is_some_and(|model| self.allowed_aaguids.contains(&model))
            }
            _ => true,
        }
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
        strength.allowed_aaguids = vec![Uuid::from_u128(7)];
        let key = |model| vec![Factor::Fido2 { aaguid: model }];
        assert!(strength.is_satisfied_by(&key(Some(Uuid::from_u128(7)))));
        assert!(!strength.is_satisfied_by(&key(Some(Uuid::from_u128(8)))));
        assert!(!strength.is_satisfied_by(&key(None)));
    }
}
