//! Who holds which directory role, found by holder and by role.

use core::ops::{Bound, Deref};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use super::Tenant;
use super::relations::Relation;
use crate::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use crate::id::{ObjectId, RoleTemplateId};

/// The assignments; reading is that of the map by id.
#[derive(Clone, Debug, Default)]
pub struct RoleAssignments {
    rows: OrdMap<Uuid, Arc<DirectoryRoleAssignment>>,
    by_principal: OrdSet<(ObjectId, Uuid)>,
    by_role: OrdSet<(RoleTemplateId, Uuid)>,
}

impl Deref for RoleAssignments {
    type Target = OrdMap<Uuid, Arc<DirectoryRoleAssignment>>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

fn second<T: Ord + Copy>(set: &OrdSet<(T, Uuid)>, first: T) -> impl Iterator<Item = &Uuid> {
    let low = Bound::Included((first, Uuid::nil()));
    let high = Bound::Included((first, Uuid::max()));
    set.range((low, high)).map(|(_, id)| id)
}

impl RoleAssignments {
    /// The assignments of a principal, without those of its groups.
    pub fn of_principal(
        &self,
        principal: ObjectId,
    ) -> impl Iterator<Item = &Arc<DirectoryRoleAssignment>> {
        second(&self.by_principal, principal).filter_map(|id| self.rows.get(id))
    }

    /// The assignments of a role.
    pub fn of_role(
        &self,
        role: RoleTemplateId,
    ) -> impl Iterator<Item = &Arc<DirectoryRoleAssignment>> {
        second(&self.by_role, role).filter_map(|id| self.rows.get(id))
    }

    /// The roles that somebody holds.
    pub fn roles(&self) -> Vec<RoleTemplateId> {
        let mut roles: Vec<RoleTemplateId> = self.by_role.iter().map(|(role, _)| *role).collect();
        roles.dedup();
        roles
    }

    pub(crate) fn insert(&mut self, row: Arc<DirectoryRoleAssignment>) {
        self.remove(row.id);
        self.by_principal.insert((row.principal, row.id));
        self.by_role.insert((row.role, row.id));
        self.rows.insert(row.id, row);
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Arc<DirectoryRoleAssignment>> {
        let row = self.rows.remove(&id)?;
        self.by_principal.remove(&(row.principal, id));
        self.by_role.remove(&(row.role, id));
        Some(row)
    }
}

impl Tenant {
    /// The directory roles that a principal holds for the whole directory, itself or through a role-assignable group, in
    /// the order of their ids.
    pub fn roles_of(&self, principal: ObjectId) -> Vec<RoleTemplateId> {
        let mut roles: Vec<RoleTemplateId> = self
            .role_assignments_of(principal)
            .filter(|assignment| assignment.scope == RoleScope::Directory)
            .map(|assignment| assignment.role)
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// The role assignments that count for a principal, of whatever scope: its own, and those of role-assignable groups
    /// it is a direct member of (nesting does not count for these).
    pub fn role_assignments_of(
        &self,
        principal: ObjectId,
    ) -> impl Iterator<Item = &Arc<DirectoryRoleAssignment>> {
        let groups = self
            .relations
            .sources(Relation::Member, principal, None)
            .filter(|group| {
                let group = self.groups.get(group);
                group.is_some_and(|group| group.assignable_to_role)
            });
        core::iter::once(principal)
            .chain(groups)
            .flat_map(|holder| self.role_assignments.of_principal(holder))
    }

    /// Whether a role was activated: it is listed under `directoryRoles`. Global Administrator always is.
    pub fn is_activated(&self, role: RoleTemplateId) -> bool {
        role == GLOBAL_ADMINISTRATOR
            || self.activated_roles.contains(&role)
            || self.role_assignments.of_role(role).next().is_some()
    }
}
