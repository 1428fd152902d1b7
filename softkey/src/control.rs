//! The control channel of a served key: JSON lines over a Unix socket of its own, never over CTAP.
//!
//! One request a line, one answer a line: `{"ok":true,…}` or `{"ok":false,"error":"…"}`.

use std::io::{self, BufRead, BufReader, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::client::bytes;
use crate::env::Env;
use crate::interchange::Exchanged;
use crate::profile::Defects;
use crate::store::{Change, Store};
use crate::system_env::{Agreeable, Randomness, SystemEnv};
use crate::transport::panel::{Touch, Verify};
use crate::transport::server::Server;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// What is set, and what the user is being asked.
    Status {},
    /// Takes the power away and gives it back.
    PowerCycle {},
    /// Pulls the key out: connections end, new ones are refused.
    Unplug {},
    /// Plugs it in again, with fresh power.
    Plug {},
    /// What happens at the next requests for a touch.
    Touch {
        /// The button.
        value: Touch,
        /// Milliseconds that the user takes.
        #[serde(default)]
        delay_millis: u64,
    },
    /// What happens at the next requests for built-in user verification.
    Verify {
        /// The sensor.
        value: Verify,
    },
    /// Answers what the user is being asked, after `touch` with `ask`.
    Answer {
        /// Whether the user agrees.
        approve: bool,
    },
    /// Moves the clock forward.
    Clock {
        /// By so many seconds.
        seconds: u64,
    },
    /// Switches a defect on or off.
    Defect {
        /// Its name.
        name: String,
        /// Whether it is on.
        on: bool,
    },
    /// What goes wrong with the next responses; what is absent stays as it is.
    Fault {
        /// So many responses are not sent.
        drop: Option<u32>,
        /// So many responses have one wrong bit.
        corrupt: Option<u32>,
        /// So many milliseconds pass before each response.
        stall_millis: Option<u64>,
    },
    /// The stored credentials with their private keys.
    Dump {},
    /// Puts a credential in, in the shape of `dump`.
    Inject {
        /// The credential.
        credential: Box<Exchanged>,
    },
    /// Takes a credential out.
    Remove {
        /// Its id.
        credential_id: String,
    },
}

/// Answers one request.
pub fn handle<S: Store + Send>(server: &Server<S>, request: Request) -> Result<Json, String> {
    let panel = &server.panel;
    match request {
        Request::Status {} => return Ok(status(server)),
        Request::PowerCycle {} => server.power_cycle(),
        Request::Unplug {} => panel.set(|settings| settings.unplugged = true),
        Request::Plug {} => {
            panel.set(|settings| settings.unplugged = false);
            server.power_cycle();
        }
        Request::Touch {
            value,
            delay_millis,
        } => panel.set(|settings| {
            settings.touch = value;
            settings.delay = Duration::from_millis(delay_millis);
        }),
        Request::Verify { value } => panel.set(|settings| settings.verify = value),
        Request::Answer { approve } => {
            if !panel.answer(approve) {
                return Err("the user is not being asked anything".to_owned());
            }
        }
        Request::Clock { seconds } => server.clock.advance(Duration::from_secs(seconds)),
        Request::Defect { name, on } => {
            if !server.key().profile_mut().defects.set(&name, on) {
                let known: Vec<&str> = Defects::names().collect();
                return Err(format!(
                    "there is no defect {name:?}; there are: {}",
                    known.join(", ")
                ));
            }
        }
        Request::Fault {
            drop,
            corrupt,
            stall_millis,
        } => panel.set(|settings| {
            let faults = &mut settings.faults;
            faults.drop = drop.unwrap_or(faults.drop);
            faults.corrupt = corrupt.unwrap_or(faults.corrupt);
            faults.stall_millis = stall_millis.unwrap_or(faults.stall_millis);
        }),
        Request::Dump {} => return dump(server),
        Request::Inject { credential } => inject(server, *credential)?,
        Request::Remove { credential_id } => remove(server, &credential_id)?,
    }
    Ok(json!({}))
}

fn status<S: Store + Send>(server: &Server<S>) -> Json {
    let settings = server.panel.settings();
    let waiting = server.panel.waiting();
    // While a command waits for the user it holds the key; then only the panel is reported.
    let credentials = match waiting {
        Some(_) => Json::Null,
        None => json!(server.key().store().state().discoverable_count()),
    };
    json!({
        "touch": settings.touch,
        "verify": settings.verify,
        "delay_millis": u64::try_from(settings.delay.as_millis()).unwrap_or(u64::MAX),
        "faults": settings.faults,
        "unplugged": settings.unplugged,
        "waiting": waiting,
        "discoverable_credentials": credentials,
    })
}

fn dump<S: Store + Send>(server: &Server<S>) -> Result<Json, String> {
    let key = server.key();
    let state = key.store().state();
    let credentials: Result<Vec<Exchanged>, _> = state
        .credentials()
        .map(|one| Exchanged::of(one, state.counter(Some(&one.id)).max(state.counter(None))))
        .collect();
    Ok(json!({ "credentials": credentials.map_err(|error| error.to_string())? }))
}

fn inject<S: Store + Send>(server: &Server<S>, credential: Exchanged) -> Result<(), String> {
    let mut world = SystemEnv {
        clock: server.clock.clone(),
        randomness: Randomness::System,
        gestures: Agreeable,
    };
    let mut key = server.key();
    add(&mut key, vec![credential], &mut world)
}

