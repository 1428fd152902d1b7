//! Service principals: create from an app id, change, delete.

use entrasim_domain::catalogue;
use entrasim_domain::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use entrasim_domain::id::{AppId, ObjectId};
use entrasim_domain::random::Random;
use entrasim_domain::seed::MICROSOFT_SERVICES;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::permission;
use super::super::resource::Resource;
use super::super::schema::application::password_credential;
use super::super::schema::service_principal::{SERVICE_PRINCIPAL, names};
use super::super::{Answer, Graph};
use super::credentialed::{certificates, change, secrets};
use super::{body, boolean, keep, no_content, reference, text, texts};

const CLASS: &str = "ServicePrincipal";

/// `POST /servicePrincipals`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let mut members = body(graph)?;
    make(graph, &mut members, None)
}

fn make(graph: &Graph<'_, '_>, members: &mut Map<String, Value>, named: Option<AppId>) -> Answer {
    let app = match named {
        Some(app) => app,
        None => app_id(members)?,
    };
    let mut owners = reference::bound(graph.tenant()?, members, "owners", CLASS)?;
    // An app owns what it makes (Microsoft Graph permissions reference, `Application.ReadWrite.OwnedBy`).
    if owners.is_empty() && !permission::is_person(&graph.caller) {
        owners.push(graph.caller.object_id);
    }
    let id = ObjectId(graph.call.draw(Random::guid));
    let principal = graph.write(|tenant| {
        if tenant.service_principal(app).is_some() {
            return Err(GraphError::ServicePrincipalExists(app.to_string()));
        }
        let (display_name, app_owner) = origin(graph, tenant, app)?;
        let mut principal =
            ServicePrincipal::new(id, app, display_name, app_owner, graph.call.now());
        principal.created_by = Some(graph.caller.app_id);
        for (name, value) in members.iter() {
            set(graph, tenant, &mut principal, name, value)?;
        }
        let note = graph.note();
        tenant.put_service_principal(principal.clone(), &note)?;
        for owner in owners {
            tenant.link(Relation::Owner, id, owner, &note)?;
        }
        Ok(principal)
    })?;
    let version = graph.query.version;
    let mut shown = SERVICE_PRINCIPAL.whole_in(graph.tenant()?, &principal, version);
    let secrets = principal.secrets.iter();
    let secrets: Vec<Value> = secrets.map(|one| password_credential(one, true)).collect();
    shown.insert("passwordCredentials".to_owned(), Value::Array(secrets));
    graph.created(&SERVICE_PRINCIPAL, shown)
}

/// The name of an app and the tenant that registered it: this one, Microsoft, or another one that lets it out.
fn origin(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    app: AppId,
) -> Result<(String, entrasim_domain::id::TenantId), GraphError> {
    if let Some(application) = tenant.application(app) {
        return Ok((application.display_name.clone(), tenant.id));
    }
    if let Some(first_party) = catalogue::first_party_app(app) {
        return Ok((first_party.name.clone(), MICROSOFT_SERVICES));
    }
    let mut others = graph.call.app.store.list().into_iter();
    let found = others.find_map(|cell| {
        let home = cell.read();
        let application = home.application(app)?;
        let is_out = application.sign_in_audience
            != entrasim_domain::directory::application::SignInAudience::AzureADMyOrg;
        is_out.then(|| (application.display_name.clone(), home.id))
    });
    found.ok_or_else(|| GraphError::NoBackingApplication(app.to_string()))
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

/// `PATCH /servicePrincipals/{id}`; with `Prefer: create-if-missing` and an `appId` that has none, it is made (Microsoft Graph
/// reference, "Upsert servicePrincipal").
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let mut members = match body(graph) {
        Err(GraphError::EmptyBody) if graph.prefers("create-if-missing") => Map::new(),
        body => body?,
    };
    let first = path.first();
    if let Some(first) = first.filter(|first| first.row.is_none())
        && graph.prefers("create-if-missing")
        && let Ok(app) = first.key.parse()
    {
        return make(graph, &mut members, Some(app));
    }
    change(graph, path, |tenant, principal: &mut ServicePrincipal| {
        for (name, value) in &members {
            set(graph, tenant, principal, name, value)?;
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /servicePrincipals/{id}`: a managed identity goes with its resource only.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let principal = path.object::<ServicePrincipal>(0)?;
    if let ServicePrincipalKind::ManagedIdentity { .. } = principal.kind {
        return Err(ApplicationError::ManagedIdentity.into());
    }
    let id = principal.id;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

fn set(
    graph: &Graph<'_, '_>,
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
        "alternativenames" if principal.kind == ServicePrincipalKind::Application => {
            principal.alternative_names = texts(value, name, CLASS)?;
        }
        "keycredentials" => {
            principal.certificates = certificates(graph, &principal.certificates, value)?;
        }
        "passwordcredentials" => principal.secrets = secrets(graph, &principal.secrets, value)?,
        "replyurls" => {
            let urls = texts(value, "replyUrls", CLASS)?;
            principal.kept.set("replyUrls", urls.into());
        }
        "serviceprincipalnames" => {
            let mut all = texts(value, name, CLASS)?;
            principal.names.clear();
            let derived = names(tenant, principal);
            all.retain(|name| !derived.iter().any(|known| known.eq_ignore_ascii_case(name)));
            principal.names = all;
        }
        _ => keep(&SERVICE_PRINCIPAL, tenant, principal, name, value)?,
    }
    Ok(())
}
