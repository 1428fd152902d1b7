//! Extensions of WebAuthn, translated to CTAP and back. What is not known stays out of CTAP.
//!
//! Sources: WebAuthn Level 3, section 10 (credProps, prf, largeBlob); CTAP 2.3, section 12 (the rest).
//! What largeBlob reads and writes is in [`large_blob`](super::large_blob).

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::options::{CreationOptions, RequestOptions};
use super::platform::PlatformInfo;
use super::{Client, ClientError, bytes};
use crate::cbor::Value;
use crate::encoding::base64url;
use crate::pin_uv_auth::SharedSecret;
use crate::store::Store;

/// Extension inputs for CTAP, and what is needed to read the outputs.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) inputs: Vec<(&'static str, Value)>,
    /// What a sign-in does with the large blob.
    pub(super) large_blob: Option<LargeBlob>,
    secret: Option<SharedSecret>,
}

/// What a sign-in does with the large blob of its credential.
pub(super) enum LargeBlob {
    Read,
    Write(Vec<u8>),
}

/// Section 10.1.5: either read or write, and write only for one credential.
fn large_blob(input: &Json, options: &RequestOptions) -> Result<LargeBlob, ClientError> {
    let read = input.get("read") == Some(&Json::Bool(true));
    let write = input.get("write").and_then(Json::as_str);
    match write {
        _ if input.get("support").is_some() => Err(ClientError::not_supported(
            "support of largeBlob is asked for at registration",
        )),
        Some(_) if read || options.allow.len() != 1 => Err(ClientError::not_supported(
            "largeBlob is written for exactly one of allowCredentials, and not read then",
        )),
        Some(text) => bytes::decode(text, true)
            .map(LargeBlob::Write)
            .ok_or_else(|| ClientError::type_error("the blob is not base64url")),
        None => Ok(LargeBlob::Read),
    }
}

impl Prepared {
    /// The `extensions` parameter.
    pub(super) fn parameter(&self) -> Option<Value> {
        (!self.inputs.is_empty()).then(|| Value::map(self.inputs.clone()))
    }
}

/// `evaluations` of the prf extension: one or two salts, hashed as section 10.1.4 says.
fn salts(values: &Json) -> Result<Option<Vec<u8>>, ClientError> {
    let salt = |member: &str| -> Result<Option<[u8; 32]>, ClientError> {
        let Some(value) = values.get(member).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let value = value
            .as_str()
            .and_then(|text| bytes::decode(text, true))
            .ok_or_else(|| ClientError::type_error("a value of prf is not base64url"))?;
        let mut digest = Sha256::new();
        digest.update(b"WebAuthn PRF\0");
        digest.update(value);
        Ok(Some(digest.finalize().into()))
    };
    let Some(first) = salt("first")? else {
        return Ok(None);
    };
    Ok(Some(match salt("second")? {
        Some(second) => [first, second].concat(),
        None => first.to_vec(),
    }))
}

