//! Service Fabric: an endpoint of the node over TLS, with a secret that stands for the service.

use http::StatusCode;
use serde_json::json;

use super::{Failure, issue, only_get};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// `GET {IDENTITY_ENDPOINT}?api-version=2019-07-01-preview&resource=…` with the header `Secret`
pub(super) fn token(call: &Call<'_>) -> Reply {
    if let Some(refusal) = only_get(call) {
        return refusal;
    }
    let secret = call.request.header("secret").unwrap_or_default();
    if secret.is_empty() {
        return refusal(
            call,
            StatusCode::BAD_REQUEST,
            "SecretHeaderNotFound",
            "Secret is not found in the request headers.",
        );
    }
    let owner = call
        .app
        .store
        .list()
        .into_iter()
        .find(|cell| cell.read().identity_header == secret);
    let Some(cell) = owner else {
        return refusal(
            call,
            StatusCode::NOT_FOUND,
            "ManagedIdentityNotFound",
            "Managed identity is not found for the service.",
        );
    };
    let tenant = call.bind(cell);
    let query = Form::parse(call.request.query.as_bytes());
    match query.get("api-version") {
        Some("2019-07-01-preview" | "2020-05-01") => {}
        Some(_) | None => {
            return refusal(
                call,
                StatusCode::BAD_REQUEST,
                "InvalidApiVersion",
                "The api-version is not supported. Supported versions: 2019-07-01-preview, 2020-05-01.",
            );
        }
    }
    match issue(call, tenant, &query) {
        Ok((token, _, resource)) => {
            let until = call
                .now()
                .unix_seconds()
                .saturating_add(i64::try_from(token.lifetime.as_secs()).unwrap_or(i64::MAX));
            Reply::json(
                StatusCode::OK,
                &json!({"token_type": "Bearer", "access_token": token.text, "expires_on": until, "resource": resource}),
            )
        }
        Err(Failure::MissingResource) => refusal(
            call,
            StatusCode::BAD_REQUEST,
            "ArgumentNullOrEmpty",
            "The parameter 'resource' should not be null or empty string.",
        ),
        Err(Failure::NoIdentity | Failure::NoSuchIdentity | Failure::Ambiguous) => refusal(
            call,
            StatusCode::NOT_FOUND,
            "ManagedIdentityNotFound",
            "Managed identity is not found for the service.",
        ),
        Err(Failure::UnknownResource(name)) => refusal(
            call,
            StatusCode::BAD_REQUEST,
            "InvalidResource",
            &format!(
                "AADSTS500011: The resource principal named {name} was not found in the tenant named {}.",
                tenant.display_name
            ),
        ),
    }
}

fn refusal(call: &Call<'_>, status: StatusCode, code: &'static str, message: &str) -> Reply {
    call.record_code(code);
    let correlation = call.id().to_string();
    Reply::json(
        status,
        &json!({"error": {"correlationId": correlation, "code": code, "message": message}}),
    )
}
