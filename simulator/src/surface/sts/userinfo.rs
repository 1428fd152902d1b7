//! `GET|POST https://graph.microsoft.com/oidc/userinfo`, and `/{tenant}/openid/userinfo` of v1.

use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, json};

use crate::bearer;
use crate::call::Call;
use crate::origins;
use crate::wire::{Reply, cross_origin};

/// The audiences under which Graph is asked for.
const AUDIENCES: [&str; 3] = [
    "https://graph.microsoft.com",
    "00000003-0000-0000-c000-000000000000",
    "https://graph.windows.net",
];

/// Single-page applications ask from their own origin, with the token in a header that needs a preflight.
pub(super) fn answer(call: &Call<'_>) -> Reply {
    cross_origin::preflight(call.request, "GET, POST, OPTIONS")
        .unwrap_or_else(|| cross_origin::open(call.request, claims(call)))
}

fn claims(call: &Call<'_>) -> Reply {
    let refused = |message: &str| {
        Reply::json(
            StatusCode::UNAUTHORIZED,
            &json!({"error": {"code": "InvalidAuthenticationToken", "message": message}}),
        )
        .header(
            "www-authenticate",
            &format!(
                "Bearer realm=\"\", authorization_uri=\"{}\", client_id=\"00000003-0000-0000-c000-000000000000\"",
                origins::COMMON_AUTHORIZE
            ),
        )
    };
    let Ok(caller) = bearer::authenticate(call, &AUDIENCES) else {
        return refused("Access token is empty or cannot be validated.");
    };
    let user = call
        .tenant()
        .and_then(|tenant: &Tenant| Some((tenant, tenant.users.get(caller.object_id)?)));
    let Some((tenant, user)) = user else {
        return refused("The token is not for a user.");
    };
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    };
    put(
        "sub",
        Some(crate::issue::pairwise_subject(user.id.0, caller.app_id)),
    );
    put("name", Some(user.display_name.to_string()));
    put("family_name", user.surname.as_deref().map(str::to_owned));
    put("given_name", user.given_name.as_deref().map(str::to_owned));
    put(
        "picture",
        Some(format!("{}/v1.0/me/photo/$value", origins::GRAPH)),
    );
    put("email", tenant.mail(user));
    Reply::json(StatusCode::OK, &body)
}
