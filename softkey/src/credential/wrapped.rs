//! Credentials that take no room: the private key travels inside the credential id, sealed for this device.
//!
//! WebAuthn Level 3, section 4 "Credential ID", form 2. The relying party's id is bound in as associated
//! data, so an id presented by another site does not open. Secrets that need not travel are derived.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;

use super::{CredProtect, Credential, CredentialId, RpIdHash, User};
use crate::cose::{Algorithm, KeyMaterial};
use crate::env::{Env, random};

/// The device's key for sealing credentials; a reset replaces it.
pub type WrappingKey = [u8; 32];

/// The first byte of every sealed id.
const VERSION: u8 = 1;
const NONCE: usize = 12;
/// Key bytes of P-256, P-384 or Ed25519; RSA keys are too long for an id and are stored.
const MAX_SECRET: usize = 48;
/// The longest credBlob that travels along; every authenticator that has the extension takes as much.
const MAX_BLOB: usize = 32;
/// The flag that says that a credBlob follows the key.
const HAS_BLOB: u8 = 8;

/// Seals a credential and gives it the sealed id. `None` if its key does not fit; a credBlob that does not is dropped.
pub fn wrap(
    credential: &mut Credential,
    rp: &RpIdHash,
    key: &WrappingKey,
    env: &mut dyn Env,
) -> Option<()> {
    if credential.key.secret().len() > MAX_SECRET {
        return None;
    }
    let algorithm = match credential.key.algorithm() {
        Algorithm::Es256 => 0,
        Algorithm::Es384 => 1,
        Algorithm::EdDsa => 2,
        Algorithm::Rs256 => return None,
    };
    let flags = u8::from(credential.backup_eligible)
        | u8::from(credential.backup_state) << 1
        | u8::from(credential.third_party_payment) << 2;
    credential.cred_blob.take_if(|blob| blob.len() > MAX_BLOB);
    let blob = credential.cred_blob.as_deref();
    let flags = flags | blob.map_or(0, |_| HAS_BLOB);
    let mut plain = vec![algorithm, credential.cred_protect.level(), flags];
    plain.extend_from_slice(credential.key.secret());
    plain.extend_from_slice(blob.unwrap_or_default());
    let nonce: [u8; NONCE] = random(env);
    let sealed = ChaCha20Poly1305::new(key.into())
        .encrypt(
            &Nonce::from(nonce),
            Payload {
                msg: &plain,
                aad: rp,
            },
        )
        .ok()?;
    let mut id = vec![VERSION];
    id.extend_from_slice(&nonce);
    id.extend_from_slice(&sealed);
    derive_secrets(credential, key, &id);
    credential.id = CredentialId::new(id);
    Some(())
}

/// Opens a sealed id, if this device sealed it for this relying party. The relying party's id is what the opened
/// credential says it is for; U2F knows only its hash.
pub fn unwrap(id: &[u8], rp_id: &str, rp: &RpIdHash, key: &WrappingKey) -> Option<Credential> {
    let (&VERSION, rest) = id.split_first()? else {
        return None;
    };
    let (nonce, sealed) = rest.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let plain = ChaCha20Poly1305::new(key.into())
        .decrypt(
            &Nonce::from(nonce),
            Payload {
                msg: sealed,
                aad: rp,
            },
        )
        .ok()?;
    let [algorithm, level, flags, rest @ ..] = plain.as_slice() else {
        return None;
    };
    let (algorithm, length) = match algorithm {
        0 => (Algorithm::Es256, 32),
        1 => (Algorithm::Es384, 48),
        2 => (Algorithm::EdDsa, 32),
        _ => return None,
    };
    let (secret, blob) = rest.split_at_checked(length)?;
    let mut credential = Credential {
        id: CredentialId::new(id),
        rp_id: rp_id.to_owned(),
        rp_name: None,
        user: User::default(),
        key: KeyMaterial::new(algorithm, secret).ok()?,
        discoverable: false,
        cred_protect: CredProtect::from_level(u64::from(*level))?,
        cred_random_with_uv: [0; 32],
        cred_random_without_uv: [0; 32],
        cred_blob: (flags & HAS_BLOB != 0).then(|| blob.to_vec()),
        large_blob_key: None,
        third_party_payment: flags & 4 != 0,
        backup_eligible: flags & 1 != 0,
        backup_state: flags & 2 != 0,
        created: 0,
        created_at: 0,
    };
    derive_secrets(&mut credential, key, id);
    Some(credential)
}

fn derive_secrets(credential: &mut Credential, key: &WrappingKey, id: &[u8]) {
    let derivation = Hkdf::<Sha256>::new(Some(id), key);
    for (info, secret) in [
        (
            &b"softkey CredRandomWithUV"[..],
            &mut credential.cred_random_with_uv,
        ),
        (
            b"softkey CredRandomWithoutUV",
            &mut credential.cred_random_without_uv,
        ),
    ] {
        // 32 bytes are far below the limit of HKDF, the only way it can fail.
        let expanded = derivation.expand(info, secret);
        debug_assert!(expanded.is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::rp_id_hash;
    use crate::env::SeededEnv;

    fn open(id: &[u8], rp_id: &str, key: &WrappingKey) -> Option<Credential> {
        unwrap(id, rp_id, &rp_id_hash(rp_id), key)
    }

    fn sealed() -> (Credential, WrappingKey) {
        let mut env = SeededEnv::new(1);
        let key = random(&mut env);
        let mut credential = Credential {
            id: CredentialId::new([]),
            rp_id: "example.com".to_owned(),
            rp_name: None,
            user: User::default(),
            key: KeyMaterial::generate(Algorithm::Es256, &mut env).expect("a key"),
            discoverable: false,
            cred_protect: CredProtect::UserVerificationRequired,
            cred_random_with_uv: [0; 32],
            cred_random_without_uv: [0; 32],
            cred_blob: Some(b"blob".to_vec()),
            large_blob_key: None,
            third_party_payment: true,
            backup_eligible: true,
            backup_state: false,
            created: 0,
            created_at: 0,
        };
        wrap(&mut credential, &rp_id_hash("example.com"), &key, &mut env).expect("sealed");
        (credential, key)
    }

    #[test]
    fn a_sealed_credential_comes_back_whole() {
        let (credential, key) = sealed();
        let opened = open(credential.id.as_bytes(), "example.com", &key).expect("opened");
        assert_eq!(opened.key.secret(), credential.key.secret());
        assert_eq!(opened.cred_blob, credential.cred_blob);
        assert_eq!(opened.cred_protect, credential.cred_protect);
        assert_eq!(opened.cred_random_with_uv, credential.cred_random_with_uv);
        assert_ne!(opened.cred_random_with_uv, opened.cred_random_without_uv);
        assert!(opened.backup_eligible && !opened.backup_state && opened.third_party_payment);
    }

    #[test]
    fn another_site_another_device_and_a_changed_byte_do_not_open_it() {
        let (credential, key) = sealed();
        assert!(open(credential.id.as_bytes(), "example.org", &key).is_none());
        assert!(open(credential.id.as_bytes(), "example.com", &[0; 32]).is_none());
        for index in 0..credential.id.as_bytes().len() {
            let mut id = credential.id.as_bytes().to_vec();
            id[index] ^= 1;
            assert!(open(&id, "example.com", &key).is_none());
        }
    }
}
