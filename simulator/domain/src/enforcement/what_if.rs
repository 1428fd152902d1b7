//! What would apply to a sign-in that nobody has tried: every policy's conditions, asked as `decide` asks them. What the policies
//! would demand is no part of it.

use uuid::Uuid;

use super::conditional_access::unmet;
use super::facts::Facts;
use crate::id::AppId;
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::{ConditionalAccessPolicy, PolicyState};

pub use super::conditional_access::Condition;

/// A sign-in to be thought of.
#[derive(Clone, Debug)]
pub struct Question {
    pub facts: Facts,
    pub about: About,
    /// Conditions that the question leaves open: any value of them is meant.
    pub open: Vec<Condition>,
}

/// What somebody would sign in for.
#[derive(Clone, Debug)]
pub enum About {
    /// One of these applications.
    Applications(Vec<AppId>),
    /// The user action of the facts.
    UserAction,
    /// What is behind the authentication context of the facts, and no application.
    AuthenticationContext,
}

/// Why a policy would not apply (`whatIfAnalysisReasons`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    PolicyNotEnabled,
    /// The policy looks at the place, and the question names none.
    NotEnoughInformation,
    Unmet(Condition),
}

/// What would become of one policy; without a reason against it, it applies.
#[derive(Clone, Debug)]
pub struct WhatIf {
    pub policy: Uuid,
    pub reasons: Vec<Reason>,
}

/// Asks every policy, in the order of their ids.
pub fn what_if(question: &Question, all: &ConditionalAccess) -> Vec<WhatIf> {
    let policies = all.policies.values();
    policies
        .map(|policy| WhatIf {
            policy: policy.id,
            reasons: reasons(question, policy, all),
        })
        .collect()
}

fn reasons(
    question: &Question,
    policy: &ConditionalAccessPolicy,
    all: &ConditionalAccess,
) -> Vec<Reason> {
    if policy.state == PolicyState::Disabled {
        return vec![Reason::PolicyNotEnabled];
    }
    let ask = |facts: &Facts| -> Vec<Reason> {
        let unmet = unmet(policy, facts, all).into_iter();
        unmet
            .map(|unmet| unmet.condition)
            .filter(|condition| !question.open.contains(condition))
            .map(|condition| reason(condition, facts))
            .collect()
    };
    match &question.about {
        About::Applications(apps) => {
            let each = apps.iter().map(|app| ask(&for_app(&question.facts, *app)));
            each.min_by_key(Vec::len).unwrap_or_default()
        }
        About::UserAction => ask(&question.facts),
        About::AuthenticationContext => {
            let mut reasons = ask(&question.facts);
            let application = Reason::Unmet(Condition::Application);
            let names_none = policy
                .conditions
                .applications
                .authentication_contexts
                .is_empty();
            if names_none && !reasons.contains(&application) {
                reasons.push(application);
            }
            reasons
        }
    }
}

/// A person signs in to an app for itself; what a workload identity is stays.
fn for_app(facts: &Facts, app: AppId) -> Facts {
    let client = match facts.user {
        Some(_) => app,
        None => facts.client,
    };
    Facts {
        client,
        resource: app,
        ..facts.clone()
    }
}

fn reason(condition: Condition, facts: &Facts) -> Reason {
    let here = &facts.circumstances;
    match condition {
        Condition::Location if here.ip.is_none() && here.country.is_none() => {
            Reason::NotEnoughInformation
        }
        condition => Reason::Unmet(condition),
    }
}

impl Reason {
    /// As Graph writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PolicyNotEnabled => "policyNotEnabled",
            Self::NotEnoughInformation => "notEnoughInformation",
            Self::Unmet(condition) => match condition {
                Condition::Users => "users",
                Condition::WorkloadIdentities => "workloadIdentities",
                Condition::Application => "application",
                Condition::UserActions => "userActions",
                Condition::AuthenticationContext => "authenticationContext",
                Condition::ClientApps => "clientApps",
                Condition::Location => "location",
                Condition::DevicePlatform => "devicePlatform",
                Condition::SignInRisk => "signInRisk",
                Condition::UserRisk => "userRisk",
                Condition::AuthenticationFlow => "authenticationFlow",
                Condition::Devices => "devices",
            },
        }
    }
}
