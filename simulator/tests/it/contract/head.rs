//! The headers of an answer, and the envelope of an error.

use serde_json::Value;

use super::text::{has_form, is_guid};
use super::{Exchange, Faults};

/// Sets of directory objects and what is described with them: they come from one service and share its headers.
const DIRECTORY: &[&str] = &[
    "applications",
    "directory",
    "directoryobjects",
    "directoryroles",
    "directoryroletemplates",
    "domains",
    "groups",
    "me",
    "oauth2permissiongrants",
    "organization",
    "serviceprincipals",
    "subscribedskus",
    "users",
];

pub(crate) fn check(exchange: &Exchange<'_>, faults: &mut Faults) {
    let mut wrong = |text: String| faults.push(text);
    for name in ["request-id", "client-request-id"] {
        match exchange.header(name) {
            Some(id) if name == "client-request-id" || is_guid(id) => {}
            other => wrong(format!("header {name} is {other:?}")),
        }
    }
    let asked = exchange
        .asked
        .get("client-request-id")
        .and_then(|id| id.to_str().ok());
    let answered = exchange.header("client-request-id");
    if asked.is_some_and(|asked| !asked.trim().is_empty() && answered != Some(asked.trim())) {
        wrong(format!(
            "client-request-id {asked:?} comes back as {answered:?}"
        ));
    }
    for (name, wanted) in [
        ("strict-transport-security", "max-age="),
        ("cache-control", "no-cache"),
        ("x-ms-ags-diagnostic", "{\"ServerInfo\":{"),
    ] {
        if !exchange
            .header(name)
            .is_some_and(|value| value.starts_with(wanted))
        {
            wrong(format!("header {name} is {:?}", exchange.header(name)));
        }
    }
    let content_type = exchange.header("content-type");
    match exchange.status {
        204 if !exchange.body.is_empty() || content_type.is_some() => {
            wrong("a 204 has a body".to_owned());
        }
        201 if exchange.header("location").is_none() => wrong("a 201 has no Location".to_owned()),
        200..=299 if !exchange.body.is_empty() => success(exchange, content_type, &mut wrong),
        400.. => refusal(exchange, content_type, &mut wrong),
        _ => {}
    }
}

fn success(exchange: &Exchange<'_>, content_type: Option<&str>, wrong: &mut impl FnMut(String)) {
    const ODATA: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
    let content_type = content_type.unwrap_or_default();
    let is_json = content_type.starts_with("application/json");
    if exchange.json().is_some() && !is_json {
        wrong(format!("JSON is sent as {content_type:?}"));
    }
    let segments = exchange.segments();
    let first = segments.first().map(|first| {
        first
            .split('(')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    });
    let methods = segments.iter().any(|segment| {
        let mut names = ["authentication", "authenticationMethodDevices"].iter();
        names.any(|name| segment.eq_ignore_ascii_case(name))
    });
    if !DIRECTORY.contains(&first.as_deref().unwrap_or_default()) || methods {
        return;
    }
    if is_json && content_type != ODATA {
        wrong(format!(
            "the directory answers with content type {content_type:?}"
        ));
    }
    if exchange.header("odata-version") != Some("4.0") {
        wrong("header odata-version is missing".to_owned());
    }
    if exchange.method == "GET" && exchange.header("x-ms-resource-unit").is_none() {
        wrong("header x-ms-resource-unit is missing".to_owned());
    }
}

fn refusal(exchange: &Exchange<'_>, content_type: Option<&str>, wrong: &mut impl FnMut(String)) {
    if !content_type.is_some_and(|content_type| content_type.starts_with("application/json")) {
        wrong(format!("an error is sent as {content_type:?}"));
    }
    if exchange.status == 401 && exchange.header("www-authenticate").is_none() {
        wrong("a 401 has no WWW-Authenticate".to_owned());
    }
    if exchange.status == 429 && exchange.header("retry-after").is_none() {
        wrong("a 429 has no Retry-After".to_owned());
    }
    let Some(body) = exchange.json() else {
        return wrong("an error is no JSON".to_owned());
    };
    envelope(&body, wrong);
    let inner = &body["error"]["innerError"];
    for name in ["request-id", "client-request-id"] {
        if inner[name].as_str() != exchange.header(name) {
            wrong(format!("innerError.{name} is not that of the header"));
        }
    }
}

/// `{"error": {"code", "message", "innerError": {"date", …}}}`
pub(crate) fn envelope(body: &serde_json::Map<String, Value>, wrong: &mut impl FnMut(String)) {
    let Some(error) = body
        .get("error")
        .and_then(Value::as_object)
        .filter(|_| body.len() == 1)
    else {
        return wrong("an error has another envelope".to_owned());
    };
    for name in ["code", "message"] {
        if error
            .get(name)
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            wrong(format!("error.{name} is missing"));
        }
    }
    let known = ["code", "message", "target", "details", "innerError"];
    for name in error.keys().filter(|name| !known.contains(&name.as_str())) {
        wrong(format!("error.{name} is unknown"));
    }
    let date = error
        .get("innerError")
        .and_then(|inner| inner["date"].as_str())
        .unwrap_or_default();
    if !has_form(date, "dddd-dd-ddTdd:dd:dd") {
        wrong(format!("innerError.date is {date:?}"));
    }
}
