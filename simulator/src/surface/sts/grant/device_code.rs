//! `grant_type=urn:ietf:params:oauth:grant-type:device_code`: a device asks whether its user has signed in yet.

use entrasim_domain::sign_in::device_authorization::DeviceState;

use super::super::Version;
use super::super::access::Way;
use super::super::device;
use super::super::error::StsError;
use super::super::redirect_uri::Platform;
use super::super::scope::Asked;
use super::super::token::{Issued, TokenRequest};
use super::account::live_user;
use super::{Chain, SignedIn, Source, issue_for_user, scope_in_force};
use crate::seal::sign_in::SignIn;

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let code = request
        .form
        .get("device_code")
        .or_else(|| request.form.get("code"))
        .filter(|text| !text.is_empty())
        .ok_or_else(|| StsError::missing("device_code"))?;
    let (cell, waiting) = device::find(call, code)?;
    let now = cell.read().now(call.request.arrived);
    let (tenant_id, user_id, authentication) = match &waiting.state {
        DeviceState::Redeemed => return Err(StsError::new(70_018)),
        DeviceState::Declined => return Err(StsError::new(70_020)),
        _ if waiting.has_expired(now) => return Err(StsError::new(70_019)),
        DeviceState::Pending => return Err(StsError::new(70_016)),
        DeviceState::Approved {
            tenant,
            user,
            authentication,
        } => (*tenant, *user, (**authentication).clone()),
    };
    if let Some(named) = call.tenant()
        && named.id != tenant_id
    {
        return Err(StsError::new(700_005).with("tenant", named.id));
    }
    call.bind(
        call.app
            .store
            .get(tenant_id)
            .ok_or_else(|| StsError::new(90002).with("tenant", tenant_id))?,
    );
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    if client.app_id() != waiting.client {
        return Err(StsError::new(70_018));
    }
    let proof = client.authenticate(call, tenant, &credentials, false)?;
    let sign_in = SignIn {
        tenant: tenant_id,
        user: user_id,
        authentication,
        origin: Way::Device.origin(),
    };
    let issued = sign_in.authentication.at.unwrap_or(waiting.created);
    let user = live_user(request, tenant, &sign_in, issued, &client)?;
    let resource = waiting.v1.then(|| waiting.scope.clone());
    let known = if waiting.v1 { "" } else { &waiting.scope };
    let scope = scope_in_force(request, known, resource.as_deref());
    // What cannot be issued leaves the code alone; what can, takes it.
    if request.version == Version::V2 {
        Asked::parse(tenant, &scope, &request.own_origin())
            .map_err(|error| error.with("name", client.display_name()))?;
    }
    let claims = waiting.claims.clone();
    let issued = issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            sign_in,
            scope,
            resource,
            nonce: None,
            source: Source::Pages,
            chain: Chain {
                platform: Some(Platform::Native),
                single_page_since: None,
            },
            demanded: claims,
        },
    )?;
    if device::redeem(&cell, &waiting.user_code) {
        Ok(issued)
    } else {
        Err(StsError::new(70_018))
    }
}
