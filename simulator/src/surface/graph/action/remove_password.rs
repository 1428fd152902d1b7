//! `POST /applications/{id}/removePassword` and `POST /servicePrincipals/{id}/removePassword`

use entrasim_domain::id::KeyId;
use serde_json::Value;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::credentialed::{Credentialed, change};
use crate::surface::graph::write::{body, no_content};
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer<T: Credentialed>(
    graph: &Graph<'_, '_>,
    path: &Resource<'_>,
) -> Answer {
    path.present()?;
    let members = body(graph)?;
    let asked = members
        .get("keyId")
        .and_then(Value::as_str)
        .ok_or(GraphError::Required {
            member: "keyId",
            class: "PasswordCredential",
        })?;
    let key: Option<KeyId> = asked.parse().ok();
    change(graph, path, |_, row: &mut T| {
        let secrets = row.secrets();
        let before = secrets.len();
        secrets.retain(|secret| Some(secret.key_id) != key);
        if secrets.len() == before {
            Err(GraphError::NoSuchPassword(asked.to_owned()))
        } else {
            Ok(())
        }
    })?;
    Ok(no_content())
}
