use super::platform::*;
use crate::authenticator::command;
use crate::cbor::Value;
use crate::env::{Gesture, Verification};
use crate::pin_uv_auth::Protocol;
use crate::profile::{BuiltInUv, Profile};
use crate::status::Status;
use std::time::Duration;

fn retries(platform: &mut Platform) -> (Option<i64>, bool) {
    let response = platform.client_pin(1, vec![]).expect("retries");
    (
        response.get(3_i64).and_then(Value::as_integer),
        response.get(4_i64).is_some(),
    )
}

#[test]
fn a_pin_is_set_changed_and_proven_with_both_protocols() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut platform = Platform::new();
        platform.protocol = protocol;
        assert_eq!(platform.option("clientPin"), Some(false));
        assert_eq!(platform.token("1234", 2, Some("a")), Err(Status::PinNotSet));
        platform.set_pin("1234").expect("set");
        assert_eq!(platform.option("clientPin"), Some(true));
        assert_eq!(
            platform.set_pin("5678"),
            Err(Status::PinAuthInvalid),
            "it is set already"
        );
        platform.change_pin("1234", "8642").expect("changed");
        assert_eq!(
            platform.token("1234", 2, Some("a")),
            Err(Status::PinInvalid)
        );
        assert!(platform.token("8642", 2, Some("a")).is_ok());
        assert!(platform.legacy_token("8642").is_ok());
    }
}

#[test]
fn the_length_of_a_pin_counts_code_points_below_and_bytes_above() {
    let mut platform = Platform::new();
    assert_eq!(platform.set_pin("123"), Err(Status::PinPolicyViolation));
    assert_eq!(
        platform.set_pin("äöü"),
        Err(Status::PinPolicyViolation),
        "six bytes, three points"
    );
    assert_eq!(
        platform.set_pin(&"x".repeat(64)),
        Err(Status::PinPolicyViolation)
    );
    platform.set_pin(&"x".repeat(63)).expect("set");
    let mut platform = Platform::new();
    platform.set_pin("äöüß").expect("four code points");
}

#[test]
fn three_wrong_pins_need_a_power_cycle_and_eight_a_reset() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let wrong = |platform: &mut Platform| platform.token("4321", 2, Some("a")).map(|_| ());
    assert_eq!(wrong(&mut platform), Err(Status::PinInvalid));
    assert_eq!(retries(&mut platform), (Some(7), false));
    assert_eq!(wrong(&mut platform), Err(Status::PinInvalid));
    assert_eq!(wrong(&mut platform), Err(Status::PinAuthBlocked));
    assert_eq!(retries(&mut platform), (Some(5), true));
    assert_eq!(
        platform.token("1234", 2, Some("a")),
        Err(Status::PinAuthBlocked),
        "even if right"
    );
    assert_eq!(retries(&mut platform), (Some(5), true), "not counted");
    platform.key.power_cycle(&mut platform.env);
    assert!(platform.token("1234", 2, Some("a")).is_ok());
    assert_eq!(retries(&mut platform), (Some(8), false));
    for count in 1..=8 {
        let expected = match count {
            8 => Status::PinBlocked,
            3 | 6 => Status::PinAuthBlocked,
            _ => Status::PinInvalid,
        };
        assert_eq!(wrong(&mut platform), Err(expected), "{count}");
        if count % 3 == 0 {
            platform.key.power_cycle(&mut platform.env);
        }
    }
    assert_eq!(
        platform.token("1234", 2, Some("a")),
        Err(Status::PinBlocked)
    );
    assert_eq!(platform.change_pin("1234", "5678"), Err(Status::PinBlocked));
    assert_eq!(retries(&mut platform).0, Some(0));
}

#[test]
fn a_wrong_pin_regenerates_the_key_agreement_key() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let key = |platform: &mut Platform| platform.client_pin(2, vec![]).expect("a key");
    let before = key(&mut platform);
    assert_eq!(key(&mut platform), before);
    platform.token("4321", 2, Some("a")).expect_err("wrong");
    assert_ne!(key(&mut platform), before);
}

