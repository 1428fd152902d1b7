//! The bridge: a small HTTP server on loopback, for the extension alone.
//!
//! Every request is a POST with a JSON object and the secret. `begin` starts a ceremony, `await` waits some seconds for
//! its end, `cancel` ends it, `uvpaa` says whether the key is a platform authenticator that verifies users.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::client::{Caller, Client, ClientError};
use crate::pin_uv_auth::same;
use crate::profile::Attachment;
use crate::store::Store;
use crate::transport::server::Server;

/// The longest head and body that are read.
const MAX_HEAD: usize = 16 * 1024;
const MAX_BODY: usize = 1024 * 1024;
/// How long the other side may take to send its request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long `await` waits before it says that there is nothing yet.
const TURN: Duration = Duration::from_secs(10);
/// How many ceremonies are remembered; more are refused until some are asked after.
const MAX_CEREMONIES: usize = 64;

/// Which ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Create,
    Get,
}

/// The body of `begin`.
#[derive(Debug, Deserialize)]
struct Begin {
    kind: Kind,
    id: i64,
    options: Json,
}

/// The body of `await` and `cancel`.
#[derive(Debug, Deserialize)]
struct Named {
    id: i64,
}

#[derive(Debug, Default)]
struct Ceremony {
    cancelled: Arc<AtomicBool>,
    outcome: Option<Json>,
}

/// The bridge to one served key.
#[derive(Debug)]
pub struct Bridge<S> {
    server: Arc<Server<S>>,
    secret: String,
    pin: Option<String>,
    ceremonies: Mutex<BTreeMap<i64, Ceremony>>,
    changed: Condvar,
}

