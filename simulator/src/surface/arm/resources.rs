//! Resources of any provider: kept as written, at a group, a subscription, the tenant, or another resource.

use std::sync::Arc;

use entrasim_domain::azure::Resource;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::gate::Change;
use super::resource_id::{ProviderPath, ResourceId};
use super::{identities, locations, providers, resource_groups, resource_list};
use crate::wire::Reply;

/// `{scope}/providers/{namespace}/{type}/{name}…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    providers::check(arm, id.subscription.as_deref(), &provider.namespace)?;
    let method = &arm.call.request.method;
    if *method == Method::POST {
        return action(arm, id, provider);
    }
    if !provider.is_named() {
        return match *method {
            Method::GET if !provider.types.is_empty() => resource_list::of_type(arm, id, provider),
            _ => Err(ArmError::MethodNotAllowed(method.to_string())),
        };
    }
    match *method {
        Method::GET | Method::HEAD => get(arm, id, provider),
        Method::PUT => {
            let draft = Draft::new(id, provider, arm.body()?)?;
            put(arm, draft)
        }
        Method::PATCH => patch(arm, id, provider),
        Method::DELETE => delete(arm, id, provider),
        _ => Err(ArmError::MethodNotAllowed(method.to_string())),
    }
}

/// A resource about to be written.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: ResourceId,
    pub(super) provider: ProviderPath,
    pub(super) location: Option<String>,
    pub(super) body: Map<String, Value>,
}

impl Draft {
    pub(super) fn new(
        id: &ResourceId,
        provider: &ProviderPath,
        mut body: Map<String, Value>,
    ) -> Result<Self, ArmError> {
        for fixed in ["id", "name", "type"] {
            body.remove(fixed);
        }
        let location = match body.get("location") {
            None | Some(Value::Null) => None,
            Some(Value::String(location)) => Some(locations::normal_form(location)),
            Some(_) => {
                return Err(ArmError::InvalidRequestContent(
                    "Error converting value to type 'System.String'. Path 'location'.".to_owned(),
                ));
            }
        };
        if let Some(location) = &location {
            body.insert("location".to_owned(), json!(location));
        }
        Ok(Self {
            id: id.clone(),
            provider: provider.clone(),
            location,
            body,
        })
    }

    /// What the gate has to let pass.
    pub(super) fn change(&self) -> Change {
        let action = format!("{}/write", self.provider.resource_type());
        Change::write(&action, &self.id.text(), self.location.as_deref())
    }
}

fn key(id: &ResourceId) -> String {
    id.text().to_lowercase()
}

/// The failure for a resource that is not there: the group's if that is missing too.
fn not_found(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> ArmError {
    if let Some(error) = missing_group(arm.tenant, id) {
        return error;
    }
    let kinds = provider.types.iter().zip(&provider.names);
    let resource = kinds.fold(provider.namespace.clone(), |text, (kind, name)| {
        format!("{text}/{kind}/{name}")
    });
    ArmError::ResourceNotFound {
        resource,
        group: id.group.clone(),
    }
}

/// The failure for a path into a group that is not there.
pub(super) fn missing_group(tenant: &Tenant, id: &ResourceId) -> Option<ArmError> {
    let subscription = id.subscription.as_ref()?.parse().ok()?;
    resource_groups::find(tenant, subscription, id.group.as_ref()?).err()
}

fn get(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    arm.authorize(&format!("{}/read", provider.resource_type()), &id.text())?;
    let Some(known) = arm.tenant.azure.resources.get(&key(id)) else {
        return Err(not_found(arm, id, provider));
    };
    if arm.call.request.method == Method::HEAD {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    Ok(Reply::json(StatusCode::OK, &resource(known)))
}

fn put(arm: &Arm<'_, '_>, draft: Draft) -> Answer {
    let audits = arm.permit(&[draft.change()])?;
    let (status, written) = arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        write(arm, tenant, draft)
    })?;
    Ok(Reply::json(status, &resource(&written)))
}

/// A child resource needs its parent.
fn check_parent(tenant: &Tenant, draft: &Draft) -> Result<(), ArmError> {
    let Some(parent) = draft.provider.parent() else {
        return Ok(());
    };
    let id = ResourceId {
        provider: Some(parent),
        ..draft.id.clone()
    };
    if tenant.azure.resources.contains_key(&key(&id)) || is_implied(&id) {
        Ok(())
    } else {
        Err(ArmError::ParentResourceNotFound(id.text()))
    }
}