#[test]
fn what_client_pin_refuses() {
    let mut platform = Platform::new();
    let send = |platform: &mut Platform, entries: Vec<(i64, Value)>| {
        platform
            .send(command::CLIENT_PIN, &map(entries))
            .map(|_| ())
    };
    let number = |number: i64| Value::from(number);
    assert_eq!(send(&mut platform, vec![]), Err(Status::MissingParameter));
    assert_eq!(
        send(&mut platform, vec![(2, number(2))]),
        Err(Status::MissingParameter)
    );
    assert_eq!(
        send(&mut platform, vec![(1, number(3)), (2, number(2))]),
        Err(Status::InvalidParameter)
    );
    assert_eq!(
        send(&mut platform, vec![(1, number(2)), (2, number(8))]),
        Err(Status::InvalidSubcommand)
    );
    assert_eq!(
        send(&mut platform, vec![(1, number(2)), (2, number(6))]),
        Err(Status::InvalidSubcommand)
    );
    for subcommand in [3, 4, 5, 9] {
        let entries = vec![(1, number(2)), (2, number(subcommand))];
        assert_eq!(
            send(&mut platform, entries),
            Err(Status::MissingParameter),
            "{subcommand}"
        );
    }
    platform.set_pin("1234").expect("set");
    assert_eq!(
        platform.token("1234", 0, Some("a")),
        Err(Status::InvalidParameter)
    );
    let unbound = platform.token("1234", 3, None).expect("bound on first use");
    for (rp_id, expected) in [("a", true), ("b", false)] {
        let silent = (5, text_map([("up", Value::Bool(false))]));
        let proof = platform.proof(&unbound, &HASH, (6, 7));
        let answer = platform.sign_in(&request(rp_id, [vec![silent], proof].concat()));
        let known = answer == Err(Status::NoCredentials);
        assert!(known == expected, "{rp_id}: {answer:?}");
    }
    assert_eq!(
        platform.token("1234", 8, None),
        Err(Status::UnauthorizedPermission),
        "no sensor"
    );
    assert!(
        platform.token("1234", 0x84, None).is_ok(),
        "undefined permissions are ignored"
    );
}

#[test]
fn an_empty_proof_asks_to_be_chosen() {
    let mut platform = Platform::new();
    let probe = vec![(8, Value::from(Vec::<u8>::new()))];
    let make = creation("example.com", b"u", probe);
    let get = request("example.com", vec![(6, Value::from(Vec::<u8>::new()))]);
    let touches = platform.env.touches;
    assert_eq!(platform.create(&make), Err(Status::PinNotSet));
    assert_eq!(platform.sign_in(&get), Err(Status::PinNotSet));
    assert_eq!(platform.env.touches, touches + 2);
    platform.set_pin("1234").expect("set");
    assert_eq!(platform.create(&make), Err(Status::PinInvalid));
    assert_eq!(platform.sign_in(&get), Err(Status::PinInvalid));
    platform.env.gesture = Gesture::Denied;
    assert_eq!(platform.create(&make), Err(Status::OperationDenied));
}

#[test]
fn with_a_pin_a_discoverable_credential_needs_a_token_and_another_does_not() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let resident = creation("example.com", b"u", vec![discoverable()]);
    assert_eq!(platform.create(&resident), Err(Status::PuatRequired));
    let plain = platform
        .create(&creation("example.com", b"u", vec![]))
        .expect("made");
    assert_eq!(flags(&plain), 0x41);
    platform.key.profile_mut().make_cred_uv_not_rqd = false;
    let again = creation("example.com", b"u", vec![]);
    assert_eq!(platform.create(&again), Err(Status::PuatRequired));
}

#[test]
fn a_token_is_for_one_relying_party_one_purpose_and_one_touch() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let make = |platform: &mut Platform, token: &[u8; 32], rp: &str| {
        let mut others = platform.proof(token, &HASH, (8, 9));
        others.push(discoverable());
        platform
            .create(&creation(rp, b"u", others))
            .map(|response| flags(&response))
    };
    let token = platform
        .token("1234", 1, Some("example.com"))
        .expect("a token");
    assert_eq!(
        make(&mut platform, &token, "example.org"),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(
        make(&mut platform, &[0; 32], "example.com"),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(make(&mut platform, &token, "example.com"), Ok(0x45));
    assert_eq!(
        make(&mut platform, &token, "example.com"),
        Err(Status::PinAuthInvalid),
        "consumed"
    );
    let sign_only = platform
        .token("1234", 2, Some("example.com"))
        .expect("a token");
    assert_eq!(
        make(&mut platform, &sign_only, "example.com"),
        Err(Status::PinAuthInvalid)
    );
    let legacy = platform.legacy_token("1234").expect("a token");
    assert_eq!(make(&mut platform, &legacy, "anyone.example"), Ok(0x45));
    let token = platform
        .token("1234", 1, Some("example.com"))
        .expect("a token");
    platform.env.now += Duration::from_secs(30);
    assert_eq!(
        make(&mut platform, &token, "example.com"),
        Err(Status::PinAuthInvalid),
        "expired"
    );
    let token = platform
        .token("1234", 1, Some("example.com"))
        .expect("a token");
    platform.key.power_cycle(&mut platform.env);
    assert_eq!(
        make(&mut platform, &token, "example.com"),
        Err(Status::PinAuthInvalid),
        "power cycle"
    );
}

#[test]
fn the_protocol_must_come_with_the_proof_and_be_offered() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let token = platform
        .token("1234", 1, Some("example.com"))
        .expect("a token");
    let mut proof = platform.proof(&token, &HASH, (8, 9));
    proof.pop();
    let absent = creation("example.com", b"u", proof.clone());
    assert_eq!(platform.create(&absent), Err(Status::MissingParameter));
    proof.push((9, Value::from(3_u64)));
    let unknown = creation("example.com", b"u", proof);
    assert_eq!(platform.create(&unknown), Err(Status::InvalidParameter));
}

