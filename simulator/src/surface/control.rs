//! The control API: its own port, its own verbs. It describes itself at `/openapi.json`, from the types that serve it.

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::wire::{Reply, Request};

pub mod model;

mod circumstances;
mod dashboard;
pub(crate) mod directory;
mod error;
mod explain;
mod journal;
mod openapi;
mod phones;
mod tenants;
mod throttling;
mod time;
mod trust_list;

use error::ControlError;

/// A route: what it is called, what it takes and gives, what serves it.
struct Route {
    method: Method,
    /// With `{name}` for parameters.
    path: &'static str,
    summary: &'static str,
    request: Option<openapi::Schema>,
    /// The status of success and its body.
    response: (StatusCode, Option<openapi::Schema>),
    handler: Handler,
}

type Handler = fn(&ControlCall<'_>) -> Result<Reply, ControlError>;

/// What every handler takes.
struct ControlCall<'a> {
    app: &'a App,
    request: &'a Request,
    /// The path's parameters, in order.
    parameters: Vec<String>,
}

/// Answers a request to the control port.
pub fn answer(app: &App, request: &Request) -> Reply {
    let segments = request.segments();
    let mut known_path = false;
    for route in routes() {
        let Some(parameters) = matches(route.path, &segments) else {
            continue;
        };
        known_path = true;
        if route.method == request.method {
            let call = ControlCall {
                app,
                request,
                parameters,
            };
            return (route.handler)(&call).unwrap_or_else(|error| error.reply());
        }
    }
    let error = if known_path {
        ControlError::method(&request.method)
    } else {
        ControlError::not_found(format!(
            "there is no {}; `GET /openapi.json` lists what there is",
            request.path
        ))
    };
    error.reply()
}

fn matches(template: &str, segments: &[String]) -> Option<Vec<String>> {
    let wanted: Vec<&str> = template
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (wanted, given) in wanted.iter().zip(segments) {
        if wanted.starts_with('{') {
            parameters.push(given.clone());
        } else if *wanted != given {
            return None;
        }
    }
    Some(parameters)
}

impl ControlCall<'_> {
    /// A path parameter.
    fn parameter(&self, at: usize) -> &str {
        self.parameters.get(at).map_or("", String::as_str)
    }

    /// The body, read strictly; an empty one counts as `{}`.
    fn body<T: DeserializeOwned>(&self) -> Result<T, ControlError> {
        let body = if self.request.body.is_empty() {
            b"{}".as_slice()
        } else {
            &self.request.body
        };
        serde_json::from_slice(body).map_err(|error| ControlError::bad_request(error.to_string()))
    }
}

fn ok(body: &impl Serialize) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// Every route, in the order of the description.
fn routes() -> impl Iterator<Item = Route> {
    dashboard::routes()
        .into_iter()
        .chain(tenants::routes())
        .chain(time::routes())
        .chain(journal::routes())
        .chain(explain::routes())
        .chain(phones::routes())
        .chain(circumstances::routes())
        .chain(throttling::routes())
        .chain(trust_list::routes())
        .chain(directory::routes())
}
