//! `POST /applications/{id}/addPassword`

use core::time::Duration;

use entrasim_domain::credential::application_credential::ClientSecret;
use entrasim_domain::id::KeyId;
use entrasim_domain::seed;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::Key;
use crate::surface::graph::permission;
use crate::surface::graph::schema::application::password_credential;
use crate::surface::graph::write::application::{allowed, change};
use crate::surface::graph::write::{body, invalid, optional_text};
use crate::surface::graph::{Answer, Graph};

/// Two years, unless asked for otherwise (Microsoft Learn, application: addPassword).
pub(in crate::surface::graph) const LIFETIME: Duration =
    Duration::from_secs(2 * 365 * 24 * 60 * 60);
const CLASS: &str = "PasswordCredential";

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, application: &Key) -> Answer {
    let operation = &permission::WRITE_APPLICATION_PASSWORD;
    allowed(graph, application, operation)?;
    let members = match body(graph) {
        Err(GraphError::EmptyBody) => Map::new(),
        body => body?,
    };
    let empty = Map::new();
    let asked = match members.get("passwordCredential") {
        None | Some(Value::Null) => &empty,
        Some(value) => value.as_object().ok_or(GraphError::Body)?,
    };
    let display_name = match asked.get("displayName") {
        Some(value) => optional_text(value, "displayName", CLASS, 120)?,
        None => None,
    };
    let start = date(asked, "startDateTime")?.unwrap_or_else(|| graph.call.now());
    let end = date(asked, "endDateTime")?.unwrap_or(start + LIFETIME);
    if end <= start {
        return Err(invalid("endDateTime", CLASS));
    }
    let (key_id, value) = graph
        .call
        .draw(|random| (KeyId(random.guid()), seed::client_secret(random)));
    let secret = ClientSecret {
        key_id,
        display_name,
        value,
        start,
        end,
    };
    change(graph, application, operation, |_, application| {
        application.secrets.push(secret.clone());
        Ok(())
    })?;
    Ok(graph.action_result(
        "microsoft.graph.passwordCredential",
        password_credential(&secret, true),
    ))
}

fn date(members: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(Timestamp::parse) {
            Some(instant) => Ok(Some(instant)),
            None => Err(invalid(name, CLASS)),
        },
    }
}
