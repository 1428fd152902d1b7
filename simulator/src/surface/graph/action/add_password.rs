//! `POST /applications/{id}/addPassword` and `POST /servicePrincipals/{id}/addPassword`

use serde_json::{Map, Value};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::application::password_credential;
use crate::surface::graph::write::body;
use crate::surface::graph::write::credentialed::{Credentialed, change, new_secret};
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer<T: Credentialed>(
    graph: &Graph<'_, '_>,
    path: &Resource<'_>,
) -> Answer {
    path.present()?;
    let members = match body(graph) {
        Err(GraphError::EmptyBody) => Map::new(),
        body => body?,
    };
    let empty = Map::new();
    let asked = match members.get("passwordCredential") {
        None | Some(Value::Null) => &empty,
        Some(value) => value.as_object().ok_or(GraphError::Body)?,
    };
    let secret = new_secret(graph, asked)?;
    change(graph, path, |_, row: &mut T| {
        row.secrets().push(secret.clone());
        Ok(())
    })?;
    Ok(graph.action_result(
        "microsoft.graph.passwordCredential",
        password_credential(&secret, true),
    ))
}
