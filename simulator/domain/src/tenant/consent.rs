//! Delegated grants and app role assignments, found by their ends: a token costs what its client and its user hold, not
//! what the tenant has.

use core::ops::{Bound, Deref};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use super::Tenant;
use super::changes::{Note, Subject, What};
use super::error::DirectoryError;
use super::index::{FIRST, LAST};
use crate::directory::application::Application;
use crate::directory::permission_grant::{AppRoleAssignment, DelegatedGrant, place};
use crate::id::{ObjectId, PermissionId};

/// The pairs that begin with `first`, after one of them.
fn seconds(
    set: &OrdSet<(ObjectId, ObjectId)>,
    first: ObjectId,
    after: Option<ObjectId>,
) -> impl Iterator<Item = &ObjectId> {
    let low = match after {
        Some(last) => Bound::Excluded((first, last)),
        None => Bound::Included((first, FIRST)),
    };
    set.range((low, Bound::Included((first, LAST))))
        .map(|(_, second)| second)
}

/// The delegated grants. Reading is that of a map by the grants' places, the numbers that follow from their ids.
#[derive(Clone, Debug, Default)]
pub struct DelegatedGrants {
    rows: OrdMap<ObjectId, Arc<DelegatedGrant>>,
    by_client: OrdSet<(ObjectId, ObjectId)>,
    by_resource: OrdSet<(ObjectId, ObjectId)>,
    by_principal: OrdSet<(ObjectId, ObjectId)>,
}