#[test]
fn always_uv_leaves_nothing_without_verification_but_silent_requests() {
    let mut platform = Platform::new();
    let id = platform.register(&creation("example.com", b"u", vec![]));
    platform.configure(None, 2, None).expect("switched on");
    assert_eq!(platform.option("alwaysUv"), Some(true));
    assert_eq!(platform.option("makeCredUvNotRqd"), Some(false));
    let make = creation("example.com", b"u", vec![]);
    assert_eq!(
        platform.create(&make),
        Err(Status::PuatRequired),
        "and no PIN to be had it with"
    );
    platform.set_pin("1234").expect("set");
    assert_eq!(platform.create(&make), Err(Status::PuatRequired));
    let allow = (3, Value::from(vec![descriptor(&id)]));
    let get = request("example.com", vec![allow.clone()]);
    assert_eq!(platform.sign_in(&get), Err(Status::PuatRequired));
    let silent = (5, text_map([("up", Value::Bool(false))]));
    assert!(
        platform
            .sign_in(&request("example.com", vec![allow, silent]))
            .is_ok()
    );
    assert_eq!(platform.configure(None, 2, None), Err(Status::PuatRequired));
    let token = platform.token("1234", 0x20, None).expect("a token");
    platform
        .configure(Some(&token), 2, None)
        .expect("switched off");
    assert_eq!(platform.option("alwaysUv"), Some(false));
}

#[test]
fn a_longer_minimum_forces_a_change_of_a_pin_that_is_too_short() {
    let mut platform = Platform::new();
    platform.set_pin("1234").expect("set");
    let token = platform.token("1234", 0x20, None).expect("a token");
    let length = |length: u64| Some(map([(1, Value::from(length))]));
    platform
        .configure(Some(&token), 3, length(4))
        .expect("the same is allowed");
    assert_eq!(
        platform.configure(Some(&token), 3, length(3)),
        Err(Status::PinPolicyViolation)
    );
    platform.configure(Some(&token), 3, length(6)).expect("set");
    let info = platform.info();
    assert_eq!(info.get(0x0c_i64), Some(&on()));
    assert_eq!(info.get(0x0d_i64), Some(&Value::from(6_u64)));
    assert_eq!(
        platform.configure(Some(&token), 3, length(7)),
        Err(Status::PinAuthInvalid),
        "reset"
    );
    assert_eq!(
        platform.token("1234", 2, Some("a")),
        Err(Status::PinInvalid)
    );
    assert_eq!(retries(&mut platform).0, Some(8), "it was the right one");
    assert_eq!(
        platform.change_pin("1234", "12345"),
        Err(Status::PinPolicyViolation)
    );
    platform.change_pin("1234", "123456").expect("changed");
    assert_eq!(platform.info().get(0x0c_i64), Some(&Value::Bool(false)));
    assert!(platform.token("123456", 2, Some("a")).is_ok());
}

#[test]
fn a_forced_change_must_change_something_and_needs_a_pin() {
    let mut platform = Platform::new();
    let force = || Some(map([(3, on())]));
    assert_eq!(platform.configure(None, 3, force()), Err(Status::PinNotSet));
    platform.set_pin("1234").expect("set");
    let token = platform.token("1234", 0x20, None).expect("a token");
    platform
        .configure(Some(&token), 3, force())
        .expect("forced");
    assert_eq!(
        platform.change_pin("1234", "1234"),
        Err(Status::PinPolicyViolation)
    );
    platform.change_pin("1234", "4321").expect("changed");
}

fn biometric() -> Profile {
    Profile {
        built_in_uv: BuiltInUv::Fingerprint,
        ..Profile::default()
    }
}

