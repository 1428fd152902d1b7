//! `GET /{tenant}[/v2.0]/adminconsent`: an administrator grants an app everything it is registered for.

use entrasim_domain::audit::Occasion;
use entrasim_domain::directory::permission_grant::AppRoleAssignment;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;

use super::Version;
use super::authority::Authority;
use super::client::Client;
use super::error::{Place, StsError};
use super::interaction::Interaction;
use super::response::ResponseMode;
use super::sign_in_request::{Prompt, ResponseType, SignInRequest, with_client};
use super::{page, redirect_uri, response};
use crate::call::Call;
use crate::issue::resource::Resource;
use crate::wire::{Form, Reply};

/// Begins: the administrator signs in and sees the consent page.
pub(super) fn answer(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    match read(call, segment, version) {
        Ok(request) => Interaction::new(call, request).advance(),
        Err(error) => {
            call.record_code(format!("AADSTS{}", error.number()));
            page::error::show(call, &error)
        }
    }
}

fn read(call: &Call<'_>, segment: &str, version: Version) -> Result<SignInRequest, StsError> {
    Authority::resolve(call, segment)?;
    let query = Form::parse(call.request.query.as_bytes());
    StsError::require_single(&query)?;
    let client = query
        .get("client_id")
        .filter(|text| !text.is_empty())
        .ok_or_else(|| StsError::missing("client_id"))?;
    let (redirect_uri, platform) = with_client(call, client, |found| {
        redirect_uri::check(found, query.get("redirect_uri"))
    })??;
    let scope = match (version, query.get("scope").filter(|text| !text.is_empty())) {
        (Version::V2, Some(scope)) => scope.to_owned(),
        (Version::V2, None) => return Err(StsError::missing("scope")),
        (Version::V1, _) => "https://graph.microsoft.com/.default".to_owned(),
    };
    Ok(SignInRequest {
        v1: false,
        authority: segment.to_owned(),
        client: client.to_owned(),
        redirect_uri,
        redirect_uri_named: true,
        platform,
        response_type: ResponseType {
            code: false,
            id_token: false,
            token: false,
        },
        response_mode: ResponseMode::Query,
        scope,
        resource: (version == Version::V1).then(|| "v1".to_owned()),
        state: query.get("state").map(str::to_owned),
        nonce: None,
        challenge: None,
        claims: None,
        prompt: Prompt::AdminConsent,
        admin_consent: true,
        login_hint: None,
        domain_hint: None,
        max_age: None,
        amr_values: Vec::new(),
        client_info: false,
        session: None,
        correlation: call.correlation_id(),
        device: None,
    })
}

/// The answer to the app.
pub(super) fn done(request: &SignInRequest, tenant: &Tenant) -> Reply {
    let mut members = vec![
        ("admin_consent", "True".to_owned()),
        ("tenant", tenant.id.to_string()),
    ];
    if request.resource.is_none() {
        members.push(("scope", request.scope.clone()));
    }
    response::send(request, &members)
}

/// The administrator said no.
pub(super) fn denied(call: &Call<'_>, request: &SignInRequest) -> Reply {
    let described = StsError::new(65_004).describe(call, Place::Authorize);
    let error = if request.resource.is_some() {
        "permission_denied"
    } else {
        "consent_required"
    };
    response::send(
        request,
        &[
            ("error", error.to_owned()),
            ("error_description", described.description),
            ("admin_consent", "True".to_owned()),
        ],
    )
}

/// Grants the application permissions of the registration.
pub(super) fn grant_roles(
    call: &Call<'_>,
    occasion: &Occasion,
    tenant: &Tenant,
    client: &Client<'_>,
) {
    let Some(app) = client.registration() else {
        return;
    };
    let Some(principal) = tenant.service_principal(app.app_id).map(|known| known.id) else {
        return;
    };
    for access in &app.required_resource_access {
        let Some(resource) = Resource::find(tenant, &access.resource.to_string(), "")
            .and_then(|resource| tenant.service_principal(resource.app_id))
            .map(|known| known.id)
        else {
            continue;
        };
        for role in &access.roles {
            let id = call.draw(Random::guid);
            let assignment = AppRoleAssignment {
                id,
                principal,
                resource,
                role: *role,
                created: call.now(),
            };
            call.change_on(occasion, |tenant| {
                // Who holds the role already keeps it.
                let _ = tenant.put_app_role_assignment(assignment);
            });
        }
    }
}
