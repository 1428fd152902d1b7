//! One parsed private key and what can be done with it.

use ed25519_dalek::Signer as _;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};

use super::{Algorithm, KeyError, ec2_key};
use crate::cbor::Value;
use crate::env::{Env, random};

/// A private key of one of the algorithms.
#[derive(Clone)]
pub enum PrivateKey {
    /// P-256.
    Es256(Box<p256::ecdsa::SigningKey>),
    /// P-384.
    Es384(Box<p384::ecdsa::SigningKey>),
    /// Ed25519.
    EdDsa(Box<ed25519_dalek::SigningKey>),
    /// P-256 or RSA by AWS-LC.
    #[cfg(feature = "aws-lc")]
    Fast(super::fast::FastKey),
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("PrivateKey")
            .field(&self.algorithm())
            .finish_non_exhaustive()
    }
}

impl PrivateKey {
    /// Makes a new key from the environment's randomness.
    pub fn generate(algorithm: Algorithm, env: &mut dyn Env) -> Result<Self, KeyError> {
        // A random string is no scalar once in 2^32 draws for P-256; then draw again.
        let secret: &dyn Fn(&mut dyn Env) -> Vec<u8> = match algorithm {
            Algorithm::Es256 | Algorithm::EdDsa => &|env| random::<32>(env).to_vec(),
            Algorithm::Es384 => &|env| random::<48>(env).to_vec(),
            Algorithm::Rs256 => return rsa(),
        };
        let first = secret(env);
        Self::from_secret(algorithm, &first).or_else(|_| Self::from_secret(algorithm, &secret(env)))
    }

    /// Parses a scalar (P-256, P-384), a seed (Ed25519) or PKCS#8 (RSA).
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        match algorithm {
            #[cfg(feature = "aws-lc")]
            Algorithm::Es256 => super::fast::FastKey::es256(secret).map(Self::Fast),
            #[cfg(not(feature = "aws-lc"))]
            Algorithm::Es256 => p256::ecdsa::SigningKey::from_slice(secret)
                .map(|key| Self::Es256(Box::new(key)))
                .map_err(|_| KeyError::Invalid),
            Algorithm::Es384 => p384::ecdsa::SigningKey::from_slice(secret)
                .map(|key| Self::Es384(Box::new(key)))
                .map_err(|_| KeyError::Invalid),
            Algorithm::EdDsa => ed25519_dalek::SigningKey::try_from(secret)
                .map(|key| Self::EdDsa(Box::new(key)))
                .map_err(|_| KeyError::Invalid),
            #[cfg(feature = "aws-lc")]
            Algorithm::Rs256 => super::fast::FastKey::rs256(secret).map(Self::Fast),
            #[cfg(not(feature = "aws-lc"))]
            Algorithm::Rs256 => Err(KeyError::Unavailable(algorithm)),
        }
    }

    /// Parses PKCS#8, as browsers and other tools export keys.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(der) {
            return Self::from_secret(Algorithm::Es256, &key.to_bytes());
        }
        if let Ok(key) = p384::SecretKey::from_pkcs8_der(der) {
            return Self::from_secret(Algorithm::Es384, &key.to_bytes());
        }
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_der(der) {
            return Ok(Self::EdDsa(Box::new(key)));
        }
        Self::from_secret(Algorithm::Rs256, der)
    }

    /// The bytes that [`PrivateKey::from_secret`] takes.
    pub fn to_secret(&self) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.to_bytes().to_vec(),
            Self::Es384(key) => key.to_bytes().to_vec(),
            Self::EdDsa(key) => key.to_bytes().to_vec(),
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => key.secret().to_vec(),
        }
    }

    /// PKCS#8, for other tools.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        let document = match self {
            Self::Es256(key) => p256::SecretKey::from(key.as_ref().clone()).to_pkcs8_der(),
            Self::Es384(key) => p384::SecretKey::from(key.as_ref().clone()).to_pkcs8_der(),
            Self::EdDsa(key) => key.to_pkcs8_der(),
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => return key.to_pkcs8(),
        };
        document
            .map(|der| der.as_bytes().to_vec())
            .map_err(|_| KeyError::Invalid)
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::Es384(_) => Algorithm::Es384,
            Self::EdDsa(_) => Algorithm::EdDsa,
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => key.algorithm(),
        }
    }

    /// Signs a message; ECDSA signatures are DER (WebAuthn Level 3, section 6.5.5).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Es256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| KeyError::Invalid)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::Es384(key) => {
                let signature: p384::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| KeyError::Invalid)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::EdDsa(key) => Ok(key.sign(message).to_bytes().to_vec()),
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => key.sign(message),
        }
    }

    /// The public key as a COSE key.
    pub fn public_cose(&self) -> Value {
        match self {
            Self::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                ec2_from_point(-7, 1, point.as_bytes())
            }
            Self::Es384(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                ec2_from_point(-35, 2, point.as_bytes())
            }
            Self::EdDsa(key) => Value::map([
                (1_i64, Value::from(1_i64)),
                (3, Value::from(-8_i64)),
                (-1, Value::from(6_i64)),
                (-2, Value::from(key.verifying_key().to_bytes())),
            ]),
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => key.public_cose(),
        }
    }

    /// The public key as a `SubjectPublicKeyInfo`, which the WebAuthn client hands to pages.
    pub fn public_spki(&self) -> Result<Vec<u8>, KeyError> {
        let document = match self {
            Self::Es256(key) => key.verifying_key().to_public_key_der(),
            Self::Es384(key) => key.verifying_key().to_public_key_der(),
            Self::EdDsa(key) => key.verifying_key().to_public_key_der(),
            #[cfg(feature = "aws-lc")]
            Self::Fast(key) => return key.public_spki(),
        };
        document
            .map(|der| der.as_bytes().to_vec())
            .map_err(|_| KeyError::Invalid)
    }
}

/// An uncompressed point (04 ‖ x ‖ y) as a COSE key.
pub(super) fn ec2_from_point(algorithm: i64, curve: i64, point: &[u8]) -> Value {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    ec2_key(algorithm, curve, x, y)
}

#[cfg(feature = "aws-lc")]
fn rsa() -> Result<PrivateKey, KeyError> {
    super::fast::FastKey::generate_rs256().map(PrivateKey::Fast)
}

#[cfg(not(feature = "aws-lc"))]
fn rsa() -> Result<PrivateKey, KeyError> {
    Err(KeyError::Unavailable(Algorithm::Rs256))
}
