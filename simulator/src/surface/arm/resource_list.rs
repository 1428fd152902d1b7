//! Lists of resources: `/resources` of a subscription or a group, and all of one type.

use entrasim_domain::azure::Resource;
use entrasim_domain::azure::role::covers;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::resource_id::{ProviderPath, ResourceId};
use super::{resource_groups, resources};
use crate::wire::Reply;

/// `GET /subscriptions/{id}/resources` and `GET /subscriptions/{id}/resourcegroups/{name}/resources`
pub(super) fn all(arm: &Arm<'_, '_>, subscription: &str, group: Option<&str>) -> Answer {
    let id = arm.subscription(subscription)?;
    arm.authorize_subscription(id)?;
    let scope = match group {
        Some(name) => resource_groups::id_of(resource_groups::find(arm.tenant, id, name)?),
        None => format!("/subscriptions/{id}"),
    };
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let top = match arm.query.get("$top") {
        Some(top) => top.parse().map_err(|_| {
            ArmError::BadRequest(
                "InvalidTopInQueryString",
                format!("Invalid $top '{top}' specified in the query string."),
            )
        })?,
        None => usize::MAX,
    };
    let expand = arm.query.get("$expand").unwrap_or_default().to_lowercase();
    let mut value = Vec::new();
    for resource in arm.tenant.azure.resources.values() {
        if value.len() == top {
            break;
        }
        let visible =
            covers(&scope, &resource.id) && is_tracked(resource) && may_read(arm, resource);
        if visible && filter.accepts(|clause| holds(resource, clause))? {
            value.push(brief(resource, &expand));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

/// `GET {scope}/providers/{namespace}/{type}`: all of one type; a nested type lists below its parent.
pub(super) fn of_type(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let resource_type = provider.resource_type();
    let parent = provider.parent();
    let scope = if let Some(parent) = &parent {
        let parent = ResourceId {
            provider: Some(parent.clone()),
            ..id.clone()
        }
        .text();
        arm.authorize(&format!("{resource_type}/read"), &parent)?;
        if !arm
            .tenant
            .azure
            .resources
            .contains_key(&parent.to_lowercase())
        {
            return Err(ArmError::ParentResourceNotFound(parent));
        }
        parent
    } else {
        arm.authorize(&format!("{resource_type}/read"), scope_text(&id.scope))?;
        id.scope.clone()
    };
    let value: Vec<Value> = arm
        .tenant
        .azure
        .resources
        .values()
        .filter(|resource| resource.resource_type.eq_ignore_ascii_case(&resource_type))
        .filter(|resource| covers(&scope, &resource.id))
        .map(|resource| resources::resource(resource))
        .collect();
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn scope_text(scope: &str) -> &str {
    if scope.is_empty() { "/" } else { scope }
}

/// Only resources with a place of their own are in the lists: no children, no extensions.
pub(super) fn is_tracked(resource: &Resource) -> bool {
    resource.location.is_some() && resource.id.to_lowercase().matches("/providers/").count() == 1
}

fn may_read(arm: &Arm<'_, '_>, resource: &Resource) -> bool {
    arm.allows(&format!("{}/read", resource.resource_type), &resource.id)
}

/// A resource as these lists have it: without its properties.
pub(super) fn brief(resource: &Resource, expand: &str) -> Value {
    let mut row = json!({
        "id": resource.id,
        "name": resource.name,
        "type": resource.resource_type,
    });
    for member in [
        "kind",
        "managedBy",
        "sku",
        "location",
        "identity",
        "plan",
        "zones",
        "tags",
    ] {
        if let Some(value) = resource.body.get(member) {
            row[member] = value.clone();
        }
    }
    if expand.contains("createdtime") {
        row["createdTime"] = json!(resource.created.seven_digit_form());
    }
    if expand.contains("changedtime") {
        row["changedTime"] = json!(resource.changed.seven_digit_form());
    }
    if expand.contains("provisioningstate") {
        row["provisioningState"] = json!("Succeeded");
    }
    row
}

fn holds(resource: &Resource, clause: &Clause) -> Result<bool, ArmError> {
    let Clause::Compare {
        property,
        operator,
        value,
    } = clause
    else {
        return Err(clause.unknown("resources"));
    };
    let holds = match property.as_str() {
        "resourcetype" => compare(operator, &resource.resource_type, value),
        "name" => compare(operator, &resource.name, value),
        "location" => compare(
            operator,
            resource.location.as_deref().unwrap_or_default(),
            &super::locations::normal_form(value),
        ),
        "resourcegroup" => {
            let group = ResourceId::parse_text(&resource.id).and_then(|id| id.group);
            compare(operator, &group.unwrap_or_default(), value)
        }
        "tagname" | "tagvalue" => {
            let tags = resource.body.get("tags").and_then(Value::as_object);
            tag_holds(tags, property, operator, value)
        }
        _ => None,
    };
    holds.ok_or_else(|| clause.unknown("resources"))
}

/// `tagName eq 'x'` and `tagValue eq 'y'`; `None` for another operator.
pub(super) fn tag_holds(
    tags: Option<&Map<String, Value>>,
    property: &str,
    operator: &str,
    wanted: &str,
) -> Option<bool> {
    if operator != "eq" {
        return None;
    }
    Some(tags.is_some_and(|tags| {
        if property == "tagname" {
            tags.keys().any(|name| name.eq_ignore_ascii_case(wanted))
        } else {
            tags.values().any(|value| value.as_str() == Some(wanted))
        }
    }))
}
