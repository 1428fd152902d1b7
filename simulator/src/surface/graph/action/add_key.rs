//! `POST /applications/{id}/addKey` and `POST /servicePrincipals/{id}/addKey`: an app rolls its own certificate. It shows that it
//! has a valid one already by a token that it signs with that (Microsoft Learn, "Generate proof of possession tokens for rolling
//! keys"): `aud` is the old directory graph, `iss` the id of the object, and the token lives for ten minutes at most.

use entrasim_domain::credential::application_credential::{ClientSecret, KeyUsage};
use entrasim_domain::id::ObjectId;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::proof_of_key::{is_named, is_signed_by};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::error::application::ApplicationError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::application::key_credential;
use crate::surface::graph::write::credentialed::{
    Credentialed, change, new_certificate, new_secret,
};
use crate::surface::graph::write::{body, invalid, required};
use crate::surface::graph::{Answer, Graph};
use crate::wire::jwt::Unverified;

const AUDIENCE: &str = "00000002-0000-0000-c000-000000000000";
const CLASS: &str = "KeyCredential";
/// The longest life of a proof, and by how much clocks may differ.
const LIFETIME: i64 = 600;
const SKEW: i64 = 300;

pub(in crate::surface::graph) fn answer<T: Credentialed>(
    graph: &Graph<'_, '_>,
    path: &Resource<'_>,
) -> Answer {
    path.present()?;
    let members = body(graph)?;
    let asked = required(&members, "keyCredential", CLASS)?;
    let asked = asked
        .as_object()
        .ok_or_else(|| invalid("keyCredential", CLASS))?;
    let certificate = new_certificate(graph, asked)?;
    let secret = password(graph, &members)?;
    if secret.is_none() && certificate.usage == KeyUsage::Sign {
        return Err(GraphError::Required {
            member: "passwordCredential",
            class: CLASS,
        });
    }
    let proof = proof(&members)?;
    change(graph, path, |_, row: &mut T| {
        verify(graph, row, proof)?;
        row.certificates().push(certificate.clone());
        row.secrets().extend(secret);
        Ok(())
    })?;
    Ok(graph.action_result(
        "microsoft.graph.keyCredential",
        key_credential(&certificate),
    ))
}

/// The password of a private key, for `X509CertAndPassword` only.
fn password(
    graph: &Graph<'_, '_>,
    members: &Map<String, Value>,
) -> Result<Option<ClientSecret>, GraphError> {
    let asked = match members.get("passwordCredential") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_object(),
    };
    let asked = asked.ok_or_else(|| invalid("passwordCredential", CLASS))?;
    let mut asked = asked.clone();
    let text = asked.remove("secretText");
    let text = text.as_ref().and_then(Value::as_str).map(str::to_owned);
    let mut secret = new_secret(graph, &asked)?;
    secret.value = text.ok_or_else(|| invalid("secretText", CLASS))?;
    Ok(Some(secret))
}

/// The `proof` of a body.
pub(super) fn proof(members: &Map<String, Value>) -> Result<&str, GraphError> {
    let proof = required(members, "proof", CLASS)?;
    proof.as_str().ok_or_else(|| invalid("proof", CLASS))
}

/// Whether a proof was made with one of the object's valid certificates.
pub(super) fn verify<T: Credentialed>(
    graph: &Graph<'_, '_>,
    row: &mut T,
    proof: &str,
) -> Result<(), GraphError> {
    let now = graph.call.now();
    let id = row.object_id();
    let mut valid = row
        .certificates()
        .iter()
        .filter(|known| known.usage == KeyUsage::Verify)
        .filter(|known| graph.call.has_begun(known.start) && now < known.end)
        .peekable();
    if valid.peek().is_none() {
        return Err(ApplicationError::NoKeyForProof.into());
    }
    let token = Unverified::parse(proof).ok_or(ApplicationError::Proof)?;
    let signed = valid
        .find(|known| is_named(&token, known))
        .is_some_and(|known| is_signed_by(&token, &known.der));
    let lives = is_alive(&token, now) || is_alive(&token, graph.call.request.arrived);
    if signed && lives && is_about(&token, id) {
        Ok(())
    } else {
        Err(ApplicationError::Proof.into())
    }
}

fn is_about(token: &Unverified<'_>, id: ObjectId) -> bool {
    let issuer = token.claim("iss").and_then(|issuer| issuer.parse().ok());
    token.claim("aud") == Some(AUDIENCE) && issuer == Some(id)
}

fn is_alive(token: &Unverified<'_>, now: Timestamp) -> bool {
    let now = now.unix_seconds();
    let (Some(from), Some(until)) = (token.date("nbf"), token.date("exp")) else {
        return false;
    };
    now < until.saturating_add(SKEW)
        && now.saturating_add(SKEW) >= from
        && until.saturating_sub(from) <= LIFETIME
}
