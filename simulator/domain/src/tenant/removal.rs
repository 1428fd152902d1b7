//! Deleting directory objects with everything that ties them to others, bringing them back, and forgetting them.

use std::sync::Arc;

use super::changes::{Note, Subject, What};
use super::deleted::{DeletedObject, Ties};
use super::error::DirectoryError;
use super::index::Folded;
use super::relations::{Link, Relation};
use crate::azure::role::covers;
use crate::directory::object::{Class, Object, ObjectRef};
use crate::directory::service_principal::ServicePrincipalKind;
use crate::directory::user::{Mail, User};
use crate::id::ObjectId;
use crate::tenant::Tenant;

type Done = Result<(), DirectoryError>;

impl Tenant {
    /// Deletes an object. It can be restored for thirty days, except a group that only takes mail, which is gone at once. A
    /// registration's service principal goes with it.
    pub fn delete(&mut self, id: ObjectId, note: &Note) -> Done {
        for expired in self.deleted.expired(note.at) {
            let _ = self.purge(expired, note);
        }
        self.delete_with(id, None, note)
    }

    fn delete_with(&mut self, id: ObjectId, with: Option<ObjectId>, note: &Note) -> Done {
        let object = self.take(id).ok_or(DirectoryError::NotFound(id))?;
        let ties = self.untie(id);
        self.record_ties(id, &ties, What::Unlinked, note);
        let companion = match &object {
            Object::Application(app) => self
                .service_principals
                .index()
                .by_app
                .get(&app.app_id)
                .copied(),
            _ => None,
        };
        if let Some(companion) = companion {
            self.delete_with(companion, Some(id), note)?;
        }
        let class = object.class();
        let is_final = matches!(&object, Object::Group(group) if group.mail_enabled && group.types().is_empty());
        let what = if is_final {
            What::Purged
        } else {
            What::SoftDeleted
        };
        self.changes
            .record(Subject::Object(class, id), what, &[], note);
        if !is_final {
            let object = self.mangled(object);
            self.deleted.insert(DeletedObject {
                object,
                at: note.at,
                with,
                ties,
            });
        }
        Ok(())
    }

    /// Brings a deleted object back, with what was deleted together with it and all ties whose other ends are there.
    pub fn restore(&mut self, id: ObjectId, note: &Note) -> Done {
        let row = self
            .deleted
            .get(id, note.at)
            .ok_or(DirectoryError::NotFound(id))?;
        let row = Arc::clone(row);
        let object = self.unmangled(row.object.clone());
        self.check_free(&object)?;
        self.deleted.take(id);
        self.put_back(object);
        self.tie(&row.ties);
        self.record_ties(id, &row.ties, What::Linked, note);
        self.changes.record(
            Subject::Object(row.object.class(), id),
            What::Restored,
            &[],
            note,
        );
        let companions: Vec<ObjectId> = self
            .deleted
            .after(None, note.at)
            .filter(|other| other.with == Some(id))
            .map(|other| other.object.id())
            .collect();
        for companion in companions {
            self.restore(companion, note)?;
        }
        Ok(())
    }

    /// Forgets a deleted object for good.
    pub fn purge(&mut self, id: ObjectId, note: &Note) -> Done {
        let row = self.deleted.take(id).ok_or(DirectoryError::NotFound(id))?;
        self.authentication.forget_user(id);
        self.token_lifetimes.assigned.remove(&id);
        self.changes.record(
            Subject::Object(row.object.class(), id),
            What::Purged,
            &[],
            note,
        );
        Ok(())
    }

    /// Takes a service principal away for good; a managed identity goes with its resource.
    pub fn remove_service_principal(&mut self, id: ObjectId) -> bool {
        let found = self.service_principals.take(id).is_some();
        if found {
            self.untie(id);
            self.token_lifetimes.assigned.remove(&id);
            let note = Note::by_service(self.changes.latest());
            let subject = Subject::Object(Class::ServicePrincipal, id);
            self.changes.record(subject, What::Purged, &[], &note);
        }
        found
    }

    /// Takes away an Azure resource or resource group with all below it, and the identities that those bear.
    pub fn remove_azure_tree(&mut self, id: &str) {
        self.azure.remove_tree(id);
        let identities: Vec<ObjectId> = self
            .service_principals
            .values()
            .filter(|principal| match &principal.kind {
                ServicePrincipalKind::ManagedIdentity { resource_id, .. } => {
                    covers(id, resource_id)
                }
                ServicePrincipalKind::Application => false,
            })
            .map(|principal| principal.id)
            .collect();
        for identity in identities {
            self.remove_service_principal(identity);
        }
    }

    fn take(&mut self, id: ObjectId) -> Option<Object> {
        let object = self.object(id)?;
        match object.class() {
            Class::AdministrativeUnit => self
                .administrative_units
                .take(id)
                .map(Object::AdministrativeUnit),
            Class::Application => self.applications.take(id).map(Object::Application),
            Class::Device => self.devices.take(id).map(Object::Device),
            Class::Group => self.groups.take(id).map(Object::Group),
            Class::ServicePrincipal => self
                .service_principals
                .take(id)
                .map(Object::ServicePrincipal),
            Class::User => self.users.remove(id).map(Object::User),
        }
    }

