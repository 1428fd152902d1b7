use super::platform::*;
use crate::authenticator::{Channel, command};
use crate::cbor::Value;
use crate::env::Gesture;
use crate::pin_uv_auth::{Protocol, hmac_sha256};
use crate::profile::{CounterMode, Profile};
use crate::status::Status;
use std::time::Duration;

fn allow(ids: &[&[u8]]) -> (i64, Value) {
    (
        3,
        Value::from(ids.iter().map(|id| descriptor(id)).collect::<Vec<_>>()),
    )
}

#[test]
fn a_credential_that_is_not_stored_answers_when_it_is_named() {
    let mut platform = Platform::new();
    let id = platform.register(&creation("example.com", b"u", vec![]));
    let response = platform
        .sign_in(&request("example.com", vec![allow(&[&id])]))
        .expect("signed");
    assert_eq!(response.get(1_i64), Some(&descriptor(&id)));
    assert_eq!(flags(&response), 0x01);
    assert_eq!(
        response.get(4_i64),
        None,
        "no user handle without a discoverable credential"
    );
    assert_eq!(response.get(5_i64), None);
    assert_eq!(
        platform.sign_in(&request("example.com", vec![])),
        Err(Status::NoCredentials)
    );
    let elsewhere = request("example.org", vec![allow(&[&id])]);
    assert_eq!(platform.sign_in(&elsewhere), Err(Status::NoCredentials));
}

#[test]
fn an_empty_allow_list_is_as_good_as_none() {
    let mut platform = Platform::new();
    platform.register(&creation("example.com", b"u", vec![discoverable()]));
    assert!(platform.sign_in(&request("example.com", vec![])).is_ok());
    assert!(
        platform
            .sign_in(&request("example.com", vec![allow(&[])]))
            .is_ok()
    );
}

#[test]
fn an_empty_user_handle_is_left_out() {
    let mut platform = Platform::new();
    platform.register(&creation("example.com", b"", vec![discoverable()]));
    let response = platform
        .sign_in(&request("example.com", vec![]))
        .expect("an assertion");
    assert_eq!(response.get(4_i64), None);
}

#[test]
fn parameters_of_a_wrong_type_or_absent_are_told_apart() {
    let mut platform = Platform::new();
    let send =
        |platform: &mut Platform, entries: Vec<(i64, Value)>| platform.sign_in(&map(entries));
    let rp = (1, Value::from("example.com"));
    let hash = (2, Value::from(HASH));
    assert_eq!(
        send(&mut platform, vec![rp.clone()]),
        Err(Status::MissingParameter)
    );
    assert_eq!(
        send(&mut platform, vec![hash.clone()]),
        Err(Status::MissingParameter)
    );
    for wrong in [
        (1, Value::from(1_u64)),
        (2, Value::from("hash")),
        (3, Value::from(1_u64)),
        (3, Value::from(vec![text_map([("id", Value::from(1_u64))])])),
        (4, on()),
        (5, on()),
        (6, on()),
        (7, on()),
    ] {
        let mut entries = vec![rp.clone(), hash.clone()];
        entries.retain(|(key, _)| *key != wrong.0);
        entries.push(wrong);
        assert_eq!(
            send(&mut platform, entries),
            Err(Status::CborUnexpectedType)
        );
    }
    let short = vec![rp, (2, Value::from(&HASH[..31]))];
    assert_eq!(send(&mut platform, short), Err(Status::InvalidLength));
    let rk = request("example.com", vec![(5, text_map([("rk", on())]))]);
    assert_eq!(platform.sign_in(&rk), Err(Status::UnsupportedOption));
}

#[test]
fn a_silent_request_shows_no_presence_and_asks_nobody() {
    let mut platform = Platform::new();
    let id = platform.register(&creation("example.com", b"u", vec![]));
    let touches = platform.env.touches;
    let silent = (5, text_map([("up", Value::Bool(false))]));
    let response = platform
        .sign_in(&request("example.com", vec![allow(&[&id]), silent]))
        .expect("signed");
    assert_eq!(flags(&response), 0);
    assert_eq!(platform.env.touches, touches);
}

