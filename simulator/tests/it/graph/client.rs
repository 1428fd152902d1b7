//! App `deploy` of the seed as a client of Graph.

use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use serde_json::Value;

use crate::support::{app_token, json, text};

pub(crate) const GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// App `deploy` with a token for Graph.
pub(crate) struct App {
    pub(crate) bench: Bench,
    bearer: String,
}

impl App {
    pub(crate) fn new() -> Self {
        let bench = Bench::at(AFTER_PHASE_2);
        let bearer = bearer(&bench);
        Self { bench, bearer }
    }

    /// The same as a person, with these scopes.
    pub(crate) fn person(name: &str, scopes: &str) -> Self {
        let mut app = Self::new();
        app.becomes(name, scopes);
        app
    }

    /// Goes on as a person, with these scopes.
    pub(crate) fn becomes(&mut self, name: &str, scopes: &str) {
        self.bearer = format!("Bearer {}", super::person(&self.bench, name, scopes));
    }

    /// Takes a new token: the clock was moved.
    pub(crate) fn renew(&mut self) {
        self.bearer = bearer(&self.bench);
    }

    /// `path` is a URL, or what follows the version.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let url = if path.starts_with("https:") {
            path.to_owned()
        } else {
            format!("{GRAPH}{path}")
        };
        let mut all = vec![
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
        ];
        all.extend_from_slice(headers);
        self.bench.send(method, &url, &all, body)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, &[], "");
        assert_eq!(reply.status, 200, "{path}: {}", json(&reply));
        json(&reply)
    }

    /// A write that is answered with this status.
    pub(crate) fn write(&self, method: &str, path: &str, body: &Value, status: u16) -> Value {
        let reply = self.send(method, path, &[], &body.to_string());
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!(reply.status, status, "{method} {path}: {text}");
        serde_json::from_slice(&reply.body).unwrap_or_default()
    }

    pub(crate) fn id(&self, name: &str) -> String {
        let tenant = self.bench.tenant.read();
        tenant.users.by_local_part(name, 0).unwrap().id.to_string()
    }
}

fn bearer(bench: &Bench) -> String {
    let reply = json(&app_token(bench, "https://graph.microsoft.com/.default"));
    format!("Bearer {}", text(&reply, "access_token"))
}
