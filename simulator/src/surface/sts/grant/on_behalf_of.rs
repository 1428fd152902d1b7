//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` with `requested_token_use=on_behalf_of`: a web API exchanges
//! the token it was called with for one of another resource.

use std::sync::Arc;

use entrasim_domain::directory::epoch::Epoch;
use entrasim_domain::enforcement::facts::Origin;
use entrasim_domain::enforcement::{Amr, Authentication};
use entrasim_domain::id::{ObjectId, TenantId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::super::Version;
use super::super::authority::Authority;
use super::super::client::Client;
use super::super::error::StsError;
use super::super::redirect_uri::Platform;
use super::super::token::{Issued, TokenRequest};
use super::account::live_user;
use super::{Chain, SignedIn, Source, issue_for_user};
use crate::issue::{BACKDATED, Behind};
use crate::seal::sign_in::SignIn;
use crate::wire::jwt::Unverified;

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    if request.required("requested_token_use")? != "on_behalf_of" {
        return Err(StsError::new(9_002_313));
    }
    let credentials = request.credentials()?;
    let assertion = request.required("assertion")?;
    let token = Unverified::parse(assertion)
        .ok_or_else(|| StsError::new(50_027).with_error("invalid_request"))?;
    let home: TenantId = token
        .claim("tid")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| StsError::new(50_027).with_error("invalid_request"))?;
    if !matches!(request.authority, Authority::Tenant(_)) {
        let cell = call.app.store.get(home);
        call.bind(Arc::clone(
            &cell.ok_or_else(|| StsError::new(90002).with("tenant", home))?,
        ));
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    let proof = client.authenticate(call, tenant, &credentials, true)?;
    let (id, sign_in) = subject(request, &client, &token, home)?;
    let issued = token
        .date("iat")
        .map_or(call.now(), Timestamp::from_unix_seconds);
    let user = live_user(request, tenant, &sign_in, issued, &client)?;
    if user.id != id {
        return Err(StsError::new(50_013).with("reason", "The token is of another user."));
    }
    let scope = match request.version {
        Version::V2 => request.required("scope")?.to_owned(),
        Version::V1 => String::new(),
    };
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            sign_in,
            scope,
            resource: None,
            nonce: None,
            source: Source::Silent,
            // The API has to prove itself at every refresh too.
            chain: Chain {
                platform: Some(Platform::Web),
                single_page_since: None,
            },
            demanded: None,
        },
    )
}

/// Verifies the assertion: an access token of a user, for this very app.
fn subject(
    request: &TokenRequest<'_>,
    client: &Client<'_>,
    token: &Unverified<'_>,
    home: TenantId,
) -> Result<(ObjectId, SignIn), StsError> {
    let (call, tenant) = (request.call, request.tenant()?);
    let unsigned = |reason: &str| StsError::new(50_013).with("reason", reason);
    let key = token
        .header("kid")
        .and_then(|id| call.app.keys.by_id(id))
        .ok_or_else(|| unsigned("The key was not found."))?;
    if !token.is_signed_by(&key.decoding_key()) {
        return Err(unsigned(
            "The provided signature value did not match the expected signature value.",
        ));
    }
    if home != tenant.id {
        return Err(StsError::new(50_013).with("reason", "The token is of another tenant."));
    }
    let audience = token.claim("aud").unwrap_or_default();
    let is_id_token = token.claim("scp").is_none() && token.claim("roles").is_none();
    if is_id_token {
        return Err(StsError::new(50_027).with_error("invalid_request"));
    }
    if !is_own_audience(client, audience) {
        return Err(StsError::new(500_131).with("audience", audience));
    }
    let now = call.now();
    let date = |name| token.date(name).map(Timestamp::from_unix_seconds);
    if date("exp").is_none_or(|end| now >= end) || date("nbf").is_some_and(|from| now < from) {
        return Err(StsError::new(500_133));
    }
    if token.claim("scp").is_none() {
        // An app's token stands for nobody.
        return Err(StsError::new(50_027).with_error("invalid_request"));
    }
    let user = token
        .claim("oid")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| StsError::new(50_027).with_error("invalid_request"))?;
    let behind = token.claim("aio").and_then(|aio| Behind::open(call, aio));
    let sign_in = behind.map_or_else(|| shown(tenant, user, token), |behind| behind.sign_in);
    Ok((user, sign_in))
}

/// What the claims alone show, of a token that somebody else made with our keys.
fn shown(tenant: &Tenant, user: ObjectId, token: &Unverified<'_>) -> SignIn {
    let words: Vec<Amr> = token
        .claims
        .get("amr")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(Amr::parse)
        .collect();
    let at = token.date("iat").map(Timestamp::from_unix_seconds);
    let multifactor = words.contains(&Amr::Mfa);
    let sessions = tenant.users.get(user).map(|user| user.sessions);
    let is_older = |sessions: Epoch| at.is_none_or(|at| at < sessions.since - BACKDATED);
    SignIn {
        tenant: tenant.id,
        user,
        authentication: Authentication {
            methods: if words.is_empty() {
                vec![Amr::Pwd]
            } else {
                words
            },
            at,
            multifactor_at: at.filter(|_| multifactor),
            epoch: sessions.map_or(0, |sessions| {
                sessions.number.wrapping_sub(u32::from(is_older(sessions)))
            }),
            ..Authentication::default()
        },
        origin: Origin::default(),
    }
}

fn is_own_audience(client: &Client<'_>, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    let id = client.app_id().to_string();
    audience == id
        || client.registration().is_some_and(|app| {
            audience == format!("api://{id}")
                || app
                    .identifier_uris
                    .iter()
                    .any(|uri| uri.trim_end_matches('/') == audience)
        })
}
