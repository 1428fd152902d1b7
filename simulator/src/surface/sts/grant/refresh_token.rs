//! `grant_type=refresh_token`: a new token inherits how the user signed in, and never more.

use std::sync::Arc;

use entrasim_domain::directory::user::User;

use super::super::Version;
use super::super::authority::Authority;
use super::super::client::Client;
use super::super::error::StsError;
use super::super::refresh_token::{INACTIVITY, RefreshToken};
use super::super::token::{Issued, TokenRequest};
use super::{Chain, SINGLE_PAGE_LIFETIME, SignedIn, Source, issue_for_user, live_user};

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let token = RefreshToken::open(call, request.required("refresh_token")?)?;
    if !matches!(request.authority, Authority::Tenant(_)) {
        let home = call.app.store.get(token.tenant);
        call.bind(Arc::clone(&home.ok_or_else(|| {
            StsError::new(90002).with("tenant", token.tenant)
        })?));
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    let proof = client.authenticate(call, tenant, &credentials, false)?;
    require_same_client(&client, &token)?;
    let user = live_user(request, tenant, token.user, &client)?;
    require_current(request, user, &token)?;
    let scope = match (
        request.version,
        request.form.get("scope").filter(|scope| !scope.is_empty()),
    ) {
        (Version::V2, Some(scope)) => with_offline_access(scope),
        (Version::V2, None) => token.scope.clone(),
        (Version::V1, _) => String::new(),
    };
    let chain = Chain {
        single_page_since: token.single_page_since,
    };
    let authentication = token.authentication;
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            authentication,
            scope,
            resource: None,
            nonce: None,
            source: Source::Silent,
            chain,
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
        Err(StsError::new(70000))
    }
}

/// Refresh tokens end by revocation, by idleness, and, for single-page applications, by age.
fn require_current(
    request: &TokenRequest<'_>,
    user: &User,
    token: &RefreshToken,
) -> Result<(), StsError> {
    let now = request.call.now();
    if user.sessions_valid_from > token.issued {
        return Err(StsError::new(50173)
            .with("issued", token.issued.seven_digit_form())
            .with("valid_from", user.sessions_valid_from.seven_digit_form()));
    }
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
