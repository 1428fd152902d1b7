use super::platform::*;
use crate::authenticator::command;
use crate::cbor::Value;
use crate::env::Gesture;
use crate::profile::{AttestationMode, Profile};
use crate::status::Status;
use crate::store::Store;
use p256::ecdsa::signature::Verifier;

#[test]
fn a_registration_carries_what_the_standard_says_and_verifies() {
    let mut platform = Platform::with(Profile {
        attestation: AttestationMode::SelfSigned,
        ..Profile::default()
    });
    let response = platform
        .create(&creation("example.com", b"u", vec![]))
        .expect("registered");
    assert_eq!(response.get(1_i64), Some(&Value::from("packed")));
    let data = auth_data(&response);
    assert_eq!(data[..32], crate::credential::rp_id_hash("example.com"));
    assert_eq!(flags(&response), 0x41, "UP and AT, and nothing else");
    assert_eq!(data[37..53], platform.key.profile().aaguid.0);
    let statement = response.get(3_i64).expect("a statement");
    assert_eq!(statement.get("alg"), Some(&Value::from(-7_i64)));
    assert_eq!(statement.get("x5c"), None);
    let id = credential_id(&data);
    let (public, _) = crate::cbor::read_prefix(&data[55 + id.len()..]).expect("a COSE key");
    let coordinate = |key: i64| {
        public
            .get(key)
            .and_then(Value::as_bytes)
            .expect("bytes")
            .to_vec()
    };
    let point = [vec![4], coordinate(-2), coordinate(-3)].concat();
    let verifier = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).expect("a point");
    let signature = statement
        .get("sig")
        .and_then(Value::as_bytes)
        .expect("bytes");
    let signature = p256::ecdsa::Signature::from_der(signature).expect("DER");
    verifier
        .verify(&[data.as_slice(), &HASH].concat(), &signature)
        .expect("verifies");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let mut platform = Platform::new();
        let parameters = creation("example.com", b"u", vec![discoverable()]);
        (
            platform.create(&parameters),
            platform.sign_in(&request("example.com", vec![])),
        )
    };
    if !cfg!(feature = "aws-lc") {
        assert_eq!(run(), run());
    }
}

#[test]
fn missing_and_mistyped_parameters_are_told_apart() {
    let mut platform = Platform::new();
    for key in 1..=4_i64 {
        let whole = creation("example.com", b"u", vec![]);
        let Value::Map(entries) = &whole else {
            panic!("a map")
        };
        let without = entries
            .iter()
            .filter(|(name, _)| *name != Value::from(key))
            .cloned();
        assert_eq!(
            platform.create(&Value::Map(without.collect())),
            Err(Status::MissingParameter)
        );
        let wrong = creation("example.com", b"u", vec![(key, Value::from(1_u64))]);
        assert_eq!(
            platform.create(&wrong),
            Err(Status::CborUnexpectedType),
            "{key}"
        );
    }
    for (key, wrong) in [
        (5, Value::from(1_u64)),
        (5, Value::from(vec![Value::from("id")])),
        (6, Value::from(1_u64)),
        (7, Value::from(1_u64)),
        (7, text_map([("rk", Value::from(1_u64))])),
        (8, Value::from(1_u64)),
        (9, Value::from("two")),
        (10, Value::from("one")),
        (2, text_map([("id", Value::from(1_u64))])),
        (
            2,
            text_map([("id", Value::from("a")), ("name", Value::from(1_u64))]),
        ),
        (3, text_map([("id", Value::from("a"))])),
        (
            4,
            Value::from(vec![text_map([
                ("alg", Value::from("-7")),
                ("type", Value::from("public-key")),
            ])]),
        ),
    ] {
        let parameters = creation("example.com", b"u", vec![(key, wrong)]);
        assert_eq!(
            platform.create(&parameters),
            Err(Status::CborUnexpectedType),
            "{key}"
        );
    }
    for (key, wrong) in [
        (2, text_map([("name", Value::from("a"))])),
        (3, text_map([("name", Value::from("a"))])),
        (
            4,
            Value::from(vec![text_map([("alg", Value::from(-7_i64))])]),
        ),
        (
            5,
            Value::from(vec![text_map([("id", Value::from(&b"a"[..]))])]),
        ),
    ] {
        let parameters = creation("example.com", b"u", vec![(key, wrong)]);
        assert_eq!(
            platform.create(&parameters),
            Err(Status::MissingParameter),
            "{key}"
        );
    }
}

