//! `POST /domains/{id}/promote`: a verified subdomain becomes a root domain with settings of its own.

use entrasim_domain::directory::domain::Domain;
use serde_json::json;

use crate::surface::graph::error::domain::DomainError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::domain::current;
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    graph.write(|tenant| {
        let mut domain = current(tenant, name)?;
        if !domain.verified || !domain.below_root {
            return Err(DomainError::NotSubdomain(name.clone()).into());
        }
        domain.below_root = false;
        tenant.put_domain(domain);
        Ok(())
    })?;
    Ok(graph.action_result("Edm.Boolean", json!({"value": true})))
}
