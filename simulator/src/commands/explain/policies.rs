//! Policies from files, written into a tenant as an administrator's tool does it: through Microsoft Graph.

use std::io;
use std::path::{Path, PathBuf};

use entrasim_domain::store::TenantCell;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde_json::Value;

use super::post;
use crate::app::App;
use crate::routing;

/// Writes every policy of the files. The inner error is what Graph says against one.
pub(super) fn write(
    app: &App,
    cell: &TenantCell,
    files: &[PathBuf],
) -> io::Result<Result<(), String>> {
    if files.is_empty() {
        return Ok(Ok(()));
    }
    let token = token(app, cell)?;
    for file in files {
        for policy in read(file)? {
            if let Err(refusal) = create(app, &token, &policy)? {
                return Ok(Err(format!("{}: {refusal}", file.display())));
            }
        }
    }
    Ok(Ok(()))
}

/// One policy, a list of them, or a page as Graph answers it.
fn read(file: &Path) -> io::Result<Vec<Value>> {
    let wrong = |error: &dyn core::fmt::Display| {
        let text = format!("cannot read {}: {error}", file.display());
        io::Error::new(io::ErrorKind::InvalidInput, text)
    };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    Ok(match document {
        Value::Array(list) => list,
        mut document => match document.get_mut("value").map(Value::take) {
            Some(Value::Array(list)) => list,
            _ => vec![document],
        },
    })
}

/// A token of the seeded app, which may write policies.
fn token(app: &App, cell: &TenantCell) -> io::Result<String> {
    let tenant = cell.read();
    let seeded = tenant
        .applications
        .values()
        .find_map(|app| Some((app.app_id, app.secrets.first()?.value.clone())));
    let (id, secret) = seeded.ok_or_else(|| io::Error::other("the tenant has no app"))?;
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={}&scope={}",
        encode(&secret),
        encode("https://graph.microsoft.com/.default")
    );
    let path = format!("/{}/oauth2/v2.0/token", cell.id());
    let kind = "application/x-www-form-urlencoded";
    let reply = routing::answer(app, &post("login.microsoftonline.com", &path, kind, form));
    let body: Value = serde_json::from_slice(&reply.body).map_err(io::Error::other)?;
    body["access_token"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| io::Error::other(format!("no token for the seeded app: {body}")))
}

fn create(app: &App, token: &str, policy: &Value) -> io::Result<Result<(), String>> {
    let path = "/v1.0/identity/conditionalAccess/policies";
    let mut request = post(
        "graph.microsoft.com",
        path,
        "application/json",
        policy.to_string(),
    );
    let bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(io::Error::other)?;
    request.headers.insert(AUTHORIZATION, bearer);
    let reply = routing::answer(app, &request);
    if reply.status.is_success() {
        return Ok(Ok(()));
    }
    let body: Value = serde_json::from_slice(&reply.body).map_err(io::Error::other)?;
    let message = body["error"]["message"].as_str().unwrap_or_default();
    Ok(Err(message.to_owned()))
}
