//! Client assertions: signed with a certificate of the app, or by an outside issuer that the app trusts.

use std::sync::Arc;

use entrasim_domain::credential::application_credential::KeyUsage;
use entrasim_domain::directory::application::Application;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::authority::Authority;
use super::error::StsError;
use crate::call::Call;
use crate::hosts::{SimulatedHost, lookup};
use crate::proof_of_key::{is_named, is_signed_by};
use crate::wire::jwt::Unverified;

/// Clocks may differ by this many seconds.
const SKEW: i64 = 300;

/// Checks an assertion for an app.
pub(super) fn verify(
    call: &Call<'_>,
    tenant: &Tenant,
    app: &Application,
    assertion: &str,
) -> Result<(), StsError> {
    let token = Unverified::parse(assertion).ok_or_else(|| StsError::new(50027))?;
    let issuer = token.claim("iss").unwrap_or_default();
    let is_url = issuer.starts_with("https://") || issuer.starts_with("http://");
    if is_url {
        verify_federated(call, tenant, app, &token)
    } else {
        verify_certificate(call, tenant, app, &token)
    }
}

fn verify_certificate(
    call: &Call<'_>,
    tenant: &Tenant,
    app: &Application,
    token: &Unverified<'_>,
) -> Result<(), StsError> {
    let id = app.app_id.to_string();
    let is_client = |name| {
        token
            .claim(name)
            .is_some_and(|claim| claim.eq_ignore_ascii_case(&id))
    };
    if !is_client("iss") || !is_client("sub") {
        return Err(StsError::new(700_021));
    }
    let refusal = |verdict: &str, reason: &str| {
        StsError::new(700_027)
            .with("verdict", verdict)
            .with("reason", reason)
            .with("app", &id)
    };
    // The service principal may have certificates of its own; those that sign tokens for the app prove nothing.
    let principal = tenant.service_principal(app.app_id);
    let own = principal.into_iter().flat_map(|own| &own.certificates);
    let mut known = app.certificates.iter().chain(own);
    let certificate = known
        .find(|certificate| certificate.usage == KeyUsage::Verify && is_named(token, certificate))
        .ok_or_else(|| refusal("is not registered on application", "The key was not found."))?;
    let now = call.now();
    if !call.has_begun(certificate.start) || certificate.end <= now {
        return Err(refusal(
            "is expired on application",
            "The key used is expired.",
        ));
    }
    if !is_signed_by(token, &certificate.der) {
        return Err(refusal(
            "is not valid for application",
            "The key was found, but use of the key to verify the signature failed.",
        ));
    }
    verify_audience(call, token)?;
    verify_lifetime(call, token)
}

/// The audience is the token endpoint, or the issuer, of this tenant at any of the sign-in hosts.
fn verify_audience(call: &Call<'_>, token: &Unverified<'_>) -> Result<(), StsError> {
    let tenant = call.cell().map(entrasim_domain::store::TenantCell::id);
    let is_ours = |audience: &str| -> bool {
        let Some(rest) = audience.strip_prefix("https://") else {
            return false;
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let known_host = authority.eq_ignore_ascii_case(&call.request.authority)
            || lookup(&host) == Some(SimulatedHost::SignIn);
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let named = segments.next().unwrap_or_default();
        let same_tenant = matches!(Authority::resolve(call, named), Ok(Authority::Tenant(cell)) if Some(cell.id()) == tenant);
        let rest: Vec<&str> = segments.collect();
        let known_path = matches!(
            rest.as_slice(),
            [] | ["v2.0"] | ["oauth2", "token"] | ["oauth2", "v2.0", "token"]
        );
        known_host && same_tenant && known_path
    };
    let audience = token.claims.get("aud");
    let ours = match audience {
        Some(Value::String(audience)) => is_ours(audience),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).any(is_ours),
        _ => false,
    };
    if ours {
        Ok(())
    } else {
        Err(StsError::new(700_023))
    }
}

/// The client dates its assertion by its own clock, which a moved tenant clock does not move: both count.
fn verify_lifetime(call: &Call<'_>, token: &Unverified<'_>) -> Result<(), StsError> {
    let until = token.date("exp").ok_or_else(|| StsError::new(50027))?;
    let from = token
        .date("nbf")
        .or_else(|| token.date("iat"))
        .unwrap_or(i64::MIN);
    let valid = |now: Timestamp| {
        let now = now.unix_seconds();
        now < until.saturating_add(SKEW) && now.saturating_add(SKEW) >= from
    };
    if valid(call.now()) || valid(call.request.arrived) {
        return Ok(());
    }
    let instant = |seconds| Timestamp::from_unix_seconds(seconds).seven_digit_form();
    Err(StsError::new(700_024)
        .with("now", call.now().seven_digit_form())
        .with("from", instant(from))
        .with("until", instant(until)))
}

/// Issuer, subject and audience must match one federated credential exactly (Microsoft Learn, workload identity federation).
fn verify_federated(
    call: &Call<'_>,
    tenant: &Tenant,
    app: &Application,
    token: &Unverified<'_>,
) -> Result<(), StsError> {
    let audience = match token.claims.get("aud") {
        Some(Value::String(audience)) => audience.as_str(),
        Some(Value::Array(list)) => match list.as_slice() {
            [Value::String(audience)] => audience.as_str(),
            _ => "",
        },
        _ => "",
    };
    let (issuer, subject) = (
        token.claim("iss").unwrap_or_default(),
        token.claim("sub").unwrap_or_default(),
    );
    let trusted = &app.federated_credentials;
    if !trusted.iter().any(|known| known.issuer == issuer) {
        return Err(StsError::new(700_211).with("value", issuer));
    }
    if !trusted
        .iter()
        .any(|known| known.issuer == issuer && known.subject == subject)
    {
        return Err(StsError::new(700_213).with("value", subject));
    }
    if !trusted
        .iter()
        .any(|k| k.issuer == issuer && k.subject == subject && k.audience == audience)
    {
        return Err(StsError::new(700_212).with("value", audience));
    }
    if !is_signed_by_issuer(tenant.outside_issuers.get(issuer), token) {
        let reason =
            "The key was not found among the keys of the issuer that this simulator knows.";
        return Err(StsError::new(50013)
            .with("reason", reason)
            .with_error("invalid_client"));
    }
    verify_lifetime(call, token)
}

fn is_signed_by_issuer(keys: Option<&Arc<str>>, token: &Unverified<'_>) -> bool {
    let document: Value = keys
        .and_then(|keys| serde_json::from_str(keys).ok())
        .unwrap_or_default();
    let keys = document
        .get("keys")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let kid = token.header("kid");
    keys.iter()
        .filter(|key| kid.is_none() || key.get("kid").and_then(Value::as_str) == kid)
        .filter_map(rsa_key)
        .any(|key| token.is_signed_by(&key))
}

fn rsa_key(key: &Value) -> Option<DecodingKey> {
    let member = |name| key.get(name).and_then(Value::as_str);
    DecodingKey::from_rsa_components(member("n")?, member("e")?).ok()
}
