//! Resources of any provider: kept as written, with the members that Resource Manager itself adds.

use std::sync::Arc;

use entrasim_domain::azure::Resource;
use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::ArmError;
use super::resource_id::{ResourcePath, location_of};
use super::{Answer, Arm, list_of, ok};
use crate::wire::Reply;

/// Every verb on a resource or a collection.
pub(super) fn route(arm: &Arm<'_>) -> Answer {
    arm.subscription()?;
    let is_post = *arm.method() == Method::POST;
    let path = ResourcePath::parse(&arm.segments, is_post).ok_or_else(|| {
        ArmError::bad_request("InvalidResourceId", "The resource identifier is not valid.")
    })?;
    if path.is_collection() {
        return arm.only(&Method::GET, |arm| of_type(arm, &path));
    }
    match *arm.method() {
        Method::GET => get(arm, &path),
        Method::HEAD => head(arm, &path),
        Method::PUT => put(arm, &path),
        Method::PATCH => patch(arm, &path),
        Method::DELETE => delete(arm, &path),
        Method::POST => action(arm, &path),
        ref other => Err(ArmError::method(other)),
    }
}

fn view(resource: &Resource) -> Value {
    let mut view = Map::new();
    view.insert("id".to_owned(), json!(resource.id));
    view.insert("name".to_owned(), json!(resource.name));
    view.insert("type".to_owned(), json!(resource.resource_type));
    view.extend(
        resource
            .body
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    Value::Object(view)
}

impl Arm<'_> {
    fn resource(&self, path: &ResourcePath) -> Result<&Arc<Resource>, ArmError> {
        if self.in_group() {
            self.resource_group()?;
        }
        self.tenant.azure.resources.get(&self.path_id().to_lowercase()).ok_or_else(|| {
            let group = if self.in_group() { self.segments.get(3).map_or("", String::as_str) } else { "" };
            let message = format!(
                "The Resource '{}/{}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
                path.resource_type, path.full_name
            );
            ArmError::new(StatusCode::NOT_FOUND, "ResourceNotFound", message)
        })
    }

    fn in_group(&self) -> bool {
        self.words
            .get(2)
            .is_some_and(|word| word == "resourcegroups")
    }
}

fn get(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    arm.authorize(&format!("{}/read", path.resource_type), &arm.path_id())?;
    ok(&view(arm.resource(path)?))
}

fn head(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    arm.authorize(&format!("{}/read", path.resource_type), &arm.path_id())?;
    let status = if arm.resource(path).is_ok() {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    };
    Ok(Reply::empty(status))
}

fn put(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    let body = arm.body()?;
    let target = Target {
        resource_id: arm.path_id(),
        location: location_of(&body),
    };
    arm.may_change(
        &format!("{}/write", path.resource_type),
        Operation::CreateOrUpdate(target),
    )?;
    if arm.in_group() {
        arm.resource_group()?;
    }
    let (resource, created) = store(arm, &arm.path_id(), path, body)?;
    arm.log(
        &format!("{}/write", path.resource_type),
        &resource.id,
        true,
        Vec::new(),
    )?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Reply::json(status, &view(&resource)))
}

/// Keeps a body under an id; also what a template deployment does with each of its resources.
pub(super) fn store(
    arm: &Arm<'_>,
    id: &str,
    path: &ResourcePath,
    mut body: Map<String, Value>,
) -> Result<(Arc<Resource>, bool), ArmError> {
    for name in ["id", "name", "type", "apiVersion", "dependsOn"] {
        body.shift_remove(name);
    }
    let location = location_of(&body);
    if let Some(location) = &location {
        body.insert("location".to_owned(), json!(location));
    }
    let properties = body.entry("properties").or_insert_with(|| json!({}));
    if properties.is_null() {
        *properties = json!({});
    }
    let Some(properties) = properties.as_object_mut() else {
        return Err(ArmError::bad_request(
            "InvalidRequestContent",
            "The property 'properties' is not an object.",
        ));
    };
    properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    let now = arm.call.now();
    arm.change(|tenant| {
        let key = id.to_lowercase();
        let before = tenant.azure.resources.get(&key);
        let created = before.is_none();
        let resource = Arc::new(Resource {
            id: before.map_or_else(|| id.to_owned(), |before| before.id.clone()),
            name: path.full_name.clone(),
            resource_type: path.resource_type.clone(),
            location,
            created: before.map_or(now, |before| before.created),
            changed: now,
            body,
        });
        tenant.azure.resources.insert(key, Arc::clone(&resource));
        Ok((resource, created))
    })
}

