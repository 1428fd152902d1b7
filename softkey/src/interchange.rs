//! Credentials as other tools read them: the shape of the virtual authenticators in browsers' automation.
//!
//! Sources: Chrome's remote debugging protocol, `WebAuthn.Credential`; WebAuthn Level 3, section 11 (the same
//! members for browsers under test). Bytes are base64; keys are PKCS#8. What the shape has no member for gets new values on import.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::client::bytes;
use crate::cose::{KeyError, KeyMaterial, PrivateKey};
use crate::credential::{CredProtect, Credential, CredentialId, User};
use crate::env::{Env, random};

/// One credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchanged {
    /// Its id.
    pub credential_id: String,
    /// Whether it is discoverable.
    pub is_resident_credential: bool,
    /// The relying party.
    pub rp_id: Option<String>,
    /// The private key.
    pub private_key: String,
    /// The user handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<String>,
    /// The signature counter.
    #[serde(default)]
    pub sign_count: u32,
    /// The BE flag.
    #[serde(default)]
    pub backup_eligibility: bool,
    /// The BS flag.
    #[serde(default)]
    pub backup_state: bool,
    /// The account name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_display_name: Option<String>,
}

/// Why a credential cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// A member is not base64.
    #[error("{0} is not base64")]
    Encoding(&'static str),
    /// A member is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The key cannot be used.
    #[error("privateKey: {0}")]
    Key(#[from] KeyError),
}

impl Exchanged {
    /// Writes a credential, with the counter it has reached.
    pub fn of(credential: &Credential, sign_count: u32) -> Result<Self, ExchangeError> {
        Ok(Self {
            credential_id: STANDARD.encode(credential.id.as_bytes()),
            is_resident_credential: credential.discoverable,
            rp_id: Some(credential.rp_id.clone()),
            private_key: STANDARD.encode(credential.key.key()?.to_pkcs8()?),
            user_handle: Some(STANDARD.encode(&credential.user.id)),
            sign_count,
            backup_eligibility: credential.backup_eligible,
            backup_state: credential.backup_state,
            user_name: credential.user.name.clone(),
            user_display_name: credential.user.display_name.clone(),
        })
    }

    /// Reads a credential; `created` is its place in the order of creation.
    pub fn into_credential(
        self,
        created: u64,
        env: &mut dyn Env,
    ) -> Result<Credential, ExchangeError> {
        let decode =
            |text: &str, member| bytes::decode(text, false).ok_or(ExchangeError::Encoding(member));
        let key = PrivateKey::from_pkcs8(&decode(&self.private_key, "privateKey")?)?;
        let handle = self.user_handle.as_deref().unwrap_or_default();
        let id = if handle.is_empty() {
            Vec::new()
        } else {
            decode(handle, "userHandle")?
        };
        Ok(Credential {
            id: CredentialId::new(decode(&self.credential_id, "credentialId")?),
            rp_id: self.rp_id.ok_or(ExchangeError::Missing("rpId"))?,
            rp_name: None,
            user: User {
                id,
                name: self.user_name,
                display_name: self.user_display_name,
                icon: None,
            },
            key: KeyMaterial::of(key),
            discoverable: self.is_resident_credential,
            cred_protect: CredProtect::default(),
            cred_random_with_uv: random(env),
            cred_random_without_uv: random(env),
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            backup_eligible: self.backup_eligibility,
            backup_state: self.backup_state,
            created,
            created_at: env.unix_time(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cose::Algorithm;
    use crate::env::SeededEnv;

    #[test]
    fn a_credential_goes_out_and_comes_back() {
        let mut env = SeededEnv::new(1);
        for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
            let key = PrivateKey::generate(algorithm, &mut env).expect("a key");
            let out = Exchanged {
                credential_id: "AAEC".to_owned(),
                is_resident_credential: true,
                rp_id: Some("example.com".to_owned()),
                private_key: STANDARD.encode(key.to_pkcs8().expect("DER")),
                user_handle: Some("dXNlcg==".to_owned()),
                sign_count: 7,
                backup_eligibility: true,
                backup_state: false,
                user_name: Some("alice".to_owned()),
                user_display_name: None,
            };
            let credential = out
                .clone()
                .into_credential(1, &mut env)
                .expect("taken over");
            assert_eq!(credential.user.id, b"user");
            assert_eq!(Exchanged::of(&credential, 7), Ok(out));
        }
    }

    #[test]
    fn what_cannot_be_taken_over_is_named() {
        let wrong: Exchanged = serde_json::from_str(
            r#"{"credentialId":"AA==","isResidentCredential":true,"rpId":"a","privateKey":"AA=="}"#,
        )
        .expect("JSON");
        let error = wrong
            .into_credential(1, &mut SeededEnv::new(1))
            .expect_err("no key");
        assert!(error.to_string().starts_with("privateKey: "), "{error}");
    }
}
