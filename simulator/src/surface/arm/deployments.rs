//! Template deployments: the resources in the template appear, each of them past the gate.

use std::sync::Arc;

use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::ArmError;
use super::expression::{ExpressionError, Scope};
use super::resource_id::{ResourcePath, location_of};
use super::{Answer, Arm, list_of, ok, resources};
use crate::wire::Reply;

const KIND: &str = "Microsoft.Resources/deployments";

/// Every verb on deployments in a group or a subscription.
pub(super) fn route(arm: &Arm<'_>, scope: &str, rest: &[&str]) -> Answer {
    arm.subscription()?;
    let in_group = arm
        .words
        .get(2)
        .is_some_and(|word| word == "resourcegroups");
    if in_group {
        arm.resource_group()?;
    }
    match (rest, arm.method()) {
        ([], &Method::GET) => list(arm, scope),
        ([_], &Method::GET) => get(arm, scope),
        ([_], &Method::HEAD) => head(arm),
        ([name], &Method::PUT) => put(arm, scope, name),
        ([_], &Method::DELETE) => delete(arm),
        ([name, "validate"], &Method::POST) => validate(arm, scope, name),
        ([_, "operations"], &Method::GET) => list_of(Vec::new()),
        ([_, "operationstatuses", _], &Method::GET) => ok(&json!({"status": "Succeeded"})),
        ([_, other, ..], _) => Err(ArmError::not_simulated(format!(
            "Resource Manager action {KIND}/{other}"
        ))),
        (_, other) => Err(ArmError::method(other)),
    }
}

fn path(name: &str) -> ResourcePath {
    ResourcePath {
        resource_type: KIND.to_owned(),
        name: name.to_owned(),
        full_name: name.to_owned(),
        action: None,
    }
}

fn list(arm: &Arm<'_>, scope: &str) -> Answer {
    arm.authorize(&format!("{KIND}/read"), scope)?;
    let below = format!(
        "{}/providers/{}/",
        scope.to_lowercase(),
        KIND.to_lowercase()
    );
    let all = arm
        .tenant
        .azure
        .resources
        .range(below.clone()..)
        .take_while(|(id, _)| id.starts_with(&below));
    list_of(
        all.map(|(_, one)| view(&one.id, &one.name, &one.body))
            .collect(),
    )
}

fn view(id: &str, name: &str, body: &Map<String, Value>) -> Value {
    let mut view = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("name".to_owned(), json!(name)),
        ("type".to_owned(), json!(KIND)),
    ]);
    view.extend(
        body.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    Value::Object(view)
}

fn get(arm: &Arm<'_>, scope: &str) -> Answer {
    arm.authorize(&format!("{KIND}/read"), scope)?;
    if let Some(one) = arm
        .tenant
        .azure
        .resources
        .get(&arm.path_id().to_lowercase())
    {
        ok(&view(&one.id, &one.name, &one.body))
    } else {
        let name = arm.segments.last().map_or("", String::as_str);
        let message = format!("Deployment '{name}' could not be found.");
        Err(ArmError::new(
            StatusCode::NOT_FOUND,
            "DeploymentNotFound",
            message,
        ))
    }
}

fn head(arm: &Arm<'_>) -> Answer {
    let found = arm
        .tenant
        .azure
        .resources
        .contains_key(&arm.path_id().to_lowercase());
    Ok(Reply::empty(if found {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }))
}

fn delete(arm: &Arm<'_>) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{KIND}/delete"), Operation::Delete(target))?;
    let key = arm.path_id().to_lowercase();
    let found = arm.change(|tenant| Ok(tenant.azure.resources.remove(&key).is_some()))?;
    Ok(Reply::empty(if found {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    }))
}

/// Plans, and answers with the plan.
fn validate(arm: &Arm<'_>, scope: &str, name: &str) -> Answer {
    arm.authorize(&format!("{KIND}/validate/action"), scope)?;
    let plan = plan(arm, scope, name)?;
    let id = format!("{scope}/providers/{KIND}/{name}");
    ok(&view(&id, name, &described(arm, &plan)))
}

