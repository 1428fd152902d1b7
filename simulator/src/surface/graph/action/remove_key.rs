//! `POST /applications/{id}/removeKey` and `POST /servicePrincipals/{id}/removeKey`, with the same proof as for adding one.

use entrasim_domain::id::KeyId;

use super::add_key::{proof, verify};
use crate::surface::graph::error::application::ApplicationError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::credentialed::{Credentialed, change};
use crate::surface::graph::write::{body, no_content, required};
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer<T: Credentialed>(
    graph: &Graph<'_, '_>,
    path: &Resource<'_>,
) -> Answer {
    path.present()?;
    let members = body(graph)?;
    let asked = required(&members, "keyId", "KeyCredential")?;
    let asked = asked.as_str().unwrap_or_default();
    let key: Option<KeyId> = asked.parse().ok();
    let proof = proof(&members)?;
    change(graph, path, |_, row: &mut T| {
        verify(graph, row, proof)?;
        let certificates = row.certificates();
        let before = certificates.len();
        certificates.retain(|known| Some(known.key_id) != key);
        if certificates.len() == before {
            Err(ApplicationError::NoSuchKey(asked.to_owned()).into())
        } else {
            Ok(())
        }
    })?;
    Ok(no_content())
}
