//! `/policies/tokenLifetimePolicies`: create, change, delete; and what has which policy (`…/tokenLifetimePolicies/$ref`).

use std::sync::Arc;

use entrasim_domain::directory::service_principal::ServicePrincipalKind;
use entrasim_domain::id::ObjectId;
use entrasim_domain::policy::token_lifetime::TokenLifetimePolicy;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::policy::token_lifetime::rules;
use super::super::resource::Resource;
use super::super::schema::token_lifetime_policy::TOKEN_LIFETIME_POLICY;
use super::super::schema::{Row, Version};
use super::super::{Answer, Graph};
use super::reference::named_key;
use super::{body, boolean, invalid, no_content, optional_text, other_member, required, text};

const CLASS: &str = "Policy";
const SET: &str = "policies/tokenLifetimePolicies";

fn missing(key: &str) -> GraphError {
    GraphError::Missing(key.to_owned())
}

/// The policy that a key names.
fn find<'t>(tenant: &'t Tenant, key: &str) -> Result<&'t Arc<TokenLifetimePolicy>, GraphError> {
    let id = key.parse::<Uuid>().map_err(|_| missing(key))?;
    let policies = &tenant.token_lifetimes.policies;
    policies.get(&id).ok_or_else(|| missing(key))
}

/// `POST …`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    required(&members, "definition", CLASS)?;
    required(&members, "displayName", CLASS)?;
    let policy = TokenLifetimePolicy {
        id: graph.call.draw(Random::guid),
        display_name: String::new(),
        description: None,
        definition: String::new(),
        lifetime: None,
        organization_default: false,
    };
    let policy = graph.write(|tenant| put(tenant, policy, &members))?;
    let version = graph.query.version;
    let mut shown = TOKEN_LIFETIME_POLICY.whole_in(graph.tenant()?, &policy, version);
    shown.retain(|name, value| name != "description" || !value.is_null());
    let value = Value::Object(shown);
    let reply = graph.document(StatusCode::CREATED, &format!("{SET}/$entity"), value);
    let place = graph.place(SET, &policy.id.to_string());
    Ok(reply.header("location", &place))
}

/// `PATCH …/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let members = body(graph)?;
    graph.write(|tenant| {
        let policy = TokenLifetimePolicy::clone(find(tenant, key)?);
        put(tenant, policy, &members)
    })?;
    Ok(no_content())
}

/// `DELETE …/{id}`: what had it has none.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &str) -> Answer {
    graph.write(|tenant| {
        let id = find(tenant, key)?.id;
        tenant.token_lifetimes.remove(id);
        Ok(())
    })?;
    Ok(no_content())
}

fn put(
    tenant: &mut Tenant,
    mut policy: TokenLifetimePolicy,
    members: &Map<String, Value>,
) -> Result<Arc<TokenLifetimePolicy>, GraphError> {
    let before = Arc::new(policy.clone());
    for (name, value) in members {
        // The documented PowerShell writes them with capitals.
        match name.to_ascii_lowercase().as_str() {
            "definition" => {
                let wrong = || invalid(name, CLASS);
                let [Value::String(definition)] = value.as_array().map_or(&[][..], Vec::as_slice)
                else {
                    return Err(wrong());
                };
                policy.lifetime = rules(definition).ok_or_else(wrong)?.lifetime;
                policy.definition.clone_from(definition);
            }
            "description" => policy.description = optional_text(value, name, CLASS, 1024)?,
            "displayname" => policy.display_name = text(value, name, CLASS, 256)?,
            "isorganizationdefault" => policy.organization_default = boolean(value, name, CLASS)?,
            _ => other_member(&TOKEN_LIFETIME_POLICY, tenant, &before, name, value)?,
        }
    }
    let all = &mut tenant.token_lifetimes;
    // Only one can be activated as the organization default (Microsoft Learn, "tokenLifetimePolicy resource type").
    let default = all.organization_default();
    if policy.organization_default && default.is_some_and(|default| default.id != policy.id) {
        return Err(ApplicationError::OtherPolicy.into());
    }
    let policy = Arc::new(policy);
    all.policies.insert(policy.id, Arc::clone(&policy));
    Ok(policy)
}

/// The application or service principal at the beginning of the path.
fn holder(resource: &Resource<'_>) -> Result<ObjectId, GraphError> {
    match resource.first().and_then(|first| first.row) {
        Some(Row::Application(application)) => Ok(application.id),
        Some(Row::ServicePrincipal(principal)) => match &principal.kind {
            ServicePrincipalKind::Application => Ok(principal.id),
            ServicePrincipalKind::ManagedIdentity { .. } => {
                Err(ApplicationError::ManagedIdentityPolicy.into())
            }
        },
        _ => Err(missing(resource.key(0))),
    }
}

/// `POST /{set}/{id}/tokenLifetimePolicies/$ref`
pub(in crate::surface::graph) fn assign(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let object = holder(resource)?;
    let key = named_key(graph, CLASS)?;
    graph.write(|tenant| {
        let policy = find(tenant, &key)?.id;
        let all = &mut tenant.token_lifetimes;
        match all.of(object) {
            Some(held) if held.id == policy => {
                Err(GraphError::ReferenceExists("tokenLifetimePolicies"))
            }
            Some(_) => Err(ApplicationError::OtherPolicy.into()),
            None => {
                all.assigned.insert(object, policy);
                Ok(())
            }
        }
    })?;
    Ok(no_content())
}

/// `DELETE /{set}/{id}/tokenLifetimePolicies/{id}/$ref`
pub(in crate::surface::graph) fn unassign(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let object = holder(resource)?;
    let key = resource.key(1);
    graph.write(|tenant| {
        let policy = find(tenant, key)?.id;
        let assigned = &mut tenant.token_lifetimes.assigned;
        if assigned.get(&object) != Some(&policy) {
            return Err(missing(key));
        }
        assigned.remove(&object);
        Ok(())
    })?;
    Ok(no_content())
}

impl Graph<'_, '_> {
    /// The URL of something that is no directory object.
    pub(in crate::surface::graph) fn place(&self, set: &str, key: &str) -> String {
        let origin = self.call.request.origin();
        let version: Version = self.query.version;
        format!("{origin}/{}/{set}/{key}", version.as_str())
    }
}
