//! What platform and authenticator agree on, and `encrypt`, `decrypt`, `authenticate`, `verify` with it.

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Protocol;
use crate::env::{Env, random};

const BLOCK: usize = 16;

/// The shared secret of one key agreement.
pub struct SharedSecret {
    protocol: Protocol,
    hmac_key: [u8; 32],
    aes_key: [u8; 32],
}

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("SharedSecret")
            .field(&self.protocol)
            .finish_non_exhaustive()
    }
}

impl SharedSecret {
    /// `kdf(Z)`: SHA-256 for protocol one (section 6.5.6), HKDF for protocol two (section 6.5.7).
    pub fn derive(protocol: Protocol, z: &[u8]) -> Self {
        let mut hmac_key = [0; 32];
        let mut aes_key = [0; 32];
        match protocol {
            Protocol::One => {
                hmac_key = Sha256::digest(z).into();
                aes_key = hmac_key;
            }
            Protocol::Two => {
                let derivation = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                for (info, key) in [
                    (&b"CTAP2 HMAC key"[..], &mut hmac_key),
                    (b"CTAP2 AES key", &mut aes_key),
                ] {
                    let expanded = derivation.expand(info, key);
                    debug_assert!(expanded.is_ok(), "32 bytes are below HKDF's limit");
                }
            }
        }
        Self {
            protocol,
            hmac_key,
            aes_key,
        }
    }

    /// The protocol it belongs to.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// `encrypt(key, demPlaintext)`. The plaintext is whole blocks in every use the standard makes of it.
    pub fn encrypt(&self, plain: &[u8], env: &mut dyn Env) -> Vec<u8> {
        debug_assert_eq!(plain.len() % BLOCK, 0);
        let iv: [u8; BLOCK] = match self.protocol {
            Protocol::One => [0; BLOCK],
            Protocol::Two => random(env),
        };
        let sealed = cbc::Encryptor::<Aes256>::new(&self.aes_key.into(), &iv.into())
            .encrypt_padded_vec::<NoPadding>(plain);
        match self.protocol {
            Protocol::One => sealed,
            Protocol::Two => [iv.as_slice(), &sealed].concat(),
        }
    }

    /// `decrypt(key, demCiphertext)`.
    pub fn decrypt(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (iv, sealed) = match self.protocol {
            Protocol::One => ([0; BLOCK], sealed),
            Protocol::Two => {
                let (iv, sealed) = sealed.split_at_checked(BLOCK)?;
                (iv.try_into().ok()?, sealed)
            }
        };
        cbc::Decryptor::<Aes256>::new(&self.aes_key.into(), &iv.into())
            .decrypt_padded_vec::<NoPadding>(sealed)
            .ok()
    }

    /// `authenticate(key, message)`.
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.protocol, &self.hmac_key, message)
    }

    /// `verify(key, message, signature)`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(self.protocol, &self.hmac_key, message, signature)
    }
}

/// HMAC-SHA-256.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length; the error type is there for ciphers.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// `authenticate` with a key of 32 bytes, such as the token: 16 bytes in protocol one, 32 in protocol two.
pub fn authenticate(protocol: Protocol, key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    let mac = hmac_sha256(key, message);
    match protocol {
        Protocol::One => mac.split_at(16).0.to_vec(),
        Protocol::Two => mac.to_vec(),
    }
}

/// `verify` with a key of 32 bytes. Takes the same time for every wrong signature of the right length.
pub fn verify(protocol: Protocol, key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    same(&authenticate(protocol, key, message), signature)
}

/// Compares without stopping at the first difference.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
