//! Resource groups.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use entrasim_domain::azure::ResourceGroup;
use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::ArmError;
use super::resource_id::location_of;
use super::{Answer, Arm, list_of, ok};
use crate::wire::Reply;

const KIND: &str = "Microsoft.Resources/subscriptions/resourceGroups";

fn view(group: &ResourceGroup) -> Value {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put(
        "id",
        json!(format!(
            "/subscriptions/{}/resourceGroups/{}",
            group.subscription, group.name
        )),
    );
    put("name", json!(group.name));
    put("type", json!("Microsoft.Resources/resourceGroups"));
    put("location", json!(group.location));
    if let Some(managed_by) = &group.managed_by {
        put("managedBy", json!(managed_by));
    }
    if let Some(tags) = &group.tags {
        put("tags", json!(tags));
    }
    put("properties", json!({"provisioningState": "Succeeded"}));
    Value::Object(view)
}

/// `GET /subscriptions/{id}/resourcegroups`
pub(super) fn list(arm: &Arm<'_>) -> Answer {
    let subscription = arm.subscription()?;
    if arm
        .query
        .get("$filter")
        .is_some_and(|filter| !filter.is_empty())
    {
        return Err(ArmError::not_simulated("$filter on resource groups"));
    }
    let groups = arm.tenant.azure.resource_groups.values();
    let seen = groups
        .filter(|group| group.subscription == subscription)
        .filter(|group| {
            arm.may(
                &format!("{KIND}/read"),
                &format!(
                    "/subscriptions/{subscription}/resourceGroups/{}",
                    group.name
                ),
            )
        });
    let values: Vec<Value> = seen.map(|group| view(group)).collect();
    if values.is_empty() {
        arm.authorize(
            &format!("{KIND}/read"),
            &format!("/subscriptions/{subscription}"),
        )?;
    }
    list_of(values)
}

/// Every verb on one group.
pub(super) fn one(arm: &Arm<'_>) -> Answer {
    arm.subscription()?;
    match *arm.method() {
        Method::GET => get(arm),
        Method::HEAD => head(arm),
        Method::PUT => put(arm),
        Method::PATCH => patch(arm),
        Method::DELETE => delete(arm),
        ref other => Err(ArmError::method(other)),
    }
}

impl Arm<'_> {
    /// The group that the path names.
    pub(super) fn resource_group(&self) -> Result<&Arc<ResourceGroup>, ArmError> {
        let key = self.scope(4).to_lowercase();
        let name = self.segments.get(3).map_or("", String::as_str);
        self.tenant
            .azure
            .resource_groups
            .get(&key)
            .ok_or_else(|| ArmError::resource_group_not_found(name))
    }
}

fn get(arm: &Arm<'_>) -> Answer {
    arm.authorize(&format!("{KIND}/read"), &arm.path_id())?;
    ok(&view(arm.resource_group()?))
}

fn head(arm: &Arm<'_>) -> Answer {
    arm.authorize(&format!("{KIND}/read"), &arm.path_id())?;
    let status = if arm.resource_group().is_ok() {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    };
    Ok(Reply::empty(status))
}

fn tags(body: &Map<String, Value>) -> Option<Map<String, Value>> {
    body.get("tags").and_then(Value::as_object).cloned()
}

