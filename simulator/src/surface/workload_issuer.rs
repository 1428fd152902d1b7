//! A simulated outside identity provider: the issuer that the seeded app's federated credential trusts.

use http::StatusCode;
use serde_json::json;

use super::Surface;
use crate::call::Call;
use crate::keys;
use crate::origins::WORKLOAD_ISSUER;
use crate::wire::{Reply, jwt};

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "workload_issuer",
    answer,
};

fn answer(call: &Call<'_>) -> Reply {
    match call.request.path.as_str() {
        "/.well-known/openid-configuration" => Reply::json(
            StatusCode::OK,
            &json!({
                "issuer": WORKLOAD_ISSUER,
                "jwks_uri": format!("{WORKLOAD_ISSUER}/keys"),
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            }),
        ),
        "/keys" => Reply::json(StatusCode::OK, &jwt::jwks(&[keys::workload()])),
        _ => Reply::text(StatusCode::NOT_FOUND, "Not found.\n"),
    }
}
