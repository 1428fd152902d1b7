//! U2F messages, and both protocols on one key.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

use super::platform::*;
use crate::cbor::Value;
use crate::credential::rp_id_hash;
use crate::env::Gesture;
use crate::profile::Profile;
use crate::profile::persona;
use crate::store::Store;

const CHALLENGE: [u8; 32] = [7; 32];

fn old_key() -> Platform {
    let persona = persona::find("softkey-2.0").expect("a persona");
    Platform::attested(persona.profile.clone())
}

/// A message with lengths of two bytes, as they come over USB; the response without its status word, and that.
fn send(platform: &mut Platform, head: [u8; 4], data: &[u8]) -> (Vec<u8>, u16) {
    let length = u16::try_from(data.len()).expect("short");
    let message = [&head[..], &[0], &length.to_be_bytes()[..], data, &[0, 0]].concat();
    raw(platform, &message)
}

fn raw(platform: &mut Platform, message: &[u8]) -> (Vec<u8>, u16) {
    let mut response = platform.key.handle_u2f(message, &mut platform.env);
    let word = response.split_off(response.len() - 2);
    (response, u16::from_be_bytes([word[0], word[1]]))
}

struct Registration {
    point: Vec<u8>,
    handle: Vec<u8>,
}

fn register(platform: &mut Platform, application: &[u8; 32]) -> Registration {
    let (response, word) = send(platform, [0, 1, 0, 0], &[CHALLENGE, *application].concat());
    assert_eq!((word, response[0]), (0x9000, 5));
    let point = response[1..66].to_vec();
    let (handle, rest) = response[67..].split_at(usize::from(response[66]));
    // A certificate longer than 255 bytes says its length in two.
    assert_eq!(rest[..2], [0x30, 0x82]);
    let length = 4 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
    let (certificate, signature) = rest.split_at(length);
    let identity = platform.key.store.state().attestation().expect("attested");
    assert_eq!(certificate, identity.chain[0].0);
    let attestation = p256::SecretKey::from_slice(&identity.secret).expect("a scalar");
    let message = [&[0], &application[..], &CHALLENGE, handle, &point].concat();
    VerifyingKey::from(attestation.public_key())
        .verify(&message, &Signature::from_der(signature).expect("DER"))
        .expect("signed by the attestation key");
    Registration {
        point,
        handle: handle.to_vec(),
    }
}

fn authenticate(
    platform: &mut Platform,
    control: u8,
    application: &[u8; 32],
    handle: &[u8],
) -> (Vec<u8>, u16) {
    let length = u8::try_from(handle.len()).expect("short");
    let data = [&CHALLENGE, &application[..], &[length], handle].concat();
    send(platform, [0, 2, control, 0], &data)
}

/// Checks the signature and returns presence and counter.
fn verified(point: &[u8], application: &[u8; 32], response: &[u8]) -> (u8, u32) {
    let message = [&application[..], &response[..5], &CHALLENGE].concat();
    VerifyingKey::from_sec1_bytes(point)
        .expect("a point")
        .verify(&message, &Signature::from_der(&response[5..]).expect("DER"))
        .expect("signed by the credential");
    let counter = response[1..5].try_into().expect("four bytes");
    (response[0], u32::from_be_bytes(counter))
}

#[test]
fn a_registration_and_its_sign_ins_verify() {
    let mut platform = old_key();
    let application = rp_id_hash("example.com");
    let made = register(&mut platform, &application);
    let mut last = 0;
    for (control, presence) in [(3, 1), (8, 0), (3, 1)] {
        let (response, word) = authenticate(&mut platform, control, &application, &made.handle);
        assert_eq!(word, 0x9000);
        let (present, counter) = verified(&made.point, &application, &response);
        assert!(present == presence && counter > last);
        last = counter;
    }
}

