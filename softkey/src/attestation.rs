//! Attestation statements: `packed` with a chain of the test authority, `packed` by the credential itself,
//! or `none`.
//!
//! Source: WebAuthn Level 3, sections 8.2 and 8.7.

use crate::cbor::Value;
use crate::cose::{Algorithm, KeyError, PrivateKey};
use crate::profile::{AttestationMode, Defects};
use crate::store::{AttestationIdentity, Certificate};

pub mod authority;
pub mod metadata;

/// What is attested, and how.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The kind of attestation.
    pub mode: AttestationMode,
    /// Whether the enterprise certificate, with its serial number, is used.
    pub enterprise: bool,
    /// The key and chains of the authority; without them a packed statement is a self attestation.
    pub identity: Option<&'a AttestationIdentity>,
    /// The credential's key.
    pub key: &'a PrivateKey,
    /// The authenticator data.
    pub auth_data: &'a [u8],
    /// The hash of the client data.
    pub client_data_hash: &'a [u8; 32],
    /// Which chain a defect demands.
    pub defects: &'a Defects,
}

/// The format and the statement.
pub fn statement(subject: &Subject<'_>) -> Result<(&'static str, Value), KeyError> {
    let message = [subject.auth_data, subject.client_data_hash].concat();
    match (subject.mode, subject.identity) {
        (AttestationMode::None, _) => Ok(("none", Value::Map(Vec::new()))),
        (AttestationMode::Packed, Some(identity)) => {
            let key = PrivateKey::from_secret(Algorithm::Es256, &identity.secret)?;
            let chain = chain(identity, subject.enterprise, subject.defects);
            let chain: Vec<Value> = chain
                .iter()
                .map(|one| Value::from(one.0.as_slice()))
                .collect();
            let statement = packed(key.algorithm(), key.sign(&message)?, Some(chain));
            Ok(("packed", corrupted(statement, subject.defects)))
        }
        (AttestationMode::Packed | AttestationMode::SelfSigned, _) => {
            let statement = packed(subject.key.algorithm(), subject.key.sign(&message)?, None);
            Ok(("packed", corrupted(statement, subject.defects)))
        }
    }
}

fn packed(algorithm: Algorithm, signature: Vec<u8>, chain: Option<Vec<Value>>) -> Value {
    Value::map_of([
        Some(("alg", Value::from(algorithm.id()))),
        Some(("sig", Value::from(signature))),
        chain.map(|chain| ("x5c", Value::from(chain))),
    ])
}

/// The chain for the kind of attestation; the first defect that concerns chains wins.
pub(crate) fn chain<'a>(
    identity: &'a AttestationIdentity,
    enterprise: bool,
    defects: &Defects,
) -> &'a [Certificate] {
    let chains = &identity.defective;
    match chains {
        Some(chains) if defects.broken_chain => &chains.stranger,
        Some(chains) if defects.expired_leaf => &chains.expired,
        Some(chains) if defects.wrong_certificate_aaguid => &chains.wrong_aaguid,
        _ if enterprise && !identity.enterprise_chain.is_empty() => &identity.enterprise_chain,
        _ => &identity.chain,
    }
}

fn corrupted(mut statement: Value, defects: &Defects) -> Value {
    if defects.corrupt_signature
        && let Value::Map(entries) = &mut statement
    {
        for (name, value) in entries {
            if let (Some("sig"), Value::Bytes(signature)) = (name.as_text(), value)
                && let Some(last) = signature.last_mut()
            {
                *last ^= 1;
            }
        }
    }
    statement
}
