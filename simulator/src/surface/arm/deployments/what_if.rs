//! `…/deployments/{name}/whatIf`: what a deployment would do, told without doing it.
//!
//! The deployment runs in a copy of the tenant, and the copy is compared with the tenant: what is foretold is what would
//! come. Shape of the answer: `Deployments_WhatIf` of Microsoft.Resources/deployments, 2025-04-01; the kinds of change:
//! Microsoft Learn, "ARM template deployment what-if operation".

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use entrasim_domain::azure::{OperationResult, Resource};
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{TYPE, changes, delta, permit_action, run};
use crate::surface::arm::Answer;
use crate::surface::arm::context::Arm;
use crate::surface::arm::deployment_plan::{Declared, Plan, Planned, leftovers, plan};
use crate::surface::arm::error::ArmError;
use crate::surface::arm::resource_id::ResourceId;
use crate::surface::arm::{headers, resource_list, resources};
use crate::wire::Reply;

/// How many results are kept; the real service forgets them after some time.
const KEPT: usize = 100;

/// Answers 202 with the place of the result, as the real service does; the first question there is answered.
pub(super) fn post(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    // A public fixture shows what-if refused by the mandate.
    permit_action(arm, id, "whatIf")?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let body = arm.body()?;
    let wish = Wish::read(&body)?;
    let result = match foretell(arm, id, name, &body, &wish) {
        Ok(changes) => json!({
            "status": "Succeeded",
            "properties": {
                "correlationId": headers::correlation_id(arm.call).to_string(),
                "changes": changes,
            },
        }),
        Err(error) if is_of_the_template(&error) => {
            json!({"status": "Failed", "error": error.told(arm.call)})
        }
        Err(error) => return Err(error),
    };
    accepted(arm, id, result)
}

/// The operation succeeds even where the template would not: its failure is the result. The Azure CLI reads it so (comment
/// in its `_what_if_deploy_arm_template_core`), and prints `code - message`. What is wrong with the request itself, and what
/// is not simulated, is said at once.
fn is_of_the_template(error: &ArmError) -> bool {
    !matches!(
        error,
        ArmError::NotSimulated(_)
            | ArmError::MfaRequired(_)
            | ArmError::LocationRequired
            | ArmError::InvalidRequestContent(_)
    )
}

/// What the request wants to know.
struct Wish {
    ids_only: bool,
    level: Level,
}

/// How much is checked (`validationLevel`; its descriptions in the API's definition).
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Template,
    ProviderNoRbac,
    Provider,
}

impl Wish {
    fn read(body: &Map<String, Value>) -> Result<Self, ArmError> {
        let properties = body.get("properties").unwrap_or(&Value::Null);
        let settings = properties.get("whatIfSettings").unwrap_or(&Value::Null);
        let text = |from: &Value, name: &str| match from.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(value) => value.as_str().unwrap_or("?").to_lowercase(),
        };
        let unknown = |path: &str| {
            ArmError::InvalidRequestContent(format!(
                "Error converting value to an enumeration. Path '{path}'"
            ))
        };
        Ok(Self {
            ids_only: match text(settings, "resultFormat").as_str() {
                "" | "fullresourcepayloads" => false,
                "resourceidonly" => true,
                _ => return Err(unknown("properties.whatIfSettings.resultFormat")),
            },
            level: match text(properties, "validationLevel").as_str() {
                "" | "provider" => Level::Provider,
                "providernorbac" => Level::ProviderNoRbac,
                "template" => Level::Template,
                _ => return Err(unknown("properties.validationLevel")),
            },
        })
    }
}

fn foretell(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
    body: &Map<String, Value>,
    wish: &Wish,
) -> Result<Vec<Value>, ArmError> {
    let plan = plan(arm, id, name, body)?;
    if wish.level == Level::Provider {
        authorize(arm, &plan)?;
    }
    if wish.level != Level::Template {
        // What auditing policies would record is recorded by the deployment.
        arm.multifactor(&changes(&plan))?;
    }
    let mut copy = arm.tenant.clone();
    run(arm, &mut copy, id, name, &plan)?;
    let mut foretold: Vec<Value> = plan
        .resources
        .iter()
        .map(|declared| {
            let before = declared.planned.shown_in(arm.tenant);
            let written = declared.planned.shown_in(&copy);
            of_declared(declared, before.as_ref(), written, wish)
        })
        .collect();
    for resource in &plan.leftovers {
        foretold.push(of_undeclared("Delete", resource, wish));
    }
    for resource in passed_by(arm, id, &plan) {
        foretold.push(of_undeclared("Ignore", &resource, wish));
    }
    Ok(foretold)
}

