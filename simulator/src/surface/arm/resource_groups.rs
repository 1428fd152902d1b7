//! `/subscriptions/{id}/resourcegroups`: all verbs, and the polling of a deletion.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::azure::ResourceGroup;
use entrasim_domain::id::SubscriptionId;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::deployments::what_if;
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::gate::Change;
use super::locations;
use crate::wire::Reply;

/// The longest name.
pub(super) const MAX_NAME: usize = 90;
const TYPE: &str = "Microsoft.Resources/subscriptions/resourceGroups";
/// What the jobs of deletions are called.
const DELETION: &str = "RESOURCEGROUPDELETIONJOB-";

/// Letters and digits of any script, and a few signs.
pub(super) fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | '(' | ')')
}

/// `/subscriptions/{id}/resourcegroups`
pub(super) fn list(arm: &Arm<'_, '_>, subscription: &str) -> Answer {
    let id = arm.subscription(subscription)?;
    arm.authorize_subscription(id)?;
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let mut value = Vec::new();
    for group in arm.tenant.azure.resource_groups.values() {
        let visible =
            group.subscription == id && arm.allows(&format!("{TYPE}/read"), &id_of(group));
        if visible && filter.accepts(|clause| holds(group, clause))? {
            value.push(resource(group));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

/// `/subscriptions/{id}/resourcegroups/{name}`
pub(super) fn one(arm: &Arm<'_, '_>, subscription: &str, name: &str) -> Answer {
    let subscription = arm.subscription(subscription)?;
    let place = Place { subscription, name };
    match arm.call.request.method {
        Method::PUT => put(arm, &place),
        Method::PATCH => patch(arm, &place),
        Method::DELETE => delete(arm, &place),
        Method::GET => {
            existing(arm, &place).map(|group| Reply::json(StatusCode::OK, &resource(&group)))
        }
        Method::HEAD => existing(arm, &place).map(|_| Reply::empty(StatusCode::NO_CONTENT)),
        _ => Err(ArmError::MethodNotAllowed(
            arm.call.request.method.to_string(),
        )),
    }
}

/// Which group a path means.
struct Place<'p> {
    subscription: SubscriptionId,
    name: &'p str,
}

impl Place<'_> {
    fn id(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/{}",
            self.subscription, self.name
        )
    }
}

/// The group's resource id as first written.
pub(super) fn id_of(group: &ResourceGroup) -> String {
    format!(
        "/subscriptions/{}/resourceGroups/{}",
        group.subscription, group.name
    )
}

/// A group that must be there for what the caller wants inside it.
pub(super) fn find<'t>(
    tenant: &'t Tenant,
    subscription: SubscriptionId,
    name: &str,
) -> Result<&'t Arc<ResourceGroup>, ArmError> {
    let place = Place { subscription, name };
    let groups = &tenant.azure.resource_groups;
    groups
        .get(&place.id().to_lowercase())
        .ok_or_else(|| ArmError::ResourceGroupNotFound(name.to_owned()))
}

fn existing(arm: &Arm<'_, '_>, place: &Place<'_>) -> Result<Arc<ResourceGroup>, ArmError> {
    arm.authorize(&format!("{TYPE}/read"), &place.id())?;
    find(arm.tenant, place.subscription, place.name).cloned()
}

fn put(arm: &Arm<'_, '_>, place: &Place<'_>) -> Answer {
    let group = read(place.subscription, place.name, &arm.body()?)?;
    let audits = arm.permit(&[change(&group)])?;
    check(&group)?;
    let (status, group) = arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        store(arm, tenant, group)
    })?;
    Ok(Reply::json(status, &resource(&group)))
}

/// Reads what a body makes of a group.
pub(super) fn read(
    subscription: SubscriptionId,
    name: &str,
    body: &Map<String, Value>,
) -> Result<ResourceGroup, ArmError> {
    let location = body.get("location").and_then(Value::as_str);
    Ok(ResourceGroup {
        name: name.to_owned(),
        subscription,
        location: locations::normal_form(location.unwrap_or_default()),
        tags: tags(body)?,
        managed_by: text(body, "managedBy"),
    })
}

/// What the gate has to let pass.
pub(super) fn change(group: &ResourceGroup) -> Change {
    let location = Some(group.location.as_str()).filter(|location| !location.is_empty());
    Change::write(&format!("{TYPE}/write"), &id_of(group), location)
}

/// Keeps a group, with its event: 201 when it is new, 200 when it was there.
pub(super) fn store(
    arm: &Arm<'_, '_>,
    tenant: &mut Tenant,
    mut group: ResourceGroup,
) -> Result<(StatusCode, Arc<ResourceGroup>), ArmError> {
    let id = id_of(&group);
    let status = match tenant.azure.resource_groups.get(&id.to_lowercase()) {
        Some(known) if known.location != group.location => {
            return Err(ArmError::GroupElsewhere {
                wanted: group.location,
                location: known.location.clone(),
            });
        }
        Some(known) => {
            group.name.clone_from(&known.name);
            StatusCode::OK
        }
        None => StatusCode::CREATED,
    };
    let mut event = arm.event(&format!("{TYPE}/write"), &id, status);
    event.location = Some(group.location.clone());
    log(tenant, event);
    let group = Arc::new(group);
    tenant
        .azure
        .resource_groups
        .insert(id.to_lowercase(), Arc::clone(&group));
    Ok((status, group))
}