/// `…/blobServices/default` and its like are there without being created.
fn is_implied(id: &ResourceId) -> bool {
    id.provider
        .as_ref()
        .is_some_and(|provider| provider.name().eq_ignore_ascii_case("default"))
}

/// Writes a resource into the tenant, with its event: 201 when it is new, 200 when it was there.
pub(super) fn write(
    arm: &Arm<'_, '_>,
    tenant: &mut Tenant,
    draft: Draft,
) -> Result<(StatusCode, Arc<Resource>), ArmError> {
    if let Some(error) = missing_group(tenant, &draft.id) {
        return Err(error);
    }
    check_parent(tenant, &draft)?;
    let now = arm.call.now();
    let key = key(&draft.id);
    let known = tenant.azure.resources.get(&key);
    let status = if known.is_some() {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    if let Some(Resource {
        name,
        location: Some(there),
        ..
    }) = known.map(|known| &**known)
        && let Some(wanted) = &draft.location
        && there != wanted
    {
        return Err(ArmError::InvalidResourceLocation {
            name: name.clone(),
            location: there.clone(),
            wanted: wanted.clone(),
        });
    }
    let mut body = draft.body;
    let properties = body
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(properties) = properties {
        properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    }
    let mut written = Resource {
        id: known.map_or_else(|| draft.id.text(), |known| known.id.clone()),
        name: known.map_or_else(
            || draft.provider.name().to_owned(),
            |known| known.name.clone(),
        ),
        resource_type: known.map_or_else(
            || draft.provider.resource_type(),
            |known| known.resource_type.clone(),
        ),
        location: draft.location,
        body,
        created: known.map_or(now, |known| known.created),
        changed: now,
    };
    identities::attach(arm, tenant, &mut written);
    let written = Arc::new(written);
    let action = format!("{}/write", written.resource_type);
    let mut event = arm.event(&action, &written.id, status);
    event.location.clone_from(&written.location);
    log(tenant, event);
    tenant.azure.resources.insert(key, Arc::clone(&written));
    Ok((status, written))
}

/// A merge patch (RFC 7396), but tags are replaced whole, as providers do.
fn patch(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let body = arm.body()?;
    let known = arm.tenant.azure.resources.get(&key(id)).cloned();
    let location = known.as_ref().and_then(|known| known.location.clone());
    let action = format!("{}/write", provider.resource_type());
    let change = Change::write(&action, &id.text(), location.as_deref());
    let audits = arm.permit(&[change])?;
    let Some(known) = known else {
        return Err(not_found(arm, id, provider));
    };
    let mut merged = known.body.clone();
    for (name, value) in body {
        if name == "tags" || !value.is_object() {
            merged.insert(name, value);
        } else {
            merge(merged.entry(name).or_insert(Value::Null), value);
        }
    }
    merged.retain(|_, value| !value.is_null());
    let draft = Draft::new(id, provider, merged)?;
    let (_, written) = arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        write(arm, tenant, draft)
    })?;
    Ok(Reply::json(StatusCode::OK, &resource(&written)))
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(target) = target else {
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

fn delete(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let known = arm.tenant.azure.resources.get(&key(id)).cloned();
    let location = known.as_ref().and_then(|known| known.location.clone());
    let action = format!("{}/delete", provider.resource_type());
    let audits = arm.permit(&[Change::delete(&action, &id.text(), location.as_deref())])?;
    if let Some(error) = missing_group(arm.tenant, id) {
        return Err(error);
    }
    if known.is_none() {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    let text = id.text();
    arm.write(|tenant| {
        tenant.remove_azure_tree(&text);
        for audit in audits {
            log(tenant, audit);
        }
        log(tenant, arm.event(&action, &text, StatusCode::OK));
        Ok(())
    })?;
    Ok(Reply::empty(StatusCode::OK))
}

/// POST actions pass the multifactor gate (they are neither writes nor deletions) and stop here: none is simulated.
fn action(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let name = format!("{}/action", provider.resource_type());
    arm.permit(&[Change::action(&name, &id.text())])?;
    Err(ArmError::NotSimulated(format!(
        "POST {}",
        provider.resource_type()
    )))
}

/// The resource as answers have it.
pub(super) fn resource(resource: &Resource) -> Value {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(resource.id));
    body.insert("name".to_owned(), json!(resource.name));
    body.insert("type".to_owned(), json!(resource.resource_type));
    body.extend(resource.body.clone());
    Value::Object(body)
}
