//! Directory objects that came, changed, went, came back or were forgotten.

use std::sync::Arc;

use super::super::activity::{self, Activity};
use super::super::{Actor, Change, Initiator, State, Target};
use super::{Comparison, changed};
use crate::directory::application::Application;
use crate::directory::group::{Group, GroupKind};
use crate::directory::object::{Class, Object, ObjectRef};
use crate::directory::service_principal::ServicePrincipal;
use crate::directory::user::UserType;
use crate::id::ObjectId;
use crate::tenant::Tenant;

/// What the service calls itself where it forgets what was deleted long ago (assumed).
const LIFECYCLE: Actor = Actor::Service("Microsoft Entra ID");

/// The activities of a class of objects.
struct Names {
    add: &'static Activity,
    delete: &'static Activity,
    restore: &'static Activity,
    hard_delete: &'static Activity,
}

fn names(class: Class) -> Names {
    let of = |add, delete, restore, hard_delete| Names {
        add,
        delete,
        restore,
        hard_delete,
    };
    match class {
        Class::AdministrativeUnit => of(
            &activity::ADD_UNIT,
            &activity::DELETE_UNIT,
            &activity::RESTORE_UNIT,
            &activity::HARD_DELETE_UNIT,
        ),
        Class::Application => of(
            &activity::ADD_APPLICATION,
            &activity::DELETE_APPLICATION,
            &activity::RESTORE_APPLICATION,
            &activity::HARD_DELETE_APPLICATION,
        ),
        // Devices are gone at once: there is nothing to restore.
        Class::Device => of(
            &activity::ADD_DEVICE,
            &activity::DELETE_DEVICE,
            &activity::ADD_DEVICE,
            &activity::DELETE_DEVICE,
        ),
        Class::Group => of(
            &activity::ADD_GROUP,
            &activity::DELETE_GROUP,
            &activity::RESTORE_GROUP,
            &activity::HARD_DELETE_GROUP,
        ),
        Class::ServicePrincipal => of(
            &activity::ADD_PRINCIPAL,
            &activity::REMOVE_PRINCIPAL,
            &activity::RESTORE_PRINCIPAL,
            &activity::HARD_DELETE_PRINCIPAL,
        ),
        Class::User => of(
            &activity::ADD_USER,
            &activity::DELETE_USER,
            &activity::RESTORE_USER,
            &activity::HARD_DELETE_USER,
        ),
    }
}

/// An object as the log names it.
pub(super) fn target(tenant: &Tenant, object: ObjectRef<'_>) -> Target {
    let id = object.id().to_string();
    match object {
        ObjectRef::AdministrativeUnit(unit) => {
            Target::new("AdministrativeUnit", &id, &unit.display_name)
        }
        ObjectRef::Application(application) => {
            Target::new("Application", &id, &application.display_name)
        }
        ObjectRef::Device(device) => Target::new("Device", &id, &device.display_name),
        ObjectRef::Group(group) => Target {
            group_type: Some(match group.kind {
                GroupKind::Unified => "unifiedGroups",
                GroupKind::Plain => "azureAD",
            }),
            ..Target::new("Group", &id, &group.display_name)
        },
        ObjectRef::ServicePrincipal(principal) => {
            Target::new("ServicePrincipal", &id, &principal.display_name)
        }
        ObjectRef::User(user) => Target {
            principal_name: Some(tenant.principal_name(user)),
            user_type: Some(match user.user_type {
                UserType::Member => "Member",
                UserType::Guest => "Guest",
            }),
            ..Target::new("User", &id, &user.display_name)
        },
    }
}

