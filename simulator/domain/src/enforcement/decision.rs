//! Grant, interrupt or deny, with every rule that was looked at and what it said.

use std::sync::Arc;

use uuid::Uuid;

use crate::enforcement::conditional_access;
use crate::enforcement::facts::{Facts, Policies, Stage};
use crate::enforcement::rules::Rule;
use crate::enforcement::rules::conditional_access::is_grant_control;
use crate::id::KeyId;
use crate::time::Timestamp;

/// The answer to one attempt.
#[derive(Clone, Debug)]
pub struct Decision {
    pub outcome: Outcome,
    /// The rule that decided; absent when every rule let the attempt pass.
    pub rule: Option<&'static Rule>,
    /// Every rule of the stage, in the order in which they were asked.
    pub findings: Vec<Finding>,
    /// What each Conditional Access policy said, as the sign-in log lists it.
    pub applied: Vec<AppliedPolicy>,
    /// What was decided about, where it was not granted: who asks later what would let it pass has to decide again.
    pub refused: Option<Arc<Facts>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    Grant,
    /// The attempt may go on once the caller has done something more.
    Interrupt(Interruption),
    Deny(Denial),
}

/// What the caller has to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Interruption {
    /// Pass a second factor that is registered (AADSTS50076).
    Mfa,
    /// Register a second factor first (AADSTS50079).
    MfaRegistration,
    /// Show methods that satisfy an authentication strength, by its id (AADSTS50076).
    AuthenticationStrength(Uuid),
    /// Register a method that satisfies it first (AADSTS50079).
    AuthenticationStrengthRegistration(Uuid),
    /// The session is older than the sign-in frequency allows (AADSTS70043 at the token endpoint); how old it may be.
    Reauthenticate(core::time::Duration),
    /// The second factor is older than the sign-in frequency allows (AADSTS50078).
    RepeatSecondFactor,
    /// Change the password (AADSTS50142).
    PasswordChange,
}

/// Why it cannot go on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Denial {
    /// AADSTS50057.
    AccountDisabled,
    /// Conditional Access blocks (AADSTS53003).
    BlockedByConditionalAccess,
    /// A compliant device is demanded (AADSTS53000).
    DeviceNotCompliant,
    /// A domain-joined device is demanded (AADSTS53001).
    DeviceNotDomainJoined,
    /// An approved or protected client app is demanded (AADSTS53009).
    AppProtectionRequired,
    /// Registering security information is blocked (AADSTS53004 for risk, AADSTS53010 otherwise).
    RegistrationBlocked,
    /// Security defaults block legacy authentication (AADSTS530035).
    BlockedBySecurityDefaults,
    /// The person may not register this method for themselves.
    MethodNotAllowed,
    /// The person has as many of this method as one can have.
    TooManyMethods,
    /// Resource Manager wants multifactor authentication; Microsoft enforces it.
    MfaRequiredByMicrosoft,
    /// The same, by the tenant's own policy assignments: all that object, in order.
    MfaRequiredByAssignments(Vec<KeyId>),
}

/// What one Conditional Access policy said of an attempt (`appliedConditionalAccessPolicy`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppliedPolicy {
    pub id: Uuid,
    pub display_name: String,
    pub result: PolicyResult,
    /// The controls it enforces, by their words in the log (`Mfa`, `Block`, …).
    pub grant_controls: Vec<String>,
    pub session_controls: Vec<String>,
    /// Why it applied or did not, for people.
    pub because: String,
}

/// `appliedConditionalAccessPolicyResult`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyResult {
    Success,
    Failure,
    NotApplied,
    NotEnabled,
    ReportOnlySuccess,
    ReportOnlyFailure,
    ReportOnlyNotApplied,
    ReportOnlyInterrupted,
}

impl PolicyResult {
    /// The word for it in the sign-in log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::NotApplied => "notApplied",
            Self::NotEnabled => "notEnabled",
            Self::ReportOnlySuccess => "reportOnlySuccess",
            Self::ReportOnlyFailure => "reportOnlyFailure",
            Self::ReportOnlyNotApplied => "reportOnlyNotApplied",
            Self::ReportOnlyInterrupted => "reportOnlyInterrupted",
        }
    }
}

/// What one rule said.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub verdict: Verdict,
    /// One sentence of reasons.
    pub because: String,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The rule was asked and has no objection.
    Passed,
    /// The rule is not about such an attempt.
    NotApplicable,
    /// The rule would object but only records it. The assignments that do so.
    Audited(Vec<KeyId>),
    /// The rule objects.
    Fired(Outcome),
}

impl Verdict {
    /// The word for it in traces.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotApplicable => "not-applicable",
            Self::Audited(_) => "audited",
            Self::Fired(_) => "fired",
        }
    }
}

