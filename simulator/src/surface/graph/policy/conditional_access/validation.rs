//! What a policy has to have, what goes together, and that what it names exists. The numbered texts are the real
//! service's.

use entrasim_domain::policy::conditional_access::{
    ConditionalAccessPolicy, GrantControl, GrantControls, LocationRef, Operator, PolicyState,
    Principals, SessionControls,
};
use entrasim_domain::tenant::Tenant;

use crate::surface::graph::error::GraphError;

type Checked = Result<(), GraphError>;

fn says(text: impl Into<String>) -> Checked {
    Err(GraphError::BadRequest(text.into()))
}

pub(super) fn check(policy: &ConditionalAccessPolicy, tenant: &Tenant) -> Checked {
    let conditions = &policy.conditions;
    let applications = &conditions.applications;
    if policy.display_name.is_empty() {
        return says("1004: displayName is required.");
    }
    if conditions.service_principals.is_none() && conditions.users.include == Principals::default()
    {
        return says("1053: The policy must have at least one user, group or role included.");
    }
    if applications.include.is_empty()
        && applications.user_actions.is_empty()
        && applications.authentication_contexts.is_empty()
    {
        return says("1005: The policy must have at least one application included.");
    }
    let of_something_else =
        !applications.user_actions.is_empty() || !applications.authentication_contexts.is_empty();
    if of_something_else && !applications.include.is_empty() {
        return says(
            "1012: 'applications' condition cannot include both 'includeApplications' and 'includeUserActions'/'includeProtectionLevels'. Please remove one of the conditions.",
        );
    }
    if policy.grant.is_none() && policy.session == SessionControls::default() {
        return says("1007: The policy must have at least one grant control or session control.");
    }
    if let Some(grant) = &policy.grant {
        check_grant(grant, tenant)?;
    }
    if let Some(locations) = &conditions.locations {
        check_locations(locations.include.iter().chain(&locations.exclude), tenant)?;
    }
    check_principals(&conditions.users.include, tenant)?;
    check_principals(&conditions.users.exclude, tenant)?;
    if tenant.security_defaults && policy.state == PolicyState::Enabled {
        return says(
            "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.",
        );
    }
    Ok(())
}

/// `block` stands alone; a password change takes a second factor and `AND` (Microsoft Learn, grant controls).
fn check_grant(grant: &GrantControls, tenant: &Tenant) -> Checked {
    let has = |control| grant.controls.contains(&control);
    if let Some(id) = grant.strength {
        if has(GrantControl::Mfa) {
            return says(
                "1119: The mfa grant control and an authentication strength cannot be combined in one policy.",
            );
        }
        if tenant.conditional_access.strength(id).is_none() {
            return says(format!(
                "Policy contains an invalid authentication strength: {id}"
            ));
        }
    }
    if has(GrantControl::Block) && (grant.controls.len() > 1 || grant.strength.is_some()) {
        return says("The block grant control cannot be combined with other grant controls.");
    }
    let second_factor = has(GrantControl::Mfa) || grant.strength.is_some();
    if has(GrantControl::PasswordChange) && !(second_factor && grant.operator == Operator::And) {
        return says(
            "The passwordChange grant control must be accompanied by mfa using the AND operator.",
        );
    }
    Ok(())
}

fn check_locations<'l>(
    mut named: impl Iterator<Item = &'l LocationRef>,
    tenant: &Tenant,
) -> Checked {
    let unknown = named.find_map(|reference| match reference {
        LocationRef::Named(id) => {
            let known = tenant.conditional_access.named_locations.contains_key(id);
            (!known).then_some(id)
        }
        LocationRef::All | LocationRef::AllTrusted => None,
    });
    match unknown {
        Some(id) => says(format!("Policy contains invalid locations: {id}")),
        None => Ok(()),
    }
}

fn check_principals(principals: &Principals, tenant: &Tenant) -> Checked {
    let user = principals
        .users
        .iter()
        .find(|id| tenant.users.get(**id).is_none());
    if let Some(id) = user {
        return says(format!("Policy contains invalid users: {id}"));
    }
    let group = principals
        .groups
        .iter()
        .find(|id| !tenant.groups.contains_key(*id));
    match group {
        Some(id) => says(format!("Policy contains invalid groups: {id}")),
        None => Ok(()),
    }
}