/// Who previews needs what who deploys needs (Microsoft Learn, required permissions; the text as reported in
/// Azure/arm-template-whatif#135, and for a single failure in Azure-Samples/azure-search-openai-demo#242).
fn authorize(arm: &Arm<'_, '_>, plan: &Plan) -> Result<(), ArmError> {
    let of_template = plan.resources.iter().map(|declared| {
        let (kind, name) = declared.planned.type_and_name();
        (kind, name, declared.planned.change())
    });
    let failures: Vec<String> = of_template
        .filter(|(.., change)| !arm.allows(&change.action, &change.resource_id))
        .map(|(kind, name, change)| {
            format!(
                "Authorization failed for template resource '{name}' of type '{kind}'. The client '{}' with object id '{}' does not have permission to perform action '{}' at scope '{}'.",
                arm.client_name(),
                arm.caller.object_id,
                change.action,
                change.resource_id
            )
        })
        .collect();
    let message = match failures.as_slice() {
        [] => return Ok(()),
        [one] => format!("The template deployment failed with error: '{one}'."),
        many => format!(
            "Deployment failed with multiple errors: '{}'",
            many.join(":")
        ),
    };
    Err(ArmError::BadRequest("InvalidTemplateDeployment", message))
}

/// A resource of the template: as it is, as it would be, and the difference. What the provider adds by itself is in neither.
fn of_declared(
    declared: &Declared,
    before: Option<&Value>,
    written: Option<Value>,
    wish: &Wish,
) -> Value {
    let written = written.unwrap_or_default();
    let shown = |resource: &Value| {
        let kept = delta::without_additions(resource, &written, &declared.body);
        payload(kept, declared.api_version.as_ref())
    };
    let after = shown(&written);
    let before = before.map(shown);
    let difference = before.as_ref().map(|before| delta::of(before, &after));
    let kind = match &difference {
        None => "Create",
        // Without the properties nobody can tell whether they will change.
        Some(_) if wish.ids_only => "Deploy",
        Some(difference) if difference.is_empty() => "NoChange",
        Some(_) => "Modify",
    };
    let mut change = json!({"resourceId": declared.planned.resource_id(), "changeType": kind});
    if wish.ids_only {
        return change;
    }
    if let Some(before) = before {
        change["before"] = before;
    }
    change["after"] = after;
    if let Some(difference) = difference.filter(|difference| !difference.is_empty()) {
        change["delta"] = Value::Array(difference);
    }
    change
}

/// With the version of the API that it is compared by; members in order, as Microsoft Learn's examples have them.
fn payload(mut resource: Value, api_version: Option<&String>) -> Value {
    if let (Value::Object(members), Some(version)) = (&mut resource, api_version) {
        members.insert("apiVersion".to_owned(), json!(version));
    }
    resource.sort_all_objects();
    resource
}

/// A resource that is there and not in the template.
fn of_undeclared(kind: &str, resource: &Resource, wish: &Wish) -> Value {
    let mut change = json!({"resourceId": resource.id, "changeType": kind});
    if !wish.ids_only {
        let shown = payload(resource_list::brief(resource, ""), None);
        change["before"] = shown.clone();
        if kind == "Ignore" {
            change["after"] = shown;
        }
    }
    change
}

/// What stays as it is in the groups that the deployment writes into.
fn passed_by(arm: &Arm<'_, '_>, id: &ResourceId, plan: &Plan) -> Vec<Arc<Resource>> {
    let groups: BTreeSet<String> = plan
        .resources
        .iter()
        .filter_map(|declared| match &declared.planned {
            Planned::Other(draft) => group_of(&draft.id),
            _ => None,
        })
        .chain(group_of(id))
        .collect();
    groups
        .iter()
        .flat_map(|group| leftovers::of(arm.tenant, group, &plan.resources))
        .filter(|resource| !plan.leftovers.iter().any(|gone| gone.id == resource.id))
        .collect()
}

fn group_of(id: &ResourceId) -> Option<String> {
    let (subscription, group) = (id.subscription.as_ref()?, id.group.as_ref()?);
    Some(format!("/subscriptions/{subscription}/resourcegroups/{group}").to_lowercase())
}

fn accepted(arm: &Arm<'_, '_>, id: &ResourceId, body: Value) -> Answer {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    // The form of the job's name is assumed.
    let job = json!({"jobId": format!("DeploymentWhatIfJob-{}", arm.call.draw(Random::guid))});
    let job = STANDARD_NO_PAD.encode(job.to_string());
    let answer = arm.accepted(&subscription.to_lowercase(), &job);
    let result = OperationResult {
        job,
        deployment: id.text(),
        body,
    };
    arm.write(|tenant| {
        let results = &mut tenant.azure.operation_results;
        if results.len() >= KEPT {
            results.pop_front();
        }
        results.push_back(Arc::new(result));
        Ok(())
    })?;
    Ok(answer)
}

/// `/subscriptions/{id}/operationresults/{job}`, where the job is one of these. The resources of a deployment are in it, so
/// only who may ask for it may read it.
pub(in crate::surface::arm) fn result(arm: &Arm<'_, '_>, job: &str) -> Option<Answer> {
    let results = &arm.tenant.azure.operation_results;
    let known = results.iter().find(|known| known.job == job)?;
    Some(
        arm.authorize(&format!("{TYPE}/whatIf/action"), &known.deployment)
            .map(|()| Reply::json(StatusCode::OK, &known.body)),
    )
}
