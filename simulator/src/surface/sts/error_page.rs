//! `GET /error?code=N`: what an error number means, for people.

use entrasim_domain::catalogue;
use serde_json::Map;

use super::page::{BRAND, Page, render};
use crate::call::Call;
use crate::wire::html::escape;
use crate::wire::{Form, Reply};

/// What an answer would fill in is shown as an ellipsis.
fn without_places(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        plain.push('…');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

pub(super) fn lookup(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let row = query
        .get("code")
        .and_then(|code| code.parse().ok())
        .and_then(|number: u32| catalogue::sign_in_errors().get(&number));
    let body = match row {
        Some(row) => format!(
            "<h1>AADSTS{}</h1><p>{}</p><dl><dt>OAuth error</dt><dd>{}</dd><dt>Source</dt><dd>{} ({})</dd></dl>",
            row.number,
            escape(&without_places(&row.text)),
            escape(&row.error),
            escape(&row.source),
            row.evidence
        ),
        None => "<h1>Unknown error</h1><p>The catalogue of this simulator has no such error.</p>"
            .to_owned(),
    };
    let page = Page {
        id: "ErrorLookup",
        title: "What an error means".to_owned(),
        config: Map::new(),
        body: format!("{BRAND}{body}"),
    };
    render(call, page)
}
