//! Conditional Access, evaluated: what each policy says of an attempt.
//!
//! Every policy that applies has to be satisfied; a block wins over everything; an exclusion wins over an inclusion;
//! report-only policies say what they would have done (MicrosoftDocs/entra-docs, concept-conditional-access-policies.md).

use crate::enforcement::decision::{AppliedPolicy, Outcome, PolicyResult};
use crate::enforcement::facts::{Facts, Policies};
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::{ConditionalAccessPolicy, PolicyState};
use crate::time::Timestamp;

mod conditions;
mod controls;
mod words;

pub use conditions::Condition;
pub(super) use conditions::unmet;
pub(super) use controls::precedence;

/// What one policy says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub applied: AppliedPolicy,
    /// What stands in the way, if the policy is enforced: the first grant control that is not met, and the session control.
    pub objections: Vec<Objection>,
}

/// What stands in the way, and why.
#[derive(Clone, Debug)]
pub(super) struct Objection {
    pub outcome: Outcome,
    pub because: String,
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
    let silent = |applied| Said {
        applied,
        objections: Vec::new(),
    };
    if policy.state == PolicyState::Disabled {
        applied.result = PolicyResult::NotEnabled;
        "The policy is disabled.".clone_into(&mut applied.because);
        return silent(applied);
    }
    if let Err(because) = conditions::hold(policy, facts, all) {
        if report_only {
            applied.result = PolicyResult::ReportOnlyNotApplied;
        }
        applied.because = because;
        return silent(applied);
    }
    applied.grant_controls = words::of_grant(policy.grant.as_ref());
    applied.session_controls = words::of_session(&policy.session);
    let objections = controls::objections(policy, facts, all, now);
    applied.result = result(&objections, report_only);
    applied.because = objections.first().map_or_else(
        || "What the policy asks for was shown.".to_owned(),
        |objection| objection.because.clone(),
    );
    if report_only {
        return silent(applied);
    }
    Said {
        applied,
        objections,
    }
}

/// In report-only mode, what a person could do would have interrupted, and anything else would have failed, whether a person
/// was there to be asked or not (MicrosoftDocs/entra-docs concept-conditional-access-report-only.md).
fn result(objections: &[Objection], report_only: bool) -> PolicyResult {
    let denies = objections
        .iter()
        .any(|objection| matches!(objection.outcome, Outcome::Deny(_)));
    match (objections.is_empty(), report_only) {
        (true, false) => PolicyResult::Success,
        (true, true) => PolicyResult::ReportOnlySuccess,
        (false, false) => PolicyResult::Failure,
        (false, true) if denies => PolicyResult::ReportOnlyFailure,
        (false, true) => PolicyResult::ReportOnlyInterrupted,
    }
}

#[cfg(test)]
mod tests;