#[test]
fn several_accounts_are_offered_newest_first_on_one_channel_and_in_time() {
    let mut platform = Platform::new();
    for user in [b"a", b"b", b"c"] {
        platform.register(&creation("example.com", user, vec![discoverable()]));
    }
    let user_id = |response: &Value| response.get(4_i64).and_then(|user| user.get("id")).cloned();
    let begin = request("example.com", vec![]);
    let first = platform.sign_in(&begin).expect("signed");
    assert_eq!(first.get(5_i64), Some(&Value::from(3_u64)));
    assert_eq!(user_id(&first), Some(Value::from(&b"c"[..])));
    assert_eq!(
        first.get(4_i64).and_then(|user| user.get("name")),
        None,
        "nobody was verified"
    );
    let next = platform.next().expect("signed");
    assert_eq!(user_id(&next), Some(Value::from(&b"b"[..])));
    assert_eq!(next.get(5_i64), None);
    assert_eq!(
        user_id(&platform.next().expect("signed")),
        Some(Value::from(&b"a"[..]))
    );
    assert_eq!(platform.next(), Err(Status::NotAllowed));

    platform.sign_in(&begin).expect("signed");
    assert_eq!(
        platform.bytes(Channel(2), &[command::GET_NEXT_ASSERTION]),
        Err(Status::NotAllowed),
        "another channel"
    );
    platform.sign_in(&begin).expect("signed");
    platform.info();
    assert_eq!(
        platform.next(),
        Err(Status::NotAllowed),
        "another command came between"
    );
    platform.sign_in(&begin).expect("signed");
    platform.env.now += Duration::from_secs(31);
    assert_eq!(platform.next(), Err(Status::NotAllowed), "too late");
}

#[test]
fn account_names_are_shown_only_to_a_verified_user_who_must_choose() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let make = |platform: &mut Platform, user: &[u8]| {
        let token = platform
            .token("1234", 1, Some("example.com"))
            .expect("a token");
        let mut others = platform.proof(&token, &HASH, (8, 9));
        others.push(discoverable());
        platform.register(&creation("example.com", user, others));
    };
    let sign = |platform: &mut Platform| {
        let token = platform
            .token("1234", 2, Some("example.com"))
            .expect("a token");
        let proof = platform.proof(&token, &HASH, (6, 7));
        let response = platform
            .sign_in(&request("example.com", proof))
            .expect("signed");
        assert_eq!(flags(&response), 0x05);
        response
            .get(4_i64)
            .and_then(|user| user.get("name"))
            .cloned()
    };
    make(&mut platform, b"a");
    assert_eq!(sign(&mut platform), None, "there is only one");
    make(&mut platform, b"b");
    assert_eq!(sign(&mut platform), Some(Value::from("alice")));
    let next = platform.next().expect("signed");
    assert!(next.get(4_i64).and_then(|user| user.get("name")).is_some());
}

#[test]
fn protected_credentials_hide_from_whoever_does_not_verify() {
    let mut platform = Platform::new();
    let make = |platform: &mut Platform, level: u64| {
        let inputs = extensions([("credProtect", Value::from(level))]);
        let rp = format!("level{level}.example");
        let others = vec![discoverable(), (6, inputs)];
        platform.register(&creation(&rp, b"u", others))
    };
    let ids: Vec<Vec<u8>> = (1..=3).map(|level| make(&mut platform, level)).collect();
    platform.set_pin("1234").expect("set");
    for (level, id) in (1_i64..).zip(&ids) {
        let rp = format!("level{level}.example");
        let unnamed = platform.sign_in(&request(&rp, vec![])).is_ok();
        let named = platform.sign_in(&request(&rp, vec![allow(&[id])])).is_ok();
        assert_eq!((unnamed, named), (level == 1, level < 3), "level {level}");
        let token = platform.token("1234", 2, Some(&rp)).expect("a token");
        let proof = platform.proof(&token, &HASH, (6, 7));
        assert!(
            platform.sign_in(&request(&rp, proof)).is_ok(),
            "level {level}, verified"
        );
    }
    // Level 3 hides from an exclude list as well.
    let exclude = (5, Value::from(vec![descriptor(&ids[2])]));
    assert!(
        platform
            .create(&creation("level3.example", b"other", vec![exclude]))
            .is_ok()
    );
}

