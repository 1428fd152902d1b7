//! Delegated grants: create, change, delete.

use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::directory::permission_grant::DelegatedGrant;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::resource::Resource;
use super::super::schema::oauth2_permission_grant::OAUTH2_PERMISSION_GRANT as ENTITY;
use super::super::{Answer, Graph};
use super::{body, invalid, keep, no_content, required};
use crate::directory_ids::grant_id;

const CLASS: &str = "OAuth2PermissionGrant";

/// `POST /oauth2PermissionGrants`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let tenant = graph.tenant()?;
    let client = service_principal(tenant, required(&members, "clientId", CLASS)?)?;
    let resource = service_principal(tenant, required(&members, "resourceId", CLASS)?)?;
    let consent = required(&members, "consentType", CLASS)?;
    let named = members.get("principalId").filter(|value| !value.is_null());
    let principal = match consent.as_str() {
        Some(word) if word.eq_ignore_ascii_case("AllPrincipals") && named.is_none() => None,
        Some(word) if word.eq_ignore_ascii_case("Principal") => {
            Some(user(tenant, required(&members, "principalId", CLASS)?)?)
        }
        Some(word) if word.eq_ignore_ascii_case("AllPrincipals") => {
            return Err(invalid("principalId", CLASS));
        }
        _ => return Err(invalid("consentType", CLASS)),
    };
    let id = grant_id(client, resource, principal);
    let mut grant = DelegatedGrant::new(id, client, resource, principal, Vec::new());
    let grant = graph.write(|tenant| {
        let grants = &tenant.delegated_grants;
        if grants.between(client, resource, principal).is_some() {
            return Err(ApplicationError::GrantExists.into());
        }
        for (name, value) in &members {
            set(tenant, &mut grant, name, value)?;
        }
        tenant.put_grant(grant.clone(), &graph.note())?;
        Ok(grant)
    })?;
    let shown = ENTITY.whole_in(graph.tenant()?, &grant, graph.query.version);
    graph.created(&ENTITY, shown)
}

/// `PATCH /oauth2PermissionGrants/{id}`: its scopes are replaced.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let mut grant = resource.object::<DelegatedGrant>(0)?.clone();
    graph.write(|tenant| {
        for (name, value) in &members {
            set(tenant, &mut grant, name, value)?;
        }
        Ok(tenant.put_grant(grant, &graph.note())?)
    })?;
    Ok(no_content())
}

/// `DELETE /oauth2PermissionGrants/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = &resource.object::<DelegatedGrant>(0)?.id;
    graph.write(|tenant| {
        tenant.remove_grant(id, &graph.note());
        Ok(())
    })?;
    Ok(no_content())
}

fn set(
    tenant: &Tenant,
    grant: &mut DelegatedGrant,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    if name.eq_ignore_ascii_case("scope") {
        let text = match value {
            Value::Null => "",
            Value::String(text) => text,
            _ => return Err(invalid(name, CLASS)),
        };
        grant.scopes = text.split_whitespace().map(str::to_owned).collect();
        return Ok(());
    }
    let fixed = ["clientId", "consentType", "principalId", "resourceId"];
    let fixed = fixed.iter().find(|fixed| fixed.eq_ignore_ascii_case(name));
    let Some(fixed) = fixed else {
        return keep(&ENTITY, tenant, grant, name, value);
    };
    let now = ENTITY.whole(tenant, grant);
    let same = match (now.get(*fixed), value) {
        (Some(Value::String(now)), Value::String(value)) => now.eq_ignore_ascii_case(value),
        (now, value) => now == Some(value),
    };
    if same {
        Ok(())
    } else {
        Err(GraphError::ReadOnly {
            member: (*fixed).to_owned(),
            class: CLASS,
        })
    }
}

/// The service principal with an id that a body names.
pub(super) fn service_principal(tenant: &Tenant, value: &Value) -> Result<ObjectId, GraphError> {
    let text = value.as_str().unwrap_or_default();
    let id: Option<ObjectId> = text.parse().ok();
    let id = id.filter(|id| tenant.service_principals.contains_key(id));
    id.ok_or_else(|| GraphError::Missing(text.to_owned()))
}

fn user(tenant: &Tenant, value: &Value) -> Result<ObjectId, GraphError> {
    let text = value.as_str().unwrap_or_default();
    let id: Option<ObjectId> = text.parse().ok();
    let id = id.filter(|id| matches!(tenant.object(*id), Some(ObjectRef::User(_))));
    id.ok_or_else(|| GraphError::Missing(text.to_owned()))
}