#[test]
fn what_cannot_be_answered_has_a_status_word() {
    let mut platform = old_key();
    let application = rp_id_hash("example.com");
    let made = register(&mut platform, &application);
    let mut ask = |control: u8, application: &[u8; 32], handle: &[u8]| {
        authenticate(&mut platform, control, application, handle).1
    };
    assert_eq!(ask(7, &application, &made.handle), 0x6985, "it is known");
    assert_eq!(ask(7, &rp_id_hash("example.org"), &made.handle), 0x6a80);
    assert_eq!(ask(3, &application, &made.handle[1..]), 0x6a80);
    assert_eq!(ask(9, &application, &made.handle), 0x6a86);
    for (message, word) in [
        (&[][..], 0x6700),
        (&[0, 3, 0], 0x6700),
        (&[0, 3, 0, 0, 2, 1], 0x6700),
        (&[0, 3, 0, 0, 1, 9], 0x6700),
        (&[0, 1, 3, 0, 1, 9], 0x6700),
        (&[0, 2, 3, 0, 1, 9], 0x6700),
        (&[1, 3, 0, 0], 0x6e00),
        (&[0, 9, 0, 0], 0x6d00),
    ] {
        assert_eq!(raw(&mut platform, message), (vec![], word), "{message:?}");
    }
    for version in [&[0, 3, 0, 0][..], &[0, 3, 0, 0, 0], &[0, 3, 0, 0, 0, 0, 0]] {
        let answer = (b"U2F_V2".to_vec(), 0x9000);
        assert_eq!(raw(&mut platform, version), answer);
    }
    platform.env.gesture = Gesture::TimedOut;
    let untouched = authenticate(&mut platform, 3, &application, &made.handle);
    assert_eq!(untouched, (vec![], 0x6985));
}

#[test]
fn either_protocol_signs_with_what_the_other_has_made() {
    let mut platform = old_key();
    let application = rp_id_hash("example.com");
    let made = register(&mut platform, &application);
    let allow = Value::from(vec![descriptor(&made.handle)]);
    let response = platform
        .sign_in(&request("example.com", vec![(3, allow.clone())]))
        .expect("CTAP2 knows the key handle");
    let message = [auth_data(&response), HASH.to_vec()].concat();
    let signature = response
        .get(3_i64)
        .and_then(Value::as_bytes)
        .expect("bytes");
    VerifyingKey::from_sec1_bytes(&made.point)
        .expect("a point")
        .verify(&message, &Signature::from_der(signature).expect("DER"))
        .expect("signed by the same key");
    let excluded = platform.create(&creation("example.com", b"u", vec![(5, allow)]));
    assert_eq!(excluded, Err(crate::status::Status::CredentialExcluded));

    for others in [vec![], vec![discoverable()]] {
        let id = platform.register(&creation("example.com", b"u", others));
        let (response, word) = authenticate(&mut platform, 3, &application, &id);
        assert_eq!((word, response[0]), (0x9000, 1));
        assert_eq!(
            authenticate(&mut platform, 3, &rp_id_hash("else"), &id).1,
            0x6a80
        );
    }
    let protected = extensions([("credProtect", Value::from(3_u64))]);
    let id = platform.register(&creation("example.com", b"v", vec![(6, protected)]));
    assert_eq!(authenticate(&mut platform, 3, &application, &id).1, 0x6a80);
}

#[test]
fn without_a_certificate_or_while_users_are_always_verified_there_is_no_u2f() {
    let announces = |platform: &mut Platform| {
        let info = platform.info();
        let Some(Value::Array(versions)) = info.get(1_i64) else {
            panic!("{info:?}")
        };
        versions.contains(&Value::from("U2F_V2"))
    };
    let version = [0, 3, 0, 0];
    let mut bare = Platform::new();
    assert!(!announces(&mut bare));
    assert_eq!(raw(&mut bare, &version), (vec![], 0x6d00));
    let mut platform = Platform::attested(Profile::default());
    assert!(announces(&mut platform));
    platform.configure(None, 2, None).expect("alwaysUv");
    assert!(!announces(&mut platform));
    let (_, word) = send(&mut platform, [0, 1, 0, 0], &[[0; 32], [1; 32]].concat());
    assert_eq!(word, 0x6986);
}
