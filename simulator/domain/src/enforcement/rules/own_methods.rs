//! What people may change of their own methods through Graph.

use core::time::Duration;

use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::decision::{Interruption, Outcome, Verdict};
use crate::enforcement::facts::{Facts, Policies, Stage};
use crate::time::Timestamp;

/// The age up to which a second factor counts.
const ALLOWED: Duration = Duration::from_secs(600);

pub(super) const FRESH: Rule = Rule {
    id: "graph.own-methods",
    stage: Stage::Graph,
    title: "People change their own methods through Graph within ten minutes of multifactor authentication",
    effect: "interrupt",
    code: "Authorization_RequestDenied",
    source: "Microsoft Learn, \"Microsoft Entra authentication methods API overview\"",
    evidence: Evidence::Confirmed,
    fix: "Sign in again with the second factor, and make the call within ten minutes.",
    evaluate: fresh,
};

fn fresh(facts: &Facts, _: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    if facts.user.is_none() {
        return not_applicable("The caller is not a user.");
    }
    let fired = |because: String| {
        let outcome = Outcome::Interrupt(Interruption::Mfa);
        (Verdict::Fired(outcome), because)
    };
    match facts.authentication.multifactor_at {
        None => fired("Multifactor authentication was not passed.".to_owned()),
        Some(at) if now < at + ALLOWED => passed("Multifactor authentication is fresh."),
        Some(at) => fired(format!(
            "Multifactor authentication was passed {} minutes ago; it has to be less than {}.",
            now.since(at).as_secs() / 60,
            ALLOWED.as_secs() / 60
        )),
    }
}
