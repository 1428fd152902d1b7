//! What a policy that applies still wants: its grant controls in the documented order, then sign-in frequency.

use core::time::Duration;

use uuid::Uuid;

use super::Objection;
use crate::enforcement::decision::{Denial, Interruption, Outcome};
use crate::enforcement::facts::{Facts, UserAction};
use crate::enforcement::rules::per_user_mfa::multifactor_interruption;
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::{
    ConditionalAccessPolicy, GrantControl, GrantControls, Operator,
};
use crate::time::Timestamp;

/// Clocks may differ by this much before "every time" asks again
/// (MicrosoftDocs/entra-docs concept-conditional-access-session-lifetime.md).
const EVERY_TIME: Duration = Duration::from_secs(300);

/// What is not met is asked for in this order (concept-conditional-access-policies.md, phase 2). An authentication strength
/// stands where multifactor authentication does.
const ORDER: [GrantControl; 6] = [
    GrantControl::Mfa,
    GrantControl::CompliantDevice,
    GrantControl::DomainJoinedDevice,
    GrantControl::ApprovedApplication,
    GrantControl::CompliantApplication,
    GrantControl::PasswordChange,
];

/// The place of an objection in that order: of several policies, too, the smallest comes first.
pub(in crate::enforcement) fn precedence(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Deny(Denial::DeviceNotCompliant) => 2,
        Outcome::Deny(Denial::DeviceNotDomainJoined) => 3,
        Outcome::Deny(Denial::AppProtectionRequired) => 4,
        Outcome::Interrupt(Interruption::PasswordChange) => 6,
        Outcome::Interrupt(Interruption::Reauthenticate(_)) => 7,
        Outcome::Interrupt(Interruption::RepeatSecondFactor) => 8,
        // Blocks have a rule of their own, before all of these; the other interruptions are for multifactor authentication.
        Outcome::Grant | Outcome::Deny(_) | Outcome::Interrupt(_) => 1,
    }
}

pub(super) fn objections(
    policy: &ConditionalAccessPolicy,
    facts: &Facts,
    all: &ConditionalAccess,
    now: Timestamp,
) -> Vec<Objection> {
    let unmet = policy
        .grant
        .as_ref()
        .and_then(|grant| unmet(grant, facts, all))
        .map(|objection| at_registration(objection, facts));
    unmet
        .into_iter()
        .chain(frequency(policy, facts, now))
        .collect()
}

fn object(outcome: Outcome, because: impl Into<String>) -> Objection {
    Objection {
        outcome,
        because: because.into(),
    }
}

fn deny(denial: Denial, because: &str) -> Objection {
    object(Outcome::Deny(denial), because)
}

fn unmet(grant: &GrantControls, facts: &Facts, all: &ConditionalAccess) -> Option<Objection> {
    if grant.controls.contains(&GrantControl::Block) {
        return Some(deny(
            Denial::BlockedByConditionalAccess,
            "The policy blocks access.",
        ));
    }
    let strength = grant
        .strength
        .map(|strength| want_strength(strength, facts, all));
    let controls = ORDER
        .into_iter()
        .filter(|control| grant.controls.contains(control))
        .map(|control| want(control, facts));
    let wants: Vec<Option<Objection>> = strength.into_iter().chain(controls).collect();
    match grant.operator {
        Operator::And => wants.into_iter().flatten().next(),
        Operator::Or if wants.iter().any(Option::is_none) => None,
        // What a person can do comes before what only another device could. Terms of use are not simulated: a policy with
        // nothing else asks for nothing that could be shown.
        Operator::Or => {
            let mut all: Vec<Objection> = wants.into_iter().flatten().collect();
            all.sort_by_key(|objection| matches!(objection.outcome, Outcome::Deny(_)));
            all.into_iter().next()
        }
    }
}

/// A policy on registering security information cannot be met by registering: who lacks what it asks for is refused.
fn at_registration(objection: Objection, facts: &Facts) -> Objection {
    let could_show_it = matches!(
        objection.outcome,
        Outcome::Interrupt(Interruption::Mfa | Interruption::AuthenticationStrength(_))
    );
    if could_show_it
        || facts.circumstances.user_action != Some(UserAction::RegisterSecurityInformation)
    {
        return objection;
    }
    object(
        Outcome::Deny(Denial::RegistrationBlocked),
        objection.because,
    )
}

fn want(control: GrantControl, facts: &Facts) -> Option<Objection> {
    match control {
        GrantControl::Mfa => {
            let user = facts.user.as_ref()?;
            (!facts.authentication.is_multifactor()).then(|| {
                object(
                    multifactor_interruption(user),
                    "The policy demands multifactor authentication, and one factor was shown.",
                )
            })
        }
        GrantControl::CompliantDevice => Some(deny(
            Denial::DeviceNotCompliant,
            "The policy demands a compliant device, and the device is not known.",
        )),
        GrantControl::DomainJoinedDevice => Some(deny(
            Denial::DeviceNotDomainJoined,
            "The policy demands a domain-joined device, and the device is not known.",
        )),
        GrantControl::ApprovedApplication => Some(deny(
            Denial::AppProtectionRequired,
            "The policy demands an approved client app.",
        )),
        GrantControl::CompliantApplication => Some(deny(
            Denial::AppProtectionRequired,
            "The policy demands a protected client app.",
        )),
        GrantControl::PasswordChange => want_password_change(facts),
        GrantControl::Block => None,
    }
}

fn want_password_change(facts: &Facts) -> Option<Objection> {
    let user = facts.user.as_ref()?;
    if !facts.authentication.is_multifactor() {
        return Some(object(
            multifactor_interruption(user),
            "The policy demands a password change, which takes multifactor authentication first.",
        ));
    }
    (!facts.password_changed).then(|| {
        object(
            Outcome::Interrupt(Interruption::PasswordChange),
            "The policy demands a password change.",
        )
    })
}

fn want_strength(id: Uuid, facts: &Facts, all: &ConditionalAccess) -> Option<Objection> {
    let user = facts.user.as_ref()?;
    let Some(strength) = all.strength(id) else {
        return Some(deny(
            Denial::BlockedByConditionalAccess,
            "The policy demands an authentication strength that does not exist.",
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
    Some(object(Outcome::Interrupt(interruption), because))
}

fn frequency(policy: &ConditionalAccessPolicy, facts: &Facts, now: Timestamp) -> Option<Objection> {
    let frequency = policy.session.sign_in_frequency?;
    facts.user.as_ref()?;
    let allowed = frequency.every.unwrap_or(EVERY_TIME);
    let is_recent = |at: Option<Timestamp>| at.is_some_and(|at| now.since(at) <= allowed);
    let (shown, outcome) = if frequency.second_factor_only {
        // Where no second factor was shown, there is none to repeat; demanding one is the business of the grant controls.
        if !facts.authentication.is_multifactor() {
            return None;
        }
        (
            facts.authentication.multifactor_at,
            Interruption::RepeatSecondFactor,
        )
    } else {
        (
            facts.authentication.at,
            Interruption::Reauthenticate(frequency.every.unwrap_or(Duration::ZERO)),
        )
    };
    (!is_recent(shown)).then(|| {
        object(
            Outcome::Interrupt(outcome),
            format!(
                "The policy asks again after {} seconds, and the sign-in is older.",
                allowed.as_secs()
            ),
        )
    })
}