#[test]
fn bytes_that_are_not_canonical_and_messages_that_are_too_long_are_refused() {
    let mut platform = Platform::new();
    assert_eq!(platform.bytes(CHANNEL, &[]), Err(Status::InvalidLength));
    assert_eq!(
        platform.bytes(CHANNEL, &[0x01, 0xbf, 0xff]),
        Err(Status::InvalidCbor)
    );
    assert_eq!(
        platform.bytes(CHANNEL, &[0x01, 0x80]),
        Err(Status::CborUnexpectedType)
    );
    assert_eq!(
        platform.bytes(CHANNEL, &[0x3f]),
        Err(Status::InvalidCommand)
    );
    let mut trailing = vec![0x01];
    trailing.extend(creation("a", b"u", vec![]).to_bytes());
    trailing.push(0);
    assert_eq!(platform.bytes(CHANNEL, &trailing), Err(Status::InvalidCbor));
    assert_eq!(
        platform.bytes(CHANNEL, &vec![1; 7610]),
        Err(Status::RequestTooLarge)
    );
}

#[test]
fn the_first_offered_algorithm_wins_and_a_malformed_entry_anywhere_is_an_error() {
    let mut platform = Platform::new();
    let mut alg = |list: Value| {
        platform
            .create(&creation("example.com", b"u", vec![(4, list)]))
            .map(|response| {
                let data = auth_data(&response);
                let rest = data[55 + credential_id(&data).len()..].to_vec();
                crate::cbor::read_prefix(&rest)
                    .expect("a key")
                    .0
                    .get(3_i64)
                    .cloned()
            })
    };
    assert_eq!(
        alg(algorithms(&[-65535, -35, -7])),
        Ok(Some(Value::from(-35_i64)))
    );
    assert_eq!(alg(algorithms(&[-8, -7])), Ok(Some(Value::from(-8_i64))));
    assert_eq!(
        alg(algorithms(&[-65535])),
        Err(Status::UnsupportedAlgorithm)
    );
    assert_eq!(
        alg(Value::Array(Vec::new())),
        Err(Status::UnsupportedAlgorithm)
    );
    let Value::Array(mut list) = algorithms(&[-7]) else {
        panic!("an array")
    };
    list.push(text_map([("type", Value::from("public-key"))]));
    assert_eq!(alg(Value::from(list)), Err(Status::MissingParameter));
    let other = text_map([("alg", Value::from(-7_i64)), ("type", Value::from("other"))]);
    assert_eq!(
        alg(Value::from(vec![other])),
        Err(Status::UnsupportedAlgorithm)
    );
}

#[test]
fn options_are_refused_as_the_standard_says() {
    let mut platform = Platform::new();
    let mut with = |name: &str, value: bool| {
        let options = text_map([(name, Value::Bool(value))]);
        platform
            .create(&creation("example.com", b"u", vec![(7, options)]))
            .map(|_| ())
    };
    assert_eq!(with("up", false), Err(Status::InvalidOption));
    assert_eq!(with("up", true), Ok(()));
    assert_eq!(
        with("uv", true),
        Err(Status::InvalidOption),
        "no built-in verification"
    );
    assert_eq!(with("uv", false), Ok(()));
    assert_eq!(with("unknown", true), Ok(()));
}

