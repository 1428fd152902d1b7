use super::platform::*;
use crate::authenticator::{Channel, command};
use crate::cbor::Value;
use crate::env::Gesture;
use crate::profile::{Profile, Version};
use crate::status::Status;
use crate::store::EMPTY_LARGE_BLOBS;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Three credentials at two relying parties, then a PIN.
fn filled() -> Platform {
    let mut platform = Platform::new();
    for (rp, user) in [
        ("a.example", b"1"),
        ("a.example", b"2"),
        ("b.example", b"1"),
    ] {
        platform.register(&creation(rp, user, vec![discoverable()]));
    }
    platform.register(&creation("c.example", b"1", vec![]));
    platform.set_pin("1234").expect("set");
    platform
}

fn rp_hash(rp_id: &str) -> Option<Value> {
    Some(map([(
        1,
        Value::from(crate::credential::rp_id_hash(rp_id)),
    )]))
}

fn next(platform: &mut Platform, subcommand: u64) -> Result<Value, Status> {
    platform.send(
        command::CREDENTIAL_MANAGEMENT,
        &map([(1, Value::from(subcommand))]),
    )
}

#[test]
fn relying_parties_and_credentials_are_enumerated() {
    let mut platform = filled();
    let token = platform.token("1234", 4, None).expect("a token");
    let metadata = platform.manage(&token, 1, None).expect("metadata");
    assert_eq!(metadata.get(1_i64), Some(&Value::from(3_u64)));
    assert_eq!(metadata.get(2_i64), Some(&Value::from(99_997_u64)));
    let first = platform.manage(&token, 2, None).expect("a relying party");
    assert_eq!(first.get(5_i64), Some(&Value::from(2_u64)));
    let second = next(&mut platform, 3).expect("another");
    assert_eq!(next(&mut platform, 3), Err(Status::NotAllowed));
    let mut ids: Vec<_> = [&first, &second]
        .map(|one| one.get(3_i64).and_then(|rp| rp.get("id")).cloned())
        .into_iter()
        .collect();
    ids.sort();
    assert_eq!(
        ids,
        [
            Some(Value::from("a.example")),
            Some(Value::from("b.example"))
        ]
    );
    let credential = platform
        .manage(&token, 4, rp_hash("a.example"))
        .expect("a credential");
    assert_eq!(credential.get(9_i64), Some(&Value::from(2_u64)));
    assert_eq!(credential.get(0x0a_i64), Some(&Value::from(1_u64)));
    assert!(
        credential
            .get(6_i64)
            .and_then(|user| user.get("name"))
            .is_some()
    );
    assert_eq!(next(&mut platform, 5).expect("another").get(9_i64), None);
    assert_eq!(next(&mut platform, 5), Err(Status::NotAllowed));
    assert_eq!(
        platform.manage(&token, 4, rp_hash("c.example")),
        Err(Status::NoCredentials)
    );
}

#[test]
fn an_enumeration_belongs_to_its_channel_and_ends_with_any_other_command() {
    let mut platform = filled();
    let token = platform.token("1234", 4, None).expect("a token");
    platform.manage(&token, 2, None).expect("a relying party");
    let request = map([(1, Value::from(3_u64))]);
    assert_eq!(
        platform.on(Channel(9), command::CREDENTIAL_MANAGEMENT, &request),
        Err(Status::NotAllowed)
    );
    platform.manage(&token, 2, None).expect("a relying party");
    assert_eq!(
        next(&mut platform, 5),
        Err(Status::NotAllowed),
        "of the other kind"
    );
    platform.manage(&token, 2, None).expect("a relying party");
    platform.info();
    assert_eq!(next(&mut platform, 3), Err(Status::NotAllowed));
}

