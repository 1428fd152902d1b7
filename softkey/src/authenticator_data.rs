//! Authenticator data: what the authenticator says about itself and the user, and what its signature covers.
//!
//! Source: WebAuthn Level 3, section 6.1.

use crate::cbor::Value;
use crate::credential::{CredentialId, RpIdHash};
use crate::profile::Aaguid;

/// The flags byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// The user was present.
    pub const UP: Self = Self(0x01);
    /// The user was verified.
    pub const UV: Self = Self(0x04);
    /// The credential may be backed up.
    pub const BE: Self = Self(0x08);
    /// The credential is backed up.
    pub const BS: Self = Self(0x10);
    /// Attested credential data follows.
    pub const AT: Self = Self(0x40);
    /// Extension outputs follow.
    pub const ED: Self = Self(0x80);

    /// Switches flags on or off.
    pub fn set(&mut self, flags: Self, on: bool) {
        if on {
            self.0 |= flags.0;
        } else {
            self.0 &= !flags.0;
        }
    }

    /// Whether all of these are on.
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// The byte.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Reads the byte.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }
}

/// Which credential was made by which model.
#[derive(Clone, Debug)]
pub struct AttestedCredential {
    /// The model.
    pub aaguid: Aaguid,
    /// The credential's id.
    pub id: CredentialId,
    /// Its public key in COSE form.
    pub public_key: Value,
}

/// Authenticator data in parts.
#[derive(Clone, Debug)]
pub struct AuthenticatorData {
    /// SHA-256 of the relying party's id.
    pub rp_id_hash: RpIdHash,
    /// The flags; AT and ED follow from the other members.
    pub flags: Flags,
    /// The signature counter.
    pub counter: u32,
    /// Present in registrations.
    pub attested: Option<AttestedCredential>,
    /// A map, if extensions had something to say.
    pub extensions: Option<Value>,
}

impl AuthenticatorData {
    /// The bytes that are sent and signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut flags = self.flags;
        flags.set(Flags::AT, self.attested.is_some());
        flags.set(Flags::ED, self.extensions.is_some());
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&self.rp_id_hash);
        bytes.push(flags.bits());
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        if let Some(attested) = &self.attested {
            bytes.extend_from_slice(&attested.aaguid.0);
            let id = attested.id.as_bytes();
            // At most 1023 bytes, as the profile's limit is checked against.
            bytes.extend_from_slice(&u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(id);
            bytes.extend_from_slice(&attested.public_key.to_bytes());
        }
        if let Some(extensions) = &self.extensions {
            bytes.extend_from_slice(&extensions.to_bytes());
        }
        bytes
    }
}
