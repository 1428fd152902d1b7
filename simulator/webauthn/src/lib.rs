//! What a passkey answers, checked by webauthn-rs: registrations and sign-ins at Entra's relying party.
//!
//! A crate of its own, because it is a quarter of a cold build and changes seldom. It knows no tenant and keeps nothing: the
//! challenge, the known keys and the trust list come from the caller, and a verified key goes back to the caller as a text.
//!
//! Entra makes its challenges itself (kilobytes of sealed state), so webauthn-rs is used by its core, which takes a state that
//! somebody else has written down.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;
use uuid::Uuid;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticationState, Credential, ParsedAttestationData, RegistrationState,
};

pub mod metadata;
mod trust;

pub use trust::{Root, TrustError, TrustList};

/// Entra's relying party id (public recordings; Microsoft's page of 2026 names another host).
pub const RP_ID: &str = "login.microsoft.com";
/// The only origin it takes.
pub const ORIGIN: &str = "https://login.microsoft.com";

/// The relying party.
#[derive(Debug)]
pub struct RelyingParty {
    core: WebauthnCore,
}

/// What a registration has to be like.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// The bytes that the authenticator signed.
    pub challenge: &'a [u8],
    /// Ids of keys that the user has already.
    pub exclude: &'a [&'a [u8]],
    /// Who is believed about models.
    pub trust: &'a TrustList,
}

/// A new key.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    pub credential_id: Vec<u8>,
    /// The model that the key says it is of; zeroes are none.
    pub aaguid: Option<Uuid>,
    /// What signatures are checked with, for `RelyingParty::authenticate`.
    pub key: String,
    pub counter: u32,
    pub backup_eligible: bool,
    pub backed_up: bool,
    /// Why the trust list does not speak for the model; nothing if it does.
    pub unproved: Option<String>,
    /// The certificates that came along, as DER.
    pub certificates: Vec<Vec<u8>>,
}

/// What a sign-in showed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    pub credential_id: Vec<u8>,
    pub counter: u32,
    pub backed_up: bool,
}

/// Why an answer is refused.
#[derive(Debug, Error)]
pub enum Refusal {
    #[error("the credential cannot be read: {0}")]
    Unreadable(String),
    #[error("this passkey is registered already")]
    Excluded,
    #[error("none of the user's passkeys has this id")]
    Unknown,
    #[error("{0}")]
    Failed(String),
    /// The signature counter did not move: a copy of the key may be at large.
    #[error("the signature counter did not move on, so the passkey may have been copied")]
    Counter,
}

impl Default for RelyingParty {
    /// Entra's.
    ///
    /// # Panics
    /// Never: the origin is a constant.
    fn default() -> Self {
        let origins: Vec<Url> = ORIGIN.parse().into_iter().collect();
        let timeout = Duration::from_secs(60);
        Self {
            core: WebauthnCore::new_unsafe_experts_only(
                "Microsoft",
                RP_ID,
                origins,
                timeout,
                None,
                None,
            ),
        }
    }
}

