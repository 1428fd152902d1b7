//! What was asked and answered, with the decision behind each answer.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::model::{EntryView, List};
use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::journal::Entry;
use crate::wire::{Form, Reply};

pub(super) fn routes() -> Vec<Route> {
    let schema: Option<openapi::Schema> = Some(openapi::of::<List<EntryView>>);
    let one: Option<openapi::Schema> = Some(openapi::of::<EntryView>);
    vec![
        Route {
            method: Method::GET,
            path: "/journal",
            summary: "The last requests, newest first (?tenant=, ?limit=)",
            request: None,
            response: (StatusCode::OK, schema),
            handler: list,
        },
        Route {
            method: Method::GET,
            path: "/journal/{request_id}",
            summary: "One request by the id that its answer bore",
            request: None,
            response: (StatusCode::OK, one),
            handler: get,
        },
    ]
}

fn list(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let query = Form::parse(call.request.query.as_bytes());
    let tenant = match query.get("tenant") {
        Some(name) => Some(
            call.app
                .tenant(name)
                .ok_or_else(|| ControlError::not_found(format!("there is no tenant {name}")))?
                .id(),
        ),
        None => None,
    };
    let limit = match query.get("limit") {
        Some(text) => text
            .parse()
            .map_err(|_| ControlError::bad_request("`limit` is a whole number"))?,
        None => 100,
    };
    let entries = call.app.journal.newest(tenant, limit);
    Ok(ok(&List {
        value: entries.iter().map(EntryView::from).collect(),
    }))
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&EntryView::from(&entry(call)?)))
}

/// The request that the path names.
pub(super) fn entry(call: &ControlCall<'_>) -> Result<Entry, ControlError> {
    let id = call.parameter(0);
    let entry = Uuid::parse_str(id)
        .ok()
        .and_then(|id| call.app.journal.get(id));
    entry.ok_or_else(|| {
        ControlError::not_found(format!(
            "the journal has no request {id}; it keeps the last ten thousand"
        ))
    })
}
