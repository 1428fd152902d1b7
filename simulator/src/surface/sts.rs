//! The token service: what the sign-in hosts answer.

use http::{Method, StatusCode};

use super::Surface;
use crate::call::Call;
use crate::wire::Reply;

mod assertion;
mod authority;
mod claims_request;
mod client;
mod discovery;
mod error;
mod error_page;
mod grant;
mod refresh_token;
mod scope;
mod token;
mod user_realm;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "sts",
    answer,
};

/// Which generation of endpoints: they differ in parameters, in the form of answers, and in one error word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Version {
    V1,
    V2,
}

/// Endpoints below a tenant that the real service has and that are not simulated yet.
const NOT_YET: [&str; 20] = [
    "adminconsent",
    "appverify",
    "common/sas",
    "devicecodestatus",
    "federation",
    "fido",
    "getcredentialtype",
    "kerberos",
    "kmsi",
    "login",
    "oauth2/authorize",
    "oauth2/checksession",
    "oauth2/deviceauth",
    "oauth2/devicecode",
    "oauth2/logout",
    "oauth2/v2.0",
    "openid/userinfo",
    "reprocess",
    "resume",
    "sas",
];

fn answer(call: &Call<'_>) -> Reply {
    call.keep_query_private();
    let segments = call.request.segments();
    let words: Vec<String> = segments
        .iter()
        .map(|segment| segment.to_ascii_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_read = matches!(call.request.method, Method::GET | Method::HEAD);
    match (words.as_slice(), segments.first()) {
        ([_, "discovery", "instance"], _) if is_read => discovery::instance(call),
        ([_, "v2.0", ".well-known", "openid-configuration"], Some(tenant)) if is_read => {
            discovery::openid_configuration(call, tenant, Version::V2)
        }
        ([_, ".well-known", "openid-configuration"], Some(tenant)) if is_read => {
            discovery::openid_configuration(call, tenant, Version::V1)
        }
        ([_, "discovery", "v2.0", "keys"], Some(tenant)) if is_read => {
            discovery::keys(call, tenant, Version::V2)
        }
        ([_, "discovery", "keys"], Some(tenant)) if is_read => {
            discovery::keys(call, tenant, Version::V1)
        }
        ([_, "userrealm", _], _) if is_read => user_realm::user_realm(call, &segments[2]),
        (["getuserrealm.srf"], _) if is_read => user_realm::srf(call),
        ([_, "oauth2", "v2.0", "token"], Some(tenant)) => token::answer(call, tenant, Version::V2),
        ([_, "oauth2", "token"], Some(tenant)) => token::answer(call, tenant, Version::V1),
        (["error"], _) if is_read => error_page::lookup(call),
        ([_, rest @ ..], _) => elsewhere(call, &rest.join("/")),
        _ => Reply::empty(StatusCode::NOT_FOUND),
    }
}

fn elsewhere(call: &Call<'_>, path: &str) -> Reply {
    let path = path.strip_prefix("v2.0/").unwrap_or(path);
    let known = NOT_YET.iter().find(|known| {
        path.strip_prefix(**known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    match known {
        Some(_) => call.unimplemented(&format!("sign-in endpoint {path}")),
        None => Reply::text(StatusCode::NOT_FOUND, "Not found.\n"),
    }
}
