//! `/policies/crossTenantAccessPolicy`: the default configuration and those of partners.

use std::sync::Arc;

use entrasim_domain::directory::kept::Kept;
use entrasim_domain::id::TenantId;
use entrasim_domain::policy::cross_tenant_access::Partner;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::policy::cross_tenant_access::{
    show_default, show_partner, write_default, write_partner,
};
use super::super::resource::{Resource, Tail};
use super::super::{Answer, Graph};
use super::authentication_method_configuration::refuse_options;
use super::{body, invalid, no_content};
use crate::wire::Reply;

const CLASS: &str = "CrossTenantAccessPolicy";
const DEFAULT: &str = "policies/crossTenantAccessPolicy/default";
const PARTNERS: &str = "policies/crossTenantAccessPolicy/partners";

/// `GET …/default`
pub(in crate::surface::graph) fn read_default(graph: &Graph<'_, '_>) -> Answer {
    refuse_options(graph, "crossTenantAccessPolicyConfigurationDefault")?;
    let access = &graph.tenant()?.cross_tenant_access;
    let value = Value::Object(show_default(access, graph.query.version));
    Ok(graph.document(StatusCode::OK, &format!("{DEFAULT}/$entity"), value))
}

/// `PATCH …/default`
pub(in crate::surface::graph) fn update_default(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    graph.write(|tenant| write_default(&mut tenant.cross_tenant_access, &members))?;
    Ok(no_content())
}

/// `POST …/default/resetToSystemDefault`
pub(in crate::surface::graph) fn reset_default(graph: &Graph<'_, '_>) -> Answer {
    graph.write(|tenant| {
        tenant.cross_tenant_access.reset();
        Ok(())
    })?;
    Ok(no_content())
}

/// `GET …/partners`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    refuse_options(graph, "crossTenantAccessPolicyConfigurationPartner")?;
    let partners = graph.tenant()?.cross_tenant_access.partners.values();
    if resource.tail == Tail::Count {
        let count = partners.count().to_string();
        let reply = Reply::with_body(StatusCode::OK, "text/plain", count);
        return Ok(reply.header("odata-version", "4.0"));
    }
    let version = graph.query.version;
    let rows: Vec<Value> = partners
        .map(|partner| Value::Object(show_partner(partner, version)))
        .collect();
    Ok(graph.document(StatusCode::OK, PARTNERS, json!({"value": rows})))
}

fn id(key: &str) -> Result<TenantId, GraphError> {
    key.parse().map_err(|_| missing(key))
}

fn missing(key: &str) -> GraphError {
    GraphError::Missing(key.to_owned())
}

/// `GET …/partners/{id}`: by the id of the tenant.
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, key: &str) -> Answer {
    refuse_options(graph, "crossTenantAccessPolicyConfigurationPartner")?;
    let partners = &graph.tenant()?.cross_tenant_access.partners;
    let partner = partners.get(&id(key)?).ok_or_else(|| missing(key))?;
    Ok(shown(graph, StatusCode::OK, partner))
}

fn shown(graph: &Graph<'_, '_>, status: StatusCode, partner: &Partner) -> Reply {
    let value = Value::Object(show_partner(partner, graph.query.version));
    graph.document(status, &format!("{PARTNERS}/$entity"), value)
}

/// `POST …/partners`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    const ID: &str = "tenantId";
    let mut members = body(graph)?;
    let tenant = members.remove(ID).ok_or(GraphError::Required {
        member: ID,
        class: CLASS,
    })?;
    let tenant: Option<TenantId> = tenant.as_str().and_then(|id| id.parse().ok());
    let mut partner = Partner {
        tenant: tenant.ok_or_else(|| invalid(ID, CLASS))?,
        trust: None,
        kept: Kept::default(),
    };
    write_partner(&mut partner, &members)?;
    let partner = Arc::new(partner);
    graph.write(|tenant| {
        let partners = &mut tenant.cross_tenant_access.partners;
        if partners.contains_key(&partner.tenant) {
            return Err(GraphError::Conflicting);
        }
        partners.insert(partner.tenant, Arc::clone(&partner));
        Ok(())
    })?;
    let reply = shown(graph, StatusCode::CREATED, &partner);
    let origin = graph.call.request.origin();
    let version = graph.query.version.as_str();
    let place = format!("{origin}/{version}/{PARTNERS}/{}", partner.tenant);
    Ok(reply.header("location", &place))
}

/// `PATCH …/partners/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let members = body(graph)?;
    graph.write(|tenant| {
        let partners = &mut tenant.cross_tenant_access.partners;
        let known = partners.get(&id(key)?).ok_or_else(|| missing(key))?;
        let mut partner = Partner::clone(known);
        write_partner(&mut partner, &members)?;
        partners.insert(partner.tenant, Arc::new(partner));
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE …/partners/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &str) -> Answer {
    graph.write(|tenant| {
        let partners = &mut tenant.cross_tenant_access.partners;
        let gone = partners.remove(&id(key)?);
        gone.map(|_| ()).ok_or_else(|| missing(key))
    })?;
    Ok(no_content())
}
