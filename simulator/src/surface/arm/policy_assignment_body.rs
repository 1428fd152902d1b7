//! A policy assignment's body, read into what the gate evaluates. What cannot be evaluated is refused.

use entrasim_domain::azure::policy::{
    EffectOverride, MfaAssignment, MfaDefinition, MfaEffect, Selector, SelectorKind,
};
use entrasim_domain::id::KeyId;
use serde_json::{Map, Value, json};

use super::error::ArmError;
use super::policy_definitions;

/// Where and as what an assignment is written.
pub(super) struct Header {
    pub(super) id: KeyId,
    pub(super) resource_id: String,
    pub(super) name: String,
    pub(super) scope: String,
}

/// Reads a whole body.
pub(super) fn read(
    header: Header,
    mut body: Map<String, Value>,
) -> Result<MfaAssignment, ArmError> {
    let Some(Value::Object(properties)) = body.get_mut("properties") else {
        return Err(invalid(
            "The 'properties' of the policy assignment are missing.",
        ));
    };
    let definition_id = text(properties, "policyDefinitionId")
        .ok_or_else(|| invalid("The 'policyDefinitionId' of the policy assignment is missing."))?;
    let definition = policy_definitions::by_resource_id(&definition_id)
        .ok_or_else(|| ArmError::NotSimulated(format!("policy assignment of {definition_id}")))?;
    let do_not_enforce = match text(properties, "enforcementMode").as_deref() {
        None => false,
        Some(mode) if mode.eq_ignore_ascii_case("Default") => false,
        Some(mode) if mode.eq_ignore_ascii_case("DoNotEnforce") => true,
        Some(mode) => return Err(ArmError::NotSimulated(format!("enforcementMode {mode}"))),
    };
    let not_scopes = list(properties, "notScopes")?
        .iter()
        .map(|scope| scope.as_str().map(str::to_owned))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| invalid("The 'notScopes' must be a list of resource ids."))?;
    let messages = list(properties, "nonComplianceMessages")?;
    let assignment = MfaAssignment {
        id: header.id,
        display_name: text(properties, "displayName"),
        description: text(properties, "description"),
        not_scopes,
        definition,
        effect: effect_parameter(&header.name, definition, properties)?,
        overrides: list(properties, "overrides")?
            .iter()
            .map(|value| read_override(definition, value))
            .collect::<Result<_, _>>()?,
        do_not_enforce,
        resource_selectors: list(properties, "resourceSelectors")?
            .iter()
            .map(selectors)
            .collect::<Result<_, _>>()?,
        non_compliance_message: messages
            .iter()
            .find_map(|message| message.get("message")?.as_str().map(str::to_owned)),
        body: Map::new(),
        resource_id: header.resource_id,
        name: header.name,
        scope: header.scope,
    };
    properties.insert("scope".to_owned(), json!(assignment.scope));
    for (name, default) in [
        ("notScopes", json!([])),
        ("parameters", json!({})),
        ("enforcementMode", json!("Default")),
    ] {
        properties.entry(name).or_insert(default);
    }
    Ok(MfaAssignment { body, ..assignment })
}

fn invalid(message: &str) -> ArmError {
    ArmError::BadRequest("InvalidPolicyAssignment", message.to_owned())
}

fn text(properties: &Map<String, Value>, name: &str) -> Option<String> {
    properties
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
}

fn list<'v>(properties: &'v Map<String, Value>, name: &str) -> Result<&'v [Value], ArmError> {
    match properties.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(invalid(&format!("The '{name}' must be a list."))),
    }
}

/// The `effect` parameter, the only one that the definitions have.
fn effect_parameter(
    name: &str,
    definition: MfaDefinition,
    properties: &Map<String, Value>,
) -> Result<MfaEffect, ArmError> {
    let empty = Map::new();
    let parameters = properties
        .get("parameters")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut effect = MfaEffect::Audit;
    for (parameter, value) in parameters {
        if !parameter.eq_ignore_ascii_case("effect") {
            return Err(ArmError::BadRequest(
                "UndefinedPolicyParameter",
                format!(
                    "The policy assignment '{name}' has defined parameters '{parameter}' which are not defined in the policy definition."
                ),
            ));
        }
        let value = value
            .get("value")
            .and_then(Value::as_str)
            .unwrap_or_default();
        effect = definition.effect_by_name(value).ok_or_else(|| {
            let allowed = [MfaEffect::Audit, MfaEffect::Deny, MfaEffect::Disabled]
                .map(|effect| definition.effect_name(effect));
            ArmError::BadRequest(
                "PolicyParameterValueNotAllowed",
                format!(
                    "The value '{value}' is not allowed for policy parameter 'effect' in policy definition '{}'. The allowed values are '{}'.",
                    definition.id(),
                    allowed.join(", ")
                ),
            )
        })?;
    }
    Ok(effect)
}

fn read_override(definition: MfaDefinition, value: &Value) -> Result<EffectOverride, ArmError> {
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !kind.eq_ignore_ascii_case("policyEffect") {
        return Err(ArmError::NotSimulated(format!(
            "policy override of kind {kind}"
        )));
    }
    let name = value
        .get("value")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // Any effect's name can be written; one that the definition cannot have overrides nothing in the real service.
    let effect = definition.effect_by_name(name).ok_or_else(|| {
        invalid(&format!(
            "The override value '{name}' is not an effect that the policy definition can have."
        ))
    })?;
    Ok(EffectOverride {
        effect,
        selectors: selectors(value)?,
    })
}

/// The `selectors` of a resource selector or an override.
fn selectors(value: &Value) -> Result<Vec<Selector>, ArmError> {
    let rows = match value.get("selectors") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(rows) => rows
            .as_array()
            .ok_or_else(|| invalid("The 'selectors' must be a list."))?,
    };
    rows.iter().map(selector).collect()
}

fn selector(row: &Value) -> Result<Selector, ArmError> {
    let name = row.get("kind").and_then(Value::as_str).unwrap_or_default();
    let kind = match name.to_lowercase().as_str() {
        "resourcelocation" => SelectorKind::ResourceLocation,
        "resourcetype" => SelectorKind::ResourceType,
        "resourcewithoutlocation" => SelectorKind::ResourceWithoutLocation,
        _ => {
            return Err(ArmError::NotSimulated(format!(
                "policy selector of kind {name}"
            )));
        }
    };
    let texts = |name: &str| {
        row.get(name).and_then(Value::as_array).map(|values| {
            values
                .iter()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        })
    };
    let (values, negated) = match (texts("in"), texts("notIn")) {
        (Some(values), None) => (values, false),
        (None, Some(values)) => (values, true),
        (None, None) if kind == SelectorKind::ResourceWithoutLocation => (Vec::new(), false),
        _ => {
            return Err(invalid(
                "A selector must have exactly one of the properties 'in' and 'notIn'.",
            ));
        }
    };
    Ok(Selector {
        kind,
        values,
        negated,
    })
}
