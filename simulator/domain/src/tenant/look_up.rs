//! Finding objects through indexes: what `$filter` and `$orderby` ask for most.

use std::sync::Arc;

use super::Tenant;
use super::index::{Folded, Ids, TextIndex, ValueIndex, compare};
use super::relations::Relation;
use crate::directory::application::{Application, ExtensionProperty};
use crate::directory::group::Group;
use crate::directory::object::{Class, ObjectRef};
use crate::directory::user::Mail;
use crate::id::{AppId, ObjectId};

/// A property with an index, by its name in Graph.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Indexed {
    Id,
    AppId,
    Department,
    DeviceId,
    DisplayName,
    EmployeeId,
    GivenName,
    ImmutableId,
    JobTitle,
    Mail,
    MailNickname,
    Surname,
    UniqueName,
    UserPrincipalName,
}

/// One of the two kinds of index.
enum Index<'a> {
    Text(&'a TextIndex),
    Value(&'a ValueIndex),
}

impl Tenant {
    /// The object with this id, whatever its type.
    pub fn object(&self, id: ObjectId) -> Option<ObjectRef<'_>> {
        if let Some(user) = self.users.get(id) {
            return Some(ObjectRef::User(user));
        }
        if let Some(group) = self.groups.get(&id) {
            return Some(ObjectRef::Group(group));
        }
        if let Some(principal) = self.service_principals.get(&id) {
            return Some(ObjectRef::ServicePrincipal(principal));
        }
        if let Some(application) = self.applications.get(&id) {
            return Some(ObjectRef::Application(application));
        }
        if let Some(device) = self.devices.get(&id) {
            return Some(ObjectRef::Device(device));
        }
        let unit = self.administrative_units.get(&id)?;
        Some(ObjectRef::AdministrativeUnit(unit))
    }

    fn index(&self, class: Class, property: Indexed) -> Option<Index<'_>> {
        let users = self.users.index();
        Some(match (class, property) {
            (Class::User, Indexed::DisplayName) => Index::Text(&users.display_names),
            (Class::User, Indexed::EmployeeId) => Index::Text(&users.employee_ids),
            (Class::User, Indexed::ImmutableId) => Index::Text(&users.immutable_ids),
            (Class::User, Indexed::GivenName) => Index::Value(&users.given_names),
            (Class::User, Indexed::Surname) => Index::Value(&users.surnames),
            (Class::User, Indexed::Department) => Index::Value(&users.departments),
            (Class::User, Indexed::JobTitle) => Index::Value(&users.job_titles),
            (Class::Group, Indexed::DisplayName) => Index::Text(&self.groups.index().display_names),
            (Class::Group, Indexed::MailNickname) => {
                Index::Text(&self.groups.index().mail_nicknames)
            }
            (Class::Application, Indexed::DisplayName) => {
                Index::Text(&self.applications.index().display_names)
            }
            (Class::ServicePrincipal, Indexed::DisplayName) => {
                Index::Text(&self.service_principals.index().display_names)
            }
            (Class::Device, Indexed::DisplayName) => {
                Index::Text(&self.devices.index().display_names)
            }
            _ => return None,
        })
    }

    /// The objects after `after` whose property equals `value` (case ignored), in the order of their ids; `None` if there is
    /// no index.
    pub fn equal(
        &self,
        class: Class,
        property: Indexed,
        value: &str,
        after: Option<ObjectId>,
    ) -> Option<Ids<'_>> {
        match self.index(class, property) {
            Some(Index::Text(index)) => return Some(Box::new(index.exact(value, after))),
            Some(Index::Value(index)) => return Some(index.exact(value, after)),
            None => {}
        }
        let mut ids = match (class, property) {
            (_, Indexed::Id) => {
                let id = value.parse().ok();
                id.filter(|id| {
                    self.object(*id)
                        .is_some_and(|object| object.class() == class)
                })
                .into_iter()
                .collect()
            }
            (Class::User, Indexed::UserPrincipalName) => {
                let user = self.user_by_principal_name(value);
                user.map(|user| user.id).into_iter().collect()
            }
            (Class::User, Indexed::Mail) => self.users_by_mail(value),
            (Class::User, Indexed::MailNickname) => self.users_by_nickname(value),
            (Class::Application | Class::ServicePrincipal, Indexed::AppId) => {
                let app: Option<AppId> = value.parse().ok();
                let index = match class {
                    Class::Application => &self.applications.index().by_app,
                    _ => &self.service_principals.index().by_app,
                };
                app.and_then(|app| index.get(&app).copied())
                    .into_iter()
                    .collect()
            }
            (Class::Group | Class::Application, Indexed::UniqueName) => {
                let index = match class {
                    Class::Group => &self.groups.index().unique_names,
                    _ => &self.applications.index().unique_names,
                };
                index
                    .get(&Folded::from(value))
                    .copied()
                    .into_iter()
                    .collect()
            }
            (Class::Device, Indexed::DeviceId) => {
                let id: Option<uuid::Uuid> = value.parse().ok();
                let index = &self.devices.index().by_device;
                id.and_then(|id| index.get(&id).copied())
                    .into_iter()
                    .collect()
            }
            _ => return None,
        };
        ids.retain(|id| after.is_none_or(|after| *id > after));
        ids.sort_unstable();
        Some(Box::new(ids.into_iter()))
    }

    /// The objects whose property starts with `prefix` (case ignored), in the order of the property; `None` if there is no
    /// index.
    pub fn starting_with(&self, class: Class, property: Indexed, prefix: &str) -> Option<Ids<'_>> {
        match self.index(class, property) {
            Some(Index::Text(index)) => return Some(Box::new(index.prefix(prefix))),
            Some(Index::Value(index)) => return Some(Box::new(index.prefix(prefix))),
            None => {}
        }
        match (class, property) {
            (Class::User, Indexed::UserPrincipalName) => Some(match prefix.split_once('@') {
                None => Box::new(self.users.by_local_prefix(prefix).map(|user| user.id)),
                Some((local, domain)) => {
                    let domain = domain.to_lowercase();
                    let verified = self.domains.verified();
                    let found = verified.filter_map(|(at, known)| {
                        let fits = known.name.starts_with(&domain);
                        let user = self.users.by_local_part(local, at).filter(|_| fits)?;
                        Some(user.id)
                    });
                    Box::new(found.collect::<Vec<_>>().into_iter())
                }
            }),
            _ => None,
        }
    }

    /// Every object of a type in the order of a property, from behind one place; `None` if there is no such index. Objects
    /// without the property are not among them.
    pub fn ordered(
        &self,
        class: Class,
        property: Indexed,
        after: Option<(&str, ObjectId)>,
        descending: bool,
    ) -> Option<Ids<'_>> {
        if (class, property) == (Class::User, Indexed::UserPrincipalName) && !descending {
            let last = after.and_then(|(_, id)| self.users.get(id));
            return Some(Box::new(self.users.by_name(last.map(|user| &**user))));
        }
        match (self.index(class, property)?, descending) {
            (Index::Text(index), false) => Some(Box::new(index.ordered(after))),
            (Index::Text(index), true) => Some(Box::new(index.descending(after))),
            (Index::Value(_), _) => None,
        }
    }

    /// The registration with this `uniqueName`.
    pub fn application_by_unique_name(&self, name: &str) -> Option<&Arc<Application>> {
        let index = &self.applications.index().unique_names;
        self.applications.get(index.get(&Folded::from(name))?)
    }

    /// The extension property with this full name, `extension_{appId}_{name}`, whatever its case.
    pub fn extension_property(&self, name: &str) -> Option<&ExtensionProperty> {
        let (prefix, rest) = name.split_once('_')?;
        let (app, name) = rest.split_once('_')?;
        let app = self.application(AppId(app.parse().ok()?))?;
        let mut defined = app.extension_properties.iter();
        let found = defined.find(|known| known.name.eq_ignore_ascii_case(name));
        found.filter(|_| prefix.eq_ignore_ascii_case("extension"))
    }

    /// The groups with this alias, case ignored.
    pub fn groups_by_mail_nickname(&self, nickname: &str) -> impl Iterator<Item = &Group> {
        let found = self.groups.index().mail_nicknames.exact(nickname, None);
        found.filter_map(|id| self.groups.get(&id).map(|group| &**group))
    }

    /// Whether only administrators of a unit manage the object (`isManagementRestricted`).
    pub fn is_management_restricted(&self, id: ObjectId) -> bool {
        let mut units = self.relations.sources(Relation::UnitMember, id, None);
        units.any(|unit| {
            let unit = self.administrative_units.get(&unit);
            unit.is_some_and(|unit| unit.restricted)
        })
    }

    fn users_by_mail(&self, mail: &str) -> Vec<ObjectId> {
        let named = self
            .user_by_principal_name(mail)
            .filter(|user| user.mail == Mail::PrincipalName);
        let others = self.users.index().mails.exact(mail, None);
        others.chain(named.map(|user| user.id)).collect()
    }

    fn users_by_nickname(&self, nickname: &str) -> Vec<ObjectId> {
        let named = self.domains.verified().filter_map(|(at, _)| {
            let user = self.users.by_local_part(nickname, at)?;
            (compare(user.mail_nickname(), nickname).is_eq()).then_some(user.id)
        });
        let others = self.users.index().mail_nicknames.exact(nickname, None);
        let mut found: Vec<ObjectId> = others.chain(named).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