#[test]
fn credentials_are_renamed_and_deleted() {
    let mut platform = filled();
    let token = platform.token("1234", 4, None).expect("a token");
    let found = platform
        .manage(&token, 4, rp_hash("b.example"))
        .expect("a credential");
    let id = found.get(7_i64).expect("an id").clone();
    let named = |user: Value| Some(map([(2, id.clone()), (3, user)]));
    platform
        .manage(&token, 7, named(user(b"1", "bob")))
        .expect("renamed");
    let found = platform
        .manage(&token, 4, rp_hash("b.example"))
        .expect("a credential");
    assert_eq!(
        found.get(6_i64).and_then(|user| user.get("name")),
        Some(&Value::from("bob"))
    );
    let bare = text_map([("id", Value::from(&b"1"[..])), ("name", Value::from(""))]);
    platform
        .manage(&token, 7, named(bare))
        .expect("the names are gone");
    let found = platform
        .manage(&token, 4, rp_hash("b.example"))
        .expect("a credential");
    assert_eq!(
        found.get(6_i64),
        Some(&text_map([("id", Value::from(&b"1"[..]))]))
    );
    let other = named(user(b"other", "bob"));
    assert_eq!(
        platform.manage(&token, 7, other),
        Err(Status::InvalidParameter)
    );
    let deletion = || Some(map([(2, id.clone())]));
    platform.manage(&token, 6, deletion()).expect("deleted");
    assert_eq!(
        platform.manage(&token, 6, deletion()),
        Err(Status::NoCredentials)
    );
    assert_eq!(
        platform.sign_in(&request("b.example", vec![])),
        Err(Status::NoCredentials)
    );
}

#[test]
fn older_platforms_use_the_numbers_of_the_preview() {
    let mut platform = filled();
    let token = platform.token("1234", 4, None).expect("a token");
    let mut entries = platform.proof(&token, &[1], (4, 3));
    entries.push((1, Value::from(1_u64)));
    let metadata = |platform: &mut Platform| {
        platform.send(
            command::CREDENTIAL_MANAGEMENT_PREVIEW,
            &map(entries.clone()),
        )
    };
    assert!(metadata(&mut platform).is_ok());
    platform
        .key
        .profile_mut()
        .versions
        .retain(|one| *one != Version::Fido21Pre);
    assert_eq!(metadata(&mut platform), Err(Status::InvalidCommand));
    // A key from before permissions gives out tokens that manage credentials.
    platform.key.profile_mut().versions = vec![Version::Fido20, Version::Fido21Pre];
    let token = platform.legacy_token("1234").expect("a token");
    assert!(platform.manage(&token, 1, None).is_ok());
}

