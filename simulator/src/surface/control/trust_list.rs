//! Who is believed about the models of passkeys: the tenant's copy of what the FIDO Metadata Service publishes. Nobody is, until
//! somebody adds to it; then "enforce attestation" means something.

use std::sync::Arc;

use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::authentication::TrustedModel;
use entrasim_webauthn::metadata;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::wire::Reply;

/// The trust list.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct TrustListView {
    models: Vec<TrustedModelView>,
}

/// A model that somebody speaks for.
#[derive(Debug, JsonSchema, Serialize)]
struct TrustedModelView {
    #[schemars(with = "String")]
    aaguid: Uuid,
    name: String,
    /// How many root certificates are believed about it.
    roots: usize,
}

/// What was read.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct TrustListChange {
    /// Models that are believed now.
    added: usize,
    /// Entries that are about no passkey, or have no root.
    skipped: usize,
    /// Models whose status says that they are not to be trusted; they are not believed any more.
    #[schemars(with = "Vec<String>")]
    revoked: Vec<Uuid>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::GET,
            path: "/tenants/{tenant}/trust-list",
            summary: "Who is believed about models of passkeys",
            request: None,
            response: (StatusCode::OK, Some(openapi::of::<TrustListView>)),
            handler: get,
        },
        Route {
            method: Method::POST,
            path: "/tenants/{tenant}/trust-list",
            summary: "Believe more: a metadata statement (`softkey attest metadata`), an array of them, or the BLOB of the FIDO Metadata Service",
            request: Some(openapi::of::<serde_json::Value>),
            response: (StatusCode::OK, Some(openapi::of::<TrustListChange>)),
            handler: add,
        },
        Route {
            method: Method::DELETE,
            path: "/tenants/{tenant}/trust-list",
            summary: "Believe nobody",
            request: None,
            response: (StatusCode::NO_CONTENT, None),
            handler: clear,
        },
    ]
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let tenant = call.tenant()?.read();
    let models = tenant.authentication.trust_list.iter();
    let models = models.map(|(aaguid, model)| TrustedModelView {
        aaguid: *aaguid,
        name: model.name.clone(),
        roots: model.roots.len(),
    });
    Ok(ok(&TrustListView {
        models: models.collect(),
    }))
}

fn add(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let text = core::str::from_utf8(&call.request.body)
        .map_err(|error| ControlError::bad_request(error.to_string()))?;
    let read =
        metadata::read(text).map_err(|error| ControlError::bad_request(error.to_string()))?;
    let change = TrustListChange {
        added: read.models.len(),
        skipped: read.skipped,
        revoked: read.revoked.clone(),
    };
    write(call, |tenant| {
        let list = &mut tenant.authentication.trust_list;
        for aaguid in &read.revoked {
            list.remove(aaguid);
        }
        for model in read.models {
            let trusted = TrustedModel {
                name: model.name,
                roots: model.roots,
            };
            list.insert(model.aaguid, Arc::new(trusted));
        }
    })?;
    Ok(ok(&change))
}

fn clear(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    write(call, |tenant| tenant.authentication.trust_list.clear())?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn write(call: &ControlCall<'_>, change: impl FnOnce(&mut Tenant)) -> Result<(), ControlError> {
    call.tenant()?.write(|tenant| {
        change(tenant);
        Ok::<(), ControlError>(())
    })
}
