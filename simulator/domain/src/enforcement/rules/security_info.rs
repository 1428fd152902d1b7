//! What people may change of their own methods in security info, and with what proof.

use core::time::Duration;

use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::decision::{Denial, Interruption, Outcome, Verdict};
use crate::enforcement::facts::{Amr, Factor, Facts, NewMethod, Operation, Policies, Stage};
use crate::enforcement::rules::per_user_mfa::multifactor_interruption;
use crate::policy::authentication_methods::MethodName;
use crate::time::Timestamp;

/// The age up to which a second factor lets somebody register a passkey.
const FOR_PASSKEYS: Duration = Duration::from_secs(300);
/// The age up to which it lets them change anything else (public tooling).
const FOR_OTHERS: Duration = Duration::from_secs(600);
/// So long a one-time pass lets its user register methods.
const AFTER_ONE_TIME_PASS: Duration = Duration::from_secs(600);

pub(super) const METHODS_POLICY: Rule = Rule {
    id: "security-info.methods-policy",
    stage: Stage::SecurityInfo,
    title: "People register only what the authentication methods policy lets them use",
    effect: "deny",
    code: "featureDisallowedByPolicy",
    source: "MicrosoftDocs/entra-docs concept-authentication-methods-manage.md",
    evidence: Evidence::Confirmed,
    fix: "Turn the method on in the authentication methods policy, for a group that the person is in.",
    evaluate: methods_policy,
};

pub(super) const SELF_SERVICE: Rule = Rule {
    id: "security-info.passkey-self-service",
    stage: Stage::SecurityInfo,
    title: "People set up passkeys themselves only where self-service is allowed",
    effect: "deny",
    code: "featureDisallowedByPolicy",
    source: "MicrosoftDocs/entra-docs how-to-enable-passkey-fido2.md (Allow self-service set up)",
    evidence: Evidence::Confirmed,
    fix: "Set Allow self-service set up to Yes in the policy for passkeys (isSelfServiceRegistrationAllowed).",
    evaluate: self_service,
};

pub(super) const LIMIT: Rule = Rule {
    id: "security-info.limit",
    stage: Stage::SecurityInfo,
    title: "Nobody has more of a method than fits",
    effect: "deny",
    code: "badRequest",
    source: "MicrosoftDocs/entra-docs concept-registration-mfa-sspr-combined.md (five apps); how-to-enable-passkey-fido2.md (ten passkeys)",
    evidence: Evidence::Confirmed,
    fix: "Delete one that is no longer used first.",
    evaluate: limit,
};

pub(super) const SECOND_FACTOR: Rule = Rule {
    id: "security-info.second-factor",
    stage: Stage::SecurityInfo,
    title: "Who has a second factor shows it before security info opens",
    effect: "interrupt",
    code: "mfaRequired",
    source: "MicrosoftDocs/entra-docs concept-registration-mfa-sspr-combined.md (manage mode)",
    evidence: Evidence::Confirmed,
    fix: "Sign in with the registered method, or have an administrator make a Temporary Access Pass.",
    evaluate: second_factor,
};

pub(super) const PASSKEY: Rule = Rule {
    id: "security-info.passkey",
    stage: Stage::SecurityInfo,
    title: "A passkey is registered within five minutes of multifactor authentication",
    effect: "interrupt",
    code: "ngcMfaRequired",
    source: "MicrosoftDocs/entra-docs how-to-enable-passkey-fido2.md (multifactor authentication within the past five minutes); howto-authentication-temporary-access-pass.md",
    evidence: Evidence::Confirmed,
    fix: "Register Authenticator or a phone and sign in with it, or have an administrator make a Temporary Access Pass and sign in with that.",
    evaluate: passkey,
};

pub(super) const FRESH: Rule = Rule {
    id: "security-info.fresh-second-factor",
    stage: Stage::SecurityInfo,
    title: "Who has a second factor shows it afresh before changing their methods",
    effect: "interrupt",
    code: "ngcMfaRequired",
    source: "public tooling (a token with ngcmfa in amr); MicrosoftDocs/entra-docs howto-authentication-temporary-access-pass.md (ten minutes for one-time passes)",
    evidence: Evidence::Reported,
    fix: "Sign in again with the second factor. A one-time pass that is used up: have an administrator make a new one.",
    evaluate: fresh,
};

fn new_method(facts: &Facts) -> Result<&NewMethod, (Verdict, String)> {
    match &facts.operation {
        Operation::Register(method) => Ok(method),
        _ => Err(not_applicable("No method is registered.")),
    }
}