/// Adds credentials to a key, all or none.
pub(crate) fn add<S: Store>(
    key: &mut crate::authenticator::Authenticator<S>,
    credentials: Vec<Exchanged>,
    env: &mut dyn Env,
) -> Result<(), String> {
    let mut device = key
        .store()
        .state()
        .device()
        .ok_or("the key is not set up")?
        .clone();
    let mut changes = Vec::new();
    let mut used = key.store().state().counter(None);
    for credential in credentials {
        device.created += 1;
        used = used.max(credential.sign_count);
        let counter = credential.sign_count;
        let credential = credential
            .into_credential(device.created, env)
            .map_err(|error| error.to_string())?;
        changes.push(Change::Counter {
            credential: Some(credential.id.clone()),
            used: counter,
        });
        changes.push(Change::Put(Box::new(credential)));
    }
    // A counter goes on from where the other authenticator left it.
    changes.push(Change::Counter {
        credential: None,
        used,
    });
    changes.push(Change::Device(Box::new(device)));
    key.close().map_err(|error| error.to_string())?;
    key.store_mut()
        .commit(changes)
        .map_err(|error| error.to_string())
}

fn remove<S: Store + Send>(server: &Server<S>, id: &str) -> Result<(), String> {
    let mut key = server.key();
    let found = bytes::readings(id)
        .iter()
        .find_map(|id| key.store().state().credential(id).map(|one| one.id.clone()))
        .ok_or_else(|| format!("there is no credential {id:?}"))?;
    key.store_mut()
        .commit(vec![Change::Remove(found)])
        .map_err(|error| error.to_string())
}

/// Serves one connection: a request a line.
pub fn serve<S: Store + Send>(
    server: &Server<S>,
    input: impl io::Read,
    mut output: impl Write,
) -> io::Result<()> {
    /// The longest request; a credential with an RSA key has a few thousand characters.
    const LONGEST: u64 = 64 * 1024;
    let mut input = BufReader::new(input);
    loop {
        let mut line = String::new();
        let length = io::Read::take(&mut input, LONGEST).read_line(&mut line)?;
        if length == 0 {
            return Ok(());
        }
        let answer = serde_json::from_str(&line)
            .map_err(|error| format!("the request cannot be read: {error}"))
            .and_then(|request| handle(server, request));
        let answer = match answer {
            Ok(Json::Object(mut members)) => {
                members.insert("ok".to_owned(), Json::Bool(true));
                Json::Object(members)
            }
            Ok(other) => other,
            Err(error) => json!({ "ok": false, "error": error }),
        };
        // In one piece, for readers that take what comes first for all of it.
        output.write_all(format!("{answer}\n").as_bytes())?;
        output.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticator::Authenticator;
    use crate::profile::Profile;
    use crate::store::MemoryStore;
    use std::sync::Arc;

    fn server() -> Arc<Server<MemoryStore>> {
        let mut world = SystemEnv::default();
        let key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut world);
        Server::new(key.expect("memory"), world)
    }

    fn talk(server: &Server<MemoryStore>, requests: &[&str]) -> Vec<Json> {
        let mut output = Vec::new();
        serve(server, requests.join("\n").as_bytes(), &mut output).expect("memory");
        String::from_utf8(output)
            .expect("text")
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    #[test]
    fn settings_are_set_and_shown() {
        let server = server();
        let answers = talk(
            &server,
            &[
                r#"{"command":"touch","value":"deny","delay_millis":5}"#,
                r#"{"command":"verify","value":"reject"}"#,
                r#"{"command":"fault","drop":2}"#,
                r#"{"command":"defect","name":"stale-counter","on":true}"#,
                r#"{"command":"status"}"#,
            ],
        );
        assert!(
            answers.iter().all(|answer| answer["ok"] == true),
            "{answers:?}"
        );
        assert_eq!(answers[4]["touch"], "deny");
        assert_eq!(answers[4]["faults"]["drop"], 2);
        assert!(server.key().profile().defects.stale_counter);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_a_reason() {
        let answers = talk(
            &server(),
            &[
                "nonsense",
                r#"{"command":"touch","value":"maybe"}"#,
                r#"{"command":"status","extra":1}"#,
                r#"{"command":"defect","name":"none","on":true}"#,
                r#"{"command":"answer","approve":true}"#,
                r#"{"command":"remove","credential_id":"AAAA"}"#,
            ],
        );
        assert_eq!(answers.len(), 6);
        assert!(
            answers
                .iter()
                .all(|one| one["ok"] == false && one["error"].is_string())
        );
        assert!(
            answers[3]["error"]
                .as_str()
                .expect("text")
                .contains("wrong_rp_id_hash")
        );
    }

    #[test]
    fn a_credential_is_injected_dumped_and_removed() {
        let server = server();
        let key = crate::cose::PrivateKey::generate(
            crate::cose::Algorithm::Es256,
            &mut crate::env::SeededEnv::new(1),
        );
        let der = key.expect("a key").to_pkcs8().expect("DER");
        let credential = json!({
            "credentialId": "AAEC", "isResidentCredential": true, "rpId": "example.com",
            "privateKey": crate::encoding::base64url::encode(der), "signCount": 41,
        });
        let inject = json!({ "command": "inject", "credential": credential }).to_string();
        let answers = talk(
            &server,
            &[
                &inject,
                r#"{"command":"dump"}"#,
                r#"{"command":"remove","credential_id":"AAEC"}"#,
            ],
        );
        assert!(
            answers.iter().all(|answer| answer["ok"] == true),
            "{answers:?}"
        );
        assert_eq!(answers[1]["credentials"][0]["signCount"], 41);
        assert_eq!(server.key().store().state().discoverable_count(), 0);
    }
}
