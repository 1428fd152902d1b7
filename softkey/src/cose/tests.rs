use super::{Algorithm, KeyMaterial, PrivateKey};
use crate::cbor::Value;
use crate::env::SeededEnv;
use coset::CborSerializable;

fn hex(text: &str) -> Vec<u8> {
    crate::encoding::hex::decode(text).expect("hex")
}

const PORTABLE: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];

#[test]
fn coset_reads_every_public_key_as_what_it_is() {
    for algorithm in PORTABLE {
        let key = PrivateKey::generate(algorithm, &mut SeededEnv::new(1)).expect("a key");
        let parsed = coset::CoseKey::from_slice(&key.public_cose().to_bytes()).expect("a COSE key");
        let expected = coset::Algorithm::Assigned(match algorithm {
            Algorithm::Es256 => coset::iana::Algorithm::ES256,
            Algorithm::Es384 => coset::iana::Algorithm::ES384,
            _ => coset::iana::Algorithm::EdDSA,
        });
        assert_eq!(parsed.alg, Some(expected));
        assert_eq!(
            parsed.to_vec().expect("bytes").len(),
            key.public_cose().to_bytes().len()
        );
    }
}

#[test]
fn a_key_survives_pkcs8_and_its_own_form() {
    for algorithm in PORTABLE {
        let key = PrivateKey::generate(algorithm, &mut SeededEnv::new(2)).expect("a key");
        let again = PrivateKey::from_pkcs8(&key.to_pkcs8().expect("DER")).expect("a key");
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(again.to_secret(), key.to_secret());
        let kept = KeyMaterial::new(algorithm, &key.to_secret()).expect("a key");
        assert_eq!(kept.key().expect("parsed").public_cose(), key.public_cose());
    }
}

#[cfg(not(feature = "aws-lc"))]
#[test]
fn rfc_6979_appendix_a_2_5_sample_with_sha_256() {
    let key = PrivateKey::from_secret(
        Algorithm::Es256,
        &hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
    )
    .expect("the key of RFC 6979");
    let signature = p256::ecdsa::Signature::from_der(&key.sign(b"sample").expect("signed"))
        .expect("DER")
        .to_bytes();
    assert_eq!(
        signature.as_slice(),
        hex(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        )
    );
}

#[test]
fn rfc_8032_section_7_1_test_2() {
    let key = PrivateKey::from_secret(
        Algorithm::EdDsa,
        &hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
    )
    .expect("the key of RFC 8032");
    assert_eq!(
        key.sign(&[0x72]).expect("signed"),
        hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
    );
    assert_eq!(
        key.public_cose().get(-2_i64).and_then(Value::as_bytes),
        Some(hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").as_slice())
    );
}

#[test]
fn without_the_feature_rs256_is_refused_by_name() {
    if Algorithm::Rs256.available() {
        let key = PrivateKey::generate(Algorithm::Rs256, &mut SeededEnv::new(3)).expect("a key");
        assert_eq!(key.sign(b"message").expect("signed").len(), 256);
        assert_eq!(
            key.public_cose().get(-2_i64),
            Some(&Value::from([1_u8, 0, 1]))
        );
    } else {
        let error =
            PrivateKey::generate(Algorithm::Rs256, &mut SeededEnv::new(3)).expect_err("no RSA");
        assert!(error.to_string().contains("--features aws-lc"), "{error}");
    }
}
