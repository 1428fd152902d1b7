//! The command, killed in the middle of its work: nothing acknowledged is lost, no counter repeats.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use softkey::cbor::{Value, read};
use softkey::store::Store;
use softkey::store::file::FileStore;

/// How often the process is killed. A longer run: `SOFTKEY_KILLS=1000 cargo test -p softkey --test it killed`.
fn rounds() -> u64 {
    option_env!("SOFTKEY_KILLS")
        .and_then(|text| text.parse().ok())
        .unwrap_or(6)
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("softkey-killed-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_softkey"));
        command.arg("--json").arg("--home").arg(&self.0);
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A served key and a connection to it.
struct Served {
    child: Child,
    stream: TcpStream,
    channel: [u8; 4],
}

impl Served {
    fn start(folder: &Folder) -> Self {
        let mut child = folder
            .command()
            .args(["serve", "--tcp", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let stream = TcpStream::connect(ready["tcp"].as_str().unwrap()).unwrap();
        let mut served = Self {
            child,
            stream,
            channel: [0xff; 4],
        };
        let answer = served.exchange(0x06, b"12345678").unwrap();
        served.channel = answer[8..12].try_into().unwrap();
        served
    }

    /// One message and its answer; `None` if the process died in between.
    fn exchange(&mut self, command: u8, payload: &[u8]) -> Option<Vec<u8>> {
        let (first, rest) = payload.split_at(payload.len().min(57));
        let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
        let mut reports = vec![[&self.channel, &[command | 0x80][..], &length, first].concat()];
        for (sequence, chunk) in (0_u8..).zip(rest.chunks(59)) {
            reports.push([&self.channel, &[sequence][..], chunk].concat());
        }
        for mut report in reports {
            report.resize(64, 0);
            self.stream
                .write_all(&[&[0, 64], report.as_slice()].concat())
                .ok()?;
        }
        let mut answer = Vec::new();
        let mut expected = usize::MAX;
        while answer.len() < expected {
            let mut framed = [0; 66];
            self.stream.read_exact(&mut framed).ok()?;
            let report = &framed[2..];
            // A sign of life, not the answer.
            if report[4] == 0xbb {
                continue;
            }
            if expected == usize::MAX {
                expected = usize::from(u16::from_be_bytes([report[5], report[6]]));
                answer.extend_from_slice(&report[7..]);
            } else {
                answer.extend_from_slice(&report[5..]);
            }
        }
        answer.truncate(expected);
        Some(answer)
    }

    fn call(&mut self, command: u8, parameters: &Value) -> Option<Value> {
        let response = self.exchange(
            0x10,
            &[&[command], parameters.to_bytes().as_slice()].concat(),
        )?;
        assert_eq!(response[0], 0);
        Some(read(&response[1..]).unwrap())
    }

    fn register(&mut self, user: u64) -> Option<(Vec<u8>, u32)> {
        let map = |entries: Vec<(&str, Value)>| Value::map(entries);
        let algorithm = map(vec![
            ("alg", Value::from(-7_i64)),
            ("type", Value::from("public-key")),
        ]);
        let parameters = Value::map([
            (1_i64, Value::from([0; 32])),
            (2, map(vec![("id", Value::from("example.com"))])),
            (3, map(vec![("id", Value::from(user.to_be_bytes()))])),
            (4, Value::from(vec![algorithm])),
            (7, map(vec![("rk", Value::Bool(true))])),
        ]);
        let response = self.call(0x01, &parameters)?;
        let data = response.get(2_i64).and_then(Value::as_bytes).unwrap();
        Some((data[55..87].to_vec(), counter(data)))
    }

    fn sign_in(&mut self) -> Option<u32> {
        let parameters = Value::map([
            (1_i64, Value::from("example.com")),
            (2, Value::from([0; 32])),
        ]);
        let response = self.call(0x02, &parameters)?;
        Some(counter(
            response.get(2_i64).and_then(Value::as_bytes).unwrap(),
        ))
    }
}

fn counter(data: &[u8]) -> u32 {
    u32::from_be_bytes(data[33..37].try_into().unwrap())
}

#[test]
fn a_killed_key_loses_no_credential_and_repeats_no_counter() {
    let folder = Folder::new();
    assert!(
        folder
            .command()
            .arg("new")
            .output()
            .unwrap()
            .status
            .success()
    );
    let (mut user, mut last, mut kept) = (0, 0, Vec::new());
    for round in 0..rounds() {
        let mut served = Served::start(&folder);
        // A few commands are acknowledged first, so that there is something to lose.
        for _ in 0..round % 4 {
            user += 1;
            let (id, count) = served.register(user).unwrap();
            assert!(count > last, "round {round}: {count} after {last}");
            last = count;
            kept.push(id);
        }
        // Then another thread pulls the plug while more are under way.
        let pid = served.child.id().to_string();
        let killer = std::thread::spawn(move || {
            // Starting a process takes about as long as a few commands, and never exactly as long.
            Command::new("kill").args(["-9", &pid]).status().unwrap();
        });
        let ended = loop {
            user += 1;
            let Some((id, count)) = served.register(user) else {
                break round;
            };
            assert!(count > last, "round {round}: {count} after {last}");
            last = count;
            kept.push(id);
            let Some(count) = served.sign_in() else {
                break round;
            };
            assert!(count > last, "round {round}: {count} after {last}");
            last = count;
        };
        assert_eq!(ended, round);
        killer.join().unwrap();
        served.child.wait().unwrap();
    }
    assert!(!kept.is_empty());
    let store = FileStore::open(&folder.0.join("default.softkey"), None).unwrap();
    for id in &kept {
        assert!(
            store.state().credential(id).is_some(),
            "an acknowledged credential is gone"
        );
    }
}