impl RelyingParty {
    /// Checks a new key (WebAuthn Level 3, "Registering a New Credential"). `credential` is the JSON form of a
    /// `PublicKeyCredential`, with or without `rawId` and `type`.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn register(
        &self,
        expected: &Registration<'_>,
        credential: &Value,
    ) -> Result<Registered, Refusal> {
        let response = serde_json::from_value(completed(credential))
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let state = json!({
            "policy": "required", "exclude_credentials": [], "challenge": encode(expected.challenge),
            "credential_algorithms": ["ES256", "RS256"], "require_resident_key": true,
            "authenticator_attachment": null, "extensions": {}, "allow_synchronised_authenticators": true,
        });
        let state: RegistrationState =
            serde_json::from_value(state).map_err(|error| Refusal::Failed(error.to_string()))?;
        // First as if a proof were asked for: who has one is known by that.
        let proved = match expected.trust.list() {
            Some(list) => self.core.register_credential(&response, &state, Some(list)),
            None => Err(WebauthnError::MissingAttestationCaList),
        };
        let (made, unproved) = match proved {
            Ok(made) => (made, None),
            Err(error) => {
                let made = self.core.register_credential(&response, &state, None);
                (made.map_err(refusal)?, Some(error.to_string()))
            }
        };
        if expected.exclude.contains(&made.cred_id.as_slice()) {
            return Err(Refusal::Excluded);
        }
        let attestation = &credential["response"]["attestationObject"];
        Ok(Registered {
            credential_id: made.cred_id.clone(),
            aaguid: attestation.as_str().and_then(aaguid),
            counter: made.counter,
            backup_eligible: made.backup_eligible,
            backed_up: made.backup_state,
            unproved,
            certificates: certificates(&made.attestation.data, attestation.as_str()),
            key: serde_json::to_string(&made)
                .map_err(|error| Refusal::Failed(error.to_string()))?,
        })
    }

    /// Checks what a key answers at a sign-in (WebAuthn Level 3, "Verifying an Authentication Assertion"). `key` is what
    /// `register` gave, `counter` what was seen last.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn authenticate(
        &self,
        challenge: &[u8],
        key: &str,
        counter: u32,
        assertion: &Value,
    ) -> Result<Shown, Refusal> {
        let response = serde_json::from_value(completed(assertion))
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let mut known: Credential =
            serde_json::from_str(key).map_err(|error| Refusal::Failed(error.to_string()))?;
        known.counter = counter;
        let state = json!({
            "credentials": [], "policy": "required", "challenge": encode(challenge), "appid": null,
            "allow_backup_eligible_upgrade": false,
        });
        let mut state: AuthenticationState =
            serde_json::from_value(state).map_err(|error| Refusal::Failed(error.to_string()))?;
        state.set_allowed_credentials(vec![known]);
        let shown = self
            .core
            .authenticate_credential(&response, &state)
            .map_err(refusal)?;
        Ok(Shown {
            credential_id: shown.cred_id().clone(),
            counter: shown.counter(),
            backed_up: shown.backup_state(),
        })
    }
}

fn refusal(error: WebauthnError) -> Refusal {
    match error {
        WebauthnError::CredentialNotFound => Refusal::Unknown,
        WebauthnError::CredentialPossibleCompromise => Refusal::Counter,
        error => Refusal::Failed(error.to_string()),
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Clients leave out `rawId`, which says nothing that `id` does not say, and `type`, which is always the same. What the
/// extensions answered decides nothing here, and some clients write it in forms of their own.
fn completed(credential: &Value) -> Value {
    let mut credential = credential.clone();
    if let Some(members) = credential.as_object_mut() {
        members.remove("clientExtensionResults");
        members.remove("extensions");
        let id = members.get("id").cloned().unwrap_or_default();
        members.entry("rawId").or_insert(id);
        members.insert("type".to_owned(), json!("public-key"));
        let response = members.get_mut("response").and_then(Value::as_object_mut);
        if let Some(response) = response {
            // Hints that may be unknown to us.
            response.remove("transports");
            response.entry("userHandle").or_insert(Value::Null);
        }
    }
    credential
}

/// The authenticator data of an attestation object.
fn authenticator_data(attestation: &str) -> Option<Vec<u8>> {
    member(attestation, "authData")?.into_bytes().ok()
}

fn member(attestation: &str, name: &str) -> Option<ciborium::Value> {
    let bytes = URL_SAFE_NO_PAD.decode(attestation).ok()?;
    let value: ciborium::Value = ciborium::from_reader(bytes.as_slice()).ok()?;
    let members = value.into_map().ok()?;
    let mut members = members.into_iter();
    let found = members.find(|(key, _)| key.as_text() == Some(name));
    found.map(|(_, value)| value)
}

/// The model: after the hash, the flags and the counter.
fn aaguid(attestation: &str) -> Option<Uuid> {
    let data = authenticator_data(attestation)?;
    let model = Uuid::from_slice(data.get(37..53)?).ok()?;
    (!model.is_nil()).then_some(model)
}

/// The certificates of a statement that was checked.
fn certificates(checked: &ParsedAttestationData, attestation: Option<&str>) -> Vec<Vec<u8>> {
    let comes_with_some = matches!(
        checked,
        ParsedAttestationData::Basic(_)
            | ParsedAttestationData::AttCa(_)
            | ParsedAttestationData::AnonCa(_)
    );
    let statement = attestation
        .filter(|_| comes_with_some)
        .and_then(|text| member(text, "attStmt"))
        .and_then(|statement| statement.into_map().ok());
    let chain = statement.and_then(|members| {
        let mut members = members.into_iter();
        let found = members.find(|(key, _)| key.as_text() == Some("x5c"));
        found?.1.into_array().ok()
    });
    let chain = chain.unwrap_or_default().into_iter();
    chain.filter_map(|one| one.into_bytes().ok()).collect()
}

#[cfg(test)]
mod tests;
