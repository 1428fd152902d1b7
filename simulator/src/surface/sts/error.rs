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
    suberror: Option<&'static str>,
    claims: Option<String>,
}

/// An error in words.
pub(super) struct Described {
    pub error: String,
    /// `AADSTSn: …` with the ids and the instant.
    pub description: String,
    /// The same without what follows the text.
    pub text: String,
    /// The text alone, as the sign-in log has it.
    pub reason: String,
    pub uri: String,
    /// The token endpoint's answer has a member for it.
    bears_uri: bool,
    pub suberror: Option<String>,
    pub status: StatusCode,
    pub trace: String,
    pub correlation: String,
    pub timestamp: String,
}

impl StsError {
    /// A failure whose text has nothing to fill in.
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            arguments: Vec::new(),
            error: None,
            suberror: None,
            claims: None,
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

    /// Another suberror than the catalogue's.
    pub(super) fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// A claims challenge that goes with it.
    pub(super) fn with_claims(mut self, claims: Option<String>) -> Self {
        self.claims = claims;
        self
    }

    pub(super) fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    /// A required parameter is not there (900144).
    pub(super) fn missing(name: &'static str) -> Self {
        Self::new(900_144).with("name", name)
    }

    /// No parameter may come twice (RFC 6749, section 3.1; 9000411).
    pub(super) fn require_single(form: &crate::wire::Form) -> Result<(), Self> {
        match form.duplicated() {
            Some(name) => Err(Self::new(9_000_411).with("name", name)),
            None => Ok(()),
        }
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
    /// Sent to the app's address, or shown on a page.
    Authorize,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suberror: Option<&'a str>,
    /// A JSON string.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<&'a str>,
}

impl StsError {
    /// Finds the words. Timestamp and ids come from the request's own sources.
    pub(super) fn describe(&self, call: &Call<'_>, place: Place) -> Described {
        let number = self.number;
        let row = catalogue::sign_in_errors().get(&number);
        let special = row.and_then(|row| match place {
            Place::Token(Version::V1) => row.error_v1.as_deref(),
            Place::Token(Version::V2) => None,
            Place::Discovery => row.error_discovery.as_deref(),
            Place::Authorize => row.error_authorize.as_deref(),
        });
        let error = self
            .error
            .or(special)
            .or(row.map(|row| row.error.as_str()))
            .unwrap_or("server_error");
        let reason = self.arguments.iter().fold(
            row.map_or_else(String::new, |row| row.text.clone()),
            |text, (name, value)| text.replace(&format!("{{{name}}}"), value),
        );
        let text = format!("AADSTS{number}: {reason}");
        let trace = call.id().to_string();
        let correlation = call.correlation_id().to_string();
        let timestamp = call.now().token_error_form();
        let separator = call
            .tenant()
            .map_or(" ", |tenant| tenant.knobs.description_separator);
        Described {
            error: error.to_owned(),
            description: format!(
                "{text}{separator}Trace ID: {trace}{separator}Correlation ID: {correlation}{separator}Timestamp: {timestamp}"
            ),
            text,
            reason,
            uri: format!("{}/error?code={number}", origin(call)),
            bears_uri: row.is_none_or(|row| !row.without_uri),
            suberror: self
                .suberror
                .map(str::to_owned)
                .or_else(|| row.and_then(|row| row.suberror.clone())),
            // 401 is for clients that fail to prove themselves, and for nothing else (RFC 6749, section 5.2).
            status: row
                .and_then(|row| StatusCode::from_u16(row.status).ok())
                .filter(|status| *status != StatusCode::UNAUTHORIZED || error == "invalid_client")
                .unwrap_or(StatusCode::BAD_REQUEST),
            trace,
            correlation,
            timestamp,
        }
    }
}

/// Writes the envelope.
pub(super) fn reply(call: &Call<'_>, failure: &StsError, place: Place) -> Reply {
    call.record_code(format!("AADSTS{}", failure.number));
    let described = failure.describe(call, place);
    let body = Body {
        error: &described.error,
        error_description: described.description,
        error_codes: [failure.number],
        timestamp: described.timestamp,
        trace_id: described.trace,
        correlation_id: described.correlation,
        error_uri: described.bears_uri.then_some(described.uri),
        suberror: described.suberror.as_deref(),
        claims: failure.claims(),
    };
    Reply::json(described.status, &body)
}

/// The host that the caller asked, as a sign-in origin: `error_uri` and discovery follow it on a custom host.
pub(super) fn origin(call: &Call<'_>) -> String {
    use crate::hosts::{SimulatedHost, lookup};
    match lookup(&call.request.host()) {
        Some(SimulatedHost::SignIn | SimulatedHost::DeviceLogin) => origins::SIGN_IN.to_owned(),
        _ => call.request.origin(),
    }
}
