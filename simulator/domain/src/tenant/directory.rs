//! The commands that change the directory. They keep names unique, links whole and the change log complete, and know no
//! permissions.

use std::sync::Arc;

use super::Tenant;
use super::changes::{Note, Subject, What};
use super::differences::Differences;
use super::error::DirectoryError;
use super::index::Folded;
use super::relations::{Link, Relation};
use super::table::{Entry, Table};
use crate::directory::administrative_unit::AdministrativeUnit;
use crate::directory::application::Application;
use crate::directory::device::Device;
use crate::directory::group::{Group, GroupKind};
use crate::directory::object::Class;
use crate::directory::role::{DirectoryRoleAssignment, RoleScope};
use crate::directory::service_principal::ServicePrincipal;
use crate::directory::user::User;
use crate::id::{ObjectId, RoleTemplateId};
use uuid::Uuid;

type Done = Result<(), DirectoryError>;

fn put<T: Entry + Differences>(table: &mut Table<T>, row: T) -> (Arc<T>, Option<Arc<T>>) {
    let row = Arc::new(row);
    let before = table.put(Arc::clone(&row));
    (row, before)
}

impl Tenant {
    /// Adds or replaces a user.
    pub fn put_user(&mut self, user: User, note: &Note) -> Done {
        let holder = self.users.by_local_part(&user.local_part, user.domain);
        if holder.is_some_and(|holder| holder.id != user.id) {
            return Err(DirectoryError::Conflict("userPrincipalName"));
        }
        let user = Arc::new(user);
        let before = self.users.put_shared(Arc::clone(&user));
        self.record_put(Class::User, user.id, before.as_deref(), &*user, note);
        Ok(())
    }

    /// Adds or replaces a group.
    pub fn put_group(&mut self, group: Group, note: &Note) -> Done {
        if let Some(name) = &group.unique_name {
            let holder = self
                .groups
                .index()
                .unique_names
                .get(&Folded::from(name.as_str()));
            if holder.is_some_and(|holder| *holder != group.id) {
                return Err(DirectoryError::Conflict("uniqueName"));
            }
        }
        let (row, before) = put(&mut self.groups, group);
        self.record_put(Class::Group, row.id, before.as_deref(), &*row, note);
        Ok(())
    }

    /// Adds or replaces a registration.
    pub fn put_application(&mut self, application: Application, note: &Note) -> Done {
        let index = self.applications.index();
        let id = application.id;
        if index
            .by_app
            .get(&application.app_id)
            .is_some_and(|holder| *holder != id)
        {
            return Err(DirectoryError::Conflict("appId"));
        }
        for uri in &application.identifier_uris {
            let holder = index.identifier_uris.get(&Folded::from(uri.as_str()));
            if holder.is_some_and(|holder| *holder != id) {
                return Err(DirectoryError::Conflict("identifierUris"));
            }
        }
        if let Some(name) = &application.unique_name {
            let holder = index.unique_names.get(&Folded::from(name.as_str()));
            if holder.is_some_and(|holder| *holder != id) {
                return Err(DirectoryError::Conflict("uniqueName"));
            }
        }
        let (row, before) = put(&mut self.applications, application);
        self.record_put(Class::Application, id, before.as_deref(), &*row, note);
        if let Some(before) = before {
            self.drop_roles(&before, &row);
        }
        Ok(())
    }

    /// Adds or replaces a service principal.
    pub fn put_service_principal(&mut self, principal: ServicePrincipal, note: &Note) -> Done {
        let index = self.service_principals.index();
        let id = principal.id;
        if index
            .by_app
            .get(&principal.app_id)
            .is_some_and(|holder| *holder != id)
        {
            return Err(DirectoryError::Conflict("appId"));
        }
        for name in &principal.names {
            let holder = index.by_name.get(&Folded::from(name.as_str()));
            if holder.is_some_and(|holder| *holder != id) {
                return Err(DirectoryError::Conflict("servicePrincipalNames"));
            }
        }
        let (row, before) = put(&mut self.service_principals, principal);
        self.record_put(Class::ServicePrincipal, id, before.as_deref(), &*row, note);
        Ok(())
    }

    /// Adds or replaces a device.
    pub fn put_device(&mut self, device: Device, note: &Note) -> Done {
        let holder = self.devices.index().by_device.get(&device.device_id);
        if holder.is_some_and(|holder| *holder != device.id) {
            return Err(DirectoryError::Conflict("deviceId"));
        }
        let (row, before) = put(&mut self.devices, device);
        self.record_put(Class::Device, row.id, before.as_deref(), &*row, note);
        Ok(())
    }

    /// Adds or replaces an administrative unit.
    pub fn put_administrative_unit(&mut self, unit: AdministrativeUnit, note: &Note) -> Done {
        let (row, before) = put(&mut self.administrative_units, unit);
        self.record_put(
            Class::AdministrativeUnit,
            row.id,
            before.as_deref(),
            &*row,
            note,
        );
        Ok(())
    }

