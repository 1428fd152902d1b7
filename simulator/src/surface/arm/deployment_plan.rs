//! What a deployment's template comes to: its parameters checked, its expressions resolved, its resources named.

use std::sync::Arc;

use entrasim_domain::azure::Resource;
use entrasim_domain::id::SubscriptionId;
use serde_json::{Map, Value, json};

use super::context::Arm;
use super::error::ArmError;
use super::expression::Scope;
use super::resource_id::{ProviderPath, ResourceId};
use super::resources::Draft;
use super::{policy_assignments, resource_groups, role_assignments};

pub(super) use planned::{Declared, Planned};
use resolved::{id_of, outputs, resolve, text};

pub(super) mod leftovers;
mod parameters;
mod planned;
mod resolved;

/// Deployments inside deployments.
const DEPTH: u8 = 5;

pub(super) struct Plan {
    pub(super) resources: Vec<Declared>,
    /// What goes, in mode Complete.
    pub(super) leftovers: Vec<Arc<Resource>>,
    pub(super) location: Option<String>,
    pub(super) mode: String,
    pub(super) parameters: Map<String, Value>,
    pub(super) outputs: Map<String, Value>,
}

/// Plans a deployment from the body of its request.
pub(super) fn plan(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
    body: &Map<String, Value>,
) -> Result<Plan, ArmError> {
    let location = body.get("location").and_then(Value::as_str);
    if id.group.is_none() && location.is_none() {
        return Err(ArmError::LocationRequired);
    }
    let empty = json!({});
    let properties = body.get("properties").unwrap_or(&empty);
    for link in ["templateLink", "parametersLink"] {
        if properties.get(link).is_some_and(|link| !link.is_null()) {
            return Err(ArmError::NotSimulated(format!("deployment {link}")));
        }
    }
    let mode = match properties.get("mode").and_then(Value::as_str) {
        Some(mode) if mode.eq_ignore_ascii_case("Incremental") => "Incremental",
        // Only resource groups can be deployed to in this mode (Microsoft Learn, deployment modes).
        Some(mode) if mode.eq_ignore_ascii_case("Complete") && id.group.is_some() => "Complete",
        Some(mode) if mode.eq_ignore_ascii_case("Complete") => {
            return Err(ArmError::NotSimulated(
                "deployment mode Complete above resource groups".to_owned(),
            ));
        }
        _ => {
            return Err(ArmError::InvalidRequestContent(
                "Required property 'mode' not found in JSON. Path 'properties'.".to_owned(),
            ));
        }
    };
    let mut planner = Planner {
        arm,
        resources: Vec::new(),
    };
    let place = Place { id, name, depth: 0 };
    let template = properties.get("template").unwrap_or(&Value::Null);
    let given = properties.get("parameters").unwrap_or(&Value::Null);
    let (parameters, outputs) = planner.template(&place, template, given)?;
    let resources = planner.resources;
    let leftovers = match mode {
        "Complete" => leftovers::of(arm.tenant, &id.scope, &resources),
        _ => Vec::new(),
    };
    Ok(Plan {
        resources,
        leftovers,
        location: location.map(str::to_owned),
        mode: mode.to_owned(),
        parameters,
        outputs,
    })
}

/// Where a template is deployed, and under what name.
struct Place<'p> {
    id: &'p ResourceId,
    name: &'p str,
    depth: u8,
}

struct Planner<'p, 'c, 'a> {
    arm: &'p Arm<'c, 'a>,
    resources: Vec<Declared>,
}

type Described = (Map<String, Value>, Map<String, Value>);

