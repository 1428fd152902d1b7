//! `PATCH /organization/{id}`: what the tenant says of itself.

use super::super::resource::Resource;
use super::super::schema::organization::ORGANIZATION;
use super::super::{Answer, Graph};
use super::{body, keep, no_content};
use entrasim_domain::tenant::Tenant;

pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    path.object::<Tenant>(0)?;
    let members = body(graph)?;
    graph.write(|tenant| {
        let before = tenant.clone();
        for (name, value) in &members {
            keep(&ORGANIZATION, &before, tenant, name, value)?;
        }
        Ok(())
    })?;
    Ok(no_content())
}