impl Deref for DelegatedGrants {
    type Target = OrdMap<ObjectId, Arc<DelegatedGrant>>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl DelegatedGrants {
    pub fn by_id(&self, id: &str) -> Option<&Arc<DelegatedGrant>> {
        self.rows.get(&place(id)).filter(|grant| grant.id == id)
    }

    /// The grants of a client, after one of them, in the order of their places.
    pub fn of_client(
        &self,
        client: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = &Arc<DelegatedGrant>> {
        seconds(&self.by_client, client, after).filter_map(|at| self.rows.get(at))
    }

    /// The grants for a user alone.
    pub fn of_principal(
        &self,
        principal: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = &Arc<DelegatedGrant>> {
        seconds(&self.by_principal, principal, after).filter_map(|at| self.rows.get(at))
    }

    /// The one grant of a client to a resource, for a user or for everybody.
    pub fn between(
        &self,
        client: ObjectId,
        resource: ObjectId,
        principal: Option<ObjectId>,
    ) -> Option<&Arc<DelegatedGrant>> {
        let mut all = self.of_client(client, None);
        all.find(|grant| grant.resource == resource && grant.principal == principal)
    }

    /// Those that an object is an end of.
    fn touching(&self, id: ObjectId) -> Vec<Arc<DelegatedGrant>> {
        let sets = [&self.by_client, &self.by_resource, &self.by_principal];
        let mut places: Vec<ObjectId> = sets
            .into_iter()
            .flat_map(|set| seconds(set, id, None))
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        let found = places.iter().filter_map(|at| self.rows.get(at));
        found.cloned().collect()
    }

    pub(crate) fn insert(&mut self, grant: Arc<DelegatedGrant>) -> Option<Arc<DelegatedGrant>> {
        let before = self.remove(&grant.id);
        let at = grant.place();
        self.by_client.insert((grant.client, at));
        self.by_resource.insert((grant.resource, at));
        if let Some(principal) = grant.principal {
            self.by_principal.insert((principal, at));
        }
        self.rows.insert(at, grant);
        before
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Arc<DelegatedGrant>> {
        let at = place(id);
        let grant = self.rows.remove(&at)?;
        self.by_client.remove(&(grant.client, at));
        self.by_resource.remove(&(grant.resource, at));
        if let Some(principal) = grant.principal {
            self.by_principal.remove(&(principal, at));
        }
        Some(grant)
    }

    pub(crate) fn take_touching(&mut self, id: ObjectId) -> Vec<Arc<DelegatedGrant>> {
        let going = self.touching(id);
        for grant in &going {
            self.remove(&grant.id);
        }
        going
    }
}

/// The app role assignments; reading is that of the map by id.
#[derive(Clone, Debug, Default)]
pub struct AppRoleAssignments {
    rows: OrdMap<Uuid, Arc<AppRoleAssignment>>,
    by_principal: OrdSet<(ObjectId, ObjectId)>,
    by_resource: OrdSet<(ObjectId, ObjectId)>,
}

impl Deref for AppRoleAssignments {
    type Target = OrdMap<Uuid, Arc<AppRoleAssignment>>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl AppRoleAssignments {
    /// What a principal itself holds, after one of them, in the order of their ids.
    pub fn of_principal(
        &self,
        principal: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = &Arc<AppRoleAssignment>> {
        seconds(&self.by_principal, principal, after).filter_map(|id| self.rows.get(&id.0))
    }

    /// What is held of a resource, after one of them, in the order of their ids.
    pub fn of_resource(
        &self,
        resource: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = &Arc<AppRoleAssignment>> {
        seconds(&self.by_resource, resource, after).filter_map(|id| self.rows.get(&id.0))
    }

    pub(crate) fn insert(&mut self, row: Arc<AppRoleAssignment>) {
        self.remove(row.id);
        self.by_principal.insert((row.principal, ObjectId(row.id)));
        self.by_resource.insert((row.resource, ObjectId(row.id)));
        self.rows.insert(row.id, row);
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Arc<AppRoleAssignment>> {
        let row = self.rows.remove(&id)?;
        self.by_principal.remove(&(row.principal, ObjectId(id)));
        self.by_resource.remove(&(row.resource, ObjectId(id)));
        Some(row)
    }

    pub(crate) fn take_touching(&mut self, id: ObjectId) -> Vec<Arc<AppRoleAssignment>> {
        let held = self.of_principal(id, None);
        let mut going: Vec<_> = held.chain(self.of_resource(id, None)).cloned().collect();
        going.sort_unstable_by_key(|row| row.id);
        going.dedup_by_key(|row| row.id);
        for row in &going {
            self.remove(row.id);
        }
        going
    }
}

impl Tenant {
    /// Adds or replaces a delegated grant. There is one for each client, resource and user (or everybody).
    pub fn put_grant(&mut self, grant: DelegatedGrant, note: &Note) -> Result<(), DirectoryError> {
        let twin = self
            .delegated_grants
            .between(grant.client, grant.resource, grant.principal);
        if twin.is_some_and(|twin| twin.id != grant.id) {
            return Err(DirectoryError::Conflict("id"));
        }
        let subject = Subject::Grant(grant.id.as_str().into());
        let grant = Arc::new(grant);
        let before = self.delegated_grants.insert(Arc::clone(&grant));
        let what = match before {
            None => What::Created,
            Some(before) if before == grant => return Ok(()),
            Some(_) => What::Changed,
        };
        let names: &[&'static str] = match what {
            What::Changed => &["scope"],
            _ => &[],
        };
        self.changes.record(subject, what, names, note);
        Ok(())
    }

    /// Takes a delegated grant away.
    pub fn remove_grant(&mut self, id: &str, note: &Note) -> Option<Arc<DelegatedGrant>> {
        let gone = self.delegated_grants.remove(id)?;
        self.changes
            .record(Subject::Grant(id.into()), What::Purged, &[], note);
        Some(gone)
    }

    /// Adds an app role assignment; nobody holds the same role of the same resource twice.
    pub fn put_app_role_assignment(
        &mut self,
        assignment: AppRoleAssignment,
    ) -> Result<(), DirectoryError> {
        let twin = self
            .app_role_assignments
            .of_principal(assignment.principal, None)
            .any(|held| {
                held.resource == assignment.resource
                    && held.role == assignment.role
                    && held.id != assignment.id
            });
        if twin {
            return Err(DirectoryError::Conflict("appRoleId"));
        }
        self.app_role_assignments.insert(Arc::new(assignment));
        Ok(())
    }

    /// Takes an app role assignment away.
    pub fn remove_app_role_assignment(&mut self, id: Uuid) -> Option<Arc<AppRoleAssignment>> {
        self.app_role_assignments.remove(id)
    }

    /// Assignments of roles that a registration no longer has go with the roles.
    pub(super) fn drop_roles(&mut self, before: &Application, after: &Application) {
        let gone = before
            .app_roles
            .iter()
            .map(|role| role.id)
            .filter(|id| !after.app_roles.iter().any(|role| role.id == *id));
        let gone: Vec<PermissionId> = gone.collect();
        let principal = self.service_principal(after.app_id).map(|known| known.id);
        let (Some(principal), false) = (principal, gone.is_empty()) else {
            return;
        };
        let held = self.app_role_assignments.of_resource(principal, None);
        let going: Vec<Uuid> = held
            .filter(|held| gone.contains(&held.role))
            .map(|held| held.id)
            .collect();
        for id in going {
            self.app_role_assignments.remove(id);
        }
    }

    /// What counts for a principal at a resource: what it holds itself, and what groups hold that it is a direct member of
    /// (Microsoft Learn, "Assign users and groups to an application": nested memberships do not count).
    pub fn app_roles_at(
        &self,
        principal: ObjectId,
        resource: ObjectId,
    ) -> impl Iterator<Item = &Arc<AppRoleAssignment>> {
        let holders = core::iter::once(principal).chain(self.direct_groups_of(principal));
        holders
            .flat_map(|holder| self.app_role_assignments.of_principal(holder, None))
            .filter(move |held| held.resource == resource)
    }
}
