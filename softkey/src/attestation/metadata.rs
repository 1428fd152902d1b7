//! A metadata statement in the form of the FIDO Metadata Service, so that a relying party's policy can trust
//! or distrust the test authority.
//!
//! Source: FIDO Metadata Statements 3.1, section 4. Only what is known of a simulated model is stated; a
//! certification status never is.

use base64::Engine;
use serde_json::{Value as Json, json};

use super::authority::{Authority, AuthorityError};
use crate::cbor::{Fields, Value, read};
use crate::cose::Algorithm;
use crate::profile::{Attachment, AttestationMode, BuiltInUv, Profile, Version};

/// The statement about one profile. `get_info` is the body of the profile's getInfo response.
pub fn statement(
    profile: &Profile,
    authority: &Authority,
    get_info: &[u8],
) -> Result<Json, AuthorityError> {
    let root = base64::engine::general_purpose::STANDARD.encode(authority.root()?);
    let attestation = match profile.attestation {
        AttestationMode::Packed => "basic_full",
        AttestationMode::SelfSigned => "basic_surrogate",
        AttestationMode::None => "none",
    };
    let algorithms: Vec<&str> = profile.offered_algorithms().map(algorithm_name).collect();
    Ok(json!({
        "legalHeader": "A test statement by softkey. It does not come from the FIDO Alliance or a vendor.",
        "aaguid": profile.aaguid.to_string(),
        "description": format!("softkey simulating {}", profile.persona),
        "authenticatorVersion": profile.firmware_version,
        "protocolFamily": "fido2",
        "schema": 3,
        "upv": upv(profile),
        "authenticationAlgorithms": algorithms,
        "publicKeyAlgAndEncodings": ["cose"],
        "attestationTypes": [attestation],
        "userVerificationDetails": user_verification(profile),
        "keyProtection": ["software"],
        "matcherProtection": ["software"],
        "cryptoStrength": 128,
        "attachmentHint": match profile.attachment {
            Attachment::Platform => json!(["internal"]),
            Attachment::CrossPlatform => json!(["external", "wired"]),
        },
        "tcDisplay": [],
        "attestationRootCertificates": [root],
        "authenticatorGetInfo": get_info_json(get_info),
    }))
}

/// Protocol versions (section 3.6 of the same document). U2F is another family, and a preview is no version.
fn upv(profile: &Profile) -> Vec<Json> {
    let minor = |version: &Version| match version {
        Version::U2f | Version::Fido21Pre => None,
        Version::Fido20 => Some(0),
        Version::Fido21 => Some(1),
        Version::Fido22 => Some(2),
        Version::Fido23 => Some(3),
    };
    let minors = profile.versions.iter().filter_map(minor);
    minors
        .map(|minor| json!({ "major": 1, "minor": minor }))
        .collect()
}

/// The names of the FIDO Registry of Predefined Values, section 3.6.1.
fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 => "secp256r1_ecdsa_sha256_raw",
        Algorithm::Es384 => "secp384r1_ecdsa_sha384_raw",
        Algorithm::EdDsa => "ed25519_eddsa_sha512_raw",
        Algorithm::Rs256 => "rsassa_pkcsv15_sha256_raw",
    }
}

fn user_verification(profile: &Profile) -> Json {
    let method = |name: &str| json!([{ "userVerificationMethod": name }]);
    let mut ways = vec![method("presence_internal")];
    if profile.client_pin {
        ways.push(method("passcode_external"));
    }
    match profile.built_in_uv {
        BuiltInUv::None => {}
        BuiltInUv::Fingerprint => ways.push(method("fingerprint_internal")),
        BuiltInUv::AlwaysReady => ways.push(method("passcode_internal")),
    }
    Json::Array(ways)
}

/// getInfo in JSON, with the member names of section 4.
fn get_info_json(body: &[u8]) -> Json {
    let names = [
        (1_i64, "versions"),
        (2, "extensions"),
        (3, "aaguid"),
        (4, "options"),
        (5, "maxMsgSize"),
        (6, "pinUvAuthProtocols"),
        (7, "maxCredentialCountInList"),
        (8, "maxCredentialIdLength"),
        (9, "transports"),
        (0x0a, "algorithms"),
        (0x0b, "maxSerializedLargeBlobArray"),
        (0x0c, "forcePINChange"),
        (0x0d, "minPINLength"),
        (0x0e, "firmwareVersion"),
        (0x0f, "maxCredBlobLength"),
        (0x10, "maxRPIDsForSetMinPINLength"),
        (0x11, "preferredPlatformUvAttempts"),
        (0x12, "uvModality"),
        (0x13, "certifications"),
        (0x14, "remainingDiscoverableCredentials"),
        (0x16, "attestationFormats"),
        (0x1d, "maxPINLength"),
    ];
    let Ok(info) = read(body) else {
        return Json::Null;
    };
    let Ok(fields) = Fields::of(&info) else {
        return Json::Null;
    };
    let members = names.iter().filter_map(|(key, name)| {
        fields
            .value(*key)
            .map(|value| ((*name).to_owned(), to_json(value)))
    });
    Json::Object(members.collect())
}

/// CBOR as JSON; bytes in hexadecimal, as metadata statements have the AAGUID.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Unsigned(number) => json!(number),
        Value::Negative(_) => json!(value.as_integer()),
        Value::Bytes(bytes) => Json::String(crate::encoding::hex::encode(bytes)),
        Value::Text(text) => Json::String(text.clone()),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| {
                    let key = match key {
                        Value::Text(text) => text.clone(),
                        other => to_json(other).to_string(),
                    };
                    (key, to_json(value))
                })
                .collect(),
        ),
        Value::Bool(on) => Json::Bool(*on),
        Value::Null | Value::Simple(_) => Json::Null,
    }
}
