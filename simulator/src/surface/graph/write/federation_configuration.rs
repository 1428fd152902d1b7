//! `/domains/{id}/federationConfiguration`: one for each domain, which it makes a federated one.

use std::sync::Arc;

use entrasim_domain::directory::domain::{Domain, Federation};
use entrasim_domain::directory::kept::Kept;
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::Value;

use super::super::error::domain::DomainError;
use super::super::resource::Resource;
use super::super::schema::federation_configuration::FEDERATION_CONFIGURATION as ENTITY;
use super::super::{Answer, Graph};
use super::domain::current;
use super::{body, keep, no_content, required};
use crate::surface::graph::schema::Projected;

const CLASS: &str = "InternalDomainFederation";

/// `POST /domains/{id}/federationConfiguration`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let domain = path.object::<Domain>(0)?;
    let members = body(graph)?;
    for name in ["issuerUri", "passiveSignInUri", "signingCertificate"] {
        required(&members, name, CLASS)?;
    }
    let mut federation = Federation {
        id: graph.call.draw(Random::guid),
        kept: Kept::default(),
    };
    let name = &domain.name;
    let federation = graph.write(|tenant| {
        let mut domain = current(tenant, name)?;
        if !domain.verified {
            return Err(DomainError::Unverified(name.clone()).into());
        }
        let default = tenant.domains.default() == *name || tenant.initial_domain() == name;
        if default {
            return Err(DomainError::Needed(name.clone()).into());
        }
        if domain.federation.is_some() {
            return Err(DomainError::Federated(name.clone()).into());
        }
        for (member, value) in &members {
            keep(&ENTITY, tenant, &mut federation, member, value)?;
        }
        let federation = Arc::new(federation);
        domain.federation = Some(Arc::clone(&federation));
        tenant.put_domain(domain);
        Ok(federation)
    })?;
    let id = federation.id.to_string();
    let location = graph.contained_url(domain.row(), "federationConfiguration", &id);
    let reply = shown(graph, name, &federation, StatusCode::CREATED)?;
    Ok(reply.header("location", &location))
}

/// `PATCH /domains/{id}/federationConfiguration/{id}`, answered with the whole configuration.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    let mut federation = path.object::<Federation>(1)?.clone();
    let members = body(graph)?;
    let federation = graph.write(|tenant| {
        let mut domain = current(tenant, name)?;
        for (member, value) in &members {
            keep(&ENTITY, tenant, &mut federation, member, value)?;
        }
        let federation = Arc::new(federation);
        domain.federation = Some(Arc::clone(&federation));
        tenant.put_domain(domain);
        Ok(federation)
    })?;
    shown(graph, name, &federation, StatusCode::OK)
}

/// `DELETE /domains/{id}/federationConfiguration/{id}`: the domain is a managed one again.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    path.object::<Federation>(1)?;
    graph.write(|tenant| {
        let mut domain = current(tenant, name)?;
        domain.federation = None;
        tenant.put_domain(domain);
        Ok(())
    })?;
    Ok(no_content())
}

fn shown(
    graph: &Graph<'_, '_>,
    domain: &str,
    federation: &Federation,
    status: StatusCode,
) -> Answer {
    let fragment = format!("domains('{domain}')/federationConfiguration/$entity");
    let shown = ENTITY.whole_in(graph.tenant()?, federation, graph.query.version);
    let reply = graph.document(status, &fragment, Value::Object(shown));
    Ok(reply.header("x-ms-resource-unit", "1"))
}