fn put(arm: &Arm<'_>, scope: &str, name: &str) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{KIND}/write"), Operation::CreateOrUpdate(target))?;
    // The segment as it was sent, not its lower-case form.
    let name = arm.segments.last().map_or(name, String::as_str);
    let plan = plan(arm, scope, name)?;
    for planned in &plan.resources {
        let target = Target {
            resource_id: planned.id.clone(),
            location: location_of(&planned.body),
        };
        arm.may_change(
            &format!("{}/write", planned.path.resource_type),
            Operation::CreateOrUpdate(target),
        )?;
    }
    for planned in &plan.resources {
        resources::store(arm, &planned.id, &planned.path, planned.body.clone())?;
        arm.log(
            &format!("{}/write", planned.path.resource_type),
            &planned.id,
            true,
            Vec::new(),
        )?;
    }
    let (one, created) = resources::store(arm, &arm.path_id(), &path(name), described(arm, &plan))?;
    arm.log(&format!("{KIND}/write"), &arm.path_id(), true, Vec::new())?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Reply::json(status, &view(&one.id, &one.name, &one.body)))
}

struct Plan {
    resources: Vec<Planned>,
    mode: String,
    parameters: Map<String, Value>,
    outputs: Map<String, Value>,
}

struct Planned {
    id: String,
    path: ResourcePath,
    body: Map<String, Value>,
}

fn described(arm: &Arm<'_>, plan: &Plan) -> Map<String, Value> {
    let ids: Vec<Value> = plan
        .resources
        .iter()
        .map(|planned| json!({"id": planned.id}))
        .collect();
    let properties = json!({
        "mode": plan.mode,
        "parameters": plan.parameters,
        "outputs": plan.outputs,
        "outputResources": ids,
        "provisioningState": "Succeeded",
        "timestamp": arm.call.now().seven_digit_form(),
        "duration": "PT0S",
        "correlationId": arm.call.id().to_string(),
        "dependencies": [],
        "providers": [],
    });
    Map::from_iter([("properties".to_owned(), properties)])
}

fn plan(arm: &Arm<'_>, scope: &str, name: &str) -> Result<Plan, ArmError> {
    let body = arm.body()?;
    let properties = body.get("properties").cloned().unwrap_or_default();
    for unknown in ["templateLink", "parametersLink"] {
        if properties.get(unknown).is_some_and(|link| !link.is_null()) {
            return Err(ArmError::not_simulated(format!("deployment {unknown}")));
        }
    }
    let template = &properties["template"];
    if !template.is_object() {
        let message = "Deployment template validation failed: the property 'template' is missing or not an object.";
        return Err(ArmError::bad_request("InvalidTemplate", message));
    }
    let mode = properties["mode"]
        .as_str()
        .unwrap_or("Incremental")
        .to_owned();
    if !mode.eq_ignore_ascii_case("Incremental") {
        return Err(ArmError::not_simulated(format!("deployment mode {mode}")));
    }
    let expressions = expressions(arm, scope, name, template, &properties)?;
    let mut planned = Vec::new();
    collect(&expressions, scope, None, template, &mut planned)?;
    let outputs = outputs(&expressions, template)?;
    let parameters = expressions
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), json!({"value": value})))
        .collect();
    Ok(Plan {
        resources: planned,
        mode,
        parameters,
        outputs,
    })
}

fn invalid(message: impl Into<String>) -> ArmError {
    ArmError::bad_request(
        "InvalidTemplate",
        format!(
            "Deployment template validation failed: '{}'.",
            message.into()
        ),
    )
}

fn failed(error: ExpressionError) -> ArmError {
    match error {
        ExpressionError::Invalid(message) => invalid(message),
        ExpressionError::Unknown(name) => {
            ArmError::not_simulated(format!("template function {name}"))
        }
    }
}