#[test]
fn an_excluded_credential_is_admitted_to_only_after_a_touch() {
    let mut platform = Platform::new();
    let first = platform.register(&creation("example.com", b"u", vec![]));
    let exclude = |rp_id: &str| {
        creation(
            rp_id,
            b"u",
            vec![(
                5,
                Value::from(vec![descriptor(&[0; 4]), descriptor(&first)]),
            )],
        )
    };
    let touches = platform.env.touches;
    assert_eq!(
        platform.create(&exclude("example.com")),
        Err(Status::CredentialExcluded)
    );
    assert_eq!(platform.env.touches, touches + 1);
    assert!(
        platform.create(&exclude("example.org")).is_ok(),
        "bound to another relying party"
    );
    let many = Value::from(vec![descriptor(&[0; 4]); 17]);
    let parameters = creation("example.com", b"u", vec![(5, many)]);
    assert_eq!(platform.create(&parameters), Err(Status::LimitExceeded));
    platform.env.gesture = Gesture::Denied;
    assert_eq!(
        platform.create(&exclude("example.com")),
        Err(Status::CredentialExcluded)
    );
    platform.env.gesture = Gesture::Cancelled;
    assert_eq!(
        platform.create(&exclude("example.com")),
        Err(Status::KeepaliveCancel)
    );
}

#[test]
fn a_user_who_does_not_agree_gets_no_credential() {
    let mut platform = Platform::new();
    for (gesture, status) in [
        (Gesture::Denied, Status::OperationDenied),
        (Gesture::TimedOut, Status::UserActionTimeout),
        (Gesture::Cancelled, Status::KeepaliveCancel),
    ] {
        platform.env.gesture = gesture;
        let parameters = creation("example.com", b"u", vec![discoverable()]);
        assert_eq!(platform.create(&parameters), Err(status));
    }
    assert_eq!(platform.key.store.state().discoverable_count(), 0);
}

#[test]
fn a_second_credential_for_the_same_account_replaces_the_first() {
    let mut platform = Platform::new();
    let first = platform.register(&creation("example.com", b"u", vec![discoverable()]));
    let second = platform.register(&creation("example.com", b"u", vec![discoverable()]));
    assert_ne!(first, second);
    assert_eq!(platform.key.store.state().discoverable_count(), 1);
    platform.register(&creation("example.com", b"v", vec![discoverable()]));
    platform.register(&creation("example.org", b"u", vec![discoverable()]));
    assert_eq!(platform.key.store.state().discoverable_count(), 3);
}

#[test]
fn a_full_key_store_says_so_and_still_takes_a_replacement() {
    let mut platform = Platform::with(Profile {
        max_discoverable: 1,
        ..Profile::default()
    });
    platform.register(&creation("example.com", b"u", vec![discoverable()]));
    let other = creation("example.com", b"v", vec![discoverable()]);
    assert_eq!(platform.create(&other), Err(Status::KeyStoreFull));
    platform.register(&creation("example.com", b"u", vec![discoverable()]));
    platform.register(&creation("example.com", b"v", vec![]));
}

#[test]
fn extension_outputs_answer_what_was_asked_and_nothing_else() {
    let mut platform = Platform::new();
    let mut with = |rk: bool, inputs: Value| {
        let mut others = vec![(6, inputs)];
        others.extend(rk.then(discoverable));
        platform
            .create(&creation("example.com", b"u", others))
            .map(|response| (outputs(&response), response.get(5_i64).is_some()))
    };
    assert_eq!(
        with(false, extensions([("unknown", on())])),
        Ok((None, false))
    );
    assert_eq!(
        with(
            true,
            extensions([("credProtect", Value::from(2_u64)), ("hmac-secret", on())])
        ),
        Ok((
            Some(text_map([
                ("credProtect", Value::from(2_u64)),
                ("hmac-secret", on())
            ])),
            false
        ))
    );
    let level = |level: u64| extensions([("credProtect", Value::from(level))]);
    assert_eq!(with(false, level(0)), Err(Status::InvalidOption));
    assert_eq!(with(false, level(4)), Err(Status::InvalidOption));
    assert_eq!(
        with(false, extensions([("credProtect", on())])),
        Err(Status::CborUnexpectedType)
    );
    let blob = |length: usize| extensions([("credBlob", Value::from(vec![1; length]))]);
    let stored = |stored: bool| Ok((Some(text_map([("credBlob", Value::Bool(stored))])), false));
    assert_eq!(with(true, blob(32)), stored(true));
    assert_eq!(with(true, blob(33)), stored(false));
    assert_eq!(with(false, blob(32)), stored(true));
    assert_eq!(with(false, blob(33)), stored(false));
    assert_eq!(
        with(true, extensions([("largeBlobKey", on())])),
        Ok((None, true))
    );
    assert_eq!(
        with(false, extensions([("largeBlobKey", on())])),
        Err(Status::InvalidOption)
    );
    let off = extensions([("largeBlobKey", Value::Bool(false))]);
    assert_eq!(with(true, off), Err(Status::InvalidOption));
    assert_eq!(
        with(true, extensions([("minPinLength", on())])),
        Ok((None, false)),
        "not on the list"
    );
}

