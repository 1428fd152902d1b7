//! The App Service form: a local endpoint, and a header whose secret stands for the app, here for the tenant.

use http::StatusCode;
use serde_json::json;

use super::{Failure, issue, only_get};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// `GET {IDENTITY_ENDPOINT}?resource=…&api-version=2019-08-01`
pub(super) fn token(call: &Call<'_>) -> Reply {
    if let Some(refusal) = only_get(call) {
        return refusal;
    }
    let header = call.request.header("x-identity-header").unwrap_or_default();
    let owner = call
        .app
        .store
        .list()
        .into_iter()
        .find(|cell| !header.is_empty() && cell.read().identity_header == header);
    let Some(cell) = owner else {
        return refusal(
            call,
            StatusCode::UNAUTHORIZED,
            "The X-IDENTITY-HEADER is missing or belongs to no app.",
        );
    };
    let tenant = call.bind(cell);
    let query = Form::parse(call.request.query.as_bytes());
    match query.get("api-version") {
        Some("2019-08-01") => {}
        Some(_) | None => {
            return refusal(
                call,
                StatusCode::BAD_REQUEST,
                "The api-version must be 2019-08-01.",
            );
        }
    }
    match issue(call, tenant, &query) {
        Ok((token, client, resource)) => {
            let now = call.now().unix_seconds();
            let until =
                now.saturating_add(i64::try_from(token.lifetime.as_secs()).unwrap_or(i64::MAX));
            let body = json!({
                "access_token": token.text, "client_id": client, "expires_on": until.to_string(),
                "not_before": (now - 300).to_string(), "resource": resource, "token_type": "Bearer",
            });
            Reply::json(StatusCode::OK, &body)
        }
        Err(Failure::NoIdentity | Failure::NoSuchIdentity | Failure::Ambiguous) => refusal(
            call,
            StatusCode::BAD_REQUEST,
            "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
        ),
        Err(Failure::MissingResource) => refusal(
            call,
            StatusCode::BAD_REQUEST,
            "The parameter 'resource' is missing.",
        ),
        Err(Failure::UnknownResource(name)) => {
            let text = format!(
                "AADSTS500011: The resource principal named {name} was not found in the tenant named {}.",
                tenant.display_name
            );
            refusal(call, StatusCode::BAD_REQUEST, &text)
        }
    }
}

fn refusal(call: &Call<'_>, status: StatusCode, message: &str) -> Reply {
    call.record_code(status.as_str());
    Reply::json(
        status,
        &json!({"statusCode": status.as_u16(), "message": message}),
    )
}