#[test]
fn hmac_secrets_differ_by_salt_by_credential_and_by_user_verification() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut platform = Platform::new();
        platform.protocol = protocol;
        let inputs = || extensions([("hmac-secret", on())]);
        let id = platform.register(&creation("example.com", b"u", vec![(6, inputs())]));
        let ask = |platform: &mut Platform, salts: &[u8], proof: Vec<(i64, Value)>| {
            let (ours, shared) = platform.agree();
            let salt_enc = shared.encrypt(salts, &mut platform.env);
            let input = map([
                (1, ours),
                (2, Value::from(salt_enc.as_slice())),
                (3, Value::from(shared.authenticate(&salt_enc))),
                (4, Value::from(protocol.number())),
            ]);
            let mut others = vec![allow(&[&id]), (4, extensions([("hmac-secret", input)]))];
            others.extend(proof);
            platform
                .sign_in(&request("example.com", others))
                .map(|response| {
                    let outputs = outputs(&response).expect("outputs");
                    let sealed = outputs
                        .get("hmac-secret")
                        .and_then(Value::as_bytes)
                        .expect("bytes");
                    shared.decrypt(sealed).expect("decrypts")
                })
        };
        let one = ask(&mut platform, &[1; 32], vec![]).expect("signed");
        let two = ask(&mut platform, &[[1; 32], [2; 32]].concat(), vec![]).expect("signed");
        assert_eq!((one.len(), two.len()), (32, 64));
        assert_eq!(one, two[..32]);
        assert_ne!(two[..32], two[32..]);
        let found = platform.key.find(&id, "example.com").expect("found");
        assert_eq!(one, hmac_sha256(&found.cred_random_without_uv, &[1; 32]));
        assert_eq!(
            ask(&mut platform, &[1; 48], vec![]),
            Err(Status::InvalidLength)
        );

        platform.set_pin("1234").expect("set");
        let token = platform
            .token("1234", 2, Some("example.com"))
            .expect("a token");
        let proof = platform.proof(&token, &HASH, (6, 7));
        let verified = ask(&mut platform, &[1; 32], proof).expect("signed");
        assert_eq!(verified, hmac_sha256(&found.cred_random_with_uv, &[1; 32]));
        assert_ne!(verified, one);
    }
}

