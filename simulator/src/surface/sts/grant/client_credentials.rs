//! `grant_type=client_credentials`: an app as itself.

use entrasim_domain::enforcement::Authentication;
use entrasim_domain::sign_in::record::SignInKind;

use super::super::Version;
use super::super::access::{Attempt, Way};
use super::super::assignment;
use super::super::authority::Authority;
use super::super::claims_request::ClaimsRequest;
use super::super::error::StsError;
use super::super::scope::{Asked, is_reserved};
use super::super::token::{Issued, TokenRequest};
use crate::issue::access_token::{self, AppToken};
use crate::issue::resource::Resource;

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    if !matches!(request.authority, Authority::Tenant(_)) {
        return Err(StsError::new(50059));
    }
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    let proof = client.authenticate(call, tenant, &credentials, true)?;
    let resource = match request.version {
        Version::V2 => one_default_scope(request)?,
        Version::V1 => {
            Asked::resource(tenant, request.form.get("resource"), &request.own_origin())?.resource
        }
    };
    let claims = ClaimsRequest::of(&request.form)?;
    let attempt = Attempt {
        tenant,
        user: None,
        client: &client,
        resource: resource.app_id,
        authentication: &Authentication::default(),
        claims: &claims,
        demanded: &[],
        way: Way::Direct,
        password_changed: false,
    };
    let decision = attempt.decide(call);
    let refused = attempt.error(&decision);
    attempt.log(
        call,
        SignInKind::ServicePrincipal,
        Some(&decision),
        refused.as_ref(),
    );
    if let Some(error) = refused {
        return Err(error);
    }
    let principal = tenant.service_principal(client.app_id()).ok_or_else(|| {
        StsError::new(7_000_229)
            .with("app", client.app_id())
            .with("tenant", tenant.id)
    })?;
    assignment::require_app(tenant, resource.app_id, principal)?;
    let token = access_token::for_app(
        call,
        tenant,
        &AppToken {
            principal,
            proof,
            resource: &resource,
            handles_challenges: attempt.handles_challenges(&decision),
        },
    );
    Ok(Issued {
        access_token: token.text,
        lifetime: token.lifetime,
        resource: resource.name.clone(),
        ..Issued::default()
    })
}

/// The scope has to be one `{resource}/.default` (1002012). MSAL Go adds the scopes of OpenID Connect, which mean nothing
/// here and are not held against it.
fn one_default_scope<'a>(request: &TokenRequest<'a>) -> Result<Resource<'a>, StsError> {
    let scope = request.required("scope")?;
    let refused = || StsError::new(1_002_012).with("scope", scope);
    let mut words = scope.split_whitespace().filter(|word| !is_reserved(word));
    let (Some(word), None) = (words.next(), words.next()) else {
        return Err(refused());
    };
    if !word.ends_with("/.default") {
        return Err(refused());
    }
    Ok(Asked::parse(request.tenant()?, word, &request.own_origin())?.resource)
}
