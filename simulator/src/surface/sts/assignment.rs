//! Apps that demand an assignment: only assigned users sign in (AADSTS50105).

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;

use super::client::Client;
use super::error::StsError;

/// Whether the user may use the app at all.
pub(super) fn require(tenant: &Tenant, client: &Client<'_>, user: &User) -> Result<(), StsError> {
    let Some(principal) = tenant.service_principal(client.app_id()) else {
        return Ok(());
    };
    if !principal.assignment_required {
        return Ok(());
    }
    let groups = tenant.groups_of(user.id);
    let assigned = tenant.app_role_assignments.values().any(|held| {
        held.resource == principal.id
            && (held.principal == user.id || groups.contains(&held.principal))
    });
    if assigned {
        Ok(())
    } else {
        Err(StsError::new(50105)
            .with("user", tenant.principal_name(user))
            .with("app", client.app_id())
            .with("name", client.display_name()))
    }
}
