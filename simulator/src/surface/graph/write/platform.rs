//! `web`, `spa` and `publicClient` of a registration: redirect URIs and what may be one, and tokens without a code.
//!
//! The rules: MicrosoftDocs/entra-docs reply-url.md.

use entrasim_domain::directory::application::{Application, ImplicitGrant, SignInAudience};
use serde_json::Value;

use super::super::error::GraphError;
use super::application::{CLASS, strange};
use super::{boolean, invalid, texts};

/// Characters of one URI; URIs of one app, fewer where personal accounts sign in.
const LENGTH: usize = 256;
const URIS: usize = 256;
const URIS_PERSONAL: usize = 100;

pub(super) fn web(application: &mut Application, value: &Value) -> Result<(), GraphError> {
    let uris = redirect_uris(value, "web", |member, value| {
        web_member(application, member, value)
    })?;
    keep(uris, &mut application.web_redirect_uris);
    Ok(())
}

/// A member of `web` other than the redirect URIs; `None` if there is no such.
fn web_member(
    application: &mut Application,
    member: &str,
    value: &Value,
) -> Option<Result<(), GraphError>> {
    Some(match member {
        "homePageUrl" => url(value, member).map(|url| application.home_page = url),
        "logoutUrl" => url(value, member).map(|url| application.logout_uri = url),
        "implicitGrantSettings" => implicit_grant(&mut application.implicit_grant, value),
        "redirectUriSettings" => redirect_uri_settings(application, value),
        _ => return None,
    })
}

/// A page of the app; empty is none.
fn url(value: &Value, name: &str) -> Result<Option<String>, GraphError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) if text.len() <= LENGTH && text.contains("://") => {
            Ok(Some(text.clone()))
        }
        _ => Err(invalid(name, CLASS)),
    }
}

/// The redirect URIs again, each with its place in the portal's list.
fn redirect_uri_settings(application: &mut Application, value: &Value) -> Result<(), GraphError> {
    const NAME: &str = "redirectUriSettings";
    let rows = value.as_array().ok_or_else(|| invalid(NAME, CLASS))?;
    for row in rows {
        let uri = row.get("uri").and_then(Value::as_str);
        let index = row.get("index").unwrap_or(&Value::Null);
        let fits = uri.is_some_and(|uri| may_be_registered(uri, "web"));
        if !fits || !(index.is_null() || index.is_u64()) {
            return Err(invalid(NAME, CLASS));
        }
    }
    application.kept.set(NAME, value.clone());
    Ok(())
}

pub(super) fn spa(application: &mut Application, value: &Value) -> Result<(), GraphError> {
    let uris = redirect_uris(value, "spa", |_, _| None)?;
    keep(uris, &mut application.spa_redirect_uris);
    Ok(())
}

pub(super) fn public_client(
    application: &mut Application,
    value: &Value,
) -> Result<(), GraphError> {
    let uris = redirect_uris(value, "publicClient", |_, _| None)?;
    keep(uris, &mut application.public_client_redirect_uris);
    Ok(())
}

fn keep(uris: Option<Vec<String>>, known: &mut Vec<String>) {
    if let Some(uris) = uris {
        *known = uris;
    }
}

/// The `redirectUris` of a platform, if they are written; `other` takes what else is kept.
fn redirect_uris(
    value: &Value,
    name: &str,
    mut other: impl FnMut(&str, &Value) -> Option<Result<(), GraphError>>,
) -> Result<Option<Vec<String>>, GraphError> {
    let members = value.as_object().ok_or_else(|| invalid(name, CLASS))?;
    let mut uris = None;
    for (member, value) in members.iter().filter(|(name, _)| !name.contains('@')) {
        if member == "redirectUris" {
            let written = texts(value, name, CLASS)?;
            if !written.iter().all(|uri| may_be_registered(uri, name)) {
                return Err(invalid("redirectUris", CLASS));
            }
            uris = Some(written);
        } else if let Some(result) = other(member, value) {
            result?;
        } else {
            return Err(strange(member, entity_of(name)));
        }
    }
    Ok(uris)
}

