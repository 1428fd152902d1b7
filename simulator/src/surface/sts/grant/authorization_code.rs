//! `grant_type=authorization_code`: the code of the pages, redeemed.

use std::sync::Arc;

use super::super::authority::Authority;
use super::super::authorization_code::AuthorizationCode;
use super::super::error::StsError;
use super::super::redirect_uri::Platform;
use super::super::token::{Issued, TokenRequest};
use super::account::live_user;
use super::{Chain, SignedIn, Source, issue_for_user, prove_client, scope_in_force};

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let code = AuthorizationCode::open(call, request.required("code")?)?;
    match &request.authority {
        Authority::Tenant(cell) if cell.id() != code.sign_in.tenant => {
            return Err(StsError::new(700_005).with("tenant", cell.id()));
        }
        Authority::Tenant(_) => {}
        _ => {
            let home = call.app.store.get(code.sign_in.tenant);
            call.bind(Arc::clone(&home.ok_or_else(|| {
                StsError::new(90002).with("tenant", code.sign_in.tenant)
            })?));
        }
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    if client.app_id() != code.client {
        return Err(StsError::new(70_000).with_error("invalid_grant"));
    }
    let proof = prove_client(request, &client, &credentials, Some(code.platform))?;
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
    let user = live_user(request, tenant, &code.sign_in, code.issued(), &client)?;
    let scope = scope_in_force(request, &code.scope, code.resource.as_deref());
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            sign_in: code.sign_in,
            scope,
            resource: code.resource,
            nonce: code.nonce,
            source: Source::Pages,
            chain: Chain {
                platform: Some(code.platform),
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