fn methods_policy(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match new_method(facts) {
        Err(said) => said,
        Ok(method) if method.allowed => passed(format!(
            "The authentication methods policy lets the person use {}.",
            method.name.title()
        )),
        Ok(method) => (
            Verdict::Fired(Outcome::Deny(Denial::MethodNotAllowed)),
            format!(
                "The authentication methods policy does not let the person use {}.",
                method.name.title()
            ),
        ),
    }
}

fn self_service(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match new_method(facts) {
        Err(said) => said,
        Ok(method) if method.name != MethodName::Fido2 => {
            not_applicable("The method is no passkey.")
        }
        Ok(method) if method.self_service => passed("Self-service set up of passkeys is allowed."),
        Ok(_) => (
            Verdict::Fired(Outcome::Deny(Denial::MethodNotAllowed)),
            "Self-service set up of passkeys is not allowed.".to_owned(),
        ),
    }
}

fn limit(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match new_method(facts) {
        Err(said) => said,
        Ok(method) if method.held < method.most => passed(format!(
            "The person has {} of at most {}.",
            method.held, method.most
        )),
        Ok(method) => (
            Verdict::Fired(Outcome::Deny(Denial::TooManyMethods)),
            format!(
                "The person has {} already, and cannot have more.",
                method.held
            ),
        ),
    }
}

fn second_factor(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    let Some(user) = &facts.user else {
        return not_applicable("The caller is not a user.");
    };
    if facts.authentication.is_multifactor() {
        return passed("Multifactor authentication was passed.");
    }
    if !user.has_strong_method {
        return not_applicable("The person has no second factor yet.");
    }
    (
        Verdict::Fired(Outcome::Interrupt(Interruption::Mfa)),
        "The person has a second factor, and the sign-in has shown one factor only.".to_owned(),
    )
}

/// A Temporary Access Pass among what was shown, and whether it was good for once.
fn pass(facts: &Facts) -> Option<bool> {
    let mut factors = facts.authentication.factors.iter();
    factors.find_map(|factor| match factor {
        Factor::TemporaryAccessPass { once } => Some(*once),
        _ => None,
    })
}

/// How old the second factor may be; a pass that can be used again has no other limit than its own end.
fn allowed_age(facts: &Facts, otherwise: Duration) -> Option<Duration> {
    match pass(facts) {
        Some(true) => Some(AFTER_ONE_TIME_PASS),
        Some(false) => None,
        None => Some(otherwise),
    }
}

/// Why what was shown is not fresh.
fn stale(facts: &Facts, otherwise: Duration, now: Timestamp) -> Option<String> {
    let shown = &facts.authentication;
    let allowed = allowed_age(facts, otherwise);
    let at = shown.multifactor_at;
    if let (Some(allowed), Some(at)) = (allowed, at)
        && now.since(at) > allowed
    {
        return Some(format!(
            "Multifactor authentication was passed {} minutes ago; {} minutes are allowed.",
            now.since(at).as_secs() / 60,
            allowed.as_secs() / 60
        ));
    }
    (!shown.methods.contains(&Amr::NgcMfa)).then(|| {
        "The token does not say that the second factor is fresh (ngcmfa); it has to be asked for in claims."
            .to_owned()
    })
}

fn passkey(facts: &Facts, _: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    let (method, user) = match (new_method(facts), &facts.user) {
        (Err(said), _) => return said,
        (Ok(_), None) => return not_applicable("The caller is not a user."),
        (Ok(method), Some(user)) => (method, user),
    };
    if method.name != MethodName::Fido2 {
        return not_applicable("The method is no passkey.");
    }
    if !facts.authentication.is_multifactor() {
        return (
            Verdict::Fired(multifactor_interruption(user)),
            "A password alone does not let anybody register a passkey.".to_owned(),
        );
    }
    match stale(facts, FOR_PASSKEYS, now) {
        None => passed("Multifactor authentication is fresh."),
        Some(because) => (
            Verdict::Fired(Outcome::Interrupt(Interruption::Mfa)),
            because,
        ),
    }
}

fn fresh(facts: &Facts, _: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    if facts.operation == Operation::SeeSecurityInfo {
        return not_applicable("Nothing is changed.");
    }
    if !facts.authentication.is_multifactor() {
        return not_applicable("Multifactor authentication was not passed.");
    }
    match stale(facts, FOR_OTHERS, now) {
        None => passed("Multifactor authentication is fresh."),
        Some(because) => (
            Verdict::Fired(Outcome::Interrupt(Interruption::Mfa)),
            because,
        ),
    }
}
