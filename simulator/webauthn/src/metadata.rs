//! Reading who is believed about models: statements and BLOBs of the FIDO Metadata Service.
//!
//! Source: FIDO Metadata Service 3.1 (the BLOB, its JWS and the status of entries), FIDO Metadata Statements 3.1.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// A model, and the roots that are believed about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Model {
    pub aaguid: Uuid,
    pub name: String,
    /// DER.
    pub roots: Vec<Vec<u8>>,
}

/// What was read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Metadata {
    pub models: Vec<Model>,
    /// Entries without a model or without roots: U2F and UAF keys, models that attest nothing.
    pub skipped: usize,
    /// Models whose status says that they are not to be trusted.
    pub revoked: Vec<Uuid>,
}

/// Why a text is no metadata.
#[derive(Debug, Error)]
pub enum MetadataError {
    #[error(
        "it is neither a metadata statement, nor a list of them, nor a BLOB (a JSON Web Token): {0}"
    )]
    Form(String),
    #[error("the signature of the BLOB does not hold: {0}")]
    Signature(&'static str),
    #[error("the statement of {model} has a root that is no certificate")]
    Root { model: Uuid },
}

/// Entries with one of these among their reports are not believed (FIDO Metadata Service, section 3.1.4).
const DISTRUSTED: [&str; 4] = [
    "REVOKED",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

/// Reads a metadata statement, a JSON array of statements, or a BLOB. The signature of a BLOB is held against the certificate
/// that it brings along; where that certificate comes from is for whoever has the file to know.
///
/// # Errors
/// If it is nothing of that, or does not hold.
pub fn read(text: &str) -> Result<Metadata, MetadataError> {
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        let value: Value =
            serde_json::from_str(text).map_err(|error| MetadataError::Form(error.to_string()))?;
        return match value {
            Value::Array(statements) => entries(&statements, |entry| entry),
            value => entries(&[value], |entry| entry),
        };
    }
    let payload = payload(text)?;
    let list = payload["entries"]
        .as_array()
        .ok_or_else(|| MetadataError::Form("it has no entries".to_owned()))?;
    entries(list, |entry| &entry["metadataStatement"])
}

fn entries(
    list: &[Value],
    statement: impl Fn(&Value) -> &Value,
) -> Result<Metadata, MetadataError> {
    let mut read = Metadata::default();
    for entry in list {
        let statement = statement(entry);
        let aaguid = [entry, statement].into_iter().find_map(|place| {
            let text = place["aaguid"].as_str()?;
            text.parse::<Uuid>().ok()
        });
        let roots = roots(statement);
        let (Some(aaguid), false) = (aaguid, roots.is_empty()) else {
            read.skipped += 1;
            continue;
        };
        let mut reports = entry["statusReports"].as_array().into_iter().flatten();
        if reports.any(|report| DISTRUSTED.iter().any(|word| report["status"] == *word)) {
            read.revoked.push(aaguid);
            continue;
        }
        let decoded: Option<Vec<Vec<u8>>> = roots.iter().map(|root| certificate(root)).collect();
        read.models.push(Model {
            aaguid,
            name: statement["description"]
                .as_str()
                .unwrap_or("no name")
                .to_owned(),
            roots: decoded.ok_or(MetadataError::Root { model: aaguid })?,
        });
    }
    if read.models.is_empty() && read.revoked.is_empty() {
        return Err(MetadataError::Form(
            "it names no model with a root (aaguid, attestationRootCertificates)".to_owned(),
        ));
    }
    Ok(read)
}

fn roots(statement: &Value) -> Vec<&str> {
    let roots = statement["attestationRootCertificates"].as_array();
    roots
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Some entries of the real BLOB are broken into lines.
fn certificate(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    let der = STANDARD.decode(text).ok()?;
    Certificate::from_der(&der).ok()?;
    Some(der)
}

/// The payload of a JWS whose signature holds.
fn payload(text: &str) -> Result<Value, MetadataError> {
    let form = |what: &str| MetadataError::Form(what.to_owned());
    let parts: Vec<&str> = text.split('.').collect();
    let [header, body, signature] = parts.as_slice() else {
        return Err(form("it has not three parts"));
    };
    let decode = |part: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| form("it is not base64url"))
    };
    let json = |part: &str| -> Result<Value, MetadataError> {
        serde_json::from_slice(&decode(part)?).map_err(|error| form(&error.to_string()))
    };
    let header_value = json(header)?;
    let algorithm: &'static dyn VerificationAlgorithm = match header_value["alg"].as_str() {
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        Some("ES256") => &ECDSA_P256_SHA256_FIXED,
        _ => {
            return Err(MetadataError::Signature(
                "its algorithm is neither RS256 nor ES256",
            ));
        }
    };
    let leaf = header_value["x5c"][0].as_str().unwrap_or_default();
    let leaf =
        certificate(leaf).ok_or(MetadataError::Signature("it brings no certificate (x5c)"))?;
    let leaf = Certificate::from_der(&leaf).map_err(|_| form("its certificate cannot be read"))?;
    let key = leaf
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key
        .raw_bytes();
    let signed = format!("{header}.{body}");
    UnparsedPublicKey::new(algorithm, key)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| MetadataError::Signature("it was changed, or signed with another key"))?;
    json(body)
}

#[cfg(test)]
mod tests;