fn entity_of(platform: &str) -> &'static str {
    match platform {
        "web" => "webApplication",
        "spa" => "spaApplication",
        _ => "publicClientApplication",
    }
}

fn implicit_grant(kept: &mut ImplicitGrant, value: &Value) -> Result<(), GraphError> {
    for (member, value) in value.as_object().into_iter().flatten() {
        let is_on = !value.is_null() && boolean(value, member, CLASS)?;
        match member.as_str() {
            "enableIdTokenIssuance" => kept.id_tokens = is_on,
            "enableAccessTokenIssuance" => kept.access_tokens = is_on,
            _ => return Err(invalid("implicitGrantSettings", CLASS)),
        }
    }
    Ok(())
}

/// What depends on more than one member: the number of URIs, and wildcards, which only work accounts may have.
pub(super) fn check(application: &Application) -> Result<(), GraphError> {
    let personal =
        application.sign_in_audience == SignInAudience::AzureADandPersonalMicrosoftAccount;
    let all = [
        &application.web_redirect_uris,
        &application.spa_redirect_uris,
        &application.public_client_redirect_uris,
    ];
    let count: usize = all.iter().map(|uris| uris.len()).sum();
    let has_wildcard = all.into_iter().flatten().any(|uri| uri.contains('*'));
    if count > if personal { URIS_PERSONAL } else { URIS } || personal && has_wildcard {
        Err(invalid("redirectUris", CLASS))
    } else {
        Ok(())
    }
}

fn may_be_registered(uri: &str, platform: &str) -> bool {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "#<>\"\\^`{|}".contains(c);
    let Some((scheme, rest)) = uri.split_once(':') else {
        return false;
    };
    if uri.len() > LENGTH || uri.contains(strange) || rest.is_empty() {
        return false;
    }
    let host = rest
        .strip_prefix("//")
        .map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    match (scheme, host) {
        ("https", Some(host)) => is_host(host),
        ("http", Some(host)) => {
            let name = host.split(':').next();
            is_host(host) && matches!(name, Some("localhost" | "127.0.0.1"))
        }
        // Apps on devices have schemes of their own, and the old `urn:ietf:wg:oauth:2.0:oob`.
        ("http" | "https" | "javascript" | "data" | "vbscript" | "file" | "blob", _) => false,
        _ => platform == "publicClient" && is_scheme(scheme),
    }
}

/// A name with an optional port, its first label perhaps a wildcard; an IPv6 address is not supported.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let name = name.strip_prefix("*.").unwrap_or(name);
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
        && port.parse::<u16>().is_ok()
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::may_be_registered;

    #[test]
    fn a_redirect_uri_is_https_or_loopback_and_of_an_app_on_a_device_its_own_scheme() {
        for (uri, platform, allowed) in [
            ("https://x.example/cb", "web", true),
            ("https://x.example:8443/cb?a=b", "spa", true),
            ("https://*.x.example/cb", "web", true),
            ("http://localhost", "web", true),
            ("http://localhost:3000/cb", "spa", true),
            ("http://127.0.0.1:5000/", "publicClient", true),
            (
                "msal00000000-0000-0000-0000-000000000001://auth",
                "publicClient",
                true,
            ),
            (
                "ms-appx-web://microsoft.aad.brokerplugin/1",
                "publicClient",
                true,
            ),
            ("urn:ietf:wg:oauth:2.0:oob", "publicClient", true),
            ("urn:ietf:wg:oauth:2.0:oob", "web", false),
            ("myapp://auth", "web", false),
            ("http://x.example/cb", "web", false),
            ("http://localhost.evil.example/", "web", false),
            ("http://[::1]/cb", "web", false),
            ("https://x.example/cb#frag", "web", false),
            ("https://a b", "web", false),
            ("https://", "web", false),
            ("https://user@x.example/", "web", false),
            ("javascript:alert(1)", "web", false),
            ("javascript:alert(1)", "publicClient", false),
            ("xxx", "web", false),
            ("", "web", false),
        ] {
            assert_eq!(
                may_be_registered(uri, platform),
                allowed,
                "{uri} {platform}"
            );
        }
        let long = format!("https://x.example/{}", "x".repeat(300));
        assert!(!may_be_registered(&long, "web"));
    }
}
