//! From a path of the sign-in hosts to the file that answers it.

use http::{Method, StatusCode};

use super::error::StsError;
use super::{
    Version, admin_consent, authorize, campaign, consent, credential_type, device, discovery,
    error_page, interrupts, login, logout, page, passkey, phone_sign_in, sas, token, user_realm,
    userinfo,
};
use crate::call::Call;
use crate::wire::Reply;

/// Endpoints below a tenant that the real service has and that are not simulated.
const NOT_YET: [&str; 5] = [
    "federation",
    "kerberos",
    "oauth2/checksession",
    "oauth2/v2.0",
    "saml2",
];

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let segments = call.request.segments();
    let words: Vec<String> = segments
        .iter()
        .map(|segment| segment.to_ascii_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let tenant = segments.first().map_or("", String::as_str);
    let is_read = matches!(call.request.method, Method::GET | Method::HEAD);
    let is_post = call.request.method == Method::POST;
    match words.as_slice() {
        [_, "discovery", "instance"] if is_read => discovery::instance(call),
        [_, "v2.0", ".well-known", "openid-configuration"] if is_read => {
            discovery::openid_configuration(call, tenant, Version::V2)
        }
        [_, ".well-known", "openid-configuration"] if is_read => {
            discovery::openid_configuration(call, tenant, Version::V1)
        }
        [_, "discovery", "v2.0", "keys"] if is_read => discovery::keys(call, tenant, Version::V2),
        [_, "discovery", "keys"] if is_read => discovery::keys(call, tenant, Version::V1),
        [_, "userrealm", _] if is_read => user_realm::user_realm(call, &segments[2]),
        ["getuserrealm.srf"] if is_read => user_realm::srf(call),
        ["error"] if is_read => error_page::lookup(call),
        ["oidc", "userinfo"] | [_, "openid", "userinfo"] => userinfo::answer(call),
        [_, "oauth2", "v2.0", "token"] => token::answer(call, tenant, Version::V2),
        [_, "oauth2", "token"] => token::answer(call, tenant, Version::V1),
        [_, "oauth2", "v2.0", "authorize"] => authorize::answer(call, tenant, Version::V2),
        [_, "oauth2", "authorize"] => authorize::answer(call, tenant, Version::V1),
        [_, "oauth2", "v2.0", "devicecode"] => device::authorize(call, tenant, Version::V2),
        [_, "oauth2", "devicecode"] => device::authorize(call, tenant, Version::V1),
        ["device" | "devicelogin"] if is_read => device::short_address(call),
        ["device" | "devicelogin"]
        | [_, "oauth2", "deviceauth"]
        | [_, "oauth2", "v2.0", "deviceauth"] => device::verify(call),
        [_, "oauth2", "v2.0", "logout"] | [_, "oauth2", "logout"] => logout::answer(call, tenant),
        [_, "v2.0", "adminconsent"] if is_read => admin_consent::answer(call, tenant, Version::V2),
        [_, "adminconsent"] if is_read => admin_consent::answer(call, tenant, Version::V1),
        [_, "reprocess" | "resume"] if is_read => authorize::again(call),
        [_, "skipmfaregistration"] => campaign::put_off(call),
        // Where native apps take the answer out of the address: the page itself is empty.
        [_, "oauth2", "nativeclient"] if is_read => Reply::html(
            StatusCode::OK,
            "<!DOCTYPE html><html lang=\"en\"><head><title>Signed in</title></head><body></body></html>",
        ),
        _ if is_post => posted(call, &words, tenant),
        _ if is_read && is_form(&words) => {
            let error = StsError::new(900_561).with("method", &call.request.method);
            page::error::show(call, &error)
        }
        [_, rest @ ..] => elsewhere(call, &rest.join("/")),
        [] => Reply::empty(StatusCode::NOT_FOUND),
    }
}

/// What the pages post.
fn posted(call: &Call<'_>, words: &[&str], tenant: &str) -> Reply {
    match words {
        [_, "login"] | ["login"] => login::answer(call),
        [_, "login", "changepassword"] => interrupts::change_password(call),
        [_, "sspr", "begin"] => interrupts::begin_password_change(call),
        [_, "sspr", "poll"] => interrupts::poll_password_change(call),
        [_, "getcredentialtype"] => credential_type::answer(call, tenant),
        [_, "getonetimecode.srf"] => phone_sign_in::send(call),
        [_, "devicecodestatus"] => phone_sign_in::state(call),
        [_, "fido", "create"] => page::passkey_creation::show(call),
        [_, "fido", "get"] => passkey::ask(call),
        [_, "sas", "beginauth"] => sas::begin(call),
        [_, "sas", "endauth"] => sas::end(call),
        [_, "sas", "processauth"] => sas::process(call),
        [_, "consent", "set"] => consent::answer(call),
        ["kmsi"] | [_, "kmsi"] => interrupts::stay_signed_in(call),
        ["appverify"] | [_, "appverify"] => interrupts::confirm_app(call),
        [_, rest @ ..] => elsewhere(call, &rest.join("/")),
        [] => Reply::empty(StatusCode::NOT_FOUND),
    }
}

/// Where pages and their script only post to. Who presses Enter in the address bar of such a page asks with GET.
const FORMS: [&str; 14] = [
    "appverify",
    "common/consent/set",
    "common/sas/beginauth",
    "common/sas/processauth",
    "devicecodestatus",
    "fido/create",
    "fido/get",
    "getcredentialtype",
    "getonetimecode.srf",
    "kmsi",
    "login",
    "login/changepassword",
    "sspr/begin",
    "sspr/poll",
];

fn is_form(words: &[&str]) -> bool {
    let whole = words.join("/");
    let below = words.get(1..).unwrap_or_default().join("/");
    FORMS.contains(&whole.as_str()) || FORMS.contains(&below.as_str())
}

fn elsewhere(call: &Call<'_>, path: &str) -> Reply {
    if path.eq_ignore_ascii_case("sas/endauth") {
        return sas::end(call);
    }
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
