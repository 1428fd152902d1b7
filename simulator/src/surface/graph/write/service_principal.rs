//! Service principals: create from an app id, change, delete.

use entrasim_domain::catalogue;
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::id::{AppId, ObjectId};
use entrasim_domain::random::Random;
use entrasim_domain::seed::MICROSOFT_SERVICES;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::path::Key;
use super::super::permission::{self, Whose};
use super::super::read;
use super::super::schema::service_principal::SERVICE_PRINCIPAL;
use super::super::{Answer, Graph};
use super::{body, boolean, keep, no_content, text, texts};

const CLASS: &str = "ServicePrincipal";

/// Whether the registration behind an app id is the caller's.
fn owns(graph: &Graph<'_, '_>, tenant: &Tenant, app: AppId) -> Whose {
    let owned = tenant
        .application(app)
        .is_some_and(|application| super::application::owns(graph, tenant, application.id));
    Whose::of(owned)
}

/// `POST /servicePrincipals`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let tenant = graph.tenant()?;
    let members = body(graph)?;
    let app = app_id(&members);
    let whose = app
        .as_ref()
        .map_or(Whose::Other, |app| owns(graph, tenant, *app));
    permission::WRITE_SERVICE_PRINCIPAL.check(&graph.caller, tenant, whose)?;
    let app = app?;
    let id = ObjectId(graph.call.draw(Random::guid));
    let principal = graph.write(|tenant| {
        if tenant.service_principal(app).is_some() {
            return Err(GraphError::ServicePrincipalExists(app.to_string()));
        }
        let (display_name, app_owner) =
            match (tenant.application(app), catalogue::first_party_app(app)) {
                (Some(application), _) => (application.display_name.clone(), tenant.id),
                (None, Some(first_party)) => (first_party.name.clone(), MICROSOFT_SERVICES),
                (None, None) => return Err(GraphError::NoBackingApplication(app.to_string())),
            };
        let mut principal =
            ServicePrincipal::new(id, app, display_name, app_owner, graph.call.now());
        for (name, value) in &members {
            set(tenant, &mut principal, name, value)?;
        }
        tenant.put_service_principal(principal.clone(), &graph.note())?;
        Ok(principal)
    })?;
    graph.created(
        &SERVICE_PRINCIPAL,
        SERVICE_PRINCIPAL.whole(graph.tenant()?, &principal),
    )
}

fn app_id(members: &Map<String, Value>) -> Result<AppId, GraphError> {
    let value = members
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("appId"))
        .and_then(|(_, value)| value.as_str())
        .ok_or(GraphError::Required {
            member: "appId",
            class: CLASS,
        })?;
    value
        .parse()
        .map_err(|_| GraphError::NoBackingApplication(value.to_owned()))
}

fn allowed(graph: &Graph<'_, '_>, key: &Key) -> Result<ObjectId, GraphError> {
    let tenant = graph.tenant()?;
    let found = read::find(&SERVICE_PRINCIPAL, tenant, key);
    let whose = found.as_ref().map_or(Whose::Other, |principal| {
        owns(graph, tenant, principal.app_id)
    });
    permission::WRITE_SERVICE_PRINCIPAL.check(&graph.caller, tenant, whose)?;
    Ok(found?.id)
}

/// `PATCH /servicePrincipals/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let members = body(graph)?;
    let id = allowed(graph, key)?;
    graph.write(|tenant| {
        let principal = tenant
            .service_principals
            .get(&id)
            .ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut principal = (**principal).clone();
        for (name, value) in &members {
            set(tenant, &mut principal, name, value)?;
        }
        tenant.put_service_principal(principal, &graph.note())?;
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /servicePrincipals/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let id = allowed(graph, key)?;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

fn set(
    tenant: &Tenant,
    principal: &mut ServicePrincipal,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    match name.to_ascii_lowercase().as_str() {
        "accountenabled" => principal.account_enabled = boolean(value, name, CLASS)?,
        "approleassignmentrequired" => principal.assignment_required = boolean(value, name, CLASS)?,
        "displayname" => principal.display_name = text(value, name, CLASS, 256)?,
        "tags" => principal.tags = texts(value, name, CLASS)?,
        _ => keep(&SERVICE_PRINCIPAL, tenant, principal, name, value)?,
    }
    Ok(())
}
