//! PIN/UV auth protocols one and two, and the token they hand out.
//!
//! Sources: CTAP 2.3, sections 6.5.4 (abstract protocol), 6.5.6 (protocol one), 6.5.7 (protocol two) and
//! 6.5.2.1 (state of the token).

use std::time::Duration;

use p256::elliptic_curve::sec1::ToSec1Point;
use sha2::{Digest, Sha256};

use crate::cbor::{Fields, Value};
use crate::cose::ec2_key;
use crate::env::{Env, random};
use crate::status::Status;

mod shared_secret;
mod token;

pub use shared_secret::{SharedSecret, authenticate, verify as verify_with_token};
pub(crate) use shared_secret::{hmac_sha256, same};
pub use token::{Permissions, TokenState};

/// The version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// PIN/UV auth protocol one.
    One,
    /// PIN/UV auth protocol two.
    Two,
}

impl Protocol {
    /// The number on the wire.
    pub const fn number(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The length of what `authenticate` makes.
    pub const fn proof_length(self) -> usize {
        match self {
            Self::One => 16,
            Self::Two => 32,
        }
    }

    /// Whether bytes have the length of one or two salts of 32 bytes, encrypted.
    pub(crate) const fn is_sealed_salt(self, sealed: &[u8]) -> bool {
        let iv = match self {
            Self::One => 0,
            Self::Two => 16,
        };
        matches!(sealed.len().saturating_sub(iv), 32 | 64)
    }

    /// Reads the number on the wire.
    pub const fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }
}

/// What both protocols hold between power-ups: a key-agreement key and a token.
pub struct ProtocolState {
    protocol: Protocol,
    key: p256::SecretKey,
    token: [u8; 32],
}

impl std::fmt::Debug for ProtocolState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("ProtocolState")
            .field(&self.protocol)
            .finish_non_exhaustive()
    }
}

impl ProtocolState {
    /// `initialize()`.
    pub fn new(protocol: Protocol, env: &mut dyn Env) -> Self {
        Self {
            protocol,
            key: key_agreement_key(env),
            token: random(env),
        }
    }

    /// `regenerate()`.
    pub fn regenerate(&mut self, env: &mut dyn Env) {
        self.key = key_agreement_key(env);
    }

    /// `resetPinUvAuthToken()`.
    pub fn reset_token(&mut self, env: &mut dyn Env) {
        self.token = random(env);
    }

    /// The token.
    pub fn token(&self) -> &[u8; 32] {
        &self.token
    }

    /// `getPublicKey()`. The algorithm is −25 although that is not what is done with the key.
    pub fn public_key(&self) -> Value {
        let point = self.key.public_key().to_sec1_point(false);
        let (x, y) = point.as_bytes().get(1..).unwrap_or_default().split_at(32);
        ec2_key(-25, 1, x, y)
    }

    /// `decapsulate(peerCoseKey)`.
    pub fn decapsulate(&self, peer: &Value) -> Result<SharedSecret, Status> {
        let peer = peer_key(peer)?;
        let shared = p256::ecdh::diffie_hellman(self.key.to_nonzero_scalar(), peer.as_affine());
        Ok(SharedSecret::derive(
            self.protocol,
            shared.raw_secret_bytes(),
        ))
    }
}

fn key_agreement_key(env: &mut dyn Env) -> p256::SecretKey {
    loop {
        if let Ok(key) = p256::SecretKey::from_slice(&random::<32>(env)) {
            return key;
        }
    }
}

/// Checks that the peer's COSE key is a point on P-256 (section 6.5.6, `decapsulate`, step 1).
fn peer_key(peer: &Value) -> Result<p256::PublicKey, Status> {
    let fields = Fields::of(peer)?;
    let coordinate = |key: i64| {
        fields
            .bytes(key)
            .ok()
            .flatten()
            .filter(|bytes| bytes.len() == 32)
    };
    let kind = fields.integer(1_i64)?;
    let algorithm = fields.integer(3_i64)?;
    let curve = fields.integer(-1_i64)?;
    // Older platforms name ES256 here; what is done with the key is the same.
    if kind != Some(2) || !matches!(algorithm, Some(-25 | -7)) || curve != Some(1) {
        return Err(Status::InvalidParameter);
    }
    let (Some(x), Some(y)) = (coordinate(-2), coordinate(-3)) else {
        return Err(Status::InvalidParameter);
    };
    let point = [&[4], x, y].concat();
    p256::PublicKey::from_sec1_bytes(&point).map_err(|_| Status::InvalidParameter)
}

/// LEFT(SHA-256(pin), 16), the form in which a PIN is kept and sent.
pub fn pin_hash(pin: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(pin).into();
    let mut hash = [0; 16];
    hash.copy_from_slice(digest.split_at(16).0);
    hash
}

/// How long a token may wait for its first use (section 6.5.2.1; 30 s for USB).
pub const INITIAL_USAGE_LIMIT: Duration = Duration::from_secs(30);
/// How long the touch that came with a token counts (30 s for USB).
pub const USER_PRESENT_LIMIT: Duration = Duration::from_secs(30);
/// How long a token lives.
pub const MAX_USAGE: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests;