#[test]
fn management_needs_a_token_that_permits_it() {
    let mut platform = filled();
    assert_eq!(next(&mut platform, 1), Err(Status::PuatRequired));
    assert_eq!(next(&mut platform, 8), Err(Status::InvalidSubcommand));
    assert_eq!(
        platform.send(command::CREDENTIAL_MANAGEMENT, &map([])),
        Err(Status::MissingParameter)
    );
    let wrong = platform
        .token("1234", 2, Some("a.example"))
        .expect("a token");
    assert_eq!(
        platform.manage(&wrong, 1, None),
        Err(Status::PinAuthInvalid)
    );
    let bound = platform
        .token("1234", 4, Some("a.example"))
        .expect("a token");
    assert_eq!(
        platform.manage(&bound, 1, None),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(
        platform.manage(&bound, 2, None),
        Err(Status::PinAuthInvalid)
    );
    assert!(platform.manage(&bound, 4, rp_hash("a.example")).is_ok());
    assert_eq!(
        platform.manage(&bound, 4, rp_hash("b.example")),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(
        platform.manage(&bound, 4, None),
        Err(Status::MissingParameter)
    );
}

#[test]
fn the_persistent_token_reads_over_a_power_cycle_and_ends_with_the_pin() {
    let mut platform = filled();
    let token = platform.token("1234", 0x40, None).expect("a token");
    platform.key.power_cycle(&mut platform.env);
    assert!(platform.manage(&token, 1, None).is_ok());
    assert!(platform.manage(&token, 2, None).is_ok());
    let id = map([(2, descriptor(&[0; 4]))]);
    assert_eq!(
        platform.manage(&token, 6, Some(id)),
        Err(Status::PinAuthInvalid)
    );
    platform.change_pin("1234", "8642").expect("changed");
    assert_eq!(
        platform.manage(&token, 1, None),
        Err(Status::PinAuthInvalid)
    );
    assert_eq!(
        platform.token("8642", 0x44, None),
        Err(Status::InvalidParameter)
    );
}

#[test]
fn the_hidden_identifier_is_fresh_each_time_and_new_after_a_reset() {
    use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
    let mut platform = filled();
    let open = |platform: &mut Platform, token: &[u8; 32]| {
        let info = platform.info();
        let sealed = info
            .get(0x19_i64)
            .and_then(Value::as_bytes)
            .expect("bytes")
            .to_vec();
        let mut key = [0; 16];
        hkdf::Hkdf::<Sha256>::new(Some(&[0; 32]), token)
            .expand(b"encIdentifier", &mut key)
            .expect("short");
        let iv: [u8; 16] = sealed[..16].try_into().expect("16 bytes");
        let plain = cbc::Decryptor::<aes::Aes128>::new(&key.into(), &iv.into())
            .decrypt_padded_vec::<NoPadding>(&sealed[16..])
            .expect("decrypts");
        (sealed, plain)
    };
    let token = platform.token("1234", 0x40, None).expect("a token");
    let (first, second) = (open(&mut platform, &token), open(&mut platform, &token));
    assert_ne!(first.0, second.0);
    assert_eq!(first.1, second.1);
    platform.bytes(CHANNEL, &[command::RESET]).expect("reset");
    platform.set_pin("1234").expect("set");
    let token = platform.token("1234", 0x40, None).expect("a token");
    assert_ne!(open(&mut platform, &token).1, first.1);
}

#[test]
fn a_reset_comes_soon_after_power_up_or_not_at_all_and_leaves_nothing() {
    let mut platform = filled();
    let unstored = platform.register(&creation("c.example", b"1", vec![]));
    platform.env.now += Duration::from_secs(11);
    let reset = |platform: &mut Platform| platform.bytes(CHANNEL, &[command::RESET]);
    assert_eq!(reset(&mut platform), Err(Status::NotAllowed));
    platform.key.power_cycle(&mut platform.env);
    platform.env.gesture = Gesture::Denied;
    assert_eq!(reset(&mut platform), Err(Status::OperationDenied));
    platform.env.gesture = Gesture::TimedOut;
    assert_eq!(reset(&mut platform), Err(Status::UserActionTimeout));
    platform.env.gesture = Gesture::Approved;
    reset(&mut platform).expect("reset");
    assert_eq!(platform.option("clientPin"), Some(false));
    assert_eq!(
        platform.sign_in(&request("a.example", vec![])),
        Err(Status::NoCredentials)
    );
    let allow = (3, Value::from(vec![descriptor(&unstored)]));
    assert_eq!(
        platform.sign_in(&request("c.example", vec![allow])),
        Err(Status::NoCredentials)
    );
    let made = platform
        .create(&creation("a.example", b"1", vec![]))
        .expect("made");
    assert_eq!(counter(&made), 6, "the counter goes on");
}

#[test]
fn selection_is_a_touch() {
    let mut platform = Platform::new();
    let select = |platform: &mut Platform| platform.bytes(CHANNEL, &[command::SELECTION]);
    assert_eq!(select(&mut platform), Ok(Value::Null));
    for (gesture, status) in [
        (Gesture::Denied, Status::OperationDenied),
        (Gesture::TimedOut, Status::UserActionTimeout),
        (Gesture::Cancelled, Status::KeepaliveCancel),
    ] {
        platform.env.gesture = gesture;
        assert_eq!(select(&mut platform), Err(status));
    }
}

fn blobs(platform: &mut Platform, entries: Vec<(i64, Value)>) -> Result<Value, Status> {
    platform.send(command::LARGE_BLOBS, &map(entries))
}

fn number(number: usize) -> Value {
    Value::from(number)
}

fn array(length: usize) -> Vec<u8> {
    let mut array = vec![0x80; length];
    let checksum = Sha256::digest(&array);
    array.extend_from_slice(&checksum[..16]);
    array
}

#[test]
fn large_blobs_are_written_in_fragments_and_read_in_parts() {
    let mut platform = Platform::new();
    let whole = blobs(&mut platform, vec![(1, number(100)), (3, number(0))]).expect("read");
    assert_eq!(whole.get(1_i64), Some(&Value::from(EMPTY_LARGE_BLOBS)));
    let array = array(100);
    let (left, right) = array.split_at(60);
    let begin = vec![
        (2, Value::from(left)),
        (3, number(0)),
        (4, number(array.len())),
    ];
    blobs(&mut platform, begin).expect("begun");
    let untouched = blobs(&mut platform, vec![(1, number(100)), (3, number(0))]).expect("read");
    assert_eq!(
        untouched, whole,
        "nothing is visible before the last fragment"
    );
    blobs(
        &mut platform,
        vec![(2, Value::from(right)), (3, number(60))],
    )
    .expect("done");
    let part = blobs(&mut platform, vec![(1, number(50)), (3, number(90))]).expect("read");
    assert_eq!(part.get(1_i64), Some(&Value::from(&array[90..])));
    let nothing = blobs(&mut platform, vec![(1, number(50)), (3, number(116))]).expect("read");
    assert_eq!(nothing.get(1_i64), Some(&Value::from(Vec::<u8>::new())));
    let beyond = blobs(&mut platform, vec![(1, number(50)), (3, number(117))]);
    assert_eq!(beyond, Err(Status::InvalidParameter));
}

#[test]
fn what_large_blobs_refuses() {
    let mut platform = Platform::with(Profile {
        max_msg_size: 1024,
        ..Profile::default()
    });
    let fragment = || (2, Value::from(array(10)));
    let zero = || (3, number(0));
    for (entries, status) in [
        (vec![(1, number(1))], Status::InvalidParameter),
        (vec![zero()], Status::InvalidParameter),
        (
            vec![(1, number(1)), fragment(), zero()],
            Status::InvalidParameter,
        ),
        (
            vec![(1, number(1)), zero(), (4, number(1))],
            Status::InvalidParameter,
        ),
        (
            vec![(1, number(1)), zero(), (6, number(1))],
            Status::InvalidParameter,
        ),
        (vec![(1, number(961)), zero()], Status::InvalidLength),
        (vec![fragment(), zero()], Status::InvalidParameter),
        (
            vec![fragment(), zero(), (4, number(16))],
            Status::InvalidParameter,
        ),
        (
            vec![fragment(), zero(), (4, number(4097))],
            Status::LargeBlobStorageFull,
        ),
        (vec![fragment(), (3, number(1))], Status::InvalidSeq),
        (
            vec![fragment(), (3, number(1)), (4, number(30))],
            Status::InvalidParameter,
        ),
        (
            vec![fragment(), zero(), (4, number(20))],
            Status::InvalidParameter,
        ),
        (
            vec![(2, Value::from(vec![0; 961])), zero(), (4, number(961))],
            Status::InvalidLength,
        ),
        (
            vec![(2, Value::from(vec![0; 30])), zero(), (4, number(30))],
            Status::IntegrityFailure,
        ),
    ] {
        assert_eq!(
            blobs(&mut platform, entries.clone()),
            Err(status),
            "{entries:?}"
        );
    }
}

#[test]
fn with_a_pin_large_blobs_need_a_token_that_lasts() {
    let mut platform = filled();
    let array = array(10);
    let write = || {
        vec![
            (2, Value::from(array.as_slice())),
            (3, number(0)),
            (4, number(array.len())),
        ]
    };
    assert_eq!(blobs(&mut platform, write()), Err(Status::PuatRequired));
    let token = platform.token("1234", 0x10, None).expect("a token");
    let mut message = vec![0xff; 32];
    message.extend([0x0c, 0, 0, 0, 0, 0]);
    message.extend(Sha256::digest(&array));
    for _ in 0..2 {
        let mut entries = write();
        entries.extend(platform.proof(&token, &message, (5, 6)));
        blobs(&mut platform, entries).expect("written");
    }
}

#[test]
fn relying_parties_for_the_minimum_length_are_limited() {
    let mut platform = Platform::new();
    let list = |count: usize| {
        Some(map([(
            2,
            Value::from(vec![Value::from("a.example"); count]),
        )]))
    };
    assert_eq!(
        platform.configure(None, 3, list(9)),
        Err(Status::KeyStoreFull)
    );
    assert!(platform.configure(None, 3, list(8)).is_ok());
    assert_eq!(
        platform.configure(None, 3, None),
        Err(Status::MissingParameter)
    );
    assert_eq!(
        platform.configure(None, 4, None),
        Err(Status::InvalidParameter)
    );
    assert_eq!(
        platform.send(command::CONFIG, &map([])),
        Err(Status::MissingParameter)
    );
}
