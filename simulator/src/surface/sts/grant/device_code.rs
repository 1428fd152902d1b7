//! `grant_type=urn:ietf:params:oauth:grant-type:device_code`: a device asks whether its user has signed in yet.

use entrasim_domain::sign_in::device_authorization::DeviceState;

use super::super::Version;
use super::super::device;
use super::super::error::StsError;
use super::super::scope::Asked;
use super::super::token::{Issued, TokenRequest};
use super::{Chain, SignedIn, Source, issue_for_user, live_user};

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
    let user = live_user(request, tenant, user_id, &client)?;
    super::require_not_revoked(user, &authentication)?;
    let asked = request.form.get("scope").filter(|text| !text.is_empty());
    let scope = match request.version {
        Version::V2 => asked.unwrap_or(&waiting.scope).to_owned(),
        Version::V1 => String::new(),
    };
    // What cannot be issued leaves the code alone; what can, takes it.
    if request.version == Version::V2 {
        Asked::parse(tenant, &scope, &request.own_origin())
            .map_err(|error| error.with("name", client.display_name()))?;
    }
    let resource = waiting.v1.then(|| waiting.scope.clone());
    let claims = waiting.claims.clone();
    let issued = issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            authentication,
            scope,
            resource,
            nonce: None,
            source: Source::Pages,
            chain: Chain::default(),
            demanded: claims,
        },
    )?;
    if device::redeem(&cell, &waiting.user_code) {
        Ok(issued)
    } else {
        Err(StsError::new(70_018))
    }
}
