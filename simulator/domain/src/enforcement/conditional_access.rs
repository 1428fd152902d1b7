//! Conditional Access, evaluated: what each policy says of an attempt.
//!
//! Every policy that applies has to be satisfied; a block wins over everything; an exclusion wins over an inclusion;
//! report-only policies say what they would have done (MicrosoftDocs/entra-docs, concept-conditional-access-policies.md).

use core::time::Duration;

use uuid::Uuid;

use crate::catalogue::{AZURE_RESOURCE_MANAGER, GRAPH};
use crate::enforcement::decision::{AppliedPolicy, Denial, Interruption, Outcome, PolicyResult};
use crate::enforcement::facts::{Facts, IdentityType, Policies, UserFacts};
use crate::enforcement::phase::PhaseName;
use crate::enforcement::rules::per_user_mfa::multifactor_interruption;
use crate::id::AppId;
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, DeviceFilter, GrantControl, GrantControls,
    LocationRef, Operator, PlatformRef, PolicyState, Principals,
};
use crate::time::Timestamp;

/// The apps that `Office365` stands for, as far as they are known here (the home page, Exchange, `SharePoint`, Teams).
const OFFICE_365: [AppId; 4] = [
    AppId::from_u128(0x4765_445b_32c6_49b0_83e6_1d93_7652_76ca),
    AppId::from_u128(0x0000_0002_0000_0ff1_ce00_0000_0000_0000),
    AppId::from_u128(0x0000_0003_0000_0ff1_ce00_0000_0000_0000),
    AppId::from_u128(0x1fec_8e78_bce4_4aaf_ab1b_5451_cc38_7264),
];
/// Clocks may differ by this much before "every time" asks again (same document, sign-in frequency).
const EVERY_TIME: Duration = Duration::from_secs(300);

/// What one policy says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub applied: AppliedPolicy,
    /// What stands in the way, if the policy is enforced.
    pub objection: Option<Outcome>,
}

