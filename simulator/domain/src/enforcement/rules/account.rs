//! Whether the account may sign in at all.

use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::decision::{Denial, Outcome, Verdict};
use crate::enforcement::facts::{Facts, Policies, Stage};
use crate::time::Timestamp;

pub(super) const ENABLED: Rule = Rule {
    id: "account.enabled",
    stage: Stage::SignIn,
    title: "A disabled account cannot sign in",
    effect: "deny",
    code: "AADSTS50057",
    source: "Microsoft Learn, Microsoft Entra authentication and authorization error codes",
    evidence: Evidence::Confirmed,
    fix: "Enable the account.",
    evaluate: enabled,
};

fn enabled(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match &facts.user {
        None => not_applicable("The caller is not a user."),
        Some(user) if user.enabled => passed("The account is enabled."),
        Some(_) => (
            Verdict::Fired(Outcome::Deny(Denial::AccountDisabled)),
            "The account is disabled.".to_owned(),
        ),
    }
}
