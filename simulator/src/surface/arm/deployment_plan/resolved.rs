//! What a template says once its expressions are resolved: ids, texts, outputs.

use serde_json::{Map, Value, json};

use super::parameters;
use crate::surface::arm::error::ArmError;
use crate::surface::arm::expression::{ExpressionError, Scope};
use crate::surface::arm::resource_id::ResourceId;

/// Types and names take turns in an id.
pub(super) fn id_of(scope: &str, kind: &str, name: &str) -> Option<ResourceId> {
    let (namespace, types) = kind.split_once('/')?;
    let types: Vec<&str> = types.split('/').collect();
    let names: Vec<&str> = name.split('/').collect();
    if types.len() != names.len() || types.iter().chain(&names).any(|part| part.is_empty()) {
        return None;
    }
    let tail: String = types
        .iter()
        .zip(&names)
        .map(|(kind, name)| format!("/{kind}/{name}"))
        .collect();
    ResourceId::parse_text(&format!("{scope}/providers/{namespace}{tail}"))
}

pub(super) fn outputs(scope: &Scope, template: &Value) -> Result<Map<String, Value>, ArmError> {
    let Some(Value::Object(declared)) = template.get("outputs") else {
        return Ok(Map::new());
    };
    let mut outputs = Map::new();
    for (name, output) in declared {
        if let Some(condition) = output.get("condition")
            && resolve(scope, condition)? == json!(false)
        {
            continue;
        }
        let kind = output
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let value = resolve(scope, output.get("value").unwrap_or(&Value::Null))?;
        let shown = parameters::shown(kind, value);
        outputs.insert(name.clone(), shown);
    }
    Ok(outputs)
}

pub(super) fn resolve(scope: &Scope, value: &Value) -> Result<Value, ArmError> {
    scope.resolve(value).map_err(|error| match error {
        ExpressionError::Invalid(message) => ArmError::InvalidTemplate(message),
        ExpressionError::Unknown(name) => {
            ArmError::NotSimulated(format!("template function {name}"))
        }
    })
}

/// A member that must be a text, resolved.
pub(super) fn text(
    scope: &Scope,
    resource: &Map<String, Value>,
    name: &str,
) -> Result<String, ArmError> {
    let value = resource.get(name).unwrap_or(&Value::Null);
    match resolve(scope, value)? {
        Value::String(text) if !text.is_empty() => Ok(text),
        _ => Err(ArmError::InvalidTemplate(format!(
            "The template resource property '{name}' is missing or not a text."
        ))),
    }
}