/// What the real service says about names and places before anything is written.
pub(super) fn check(group: &ResourceGroup) -> Result<(), ArmError> {
    let name = group.name.as_str();
    if name.chars().count() > MAX_NAME
        || name.ends_with('.')
        || !name.chars().all(is_name_character)
    {
        return Err(ArmError::InvalidGroupName(name.to_owned()));
    }
    if group.location.is_empty() {
        return Err(ArmError::LocationRequired);
    }
    if !locations::is_known(&group.location) {
        return Err(ArmError::LocationNotAvailable(group.location.clone()));
    }
    Ok(())
}

fn patch(arm: &Arm<'_, '_>, place: &Place<'_>) -> Answer {
    let body = arm.body()?;
    let id = place.id();
    let known = find(arm.tenant, place.subscription, place.name).cloned();
    let location = known.as_ref().ok().map(|group| group.location.clone());
    let action = format!("{TYPE}/write");
    let audits = arm.permit(&[Change::write(&action, &id, location.as_deref())])?;
    let new_tags = tags(&body)?;
    let group = arm.write(|tenant| {
        let mut group = ResourceGroup::clone(find(tenant, place.subscription, place.name)?);
        if body.contains_key("tags") {
            group.tags = new_tags;
        }
        if body.contains_key("managedBy") {
            group.managed_by = text(&body, "managedBy");
        }
        let group = Arc::new(group);
        tenant
            .azure
            .resource_groups
            .insert(id.to_lowercase(), Arc::clone(&group));
        for audit in audits {
            log(tenant, audit);
        }
        log(tenant, arm.event(&action, &id, StatusCode::OK));
        Ok(group)
    })?;
    Ok(Reply::json(StatusCode::OK, &resource(&group)))
}

/// The group goes at once, with all that is in it and all that was assigned there; the answer says 202 as the real one
/// does, and the first poll is told that it is done.
fn delete(arm: &Arm<'_, '_>, place: &Place<'_>) -> Answer {
    let id = place.id();
    let known = find(arm.tenant, place.subscription, place.name).cloned();
    let location = known.as_ref().ok().map(|group| group.location.clone());
    let action = format!("{TYPE}/delete");
    let audits = arm.permit(&[Change::delete(&action, &id, location.as_deref())])?;
    let group = known?;
    arm.write(|tenant| {
        tenant.remove_azure_tree(&id);
        for audit in audits {
            log(tenant, audit);
        }
        log(tenant, arm.event(&action, &id, StatusCode::ACCEPTED));
        Ok(())
    })?;
    let job = json!({
        "jobId": format!(
            "{DELETION}{}-{}",
            group.name.to_uppercase(),
            group.location.to_uppercase()
        ),
        "jobLocation": group.location,
    });
    let job = STANDARD.encode(job.to_string()).replace('=', "");
    Ok(arm.accepted(&group.subscription.to_string(), &job))
}

fn tags(body: &Map<String, Value>) -> Result<Option<Map<String, Value>>, ArmError> {
    match body.get("tags") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(tags)) if tags.values().all(Value::is_string) => Ok(Some(tags.clone())),
        Some(_) => Err(ArmError::InvalidRequestContent(
            "Error converting value to type 'InsensitiveDictionary`1[System.String]'. Path 'tags'."
                .to_owned(),
        )),
    }
}

fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The group as answers have it.
pub(super) fn resource(group: &ResourceGroup) -> Value {
    let mut resource = json!({
        "id": id_of(group),
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
    });
    if let Some(tags) = &group.tags {
        resource["tags"] = Value::Object(tags.clone());
    }
    if let Some(managed_by) = &group.managed_by {
        resource["managedBy"] = json!(managed_by);
    }
    resource["properties"] = json!({"provisioningState": "Succeeded"});
    resource
}

fn holds(group: &ResourceGroup, clause: &Clause) -> Result<bool, ArmError> {
    let Clause::Compare {
        property,
        operator,
        value,
    } = clause
    else {
        return Err(clause.unknown("resource groups"));
    };
    let holds = match property.as_str() {
        "name" => compare(operator, &group.name, value),
        "location" => compare(operator, &group.location, value),
        "tagname" | "tagvalue" => {
            super::resource_list::tag_holds(group.tags.as_ref(), property, operator, value)
        }
        _ => None,
    };
    holds.ok_or_else(|| clause.unknown("resource groups"))
}

/// `/subscriptions/{id}/operationresults/{job}`
pub(super) fn operation_result(arm: &Arm<'_, '_>, subscription: &str, job: &str) -> Answer {
    arm.subscription(subscription)?;
    if let Some(answer) = what_if::result(arm, job) {
        return answer;
    }
    let known = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(job.trim_end_matches('='))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .is_some_and(|job| {
            let name = job.get("jobId").and_then(Value::as_str);
            name.is_some_and(|name| name.starts_with(DELETION))
        });
    if known {
        Ok(Reply::empty(StatusCode::OK))
    } else {
        Err(ArmError::NotFound(
            "OperationResultNotFound",
            format!("The operation result '{job}' could not be found."),
        ))
    }
}