/// Decides one attempt. Pure: the same facts, policies and instant give the same decision.
///
/// All rules of the stage are asked, so that the trace is whole; the first that objects decides.
pub fn decide(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> Decision {
    let applied = if facts.stage == Stage::SignIn {
        conditional_access::ask(facts, policies, now)
            .into_iter()
            .map(|said| said.applied)
            .collect()
    } else {
        Vec::new()
    };
    let findings: Vec<Finding> = policies
        .rules
        .at(facts.stage)
        .map(|rule| {
            let (verdict, because) = (rule.evaluate)(facts, policies, now);
            Finding {
                rule,
                verdict,
                because,
            }
        })
        .collect();
    let objection = findings.iter().find_map(|finding| match &finding.verdict {
        Verdict::Fired(outcome) => Some((finding.rule, outcome.clone())),
        Verdict::Passed | Verdict::NotApplicable | Verdict::Audited(_) => None,
    });
    let (rule, outcome) = match objection {
        Some((rule, outcome)) => (Some(rule), outcome),
        None => (None, Outcome::Grant),
    };
    let refused = (outcome != Outcome::Grant).then(|| Arc::new(facts.clone()));
    Decision {
        outcome,
        rule,
        findings,
        applied,
        refused,
    }
}

impl Decision {
    /// The AADSTS number of a sign-in that does not go through.
    pub fn aadsts(&self) -> Option<u32> {
        match &self.outcome {
            Outcome::Interrupt(Interruption::Mfa | Interruption::AuthenticationStrength(_)) => {
                Some(50076)
            }
            Outcome::Interrupt(
                Interruption::MfaRegistration | Interruption::AuthenticationStrengthRegistration(_),
            ) => Some(50079),
            Outcome::Deny(Denial::AccountDisabled) => Some(50057),
            Outcome::Interrupt(Interruption::Reauthenticate(_)) => Some(70043),
            Outcome::Interrupt(Interruption::RepeatSecondFactor) => Some(50078),
            Outcome::Interrupt(Interruption::PasswordChange) => Some(50142),
            Outcome::Deny(Denial::BlockedByConditionalAccess) => Some(53003),
            Outcome::Deny(Denial::DeviceNotCompliant) => Some(53000),
            Outcome::Deny(Denial::DeviceNotDomainJoined) => Some(53001),
            Outcome::Deny(Denial::AppProtectionRequired) => Some(53009),
            Outcome::Deny(Denial::RegistrationBlocked) => Some(53010),
            Outcome::Deny(Denial::BlockedBySecurityDefaults) => Some(530_035),
            Outcome::Grant
            | Outcome::Deny(
                Denial::MfaRequiredByMicrosoft
                | Denial::MfaRequiredByAssignments(_)
                | Denial::MethodNotAllowed
                | Denial::TooManyMethods,
            ) => None,
        }
    }

    /// The Conditional Access policies that a claims challenge names: those that object, where their grant controls are among
    /// what stands in the way. A disabled account, an old session and the like bear no challenge.
    pub fn challenging_policies(&self) -> Vec<Uuid> {
        let could_be_answered = match &self.outcome {
            Outcome::Interrupt(Interruption::Reauthenticate(_)) | Outcome::Grant => false,
            Outcome::Interrupt(_) => true,
            Outcome::Deny(_) => self.rule.is_some_and(is_grant_control),
        };
        let controls_object = self.findings.iter().any(|finding| {
            is_grant_control(finding.rule) && matches!(finding.verdict, Verdict::Fired(_))
        });
        let expired = self.outcome == Outcome::Interrupt(Interruption::RepeatSecondFactor);
        if !could_be_answered || !(controls_object || expired) {
            return Vec::new();
        }
        self.applied
            .iter()
            .filter(|applied| applied.result == PolicyResult::Failure)
            .map(|applied| applied.id)
            .collect()
    }

    /// How old the first factor may be, where Conditional Access wants it shown again; whatever else is asked for too.
    pub fn first_factor_expired(&self) -> Option<core::time::Duration> {
        self.findings
            .iter()
            .find_map(|finding| match finding.verdict {
                Verdict::Fired(Outcome::Interrupt(Interruption::Reauthenticate(allowed))) => {
                    Some(allowed)
                }
                _ => None,
            })
    }

    /// The code that the client is shown: an AADSTS number, or the word of Resource Manager, Graph or security info.
    pub fn code(&self) -> Option<String> {
        if let Some(rule) = self.rule
            && rule.stage.is_about_own_methods()
        {
            return Some(rule.code.to_owned());
        }
        match &self.outcome {
            Outcome::Deny(Denial::MfaRequiredByMicrosoft) => {
                Some("RequestDisallowedByAzure".to_owned())
            }
            Outcome::Deny(Denial::MfaRequiredByAssignments(_)) => {
                Some("RequestDisallowedByPolicy".to_owned())
            }
            _ => self.aadsts().map(|number| format!("AADSTS{number}")),
        }
    }

    /// The authentication context that would let the attempt pass.
    pub fn challenge(&self) -> Option<&'static str> {
        match self.outcome {
            Outcome::Deny(Denial::MfaRequiredByMicrosoft | Denial::MfaRequiredByAssignments(_)) => {
                Some("p1")
            }
            _ => None,
        }
    }

    /// The word for the outcome in traces.
    pub fn outcome_word(&self) -> &'static str {
        match self.outcome {
            Outcome::Grant => "grant",
            Outcome::Interrupt(_) => "interrupt",
            Outcome::Deny(_) => "deny",
        }
    }

    /// One sentence on why, for people.
    pub fn message(&self) -> String {
        match self.rule {
            None => "No rule objects.".to_owned(),
            Some(rule) => self
                .findings
                .iter()
                .find(|finding| finding.rule.id == rule.id)
                .map_or_else(String::new, |finding| finding.because.clone()),
        }
    }

    /// Assignments that only record what they would have refused.
    pub fn audits(&self) -> impl Iterator<Item = &KeyId> {
        self.findings
            .iter()
            .filter_map(|finding| match &finding.verdict {
                Verdict::Audited(ids) => Some(ids.iter()),
                Verdict::Passed | Verdict::NotApplicable | Verdict::Fired(_) => None,
            })
            .flatten()
    }
}

impl Stage {
    /// The word for it in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::ResourceManager => "resource-manager",
            Self::SecurityInfo => "security-info",
            Self::Graph => "graph",
        }
    }

    /// Whether a person is about to change what they sign in with.
    pub fn is_about_own_methods(self) -> bool {
        matches!(self, Self::SecurityInfo | Self::Graph)
    }
}
