//! `grant_type=refresh_token`: a new token inherits how the user signed in, and never more.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;

use super::super::Version;
use super::super::authority::Authority;
use super::super::client::Client;
use super::super::error::StsError;
use super::super::refresh_token::{INACTIVITY, RefreshToken};
use super::super::token::{Issued, TokenRequest};
use super::{SignedIn, issue_for_user};

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
    let user = live_user(request, tenant, &token, &client)?;
    let scope = match (
        request.version,
        request.form.get("scope").filter(|scope| !scope.is_empty()),
    ) {
        (Version::V2, Some(scope)) => with_offline_access(scope),
        (Version::V2, None) => token.scope.clone(),
        (Version::V1, _) => String::new(),
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

fn live_user<'a>(
    request: &TokenRequest<'_>,
    tenant: &'a Tenant,
    token: &RefreshToken,
    client: &Client<'_>,
) -> Result<&'a User, StsError> {
    let user = tenant.users.get(token.user).ok_or_else(|| {
        StsError::new(50020)
            .with("user", token.user)
            .with("idp", format!("{}/{}/", crate::origins::STS, token.tenant))
            .with("tenant", &tenant.display_name)
            .with("app", client.app_id())
            .with("name", client.display_name())
    })?;
    let now = request.call.now();
    if user.sessions_valid_from > token.issued {
        return Err(StsError::new(50173)
            .with("issued", token.issued.seven_digit_form())
            .with("valid_from", user.sessions_valid_from.seven_digit_form()));
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
    Ok(user)
}
