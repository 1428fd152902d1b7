//! `grantControls`: what has to be shown.

use entrasim_domain::policy::ConditionalAccess;
use entrasim_domain::policy::conditional_access::{GrantControl, GrantControls, Operator};
use serde_json::{Value, json};
use uuid::Uuid;

use super::members::{
    CLASS, CONTROLS, Members, known, not_simulated, require_unset, value_of, word, words,
};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::policy::authentication_strength;
use crate::surface::graph::write::invalid;

pub(super) fn read(members: &Members) -> Result<GrantControls, GraphError> {
    known(
        members,
        &[
            "operator",
            "builtInControls",
            "customAuthenticationFactors",
            "termsOfUse",
            "authenticationStrength",
        ],
    )?;
    require_unset(
        members,
        "conditionalAccessGrantControls",
        &["customAuthenticationFactors", "termsOfUse"],
    )?;
    Ok(GrantControls {
        operator: match members.get("operator").and_then(Value::as_str) {
            Some(word) if word.eq_ignore_ascii_case("AND") => Operator::And,
            Some(word) if word.eq_ignore_ascii_case("OR") => Operator::Or,
            None => Operator::Or,
            Some(_) => return Err(invalid("operator", CLASS)),
        },
        controls: words(members, "builtInControls")?
            .into_iter()
            .map(control)
            .collect::<Result<_, _>>()?,
        strength: strength(members)?,
        terms_of_use: Vec::new(),
    })
}

fn control(word: &str) -> Result<GrantControl, GraphError> {
    if word == "riskRemediation" {
        return Err(not_simulated("conditionalAccessGrantControl", word));
    }
    value_of(&CONTROLS, word, "builtInControls")
}

/// Given by its id; whatever else is said of it is a copy of what was read.
fn strength(members: &Members) -> Result<Option<Uuid>, GraphError> {
    match members.get("authenticationStrength") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok())
            .map(Some)
            .ok_or_else(|| invalid("authenticationStrength", CLASS)),
    }
}

/// As Graph shows them, the strength in full.
pub(super) fn show(grant: &GrantControls, all: &ConditionalAccess) -> Value {
    let controls: Vec<&str> = grant
        .controls
        .iter()
        .map(|control| word(&CONTROLS, control))
        .collect();
    let strength = grant.strength.map(|id| {
        all.strength(id).map_or_else(
            || json!({"id": id.to_string()}),
            |strength| authentication_strength::show(&strength),
        )
    });
    json!({
        "operator": match grant.operator { Operator::And => "AND", Operator::Or => "OR" },
        "builtInControls": controls, "customAuthenticationFactors": [], "termsOfUse": [],
        "authenticationStrength": strength,
    })
}
