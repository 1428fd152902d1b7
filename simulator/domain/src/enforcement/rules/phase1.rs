//! Phase 1: signing in to the administration portals.

use super::per_user_mfa::multifactor_interruption;
use super::{Evidence, Rule, not_applicable, passed, user_of_an_app};
use crate::enforcement::decision::Verdict;
use crate::enforcement::facts::{Facts, Policies, Stage};
use crate::enforcement::phase::PhaseName;
use crate::time::Timestamp;

pub(super) const PORTAL_SIGN_IN: Rule = Rule {
    id: "phase1.portal-sign-in",
    stage: Stage::SignIn,
    title: "Phase 1: the Azure portal and the Entra and Intune admin centers demand multifactor authentication",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: "MicrosoftDocs/entra-docs concept-mandatory-multifactor-authentication.md, 2026-04-03",
    evidence: Evidence::Confirmed,
    fix: "Register a second factor (break-glass accounts: a passkey, through a Temporary Access Pass) and sign in with it.",
    evaluate: portal_sign_in,
};

fn portal_sign_in(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    let user = match user_of_an_app(facts) {
        Ok(user) => user,
        Err(said) => return said,
    };
    if !PhaseName::Phase1.facts().clients.contains(&facts.client) {
        return not_applicable("The client is not one of the administration portals.");
    }
    if !policies.enforcement.is_active(PhaseName::Phase1, now) {
        return passed(starts_later(policies, PhaseName::Phase1));
    }
    if facts.authentication.is_multifactor() {
        return passed("The session has passed multifactor authentication.");
    }
    (
        Verdict::Fired(multifactor_interruption(user)),
        "Phase 1 binds this tenant, exclusions do not count, and the session has shown one factor only."
            .to_owned(),
    )
}

/// The reason for passing before the date.
pub(super) fn starts_later(policies: &Policies<'_>, phase: PhaseName) -> String {
    match policies.enforcement.effective(phase) {
        Some(start) => format!("The phase binds this tenant from {start} on."),
        None => "The phase never binds this tenant.".to_owned(),
    }
}
