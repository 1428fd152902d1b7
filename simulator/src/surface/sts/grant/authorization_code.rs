//! `grant_type=authorization_code`: the code of the pages, redeemed.

use std::sync::Arc;

use super::super::Version;
use super::super::authority::Authority;
use super::super::authorization_code::AuthorizationCode;
use super::super::client::{Client, Credentials};
use super::super::error::StsError;
use super::super::redirect_uri::Platform;
use super::super::token::{Issued, TokenRequest};
use super::{Chain, SignedIn, Source, issue_for_user, live_user};
use crate::issue::access_token::ClientProof;

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let code = AuthorizationCode::open(call, request.required("code")?)?;
    match &request.authority {
        Authority::Tenant(cell) if cell.id() != code.tenant => {
            return Err(StsError::new(700_005).with("tenant", cell.id()));
        }
        Authority::Tenant(_) => {}
        _ => {
            let home = call.app.store.get(code.tenant);
            call.bind(Arc::clone(&home.ok_or_else(|| {
                StsError::new(90002).with("tenant", code.tenant)
            })?));
        }
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    if client.app_id() != code.client {
        return Err(StsError::new(70_000).with_error("invalid_grant"));
    }
    let proof = authenticate(request, &client, &credentials, code.platform)?;
    let redirect_uri = request
        .form
        .get("redirect_uri")
        .filter(|uri| !uri.is_empty());
    if redirect_uri.map_or(code.redirect_uri_named, |uri| uri != code.redirect_uri) {
        return Err(StsError::new(500_112));
    }
    let now = call.now();
    if now >= code.expires {
        return Err(StsError::new(70_008));
    }
    match &code.challenge {
        Some(challenge) => challenge.verify(request.form.get("code_verifier"))?,
        None if request
            .form
            .get("code_verifier")
            .is_some_and(|text| !text.is_empty()) =>
        {
            return Err(StsError::new(501_481));
        }
        None => {}
    }
    let first = call
        .cell()
        .is_some_and(|cell| redeem(cell, code.id, code.expires, now));
    if !first {
        return Err(StsError::new(54_005));
    }
    let user = live_user(request, tenant, code.user, &client)?;
    super::require_not_revoked(user, &code.authentication)?;
    let scope = match (
        request.version,
        request.form.get("scope").filter(|scope| !scope.is_empty()),
    ) {
        (Version::V2, Some(scope)) => scope.to_owned(),
        (Version::V2, None) => code.scope.clone(),
        (Version::V1, _) => String::new(),
    };
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            authentication: code.authentication,
            scope,
            resource: code.resource,
            nonce: code.nonce,
            source: Source::Pages,
            chain: Chain {
                single_page_since: (code.platform == Platform::SinglePage).then_some(now),
            },
            demanded: code.claims,
        },
    )
}

fn redeem(
    cell: &entrasim_domain::store::TenantCell,
    code: uuid::Uuid,
    expires: entrasim_domain::time::Timestamp,
    now: entrasim_domain::time::Timestamp,
) -> bool {
    cell.write(|tenant| {
        if tenant.sign_in.redeem(code, expires, now) {
            Ok(())
        } else {
            Err(())
        }
    })
    .is_ok()
}

/// The platform of the redirect URI decides how the client proves itself.
fn authenticate(
    request: &TokenRequest<'_>,
    client: &Client<'_>,
    credentials: &Credentials,
    platform: Platform,
) -> Result<ClientProof, StsError> {
    let tenant = request.tenant()?;
    let origin = request.call.request.header("origin");
    match platform {
        Platform::SinglePage if origin.is_none() => Err(StsError::new(9_002_327)),
        Platform::Web | Platform::Native if origin.is_some() => {
            Err(StsError::new(9_002_326).with("origin", origin.unwrap_or_default()))
        }
        Platform::SinglePage | Platform::Native if credentials.are_confidential() => {
            Err(StsError::new(700_025))
        }
        Platform::SinglePage | Platform::Native => {
            client.require_enabled(tenant)?;
            Ok(ClientProof::None)
        }
        Platform::Web if client.is_first_party() => Ok(ClientProof::None),
        Platform::Web => client.authenticate(request.call, tenant, credentials, true),
    }
}
