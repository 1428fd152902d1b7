//! One resource that a template would write.

use std::sync::Arc;

use entrasim_domain::azure::ResourceGroup;
use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::azure::role::RoleAssignment;

use crate::surface::arm::gate::Change;
use crate::surface::arm::resource_groups;
use crate::surface::arm::resource_id::ResourceId;
use crate::surface::arm::resources::Draft;

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
}
