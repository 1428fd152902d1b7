//! The one place that writes an error of the token service.

use entrasim_domain::catalogue;
use http::StatusCode;
use serde::Serialize;

use super::Version;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;

/// A failure, by its row in the catalogue.
#[derive(Clone, Debug)]
pub(super) struct StsError {
    number: u32,
    arguments: Vec<(&'static str, String)>,
    error: Option<&'static str>,
}

impl StsError {
    /// A failure whose text has nothing to fill in.
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            arguments: Vec::new(),
            error: None,
        }
    }

    /// Fills in `{name}`.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// Another OAuth error than the catalogue's, where one number has two.
    pub(super) fn with_error(mut self, error: &'static str) -> Self {
        self.error = Some(error);
        self
    }

    /// A required parameter is not there (900144).
    pub(super) fn missing(name: &'static str) -> Self {
        Self::new(900_144).with("name", name)
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }
}

/// Where the error is shown: the OAuth error can differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Token(Version),
    Discovery,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    error_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suberror: Option<&'a str>,
}

/// Writes the envelope. Timestamp and ids come from the request's own sources.
pub(super) fn reply(call: &Call<'_>, failure: &StsError, place: Place) -> Reply {
    let number = failure.number;
    call.record_code(format!("AADSTS{number}"));
    let row = catalogue::sign_in_errors().get(&number);
    let error = failure.error.or_else(|| {
        let row = row?;
        let special = match place {
            Place::Token(Version::V1) => row.error_v1.as_deref(),
            Place::Token(Version::V2) => None,
            Place::Discovery => row.error_discovery.as_deref(),
        };
        Some(special.unwrap_or(row.error.as_str()))
    });
    let text = failure.arguments.iter().fold(
        row.map_or_else(String::new, |row| row.text.clone()),
        |text, (name, value)| text.replace(&format!("{{{name}}}"), value),
    );
    let (trace, correlation) = (call.id(), call.correlation_id("client-request-id"));
    let timestamp = call.now().token_error_form();
    let separator = call
        .tenant()
        .map_or(" ", |tenant| tenant.knobs.description_separator);
    let body = Body {
        error: error.unwrap_or("server_error"),
        error_description: format!(
            "AADSTS{number}: {text}{separator}Trace ID: {trace}{separator}Correlation ID: {correlation}{separator}Timestamp: {timestamp}"
        ),
        error_codes: [number],
        timestamp,
        trace_id: trace.to_string(),
        correlation_id: correlation.to_string(),
        error_uri: format!("{}/error?code={number}", origin(call)),
        suberror: row.and_then(|row| row.suberror.as_deref()),
    };
    let status = row.and_then(|row| StatusCode::from_u16(row.status).ok());
    Reply::json(status.unwrap_or(StatusCode::BAD_REQUEST), &body)
}

/// The host that the caller asked, as a sign-in origin: `error_uri` and discovery follow it on a custom host.
pub(super) fn origin(call: &Call<'_>) -> String {
    use crate::hosts::{SimulatedHost, lookup};
    match lookup(&call.request.host()) {
        Some(SimulatedHost::SignIn) => origins::SIGN_IN.to_owned(),
        _ => call.request.origin(),
    }
}
