//! Encryption of the lines of a key file under a passphrase.
//!
//! Argon2id makes the key (RFC 9106), XChaCha20-Poly1305 seals each line with its number as associated data, so
//! that lines cannot be moved. The nonce follows from key, number and content, so no randomness is needed after
//! the salt, and a nonce repeats only for the very same line.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

use crate::encoding::base64url;
use crate::pin_uv_auth::hmac_sha256;

const NONCE: usize = 24;

/// How the key is made from the passphrase; stands in the first line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Derivation {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    #[serde(with = "base64url")]
    salt: [u8; 16],
}

impl Derivation {
    /// The second recommendation of RFC 9106, section 4, with less memory: 19 MiB and two passes (OWASP).
    pub(super) fn new(salt: [u8; 16]) -> Self {
        Self {
            kdf: "argon2id".to_owned(),
            memory_kib: 19 * 1024,
            passes: 2,
            salt,
        }
    }

    /// The key for a passphrase; `None` if the parameters are not ones that Argon2id takes.
    pub(super) fn key(&self, passphrase: &str) -> Option<Seal> {
        // A file can ask for no more than this much work before it is refused.
        if self.kdf != "argon2id" || self.memory_kib > 1 << 20 || self.passes > 16 {
            return None;
        }
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).ok()?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, &mut key)
            .ok()?;
        Some(Seal {
            nonce_key: hmac_sha256(&key, b"softkey nonce"),
            key,
        })
    }
}

/// A key that seals lines.
pub(super) struct Seal {
    key: [u8; 32],
    nonce_key: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Seal")
    }
}

impl Seal {
    pub(super) fn seal(&self, line: u64, plain: &[u8]) -> Option<String> {
        let number = line.to_be_bytes();
        let inner = hmac_sha256(&self.nonce_key, &[&number, plain].concat());
        let nonce: [u8; NONCE] = inner.get(..NONCE)?.try_into().ok()?;
        let sealed = XChaCha20Poly1305::new(&self.key.into())
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &number,
                },
            )
            .ok()?;
        Some(base64url::encode([nonce.as_slice(), &sealed].concat()))
    }

    pub(super) fn open(&self, line: u64, text: &str) -> Option<Vec<u8>> {
        let bytes = base64url::decode(text)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let aad = line.to_be_bytes();
        XChaCha20Poly1305::new(&self.key.into())
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: &aad,
                },
            )
            .ok()
    }
}
