//! The published description of Graph as a check of every answer: `Bench::send` gives each exchange to `check`, in the
//! tests here and (through `src/lib.rs`) in those beside the code. Reads `tests/data`, names nothing of the simulator.

use http::HeaderMap;
use serde_json::{Map, Value};

// This file is a module of two crates, at two places: its parts are named by path.
#[path = "contract/answer.rs"]
mod answer;
#[path = "contract/batch.rs"]
mod batch;
#[path = "contract/exceptions.rs"]
mod exceptions;
#[path = "contract/head.rs"]
mod head;
#[path = "contract/paths.rs"]
pub(crate) mod paths;
#[path = "contract/schema.rs"]
pub(crate) mod schema;
#[path = "contract/shape.rs"]
pub(crate) mod shape;
#[path = "contract/text.rs"]
mod text;

pub(crate) use schema::Version;

/// A request and its answer, as they were on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'e> {
    pub(crate) method: &'e str,
    /// `https://graph.microsoft.com`
    pub(crate) origin: &'e str,
    /// Still percent-encoded.
    pub(crate) path: &'e str,
    pub(crate) asked: &'e HeaderMap,
    pub(crate) sent: &'e [u8],
    pub(crate) status: u16,
    pub(crate) headers: &'e HeaderMap,
    pub(crate) body: &'e [u8],
}

/// What is wrong with an answer, one sentence each.
pub(crate) type Faults = Vec<String>;

/// Whether a request is one to Graph.
pub(crate) fn is_graph(authority: &str, path: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    let first = path.split('/').find(|segment| !segment.is_empty());
    let first = first.unwrap_or_default().to_ascii_lowercase();
    let loopback = host == "localhost" || host.starts_with("127.");
    match host {
        "graph.microsoft.com" => first != "oidc",
        _ => loopback && matches!(first.as_str(), "v1.0" | "beta"),
    }
}

/// Everything that is wrong.
pub(crate) fn faults(exchange: &Exchange<'_>) -> Faults {
    // What is said not to be simulated claims nothing about the real service; a preflight is the browser's own business.
    if exchange.status == 501 || exchange.method == "OPTIONS" {
        return Faults::new();
    }
    let mut faults = Faults::new();
    head::check(exchange, &mut faults);
    answer::check(exchange, &mut faults);
    faults
}

impl Exchange<'_> {
    fn version(&self) -> Option<Version> {
        let mut segments = self.path.split('/').filter(|segment| !segment.is_empty());
        Version::of(segments.next()?)
    }

    /// The segments after the version, decoded.
    fn segments(&self) -> Vec<String> {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        let decoded = segments
            .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy());
        decoded.skip(1).map(String::from).collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(self.body).ok()
    }
}
