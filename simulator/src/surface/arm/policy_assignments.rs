//! `Microsoft.Authorization/policyAssignments` at any scope, of the two built-in definitions about multifactor
//! authentication.

use std::sync::Arc;

use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::azure::role::covers;
use entrasim_domain::id::KeyId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::gate::Change;
use super::policy_assignment_body::{Header, read};
use super::resource_id::{ProviderPath, ResourceId};
use super::resources;
use crate::wire::Reply;

const TYPE: &str = "Microsoft.Authorization/policyAssignments";

/// `{scope}/providers/Microsoft.Authorization/policyAssignments…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = arm.call.request.method.clone();
    if provider.types.len() != 1 || id.scope.is_empty() {
        return Err(ArmError::NotSimulated(format!("{method} {}", id.text())));
    }
    match (&method, provider.names.first()) {
        (&Method::GET, None) => list(arm, id),
        (&Method::GET, Some(name)) => get(arm, id, name),
        (&Method::PUT, Some(name)) => put(arm, id, name, arm.body()?, StatusCode::CREATED),
        (&Method::PATCH, Some(name)) => patch(arm, id, name),
        (&Method::DELETE, Some(_)) => delete(arm, id),
        _ => Err(ArmError::MethodNotAllowed(method.to_string())),
    }
}

fn list(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    arm.authorize(&format!("{TYPE}/read"), &id.scope)?;
    let filter = Filter::parse(arm.query.get("$filter"))?;
    let mut value = Vec::new();
    for assignment in arm.tenant.azure.policy_assignments.values() {
        let related = covers(&assignment.scope, &id.scope) || covers(&id.scope, &assignment.scope);
        if related && filter.accepts(|clause| holds(assignment, &id.scope, clause))? {
            value.push(resource(assignment));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn holds(assignment: &MfaAssignment, scope: &str, clause: &Clause) -> Result<bool, ArmError> {
    let holds = match clause {
        Clause::Call { name, .. } => match name.as_str() {
            "atscope" => Some(covers(&assignment.scope, scope)),
            "atexactscope" => Some(assignment.scope.eq_ignore_ascii_case(scope)),
            _ => None,
        },
        Clause::Compare {
            property,
            operator,
            value,
        } if property == "policydefinitionid" => {
            let id = super::policy_definitions::resource_id(assignment.definition);
            compare(operator, &id, value)
        }
        Clause::Compare { .. } => None,
    };
    holds.ok_or_else(|| clause.unknown("policyAssignments"))
}

fn key(id: &ResourceId) -> String {
    id.text().to_lowercase()
}

fn not_found(name: &str) -> ArmError {
    ArmError::NotFound(
        "PolicyAssignmentNotFound",
        format!("The policy assignment '{name}' is not found."),
    )
}

fn get(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    arm.authorize(&format!("{TYPE}/read"), &id.text())?;
    let assignments = &arm.tenant.azure.policy_assignments;
    let found = assignments.get(&key(id)).ok_or_else(|| not_found(name))?;
    Ok(Reply::json(StatusCode::OK, &resource(found)))
}

/// Creates or replaces an assignment; the real service answers 201 to both.
fn put(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
    body: Map<String, Value>,
    status: StatusCode,
) -> Answer {
    let action = format!("{TYPE}/write");
    let audits = arm.permit(&[Change::write(&action, &id.text(), None)])?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let assignment = prepare(arm, id, name, body)?;
    arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        store(arm, tenant, &assignment);
        Ok(())
    })?;
    Ok(Reply::json(status, &resource(&assignment)))
}

/// Reads what a body assigns.
pub(super) fn prepare(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
    body: Map<String, Value>,
) -> Result<Arc<MfaAssignment>, ArmError> {
    let known = arm.tenant.azure.policy_assignments.get(&key(id));
    let header = Header {
        id: known.map_or_else(|| KeyId(arm.call.draw(Random::guid)), |known| known.id),
        resource_id: id.text(),
        name: name.to_owned(),
        scope: id.scope.clone(),
    };
    let mut assignment = read(header, body)?;
    stamp(arm, &mut assignment, known.map(|known| &**known));
    Ok(Arc::new(assignment))
}

/// Keeps an assignment, with its event.
pub(super) fn store(arm: &Arm<'_, '_>, tenant: &mut Tenant, assignment: &Arc<MfaAssignment>) {
    let id = assignment.resource_id.as_str();
    let status = StatusCode::CREATED;
    log(tenant, arm.event(&format!("{TYPE}/write"), id, status));
    tenant
        .azure
        .policy_assignments
        .insert(id.to_lowercase(), Arc::clone(assignment));
}

/// Who wrote it and when, in the metadata.
fn stamp(arm: &Arm<'_, '_>, assignment: &mut MfaAssignment, known: Option<&MfaAssignment>) {
    let Some(Value::Object(properties)) = assignment.body.get_mut("properties") else {
        return;
    };
    let metadata = properties.entry("metadata").or_insert_with(|| json!({}));
    let by = json!(arm.caller.object_id.to_string());
    let at = json!(arm.call.now().seven_digit_form());
    let before = known.and_then(|known| known.body.get("properties")?.get("metadata"));
    let first = |name: &str| before.and_then(|before| before.get(name)).cloned();
    let (created_by, created_on) = (first("createdBy"), first("createdOn"));
    let updated = known.is_some();
    if let Value::Object(metadata) = metadata {
        metadata.insert(
            "createdBy".to_owned(),
            created_by.unwrap_or_else(|| by.clone()),
        );
        metadata.insert(
            "createdOn".to_owned(),
            created_on.unwrap_or_else(|| at.clone()),
        );
        let null = Value::Null;
        metadata.insert(
            "updatedBy".to_owned(),
            if updated { by } else { null.clone() },
        );
        metadata.insert("updatedOn".to_owned(), if updated { at } else { null });
    }
}

/// Overrides and resource selectors are what a PATCH may change, beside identity and location.
fn patch(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    let changes = arm.body()?;
    let Some(known) = arm.tenant.azure.policy_assignments.get(&key(id)) else {
        arm.authorize(&format!("{TYPE}/write"), &id.text())?;
        return Err(not_found(name));
    };
    let mut body = known.body.clone();
    for (member, value) in changes {
        match (body.get_mut(&member), value) {
            (Some(Value::Object(there)), Value::Object(new)) => there.extend(new),
            (_, value) => {
                body.insert(member, value);
            }
        }
    }
    put(arm, id, name, body, StatusCode::OK)
}

fn delete(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    let action = format!("{TYPE}/delete");
    let audits = arm.permit(&[Change::delete(&action, &id.text(), None)])?;
    let Some(known) = arm.tenant.azure.policy_assignments.get(&key(id)).cloned() else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    arm.write(|tenant| {
        tenant.azure.policy_assignments.remove(&key(id));
        for audit in audits {
            log(tenant, audit);
        }
        log(tenant, arm.event(&action, &id.text(), StatusCode::OK));
        Ok(())
    })?;
    Ok(Reply::json(StatusCode::OK, &resource(&known)))
}

/// The assignment as answers have it.
pub(super) fn resource(assignment: &MfaAssignment) -> Value {
    let mut resource = assignment.body.clone();
    resource.insert("id".to_owned(), json!(assignment.resource_id));
    resource.insert("type".to_owned(), json!(TYPE));
    resource.insert("name".to_owned(), json!(assignment.name));
    Value::Object(resource)
}
