//! Authentication methods that a user has registered beside the password.

use core::time::Duration;
use std::sync::Arc;

use uuid::Uuid;

use super::hardware_oath::HardwareOath;
use super::one_time_code::Oath;
use super::qr_code_pin::QrCodePin;
use crate::id::ObjectId;
use crate::time::Timestamp;

/// One registered method.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticationMethod {
    pub id: Uuid,
    pub registered: Timestamp,
    pub kind: MethodKind,
}

/// What was registered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MethodKind {
    MicrosoftAuthenticator(Authenticator),
    /// An authenticator app of any maker: a secret and the clock.
    SoftwareOath(Oath),
    HardwareOath(HardwareOath),
    Phone(Phone),
    Passkey(Passkey),
    TemporaryAccessPass(TemporaryAccessPass),
    /// For resetting the password only.
    Email {
        address: String,
    },
    WindowsHello(DeviceKey),
    /// A key that macOS keeps for the platform's single sign-on.
    PlatformCredential(DeviceKey),
    /// A second factor of another maker, which the policy names.
    External(ExternalMethod),
    QrCodePin(Box<QrCodePin>),
}

/// The Authenticator app on one phone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authenticator {
    pub display_name: String,
    /// It also signs in without a password.
    pub phone_sign_in: bool,
    /// The app's own one-time codes.
    pub oath: Option<Oath>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Phone {
    /// As Graph writes it: `+49 15112345678`.
    pub number: String,
    pub kind: PhoneKind,
    /// It also signs in without a password, by text message.
    pub sms_sign_in: bool,
}

/// `phoneType`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum PhoneKind {
    Mobile,
    AlternateMobile,
    Office,
}

impl PhoneKind {
    /// Every user's phone of a kind has the same id (Microsoft Learn, phoneAuthenticationMethod resource type).
    pub fn id(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Mobile => 0x3179_e48a_750b_4051_897c_87b9_7209_28f7,
            Self::AlternateMobile => 0xb633_2ec1_7057_4abe_9331_3d72_fedd_fe41,
            Self::Office => 0xe37f_c753_ff3b_4958_9484_eaa9_425c_82bc,
        })
    }
}

/// Every user's password has this id (Microsoft Learn, passwordAuthenticationMethod resource type).
pub const PASSWORD: Uuid = Uuid::from_u128(0x28c1_0230_6103_485e_b985_444c_6000_1490);

/// Every user's e-mail address has this id (Microsoft Learn, emailAuthenticationMethod resource type).
pub const EMAIL: Uuid = Uuid::from_u128(0x3ddf_cfc8_9383_446f_83cc_3ab9_be4b_e18f);

/// Whether a text looks like an e-mail address.
pub fn is_email_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !domain.contains('@')
    }) && !text.contains(char::is_whitespace)
}

/// A passkey: what the relying party keeps of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passkey {
    pub display_name: String,
    pub credential_id: Arc<[u8]>,
    pub aaguid: Option<Uuid>,
    /// Absent in passkeys that were there from the beginning: they are counted, and nobody can show them.
    pub key: Option<Box<PasskeyKey>>,
}

/// What signatures of a passkey are checked with, and what is known of the authenticator behind it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyKey {
    /// The public key and the registration, in the form of the verifier.
    pub verifier: Arc<str>,
    /// The signature counter as it was seen last.
    pub counter: u32,
    /// It may be copied to other devices (backup eligible).
    pub synced: bool,
    pub backed_up: bool,
    /// Somebody who is trusted speaks for the model.
    pub attested: bool,
    /// SHA-1 thumbprints of the certificates that came along.
    pub certificates: Vec<String>,
}

/// A key that a device keeps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceKey {
    pub display_name: Arc<str>,
    pub strength: KeyStrength,
    pub platform: Platform,
    /// The registered device that has it.
    pub device: Option<ObjectId>,
}

/// `authenticationMethodKeyStrength`: keys that the ROCA weakness reaches are weak.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyStrength {
    Normal,
    Weak,
    Unknown,
}

/// `authenticationMethodPlatform`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Platform {
    Windows,
    MacOs,
    Unknown,
}

/// A registration with a provider outside, which the policy has a configuration for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExternalMethod {
    pub configuration: Uuid,
    pub display_name: String,
}

/// A Temporary Access Pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TemporaryAccessPass {
    pub value: Arc<str>,
    pub start: Timestamp,
    pub lifetime: Duration,
    pub once: bool,
    /// When a one-time pass was used.
    pub used: Option<Timestamp>,
}

/// Why a pass can or cannot be used (`methodUsabilityReason`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PassUsability {
    Usable,
    Expired,
    NotYetValid,
    OneTimeUsed,
}

impl TemporaryAccessPass {
    /// The first instant at which it is void.
    pub fn ends(&self) -> Timestamp {
        self.start + self.lifetime
    }

    pub fn usability(&self, now: Timestamp) -> PassUsability {
        if now >= self.ends() {
            PassUsability::Expired
        } else if now < self.start {
            PassUsability::NotYetValid
        } else if self.once && self.used.is_some() {
            PassUsability::OneTimeUsed
        } else {
            PassUsability::Usable
        }
    }
}
