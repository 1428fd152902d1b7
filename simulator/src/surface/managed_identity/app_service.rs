//! The App Service form: a local endpoint, and a header whose secret stands for the app, here for the tenant. Functions,
//! Container Apps and Logic Apps use it too. Azure Machine Learning takes the request of the older form, and gives another date.

use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::json;

use super::{Failure, issue, only_get};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// `GET {IDENTITY_ENDPOINT}?resource=…&api-version=2019-08-01`, or `{MSI_ENDPOINT}` with `api-version=2017-09-01`
pub(super) fn token(call: &Call<'_>) -> Reply {
    answer(call, us_form)
}

/// `GET {MSI_ENDPOINT}?resource=…&api-version=2017-09-01` on Azure Machine Learning: its clients read the end as a number
/// (AzureAD/microsoft-authentication-library-for-python `msal/managed_identity.py`, -for-go `apps/managedidentity/`).
pub(super) fn machine_learning(call: &Call<'_>) -> Reply {
    answer(call, |end| end.unix_seconds().to_string())
}

/// `older_end` writes the end of a token in the older form.
fn answer(call: &Call<'_>, older_end: fn(Timestamp) -> String) -> Reply {
    if let Some(refusal) = only_get(call) {
        return refusal;
    }
    let header = call
        .request
        .header("x-identity-header")
        .or_else(|| call.request.header("secret"))
        .unwrap_or_default();
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
    let older = match query.get("api-version") {
        Some("2019-08-01") if call.request.header("x-identity-header").is_some() => false,
        Some("2017-09-01") if call.request.header("secret").is_some() => true,
        Some(_) | None => {
            return refusal(
                call,
                StatusCode::BAD_REQUEST,
                "The api-version must be 2019-08-01 with X-IDENTITY-HEADER, or 2017-09-01 with secret.",
            );
        }
    };
    match issue(call, tenant, &query) {
        Ok((token, client, resource)) => {
            let now = call.now().unix_seconds();
            let until =
                now.saturating_add(i64::try_from(token.lifetime.as_secs()).unwrap_or(i64::MAX));
            if older {
                let until = older_end(call.now() + token.lifetime);
                return Reply::json(
                    StatusCode::OK,
                    &json!({"access_token": token.text, "expires_on": until, "resource": resource, "token_type": "Bearer", "client_id": client}),
                );
            }
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

/// `06/20/2019 02:57:58 +00:00`
fn us_form(at: Timestamp) -> String {
    let text = at.to_string();
    let part = |range| text.get(range).unwrap_or_default();
    format!(
        "{}/{}/{} {} +00:00",
        part(5..7),
        part(8..10),
        part(0..4),
        part(11..19)
    )
}

fn refusal(call: &Call<'_>, status: StatusCode, message: &str) -> Reply {
    call.record_code(status.as_str());
    Reply::json(
        status,
        &json!({"statusCode": status.as_u16(), "message": message}),
    )
}