/// What expressions can refer to: given parameters, their defaults, variables, and where the deployment is.
fn expressions(
    arm: &Arm<'_>,
    scope: &str,
    name: &str,
    template: &Value,
    properties: &Value,
) -> Result<Scope, ArmError> {
    let subscription = arm.subscription()?;
    let group = arm.resource_group().ok().map(Arc::clone);
    let id = |group: &str| format!("/subscriptions/{subscription}/resourceGroups/{group}");
    let mut expressions = Scope {
        parameters: Map::new(),
        variables: template["variables"].as_object().cloned().unwrap_or_default(),
        resource_group: group.map_or(Value::Null, |group| {
            json!({"id": id(&group.name), "name": group.name, "location": group.location, "tags": group.tags, "type": "Microsoft.Resources/resourceGroups"})
        }),
        subscription: json!({"id": format!("/subscriptions/{subscription}"), "subscriptionId": subscription.to_string(), "tenantId": arm.tenant.id.to_string()}),
        tenant: json!({"tenantId": arm.tenant.id.to_string()}),
        deployment: json!({"name": name, "id": format!("{scope}/providers/{KIND}/{name}")}),
    };
    let given = properties["parameters"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let declared = template["parameters"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for (name, declaration) in &declared {
        let value = match (
            given.get(name).and_then(|one| one.get("value")),
            declaration.get("defaultValue"),
        ) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => expressions.resolve(default).map_err(failed)?,
            (None, None) => {
                return Err(invalid(format!(
                    "The value for the template parameter '{name}' is not provided."
                )));
            }
        };
        expressions.parameters.insert(name.clone(), value);
    }
    if let Some(stranger) = given.keys().find(|name| !declared.contains_key(*name)) {
        return Err(invalid(format!(
            "The template parameters '{stranger}' in the parameters file are not valid; they are not present in the original template."
        )));
    }
    Ok(expressions)
}

/// A template's resources are a list, or, in newer templates, an object by symbolic name.
fn collect(
    expressions: &Scope,
    scope: &str,
    parent: Option<&ResourcePath>,
    holder: &Value,
    planned: &mut Vec<Planned>,
) -> Result<(), ArmError> {
    let list: Vec<&Value> = match &holder["resources"] {
        Value::Array(list) => list.iter().collect(),
        Value::Object(named) => named.values().collect(),
        Value::Null => Vec::new(),
        _ => {
            return Err(invalid(
                "The property 'resources' is neither a list nor an object.",
            ));
        }
    };
    for resource in list {
        for unknown in ["copy", "scope"] {
            if resource.get(unknown).is_some() {
                return Err(ArmError::not_simulated(format!(
                    "template resource property {unknown}"
                )));
            }
        }
        if let Some(condition) = resource.get("condition")
            && expressions.resolve(condition).map_err(failed)? == json!(false)
        {
            continue;
        }
        let mut resolved = resource
            .as_object()
            .cloned()
            .ok_or_else(|| invalid("A resource is not an object."))?;
        let children = resolved.shift_remove("resources");
        let Value::Object(mut body) = expressions
            .resolve(&Value::Object(resolved))
            .map_err(failed)?
        else {
            continue;
        };
        let text = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| invalid(format!("A resource has no '{name}'.")))
        };
        let (kind, own_name) = (text("type")?, text("name")?);
        let (kind, full_name) = match parent {
            Some(parent) if !kind.contains('/') => (
                format!("{}/{kind}", parent.resource_type),
                format!("{}/{own_name}", parent.full_name),
            ),
            _ => (kind, own_name),
        };
        if kind.eq_ignore_ascii_case(KIND) {
            return Err(ArmError::not_simulated("nested template deployments"));
        }
        let id = id_of(scope, &kind, &full_name).ok_or_else(|| {
            invalid(format!("The template resource '{full_name}' for type '{kind}' has incorrect segment lengths."))
        })?;
        body.shift_remove("condition");
        let name = full_name.rsplit('/').next().unwrap_or_default().to_owned();
        let path = ResourcePath {
            resource_type: kind,
            name,
            full_name,
            action: None,
        };
        if let Some(children) = children {
            planned.push(Planned {
                id,
                path: path.clone(),
                body,
            });
            collect(
                expressions,
                scope,
                Some(&path),
                &json!({"resources": children}),
                planned,
            )?;
        } else {
            planned.push(Planned { id, path, body });
        }
    }
    Ok(())
}

/// Types and names take turns in an id.
fn id_of(scope: &str, kind: &str, full_name: &str) -> Option<String> {
    let (namespace, types) = kind.split_once('/')?;
    let (types, names): (Vec<&str>, Vec<&str>) =
        (types.split('/').collect(), full_name.split('/').collect());
    if types.len() != names.len() || names.iter().any(|name| name.is_empty()) {
        return None;
    }
    let pairs: String = types
        .iter()
        .zip(names)
        .map(|(kind, name)| format!("/{kind}/{name}"))
        .collect();
    Some(format!("{scope}/providers/{namespace}{pairs}"))
}

fn outputs(expressions: &Scope, template: &Value) -> Result<Map<String, Value>, ArmError> {
    let declared = template["outputs"].as_object().cloned().unwrap_or_default();
    declared
        .iter()
        .map(|(name, output)| {
            let value = expressions.resolve(&output["value"]).map_err(failed)?;
            Ok((
                name.clone(),
                json!({"type": output["type"], "value": value}),
            ))
        })
        .collect()
}