impl<S: Store> Client<'_, S> {
    /// The inputs of a registration.
    pub(super) fn prepare_creation(
        &mut self,
        options: &CreationOptions,
        discoverable: bool,
        info: &PlatformInfo,
    ) -> Result<Prepared, ClientError> {
        let mut prepared = Prepared::default();
        let inputs = &options.extensions;
        self.protection(inputs, info, &mut prepared)?;
        let prf = inputs.get("prf");
        let hmac = inputs.get("hmacCreateSecret") == Some(&Json::Bool(true)) || prf.is_some();
        if hmac && info.extension("hmac-secret") {
            prepared.inputs.push(("hmac-secret", Value::Bool(true)));
            let salts = prf
                .and_then(|prf| prf.get("eval"))
                .map(salts)
                .transpose()?
                .flatten();
            if let Some(salts) = salts.filter(|_| info.extension("hmac-secret-mc")) {
                self.encrypt_salts(&salts, "hmac-secret-mc", info, &mut prepared)?;
            }
        }
        if inputs.get("minPinLength") == Some(&Json::Bool(true)) && info.extension("minPinLength") {
            prepared.inputs.push(("minPinLength", Value::Bool(true)));
        }
        if let Some(blob) = inputs.get("credBlob").and_then(Json::as_str)
            && info.extension("credBlob")
        {
            let blob = bytes::decode(blob, self.browser_strict)
                .ok_or_else(|| ClientError::type_error("credBlob is not base64url"))?;
            prepared.inputs.push(("credBlob", Value::from(blob)));
        }
        if let Some(blob) = inputs.get("largeBlob") {
            if blob.get("read").is_some() || blob.get("write").is_some() {
                return Err(ClientError::not_supported(
                    "largeBlob is read and written at sign-in, not at registration",
                ));
            }
            // The key of a large blob is kept for discoverable credentials only.
            if discoverable && info.large_blobs() {
                prepared.inputs.push(("largeBlobKey", Value::Bool(true)));
            } else if blob.get("support").and_then(Json::as_str) == Some("required") {
                return Err(ClientError::not_allowed(
                    "largeBlob is required; it needs a discoverable credential, and a key that has it",
                ));
            }
        }
        Ok(prepared)
    }

    /// credProtect, by the names that WebAuthn gives its levels.
    fn protection(
        &self,
        inputs: &Map<String, Json>,
        info: &PlatformInfo,
        prepared: &mut Prepared,
    ) -> Result<(), ClientError> {
        let Some(policy) = inputs
            .get("credentialProtectionPolicy")
            .and_then(Json::as_str)
        else {
            return Ok(());
        };
        let level: u64 = match policy {
            "userVerificationOptional" => 1,
            "userVerificationOptionalWithCredentialIDList" => 2,
            "userVerificationRequired" => 3,
            other => {
                return Err(ClientError::type_error(format!(
                    "{other:?} is no credentialProtectionPolicy"
                )));
            }
        };
        let enforce = inputs.get("enforceCredentialProtectionPolicy") == Some(&Json::Bool(true));
        // Chromium refuses to enforce what protects nothing; Entra asks for exactly that.
        if enforce && level == 1 && self.browser_strict {
            return Err(ClientError::not_supported(
                "browsers refuse to enforce userVerificationOptional",
            ));
        }
        if info.extension("credProtect") {
            prepared.inputs.push(("credProtect", Value::from(level)));
        } else if enforce && level > 1 {
            return Err(ClientError::not_supported(
                "the protection policy cannot be enforced: this key has no credProtect",
            ));
        }
        Ok(())
    }

    /// The inputs of a sign-in. `chosen` is the id when exactly one credential may answer.
    pub(super) fn prepare_request(
        &mut self,
        options: &RequestOptions,
        info: &PlatformInfo,
    ) -> Result<Prepared, ClientError> {
        let mut prepared = Prepared::default();
        let inputs = &options.extensions;
        if inputs.get("getCredBlob") == Some(&Json::Bool(true)) && info.extension("credBlob") {
            prepared.inputs.push(("credBlob", Value::Bool(true)));
        }
        if let Some(blob) = inputs.get("largeBlob") {
            prepared.large_blob = Some(large_blob(blob, options)?);
            if info.large_blobs() {
                prepared.inputs.push(("largeBlobKey", Value::Bool(true)));
            }
        }
        if let Some(prf) = inputs.get("prf") {
            let by_credential = prf.get("evalByCredential").filter(|one| !one.is_null());
            if by_credential.is_some() && options.allow.is_empty() {
                return Err(ClientError::not_supported(
                    "evalByCredential needs allowCredentials",
                ));
            }
            // With one credential the values that are meant for it win.
            let own = by_credential.and_then(Json::as_object).and_then(|map| {
                map.iter().find_map(|(id, values)| {
                    let id = bytes::decode(id, true)?;
                    (options.allow.as_slice() == [id]).then_some(values)
                })
            });
            let values = own.or_else(|| prf.get("eval"));
            let salts = values.map(salts).transpose()?.flatten();
            if let Some(salts) = salts.filter(|_| info.extension("hmac-secret")) {
                self.encrypt_salts(&salts, "hmac-secret", info, &mut prepared)?;
            }
        }
        Ok(prepared)
    }

    fn encrypt_salts(
        &mut self,
        salts: &[u8],
        extension: &'static str,
        info: &PlatformInfo,
        prepared: &mut Prepared,
    ) -> Result<(), ClientError> {
        let protocol = Self::protocol(info);
        let (ours, shared) = self.agree(protocol)?;
        let salt_enc = shared.encrypt(salts, self.env);
        let salt_auth = shared.authenticate(&salt_enc);
        let input = Value::map([
            (1_i64, ours),
            (2, Value::from(salt_enc)),
            (3, Value::from(salt_auth)),
            (4, Value::from(protocol.number())),
        ]);
        prepared.inputs.push((extension, input));
        prepared.secret = Some(shared);
        Ok(())
    }
}

/// `clientExtensionResults` of a registration.
pub(super) fn creation_results(
    options: &CreationOptions,
    outputs: Option<&Value>,
    prepared: &Prepared,
    (discoverable, large_blob): (bool, bool),
) -> Json {
    let mut results = Map::new();
    let output = |name: &str| outputs.and_then(|outputs| outputs.get(name));
    let inputs = &options.extensions;
    let hmac = output("hmac-secret") == Some(&Value::Bool(true));
    if inputs.get("credProps") == Some(&Json::Bool(true)) {
        results.insert("credProps".to_owned(), json!({ "rk": discoverable }));
    }
    if inputs.get("hmacCreateSecret") == Some(&Json::Bool(true)) {
        results.insert("hmacCreateSecret".to_owned(), Json::Bool(hmac));
    }
    if inputs.contains_key("prf") {
        let mut prf = json!({ "enabled": hmac });
        if let Some(evaluated) = evaluated(output("hmac-secret-mc"), prepared) {
            prf["results"] = evaluated;
        }
        results.insert("prf".to_owned(), prf);
    }
    if let Some(Value::Bool(stored)) = output("credBlob") {
        results.insert("credBlob".to_owned(), Json::Bool(*stored));
    }
    if inputs.contains_key("largeBlob") {
        results.insert("largeBlob".to_owned(), json!({ "supported": large_blob }));
    }
    Json::Object(results)
}

/// `clientExtensionResults` of a sign-in.
pub(super) fn request_results(
    options: &RequestOptions,
    outputs: Option<&Value>,
    prepared: &Prepared,
) -> Json {
    let mut results = Map::new();
    let output = |name: &str| outputs.and_then(|outputs| outputs.get(name));
    if options.extensions.contains_key("prf") {
        let mut prf = json!({});
        if let Some(evaluated) = evaluated(output("hmac-secret"), prepared) {
            prf["results"] = evaluated;
        }
        results.insert("prf".to_owned(), prf);
    }
    if let Some(Value::Bytes(blob)) = output("credBlob") {
        results.insert(
            "getCredBlob".to_owned(),
            Json::String(base64url::encode(blob)),
        );
    }
    Json::Object(results)
}

/// The decrypted outputs of one or two salts.
fn evaluated(output: Option<&Value>, prepared: &Prepared) -> Option<Json> {
    let secrets = prepared.secret.as_ref()?.decrypt(output?.as_bytes()?)?;
    let (first, second) = secrets.split_at_checked(32)?;
    let mut results = json!({ "first": base64url::encode(first) });
    if !second.is_empty() {
        results["second"] = Json::String(base64url::encode(second));
    }
    Some(results)
}
