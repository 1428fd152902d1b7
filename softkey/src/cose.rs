//! Key pairs of credentials: the algorithms, their COSE form, and signing.
//!
//! Sources: WebAuthn Level 3, sections 5.8.5 and 6.5.6 (which algorithms, how signatures are encoded);
//! RFC 9052 and RFC 9053 (COSE keys); RFC 6979 (ECDSA without randomness, so that runs repeat).

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::cbor::Value;
use crate::encoding::base64url;
use crate::env::Env;

#[cfg(feature = "aws-lc")]
pub mod fast;
mod private_key;

pub use private_key::PrivateKey;

/// A signature algorithm that a credential can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits; only in a build with the feature `aws-lc`.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// The number in the IANA registry of COSE algorithms.
    pub const fn id(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Rs256 => -257,
        }
    }

    /// Finds the algorithm of a number.
    pub const fn from_id(id: i64) -> Option<Self> {
        match id {
            -7 => Some(Self::Es256),
            -8 => Some(Self::EdDsa),
            -35 => Some(Self::Es384),
            -257 => Some(Self::Rs256),
            _ => None,
        }
    }

    /// The name in the same registry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
        }
    }

    /// Whether this build can make and use such keys.
    pub const fn available(self) -> bool {
        !matches!(self, Self::Rs256) || cfg!(feature = "aws-lc")
    }
}

/// Why key material was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no private key of the algorithm.
    #[error("the bytes are not a private key of this algorithm")]
    Invalid,
    /// This build cannot use the algorithm.
    #[error("this build has no {name}; build with --features aws-lc", name = .0.name())]
    Unavailable(Algorithm),
}

/// A private key as it is kept: parsed when it is first used, and then held parsed.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyMaterial {
    algorithm: Algorithm,
    #[serde(with = "base64url")]
    secret: Vec<u8>,
    #[serde(skip)]
    parsed: OnceLock<PrivateKey>,
}

impl std::fmt::Debug for KeyMaterial {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("KeyMaterial")
            .field(&self.algorithm)
            .finish_non_exhaustive()
    }
}

impl KeyMaterial {
    /// Makes a new key.
    pub fn generate(algorithm: Algorithm, env: &mut dyn Env) -> Result<Self, KeyError> {
        Ok(Self::of(PrivateKey::generate(algorithm, env)?))
    }

    /// Takes the bytes that [`KeyMaterial::secret`] gave.
    pub fn new(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::of(PrivateKey::from_secret(algorithm, secret)?))
    }

    /// Takes a parsed key.
    pub fn of(key: PrivateKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            secret: key.to_secret(),
            parsed: OnceLock::from(key),
        }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bytes to keep: the scalar, the seed, or PKCS#8 for RSA.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// The parsed key.
    pub fn key(&self) -> Result<&PrivateKey, KeyError> {
        if let Some(key) = self.parsed.get() {
            return Ok(key);
        }
        let key = PrivateKey::from_secret(self.algorithm, &self.secret)?;
        Ok(self.parsed.get_or_init(|| key))
    }
}

/// The COSE form of an elliptic-curve public key with two coordinates.
pub fn ec2_key(algorithm: i64, curve: i64, x: &[u8], y: &[u8]) -> Value {
    Value::map([
        (1_i64, Value::from(2_i64)),
        (3, Value::from(algorithm)),
        (-1, Value::from(curve)),
        (-2, Value::from(x)),
        (-3, Value::from(y)),
    ])
}

#[cfg(test)]
mod tests;
