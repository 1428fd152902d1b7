//! `GET …/providers/Microsoft.Insights/eventtypes/management/values`: what happened, and what a policy recorded.

use entrasim_domain::azure::activity_log::ActivityEvent;
use entrasim_domain::azure::role::covers;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::error::ArmError;
use super::gate::AUDIT;
use super::{Answer, Arm, list_of};

pub(super) fn list(arm: &Arm<'_>, scope: &str) -> Answer {
    arm.subscription()?;
    arm.authorize("Microsoft.Insights/eventtypes/values/read", scope)?;
    let filter = Filter::parse(arm.query.get("$filter").unwrap_or_default())?;
    let seen = arm
        .tenant
        .azure
        .activity_log
        .iter()
        .rev()
        .filter(|event| covers(scope, &event.resource_id) && filter.admits(event));
    list_of(seen.map(|event| view(arm, event)).collect())
}

/// `eventTimestamp ge '…' and eventTimestamp le '…' and …`
struct Filter {
    from: Timestamp,
    until: Timestamp,
    resource_group: Option<String>,
    resource: Option<String>,
    correlation: Option<String>,
}

impl Filter {
    fn parse(text: &str) -> Result<Self, ArmError> {
        let mut filter = Self {
            from: Timestamp::MIN,
            until: Timestamp::MAX,
            resource_group: None,
            resource: None,
            correlation: None,
        };
        for part in text
            .split(" and ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let words: Vec<&str> = part.splitn(3, ' ').collect();
            let [property, operator, value] = words.as_slice() else {
                return Err(ArmError::bad_request(
                    "BadRequest",
                    format!("The $filter part '{part}' is not valid."),
                ));
            };
            let value = value.trim_matches('\'');
            let instant = || {
                Timestamp::parse(value).ok_or_else(|| {
                    ArmError::bad_request(
                        "BadRequest",
                        format!("'{value}' is not a valid instant."),
                    )
                })
            };
            match (property.to_lowercase().as_str(), *operator) {
                ("eventtimestamp", "ge" | "gt") => filter.from = instant()?,
                ("eventtimestamp", "le" | "lt") => filter.until = instant()?,
                ("resourcegroupname", "eq") => {
                    filter.resource_group =
                        Some(format!("/resourcegroups/{}", value.to_lowercase()));
                }
                ("resourceuri" | "resourceid", "eq") => {
                    filter.resource = Some(value.to_lowercase());
                }
                ("correlationid", "eq") => filter.correlation = Some(value.to_lowercase()),
                ("eventchannels", "eq") => {}
                _ => {
                    return Err(ArmError::not_simulated(format!(
                        "activity log $filter {part}"
                    )));
                }
            }
        }
        Ok(filter)
    }

    fn admits(&self, event: &ActivityEvent) -> bool {
        let id = event.resource_id.to_lowercase();
        event.at >= self.from
            && event.at <= self.until
            && self
                .resource_group
                .as_ref()
                .is_none_or(|group| id.ends_with(group) || id.contains(&format!("{group}/")))
            && self
                .resource
                .as_ref()
                .is_none_or(|resource| id == *resource)
            && self
                .correlation
                .as_ref()
                .is_none_or(|correlation| event.correlation_id.to_string() == *correlation)
    }
}

fn view(arm: &Arm<'_>, event: &ActivityEvent) -> Value {
    let status = if event.succeeded {
        "Succeeded"
    } else {
        "Failed"
    };
    let category = if event.assignments.is_empty() {
        "Administrative"
    } else {
        "Policy"
    };
    let localized = |text: &str| json!({"value": text, "localizedValue": text});
    let at = event.at.seven_digit_form();
    let subscription = event.resource_id.split('/').nth(2).unwrap_or_default();
    let group = event
        .resource_id
        .split('/')
        .skip_while(|part| !part.eq_ignore_ascii_case("resourcegroups"))
        .nth(1);
    json!({
        "authorization": {"action": event.operation, "scope": event.resource_id},
        "caller": event.caller,
        "channels": "Operation",
        "claims": {},
        "correlationId": event.correlation_id.to_string(),
        "eventDataId": event.id.to_string(),
        "eventName": localized("End request"),
        "category": localized(category),
        "eventTimestamp": at,
        "id": format!("{}/events/{}/ticks/{}", event.resource_id, event.id, event.at.unix_millis()),
        "level": if event.operation == AUDIT { "Warning" } else { "Informational" },
        "operationId": event.correlation_id.to_string(),
        "operationName": localized(&event.operation),
        "resourceGroupName": group.unwrap_or_default(),
        "resourceProviderName": localized(event.operation.split('/').next().unwrap_or_default()),
        "resourceId": event.resource_id,
        "status": localized(status),
        "subStatus": localized(""),
        "submissionTimestamp": at,
        "subscriptionId": subscription,
        "tenantId": arm.tenant.id.to_string(),
        "properties": properties(arm, event),
    })
}

/// `properties.policies` is a JSON text inside the JSON (MicrosoftDocs/azure-docs, MFA enforcement tutorial).
fn properties(arm: &Arm<'_>, event: &ActivityEvent) -> Value {
    if event.assignments.is_empty() {
        return json!({"entity": event.resource_id});
    }
    let all = arm.tenant.azure.policy_assignments.values();
    let policies: Vec<Value> = all
        .filter(|assignment| event.assignments.contains(&assignment.id))
        .map(|assignment| {
            json!({
                "policyDefinitionId": format!("/providers/Microsoft.Authorization/policyDefinitions/{}", assignment.definition.id()),
                "policyDefinitionName": assignment.definition.id().to_string(),
                "policyDefinitionDisplayName": assignment.definition.display_name(),
                "policyDefinitionEffect": assignment.definition.effect_name(assignment.effect),
                "policyAssignmentId": assignment.resource_id,
                "policyAssignmentName": assignment.name,
                "policyAssignmentDisplayName": assignment.display_name,
                "policyAssignmentScope": assignment.scope,
            })
        })
        .collect();
    json!({"isComplianceCheck": "False", "entity": event.resource_id, "policies": Value::from(policies).to_string()})
}
