//! Answering an app through the browser: query, fragment or an automatic form.

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::error::StsError;
use super::sign_in_request::SignInRequest;
use crate::call::Call;
use crate::wire::Reply;
use crate::wire::html::escape;

/// `response_mode`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

impl ResponseMode {
    pub(super) fn parse(text: Option<&str>) -> Result<Option<Self>, StsError> {
        Ok(Some(match text.unwrap_or_default() {
            "" => return Ok(None),
            "query" => Self::Query,
            "fragment" => Self::Fragment,
            "form_post" => Self::FormPost,
            other => return Err(StsError::new(70_007).with("mode", other)),
        }))
    }
}

/// Sends members to the app's address.
pub(super) fn send(request: &SignInRequest, members: &[(&str, String)]) -> Reply {
    let mut members = members.to_vec();
    if let Some(state) = &request.state {
        members.push(("state", state.clone()));
    }
    match request.response_mode {
        ResponseMode::FormPost => form(&request.redirect_uri, &members),
        ResponseMode::Query => redirect(&request.redirect_uri, '?', &members),
        ResponseMode::Fragment => redirect(&request.redirect_uri, '#', &members),
    }
}

/// Sends an error to the app's address.
pub(super) fn send_error(call: &Call<'_>, request: &SignInRequest, error: &StsError) -> Reply {
    let described = error.describe(call, super::error::Place::Authorize);
    let mut members = vec![
        ("error", described.error.clone()),
        ("error_description", described.description.clone()),
        ("error_uri", described.uri.clone()),
    ];
    if let Some(suberror) = described.suberror {
        members.push(("error_subcode", suberror));
    }
    if let Some(claims) = error.claims() {
        members.push(("claims", claims.to_owned()));
    }
    send(request, &members)
}

fn redirect(uri: &str, separator: char, members: &[(&str, String)]) -> Reply {
    let encoded: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    // A URI without a path gets one; one that has a query keeps it.
    let bare = uri
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.is_empty() && !rest.contains(['/', '?', '#']));
    let slash = if bare && uri.starts_with("http") {
        "/"
    } else {
        ""
    };
    let separator = if separator == '?' && uri.contains('?') {
        '&'
    } else {
        separator
    };
    let location = format!("{uri}{slash}{separator}{}", encoded.join("&"));
    Reply::html(
        StatusCode::FOUND,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Object moved</title></head><body><h2>Object moved to <a href=\"{}\">here</a>.</h2></body></html>",
            escape(&location)
        ),
    )
    .fixed_headers(&super::page::HEADERS)
    .header("location", &location)
}

/// The page that posts itself. Its title and form name are what clients and tools look for.
pub(super) fn form(action: &str, members: &[(&str, String)]) -> Reply {
    let inputs: String = members
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\" />",
                escape(name),
                escape(value)
            )
        })
        .collect();
    Reply::html(
        StatusCode::OK,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Working...</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"></head><body>\
             <main><form method=\"POST\" name=\"hiddenform\" action=\"{}\">{inputs}\
             <noscript><p>This browser runs no script: press the button to go back to the app.</p><input type=\"submit\" value=\"Submit\" /></noscript></form></main>\
             <script language=\"javascript\">document.forms[0].submit();</script></body></html>",
            escape(action)
        ),
    )
    .fixed_headers(&super::page::HEADERS)
}
