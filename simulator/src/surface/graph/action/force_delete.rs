//! `POST /domains/{id}/forceDelete`: what bears the domain's name moves to the initial domain, and the domain goes. The real
//! service does it in the background (Microsoft Graph reference: up to 1000 references).

use entrasim_domain::directory::domain::Domain;
use serde_json::Map;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::error::domain::DomainError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::domain::remove;
use crate::surface::graph::write::{body, boolean, no_content};
use crate::surface::graph::{Answer, Graph};

const MOST: usize = 1000;

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    let members = match body(graph) {
        Err(GraphError::EmptyBody) => Map::new(),
        body => body?,
    };
    let disable = match members.get("disableUserAccounts") {
        Some(value) if !value.is_null() => boolean(value, "disableUserAccounts", "Domain")?,
        _ => true,
    };
    graph.write(|tenant| {
        if tenant.domain_references(name, None).len() > MOST {
            return Err(DomainError::TooManyReferences.into());
        }
        let needed = tenant.initial_domain() == name || tenant.domains.default() == *name;
        if needed {
            return Err(DomainError::Needed(name.clone()).into());
        }
        tenant.rename_to_initial(name, disable, &graph.note())?;
        remove(tenant, name)
    })?;
    Ok(no_content())
}