impl Planner<'_, '_, '_> {
    /// Plans one template; gives its parameters and its outputs.
    fn template(
        &mut self,
        place: &Place<'_>,
        template: &Value,
        given: &Value,
    ) -> Result<Described, ArmError> {
        if !template.is_object() {
            return Err(ArmError::InvalidTemplate(
                "The property 'template' is missing or not an object.".to_owned(),
            ));
        }
        for unknown in ["functions", "imports", "extensions"] {
            let used = template.get(unknown).is_some_and(|part| {
                part.as_array().is_some_and(|part| !part.is_empty())
                    || part.as_object().is_some_and(|part| !part.is_empty())
            });
            if used {
                return Err(ArmError::NotSimulated(format!("template {unknown}")));
            }
        }
        let mut scope = self.scope(place, template)?;
        let shown = parameters::read(&mut scope, template, given)?;
        self.list(place, &scope, None, template.get("resources"))?;
        let outputs = outputs(&scope, template)?;
        Ok((shown, outputs))
    }

    /// What expressions can refer to beside parameters.
    fn scope(&self, place: &Place<'_>, template: &Value) -> Result<Scope, ArmError> {
        let arm = self.arm;
        let subscription = self.subscription(place)?;
        let tenant = arm.tenant.id.to_string();
        let group = match &place.id.group {
            Some(name) => {
                resource_groups::resource(resource_groups::find(arm.tenant, subscription, name)?)
            }
            None => Value::Null,
        };
        Ok(Scope {
            parameters: Map::new(),
            variables: template
                .get("variables")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            resource_group: group,
            subscription: json!({
                "id": format!("/subscriptions/{subscription}"),
                "subscriptionId": subscription.to_string(),
                "tenantId": tenant,
            }),
            tenant: json!({"tenantId": tenant}),
            deployment: json!({"name": place.name, "id": place.id.text()}),
        })
    }

    fn subscription(&self, place: &Place<'_>) -> Result<SubscriptionId, ArmError> {
        let id = place.id.subscription.as_deref().unwrap_or_default();
        self.arm.subscription(id)
    }

    /// A template's resources are a list, or, in newer templates, an object by symbolic name.
    fn list(
        &mut self,
        place: &Place<'_>,
        scope: &Scope,
        parent: Option<(&str, &str)>,
        resources: Option<&Value>,
    ) -> Result<(), ArmError> {
        let list: Vec<&Value> = match resources {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(Value::Object(named)) => named.values().collect(),
            Some(_) => {
                return Err(ArmError::InvalidTemplate(
                    "The property 'resources' is neither a list nor an object.".to_owned(),
                ));
            }
        };
        for resource in list {
            let Value::Object(resource) = resource else {
                return Err(ArmError::InvalidTemplate(
                    "A template resource is not an object.".to_owned(),
                ));
            };
            self.one(place, scope, parent, resource.clone())?;
        }
        Ok(())
    }

    fn one(
        &mut self,
        place: &Place<'_>,
        scope: &Scope,
        parent: Option<(&str, &str)>,
        mut resource: Map<String, Value>,
    ) -> Result<(), ArmError> {
        if resource.contains_key("copy") {
            return Err(ArmError::NotSimulated("template resource copy".to_owned()));
        }
        // Declares what is there already.
        if resource.get("existing") == Some(&json!(true)) {
            return Ok(());
        }
        if let Some(condition) = resource.shift_remove("condition")
            && resolve(scope, &condition)? == json!(false)
        {
            return Ok(());
        }
        let children = resource.shift_remove("resources");
        let api_version = resource.shift_remove("apiVersion");
        for member in ["dependsOn", "comments"] {
            resource.shift_remove(member);
        }
        let kind = text(scope, &resource, "type")?;
        let name = text(scope, &resource, "name")?;
        let (kind, name) = match parent {
            Some((above, above_name)) if !kind.contains('.') => {
                (format!("{above}/{kind}"), format!("{above_name}/{name}"))
            }
            _ => (kind, name),
        };
        if kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
            return self.nested(place, scope, &name, &resource);
        }
        let Value::Object(body) = resolve(scope, &Value::Object(resource))? else {
            return Ok(());
        };
        let (planned, body) = self.planned(place, &kind, &name, body)?;
        let api_version = api_version.as_ref().and_then(Value::as_str);
        self.resources.push(Declared {
            planned,
            api_version: api_version.map(str::to_owned),
            body,
        });
        self.list(place, scope, Some((&kind, &name)), children.as_ref())
    }

    /// One resource, and what its body has for itself.
    fn planned(
        &self,
        place: &Place<'_>,
        kind: &str,
        name: &str,
        mut body: Map<String, Value>,
    ) -> Result<(Planned, Map<String, Value>), ArmError> {
        for member in ["type", "name"] {
            body.shift_remove(member);
        }
        if kind.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups") {
            let group = resource_groups::read(self.subscription(place)?, name, &body)?;
            resource_groups::check(&group)?;
            return Ok((Planned::Group(group), body));
        }
        let base = place.id.scope.clone();
        let scope = match body.shift_remove("scope") {
            Some(Value::String(scope)) if scope.starts_with('/') => scope,
            // `Microsoft.Storage/storageAccounts/name`, relative to where the deployment is.
            Some(Value::String(relative)) => format!("{base}/providers/{relative}"),
            _ => base,
        };
        let lengths = || {
            ArmError::InvalidTemplate(format!(
                "The template resource '{name}' for type '{kind}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details."
            ))
        };
        let id = id_of(&scope, kind, name).ok_or_else(lengths)?;
        let provider = id.provider.clone().ok_or_else(lengths)?;
        Ok((self.of_provider(id, &provider, body.clone())?, body))
    }

    fn of_provider(
        &self,
        id: ResourceId,
        provider: &ProviderPath,
        body: Map<String, Value>,
    ) -> Result<Planned, ArmError> {
        let own_kind = provider.resource_type().to_lowercase();
        Ok(match own_kind.as_str() {
            "microsoft.authorization/roleassignments" => Planned::Role {
                assignment: role_assignments::read(self.arm, &id, provider.name(), &body)?,
                id,
            },
            "microsoft.authorization/policyassignments" => Planned::Policy(
                policy_assignments::prepare(self.arm, &id, provider.name(), body)?,
            ),
            _ if provider
                .namespace
                .eq_ignore_ascii_case("Microsoft.Authorization")
                || provider
                    .namespace
                    .eq_ignore_ascii_case("Microsoft.Resources") =>
            {
                return Err(ArmError::NotSimulated(format!(
                    "template resource of type {}",
                    provider.resource_type()
                )));
            }
            _ => Planned::Other(Draft::new(&id, provider, body)?),
        })
    }

    /// A deployment in a template, as Bicep modules are: its own template, possibly in another group.
    fn nested(
        &mut self,
        place: &Place<'_>,
        scope: &Scope,
        name: &str,
        resource: &Map<String, Value>,
    ) -> Result<(), ArmError> {
        if place.depth >= DEPTH {
            return Err(ArmError::InvalidTemplate(
                "The nested deployments are more than 5 levels deep.".to_owned(),
            ));
        }
        let empty = json!({});
        let properties = resource.get("properties").unwrap_or(&empty);
        if properties.get("templateLink").is_some() {
            return Err(ArmError::NotSimulated("deployment templateLink".to_owned()));
        }
        let mode = properties.get("mode").and_then(Value::as_str);
        if mode.is_some_and(|mode| mode.eq_ignore_ascii_case("Complete")) {
            return Err(ArmError::NotSimulated(
                "nested deployment mode Complete".to_owned(),
            ));
        }
        let inner = properties
            .get("expressionEvaluationOptions")
            .and_then(|options| options.get("scope")?.as_str())
            .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
        if !inner {
            return Err(ArmError::NotSimulated(
                "nested deployment with outer expression evaluation".to_owned(),
            ));
        }
        let mut id = place.id.clone();
        if resource.contains_key("resourceGroup") {
            let group = text(scope, resource, "resourceGroup")?;
            let subscription = self.subscription(place)?;
            id.scope = format!("/subscriptions/{subscription}/resourceGroups/{group}");
            id.group = Some(group);
        }
        if let Some(provider) = &mut id.provider {
            provider.names = vec![name.to_owned()];
        }
        let given = resolve(scope, properties.get("parameters").unwrap_or(&Value::Null))?;
        let template = properties.get("template").unwrap_or(&Value::Null);
        let place = Place {
            id: &id,
            name,
            depth: place.depth + 1,
        };
        self.template(&place, template, &given).map(|_| ())
    }
}
