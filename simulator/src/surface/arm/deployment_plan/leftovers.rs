//! What is in a resource group and not in a template.

use std::sync::Arc;

use entrasim_domain::azure::Resource;
use entrasim_domain::azure::role::covers;
use entrasim_domain::tenant::Tenant;

use super::Declared;
use crate::surface::arm::resource_list::is_tracked;

/// The resources of a group that a deployment in mode Complete takes away, and that one in mode Incremental passes by. Only
/// tracked resources count, and no children: those go with their parents (Microsoft Learn, deletion of Azure resources for
/// complete mode deployments).
pub(in crate::surface::arm) fn of(
    tenant: &Tenant,
    group: &str,
    declared: &[Declared],
) -> Vec<Arc<Resource>> {
    let is_declared = |resource: &Resource| {
        declared.iter().any(|declared| {
            let id = declared.planned.resource_id();
            id.eq_ignore_ascii_case(&resource.id)
        })
    };
    tenant
        .azure
        .resources
        .values()
        .filter(|resource| covers(group, &resource.id))
        .filter(|resource| is_tracked(resource) && !is_child(resource) && !is_declared(resource))
        .cloned()
        .collect()
}

/// `Microsoft.Sql/servers/databases`
fn is_child(resource: &Resource) -> bool {
    resource.resource_type.matches('/').count() > 1
}
