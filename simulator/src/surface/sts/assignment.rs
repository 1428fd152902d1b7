//! Apps that demand an assignment (`appRoleAssignmentRequired`): only assigned users sign in to them or get tokens for them
//! (AADSTS50105), and only assigned apps (AADSTS501051).

use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::directory::user::User;
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;

use super::client::Client;
use super::error::StsError;

/// Whether the user may use the client at all.
pub(super) fn require(tenant: &Tenant, client: &Client<'_>, user: &User) -> Result<(), StsError> {
    require_at(tenant, client.app_id(), user)
}

/// Whether the user may use an app, as the client or as the resource.
pub(super) fn require_at(tenant: &Tenant, app: AppId, user: &User) -> Result<(), StsError> {
    let Some(principal) = demanding(tenant, app) else {
        return Ok(());
    };
    if tenant.app_roles_at(user.id, principal.id).next().is_some() {
        return Ok(());
    }
    Err(StsError::new(50105)
        .with("user", tenant.principal_name(user))
        .with("app", app)
        .with("name", &principal.display_name))
}

/// Whether an app may have a token for a resource as itself.
pub(super) fn require_app(
    tenant: &Tenant,
    resource: AppId,
    client: &ServicePrincipal,
) -> Result<(), StsError> {
    let Some(principal) = demanding(tenant, resource) else {
        return Ok(());
    };
    if tenant
        .app_roles_at(client.id, principal.id)
        .next()
        .is_some()
    {
        return Ok(());
    }
    Err(StsError::new(501_051)
        .with("app", client.app_id)
        .with("name", &client.display_name)
        .with("resource", resource)
        .with("resource_name", &principal.display_name))
}

fn demanding(tenant: &Tenant, app: AppId) -> Option<&ServicePrincipal> {
    let principal = tenant.service_principal(app)?;
    principal.assignment_required.then_some(principal)
}
