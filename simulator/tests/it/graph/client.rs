//! App `deploy` of the seed as a client of Graph.

use entrasim::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use serde_json::Value;

use crate::support::{app_token, json, text};

pub(super) const GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// App `deploy` with a token for Graph.
pub(super) struct App {
    pub(super) bench: Bench,
    bearer: String,
}

impl App {
    pub(super) fn new() -> Self {
        let bench = Bench::at(AFTER_PHASE_2);
        let bearer = bearer(&bench);
        Self { bench, bearer }
    }

    /// Takes a new token: the clock was moved.
    pub(super) fn renew(&mut self) {
        self.bearer = bearer(&self.bench);
    }

    /// `path` is a URL, or what follows the version.
    pub(super) fn send(
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

    pub(super) fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, &[], "");
        assert_eq!(reply.status, 200, "{path}: {}", json(&reply));
        json(&reply)
    }

    pub(super) fn id(&self, name: &str) -> String {
        let tenant = self.bench.tenant.read();
        tenant.users.by_local_part(name, 0).unwrap().id.to_string()
    }
}

fn bearer(bench: &Bench) -> String {
    let reply = json(&app_token(bench, "https://graph.microsoft.com/.default"));
    format!("Bearer {}", text(&reply, "access_token"))
}
