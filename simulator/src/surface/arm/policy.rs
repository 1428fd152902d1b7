//! The two built-in policy definitions about multifactor authentication, and their assignments: the rehearsal of Phase 2.
//!
//! Other definitions are not evaluated by the simulator, so assigning one is answered with 501 by name.

use std::sync::Arc;

use entrasim_domain::azure::policy::{EffectOverride, MfaAssignment, MfaDefinition};
use entrasim_domain::azure::role::covers;
use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use entrasim_domain::id::KeyId;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::ArmError;
use super::{Answer, Arm, list_of, ok};
use crate::wire::Reply;

const KIND: &str = "Microsoft.Authorization/policyAssignments";

/// `GET …/policyDefinitions[/{name}]`
pub(super) fn definitions(arm: &Arm<'_>, rest: &[&str]) -> Answer {
    if *arm.method() != Method::GET {
        return Err(ArmError::not_simulated(
            "policy definitions of the tenant's own",
        ));
    }
    match rest {
        [] => list_of(
            MfaDefinition::ALL
                .into_iter()
                .map(definition_view)
                .collect(),
        ),
        [name, ..] => match definition_named(name) {
            Some(definition) => ok(&definition_view(definition)),
            None => Err(ArmError::not_simulated(format!("policy definition {name}"))),
        },
    }
}

fn definition_named(name: &str) -> Option<MfaDefinition> {
    MfaDefinition::ALL
        .into_iter()
        .find(|definition| definition.id().to_string().eq_ignore_ascii_case(name))
}

fn definition_view(definition: MfaDefinition) -> Value {
    use entrasim_domain::azure::policy::MfaEffect::{Audit, Deny, Disabled};
    let names: Vec<&str> = [Audit, Deny, Disabled]
        .into_iter()
        .map(|effect| definition.effect_name(effect))
        .collect();
    json!({
        "properties": {
            "displayName": definition.display_name(), "policyType": "BuiltIn", "mode": "All",
            "metadata": {"version": "1.1.0", "category": "General"}, "version": "1.1.0",
            "parameters": {"effect": {"type": "String", "metadata": {"displayName": "Effect"}, "allowedValues": names, "defaultValue": names[0]}},
        },
        "id": format!("/providers/Microsoft.Authorization/policyDefinitions/{}", definition.id()),
        "type": "Microsoft.Authorization/policyDefinitions",
        "name": definition.id().to_string(),
    })
}

pub(super) fn assignments(arm: &Arm<'_>, scope: &str, rest: &[&str]) -> Answer {
    arm.subscription()?;
    match (rest, arm.method()) {
        ([], &Method::GET) => list(arm, scope),
        ([_], &Method::GET) => {
            arm.authorize(&format!("{KIND}/read"), scope)?;
            ok(&view(find(arm)?))
        }
        ([_], &Method::PUT) => put(arm, scope),
        ([_], &Method::PATCH) => patch(arm, scope),
        ([_], &Method::DELETE) => delete(arm),
        (_, other) => Err(ArmError::method(other)),
    }
}

fn find<'a>(arm: &'a Arm<'_>) -> Result<&'a Arc<MfaAssignment>, ArmError> {
    arm.tenant
        .azure
        .policy_assignments
        .get(&arm.path_id().to_lowercase())
        .ok_or_else(|| {
            let name = arm.segments.last().map_or("", String::as_str);
            let message = format!("The policy assignment '{name}' is not found.");
            ArmError::new(StatusCode::NOT_FOUND, "PolicyAssignmentNotFound", message)
        })
}

fn list(arm: &Arm<'_>, scope: &str) -> Answer {
    arm.authorize(&format!("{KIND}/read"), scope)?;
    let filter = arm.query.get("$filter").unwrap_or_default();
    let exact = filter.eq_ignore_ascii_case("atExactScope()");
    if !(exact || filter.is_empty() || filter.eq_ignore_ascii_case("atScope()")) {
        return Err(ArmError::not_simulated(format!(
            "policy assignment $filter {filter}"
        )));
    }
    let seen = arm.tenant.azure.policy_assignments.values().filter(|one| {
        if exact {
            one.scope.eq_ignore_ascii_case(scope)
        } else {
            covers(&one.scope, scope) || (filter.is_empty() && covers(scope, &one.scope))
        }
    });
    list_of(seen.map(|one| view(one)).collect())
}

fn view(assignment: &MfaAssignment) -> Value {
    let mut view = assignment.body.clone();
    let properties = view.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("scope".to_owned(), json!(assignment.scope));
        properties.entry("notScopes").or_insert_with(|| json!([]));
        properties
            .entry("enforcementMode")
            .or_insert_with(|| json!("Default"));
    }
    view.insert("id".to_owned(), json!(assignment.resource_id));
    view.insert("type".to_owned(), json!(KIND));
    view.insert("name".to_owned(), json!(assignment.name));
    Value::Object(view)
}

fn put(arm: &Arm<'_>, scope: &str) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{KIND}/write"), Operation::CreateOrUpdate(target))?;
    store(arm, scope, arm.body()?, StatusCode::CREATED)
}