    fn put_back(&mut self, object: Object) {
        match object {
            Object::AdministrativeUnit(unit) => drop(self.administrative_units.put(unit)),
            Object::Application(application) => drop(self.applications.put(application)),
            Object::Device(device) => drop(self.devices.put(device)),
            Object::Group(group) => drop(self.groups.put(group)),
            Object::ServicePrincipal(principal) => drop(self.service_principals.put(principal)),
            Object::User(user) => drop(self.users.put_shared(user)),
        }
    }

    /// Whether the names that an object comes back with are free.
    fn check_free(&self, object: &Object) -> Done {
        let taken = match object {
            Object::User(user) => {
                let holder = self.users.by_local_part(&user.local_part, user.domain);
                holder.map(|_| "userPrincipalName")
            }
            Object::Application(app) => {
                let index = self.applications.index();
                let taken = |uri: &String| {
                    index
                        .identifier_uris
                        .contains_key(&Folded::from(uri.as_str()))
                };
                let uris = app.identifier_uris.iter().any(taken);
                let name = app.unique_name.as_deref().map(Folded::from);
                let name = name.is_some_and(|name| index.unique_names.contains_key(&name));
                if uris {
                    Some("identifierUris")
                } else {
                    name.then_some("uniqueName")
                }
            }
            Object::ServicePrincipal(principal) => {
                let by_app = &self.service_principals.index().by_app;
                by_app.contains_key(&principal.app_id).then_some("appId")
            }
            Object::Group(group) => {
                let names = &self.groups.index().unique_names;
                let name = group.unique_name.as_deref();
                name.is_some_and(|name| names.contains_key(&Folded::from(name)))
                    .then_some("uniqueName")
            }
            Object::AdministrativeUnit(_) | Object::Device(_) => None,
        };
        taken.map_or(Ok(()), |property| Err(DirectoryError::Conflict(property)))
    }

    /// Takes away everything that ties an object to others, and hands it back.
    fn untie(&mut self, id: ObjectId) -> Ties {
        let links = self.relations.touching(id);
        for link in &links {
            self.relations.remove(*link);
        }
        let held: Vec<_> = self.role_assignments.of_principal(id).cloned().collect();
        for assignment in &held {
            self.role_assignments.remove(assignment.id);
        }
        let app_roles = self.app_role_assignments.take_touching(id);
        let grants = self.delegated_grants.take_touching(id);
        Ties {
            links,
            roles: held,
            app_roles,
            grants,
        }
    }

    /// Other objects lose a member or an owner with this one, and get it back.
    fn record_ties(&mut self, id: ObjectId, ties: &Ties, what: What, note: &Note) {
        let told = |link: &&Link| link.to == id && link.relation != Relation::Creator;
        for link in ties.links.iter().filter(told) {
            if let Some(class) = self.object(link.from).map(ObjectRef::class) {
                self.changes
                    .record(Subject::Link(class, *link), what, &[], note);
            }
        }
        for assignment in &ties.roles {
            self.record_role(assignment, what, note);
        }
        let what = match what {
            What::Linked => What::Created,
            _ => What::Purged,
        };
        for grant in &ties.grants {
            let there = self.delegated_grants.by_id(&grant.id).is_some();
            if there == (what == What::Created) {
                let subject = Subject::Grant(grant.id.as_str().into());
                self.changes.record(subject, what, &[], note);
            }
        }
    }

    fn tie(&mut self, ties: &Ties) {
        for link in &ties.links {
            if self.object(link.from).is_some() && self.object(link.to).is_some() {
                self.relations.insert(*link);
            }
        }
        for assignment in &ties.roles {
            self.role_assignments.insert(Arc::clone(assignment));
        }
        for row in &ties.app_roles {
            if self.object(row.principal).is_some() && self.object(row.resource).is_some() {
                self.app_role_assignments.insert(Arc::clone(row));
            }
        }
        for row in &ties.grants {
            let there = |id| self.object(id).is_some();
            if there(row.client) && there(row.resource) && row.principal.is_none_or(there) {
                self.delegated_grants.insert(Arc::clone(row));
            }
        }
    }
}

/// The prefix of a deleted user's name, so that the name is free for another.
fn prefix(user: &User) -> String {
    user.id.0.simple().to_string()
}

impl Tenant {
    /// A user as it lies among the deleted items: under another name, with the address it had.
    fn mangled(&self, object: Object) -> Object {
        let Object::User(user) = object else {
            return object;
        };
        let mail = self.mail(&user);
        let mut user = User::clone(&user);
        if user.mail == Mail::PrincipalName {
            user.mail = mail.map_or(Mail::None, |mail| Mail::Other(mail.into()));
        }
        user.local_part = format!("{}{}", prefix(&user), user.local_part).into();
        Object::User(Arc::new(user))
    }

    fn unmangled(&self, object: Object) -> Object {
        let Object::User(user) = object else {
            return object;
        };
        let mut user = User::clone(&user);
        if let Some(rest) = user.local_part.strip_prefix(&prefix(&user)) {
            user.local_part = rest.into();
        }
        // Its domain may have gone meanwhile.
        if self.domains.name(user.domain).is_empty() {
            user.domain = 0;
        }
        let name = self.principal_name(&user);
        if matches!(&user.mail, Mail::Other(mail) if **mail == *name) {
            user.mail = Mail::PrincipalName;
        }
        Object::User(Arc::new(user))
    }
}