#[test]
fn the_minimum_pin_length_is_told_to_relying_parties_on_the_list() {
    let mut platform = Platform::with(Profile {
        min_pin_length_rp_ids: vec!["example.com".to_owned()],
        ..Profile::default()
    });
    let inputs = extensions([("minPinLength", on()), ("pinComplexityPolicy", on())]);
    let response = platform
        .create(&creation("example.com", b"u", vec![(6, inputs)]))
        .expect("made");
    let expected = text_map([
        ("minPinLength", Value::from(4_u64)),
        ("pinComplexityPolicy", Value::Bool(false)),
    ]);
    assert_eq!(
        outputs(&response).map(|value| value.to_bytes()),
        Some(expected.to_bytes())
    );
}

#[test]
fn the_platform_can_prefer_no_attestation() {
    let mut platform = Platform::new();
    let formats = Value::from(vec![Value::from("none"), Value::from("packed")]);
    let response = platform
        .create(&creation("example.com", b"u", vec![(0x0b, formats)]))
        .expect("made");
    assert_eq!(response.get(1_i64), Some(&Value::from("none")));
    assert_eq!(response.get(3_i64), Some(&Value::Map(vec![])));
}

#[test]
fn enterprise_attestation_must_be_switched_on_and_be_for_a_known_relying_party() {
    let mut platform = Platform::attested(Profile {
        enterprise_rp_ids: vec!["corp.example".to_owned()],
        ..Profile::default()
    });
    let ask = |rp: &str, kind: u64| creation(rp, b"u", vec![(0x0a, Value::from(kind))]);
    assert_eq!(
        platform.create(&ask("corp.example", 1)),
        Err(Status::InvalidParameter)
    );
    assert_eq!(platform.option("ep"), Some(false));
    platform
        .configure(None, 1, None)
        .expect("no PIN is set, no token is needed");
    assert_eq!(platform.option("ep"), Some(true));
    let attested = |response: &Value| response.get(4_i64).cloned();
    let corp = platform.create(&ask("corp.example", 1)).expect("made");
    assert_eq!(attested(&corp), Some(on()));
    assert!(
        corp.get(3_i64)
            .and_then(|statement| statement.get("x5c"))
            .is_some()
    );
    let stranger = platform.create(&ask("example.com", 1)).expect("made");
    assert_eq!(attested(&stranger), None);
    assert_eq!(
        attested(&platform.create(&ask("example.com", 2)).expect("made")),
        Some(on())
    );
    assert_eq!(
        platform.create(&ask("corp.example", 3)),
        Err(Status::InvalidOption)
    );
}

#[test]
fn get_info_announces_nothing_that_is_not_answered() {
    for persona in crate::profile::persona::all() {
        let mut platform = Platform::with(persona.profile.clone());
        let options = platform.info().get(4_i64).expect("options").clone();
        for (option, byte) in [
            ("credMgmt", command::CREDENTIAL_MANAGEMENT),
            ("largeBlobs", command::LARGE_BLOBS),
            ("authnrCfg", command::CONFIG),
            ("bioEnroll", command::BIO_ENROLLMENT),
        ] {
            let answered = platform.send(byte, &map([])) != Err(Status::InvalidCommand);
            let preview = match option {
                "credMgmt" => options.get("credentialMgmtPreview").is_some(),
                "bioEnroll" => options.get("userVerificationMgmtPreview").is_some(),
                _ => false,
            };
            let announced = options.get(option).is_some() || preview;
            assert_eq!(announced, answered, "{}: {option}", persona.name);
        }
        let info = platform.info();
        assert!(
            !format!("{info:?}").contains("U2F"),
            "U2F is not implemented"
        );
        assert_eq!(info.get(0x13_i64), None, "nobody has certified this");
    }
}