fn patch(arm: &Arm<'_>, scope: &str) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{KIND}/write"), Operation::CreateOrUpdate(target))?;
    let mut body = find(arm)?.body.clone();
    if let Some(Value::Object(changes)) = arm.body()?.remove("properties") {
        let properties = body.entry("properties").or_insert_with(|| json!({}));
        if let Some(properties) = properties.as_object_mut() {
            properties.extend(changes);
        }
    }
    store(arm, scope, body, StatusCode::OK)
}

fn store(arm: &Arm<'_>, scope: &str, body: Map<String, Value>, status: StatusCode) -> Answer {
    let assignment = Arc::new(read(arm, scope, body)?);
    arm.change(|tenant| {
        tenant
            .azure
            .policy_assignments
            .insert(arm.path_id().to_lowercase(), Arc::clone(&assignment));
        Ok(())
    })?;
    arm.log(&format!("{KIND}/write"), &arm.path_id(), true, Vec::new())?;
    Ok(Reply::json(status, &view(&assignment)))
}

fn read(arm: &Arm<'_>, scope: &str, body: Map<String, Value>) -> Result<MfaAssignment, ArmError> {
    let invalid = |message: &str| ArmError::bad_request("InvalidPolicyAssignment", message);
    let empty = Map::new();
    let properties = body
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let id = properties
        .get("policyDefinitionId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if id.is_empty() {
        return Err(ArmError::bad_request(
            "InvalidRequestContent",
            "The property 'policyDefinitionId' is required.",
        ));
    }
    let definition = definition_named(id.rsplit('/').next().unwrap_or_default())
        .ok_or_else(|| ArmError::not_simulated(format!("policy definition {id}")))?;
    let parameter = properties
        .get("parameters")
        .and_then(|all| all.get("effect"))
        .and_then(|one| one.get("value"));
    let named = |name: &str| {
        definition.effect_by_name(name).ok_or_else(|| {
            let message = format!(
                "The policy assignment's parameter 'effect' has the value '{name}', which is not among the allowed values of the policy definition '{}'.",
                definition.id()
            );
            ArmError::bad_request("InvalidPolicyParameterUpdate", message)
        })
    };
    let effect = match parameter.and_then(Value::as_str) {
        Some(name) => named(name)?,
        None => entrasim_domain::azure::policy::MfaEffect::Audit,
    };
    let effect_override = match members(properties, "overrides").first() {
        None => None,
        Some(first)
            if members(properties, "overrides").len() == 1
                && text(first, "kind") == "policyEffect" =>
        {
            Some(EffectOverride {
                effect: named(text(first, "value"))?,
                locations: locations(first)?,
            })
        }
        Some(_) => {
            return Err(ArmError::not_simulated(
                "several overrides, or one of another kind than policyEffect",
            ));
        }
    };
    let selected: Result<Vec<Vec<String>>, ArmError> = members(properties, "resourceSelectors")
        .iter()
        .map(locations)
        .collect();
    let name = arm.segments.last().cloned().unwrap_or_default();
    if name.chars().count() > 128 {
        return Err(invalid(
            "The policy assignment name has more than 128 characters.",
        ));
    }
    let string = |name: &str| {
        properties
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let not_scopes = members(properties, "notScopes")
        .iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect();
    let message = members(properties, "nonComplianceMessages")
        .first()
        .map(|one| text(one, "message").to_owned());
    Ok(MfaAssignment {
        id: KeyId(arm.call.draw(entrasim_domain::random::Random::guid)),
        resource_id: arm.path_id(),
        name,
        display_name: string("displayName"),
        description: string("description"),
        scope: scope.to_owned(),
        not_scopes,
        definition,
        effect,
        effect_override,
        do_not_enforce: properties.get("enforcementMode").and_then(Value::as_str)
            == Some("DoNotEnforce"),
        locations: selected?.concat(),
        non_compliance_message: message.filter(|message| !message.is_empty()),
        body,
    })
}

fn members<'a>(properties: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    properties
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The regions of a selector; selectors on anything else are not simulated.
fn locations(holder: &Value) -> Result<Vec<String>, ArmError> {
    let selectors = holder
        .get("selectors")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut regions = Vec::new();
    for selector in selectors {
        let values = selector.get("in").and_then(Value::as_array);
        match (text(selector, "kind"), values) {
            ("resourceLocation", Some(values)) => {
                regions.extend(
                    values
                        .iter()
                        .filter_map(|value| value.as_str().map(str::to_owned)),
                );
            }
            (kind, _) => return Err(ArmError::not_simulated(format!("policy selector {kind}"))),
        }
    }
    Ok(regions)
}

fn delete(arm: &Arm<'_>) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{KIND}/delete"), Operation::Delete(target))?;
    let Ok(assignment) = find(arm) else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    let assignment = Arc::clone(assignment);
    arm.change(|tenant| {
        tenant
            .azure
            .policy_assignments
            .remove(&arm.path_id().to_lowercase());
        Ok(())
    })?;
    arm.log(&format!("{KIND}/delete"), &arm.path_id(), true, Vec::new())?;
    ok(&view(&assignment))
}
