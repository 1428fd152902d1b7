//! `authenticationStrengthPolicy`: combinations between Graph's words and the domain.

use entrasim_domain::policy::authentication_strength::{
    AuthenticationStrength, Combination, CombinationConfiguration, Mode, combinations,
};
use serde_json::{Value, json};

use super::conditional_access::date;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

/// Modes that the real service has and the simulator has not.
const NOT_SIMULATED: [&str; 2] = ["email", "qrCodePin"];

/// `password,sms`
pub(in crate::surface::graph) fn text(combination: &Combination) -> String {
    let words: Vec<&str> = combination.iter().map(|mode| mode.as_str()).collect();
    words.join(",")
}

pub(in crate::surface::graph) fn texts(combinations: &[Combination]) -> Vec<String> {
    combinations.iter().map(text).collect()
}

/// Reads a list of combinations; blanks and the order of the modes do not matter.
pub(in crate::surface::graph) fn read(
    value: &Value,
    name: &str,
    class: &'static str,
) -> Result<Vec<Combination>, GraphError> {
    let list = value.as_array().ok_or_else(|| invalid(name, class))?;
    list.iter()
        .map(|value| combination(value.as_str().unwrap_or_default(), name, class))
        .collect()
}

fn combination(text: &str, name: &str, class: &'static str) -> Result<Combination, GraphError> {
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    if let Some(word) = words.iter().find(|word| NOT_SIMULATED.contains(word)) {
        return Err(GraphError::NotSimulated(format!(
            "graph authenticationMethodModes/{word}"
        )));
    }
    let modes: Option<Vec<Mode>> = words.into_iter().map(Mode::parse).collect();
    let modes = modes.ok_or_else(|| invalid(name, class))?;
    combinations()
        .into_iter()
        .find(|known| known.len() == modes.len() && modes.iter().all(|mode| known.contains(mode)))
        .ok_or_else(|| invalid(name, class))
}

/// One combination configuration as Graph shows it.
pub(in crate::surface::graph) fn show_configuration(
    configuration: &CombinationConfiguration,
) -> Value {
    let models: Vec<String> = configuration
        .allowed_aaguids
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "id": configuration.id.to_string(),
        "appliesToCombinations": texts(&configuration.applies_to), "allowedAAGUIDs": models,
    })
}

pub(in crate::surface::graph) fn show_configurations(strength: &AuthenticationStrength) -> Value {
    let list: Vec<Value> = strength
        .configurations
        .iter()
        .map(show_configuration)
        .collect();
    json!(list)
}

pub(in crate::surface::graph) fn show_type(strength: &AuthenticationStrength) -> Value {
    json!(if strength.built_in {
        "builtIn"
    } else {
        "custom"
    })
}

pub(in crate::surface::graph) fn show_requirements(strength: &AuthenticationStrength) -> Value {
    json!(if strength.is_multifactor() {
        "mfa"
    } else {
        "none"
    })
}

/// A strength in full, as a policy that demands it shows it.
pub(in crate::surface::graph) fn show(strength: &AuthenticationStrength) -> Value {
    json!({
        "id": strength.id.to_string(), "createdDateTime": date(Some(strength.created)),
        "modifiedDateTime": date(Some(strength.modified)), "displayName": strength.display_name,
        "description": strength.description, "policyType": show_type(strength),
        "requirementsSatisfied": show_requirements(strength), "allowedCombinations": texts(&strength.combinations),
        "combinationConfigurations": show_configurations(strength),
    })
}
