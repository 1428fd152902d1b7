//! `grant_type=refresh_token`: a new token inherits how the user signed in, and never more.

use std::sync::Arc;

use entrasim_domain::time::Timestamp;

use super::super::Version;
use super::super::authority::Authority;
use super::super::client::Client;
use super::super::error::StsError;
use super::super::refresh_token::{INACTIVITY, RefreshToken};
use super::super::token::{Issued, TokenRequest};
use super::account::live_user;
use super::{
    Chain, SINGLE_PAGE_LIFETIME, SignedIn, Source, issue_for_user, prove_client, scope_in_force,
};

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let token = RefreshToken::open(call, request.required("refresh_token")?)?;
    if !matches!(request.authority, Authority::Tenant(_)) {
        let home = call.app.store.get(token.sign_in.tenant);
        call.bind(Arc::clone(&home.ok_or_else(|| {
            StsError::new(90002).with("tenant", token.sign_in.tenant)
        })?));
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    let proof = prove_client(request, &client, &credentials, token.platform)?;
    require_same_client(&client, &token)?;
    let user = live_user(request, tenant, &token.sign_in, token.issued, &client)?;
    require_current(call.now(), &token)?;
    let scope = match request.form.get("scope").filter(|scope| !scope.is_empty()) {
        Some(scope) if request.version == Version::V2 => with_offline_access(scope),
        _ => scope_in_force(request, &token.scope, Some(&token.resource)),
    };
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            sign_in: token.sign_in,
            scope,
            resource: Some(token.resource),
            nonce: None,
            source: Source::Silent,
            chain: Chain {
                platform: token.platform,
                single_page_since: token.single_page_since,
            },
            demanded: None,
        },
    )
}

/// Every redemption gives a new refresh token, whether the scope repeats `offline_access` or not.
fn with_offline_access(scope: &str) -> String {
    let named = scope
        .split_whitespace()
        .any(|word| word.eq_ignore_ascii_case("offline_access"));
    if named {
        scope.to_owned()
    } else {
        format!("{scope} offline_access")
    }
}

fn require_same_client(client: &Client<'_>, token: &RefreshToken) -> Result<(), StsError> {
    if client.app_id() == token.client || (token.family && client.is_family_member()) {
        Ok(())
    } else {
        Err(StsError::new(70000).with_suberror("client_mismatch"))
    }
}

/// Refresh tokens end by idleness, and, for single-page applications, by age.
fn require_current(now: Timestamp, token: &RefreshToken) -> Result<(), StsError> {
    if let Some(since) = token.single_page_since
        && now.since(since) >= SINGLE_PAGE_LIFETIME
    {
        return Err(StsError::new(700_084)
            .with("issued", since.seven_digit_form())
            .with("lifetime", "1.00:00:00"));
    }
    let idle = now.since(token.issued);
    if idle > INACTIVITY {
        let (days, rest) = (idle.as_secs() / 86_400, idle.as_secs() % 86_400);
        let inactive = format!(
            "{days}.{:02}:{:02}:{:02}",
            rest / 3600,
            rest % 3600 / 60,
            rest % 60
        );
        return Err(StsError::new(700_082)
            .with("issued", token.issued.seven_digit_form())
            .with("inactive", inactive));
    }
    Ok(())
}
