//! `Microsoft.Resources/deployments` in a resource group or a subscription: the template's resources appear, each past
//! the gate, all or none of them.

use std::sync::Arc;

use entrasim_domain::azure::Deployment;
use entrasim_domain::azure::policy::resource_type;
use entrasim_domain::azure::role::covers;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::deployment_plan::{Plan, Planned, plan};
use super::error::ArmError;
use super::gate::Change;
use super::resource_id::{ProviderPath, ResourceId};
use super::{headers, policy_assignments, resource_groups, resources, role_assignments};
use crate::wire::Reply;

mod delta;
pub(super) mod what_if;

const TYPE: &str = "Microsoft.Resources/deployments";

/// `{scope}/providers/Microsoft.Resources/deployments…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = arm.call.request.method.clone();
    if id.subscription.is_none()
        || ResourceId::parse_text(&id.scope).is_none_or(|scope| scope.provider.is_some())
    {
        return Err(ArmError::NotSimulated(format!(
            "{method} {TYPE} at {}",
            id.scope
        )));
    }
    let (name, below) = match (provider.names.as_slice(), provider.types.as_slice()) {
        ([], [_]) if method == Method::GET => return list(arm, id),
        ([name], [_]) => (name, None),
        ([name, ..], [_, below, ..]) => (name, Some(below.to_lowercase())),
        _ => return Err(ArmError::MethodNotAllowed(method.to_string())),
    };
    let own = own_id(id, name);
    match (&method, below.as_deref()) {
        (&Method::GET, None) => get(arm, &own, name),
        (&Method::HEAD, None) => get(arm, &own, name).map(|_| Reply::empty(StatusCode::NO_CONTENT)),
        (&Method::PUT, None) => put(arm, &own, name),
        (&Method::DELETE, None) => delete(arm, &own),
        (&Method::POST, Some("validate")) => validate(arm, &own, name),
        (&Method::POST, Some("whatif")) => what_if::post(arm, &own, name),
        (&Method::GET, Some("operations")) => operations(arm, &own, name, provider.names.get(1)),
        (&Method::GET, Some("operationstatuses")) => {
            get(arm, &own, name)?;
            Ok(Reply::json(StatusCode::OK, &json!({"status": "Succeeded"})))
        }
        (_, Some(below)) => Err(ArmError::NotSimulated(format!("{method} {TYPE}/{below}"))),
        _ => Err(ArmError::MethodNotAllowed(method.to_string())),
    }
}

/// The deployment itself, whatever of it the path asked for.
fn own_id(id: &ResourceId, name: &str) -> ResourceId {
    ResourceId {
        provider: Some(ProviderPath {
            namespace: "Microsoft.Resources".to_owned(),
            types: vec!["deployments".to_owned()],
            names: vec![name.to_owned()],
        }),
        ..id.clone()
    }
}

fn list(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    arm.authorize(&format!("{TYPE}/read"), &id.scope)?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let prefix = format!("{}/providers/{TYPE}/", id.scope).to_lowercase();
    let value: Vec<Value> = arm
        .tenant
        .azure
        .deployments
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix))
        .map(|(_, deployment)| resource(deployment))
        .collect();
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn find<'t>(
    arm: &'t Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
) -> Result<&'t Arc<Deployment>, ArmError> {
    arm.authorize(&format!("{TYPE}/read"), &id.text())?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let deployments = &arm.tenant.azure.deployments;
    deployments
        .get(&id.text().to_lowercase())
        .ok_or_else(|| ArmError::DeploymentNotFound(name.to_owned()))
}

fn get(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    let deployment = find(arm, id, name)?;
    Ok(Reply::json(StatusCode::OK, &resource(deployment)))
}

fn put(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    let body = arm.body()?;
    let location = body.get("location").and_then(Value::as_str);
    let own = Change::write(&format!("{TYPE}/write"), &id.text(), location);
    let mut audits = arm.permit(&[own])?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let plan = plan(arm, id, name, &body)?;
    audits.extend(arm.permit(&changes(&plan))?);
    let (status, deployment) = arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        run(arm, tenant, id, name, &plan)
    })?;
    Ok(Reply::json(status, &resource(&deployment)))
}

/// All that a deployment does to resources.
fn changes(plan: &Plan) -> Vec<Change> {
    let writes = plan.resources.iter().map(|one| one.planned.change());
    let deletions = plan.leftovers.iter().map(|resource| {
        let action = format!("{}/delete", resource.resource_type);
        Change::delete(&action, &resource.id, resource.location.as_deref())
    });
    writes.chain(deletions).collect()
}

