//! `ConvergedError`: what went wrong, with the code, the ids and the time.

use serde_json::{Map, json};

use super::super::error::{Place, StsError};
use super::super::interaction::Interaction;
use super::{Page, render};
use crate::call::Call;
use crate::wire::Reply;
use crate::wire::html::escape;

/// Shows a failure of a sign-in, with the ways on that it has.
pub(in super::super) fn show_in(interaction: &Interaction<'_>, error: &StsError) -> Reply {
    page(interaction.call, error, &interaction.other_account())
}

/// Shows a failure. The answer is 200, as the real one.
pub(in super::super) fn show(call: &Call<'_>, error: &StsError) -> Reply {
    page(call, error, "")
}

fn page(call: &Call<'_>, error: &StsError, onward: &str) -> Reply {
    call.record_code(format!("AADSTS{}", error.number()));
    let described = error.describe(call, Place::Authorize);
    let mut config = Map::new();
    for (name, value) in [
        ("iErrorCode", json!(error.number())),
        ("sErrorCode", json!(error.number().to_string())),
        ("iHttpErrorCode", json!(described.status.as_u16())),
        ("strServiceExceptionMessage", json!(described.description)),
        ("strMainMessage", json!("Signing in did not work")),
        ("iViewId", json!(1)),
    ] {
        config.insert(name.to_owned(), value);
    }
    let body = format!(
        "<p class=\"brand\">entrasim</p><h1>Signing in did not work</h1>{}\
         <dl><dt>Code</dt><dd>AADSTS{}</dd><dt>Request Id</dt><dd>{}</dd><dt>Correlation Id</dt><dd>{}</dd><dt>Timestamp</dt><dd>{}</dd></dl>\
         {onward}<p><a href=\"{}\">What the code means</a></p>",
        super::alert(&described.text),
        error.number(),
        escape(&described.trace),
        escape(&described.correlation),
        escape(&described.timestamp),
        escape(&described.uri),
    );
    render(
        call,
        Page {
            id: "ConvergedError",
            title: "Error: signing in did not work".to_owned(),
            config,
            body,
        },
    )
}
