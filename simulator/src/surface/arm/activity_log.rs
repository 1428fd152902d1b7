//! `Microsoft.Insights/eventtypes/management/values`: the activity log of a subscription, newest first.

use entrasim_domain::azure::activity_log::ActivityEvent;
use entrasim_domain::azure::policy::{MfaAssignment, MfaEffect, resource_type};
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::{Arm, PolicyEvent};
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::policy_definitions;
use super::resource_id::{ProviderPath, ResourceId};
use crate::wire::Reply;

fn is_policy(event: &ActivityEvent) -> bool {
    [PolicyEvent::Audit, PolicyEvent::Deny]
        .iter()
        .any(|kind| kind.operation() == event.operation)
}

/// `GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let is_values = provider.types.len() == 2
        && provider.types[1].eq_ignore_ascii_case("values")
        && provider.names.len() == 1
        && provider.names[0].eq_ignore_ascii_case("management");
    let Some(subscription) = id
        .subscription
        .as_ref()
        .filter(|_| is_values && id.group.is_none())
    else {
        return Err(ArmError::NotSimulated(format!(
            "{} {}",
            arm.call.request.method,
            provider.resource_type()
        )));
    };
    if arm.call.request.method != Method::GET {
        return Err(ArmError::MethodNotAllowed(
            arm.call.request.method.to_string(),
        ));
    }
    let subscription = arm.subscription(subscription)?;
    arm.authorize("Microsoft.Insights/eventtypes/values/Read", &id.scope)?;
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let dated = filter.clauses().any(
        |clause| matches!(clause, Clause::Compare { property, .. } if property == "eventtimestamp"),
    );
    if !dated {
        return Err(ArmError::BadRequest(
            "BadRequest",
            "The $filter must name a start with 'eventTimestamp ge'.".to_owned(),
        ));
    }
    let select: Vec<&str> = arm
        .query
        .get("$select")
        .map(|names| names.split(',').map(str::trim).collect())
        .unwrap_or_default();
    let mut value = Vec::new();
    for event in arm.tenant.azure.activity_log.iter().rev() {
        if event.subscription == subscription && filter.accepts(|clause| holds(event, clause))? {
            value.push(selected(resource(arm, event), &select));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn selected(event: Value, names: &[&str]) -> Value {
    match event {
        Value::Object(members) if !names.is_empty() => members
            .into_iter()
            .filter(|(name, _)| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)))
            .collect::<Map<_, _>>()
            .into(),
        event => event,
    }
}

fn holds(event: &ActivityEvent, clause: &Clause) -> Result<bool, ArmError> {
    let Clause::Compare {
        property,
        operator,
        value,
    } = clause
    else {
        return Err(clause.unknown("the activity log"));
    };
    let among = |actual: &str| {
        (operator == "eq").then(|| {
            value
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case(actual))
        })
    };
    let holds = match property.as_str() {
        "eventtimestamp" => {
            // A plus sign in a query that is not encoded arrives as a blank.
            let Some(limit) = Timestamp::parse(&value.replace(' ', "+")) else {
                return Err(ArmError::InvalidFilter(value.clone()));
            };
            match operator.as_str() {
                "ge" => Some(event.at >= limit),
                "gt" => Some(event.at > limit),
                "le" => Some(event.at <= limit),
                "lt" => Some(event.at < limit),
                _ => None,
            }
        }
        "resourcegroupname" => compare(operator, &group(event), value),
        "resourceuri" | "resourceid" => compare(operator, &event.resource_id, value),
        "resourceprovider" => {
            let kind = resource_type(&event.resource_id);
            compare(operator, kind.split('/').next().unwrap_or_default(), value)
        }
        "resourcetype" | "resourcetypes" => among(&resource_type(&event.resource_id)),
        "correlationid" => compare(operator, &event.correlation_id.to_string(), value),
        "caller" => compare(operator, &event.caller, value),
        "operations" | "operationname" | "operationname.value" => among(&event.operation),
        "status" | "status.value" => among(status(event)),
        "levels" => among(level(event)),
        "eventchannels" => Some(
            value
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case("Operation")),
        ),
        _ => None,
    };
    holds.ok_or_else(|| clause.unknown("the activity log"))
}

