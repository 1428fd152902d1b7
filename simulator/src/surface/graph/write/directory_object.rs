//! `DELETE /directoryObjects/{id}`: whatever it is.

use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::id::ObjectId;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::{Answer, Graph};
use super::{group, no_content, user};

/// What has rules of its own is deleted by them.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    resource.target()?;
    let key = resource.key(0);
    let id: ObjectId = key
        .parse()
        .map_err(|_| GraphError::Missing(key.to_owned()))?;
    match tenant.object(id) {
        Some(ObjectRef::User(_)) => user::delete(graph, resource),
        Some(ObjectRef::Group(_)) => group::delete(graph, resource),
        _ => {
            graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
            Ok(no_content())
        }
    }
}
