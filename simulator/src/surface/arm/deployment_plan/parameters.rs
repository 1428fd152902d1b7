//! A template's parameters: declared, given, defaulted, checked.

use serde_json::{Map, Value, json};

use super::resolve;
use crate::surface::arm::error::ArmError;
use crate::surface::arm::expression::Scope;

/// Fills the scope's parameters; gives them as answers show them.
pub(super) fn read(
    scope: &mut Scope,
    template: &Value,
    given: &Value,
) -> Result<Map<String, Value>, ArmError> {
    let empty = Map::new();
    let declared = template
        .get("parameters")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let given = given.as_object().unwrap_or(&empty);
    let strangers: Vec<&str> = given
        .keys()
        .filter(|name| {
            !declared
                .keys()
                .any(|known| known.eq_ignore_ascii_case(name))
        })
        .map(String::as_str)
        .collect();
    if !strangers.is_empty() {
        let known: Vec<&str> = declared.keys().map(String::as_str).collect();
        return Err(ArmError::InvalidTemplate(format!(
            "The template parameters '{}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '{}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.",
            strangers.join(", "),
            known.join(", ")
        )));
    }
    let mut all = Map::new();
    for (name, declaration) in declared {
        let value = value_of(scope, name, declaration, given)?;
        let kind = declaration
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        check(name, kind, declaration, &value)?;
        all.insert(name.clone(), shown(kind, value.clone()));
        scope.parameters.insert(name.clone(), value);
    }
    Ok(all)
}

/// A parameter or an output with its type, as answers have it: secrets without their value.
pub(super) fn shown(kind: &str, value: Value) -> Value {
    let mut name = kind.chars();
    let pascal: String = name
        .next()
        .map(|first| first.to_uppercase().chain(name).collect())
        .unwrap_or_default();
    if kind.to_lowercase().starts_with("secure") {
        json!({"type": pascal})
    } else {
        json!({"type": pascal, "value": value})
    }
}

fn value_of(
    scope: &Scope,
    name: &str,
    declaration: &Value,
    given: &Map<String, Value>,
) -> Result<Value, ArmError> {
    let given = given
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, given)| given);
    if given.is_some_and(|given| given.get("reference").is_some()) {
        return Err(ArmError::NotSimulated(
            "deployment parameter from Key Vault".to_owned(),
        ));
    }
    if let Some(value) = given.and_then(|given| given.get("value")) {
        return Ok(value.clone());
    }
    match declaration.get("defaultValue") {
        Some(default) => resolve(scope, default),
        None if declaration.get("nullable") == Some(&json!(true)) => Ok(Value::Null),
        None => Err(ArmError::InvalidTemplate(format!(
            "The value for the template parameter '{name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details."
        ))),
    }
}

fn check(name: &str, kind: &str, declaration: &Value, value: &Value) -> Result<(), ArmError> {
    let fits = match kind.to_lowercase().as_str() {
        "string" | "securestring" => value.is_string(),
        "int" => value.is_i64() || value.is_u64(),
        "bool" => value.is_boolean(),
        "array" => value.is_array(),
        "object" | "secureobject" => value.is_object(),
        _ => {
            return Err(ArmError::InvalidTemplate(format!(
                "The template parameter '{name}' has the type '{kind}', which is not valid."
            )));
        }
    };
    if !fits && !value.is_null() {
        return Err(ArmError::InvalidTemplate(format!(
            "The provided value for the template parameter '{name}' is not valid. Expected a value of type '{kind}', but received a value of type '{}'. Please see https://aka.ms/arm-create-parameter-file for usage details.",
            type_name(value)
        )));
    }
    match declaration.get("allowedValues").and_then(Value::as_array) {
        Some(allowed) if !allowed.contains(value) => {
            let text = |value: &Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            let allowed: Vec<String> = allowed.iter().map(text).collect();
            Err(ArmError::InvalidTemplate(format!(
                "The provided value '{}' for the template parameter '{name}' is not valid. The value '{}' is not part of the allowed value(s): '{}'.",
                text(value),
                text(value),
                allowed.join(",")
            )))
        }
        _ => Ok(()),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
    }
}
