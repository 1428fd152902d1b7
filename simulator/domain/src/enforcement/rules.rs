//! The rules, one row each, in the order in which they are asked. One file a topic.

use crate::enforcement::decision::Verdict;
use crate::enforcement::facts::{Facts, Policies, Stage, UserFacts};
use crate::time::Timestamp;

pub mod account;
pub mod arm_assignment;
pub mod claims;
pub mod conditional_access;
pub mod own_methods;
pub mod per_user_mfa;
pub mod phase1;
pub mod phase2;
pub mod security_defaults;
pub mod security_info;

/// One rule: what it is about, where it is written down, and how it is asked.
#[derive(Debug)]
pub struct Rule {
    pub id: &'static str,
    pub stage: Stage,
    pub title: &'static str,
    /// What it does when it objects.
    pub effect: &'static str,
    /// What the client is shown then.
    pub code: &'static str,
    pub source: &'static str,
    pub evidence: Evidence,
    /// What lets the attempt pass.
    pub fix: &'static str,
    pub(crate) evaluate: Evaluate,
}

/// Asks a rule; the text says why, in one sentence.
pub(crate) type Evaluate = fn(&Facts, &Policies<'_>, Timestamp) -> (Verdict, String);

/// How well a behaviour is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Evidence {
    /// Stated by Microsoft, or seen in a recorded answer.
    Confirmed,
    /// Told by third parties.
    Reported,
    /// Follows from confirmed facts; nobody states it.
    Inferred,
    /// Needed here, no evidence found.
    Assumed,
}

impl Evidence {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Reported => "reported",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// Every rule.
pub static RULES: &[Rule] = &[
    account::ENABLED,
    conditional_access::LEGACY_AUTHENTICATION,
    conditional_access::BLOCK,
    conditional_access::REGISTRATION,
    claims::DEMANDED_CONTEXT,
    claims::DEMANDED_METHOD,
    // What Conditional Access finds unmet, in the documented order; session controls come last
    // (MicrosoftDocs/entra-docs concept-conditional-access-policies.md, phase 2).
    conditional_access::GRANT_CONTROLS,
    conditional_access::DEVICE,
    conditional_access::PASSWORD_CHANGE,
    conditional_access::SIGN_IN_FREQUENCY,
    phase1::PORTAL_SIGN_IN,
    per_user_mfa::SIGN_IN,
    security_defaults::AZURE_MANAGEMENT,
    security_defaults::ADMINISTRATORS,
    arm_assignment::WRITE,
    arm_assignment::DELETE,
    phase2::WRITE,
    phase2::DELETE,
    own_methods::FRESH,
    security_info::METHODS_POLICY,
    security_info::SELF_SERVICE,
    security_info::LIMIT,
    security_info::SECOND_FACTOR,
    security_info::PASSKEY,
    security_info::FRESH,
];

/// The rules that are asked: every one, unless somebody wants to see what becomes of decisions without one of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RulesAsked {
    left_out: Option<&'static str>,
}

impl RulesAsked {
    /// Every rule but this one. Nothing but tests asks for it: a simulator that leaves rules out simulates nothing.
    pub fn without(rule: &'static Rule) -> Self {
        Self {
            left_out: Some(rule.id),
        }
    }

    /// The rules of a stage, in the order in which they are asked.
    pub fn at(self, stage: Stage) -> impl Iterator<Item = &'static Rule> {
        RULES
            .iter()
            .filter(move |rule| rule.stage == stage && Some(rule.id) != self.left_out)
    }
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

pub(crate) fn passed(because: impl Into<String>) -> (Verdict, String) {
    (Verdict::Passed, because.into())
}

pub(crate) fn not_applicable(because: impl Into<String>) -> (Verdict, String) {
    (Verdict::NotApplicable, because.into())
}

/// The user whose sign-in to an app is judged. What demands multifactor authentication for apps says nothing of registering
/// a method for it.
pub(crate) fn user_of_an_app(facts: &Facts) -> Result<&UserFacts, (Verdict, String)> {
    let Some(user) = &facts.user else {
        return Err(not_applicable("The caller is not a user."));
    };
    if facts.circumstances.user_action.is_some() {
        return Err(not_applicable("The user signs in to no app."));
    }
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_ids_are_unique_and_every_row_is_filled() {
        for (at, rule) in RULES.iter().enumerate() {
            assert!(
                RULES.iter().skip(at + 1).all(|other| other.id != rule.id),
                "{}",
                rule.id
            );
            for text in [rule.title, rule.effect, rule.code, rule.source, rule.fix] {
                assert!(!text.is_empty(), "{}", rule.id);
            }
        }
    }
}
