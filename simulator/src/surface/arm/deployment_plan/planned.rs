//! One resource that a template would write.

use std::sync::Arc;

use entrasim_domain::azure::ResourceGroup;
use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::azure::role::RoleAssignment;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value};

use crate::surface::arm::gate::Change;
use crate::surface::arm::resource_id::ResourceId;
use crate::surface::arm::resources::Draft;
use crate::surface::arm::{policy_assignments, resource_groups, resources, role_assignments};

/// A resource with what its template says of it.
pub(in crate::surface::arm) struct Declared {
    pub(in crate::surface::arm) planned: Planned,
    pub(in crate::surface::arm) api_version: Option<String>,
    /// As the template has it, resolved, without what only the deployment reads.
    pub(in crate::surface::arm) body: Map<String, Value>,
}

/// What it is, read and checked.
pub(in crate::surface::arm) enum Planned {
    Group(ResourceGroup),
    Role {
        id: ResourceId,
        assignment: Arc<RoleAssignment>,
    },
    Policy(Arc<MfaAssignment>),
    Other(Draft),
}

impl Planned {
    pub(in crate::surface::arm) fn resource_id(&self) -> String {
        match self {
            Self::Group(group) => resource_groups::id_of(group),
            Self::Role { id, .. } => id.text(),
            Self::Policy(assignment) => assignment.resource_id.clone(),
            Self::Other(draft) => draft.id.text(),
        }
    }

    pub(in crate::surface::arm) fn change(&self) -> Change {
        let assignment = |kind: &str| {
            let action = format!("Microsoft.Authorization/{kind}/write");
            Change::write(&action, &self.resource_id(), None)
        };
        match self {
            Self::Group(group) => resource_groups::change(group),
            Self::Role { .. } => assignment("roleAssignments"),
            Self::Policy(_) => assignment("policyAssignments"),
            Self::Other(draft) => draft.change(),
        }
    }

    /// The resource as it is in a tenant, if it is there.
    pub(in crate::surface::arm) fn shown_in(&self, tenant: &Tenant) -> Option<Value> {
        let azure = &tenant.azure;
        let key = self.resource_id().to_lowercase();
        match self {
            Self::Group(_) => azure
                .resource_groups
                .get(&key)
                .map(|group| resource_groups::resource(group)),
            Self::Role { id, assignment } => azure
                .role_assignments
                .get(&assignment.name)
                .map(|known| role_assignments::resource(known, id.subscription.as_deref())),
            Self::Policy(_) => azure
                .policy_assignments
                .get(&key)
                .map(|known| policy_assignments::resource(known)),
            Self::Other(_) => azure
                .resources
                .get(&key)
                .map(|known| resources::resource(known)),
        }
    }

    /// Its type and its name, as a template has them.
    pub(in crate::surface::arm) fn type_and_name(&self) -> (String, String) {
        match self {
            Self::Group(group) => (
                "Microsoft.Resources/resourceGroups".to_owned(),
                group.name.clone(),
            ),
            Self::Role { assignment, .. } => (
                "Microsoft.Authorization/roleAssignments".to_owned(),
                assignment.name.to_string(),
            ),
            Self::Policy(assignment) => (
                "Microsoft.Authorization/policyAssignments".to_owned(),
                assignment.name.clone(),
            ),
            Self::Other(draft) => (
                draft.provider.resource_type(),
                draft.provider.names.join("/"),
            ),
        }
    }
}