fn group(event: &ActivityEvent) -> String {
    ResourceId::parse_text(&event.resource_id)
        .and_then(|id| id.group)
        .unwrap_or_default()
}

fn level(event: &ActivityEvent) -> &'static str {
    match (is_policy(event), event.succeeded) {
        (true, true) => "Warning",
        (false, true) => "Informational",
        (_, false) => "Error",
    }
}

fn status(event: &ActivityEvent) -> &'static str {
    if event.succeeded {
        "Succeeded"
    } else {
        "Failed"
    }
}

/// The members of an event (Azure Monitor, activity log event schema: Administrative and Policy categories).
fn resource(arm: &Arm<'_, '_>, event: &ActivityEvent) -> Value {
    let word = |value: &str| json!({"value": value, "localizedValue": value});
    let category = if is_policy(event) {
        "Policy"
    } else {
        "Administrative"
    };
    let kind = resource_type(&event.resource_id);
    let at = event.at.seven_digit_form();
    let ticks = 621_355_968_000_000_000_i64 + event.at.unix_millis().saturating_mul(10_000);
    json!({
        "authorization": {"action": event.operation, "scope": event.resource_id},
        "caller": event.caller,
        "channels": "Operation",
        "claims": {"appid": event.app.to_string()},
        "correlationId": event.correlation_id.to_string(),
        "description": "",
        "eventDataId": event.id.to_string(),
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": word(category),
        "eventTimestamp": at,
        "id": format!("{}/events/{}/ticks/{ticks}", event.resource_id, event.id),
        "level": level(event),
        "operationId": event.correlation_id.to_string(),
        "operationName": word(&event.operation),
        "resourceGroupName": group(event),
        "resourceProviderName": word(kind.split('/').next().unwrap_or_default()),
        "resourceType": word(&kind),
        "resourceId": event.resource_id,
        "status": word(status(event)),
        "subStatus": if category == "Policy" { word("") } else { word(event.status_code) },
        "submissionTimestamp": at,
        "subscriptionId": event.subscription.to_string(),
        "tenantId": arm.tenant.id.to_string(),
        "properties": properties(arm, event),
        "relatedEvents": [],
    })
}

fn properties(arm: &Arm<'_, '_>, event: &ActivityEvent) -> Value {
    if !is_policy(event) {
        return json!({
            "statusCode": event.status_code,
            "serviceRequestId": event.correlation_id.to_string(),
            "eventCategory": "Administrative",
            "entity": event.resource_id,
            "message": event.operation,
            "hierarchy": format!("{}/{}", arm.tenant.id, event.subscription),
        });
    }
    let policies: Vec<Value> = arm
        .tenant
        .azure
        .policy_assignments
        .values()
        .filter(|assignment| event.assignments.contains(&assignment.id))
        .map(|assignment| policy(assignment, event.succeeded))
        .collect();
    json!({
        "isComplianceCheck": "False",
        "resourceLocation": event.location.clone().unwrap_or_default(),
        "ancestors": arm.tenant.id.to_string(),
        // A string with JSON in it, not JSON.
        "policies": Value::Array(policies).to_string(),
        "eventCategory": "Policy",
        "entity": event.resource_id,
    })
}

fn policy(assignment: &MfaAssignment, passed: bool) -> Value {
    let effect = if passed {
        MfaEffect::Audit
    } else {
        MfaEffect::Deny
    };
    let definition = assignment.definition;
    let parameters = assignment
        .body
        .get("properties")
        .and_then(|p| p.get("parameters"));
    json!({
        "policyDefinitionId": policy_definitions::resource_id(definition),
        "policyDefinitionName": definition.id().to_string(),
        "policyDefinitionDisplayName": definition.display_name(),
        "policyDefinitionEffect": definition.effect_name(effect),
        "policyAssignmentId": assignment.resource_id,
        "policyAssignmentName": assignment.name,
        "policyAssignmentDisplayName": assignment.display_name,
        "policyAssignmentScope": assignment.scope,
        "policyAssignmentParameters": parameters,
    })
}
