//! Authentication methods that a user has registered beside the password.

use core::time::Duration;
use std::sync::Arc;

use crate::time::Timestamp;
use uuid::Uuid;

/// One registered method.
#[derive(Clone, Debug)]
pub struct AuthenticationMethod {
    pub id: Uuid,
    pub registered: Timestamp,
    pub kind: MethodKind,
}

/// What was registered.
#[derive(Clone, Debug)]
pub enum MethodKind {
    MicrosoftAuthenticator(Authenticator),
    /// An authenticator app of any maker: a secret and the clock.
    SoftwareOath(Oath),
    HardwareOath {
        serial_number: String,
        oath: Oath,
    },
    Phone(Phone),
    Passkey(Passkey),
    TemporaryAccessPass(TemporaryAccessPass),
    /// For resetting the password only.
    Email {
        address: String,
    },
}

/// The Authenticator app on one phone.
#[derive(Clone, Debug)]
pub struct Authenticator {
    pub display_name: String,
    /// It also signs in without a password.
    pub phone_sign_in: bool,
    /// The app's own one-time codes.
    pub oath: Option<Oath>,
}

/// The secret of one-time codes (RFC 6238, SHA-1, six digits, 30 seconds).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Oath {
    pub secret: Arc<[u8]>,
    /// The last time step whose code was accepted: no code counts twice (RFC 6238, section 5.2).
    pub used_step: Option<i64>,
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

/// A passkey: what the relying party keeps of it.
#[derive(Clone, Debug)]
pub struct Passkey {
    pub display_name: String,
    pub credential_id: Arc<[u8]>,
    pub aaguid: Option<Uuid>,
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