impl Comparison<'_> {
    pub(super) fn objects(&self) {
        let (before, after) = (self.before, self.after);
        for (old, new) in changed(&before.groups, &after.groups) {
            match (old, new) {
                (Some(old), Some(new)) => self.group(old, new),
                (old, new) => self.came_or_went(old.or(new).cloned().map(Object::Group)),
            }
        }
        for (old, new) in changed(&before.applications, &after.applications) {
            match (old, new) {
                (Some(old), Some(new)) => self.application(old, new),
                (old, new) => self.came_or_went(old.or(new).cloned().map(Object::Application)),
            }
        }
        for (old, new) in changed(&before.service_principals, &after.service_principals) {
            match (old, new) {
                (Some(old), Some(new)) => self.service_principal(old, new),
                (old, new) => {
                    self.came_or_went(old.or(new).cloned().map(Object::ServicePrincipal));
                }
            }
        }
        for (old, new) in changed(&before.devices, &after.devices) {
            match (old, new) {
                (Some(old), Some(new)) => self.update(
                    &activity::UPDATE_DEVICE,
                    Object::Device(Arc::clone(old)),
                    Object::Device(Arc::clone(new)),
                ),
                (old, new) => self.came_or_went(old.or(new).cloned().map(Object::Device)),
            }
        }
        for (old, new) in changed(&before.administrative_units, &after.administrative_units) {
            match (old, new) {
                (Some(old), Some(new)) => self.update(
                    &activity::UPDATE_UNIT,
                    Object::AdministrativeUnit(Arc::clone(old)),
                    Object::AdministrativeUnit(Arc::clone(new)),
                ),
                (old, new) => {
                    self.came_or_went(old.or(new).cloned().map(Object::AdministrativeUnit));
                }
            }
        }
        self.forgotten();
    }

    /// An object that is in one of the two states only.
    pub(super) fn came_or_went(&self, object: Option<Object>) {
        let Some(object) = object else { return };
        let id = object.id();
        let names = names(object.class());
        let targets = vec![self.target(object.borrow())];
        if self.after.object(id).is_none() {
            let change = Change::states(Some(State::Object(object)), None);
            self.enter(names.delete, targets, change);
        } else if self.before.deleted.kept(id).is_some() {
            self.enter(names.restore, targets, Change::Named(Vec::new()));
        } else {
            let is_invited = match object.borrow() {
                ObjectRef::User(user) => user.home.is_some(),
                _ => false,
            };
            if is_invited {
                let change = Change::Named(Vec::new());
                self.enter(&activity::INVITE_USER, targets.clone(), change);
            }
            let change = Change::states(None, Some(State::Object(object)));
            self.enter(names.add, targets, change);
        }
    }

    pub(super) fn update(&self, activity: &'static Activity, old: Object, new: Object) {
        let targets = vec![self.target(new.borrow())];
        let change = Change::states(Some(State::Object(old)), Some(State::Object(new)));
        self.enter(activity, targets, change);
    }

    fn group(&self, old: &Arc<Group>, new: &Arc<Group>) {
        let object = |group: &Arc<Group>| Object::Group(Arc::clone(group));
        if old.licences != new.licences {
            self.update(&activity::SET_GROUP_LICENSE, object(old), object(new));
        }
        let rest = Group {
            licences: new.licences.clone(),
            ..Group::clone(old)
        };
        if rest != **new {
            self.update(&activity::UPDATE_GROUP, object(old), object(new));
        }
    }

    fn application(&self, old: &Arc<Application>, new: &Arc<Application>) {
        let object = |application: &Arc<Application>| Object::Application(Arc::clone(application));
        if old.secrets != new.secrets || old.certificates != new.certificates {
            let activity = &activity::UPDATE_APPLICATION_SECRETS;
            self.update(activity, object(old), object(new));
        }
        let rest = Application {
            secrets: new.secrets.clone(),
            certificates: new.certificates.clone(),
            ..Application::clone(old)
        };
        if rest != **new {
            self.update(&activity::UPDATE_APPLICATION, object(old), object(new));
        }
    }

    fn service_principal(&self, old: &Arc<ServicePrincipal>, new: &Arc<ServicePrincipal>) {
        let object =
            |principal: &Arc<ServicePrincipal>| Object::ServicePrincipal(Arc::clone(principal));
        if old.secrets != new.secrets || old.certificates != new.certificates {
            let count = |row: &ServicePrincipal| row.secrets.len() + row.certificates.len();
            let activity = if count(new) < count(old) {
                &activity::REMOVE_PRINCIPAL_CREDENTIALS
            } else {
                &activity::ADD_PRINCIPAL_CREDENTIALS
            };
            self.update(activity, object(old), object(new));
        }
        let rest = ServicePrincipal {
            secrets: new.secrets.clone(),
            certificates: new.certificates.clone(),
            ..ServicePrincipal::clone(old)
        };
        if rest != **new {
            self.update(&activity::UPDATE_PRINCIPAL, object(old), object(new));
        }
    }

    /// Deleted objects that are gone for good now: by somebody, or because their time is over.
    fn forgotten(&self) {
        let old: Vec<_> = self.before.deleted.gone_in(&self.after.deleted).collect();
        for gone in old {
            let id = gone.object.id();
            if self.after.object(id).is_some() {
                continue;
            }
            let initiator = if gone.is_over(self.occasion.at) {
                &Arc::new(Initiator {
                    actor: LIFECYCLE,
                    ip: None,
                    agent: None,
                })
            } else {
                &self.occasion.initiator
            };
            let activity = names(gone.object.class()).hard_delete;
            let targets = vec![target(self.before, gone.object.borrow())];
            let change = Change::states(Some(State::Object(gone.object.clone())), None);
            self.enter_by(initiator, activity, "", targets, change);
        }
    }

    pub(super) fn target(&self, object: ObjectRef<'_>) -> Target {
        target(self.after, object)
    }

    /// The object with this id as the log names it, wherever it still is.
    pub(super) fn target_of(&self, id: ObjectId) -> Target {
        let tenants = [self.after, self.before];
        let object = tenants.into_iter().find_map(|tenant| {
            let object = tenant.object(id);
            object.map(|object| target(tenant, object))
        });
        object.unwrap_or_else(|| Target {
            display_name: None,
            ..Target::new("Other", &id.to_string(), "")
        })
    }
}
