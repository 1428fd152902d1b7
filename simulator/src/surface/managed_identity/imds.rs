//! `http://169.254.169.254/metadata/…`: the metadata service of a virtual machine.

use http::StatusCode;
use serde_json::json;

use super::{Failure, error, issue, machine_tenant, only_get};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// `GET /metadata/identity/oauth2/token`. All members are texts, in the order of a captured answer of 2025.
pub(super) fn token(call: &Call<'_>) -> Reply {
    if let Some(refusal) = only_get(call).or_else(|| refuse_header(call)) {
        return refusal;
    }
    let bad =
        |code: &str, text: &str| Reply::json(StatusCode::BAD_REQUEST, &error(call, code, text));
    let Some(cell) = machine_tenant(call) else {
        return bad("invalid_request", "Identity not found");
    };
    let tenant = call.bind(cell);
    let query = Form::parse(call.request.query.as_bytes());
    match query.get("api-version") {
        None => return bad("bad_request_102", "Required parameter missing: api-version"),
        Some(version) if version < "2018-02-01" => {
            return bad("invalid_request", "The api-version is invalid");
        }
        Some(_) => {}
    }
    match issue(call, tenant, &query) {
        Ok((token, client, resource)) => {
            let now = call.now().unix_seconds();
            let seconds = token.lifetime.as_secs();
            let until = now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
            let body = json!({
                "access_token": token.text, "client_id": client, "expires_in": (seconds - 1).to_string(),
                "expires_on": until.to_string(), "ext_expires_in": (seconds - 1).to_string(),
                "not_before": (now - 300).to_string(), "resource": resource, "token_type": "Bearer",
            });
            Reply::json(StatusCode::OK, &body)
        }
        Err(Failure::NoIdentity | Failure::NoSuchIdentity) => {
            bad("invalid_request", "Identity not found")
        }
        Err(Failure::Ambiguous) => bad(
            "invalid_request",
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
        ),
        Err(Failure::MissingResource) => bad(
            "invalid_request",
            "Required query variable 'resource' is missing",
        ),
        Err(Failure::UnknownResource(name)) => {
            let text = format!(
                "AADSTS500011: The resource principal named {name} was not found in the tenant named {}.",
                tenant.display_name
            );
            bad("invalid_resource", &text)
        }
    }
}

/// The header proves that the request was meant: a browser or a forwarding proxy cannot send it by accident.
fn refuse_header(call: &Call<'_>) -> Option<Reply> {
    let meant = call
        .request
        .header("metadata")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if meant && call.request.header("x-forwarded-for").is_none() {
        return None;
    }
    let body = error(
        call,
        "invalid_request",
        "Required metadata header not specified",
    );
    Some(Reply::json(StatusCode::BAD_REQUEST, &body))
}

/// `GET /metadata/instance/compute[/location]`: where the machine is.
pub(super) fn instance(call: &Call<'_>, rest: &[&str]) -> Reply {
    if let Some(refusal) = only_get(call).or_else(|| refuse_header(call)) {
        return refusal;
    }
    let Some(cell) = machine_tenant(call) else {
        return Reply::json(StatusCode::NOT_FOUND, &json!({"error": "Not found"}));
    };
    let tenant = call.bind(cell);
    let subscription = tenant
        .azure
        .subscriptions
        .keys()
        .next()
        .map(ToString::to_string)
        .unwrap_or_default();
    let compute = json!({
        "location": "westeurope", "name": "vm-build", "resourceGroupName": "rg-shared", "subscriptionId": subscription,
        "osType": "Linux", "vmSize": "Standard_B2s", "azEnvironment": "AzurePublicCloud",
    });
    match rest {
        [] => Reply::json(StatusCode::OK, &json!({"compute": compute})),
        ["compute"] => Reply::json(StatusCode::OK, &compute),
        ["compute", "location"] => Reply::text(StatusCode::OK, "westeurope"),
        _ => call.unimplemented(&format!("instance metadata {}", rest.join("/"))),
    }
}
