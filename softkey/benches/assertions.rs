//! How many assertions a second one core signs, in process.
//!
//! `cargo bench -p softkey`, and with `--features aws-lc` for the fast backend. Prints one line each; compare
//! with the bare signature in the same run, since machines differ.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement reports to a person"
)]

use std::time::{Duration, Instant};

use softkey::authenticator::{Authenticator, Channel, command};
use softkey::cbor::Value;
use softkey::cose::{Algorithm, PrivateKey};
use softkey::env::SeededEnv;
use softkey::profile::{AttestationMode, Profile};
use softkey::store::MemoryStore;

/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(3);

#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn rate(name: &str, mut act: impl FnMut()) {
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < TIME {
        for _ in 0..50 {
            act();
        }
        count += 50;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{name:32} {:9.0} /s", f64::from(count) / seconds);
}

fn text_map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::map(entries)
}

fn request(command: u8, parameters: &Value) -> Vec<u8> {
    [&[command], parameters.to_bytes().as_slice()].concat()
}

fn main() {
    // Under `cargo test` this is built and started with this argument; measuring is for `cargo bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut env = SeededEnv::new(1);
    let signer = PrivateKey::generate(Algorithm::Es256, &mut env).unwrap();
    rate("bare ES256 signature", || {
        signer.sign(&[7; 69]).unwrap();
    });
    let profile = Profile {
        attestation: AttestationMode::SelfSigned,
        ..Profile::default()
    };
    let mut key = Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap();
    let algorithm = text_map([
        ("alg", Value::from(-7_i64)),
        ("type", Value::from("public-key")),
    ]);
    let create = |user: u64, discoverable: bool| {
        let parameters = Value::map([
            (1_i64, Value::from([0; 32])),
            (2, text_map([("id", Value::from("example.com"))])),
            (3, text_map([("id", Value::from(user.to_be_bytes()))])),
            (4, Value::from(vec![algorithm.clone()])),
            (7, text_map([("rk", Value::Bool(discoverable))])),
        ]);
        request(command::MAKE_CREDENTIAL, &parameters)
    };
    assert_eq!(key.handle(Channel(1), &create(0, true), &mut env)[0], 0);
    let parameters = Value::map([
        (1_i64, Value::from("example.com")),
        (2, Value::from([0; 32])),
    ]);
    let get = request(command::GET_ASSERTION, &parameters);
    rate("assertion, discoverable", || {
        assert_eq!(key.handle(Channel(1), &get, &mut env)[0], 0);
    });
    let mut user = 0;
    rate("registration, self-attested", || {
        user += 1;
        assert_eq!(key.handle(Channel(1), &create(user, false), &mut env)[0], 0);
    });
}
