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

/// A condition of a policy, in the order in which they are asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Condition {
    Users,
    WorkloadIdentities,
    Application,
    UserActions,
    AuthenticationContext,
    ClientApps,
    Location,
    DevicePlatform,
    SignInRisk,
    UserRisk,
    AuthenticationFlow,
    Devices,
}

/// A condition that does not hold, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::enforcement) struct Unmet {
    pub condition: Condition,
    pub because: &'static str,
}

type Held = Result<(), Unmet>;

const CHECKS: [fn(&ConditionalAccessPolicy, &Facts, &ConditionalAccess) -> Held; 9] = [
    subject,
    target,
    client_app,
    location,
    platform,
    sign_in_risk,
    user_risk,
    flow,
    device,
];

/// Whether every condition holds; the error says which does not.
pub(super) fn hold(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
) -> Result<(), String> {
    let mut checks = CHECKS.iter();
    checks
        .try_for_each(|check| check(policy, facts, all))
        .map_err(|unmet| unmet.because.to_owned())
}

/// All conditions that do not hold.
pub(in crate::enforcement) fn unmet(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
) -> Vec<Unmet> {
    let checks = CHECKS.iter();
    checks
        .filter_map(|check| check(policy, facts, all).err())
        .collect()
}

fn not(condition: Condition, because: &'static str) -> Held {
    Err(Unmet { condition, because })
}

fn client_app(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let types = &policy.conditions.client_app_types;
    if types.is_empty() || types.contains(&facts.circumstances.client_app) {
        return Ok(());
    }
    not(Condition::ClientApps, "The client app is of another type.")
}

fn location(policy: &ConditionalAccessPolicy, facts: &Facts, all: &ConditionalAccess) -> Held {
    let Some(locations) = &policy.conditions.locations else {
        return Ok(());
    };
    let matches = |reference: &LocationRef| is_at(*reference, facts, all);
    if !locations.include.iter().any(matches) {
        return not(Condition::Location, "The location is not included.");
    }
    if locations.exclude.iter().any(matches) {
        return not(Condition::Location, "The location is excluded.");
    }
    Ok(())
}

fn platform(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let Some(platforms) = &policy.conditions.platforms else {
        return Ok(());
    };
    let matches = |reference: &PlatformRef| match reference {
        PlatformRef::All => true,
        PlatformRef::Platform(known) => facts.circumstances.platform == Some(*known),
    };
    let condition = Condition::DevicePlatform;
    if !platforms.include.iter().any(matches) {
        return not(condition, "The device platform is not included.");
    }
    if platforms.exclude.iter().any(matches) {
        return not(condition, "The device platform is excluded.");
    }
    Ok(())
}

fn sign_in_risk(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let risks = &policy.conditions.sign_in_risk;
    if risks.is_empty() || risks.contains(&facts.circumstances.sign_in_risk) {
        return Ok(());
    }
    not(Condition::SignInRisk, "The sign-in risk is another.")
}

fn user_risk(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let user = facts.user.as_ref();
    let risk = user.map(|user| user.risk).unwrap_or_default();
    let risks = &policy.conditions.user_risk;
    if risks.is_empty() || risks.contains(&risk) {
        return Ok(());
    }
    not(Condition::UserRisk, "The user risk is another.")
}

fn flow(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let flows = &policy.conditions.transfer_methods;
    let here = &facts.circumstances;
    let by_one = here.device_code && flows.contains(&TransferMethod::DeviceCodeFlow)
        || here.authentication_transfer && flows.contains(&TransferMethod::AuthenticationTransfer);
    if flows.is_empty() || by_one {
        return Ok(());
    }
    not(
        Condition::AuthenticationFlow,
        "The sign-in is by another flow than those of the policy.",
    )
}

/// The device of every sign-in is unregistered.
fn device(policy: &ConditionalAccessPolicy, _: &Facts, _: &ConditionalAccess) -> Held {
    let Some(filter) = &policy.conditions.device_filter else {
        return Ok(());
    };
    match (filter.mode, filter.rule.holds_unregistered()) {
        (DeviceFilterMode::Include, false) => not(
            Condition::Devices,
            "The device is not registered, and the filter includes others.",
        ),
        (DeviceFilterMode::Exclude, true) => not(
            Condition::Devices,
            "The device is not registered, and the filter excludes such.",
        ),
        (DeviceFilterMode::Include, true) | (DeviceFilterMode::Exclude, false) => Ok(()),
    }
}

fn subject(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let conditions = &policy.conditions;
    match (&facts.user, &conditions.service_principals) {
        (None, None) => not(
            Condition::Users,
            "The policy is about users, and the caller is a workload identity.",
        ),
        (None, Some(workloads)) => workload(workloads, facts),
        (Some(_), Some(_)) => not(
            Condition::WorkloadIdentities,
            "The policy is about workload identities.",
        ),
        (Some(user), None) => {
            if is_among(&conditions.users.exclude, user) {
                not(Condition::Users, "The user is excluded.")
            } else if is_among(&conditions.users.include, user) {
                Ok(())
            } else {
                not(Condition::Users, "The user is not included.")
            }
        }
    }
}

/// A workload is known only where policies reach it: single-tenant apps that are registered in the tenant.
fn workload(workloads: &Workloads, facts: &Facts) -> Held {
    let Some(id) = facts
        .workload
        .filter(|_| facts.identity == Some(IdentityType::App))
    else {
        return not(
            Condition::WorkloadIdentities,
            "Policies do not reach the workload identity.",
        );
    };
    if workloads.exclude.contains(&id) {
        not(
            Condition::WorkloadIdentities,
            "The workload identity is excluded.",
        )
    } else if workloads.all || workloads.include.contains(&id) {
        Ok(())
    } else {
        not(
            Condition::WorkloadIdentities,
            "The workload identity is not included.",
        )
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

fn target(policy: &ConditionalAccessPolicy, facts: &Facts, _: &ConditionalAccess) -> Held {
    let applications = &policy.conditions.applications;
    if let Some(action) = facts.circumstances.user_action {
        return if applications.user_actions.contains(&action) {
            Ok(())
        } else {
            not(
                Condition::UserActions,
                "The policy is not about this user action.",
            )
        };
    }
    if !applications.user_actions.is_empty() {
        return not(Condition::UserActions, "The policy is about a user action.");
    }
    if !applications.authentication_contexts.is_empty() {
        let demanded = applications
            .authentication_contexts
            .iter()
            .any(|context| facts.demanded_contexts.contains(context));
        return if demanded {
            Ok(())
        } else {
            not(
                Condition::AuthenticationContext,
                "The request demands no authentication context of the policy.",
            )
        };
    }
    let matches = |reference: &ApplicationRef| is_app(*reference, facts);
    if applications.exclude.iter().any(matches) {
        not(Condition::Application, "The application is excluded.")
    } else if applications.include.iter().any(matches) {
        Ok(())
    } else {
        not(Condition::Application, "The application is not included.")
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
