//! A claims challenge that the client replays: the request itself demands more than was proven.

use super::{Evidence, Rule, not_applicable, passed, user_of_an_app};
use crate::enforcement::decision::Verdict;
use crate::enforcement::facts::{Amr, Facts, Policies, Stage};
use crate::enforcement::rules::per_user_mfa::multifactor_interruption;
use crate::time::Timestamp;

/// The authentication context that the mandate reserves.
pub const MANDATE_CONTEXT: &str = "p1";

pub(super) const DEMANDED_CONTEXT: Rule = Rule {
    id: "claims.acrs-p1",
    stage: Stage::SignIn,
    title: "The request demands an authentication context that stands for multifactor authentication",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: "Microsoft Learn, claims challenges; Azure/azure-cli#31699 (the silent attempt with the challenge fails)",
    evidence: Evidence::Inferred,
    fix: "Sign in interactively with the challenge, and pass multifactor authentication.",
    evaluate: demanded_context,
};

fn demanded_context(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    let user = match user_of_an_app(facts) {
        Ok(user) => user,
        Err(said) => return said,
    };
    if !facts
        .demanded_contexts
        .iter()
        .any(|context| context == MANDATE_CONTEXT)
    {
        return not_applicable("The request demands no such context.");
    }
    if facts.authentication.is_multifactor()
        || facts
            .authentication
            .contexts
            .iter()
            .any(|context| context == MANDATE_CONTEXT)
    {
        return passed("The session has passed multifactor authentication.");
    }
    (
        Verdict::Fired(multifactor_interruption(user)),
        "The request demands p1 and the session has shown one factor only.".to_owned(),
    )
}

/// Ten minutes: the age up to which a second factor counts as fresh (public tooling; the document for passkeys says five).
const FRESH: core::time::Duration = core::time::Duration::from_secs(600);

pub(super) const DEMANDED_METHOD: Rule = Rule {
    id: "claims.amr",
    stage: Stage::SignIn,
    title: "The request demands multifactor authentication, or a fresh one",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: "dirkjanm/ROADtools auth.py (amr_values and claims with ngcmfa); MicrosoftDocs/entra-docs how-to-enable-passkey-fido2.md",
    evidence: Evidence::Inferred,
    fix: "Sign in interactively and pass multifactor authentication.",
    evaluate: demanded_method,
};

fn demanded_method(facts: &Facts, _: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    let user = match user_of_an_app(facts) {
        Ok(user) => user,
        Err(said) => return said,
    };
    let demands = |amr| facts.demanded_methods.contains(&amr);
    if !demands(Amr::Mfa) && !demands(Amr::NgcMfa) {
        return not_applicable("The request demands no method.");
    }
    let interruption = Verdict::Fired(multifactor_interruption(user));
    if !facts.authentication.is_multifactor() {
        return (
            interruption,
            "The request demands multifactor authentication and one factor was shown.".to_owned(),
        );
    }
    let fresh = facts
        .authentication
        .multifactor_at
        .is_some_and(|at| now.since(at) <= FRESH);
    if demands(Amr::NgcMfa) && !fresh {
        return (
            interruption,
            "The request demands a fresh second factor, and the session's is older than ten minutes."
                .to_owned(),
        );
    }
    passed("What is demanded was shown.")
}