    fn record_put<T: Differences>(
        &mut self,
        class: Class,
        id: ObjectId,
        before: Option<&T>,
        after: &T,
        note: &Note,
    ) {
        let subject = Subject::Object(class, id);
        match before {
            None => {
                let creator = note.actor.filter(|actor| self.users.get(*actor).is_some());
                if let Some(to) = creator {
                    self.relations.insert(Link {
                        relation: Relation::Creator,
                        from: id,
                        to,
                    });
                }
                self.changes.record(subject, What::Created, &[], note);
            }
            Some(before) => {
                let names = after.differences(before);
                if !names.is_empty() {
                    self.changes.record(subject, What::Changed, &names, note);
                }
            }
        }
    }

    /// Links two objects. A single-valued relation gives up the link it had.
    pub fn link(&mut self, relation: Relation, from: ObjectId, to: ObjectId, note: &Note) -> Done {
        let class = self.may_link(relation, from, to)?;
        let link = Link { relation, from, to };
        if self.relations.has(relation, from, to) {
            return Err(DirectoryError::AlreadyLinked(relation.navigation()));
        }
        if relation.is_single() {
            let before: Vec<ObjectId> = self.relations.targets(relation, from, None).collect();
            for to in before {
                self.unlink(relation, from, to, note)?;
            }
        }
        self.relations.insert(link);
        self.changes
            .record(Subject::Link(class, link), What::Linked, &[], note);
        Ok(())
    }

    /// Takes a link away.
    pub fn unlink(
        &mut self,
        relation: Relation,
        from: ObjectId,
        to: ObjectId,
        note: &Note,
    ) -> Done {
        let object = self.object(from).ok_or(DirectoryError::NotFound(from))?;
        let class = object.class();
        let link = Link { relation, from, to };
        if !self.relations.remove(link) {
            return Err(DirectoryError::NotLinked);
        }
        self.changes
            .record(Subject::Link(class, link), What::Unlinked, &[], note);
        Ok(())
    }

    fn may_link(
        &self,
        relation: Relation,
        from: ObjectId,
        to: ObjectId,
    ) -> Result<Class, DirectoryError> {
        let source = self
            .object(from)
            .ok_or(DirectoryError::NotFound(from))?
            .class();
        let target = self.object(to).ok_or(DirectoryError::NotFound(to))?.class();
        let fits = match relation {
            Relation::Member => {
                source == Class::Group
                    && target != Class::Application
                    && target != Class::AdministrativeUnit
            }
            Relation::Owner => {
                matches!(
                    source,
                    Class::Group | Class::Application | Class::ServicePrincipal
                ) && matches!(target, Class::User | Class::ServicePrincipal)
            }
            Relation::Manager => source == Class::User && target == Class::User,
            Relation::Sponsor => {
                source == Class::User && matches!(target, Class::User | Class::Group)
            }
            Relation::UnitMember => {
                source == Class::AdministrativeUnit
                    && matches!(target, Class::User | Class::Group | Class::Device)
            }
            Relation::RegisteredOwner | Relation::RegisteredUser => {
                source == Class::Device && target == Class::User
            }
            Relation::Creator => target == Class::User,
        };
        if !fits {
            return Err(DirectoryError::WrongType(relation.navigation()));
        }
        if from == to {
            return Err(DirectoryError::Itself(relation.navigation()));
        }
        if let (Relation::Member, Some(group)) = (relation, self.groups.get(&from)) {
            if group.is_dynamic() {
                return Err(DirectoryError::DynamicGroup);
            }
            // People only (Microsoft Learn, "Add members").
            if group.kind == GroupKind::Unified && target != Class::User {
                return Err(DirectoryError::WrongType(relation.navigation()));
            }
            if group.assignable_to_role && target == Class::Group {
                return Err(DirectoryError::NestedInRoleAssignable);
            }
        }
        Ok(source)
    }

    /// Gives a directory role.
    pub fn assign_role(&mut self, assignment: DirectoryRoleAssignment, note: &Note) -> Done {
        let twin = self
            .role_assignments
            .of_principal(assignment.principal)
            .any(|held| {
                held.role == assignment.role
                    && held.scope == assignment.scope
                    && held.id != assignment.id
            });
        if twin {
            return Err(DirectoryError::AlreadyLinked("members"));
        }
        self.record_role(&assignment, What::Linked, note);
        self.activated_roles.insert(assignment.role);
        self.role_assignments.insert(Arc::new(assignment));
        Ok(())
    }

    /// Takes a role assignment away.
    pub fn unassign_role(
        &mut self,
        id: Uuid,
        note: &Note,
    ) -> Result<Arc<DirectoryRoleAssignment>, DirectoryError> {
        let gone = self
            .role_assignments
            .remove(id)
            .ok_or(DirectoryError::NotLinked)?;
        self.record_role(&gone, What::Unlinked, note);
        Ok(gone)
    }

    /// Lists a role under `directoryRoles`; `false` if it is there.
    pub fn activate_role(&mut self, role: RoleTemplateId) -> bool {
        let is_new = !self.is_activated(role);
        self.activated_roles.insert(role);
        is_new
    }

    pub(super) fn record_role(
        &mut self,
        assignment: &DirectoryRoleAssignment,
        what: What,
        note: &Note,
    ) {
        if assignment.scope == RoleScope::Directory {
            let subject = Subject::RoleMember(assignment.role, assignment.principal);
            self.changes.record(subject, what, &[], note);
        }
    }
}