fn put(arm: &Arm<'_>) -> Answer {
    let subscription = arm.subscription()?;
    let name = arm.segments.get(3).map_or("", String::as_str);
    let body = arm.body()?;
    let location = location_of(&body);
    let target = Target {
        resource_id: arm.path_id(),
        location: location.clone(),
    };
    arm.may_change(&format!("{KIND}/write"), Operation::CreateOrUpdate(target))?;
    require_name(name)?;
    let location = location.ok_or_else(|| {
        ArmError::bad_request(
            "LocationRequired",
            "The location property is required for this definition.",
        )
    })?;
    let key = arm.path_id().to_lowercase();
    let (group, created) = arm.change(|tenant| {
        let before = tenant.azure.resource_groups.get(&key);
        if let Some(before) = before.filter(|before| before.location != location) {
            let message = format!(
                "Invalid resource group location '{location}'. The Resource group already exists in location '{}'.",
                before.location
            );
            return Err(ArmError::new(StatusCode::CONFLICT, "InvalidResourceGroupLocation", message));
        }
        let created = before.is_none();
        let group = Arc::new(ResourceGroup {
            name: before.map_or_else(|| name.to_owned(), |before| before.name.clone()),
            subscription,
            location,
            tags: tags(&body),
            managed_by: body.get("managedBy").and_then(Value::as_str).map(str::to_owned),
        });
        tenant.azure.resource_groups.insert(key, Arc::clone(&group));
        Ok((group, created))
    })?;
    arm.log(&format!("{KIND}/write"), &arm.path_id(), true, Vec::new())?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Reply::json(status, &view(&group)))
}

/// 1 to 90 letters, digits, `_-.()`, not ending with a full stop (Microsoft Learn, naming rules for Azure resources).
fn require_name(name: &str) -> Result<(), ArmError> {
    let allowed = |c: char| c.is_alphanumeric() || "_-.()".contains(c);
    if name.chars().count() <= 90 && name.chars().all(allowed) && !name.ends_with('.') {
        return Ok(());
    }
    let message = format!(
        "The provided resource group name '{name}' has these invalid characters or is too long, or ends with a full stop. The name can only be a letter, digit, '-', '.', '(', ')' or '_', at most 90 characters."
    );
    Err(ArmError::bad_request("InvalidResourceGroup", message))
}

fn patch(arm: &Arm<'_>) -> Answer {
    let before = Arc::clone(arm.resource_group()?);
    let target = Target {
        resource_id: arm.path_id(),
        location: Some(before.location.clone()),
    };
    arm.may_change(&format!("{KIND}/write"), Operation::CreateOrUpdate(target))?;
    let body = arm.body()?;
    let group = Arc::new(ResourceGroup {
        tags: tags(&body).or_else(|| before.tags.clone()),
        ..ResourceGroup::clone(&before)
    });
    arm.change(|tenant| {
        tenant
            .azure
            .resource_groups
            .insert(arm.path_id().to_lowercase(), Arc::clone(&group));
        Ok(())
    })?;
    ok(&view(&group))
}

/// 202 with a place to ask how it goes; it is done at once.
fn delete(arm: &Arm<'_>) -> Answer {
    let location = arm
        .resource_group()
        .ok()
        .map(|group| group.location.clone());
    let target = Target {
        resource_id: arm.path_id(),
        location,
    };
    arm.may_change(&format!("{KIND}/delete"), Operation::Delete(target))?;
    arm.resource_group()?;
    let key = arm.path_id().to_lowercase();
    arm.change(|tenant| {
        let below = format!("{key}/");
        tenant.azure.resource_groups.remove(&key);
        tenant.azure.resources = tenant
            .azure
            .resources
            .iter()
            .filter(|(id, _)| !id.starts_with(&below))
            .map(|(id, one)| (id.clone(), Arc::clone(one)))
            .collect();
        tenant.azure.policy_assignments = tenant
            .azure
            .policy_assignments
            .iter()
            .filter(|(id, _)| !id.starts_with(&below))
            .map(|(id, one)| (id.clone(), Arc::clone(one)))
            .collect();
        Ok(())
    })?;
    arm.log(&format!("{KIND}/delete"), &arm.path_id(), true, Vec::new())?;
    let job = STANDARD_NO_PAD.encode(format!("RESOURCEGROUPDELETIONJOB-{}", arm.call.id()));
    let version = arm
        .query
        .get_ignoring_case("api-version")
        .unwrap_or_default();
    let place = format!(
        "{}{}/operationresults/{job}?api-version={version}",
        arm.call.request.origin(),
        arm.scope(2)
    );
    Ok(Reply::empty(StatusCode::ACCEPTED)
        .header("location", &place)
        .header("retry-after", "0"))
}
