//! A writer that is killed again and again while it works: a long run, and a short one in every test run.
//!
//! `cargo test --release -p softkey --test it -- --ignored --nocapture killed_often::a_hundred_thousand_times`. The writer is
//! this program itself, started as the test `the_writer`; what it says is acknowledged.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use softkey::authenticator::{Authenticator, Channel, command};
use softkey::cbor::{Value, read};
use softkey::env::SeededEnv;
use softkey::profile::{AttestationMode, Profile};
use softkey::store::Store;
use softkey::store::file::FileStore;
use softkey::system_env::SystemEnv;

/// Accounts that credentials are made for, over and over: each new one replaces the last.
const ACCOUNTS: u64 = 20;
/// Tells the writer which key is its.
const FILE: &str = "SOFTKEY_KILLED_FILE";

fn call(
    key: &mut Authenticator<FileStore>,
    env: &mut SystemEnv<softkey::system_env::Agreeable>,
    command: u8,
    parameters: &Value,
) -> Value {
    let request = [&[command], parameters.to_bytes().as_slice()].concat();
    let response = key.handle(Channel(1), &request, env);
    assert_eq!(response[0], 0);
    read(&response[1..]).unwrap()
}

fn auth_data(response: &Value) -> Vec<u8> {
    let data = response.get(2_i64).and_then(Value::as_bytes);
    data.unwrap().to_vec()
}

fn counter(data: &[u8]) -> u32 {
    u32::from_be_bytes(data[33..37].try_into().unwrap())
}

fn creation(account: u64) -> Value {
    let map = |entries: Vec<(&str, Value)>| Value::map(entries);
    let algorithm = map(vec![
        ("alg", Value::from(-7_i64)),
        ("type", Value::from("public-key")),
    ]);
    Value::map([
        (1_i64, Value::from([0; 32])),
        (2, map(vec![("id", Value::from("example.com"))])),
        (3, map(vec![("id", Value::from(account.to_be_bytes()))])),
        (4, Value::from(vec![algorithm])),
        (7, map(vec![("rk", Value::Bool(true))])),
    ])
}

/// Says what is on the key, then registers and signs in until it is killed.
#[test]
#[ignore = "started by the others, and killed"]
#[expect(
    clippy::disallowed_methods,
    reason = "another process of this program says where the key is"
)]
fn the_writer() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let mut env = SystemEnv::default();
    let store = FileStore::open(Path::new(&path), None).unwrap();
    let mut output = std::io::stdout().lock();
    let mut say = |text: String| {
        writeln!(output, "{text}").unwrap();
        output.flush().unwrap();
    };
    for credential in store.state().credentials() {
        let account: [u8; 8] = credential.user.id.as_slice().try_into().unwrap();
        let account = u64::from_be_bytes(account);
        say(format!("\nhas {account} {}", credential.id));
    }
    say("\nready".to_owned());
    let profile = store.profile().clone();
    let mut key = Authenticator::new(profile, store, &mut env).unwrap();
    let begin = key.store().state().device().unwrap().created;
    for account in (begin..).map(|number| number % ACCOUNTS) {
        let made = call(
            &mut key,
            &mut env,
            command::MAKE_CREDENTIAL,
            &creation(account),
        );
        let data = auth_data(&made);
        let id = softkey::credential::CredentialId::new(&data[55..87]);
        say(format!("made {account} {id} {}", counter(&data)));
        let request = Value::map([
            (1_i64, Value::from("example.com")),
            (2, Value::from([0; 32])),
        ]);
        let signed = call(&mut key, &mut env, command::GET_ASSERTION, &request);
        say(format!("signed {}", counter(&auth_data(&signed))));
    }
}

/// What was acknowledged over all rounds.
#[derive(Default)]
struct Acknowledged {
    held: BTreeMap<u64, String>,
    counter: u32,
    credentials: u64,
    signatures: u64,
}

impl Acknowledged {
    /// A line that is whole; one that was cut off by the kill acknowledges nothing.
    fn hear(&mut self, line: &str, found: &mut BTreeMap<u64, String>) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["has", account, id] => {
                found.insert(account.parse().unwrap(), (*id).to_owned());
            }
            ["made", account, id, count] => {
                self.count(count);
                self.credentials += 1;
                self.held.insert(account.parse().unwrap(), (*id).to_owned());
            }
            ["signed", count] => {
                self.count(count);
                self.signatures += 1;
            }
            _ => {}
        }
    }

    fn count(&mut self, count: &str) {
        let count: u32 = count.parse().unwrap();
        assert!(count > self.counter, "{count} after {}", self.counter);
        self.counter = count;
    }

    /// All that was acknowledged is there. One account may have a credential that nobody heard of: it was written, and the
    /// writer was killed before it could say so.
    fn compare(&mut self, found: &BTreeMap<u64, String>) {
        let mut unheard = 0;
        for (account, id) in &self.held {
            let there = found
                .get(account)
                .expect("an acknowledged credential is gone");
            unheard += u32::from(there != id);
        }
        assert!(unheard <= 1, "acknowledged credentials are gone");
        self.held.clone_from(found);
    }
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Kills the writer so many times, each time after another number of acknowledgements.
fn kill(name: &str, times: u64, progress: impl Fn(u64, &Acknowledged)) -> Acknowledged {
    let folder = std::env::temp_dir().join(format!("softkey-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let folder = Folder(folder);
    let path = folder.0.join("key");
    let profile = Profile {
        attestation: AttestationMode::SelfSigned,
        ..Profile::default()
    };
    FileStore::create(&path, profile, None, &mut SeededEnv::new(1)).unwrap();
    let mut all = Acknowledged::default();
    for round in 0..times {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_often::the_writer", "--ignored"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(writer.stdout.take().unwrap());
        let (mut found, mut line, mut ready) = (BTreeMap::new(), String::new(), false);
        // Zero acknowledgements is a kill while the file is read or the first commit is written.
        let mut left = round.wrapping_mul(7) % 11;
        loop {
            line.clear();
            let length = said.read_line(&mut line).unwrap();
            if length == 0 || !line.ends_with('\n') {
                break;
            }
            if line.trim() == "ready" {
                ready = true;
                all.compare(&found);
            }
            all.hear(&line, &mut found);
            if ready {
                if left == 0 {
                    writer.kill().unwrap();
                }
                left = left.wrapping_sub(1);
            }
        }
        writer.wait().unwrap();
        assert!(ready, "round {round}: the key could not be opened");
        progress(round + 1, &all);
    }
    all
}

#[test]
fn a_few_dozen_times() {
    let all = kill("killed-some", 40, |_, _| {});
    assert!(all.credentials > 0 && all.signatures > 0);
}

/// The long run. `SOFTKEY_KILLS` at compile time changes the number.
#[test]
#[ignore = "takes most of an hour"]
fn a_hundred_thousand_times() {
    let times = option_env!("SOFTKEY_KILLS")
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let all = kill("killed-often", times, |done, all| {
        if done % 1000 == 0 {
            let (made, signed) = (all.credentials, all.signatures);
            println!("{done} of {times}: {made} credentials, {signed} signatures acknowledged");
        }
    });
    println!(
        "{times} kills; {} credentials and {} signatures acknowledged, none lost, no counter twice",
        all.credentials, all.signatures
    );
}
