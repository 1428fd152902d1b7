//! How many assertions a second one core signs, in process; and how many one client gets over a Unix socket.
//!
//! `cargo bench -p softkey`, and with `--features aws-lc` for the fast backend. Prints one line each; compare
//! with the bare signature in the same run, since machines differ.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement reports to a person"
)]

use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};
use softkey::authenticator::{Authenticator, Channel, command};
use softkey::cbor::Value;
use softkey::cose::{Algorithm, PrivateKey};
use softkey::env::SeededEnv;
use softkey::profile::{AttestationMode, Profile};
use softkey::store::MemoryStore;
use softkey::system_env::SystemEnv;
use softkey::transport::ctaphid::{self, Message};
use softkey::transport::server::{Server, listen_unix};

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

/// The other end of a served key: one channel of CTAPHID.
struct Client {
    socket: Socket,
    channel: u32,
}

impl Client {
    fn connect(path: &Path) -> Self {
        let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None).unwrap();
        socket.connect(&SockAddr::unix(path).unwrap()).unwrap();
        let channel = ctaphid::BROADCAST;
        let mut client = Self { socket, channel };
        let answer = client.exchange(ctaphid::command::INIT, b"12345678");
        client.channel = u32::from_be_bytes(answer[8..12].try_into().unwrap());
        client
    }

    fn exchange(&mut self, command: u8, payload: &[u8]) -> Vec<u8> {
        let message = Message {
            channel: self.channel,
            command,
            payload: payload.to_vec(),
        };
        for report in message.reports() {
            (&self.socket).write_all(&report).unwrap();
        }
        let (mut answer, mut expected) = (Vec::new(), None);
        while expected.is_none_or(|length| answer.len() < length) {
            let mut report = [0; ctaphid::REPORT];
            (&self.socket).read_exact(&mut report).unwrap();
            if expected.is_some() {
                answer.extend_from_slice(&report[5..]);
            } else if report[4] == command | 0x80 {
                expected = Some(usize::from(u16::from_be_bytes([report[5], report[6]])));
                answer.extend_from_slice(&report[7..]);
            }
        }
        answer
    }
}

fn over_a_socket(create: &[u8], get: &[u8]) {
    let mut world = SystemEnv::default();
    let key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut world).unwrap();
    let server = Server::new(key, world);
    let path = std::env::temp_dir().join(format!("softkey-bench-{}", std::process::id()));
    let _listener = listen_unix(&server, &path).unwrap();
    let mut client = Client::connect(&path);
    assert_eq!(client.exchange(ctaphid::command::CBOR, create)[0], 0);
    rate("assertion, Unix socket", || {
        assert_eq!(client.exchange(ctaphid::command::CBOR, get)[0], 0);
    });
    std::fs::remove_file(&path).unwrap();
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
    over_a_socket(&create(0, true), &get);
    let mut user = 0;
    rate("registration, self-attested", || {
        user += 1;
        assert_eq!(key.handle(Channel(1), &create(user, false), &mut env)[0], 0);
    });
}