/// Asks every policy, in the order of their ids.
pub(super) fn ask(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> Vec<Said> {
    let all = policies.conditional_access;
    all.policies
        .values()
        .map(|policy| one(policy, facts, all, now))
        .collect()
}

fn one(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
    now: Timestamp,
) -> Said {
    let mut applied = AppliedPolicy {
        id: policy.id,
        display_name: policy.display_name.clone(),
        result: PolicyResult::NotApplied,
        grant_controls: Vec::new(),
        session_controls: Vec::new(),
        because: String::new(),
    };
    let report_only = policy.state == PolicyState::ReportOnly;
    if policy.state == PolicyState::Disabled {
        applied.result = PolicyResult::NotEnabled;
        "The policy is disabled.".clone_into(&mut applied.because);
        return Said {
            applied,
            objection: None,
        };
    }
    if let Err(because) = applies(policy, facts, all) {
        applied.result = if report_only {
            PolicyResult::ReportOnlyNotApplied
        } else {
            PolicyResult::NotApplied
        };
        applied.because = because;
        return Said {
            applied,
            objection: None,
        };
    }
    applied.grant_controls = grant_words(policy.grant.as_ref());
    applied.session_controls = session_words(policy);
    let objection = objection(policy, facts, all, now);
    let blocks = matches!(objection, Some((Outcome::Deny(_), _)));
    applied.result = match (&objection, report_only) {
        (None, false) => PolicyResult::Success,
        (None, true) => PolicyResult::ReportOnlySuccess,
        (Some(_), false) => PolicyResult::Failure,
        (Some(_), true) if blocks || facts.circumstances.silent => PolicyResult::ReportOnlyFailure,
        (Some(_), true) => PolicyResult::ReportOnlyInterrupted,
    };
    applied.because = objection.as_ref().map_or_else(
        || "What the policy asks for was shown.".to_owned(),
        |(_, because)| because.clone(),
    );
    Said {
        applied,
        objection: objection
            .filter(|_| !report_only)
            .map(|(outcome, _)| outcome),
    }
}

/// Whether every condition holds; the error says which does not.
fn applies(
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
    if conditions.device_code_flow && !here.device_code {
        return Err("The sign-in is not by device code.".to_owned());
    }
    // No device is known: a filter that includes devices by their properties matches none.
    if conditions.device_filter == Some(DeviceFilter::Include) {
        return Err("The device filter includes only devices that are known.".to_owned());
    }
    Ok(())
}

fn subject(policy: &ConditionalAccessPolicy, facts: &Facts) -> Result<(), String> {
    let conditions = &policy.conditions;
    match (&facts.user, &conditions.service_principals) {
        (None, None) => {
            Err("The policy is about users, and the caller is a workload identity.".to_owned())
        }
        (None, Some(principals)) => {
            let named = facts
                .workload
                .is_some_and(|id| principals.users.contains(&id));
            if (principals.all || named) && facts.identity == Some(IdentityType::App) {
                Ok(())
            } else {
                Err("The workload identity is not included.".to_owned())
            }
        }
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

fn is_among(set: &Principals, user: &UserFacts) -> bool {
    set.all
        || set.users.contains(&user.id)
        || set.groups.iter().any(|group| user.groups.contains(group))
        || set.roles.iter().any(|role| user.roles.contains(role))
        || set.guests.as_ref().is_some_and(|guests| {
            user.guest
                && (guests.tenants.is_empty()
                    || user.home.is_some_and(|home| guests.tenants.contains(&home)))
        })
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

/// What a policy that applies still wants.
fn objection(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
    now: Timestamp,
) -> Option<(Outcome, String)> {
    if let Some(grant) = &policy.grant
        && let Some(objection) = unmet(grant, facts, all)
    {
        return Some(objection);
    }
    frequency(policy, facts, now)
}

fn unmet(
    grant: &GrantControls,
    facts: &Facts,
    all: &ConditionalAccess,
) -> Option<(Outcome, String)> {
    if grant.controls.contains(&GrantControl::Block) {
        let denial = if facts.circumstances.user_action.is_some() {
            Denial::RegistrationBlocked
        } else {
            Denial::BlockedByConditionalAccess
        };
        return Some((
            Outcome::Deny(denial),
            "The policy blocks access.".to_owned(),
        ));
    }
    let mut wants: Vec<Option<(Outcome, String)>> = grant
        .controls
        .iter()
        .map(|control| want(*control, facts, all))
        .collect();
    if let Some(strength) = grant.strength {
        wants.push(want_strength(strength, facts, all));
    }
    // Terms of use are not simulated: a policy with nothing else asks for nothing that could be shown.
    if wants.is_empty() {
        return None;
    }
    match grant.operator {
        Operator::And => wants.into_iter().flatten().next(),
        Operator::Or if wants.iter().any(Option::is_none) => None,
        // What a person can do comes before what only another device could.
        Operator::Or => {
            let all: Vec<(Outcome, String)> = wants.into_iter().flatten().collect();
            all.iter()
                .find(|(outcome, _)| matches!(outcome, Outcome::Interrupt(_)))
                .or_else(|| all.first())
                .cloned()
        }
    }
}

fn want(
    control: GrantControl,
    facts: &Facts,
    all: &ConditionalAccess,
) -> Option<(Outcome, String)> {
    let deny = |denial, because: &str| Some((Outcome::Deny(denial), because.to_owned()));
    match control {
        GrantControl::Mfa => {
            let user = facts.user.as_ref()?;
            if facts.authentication.is_multifactor() || home_mfa(user, facts, all) {
                return None;
            }
            Some((
                multifactor_interruption(user),
                "The policy demands multifactor authentication, and one factor was shown."
                    .to_owned(),
            ))
        }
        GrantControl::CompliantDevice => deny(
            Denial::DeviceNotCompliant,
            "The policy demands a compliant device, and the device is not known.",
        ),
        GrantControl::DomainJoinedDevice => deny(
            Denial::DeviceNotDomainJoined,
            "The policy demands a domain-joined device, and the device is not known.",
        ),
        GrantControl::ApprovedApplication | GrantControl::CompliantApplication => deny(
            Denial::AppProtectionRequired,
            "The policy demands an approved or protected client app.",
        ),
        GrantControl::PasswordChange => {
            let user = facts.user.as_ref()?;
            if !facts.authentication.is_multifactor() {
                return Some((
                    multifactor_interruption(user),
                    "The policy demands a password change, which takes multifactor authentication first."
                        .to_owned(),
                ));
            }
            if facts.password_changed {
                return None;
            }
            Some((
                Outcome::Interrupt(Interruption::PasswordChange),
                "The policy demands a password change.".to_owned(),
            ))
        }
        GrantControl::Block => None,
    }
}

/// Cross-tenant access: the second factor of a guest's own tenant counts, if this tenant trusts it.
fn home_mfa(user: &UserFacts, facts: &Facts, all: &ConditionalAccess) -> bool {
    user.guest && all.trusts_home_mfa && facts.authentication.is_multifactor()
}

fn want_strength(id: Uuid, facts: &Facts, all: &ConditionalAccess) -> Option<(Outcome, String)> {
    let user = facts.user.as_ref()?;
    let Some(strength) = all.strength(id) else {
        return Some((
            Outcome::Deny(Denial::BlockedByConditionalAccess),
            "The policy demands an authentication strength that does not exist.".to_owned(),
        ));
    };
    if strength.is_satisfied_by(&facts.authentication.factors) {
        return None;
    }
    let because = format!(
        "The policy demands the strength \"{}\", and what was shown is weaker.",
        strength.display_name
    );
    let interruption = if strength.is_satisfied_by(&user.registered) {
        Interruption::AuthenticationStrength(id)
    } else {
        Interruption::AuthenticationStrengthRegistration(id)
    };
    Some((Outcome::Interrupt(interruption), because))
}

fn frequency(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    now: Timestamp,
) -> Option<(Outcome, String)> {
    let frequency = policy.session.sign_in_frequency?;
    facts.user.as_ref()?;
    let allowed = frequency.every.unwrap_or(EVERY_TIME);
    let shown = if frequency.second_factor_only {
        facts.authentication.multifactor_at
    } else {
        facts.authentication.at
    };
    let age = shown.map(|at| now.since(at));
    if age.is_some_and(|age| age <= allowed) {
        return None;
    }
    Some((
        Outcome::Interrupt(Interruption::Reauthenticate(
            frequency.every.unwrap_or(Duration::ZERO),
        )),
        format!(
            "The policy asks again after {} seconds, and the sign-in is older.",
            allowed.as_secs()
        ),
    ))
}

fn grant_words(grant: Option<&GrantControls>) -> Vec<String> {
    let Some(grant) = grant else {
        return Vec::new();
    };
    let mut words: Vec<String> = grant
        .controls
        .iter()
        .map(|control| {
            match control {
                GrantControl::Block => "Block",
                GrantControl::Mfa => "Mfa",
                GrantControl::CompliantDevice => "RequireCompliantDevice",
                GrantControl::DomainJoinedDevice => "RequireDomainJoinedDevice",
                GrantControl::ApprovedApplication => "RequireApprovedApp",
                GrantControl::CompliantApplication => "RequireCompliantApp",
                GrantControl::PasswordChange => "RequirePasswordChange",
            }
            .to_owned()
        })
        .collect();
    if grant.strength.is_some() {
        words.push("RequireAuthenticationStrength".to_owned());
    }
    words
}

fn session_words(policy: &ConditionalAccessPolicy) -> Vec<String> {
    let session = &policy.session;
    let mut words = Vec::new();
    if session.sign_in_frequency.is_some() {
        words.push("SignInFrequency".to_owned());
    }
    match session.persistent_browser {
        Some(true) => words.push("PersistentBrowserSessionModeAlways".to_owned()),
        Some(false) => words.push("PersistentBrowserSessionModeNever".to_owned()),
        None => {}
    }
    words
}

#[cfg(test)]
mod tests;
