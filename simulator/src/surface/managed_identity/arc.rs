//! Azure Arc: the agent of a machine elsewhere. The first answer names a file that only privileged users can read; its
//! content proves the second request.

use http::StatusCode;
use serde_json::json;

use super::{Failure, error, issue, machine_tenant, only_get};
use crate::call::Call;
use crate::whole_file::{self, Readers};
use crate::wire::{Form, Reply};

/// `GET {IDENTITY_ENDPOINT}?api-version=2020-06-01&resource=…`
pub(super) fn token(call: &Call<'_>) -> Reply {
    if let Some(refusal) = only_get(call) {
        return refusal;
    }
    let bad =
        |code: &str, text: &str| Reply::json(StatusCode::BAD_REQUEST, &error(call, code, text));
    let meant = call
        .request
        .header("metadata")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !meant {
        return bad("invalid_request", "Required metadata header not specified");
    }
    let query = Form::parse(call.request.query.as_bytes());
    if !matches!(
        query.get("api-version"),
        Some("2019-11-01" | "2020-06-01" | "2021-02-01")
    ) {
        return bad("invalid_request", "The api-version is invalid");
    }
    let Some(cell) = machine_tenant(call) else {
        return bad("invalid_request", "Identity not found");
    };
    let tenant = call.bind(cell);
    let secret = format!("arc-{}", tenant.identity_header);
    let shown = call
        .request
        .header("authorization")
        .and_then(|header| header.strip_prefix("Basic "));
    match shown {
        None => return challenge(call, &tenant.identity_header, &secret),
        Some(shown) if shown.trim() != secret => {
            return Reply::json(
                StatusCode::UNAUTHORIZED,
                &error(call, "unauthorized", "The challenge token does not match."),
            );
        }
        Some(_) => {}
    }
    match issue(call, tenant, &query) {
        Ok((token, client, resource)) => {
            let now = call.now().unix_seconds();
            let seconds = token.lifetime.as_secs();
            let until = now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
            let mut body = json!({
                "access_token": token.text, "client_id": client, "expires_in": (seconds - 1).to_string(),
                "expires_on": until.to_string(), "ext_expires_in": (seconds - 1).to_string(),
                "not_before": (now - 300).to_string(), "resource": resource, "token_type": "Bearer",
            });
            // Clients of 2026 fail unless a named identity is echoed.
            for name in ["object_id", "msi_res_id", "mi_res_id"] {
                if let Some(value) = query.get(name) {
                    body[name] = json!(value);
                }
            }
            Reply::json(StatusCode::OK, &body)
        }
        Err(Failure::NoIdentity | Failure::NoSuchIdentity | Failure::Ambiguous) => Reply::json(
            StatusCode::NOT_FOUND,
            &error(call, "identity_not_found", "Identity not found"),
        ),
        Err(Failure::MissingResource) => {
            bad("invalid_request", "Missing required parameter: resource")
        }
        Err(Failure::UnknownResource(name)) => bad(
            "invalid_resource",
            &format!(
                "AADSTS500011: The resource principal named {name} was not found in the tenant named {}.",
                tenant.display_name
            ),
        ),
    }
}

/// Writes the file and names it.
fn challenge(call: &Call<'_>, name: &str, secret: &str) -> Reply {
    let folder = &call.app.arc_tokens;
    let file = folder.join(format!("{name}.key"));
    if let Err(problem) = whole_file::keep(&file, secret, Readers::Anybody) {
        let text = format!(
            "The challenge file {} cannot be written ({problem}); name a folder with --arc-tokens.",
            file.display()
        );
        return Reply::json(
            StatusCode::INTERNAL_SERVER_ERROR,
            &error(call, "internal_error", &text),
        );
    }
    call.record_code("unauthorized");
    Reply::json(
        StatusCode::UNAUTHORIZED,
        &json!({"error": "unauthorized_client", "error_description": "Missing Basic Authorization header"}),
    )
    .header("www-authenticate", &format!("Basic realm={}", file.display()))
}
