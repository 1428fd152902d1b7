//! How members come into a group: by hand, or by a rule (Microsoft Learn, "Manage rules for dynamic membership groups").

use std::sync::Arc;

use entrasim_domain::directory::membership_rule::{MembershipRule, RuleError};
use serde_json::{Map, Value};

use super::super::super::error::GraphError;
use super::super::{invalid, member, optional_text, texts};
use super::CLASS;

pub(super) fn types_of(types: &Value) -> Result<Vec<String>, GraphError> {
    match types {
        Value::Null => Ok(Vec::new()),
        types => texts(types, "groupTypes", CLASS),
    }
}

/// What a request says of the rule.
enum Written {
    Nothing,
    Null,
    Text(String),
}

/// What a request says of how members come in.
pub(super) struct Dynamic {
    /// `groupTypes` names `DynamicMembership`, or does not, if it is written at all.
    asked: Option<bool>,
    rule: Written,
    processing: Option<bool>,
}

impl Dynamic {
    pub(super) fn of(members: &Map<String, Value>) -> Result<Self, GraphError> {
        let asked = member(members, "groupTypes").map(types_of).transpose()?;
        let is_dynamic = |name: &String| name.eq_ignore_ascii_case("DynamicMembership");
        let rule = match member(members, "membershipRule") {
            None => Written::Nothing,
            Some(rule) => match optional_text(rule, "membershipRule", CLASS, 3072)? {
                Some(text) => Written::Text(text),
                None => Written::Null,
            },
        };
        let state = member(members, "membershipRuleProcessingState");
        let processing = match state.map(|state| state.as_str().unwrap_or_default()) {
            None => None,
            Some("On" | "on") => Some(true),
            Some("Paused" | "paused") => Some(false),
            Some("") if state.is_some_and(Value::is_null) => None,
            Some(_) => return Err(invalid("membershipRuleProcessingState", CLASS)),
        };
        Ok(Self {
            asked: asked.map(|types| types.iter().any(is_dynamic)),
            rule,
            processing,
        })
    }

    /// The rule afterwards.
    pub(super) fn rule(
        &self,
        before: Option<&Arc<MembershipRule>>,
    ) -> Result<Option<Arc<MembershipRule>>, GraphError> {
        if !self.asked.unwrap_or(before.is_some()) {
            // A rule says nothing without its type.
            return match self.rule {
                Written::Text(_) => Err(invalid("membershipRule", CLASS)),
                _ => Ok(None),
            };
        }
        let required = |member| GraphError::Required {
            member,
            class: CLASS,
        };
        let text = match (&self.rule, before) {
            (Written::Text(text), _) => Some(text.clone()),
            (Written::Null, _) => None,
            (Written::Nothing, before) => before.map(|rule| rule.text.clone()),
        };
        let text = text.ok_or(required("membershipRule"))?;
        let processing = self.processing.or(before.map(|rule| rule.processing));
        let mut rule = MembershipRule::parse(&text).map_err(|error| match error {
            RuleError::NotSimulated(what) => {
                GraphError::NotSimulated(format!("graph membership rules with {what}"))
            }
            RuleError::Syntax(_) | RuleError::Property(_) => invalid("membershipRule", CLASS),
        })?;
        rule.processing = processing.ok_or(required("membershipRuleProcessingState"))?;
        Ok(Some(Arc::new(rule)))
    }
}