#[test]
fn hmac_secret_is_refused_without_a_touch_and_with_a_wrong_proof() {
    let mut platform = Platform::new();
    let id = platform.register(&creation("example.com", b"u", vec![]));
    let (ours, shared) = platform.agree();
    let salt_enc = shared.encrypt(&[1; 32], &mut platform.env);
    let input = |auth: Vec<u8>| {
        map([
            (1, ours.clone()),
            (2, Value::from(salt_enc.as_slice())),
            (3, Value::from(auth)),
            (4, Value::from(2_u64)),
        ])
    };
    let ask = |input: Value, up: bool| {
        let options = text_map([("up", Value::Bool(up))]);
        request(
            "example.com",
            vec![
                allow(&[&id]),
                (4, extensions([("hmac-secret", input)])),
                (5, options),
            ],
        )
    };
    let right = shared.authenticate(&salt_enc);
    assert_eq!(
        platform.sign_in(&ask(input(right.clone()), false)),
        Err(Status::UnsupportedOption)
    );
    assert_eq!(
        platform.sign_in(&ask(input(vec![0; 32]), true)),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(
        platform.sign_in(&ask(input(right[..16].to_vec()), true)),
        Err(Status::InvalidLength)
    );
    assert_eq!(
        platform.sign_in(&ask(map([]), true)),
        Err(Status::MissingParameter)
    );
    assert_eq!(
        platform.sign_in(&ask(on(), true)),
        Err(Status::CborUnexpectedType)
    );
    assert!(platform.sign_in(&ask(input(right), true)).is_ok());
}

#[test]
fn a_secret_can_be_had_at_registration_and_is_the_one_of_later() {
    let mut platform = Platform::new();
    let (ours, shared) = platform.agree();
    let salt_enc = shared.encrypt(&[1; 32], &mut platform.env);
    let input = map([
        (1, ours),
        (2, Value::from(salt_enc.as_slice())),
        (3, Value::from(shared.authenticate(&salt_enc))),
        (4, Value::from(2_u64)),
    ]);
    let alone = extensions([("hmac-secret-mc", input.clone())]);
    let parameters = creation("example.com", b"u", vec![(6, alone)]);
    assert_eq!(platform.create(&parameters), Err(Status::MissingParameter));
    let both = extensions([("hmac-secret", on()), ("hmac-secret-mc", input)]);
    // Those that are stored, and those that are sealed into their ids.
    for others in [vec![discoverable()], vec![]] {
        let others = [vec![(6, both.clone())], others].concat();
        let response = platform
            .create(&creation("example.com", b"u", others))
            .expect("made");
        let outputs = outputs(&response).expect("outputs");
        let sealed = outputs
            .get("hmac-secret-mc")
            .and_then(Value::as_bytes)
            .expect("bytes");
        let secret = shared.decrypt(sealed).expect("decrypts");
        let id = credential_id(&auth_data(&response));
        let found = platform.key.find(&id, "example.com").expect("found");
        assert_eq!(secret, hmac_sha256(&found.cred_random_without_uv, &[1; 32]));
    }
}

#[test]
fn blobs_and_large_blob_keys_come_back() {
    let mut platform = Platform::new();
    let inputs = extensions([
        ("credBlob", Value::from(&b"blob"[..])),
        ("largeBlobKey", on()),
    ]);
    let made = platform
        .create(&creation(
            "example.com",
            b"u",
            vec![(6, inputs), discoverable()],
        ))
        .expect("made");
    let ask = extensions([("credBlob", on()), ("largeBlobKey", on())]);
    let response = platform
        .sign_in(&request("example.com", vec![(4, ask)]))
        .expect("signed");
    assert_eq!(
        outputs(&response),
        Some(text_map([("credBlob", Value::from(&b"blob"[..]))]))
    );
    assert_eq!(response.get(7_i64), made.get(5_i64));
    let plain = platform
        .sign_in(&request("example.com", vec![]))
        .expect("signed");
    assert_eq!((outputs(&plain), plain.get(7_i64)), (None, None));
    let off = extensions([("largeBlobKey", Value::Bool(false))]);
    assert_eq!(
        platform.sign_in(&request("example.com", vec![(4, off)])),
        Err(Status::InvalidOption)
    );
}

#[test]
fn counters_follow_the_profile() {
    for (mode, expected) in [
        (CounterMode::Zero, [0, 0, 0, 0]),
        (CounterMode::Global, [1, 2, 3, 4]),
        (CounterMode::PerCredential, [1, 1, 2, 2]),
    ] {
        let mut platform = Platform::with(Profile {
            counter: mode,
            ..Profile::default()
        });
        let made = |platform: &mut Platform, rp: &str| {
            counter(
                &platform
                    .create(&creation(rp, b"u", vec![discoverable()]))
                    .expect("made"),
            )
        };
        let signed = |platform: &mut Platform, rp: &str| {
            counter(&platform.sign_in(&request(rp, vec![])).expect("signed"))
        };
        let seen = [
            made(&mut platform, "a.example"),
            made(&mut platform, "b.example"),
            signed(&mut platform, "a.example"),
            signed(&mut platform, "b.example"),
        ];
        assert_eq!(seen, expected, "{mode:?}");
    }
}

#[test]
fn every_defect_shows_where_a_relying_party_looks() {
    let mut platform = Platform::new();
    let id = platform.register(&creation("example.com", b"u", vec![]));
    let sign = |platform: &mut Platform, defect: &str| {
        platform.key.profile_mut().defects.set(defect, true);
        let response = platform.sign_in(&request("example.com", vec![allow(&[&id])]));
        platform.key.profile_mut().defects.set(defect, false);
        response.expect("signed")
    };
    let good = sign(&mut platform, "none");
    assert_ne!(
        auth_data(&sign(&mut platform, "wrong_rp_id_hash"))[..32],
        auth_data(&good)[..32]
    );
    assert_eq!(flags(&sign(&mut platform, "false_user_verification")), 0x05);
    assert_eq!(flags(&sign(&mut platform, "hide_user_presence")), 0x00);
    assert_eq!(flags(&sign(&mut platform, "flip_backup_flags")), 0x19);
    let before = counter(&sign(&mut platform, "none"));
    assert_eq!(counter(&sign(&mut platform, "stale_counter")), before);
}

#[test]
fn a_denied_touch_gives_no_assertion_and_no_counter() {
    let mut platform = Platform::new();
    platform.register(&creation("example.com", b"u", vec![discoverable()]));
    platform.env.gesture = Gesture::Denied;
    assert_eq!(
        platform.sign_in(&request("example.com", vec![])),
        Err(Status::OperationDenied)
    );
    platform.env.gesture = Gesture::Approved;
    let response = platform
        .sign_in(&request("example.com", vec![]))
        .expect("signed");
    assert_eq!(counter(&response), 2);
}
