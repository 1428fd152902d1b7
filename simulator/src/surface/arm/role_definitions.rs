//! `Microsoft.Authorization/roleDefinitions` (the built-in roles) and `permissions`.

use entrasim_domain::azure::role::covers;
use entrasim_domain::azure::role_definition::{RoleDefinition, role_definition, role_definitions};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::resource_id::{ProviderPath, ResourceId};
use crate::wire::Reply;

/// `{scope}/providers/Microsoft.Authorization/roleDefinitions…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = &arm.call.request.method;
    if provider.types.len() != 1 || *method != Method::GET {
        return Err(ArmError::NotSimulated(format!(
            "{method} Microsoft.Authorization/roleDefinitions"
        )));
    }
    let scope = if id.scope.is_empty() { "/" } else { &id.scope };
    // Built-in roles at the tenant are for everyone to read.
    if scope != "/" {
        arm.authorize("Microsoft.Authorization/roleDefinitions/read", scope)?;
    }
    let subscription = id.subscription.as_deref();
    if let Some(name) = provider.names.first() {
        let role = Uuid::parse_str(name).ok().and_then(role_definition);
        let role = role.ok_or_else(|| does_not_exist(name))?;
        return Ok(Reply::json(StatusCode::OK, &resource(role, subscription)));
    }
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let mut value = Vec::new();
    for role in role_definitions() {
        if filter.accepts(|clause| holds(role, clause))? {
            value.push(resource(role, subscription));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

/// The failure for a role that is nowhere.
pub(super) fn does_not_exist(name: &str) -> ArmError {
    let id = name.replace('-', "");
    ArmError::NotFound(
        "RoleDefinitionDoesNotExist",
        format!("The specified role definition with ID '{id}' does not exist."),
    )
}

/// A role's resource id, under the subscription in which it is looked at.
pub(super) fn resource_id(role: Uuid, subscription: Option<&str>) -> String {
    let subscription = subscription.map(|id| format!("/subscriptions/{}", id.to_lowercase()));
    format!(
        "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        subscription.unwrap_or_default()
    )
}

fn resource(role: &RoleDefinition, subscription: Option<&str>) -> Value {
    json!({
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [permission(role)],
            "createdBy": null,
            "updatedBy": null,
        },
        "id": resource_id(role.id, subscription),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id.to_string(),
    })
}

fn permission(role: &RoleDefinition) -> Value {
    json!({
        "actions": role.actions,
        "notActions": role.not_actions,
        "dataActions": role.data_actions,
        "notDataActions": [],
    })
}

fn holds(role: &RoleDefinition, clause: &Clause) -> Result<bool, ArmError> {
    let holds = match clause {
        // All that are here can be assigned anywhere.
        Clause::Call { name, .. } if name == "atscopeandbelow" => Some(true),
        Clause::Compare {
            property,
            operator,
            value,
        } => match property.as_str() {
            "rolename" => compare(operator, &role.name, value),
            "type" => compare(operator, "BuiltInRole", value),
            _ => None,
        },
        Clause::Call { .. } => None,
    };
    holds.ok_or_else(|| clause.unknown("roleDefinitions"))
}

/// `GET {scope}/providers/Microsoft.Authorization/permissions`: what the caller may do there.
pub(super) fn permissions(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    if arm.call.request.method != Method::GET {
        return Err(ArmError::MethodNotAllowed(
            arm.call.request.method.to_string(),
        ));
    }
    let value: Vec<Value> = arm
        .tenant
        .azure
        .assignments_of(&arm.principals)
        .filter(|assignment| covers(&assignment.scope, &id.scope))
        .filter_map(|assignment| role_definition(assignment.role))
        .map(permission)
        .collect();
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}
