//! `Microsoft.Authorization/policyDefinitions`: the two built-in ones about multifactor authentication.

use entrasim_domain::azure::policy::{MfaDefinition, MfaEffect};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::resource_id::{ProviderPath, ResourceId};
use crate::wire::Reply;

const TYPE: &str = "Microsoft.Authorization/policyDefinitions";

/// `[{scope}]/providers/Microsoft.Authorization/policyDefinitions…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = &arm.call.request.method;
    if *method != Method::GET || provider.types.len() != 1 {
        return Err(ArmError::NotSimulated(format!("{method} {TYPE}")));
    }
    // Built-in definitions at the tenant are for everyone to read.
    if !id.scope.is_empty() {
        arm.authorize(&format!("{TYPE}/read"), &id.scope)?;
    }
    if let Some(name) = provider.names.first() {
        let found = by_name(name).ok_or_else(|| {
            if id.scope.is_empty() {
                ArmError::NotSimulated(format!("{TYPE}/{name}"))
            } else {
                ArmError::NotFound(
                    "PolicyDefinitionNotFound",
                    format!("The policy definition '{name}' could not be found."),
                )
            }
        })?;
        return Ok(Reply::json(StatusCode::OK, &resource(found)));
    }
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let mut value = Vec::new();
    for definition in MfaDefinition::ALL {
        if filter.accepts(holds)? {
            value.push(resource(definition));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn holds(clause: &Clause) -> Result<bool, ArmError> {
    let holds = match clause {
        // Only custom definitions are at a scope.
        Clause::Call { name, .. } if name == "atexactscope" => Some(false),
        Clause::Compare {
            property,
            operator,
            value,
        } => match property.as_str() {
            "policytype" => compare(operator, "BuiltIn", value),
            "category" => compare(operator, "General", value),
            _ => None,
        },
        Clause::Call { .. } => None,
    };
    holds.ok_or_else(|| clause.unknown("policyDefinitions"))
}

fn by_name(name: &str) -> Option<MfaDefinition> {
    MfaDefinition::ALL
        .into_iter()
        .find(|definition| definition.id().to_string().eq_ignore_ascii_case(name))
}

/// The definition that a `policyDefinitionId` means; a version may follow the name.
pub(super) fn by_resource_id(id: &str) -> Option<MfaDefinition> {
    let id = ResourceId::parse_text(id)?;
    let provider = id.provider.filter(|_| id.scope.is_empty())?;
    let kind = provider.types.first()?;
    let named = provider
        .namespace
        .eq_ignore_ascii_case("Microsoft.Authorization")
        && kind.eq_ignore_ascii_case("policyDefinitions");
    provider
        .names
        .first()
        .filter(|_| named)
        .and_then(|name| by_name(name))
}

/// The resource id of a built-in definition.
pub(super) fn resource_id(definition: MfaDefinition) -> String {
    format!("/providers/{TYPE}/{}", definition.id())
}

/// The definition as published (Azure/azure-policy `built-in-policies/policyDefinitions/General/MFA_Deny.json` and
/// `MFA_DenyAction.json`, version 1.1.0).
fn resource(definition: MfaDefinition) -> Value {
    let effects = [MfaEffect::Audit, MfaEffect::Deny, MfaEffect::Disabled]
        .map(|effect| definition.effect_name(effect));
    let what = match definition {
        MfaDefinition::CreateOrUpdate => "create and update",
        MfaDefinition::Delete => "delete",
    };
    let mut then = json!({"effect": "[parameters('effect')]"});
    if definition == MfaDefinition::Delete {
        then["details"] = json!({"actionNames": ["delete"]});
    }
    json!({
        "properties": {
            "displayName": definition.display_name(),
            "policyType": "BuiltIn",
            "mode": "All",
            "description": format!("This policy definition blocks resource {what} operations when the caller is not authenticated via MFA. For more information, visit https://aka.ms/mfaforazure."),
            "metadata": {"version": "1.1.0", "category": "General"},
            "version": "1.1.0",
            "parameters": {
                "effect": {
                    "type": "String",
                    "metadata": {"displayName": "Effect", "description": "The desired effect of the policy"},
                    "allowedValues": effects,
                    "defaultValue": effects[0],
                },
            },
            "policyRule": {
                "if": {
                    "allOf": [
                        {"value": "[tryGet(requestContext().identity, 'idtyp')]", "exists": true},
                        {"value": "[tryGet(requestContext().identity, 'idtyp')]", "equals": "user"},
                        {"value": "mfa", "notIn": "[split(tryGet(requestContext().identity, 'http://schemas.microsoft.com/claims/authnmethodsreferences'), ',')]"},
                        {"value": "p1", "notIn": "[split(tryGet(requestContext().identity, 'acrs'), ',')]"},
                    ],
                },
                "then": then,
            },
            "versions": ["1.1.0"],
        },
        "id": resource_id(definition),
        "type": TYPE,
        "name": definition.id().to_string(),
    })
}
