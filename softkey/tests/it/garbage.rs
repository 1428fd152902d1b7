//! What strangers send: nothing makes the authenticator or the client panic, and a key goes on working.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use softkey::attestation::authority::Authority;
use softkey::authenticator::{Authenticator, Channel, command};
use softkey::cbor::{Value, read};
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::{BuiltInUv, Profile};
use softkey::store::{Change, MemoryStore, Store};

fn powered_up() -> (Authenticator<MemoryStore>, SeededEnv) {
    let mut env = SeededEnv::new(5);
    let profile = Profile {
        built_in_uv: BuiltInUv::Fingerprint,
        ..Profile::default()
    };
    let key = Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap();
    (key, env)
}

/// A value that a parameter might have, or might not.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0_u64..70).prop_map(Value::Unsigned),
        any::<u64>().prop_map(Value::Unsigned),
        (-300_i64..0).prop_map(Value::from),
        prop_oneof![
            Just(0_usize),
            Just(16),
            Just(32),
            Just(48),
            Just(64),
            0_usize..90
        ]
        .prop_map(|length| Value::from(vec![0x5a_u8; length])),
        prop_oneof![
            Just("id"),
            Just("type"),
            Just("public-key"),
            Just("alg"),
            Just("rk"),
            Just("uv"),
            Just("up"),
            Just("example.com"),
            Just("hmac-secret"),
            Just("credProtect"),
            Just("credBlob"),
            Just(""),
        ]
        .prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(2, 16, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(inner.clone(), inner, 0..5)
                .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    })
}

/// A command with parameters under plausible keys.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let parameters = prop::collection::btree_map(0_i64..12, value(), 0..9);
    (prop_oneof![1_u8..=13, 0x3f_u8..=0x42], parameters).prop_map(|(command, parameters)| {
        let map = Value::map(parameters);
        // The writer insists on its own rules, the depth among them, so it is asked only where they hold.
        let mut request = vec![command];
        request.extend(map.to_bytes());
        request
    })
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "[A-Za-z0-9_=+/-]{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-z]{1,8}", inner, 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_sequence_of_commands_is_answered(requests in prop::collection::vec(request(), 1..6)) {
        let (mut key, mut env) = powered_up();
        for request in &requests {
            let response = key.handle(Channel(1), request, &mut env);
            let (status, body) = response.split_first().unwrap();
            prop_assert!(*status == 0 || body.is_empty());
            prop_assert!(body.is_empty() || read(body).is_ok());
        }
        prop_assert_eq!(key.handle(Channel(1), &[command::GET_INFO], &mut env)[0], 0);
    }

    #[test]
    fn any_bytes_are_answered(command in 0_u8..0x50, body in prop::collection::vec(any::<u8>(), 0..80)) {
        let (mut key, mut env) = powered_up();
        let request = [&[command], body.as_slice()].concat();
        prop_assert!(!key.handle(Channel(1), &request, &mut env).is_empty());
    }

    #[test]
    fn any_u2f_message_is_answered(
        head in prop::array::uniform4(0_u8..10), body in prop::collection::vec(any::<u8>(), 0..150)
    ) {
        let (mut key, mut env) = powered_up();
        let identity = Authority::generate(&mut env).issue(key.profile().aaguid, "serial").unwrap();
        let change = Change::Attestation(Box::new(identity));
        key.store_mut().commit(vec![change]).unwrap();
        let message = [&head, body.as_slice()].concat();
        prop_assert!(key.handle_u2f(&message, &mut env).len() >= 2);
        let version = key.handle_u2f(&[0, 3, 0, 0], &mut env);
        prop_assert_eq!(version, b"U2F_V2\x90\x00");
    }

    #[test]
    fn any_member_of_the_options_can_be_anything(
        member in prop_oneof![
            Just("rp"), Just("user"), Just("challenge"), Just("pubKeyCredParams"), Just("extensions"),
            Just("excludeCredentials"), Just("authenticatorSelection"), Just("attestation"), Just("timeout"),
        ],
        wrong in json(),
    ) {
        let (mut key, mut env) = powered_up();
        let mut options = json!({
            "rp": { "id": "example.com", "name": "Example" },
            "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
            "challenge": "Y2hhbGxlbmdl",
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        });
        options[member] = wrong.clone();
        let caller = Caller::new("https://example.com");
        drop(Client::new(&mut key, &mut env).register(&options, &caller));
        drop(Client::new(&mut key, &mut env).register(&wrong, &caller));
        drop(Client::new(&mut key, &mut env).sign_in(&options, &caller));
        let any_caller = Caller::new(wrong.as_str().unwrap_or("null"));
        drop(Client::new(&mut key, &mut env).sign_in(&options, &any_caller));
    }
}
