//! To what a policy applies: users or workloads, apps, and everything else that is known of a sign-in.

use uuid::Uuid;

use crate::catalogue::{AZURE_RESOURCE_MANAGER, GRAPH};
use crate::enforcement::facts::{Facts, IdentityType, UserFacts};
use crate::enforcement::phase::PhaseName;
use crate::id::AppId;
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, Guests, LocationRef, PlatformRef, Principals,
    TransferMethod, Workloads,
};
use crate::policy::device_filter::DeviceFilterMode;

/// The apps that `Office365` stands for, as far as they are known here (the home page, Exchange, `SharePoint`, Teams).
const OFFICE_365: [AppId; 4] = [
    AppId::from_u128(0x4765_445b_32c6_49b0_83e6_1d93_7652_76ca),
    AppId::from_u128(0x0000_0002_0000_0ff1_ce00_0000_0000_0000),
    AppId::from_u128(0x0000_0003_0000_0ff1_ce00_0000_0000_0000),
    AppId::from_u128(0x1fec_8e78_bce4_4aaf_ab1b_5451_cc38_7264),
];

/// Whether every condition holds; the error says which does not.
pub(super) fn hold(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
) -> Result<(), String> {
    let conditions = &policy.conditions;
    subject(policy, facts)?;
    target(policy, facts)?;
    let here = &facts.circumstances;
    let types = &conditions.client_app_types;
    if !types.is_empty() && !types.contains(&here.client_app) {
        return Err("The client app is of another type.".to_owned());
    }
    if let Some(locations) = &conditions.locations {
        let matches = |reference: &LocationRef| is_at(*reference, facts, all);
        if !locations.include.iter().any(matches) {
            return Err("The location is not included.".to_owned());
        }
        if locations.exclude.iter().any(matches) {
            return Err("The location is excluded.".to_owned());
        }
    }
    if let Some(platforms) = &conditions.platforms {
        let matches = |reference: &PlatformRef| match reference {
            PlatformRef::All => true,
            PlatformRef::Platform(known) => here.platform == Some(*known),
        };
        if !platforms.include.iter().any(matches) {
            return Err("The device platform is not included.".to_owned());
        }
        if platforms.exclude.iter().any(matches) {
            return Err("The device platform is excluded.".to_owned());
        }
    }
    if !conditions.sign_in_risk.is_empty() && !conditions.sign_in_risk.contains(&here.sign_in_risk)
    {
        return Err("The sign-in risk is another.".to_owned());
    }
    let user_risk = facts
        .user
        .as_ref()
        .map(|user| user.risk)
        .unwrap_or_default();
    if !conditions.user_risk.is_empty() && !conditions.user_risk.contains(&user_risk) {
        return Err("The user risk is another.".to_owned());
    }
    let flows = &conditions.transfer_methods;
    let by_one = here.device_code && flows.contains(&TransferMethod::DeviceCodeFlow);
    if !flows.is_empty() && !by_one {
        return Err("The sign-in is by another flow than those of the policy.".to_owned());
    }
    device(policy)
}

/// The device of every sign-in is unregistered.
fn device(policy: &ConditionalAccessPolicy) -> Result<(), String> {
    let Some(filter) = &policy.conditions.device_filter else {
        return Ok(());
    };
    match (filter.mode, filter.rule.holds_unregistered()) {
        (DeviceFilterMode::Include, false) => {
            Err("The device is not registered, and the filter includes others.".to_owned())
        }
        (DeviceFilterMode::Exclude, true) => {
            Err("The device is not registered, and the filter excludes such.".to_owned())
        }
        (DeviceFilterMode::Include, true) | (DeviceFilterMode::Exclude, false) => Ok(()),
    }
}

fn subject(policy: &ConditionalAccessPolicy, facts: &Facts) -> Result<(), String> {
    let conditions = &policy.conditions;
    match (&facts.user, &conditions.service_principals) {
        (None, None) => {
            Err("The policy is about users, and the caller is a workload identity.".to_owned())
        }
        (None, Some(workloads)) => workload(workloads, facts),
        (Some(_), Some(_)) => Err("The policy is about workload identities.".to_owned()),
        (Some(user), None) => {
            if is_among(&conditions.users.exclude, user) {
                Err("The user is excluded.".to_owned())
            } else if is_among(&conditions.users.include, user) {
                Ok(())
            } else {
                Err("The user is not included.".to_owned())
            }
        }
    }
}