/// A merge patch (RFC 7396), as Resource Manager's PATCH is.
fn patch(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    let location = arm
        .resource(path)
        .ok()
        .and_then(|resource| resource.location.clone());
    let target = Target {
        resource_id: arm.path_id(),
        location,
    };
    arm.may_change(
        &format!("{}/write", path.resource_type),
        Operation::CreateOrUpdate(target),
    )?;
    let mut body = Value::Object(arm.resource(path)?.body.clone());
    merge(&mut body, Value::Object(arm.body()?));
    let Value::Object(body) = body else {
        return Err(ArmError::bad_request(
            "InvalidRequestContent",
            "not an object",
        ));
    };
    let (resource, _) = store(arm, &arm.path_id(), path, body)?;
    arm.log(
        &format!("{}/write", path.resource_type),
        &resource.id,
        true,
        Vec::new(),
    )?;
    ok(&view(&resource))
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(target) = target.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// 200 for what was there, 204 for what was not; children go with it.
fn delete(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    let location = arm
        .resource(path)
        .ok()
        .and_then(|resource| resource.location.clone());
    let target = Target {
        resource_id: arm.path_id(),
        location,
    };
    arm.may_change(
        &format!("{}/delete", path.resource_type),
        Operation::Delete(target),
    )?;
    let key = arm.path_id().to_lowercase();
    let found = arm.change(|tenant| {
        let found = tenant.azure.resources.remove(&key).is_some();
        let below = format!("{key}/");
        let children: Vec<String> = tenant
            .azure
            .resources
            .range(below.clone()..)
            .map(|(id, _)| id.clone())
            .take_while(|id| id.starts_with(&below))
            .collect();
        for child in children {
            tenant.azure.resources.remove(&child);
        }
        Ok(found)
    })?;
    if found {
        arm.log(
            &format!("{}/delete", path.resource_type),
            &arm.path_id(),
            true,
            Vec::new(),
        )?;
    }
    Ok(Reply::empty(if found {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    }))
}

/// What a provider does with a POST is its own business, and not simulated.
fn action(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    let Some(action) = &path.action else {
        return Err(ArmError::method(arm.method()));
    };
    Err(ArmError::not_simulated(format!(
        "Resource Manager action {}/{action}",
        path.resource_type
    )))
}

/// Below the path's subscription or group, of one type.
fn of_type(arm: &Arm<'_>, path: &ResourcePath) -> Answer {
    let at = arm
        .words
        .iter()
        .rposition(|word| word == "providers")
        .unwrap_or_default();
    let scope = arm.scope(at);
    arm.authorize(&format!("{}/read", path.resource_type), &scope)?;
    if arm.in_group() {
        arm.resource_group()?;
    }
    let parent = arm
        .scope(arm.segments.len().saturating_sub(1))
        .to_lowercase();
    let nested = path.resource_type.matches('/').count() > 1;
    let below = if nested { parent } else { scope.to_lowercase() };
    let values = within(arm, &below)
        .filter(|one| one.resource_type.eq_ignore_ascii_case(&path.resource_type));
    list_of(values.map(|one| view(one)).collect())
}

fn within<'a>(arm: &'a Arm<'_>, scope: &str) -> impl Iterator<Item = &'a Arc<Resource>> + use<'a> {
    let below = format!("{scope}/");
    let until = below.clone();
    arm.tenant
        .azure
        .resources
        .range(below..)
        .take_while(move |(id, _)| id.starts_with(&until))
        .map(|(_, one)| one)
}

/// `GET …/resources`, with the filters on type and name.
pub(super) fn list(arm: &Arm<'_>) -> Answer {
    arm.subscription()?;
    let scope = arm.scope(arm.segments.len() - 1);
    if arm.in_group() {
        arm.resource_group()?;
    }
    let filter = arm.query.get("$filter").unwrap_or_default();
    let conditions = conditions(filter)?;
    let seen = within(arm, &scope.to_lowercase())
        .filter(|one| arm.may(&format!("{}/read", one.resource_type), &one.id))
        .filter(|one| {
            conditions.iter().all(|(property, value)| {
                let actual = match property.as_str() {
                    "resourcetype" => one.resource_type.as_str(),
                    "location" => one.location.as_deref().unwrap_or_default(),
                    "resourcegroup" => one.id.split('/').nth(4).unwrap_or_default(),
                    _ => one.name.as_str(),
                };
                actual.eq_ignore_ascii_case(value)
            })
        });
    list_of(seen.map(|one| summary(one)).collect())
}

/// `resourceType eq 'x' and name eq 'y'`
fn conditions(filter: &str) -> Result<Vec<(String, String)>, ArmError> {
    let unknown = || ArmError::not_simulated(format!("resource list $filter {filter}"));
    filter
        .split(" and ")
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (property, value) = part.trim().split_once(" eq ").ok_or_else(unknown)?;
            let property = property.trim().to_lowercase();
            let value = value
                .trim()
                .strip_prefix('\'')
                .and_then(|value| value.strip_suffix('\''))
                .ok_or_else(unknown)?;
            if ["resourcetype", "name", "location", "resourcegroup"].contains(&property.as_str()) {
                Ok((property, value.to_owned()))
            } else {
                Err(unknown())
            }
        })
        .collect()
}

/// A list shows resources without their properties.
fn summary(resource: &Resource) -> Value {
    let mut view = view(resource);
    if let Some(view) = view.as_object_mut() {
        view.shift_remove("properties");
        view.insert(
            "createdTime".to_owned(),
            json!(resource.created.seven_digit_form()),
        );
        view.insert(
            "changedTime".to_owned(),
            json!(resource.changed.seven_digit_form()),
        );
        view.insert("provisioningState".to_owned(), json!("Succeeded"));
    }
    view
}