/// Writes all that is planned, takes away what is left over, and keeps the record of it.
fn run(
    arm: &Arm<'_, '_>,
    tenant: &mut Tenant,
    id: &ResourceId,
    name: &str,
    plan: &Plan,
) -> Result<(StatusCode, Arc<Deployment>), ArmError> {
    let key = id.text().to_lowercase();
    let status = if tenant.azure.deployments.contains_key(&key) {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let mut written = Vec::new();
    for declared in &plan.resources {
        written.push(declared.planned.resource_id());
        match &declared.planned {
            Planned::Group(group) => {
                resource_groups::store(arm, tenant, group.clone())?;
            }
            Planned::Role { assignment, .. } => {
                role_assignments::store(arm, tenant, assignment)?;
            }
            Planned::Policy(assignment) => policy_assignments::store(arm, tenant, assignment),
            Planned::Other(draft) => {
                resources::write(arm, tenant, draft.clone())?;
            }
        }
    }
    for resource in &plan.leftovers {
        tenant.remove_azure_tree(&resource.id);
        let action = format!("{}/delete", resource.resource_type);
        log(tenant, arm.event(&action, &resource.id, StatusCode::OK));
    }
    let deployment = Arc::new(Deployment {
        id: id.text(),
        name: name.to_owned(),
        location: plan.location.clone(),
        mode: plan.mode.clone(),
        parameters: plan.parameters.clone(),
        outputs: plan.outputs.clone(),
        resources: written,
        correlation_id: headers::correlation_id(arm.call),
        at: arm.call.now(),
    });
    log(
        tenant,
        arm.event(&format!("{TYPE}/write"), &id.text(), status),
    );
    tenant
        .azure
        .deployments
        .insert(key, Arc::clone(&deployment));
    Ok((status, deployment))
}

/// Deployments are judged as changes even where they come as a POST.
fn permit_action(arm: &Arm<'_, '_>, id: &ResourceId, verb: &str) -> Result<(), ArmError> {
    let change = Change::write(&format!("{TYPE}/{verb}/action"), &id.text(), None);
    arm.permit(&[change]).map(|_| ())
}

fn validate(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    permit_action(arm, id, "validate")?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let plan = plan(arm, id, name, &arm.body()?)?;
    let ids: Vec<Value> = plan
        .resources
        .iter()
        .map(|declared| json!({"id": declared.planned.resource_id()}))
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &json!({
            "id": id.text(),
            "name": name,
            "type": TYPE,
            "properties": {
                "parameters": plan.parameters,
                "mode": plan.mode,
                "provisioningState": "Succeeded",
                "timestamp": arm.call.now().seven_digit_form(),
                "duration": "PT0S",
                "correlationId": headers::correlation_id(arm.call).to_string(),
                "providers": [],
                "dependencies": [],
                "validatedResources": ids,
            },
        }),
    ))
}

/// Only the record goes: what was deployed stays.
fn delete(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    let action = format!("{TYPE}/delete");
    let audits = arm.permit(&[Change::delete(&action, &id.text(), None)])?;
    let found = arm.write(|tenant| {
        let key = id.text().to_lowercase();
        let found = tenant.azure.deployments.remove(&key).is_some();
        for audit in audits {
            log(tenant, audit);
        }
        if found {
            log(tenant, arm.event(&action, &id.text(), StatusCode::OK));
        }
        Ok(found)
    })?;
    Ok(Reply::empty(if found {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    }))
}

/// `…/operations` and `…/operations/{id}`: one per resource that was written.
fn operations(arm: &Arm<'_, '_>, id: &ResourceId, name: &str, wanted: Option<&String>) -> Answer {
    let deployment = find(arm, id, name)?;
    let operations: Vec<Value> = deployment
        .resources
        .iter()
        .enumerate()
        .map(|(at, target)| operation(deployment, at, target))
        .collect();
    let Some(wanted) = wanted else {
        return Ok(Reply::json(StatusCode::OK, &json!({"value": operations})));
    };
    operations
        .iter()
        .find(|operation| operation["operationId"].as_str() == Some(wanted))
        .map(|operation| Reply::json(StatusCode::OK, operation))
        .ok_or_else(|| {
            ArmError::NotFound(
                "DeploymentOperationNotFound",
                format!("Deployment operation '{wanted}' could not be found."),
            )
        })
}

fn operation(deployment: &Deployment, at: usize, target: &str) -> Value {
    let operation = format!("{:016X}", at + 1);
    json!({
        "id": format!("{}/operations/{operation}", deployment.id),
        "operationId": operation,
        "properties": {
            "provisioningOperation": "Create",
            "provisioningState": "Succeeded",
            "timestamp": deployment.at.seven_digit_form(),
            "duration": "PT0S",
            "statusCode": "OK",
            "targetResource": {
                "id": target,
                "resourceType": resource_type(target),
                "resourceName": target.rsplit('/').next().unwrap_or_default(),
            },
        },
    })
}

fn resource(deployment: &Deployment) -> Value {
    let in_group = covers("/subscriptions", &deployment.id)
        && deployment.id.to_lowercase().contains("/resourcegroups/");
    let mut resource = json!({
        "id": deployment.id,
        "name": deployment.name,
        "type": TYPE,
    });
    if let Some(location) = deployment.location.as_ref().filter(|_| !in_group) {
        resource["location"] = json!(location);
    }
    let ids: Vec<Value> = deployment
        .resources
        .iter()
        .map(|id| json!({"id": id}))
        .collect();
    resource["properties"] = json!({
        "parameters": deployment.parameters,
        "mode": deployment.mode,
        "provisioningState": "Succeeded",
        "timestamp": deployment.at.seven_digit_form(),
        "duration": "PT0S",
        "correlationId": deployment.correlation_id.to_string(),
        "providers": [],
        "dependencies": [],
        "outputs": deployment.outputs,
        "outputResources": ids,
    });
    resource
}
