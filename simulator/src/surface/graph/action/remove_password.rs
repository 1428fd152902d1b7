//! `POST /applications/{id}/removePassword`

use entrasim_domain::id::KeyId;
use serde_json::Value;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::Key;
use crate::surface::graph::permission;
use crate::surface::graph::write::application::{allowed, change};
use crate::surface::graph::write::{body, no_content};
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, application: &Key) -> Answer {
    let operation = &permission::WRITE_APPLICATION_PASSWORD;
    allowed(graph, application, operation)?;
    let members = body(graph)?;
    let asked = members
        .get("keyId")
        .and_then(Value::as_str)
        .ok_or(GraphError::Required {
            member: "keyId",
            class: "PasswordCredential",
        })?;
    let key: Option<KeyId> = asked.parse().ok();
    change(graph, application, operation, |_, application| {
        let before = application.secrets.len();
        application
            .secrets
            .retain(|secret| Some(secret.key_id) != key);
        if application.secrets.len() == before {
            Err(GraphError::NoSuchPassword(asked.to_owned()))
        } else {
            Ok(())
        }
    })?;
    Ok(no_content())
}
