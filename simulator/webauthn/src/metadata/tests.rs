//! A BLOB is made here as the FIDO Metadata Service makes it, with a key of the test's own.

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::json;

use super::*;

const YUBIKEY: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const LOST: &str = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";

fn root() -> (KeyPair, Vec<u8>) {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = CertificateParams::new(vec!["mds.example".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let der = certificate.der().to_vec();
    (key, der)
}

fn blob(key: &KeyPair, leaf: &[u8], payload: &Value) -> String {
    let header = json!({"alg": "ES256", "typ": "JWT", "x5c": [STANDARD.encode(leaf)]});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(payload));
    let random = SystemRandom::new();
    let signer = EcdsaKeyPair::from_pkcs8(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &key.serialize_der(),
        &random,
    )
    .unwrap();
    let signature = signer.sign(&random, signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_blob_is_believed_if_its_signature_holds() {
    let (key, leaf) = root();
    let certificate = STANDARD.encode(&leaf);
    let (first, second) = certificate.split_at(60);
    let payload = json!({"no": 7, "nextUpdate": "2026-12-01", "entries": [
        {"aaguid": YUBIKEY, "statusReports": [{"status": "FIDO_CERTIFIED_L1"}],
         "metadataStatement": {"description": "YubiKey 5", "attestationRootCertificates": [format!("{first}\n{second}")]}},
        {"aaguid": LOST, "statusReports": [{"status": "FIDO_CERTIFIED"}, {"status": "REVOKED"}],
         "metadataStatement": {"description": "Lost", "attestationRootCertificates": [certificate]}},
        {"attestationCertificateKeyIdentifiers": ["00"], "metadataStatement": {"description": "U2F"}},
    ]});
    let text = blob(&key, &leaf, &payload);
    let made = read(&text).unwrap();
    assert_eq!(made.models.len(), 1);
    assert_eq!(made.models[0].name, "YubiKey 5");
    assert_eq!(made.models[0].roots, [&*leaf]);
    assert_eq!(made.revoked, [LOST.parse::<Uuid>().unwrap()]);
    assert_eq!(made.skipped, 1);
    // One letter of the payload is another.
    let parts: Vec<&str> = text.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(payload.to_string().replace("YubiKey 5", "YubiKey 6"));
    let changed = format!("{}.{other}.{}", parts[0], parts[2]);
    assert!(matches!(read(&changed), Err(MetadataError::Signature(_))));
    let (stranger, _) = root();
    let forged = blob(&stranger, &leaf, &payload);
    assert!(matches!(read(&forged), Err(MetadataError::Signature(_))));
}

#[test]
fn what_is_no_metadata_says_so() {
    for text in [
        "",
        "{}",
        "[]",
        "a.b",
        "a.b.c",
        "{\"aaguid\":",
        "e30.e30.e30",
        r#"{"aaguid": "ee882879-721c-4913-9775-3dfcce97072a", "attestationRootCertificates": []}"#,
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    let bad = json!({"aaguid": YUBIKEY, "attestationRootCertificates": ["AAAA"]}).to_string();
    assert!(matches!(read(&bad), Err(MetadataError::Root { .. })));
}