/// A response: its status, and the JSON in it.
type Response = (&'static str, Json);

const BAD_REQUEST: &str = "400 Bad Request";

impl<S: Store + Send + 'static> Bridge<S> {
    /// Listens on a free port of loopback and returns the address. `pin` is what the user would type.
    pub fn listen(
        server: Arc<Server<S>>,
        secret: &str,
        pin: Option<&str>,
    ) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let bridge = Arc::new(Self {
            server,
            secret: secret.to_owned(),
            pin: pin.map(str::to_owned),
            ceremonies: Mutex::default(),
            changed: Condvar::new(),
        });
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let bridge = Arc::clone(&bridge);
                std::thread::spawn(move || {
                    // The other side may leave at any time.
                    drop(bridge.serve(&stream));
                });
            }
        });
        Ok(address)
    }

    fn serve(self: &Arc<Self>, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let (status, body) = match read_request(stream)? {
            None => (BAD_REQUEST, json!({})),
            Some(request) if !same(request.secret.as_bytes(), self.secret.as_bytes()) => {
                ("401 Unauthorized", json!({}))
            }
            Some(request) => self.answer(&request),
        };
        let body = body.to_string();
        write!(
            &*stream,
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    fn answer(self: &Arc<Self>, request: &Request) -> Response {
        let bad = |error: serde_json::Error| (BAD_REQUEST, json!({ "reason": error.to_string() }));
        let body = request.body.as_slice();
        match request.path.as_str() {
            "/begin" => serde_json::from_slice(body).map_or_else(bad, |begin| self.begin(begin)),
            "/await" => serde_json::from_slice(body)
                .map_or_else(bad, |named: Named| ("200 OK", self.wait(named.id))),
            "/cancel" => serde_json::from_slice(body).map_or_else(bad, |named: Named| {
                self.cancel(named.id);
                ("200 OK", json!({}))
            }),
            "/uvpaa" => ("200 OK", json!({ "available": self.is_uvpaa() })),
            _ => ("404 Not Found", json!({})),
        }
    }

    fn ceremonies(&self) -> MutexGuard<'_, BTreeMap<i64, Ceremony>> {
        self.ceremonies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(self: &Arc<Self>, begin: Begin) -> Response {
        let ceremony = Ceremony::default();
        let cancelled = Arc::clone(&ceremony.cancelled);
        {
            let mut ceremonies = self.ceremonies();
            if ceremonies.len() >= MAX_CEREMONIES {
                return ("503 Service Unavailable", json!({}));
            }
            ceremonies.insert(begin.id, ceremony);
        }
        let bridge = Arc::clone(self);
        std::thread::spawn(move || {
            let outcome = match bridge.perform(begin.kind, begin.options, &cancelled) {
                Ok(credential) => json!({ "credential": credential }),
                Err(error) => {
                    json!({ "error": { "name": error.name, "message": error.message } })
                }
            };
            if let Some(ceremony) = bridge.ceremonies().get_mut(&begin.id) {
                ceremony.outcome = Some(outcome);
            }
            bridge.changed.notify_all();
        });
        ("200 OK", json!({}))
    }

    fn perform(
        &self,
        kind: Kind,
        mut options: Json,
        cancelled: &AtomicBool,
    ) -> Result<Json, ClientError> {
        let caller = caller(&mut options).ok_or_else(|| {
            ClientError::security("the browser does not say which origin the request is from")
        })?;
        let cancelled = || cancelled.load(Ordering::SeqCst);
        self.server.with_user(&cancelled, |key, env| {
            let mut client = Client::new(key, env).pin(self.pin.as_deref());
            match kind {
                Kind::Create => client.register(&options, &caller),
                Kind::Get => client.sign_in(&options, &caller),
            }
        })
    }

    /// The outcome of a ceremony, which is then forgotten; an empty object if there is none yet.
    fn wait(&self, id: i64) -> Json {
        let ceremonies = self.ceremonies();
        let pending = |all: &mut BTreeMap<i64, Ceremony>| {
            all.get(&id).is_some_and(|one| one.outcome.is_none())
        };
        let waited = self.changed.wait_timeout_while(ceremonies, TURN, pending);
        let mut ceremonies = waited.unwrap_or_else(PoisonError::into_inner).0;
        match ceremonies.remove(&id) {
            Some(Ceremony {
                outcome: Some(outcome),
                ..
            }) => outcome,
            Some(unfinished) => {
                ceremonies.insert(id, unfinished);
                json!({})
            }
            None => {
                json!({ "error": { "name": "AbortError", "message": "there is no such request" } })
            }
        }
    }

    /// Ends a ceremony; nobody will ask after it.
    fn cancel(&self, id: i64) {
        if let Some(ceremony) = self.ceremonies().remove(&id) {
            ceremony.cancelled.store(true, Ordering::SeqCst);
        }
        self.server.panel.wake();
        self.changed.notify_all();
    }

    fn is_uvpaa(&self) -> bool {
        self.server.with_user(&|| false, |key, env| {
            let platform = key.profile().attachment == Attachment::Platform;
            let info = Client::new(key, env).info();
            platform && info.is_ok_and(|info| info.can_verify())
        })
    }
}

/// Who asks, as the browser says in an extension that is meant for remote desktops; it is taken out.
fn caller(options: &mut Json) -> Option<Caller> {
    let extensions = options.get_mut("extensions")?.as_object_mut()?;
    let named = extensions.remove("remoteDesktopClientOverride")?;
    let alone = named.get("sameOriginWithAncestors")?.as_bool()?;
    Some(Caller {
        origin: named.get("origin")?.as_str()?.to_owned(),
        cross_origin: !alone,
        top_origin: None,
    })
}

struct Request {
    path: String,
    secret: String,
    body: Vec<u8>,
}

/// Reads one request; `None` if it is none that the extension sends.
fn read_request(mut stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head, mut body) = loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let body = bytes.split_off(end + 4);
            break (bytes, body);
        }
        let length = stream.read(&mut buffer)?;
        if length == 0 || bytes.len() > MAX_HEAD {
            return Ok(None);
        }
        bytes.extend_from_slice(buffer.get(..length).unwrap_or_default());
    };
    let Some((path, secret, expected)) = std::str::from_utf8(&head).ok().and_then(read_head) else {
        return Ok(None);
    };
    while body.len() < expected {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(None);
        }
        body.extend_from_slice(buffer.get(..length).unwrap_or_default());
    }
    body.truncate(expected);
    Ok(Some(Request { path, secret, body }))
}

/// The path, the secret, and the length of the body.
fn read_head(head: &str) -> Option<(String, String, usize)> {
    let mut lines = head.split("\r\n");
    let path = lines.next()?.strip_prefix("POST ")?;
    let path = path.strip_suffix(" HTTP/1.1")?.to_owned();
    let (mut secret, mut length) = (String::new(), 0);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("authorization") {
            value.strip_prefix("Bearer ")?.clone_into(&mut secret);
        } else if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok().filter(|length| *length <= MAX_BODY)?;
        }
    }
    Some((path, secret, length))
}

#[cfg(test)]
mod tests;