/// Enrols one finger, with the PIN 1234.
fn enroll(platform: &mut Platform) -> Value {
    platform.set_pin("1234").expect("set");
    let token = platform.token("1234", 8, None).expect("a token");
    let bio = |platform: &mut Platform, subcommand: u8, parameters: Option<Value>| {
        let mut message = vec![1, subcommand];
        message.extend(parameters.iter().flat_map(Value::to_bytes));
        let mut entries = platform.proof(&token, &message, (5, 4));
        entries.extend([
            (1, Value::from(1_u64)),
            (2, Value::from(i64::from(subcommand))),
        ]);
        entries.extend(parameters.map(|parameters| (3, parameters)));
        platform.send(command::BIO_ENROLLMENT, &map(entries))
    };
    assert_eq!(
        bio(platform, 4, None),
        Err(Status::InvalidOption),
        "nothing enrolled"
    );
    let first = bio(platform, 1, None).expect("first sample");
    let id = first.get(4_i64).expect("a template").clone();
    assert_eq!(first.get(6_i64), Some(&Value::from(2_u64)));
    let template = || Some(map([(1, id.clone())]));
    bio(platform, 2, template()).expect("second sample");
    let last = bio(platform, 2, template()).expect("third sample");
    assert_eq!(last.get(6_i64), Some(&Value::from(0_u64)));
    assert_eq!(
        bio(platform, 2, template()),
        Err(Status::InvalidOption),
        "it is over"
    );
    let name = map([(1, id.clone()), (2, Value::from("thumb"))]);
    bio(platform, 5, Some(name)).expect("named");
    let list = bio(platform, 4, None).expect("a list");
    let expected = Value::from(vec![map([(1, id.clone()), (2, Value::from("thumb"))])]);
    assert_eq!(list.get(7_i64), Some(&expected));
    id
}

#[test]
fn an_enrolled_finger_verifies_in_the_command_and_for_a_token() {
    let mut platform = Platform::with(biometric());
    assert_eq!(
        (platform.option("uv"), platform.option("bioEnroll")),
        (Some(false), Some(false))
    );
    enroll(&mut platform);
    assert_eq!(
        (platform.option("uv"), platform.option("bioEnroll")),
        (Some(true), Some(true))
    );
    let touches = platform.env.touches;
    let uv = (7, text_map([("uv", on()), ("rk", on())]));
    let made = platform
        .create(&creation("example.com", b"u", vec![uv]))
        .expect("made");
    assert_eq!(flags(&made), 0x45);
    assert_eq!(
        platform.env.touches, touches,
        "the finger on the sensor is the touch"
    );
    let (ours, _) = platform.agree();
    let entries = vec![
        (3, ours),
        (9, Value::from(2_u64)),
        (10, Value::from("example.com")),
    ];
    assert!(platform.client_pin(6, entries).is_ok());
}

#[test]
fn wrong_fingers_block_until_the_pin_is_given() {
    let mut platform = Platform::with(biometric());
    enroll(&mut platform);
    platform.env.verification = Verification::Failed;
    let ask = |platform: &mut Platform| {
        let (ours, _) = platform.agree();
        let entries = vec![(3, ours), (9, Value::from(2_u64)), (10, Value::from("a"))];
        platform.client_pin(6, entries).map(|_| ())
    };
    assert_eq!(ask(&mut platform), Err(Status::UvInvalid));
    assert_eq!(ask(&mut platform), Err(Status::UvInvalid));
    assert_eq!(ask(&mut platform), Err(Status::UvBlocked));
    platform.env.verification = Verification::Verified;
    assert_eq!(ask(&mut platform), Err(Status::UvBlocked));
    let uv = (7, text_map([("uv", on())]));
    let make = creation("example.com", b"u", vec![uv]);
    assert_eq!(platform.create(&make), Err(Status::PuatRequired));
    platform.token("1234", 2, Some("a")).expect("a token");
    assert_eq!(
        platform.client_pin(7, vec![]).expect("retries").get(5_i64),
        Some(&Value::from(3_u64))
    );
    assert_eq!(ask(&mut platform), Ok(()));
    platform.env.verification = Verification::TimedOut;
    assert_eq!(ask(&mut platform), Err(Status::UserActionTimeout));
}

#[test]
fn before_ctap_2_1_a_token_was_good_until_the_next_and_a_pin_was_always_wanted() {
    let persona = crate::profile::persona::find("softkey-2.0").expect("a persona");
    let mut platform = Platform::with(persona.profile.clone());
    platform.protocol = Protocol::One;
    platform.set_pin("1234").expect("set");
    let make = creation("example.com", b"u", vec![]);
    assert_eq!(platform.create(&make), Err(Status::PuatRequired));
    let token = platform.legacy_token("1234").expect("a token");
    for (seconds, rp_id) in [
        (0, "example.com"),
        (60, "example.org"),
        (6000, "example.com"),
    ] {
        platform.env.now = Duration::from_secs(seconds);
        let with_token = creation(rp_id, b"u", platform.proof(&token, &HASH, (8, 9)));
        let response = platform.create(&with_token).expect("made");
        assert_eq!(flags(&response) & 0x05, 0x05);
    }
    let touched = creation("example.com", b"u", vec![(7, text_map([("up", on())]))]);
    assert_eq!(platform.create(&touched), Err(Status::InvalidOption));
}