/// A workload is known only where policies reach it: single-tenant apps that are registered in the tenant.
fn workload(workloads: &Workloads, facts: &Facts) -> Result<(), String> {
    let Some(id) = facts
        .workload
        .filter(|_| facts.identity == Some(IdentityType::App))
    else {
        return Err("Policies do not reach the workload identity.".to_owned());
    };
    if workloads.exclude.contains(&id) {
        Err("The workload identity is excluded.".to_owned())
    } else if workloads.all || workloads.include.contains(&id) {
        Ok(())
    } else {
        Err("The workload identity is not included.".to_owned())
    }
}

fn is_among(set: &Principals, user: &UserFacts) -> bool {
    set.all
        || set.users.contains(&user.id)
        || set.groups.iter().any(|group| user.groups.contains(group))
        || set.roles.iter().any(|role| user.roles.contains(role))
        || (set.any_guest && user.guest.is_some())
        || set
            .guests
            .as_ref()
            .is_some_and(|guests| is_guest_of(guests, user))
}

/// Tenants bound the external kinds only: a guest account of this tenant has no other.
fn is_guest_of(guests: &Guests, user: &UserFacts) -> bool {
    user.guest.is_some_and(|kind| guests.kinds.contains(&kind))
        && (guests.tenants.is_empty()
            || user.home.is_none_or(|home| guests.tenants.contains(&home)))
}

fn target(policy: &ConditionalAccessPolicy, facts: &Facts) -> Result<(), String> {
    let applications = &policy.conditions.applications;
    if let Some(action) = facts.circumstances.user_action {
        return if applications.user_actions.contains(&action) {
            Ok(())
        } else {
            Err("The policy is not about this user action.".to_owned())
        };
    }
    if !applications.user_actions.is_empty() {
        return Err("The policy is about a user action.".to_owned());
    }
    if !applications.authentication_contexts.is_empty() {
        let demanded = applications
            .authentication_contexts
            .iter()
            .any(|context| facts.demanded_contexts.contains(context));
        return if demanded {
            Ok(())
        } else {
            Err("The request demands no authentication context of the policy.".to_owned())
        };
    }
    let matches = |reference: &ApplicationRef| is_app(*reference, facts);
    if applications.exclude.iter().any(matches) {
        Err("The application is excluded.".to_owned())
    } else if applications.include.iter().any(matches) {
        Ok(())
    } else {
        Err("The application is not included.".to_owned())
    }
}

/// A policy is about the resource that a token is for; signing in to a web app, about the app itself.
fn is_app(reference: ApplicationRef, facts: &Facts) -> bool {
    let portals = &PhaseName::Phase1.facts().clients;
    match reference {
        ApplicationRef::None => false,
        ApplicationRef::All => true,
        ApplicationRef::App(app) => {
            app == facts.resource
                || (app == facts.client && !is_reserved(facts.resource, facts.client))
                // Windows Azure Service Management API stands for the portals too (concept-conditional-access-cloud-apps.md).
                || (app == AZURE_RESOURCE_MANAGER && portals.contains(&facts.client))
        }
        ApplicationRef::Office365 => {
            OFFICE_365.contains(&facts.resource) || OFFICE_365.contains(&facts.client)
        }
        ApplicationRef::AdminPortals => portals.contains(&facts.client),
    }
}

/// A native client that asks for Resource Manager or Graph is judged by the resource alone.
fn is_reserved(resource: AppId, client: AppId) -> bool {
    let own_resource = resource == AZURE_RESOURCE_MANAGER || resource == GRAPH;
    own_resource && crate::catalogue::first_party_app(client).is_some_and(|app| app.public_client)
}

fn is_at(reference: LocationRef, facts: &Facts, all: &ConditionalAccess) -> bool {
    let here = &facts.circumstances;
    let contains = |id: &Uuid| {
        all.named_locations
            .get(id)
            .is_some_and(|location| location.contains(here.ip, here.country.as_deref()))
    };
    match reference {
        LocationRef::All => true,
        LocationRef::AllTrusted => all
            .named_locations
            .values()
            .any(|location| location.is_trusted() && contains(&location.id)),
        LocationRef::Named(id) => contains(&id),
    }
}
