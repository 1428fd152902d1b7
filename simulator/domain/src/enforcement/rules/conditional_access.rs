//! Conditional Access as rules of the decision: block, grant controls, sign-in frequency, registration.

use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::conditional_access::{ask, precedence};
use crate::enforcement::decision::{Denial, Interruption, Outcome, PolicyResult, Verdict};
use crate::enforcement::facts::{ClientAppType, Facts, Policies, Stage};
use crate::time::Timestamp;

const SOURCE: &str = "MicrosoftDocs/entra-docs conditional-access/concept-conditional-access-policies.md, concept-conditional-access-grant.md, concept-conditional-access-session.md";

pub(super) const BLOCK: Rule = Rule {
    id: "conditional-access.block",
    stage: Stage::SignIn,
    title: "A Conditional Access policy blocks access; a block wins over everything else",
    effect: "deny",
    code: "AADSTS53003",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Exclude the account or the location from the policy, or sign in from where it does not apply.",
    evaluate: block,
};

pub(super) const REGISTRATION: Rule = Rule {
    id: "conditional-access.registration",
    stage: Stage::SignIn,
    title: "A Conditional Access policy on registering security information blocks, or demands what the person cannot show",
    effect: "deny",
    code: "AADSTS53010",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Register from a trusted location, or with a Temporary Access Pass.",
    evaluate: registration,
};

pub(super) const DEVICE: Rule = Rule {
    id: "conditional-access.device",
    stage: Stage::SignIn,
    title: "A Conditional Access policy demands a managed device or a protected app",
    effect: "deny",
    code: "AADSTS53000, AADSTS53001 or AADSTS53009",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Sign in on a managed device (none is simulated), or let the policy accept multifactor authentication instead.",
    evaluate: device,
};

pub(super) const GRANT_CONTROLS: Rule = Rule {
    id: "conditional-access.grant-controls",
    stage: Stage::SignIn,
    title: "A Conditional Access policy demands multifactor authentication or a strength",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Show what the policy demands in an interactive sign-in. Scripts: use a workload identity.",
    evaluate: grant_controls,
};

pub(super) const PASSWORD_CHANGE: Rule = Rule {
    id: "conditional-access.password-change",
    stage: Stage::SignIn,
    title: "A Conditional Access policy demands a new password",
    effect: "interrupt",
    code: "AADSTS50142",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Change the password in an interactive sign-in.",
    evaluate: password_change,
};

pub(super) const SIGN_IN_FREQUENCY: Rule = Rule {
    id: "conditional-access.sign-in-frequency",
    stage: Stage::SignIn,
    title: "A Conditional Access policy wants the sign-in, or its second factor, repeated",
    effect: "interrupt",
    code: "AADSTS70043 or AADSTS50078",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Sign in again.",
    evaluate: sign_in_frequency,
};

pub(super) const LEGACY_AUTHENTICATION: Rule = Rule {
    id: "security-defaults.legacy-authentication",
    stage: Stage::SignIn,
    title: "Security defaults block legacy authentication",
    effect: "deny",
    code: "AADSTS530035",
    source: "MicrosoftDocs/entra-docs fundamentals/security-defaults.md",
    evidence: Evidence::Confirmed,
    fix: "Use a client with modern authentication.",
    evaluate: legacy_authentication,
};

fn say(
    facts: &Facts,
    policies: &Policies<'_>,
    now: Timestamp,
    mine: impl Fn(&Outcome) -> bool,
) -> (Verdict, String) {
    if policies.conditional_access.policies.is_empty() {
        return not_applicable("The tenant has no Conditional Access policies.");
    }
    let said = ask(facts, policies, now);
    // The first policy of those whose objection comes first.
    let objection = said
        .iter()
        .flat_map(|one| {
            one.objections
                .iter()
                .map(move |objection| (&one.applied, objection))
        })
        .filter(|(_, objection)| mine(&objection.outcome))
        .min_by_key(|(_, objection)| precedence(&objection.outcome));
    if let Some((applied, objection)) = objection {
        return (
            Verdict::Fired(objection.outcome.clone()),
            format!("\"{}\": {}", applied.display_name, objection.because),
        );
    }
    let applying = said
        .iter()
        .filter(|one| {
            !matches!(
                one.applied.result,
                PolicyResult::NotApplied
                    | PolicyResult::NotEnabled
                    | PolicyResult::ReportOnlyNotApplied
            )
        })
        .count();
    if applying == 0 {
        not_applicable("No policy applies.")
    } else {
        passed(format!("{applying} policies apply, and none objects here."))
    }
}

fn block(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        *outcome == Outcome::Deny(Denial::BlockedByConditionalAccess)
    })
}

fn registration(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        *outcome == Outcome::Deny(Denial::RegistrationBlocked)
    })
}

fn device(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        matches!(
            outcome,
            Outcome::Deny(
                Denial::DeviceNotCompliant
                    | Denial::DeviceNotDomainJoined
                    | Denial::AppProtectionRequired
            )
        )
    })
}

fn grant_controls(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        matches!(
            outcome,
            Outcome::Interrupt(
                Interruption::Mfa
                    | Interruption::MfaRegistration
                    | Interruption::AuthenticationStrength(_)
                    | Interruption::AuthenticationStrengthRegistration(_)
            )
        )
    })
}

fn password_change(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        *outcome == Outcome::Interrupt(Interruption::PasswordChange)
    })
}

fn sign_in_frequency(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    say(facts, policies, now, |outcome| {
        matches!(
            outcome,
            Outcome::Interrupt(Interruption::Reauthenticate(_) | Interruption::RepeatSecondFactor)
        )
    })
}

/// Whether a rule speaks for the grant controls of policies.
pub(crate) fn is_grant_control(rule: &Rule) -> bool {
    [&BLOCK, &GRANT_CONTROLS, &DEVICE, &PASSWORD_CHANGE]
        .iter()
        .any(|known| known.id == rule.id)
}

fn legacy_authentication(
    facts: &Facts,
    policies: &Policies<'_>,
    _: Timestamp,
) -> (Verdict, String) {
    if !policies.security_defaults {
        return not_applicable("Security defaults are off.");
    }
    match facts.circumstances.client_app {
        ClientAppType::ExchangeActiveSync | ClientAppType::Other => (
            Verdict::Fired(Outcome::Deny(Denial::BlockedBySecurityDefaults)),
            "Security defaults are on, and the client uses legacy authentication.".to_owned(),
        ),
        ClientAppType::Browser | ClientAppType::MobileAppsAndDesktopClients => {
            passed("The client uses modern authentication.")
        }
    }
}
