//! The directory as JSON that looks like Graph's own answers: written out whole, and read in from what common tools export
//! (`az rest`, Graph PowerShell, `GET /users?$select=…`).

use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::wire::Reply;

mod export;
mod fields;
mod import;

pub(crate) use import::import;

/// What was read in.
#[derive(Debug, Default, JsonSchema, Serialize)]
pub(crate) struct Imported {
    /// How many objects there were of each collection.
    pub objects: BTreeMap<String, usize>,
    /// Members that are not kept: they are not simulated, or derived here.
    pub ignored: BTreeSet<String>,
}

/// A directory; each member is a list, or an answer of Graph with a `value`.
#[derive(Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "describes the body; the reader takes it member by member"
)]
pub(crate) struct DirectoryDocument {
    pub users: Option<Vec<Value>>,
    /// Each with `members` and `owners`: ids, objects with an `id`, or `@odata.id`.
    pub groups: Option<Vec<Value>>,
    pub applications: Option<Vec<Value>>,
    pub service_principals: Option<Vec<Value>>,
    pub oauth2_permission_grants: Option<Vec<Value>>,
    pub role_assignments: Option<Vec<Value>>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::GET,
            path: "/tenants/{tenant}/directory",
            summary: "The directory as JSON in Graph's manner",
            request: None,
            response: (StatusCode::OK, Some(openapi::of::<DirectoryDocument>)),
            handler: get,
        },
        Route {
            method: Method::POST,
            path: "/tenants/{tenant}/directory",
            summary: "Read in a directory; objects with ids that are there are replaced",
            request: Some(openapi::of::<DirectoryDocument>),
            response: (StatusCode::OK, Some(openapi::of::<Imported>)),
            handler: post,
        },
    ]
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&export::directory(&call.tenant()?.read())))
}

fn post(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let document: Value = call.body()?;
    let cell = call.tenant()?;
    let mut random = cell.random();
    let arrived = call.request.arrived;
    let imported = cell.write(|tenant| {
        import(tenant, &document, &mut random, arrived).map_err(ControlError::bad_request)
    })?;
    Ok(ok(&imported))
}
