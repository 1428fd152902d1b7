//! A claims challenge that the client replays: the request itself demands more than was proven.

use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::decision::Verdict;
use crate::enforcement::facts::{Facts, Policies, Stage};
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
    let Some(user) = &facts.user else {
        return not_applicable("The caller is not a user.");
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
