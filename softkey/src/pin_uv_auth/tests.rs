use super::{Permissions, Protocol, ProtocolState, SharedSecret, TokenState, pin_hash};
use crate::cbor::Value;
use crate::env::SeededEnv;
use crate::status::Status;
use std::time::Duration;

const BOTH: [Protocol; 2] = [Protocol::One, Protocol::Two];

#[test]
fn both_sides_of_a_key_agreement_get_the_same_secret() {
    let mut env = SeededEnv::new(1);
    for protocol in BOTH {
        let ours = ProtocolState::new(protocol, &mut env);
        let theirs = ProtocolState::new(protocol, &mut env);
        let left = ours.decapsulate(&theirs.public_key()).expect("a point");
        let right = theirs.decapsulate(&ours.public_key()).expect("a point");
        let sealed = left.encrypt(&[7; 64], &mut env);
        assert_eq!(right.decrypt(&sealed), Some(vec![7; 64]));
        assert!(right.verify(b"message", &left.authenticate(b"message")));
        assert!(!right.verify(b"massage", &left.authenticate(b"message")));
    }
}

#[test]
fn lengths_are_those_of_the_protocol() {
    let mut env = SeededEnv::new(1);
    let one = SharedSecret::derive(Protocol::One, &[1; 32]);
    let two = SharedSecret::derive(Protocol::Two, &[1; 32]);
    assert_eq!(
        (
            one.encrypt(&[0; 32], &mut env).len(),
            one.authenticate(b"").len()
        ),
        (32, 16)
    );
    assert_eq!(
        (
            two.encrypt(&[0; 32], &mut env).len(),
            two.authenticate(b"").len()
        ),
        (48, 32)
    );
    for sealed in [&[0; 15][..], &[0; 17], &[]] {
        assert_eq!(two.decrypt(sealed), None);
    }
    assert_eq!(one.decrypt(&[0; 17]), None);
    // A longer signature that merely starts right is not right.
    let mut signature = one.authenticate(b"message");
    signature.push(0);
    assert!(!one.verify(b"message", &signature));
}

#[test]
fn a_peer_key_that_is_no_point_of_the_curve_is_an_invalid_parameter() {
    let state = ProtocolState::new(Protocol::Two, &mut SeededEnv::new(1));
    let key =
        |algorithm: i64, curve: i64, x: &[u8]| crate::cose::ec2_key(algorithm, curve, x, &[1; 32]);
    for peer in [
        key(-25, 1, &[1; 32]),
        key(-25, 2, &[1; 32]),
        key(-25, 1, &[1; 31]),
    ] {
        assert_eq!(
            state.decapsulate(&peer).map(|_| ()),
            Err(Status::InvalidParameter)
        );
    }
    assert_eq!(
        state.decapsulate(&Value::Null).map(|_| ()),
        Err(Status::CborUnexpectedType)
    );
}

#[test]
fn the_pin_hash_is_the_left_half_of_sha_256() {
    let expected = crate::encoding::hex::decode("03ac674216f3e15c761ee1a5e255f067").expect("hex");
    assert_eq!(pin_hash(b"1234").as_slice(), expected);
}

#[test]
fn a_token_that_is_not_used_in_time_stops_and_a_used_one_lives_ten_minutes() {
    let begin = || {
        let mut token = TokenState::default();
        token.begin(Protocol::Two, true, Permissions::MC, None, Duration::ZERO);
        token
    };
    let mut unused = begin();
    unused.observe(Duration::from_secs(29));
    assert!(unused.permits(Permissions::MC) && unused.user_present());
    unused.observe(Duration::from_secs(30));
    assert!(!unused.permits(Permissions::MC));

    let mut used = begin();
    assert!(!used.use_with(Protocol::One));
    assert!(used.use_with(Protocol::Two));
    used.observe(Duration::from_secs(599));
    assert!(used.permits(Permissions::MC) && !used.user_present());
    used.observe(Duration::from_secs(600));
    assert!(!used.permits(Permissions::MC));
}

#[test]
fn a_consumed_token_keeps_only_the_right_to_write_large_blobs() {
    let mut token = TokenState::default();
    let permissions = Permissions::MC.and(Permissions::LBW);
    token.begin(
        Protocol::One,
        false,
        permissions,
        Some("a".to_owned()),
        Duration::ZERO,
    );
    token.consume();
    assert!(token.permits(Permissions::LBW));
    assert!(!token.permits(Permissions::MC) && !token.user_verified());
}
