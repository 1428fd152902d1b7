//! The legacy per-user setting.

use super::{Evidence, Rule, not_applicable, passed, user_of_an_app};
use crate::directory::user::PerUserMfa;
use crate::enforcement::decision::{Interruption, Outcome, Verdict};
use crate::enforcement::facts::{Facts, Policies, Stage, UserFacts};
use crate::time::Timestamp;

pub(super) const SIGN_IN: Rule = Rule {
    id: "per-user-mfa.sign-in",
    stage: Stage::SignIn,
    title: "Per-user multifactor authentication asks at every sign-in",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: "MicrosoftDocs/entra-docs howto-mfa-userstates.md",
    evidence: Evidence::Confirmed,
    fix: "Pass multifactor authentication, or use a workload identity instead of a user account.",
    evaluate: sign_in,
};

/// What a user without a second factor in the session has to do.
pub(in crate::enforcement) fn multifactor_interruption(user: &UserFacts) -> Outcome {
    Outcome::Interrupt(if user.has_strong_method {
        Interruption::Mfa
    } else {
        Interruption::MfaRegistration
    })
}

fn sign_in(facts: &Facts, _: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    let user = match user_of_an_app(facts) {
        Ok(user) => user,
        Err(said) => return said,
    };
    let state = match user.per_user_mfa {
        PerUserMfa::Disabled => {
            return not_applicable("Per-user multifactor authentication is disabled.");
        }
        PerUserMfa::Enabled => "enabled",
        PerUserMfa::Enforced => "enforced",
    };
    if facts.authentication.is_multifactor() {
        return passed(format!(
            "Per-user multifactor authentication is {state} and was passed."
        ));
    }
    (
        Verdict::Fired(multifactor_interruption(user)),
        format!(
            "Per-user multifactor authentication is {state} and the session has shown one factor only."
        ),
    )
}
