//! What the tables other than that of users are indexed by.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use super::index::{Folded, TextIndex};
use super::table::Entry;
use crate::directory::administrative_unit::AdministrativeUnit;
use crate::directory::application::Application;
use crate::directory::device::Device;
use crate::directory::group::Group;
use crate::directory::service_principal::ServicePrincipal;
use crate::id::{AppId, ObjectId};

#[derive(Clone, Debug, Default)]
pub struct GroupIndex {
    pub display_names: TextIndex,
    pub mail_nicknames: TextIndex,
    pub unique_names: OrdMap<Folded, ObjectId>,
    /// Groups whose members follow from a rule.
    pub dynamic: OrdSet<ObjectId>,
    /// Groups that give licences to their members.
    pub licensed: OrdSet<ObjectId>,
}

impl Entry for Group {
    type Index = GroupIndex;

    fn id(&self) -> ObjectId {
        self.id
    }

    fn enter(&self, index: &mut GroupIndex) {
        index
            .display_names
            .insert(&shared(&self.display_name), self.id);
        index
            .mail_nicknames
            .insert(&shared(&self.mail_nickname), self.id);
        if let Some(name) = &self.unique_name {
            index.unique_names.insert(name.as_str().into(), self.id);
        }
        if self.is_dynamic() {
            index.dynamic.insert(self.id);
        }
        if !self.licences.is_empty() {
            index.licensed.insert(self.id);
        }
    }

    fn leave(&self, index: &mut GroupIndex) {
        index
            .display_names
            .remove(&shared(&self.display_name), self.id);
        index
            .mail_nicknames
            .remove(&shared(&self.mail_nickname), self.id);
        if let Some(name) = &self.unique_name {
            index.unique_names.remove(&Folded::from(name.as_str()));
        }
        index.dynamic.remove(&self.id);
        index.licensed.remove(&self.id);
    }
}

#[derive(Clone, Debug, Default)]
pub struct ApplicationIndex {
    pub display_names: TextIndex,
    pub by_app: OrdMap<AppId, ObjectId>,
    pub identifier_uris: OrdMap<Folded, ObjectId>,
    pub unique_names: OrdMap<Folded, ObjectId>,
}

impl Entry for Application {
    type Index = ApplicationIndex;

    fn id(&self) -> ObjectId {
        self.id
    }

    fn enter(&self, index: &mut ApplicationIndex) {
        index
            .display_names
            .insert(&shared(&self.display_name), self.id);
        index.by_app.insert(self.app_id, self.id);
        for uri in &self.identifier_uris {
            index.identifier_uris.insert(uri.as_str().into(), self.id);
        }
        if let Some(name) = &self.unique_name {
            index.unique_names.insert(name.as_str().into(), self.id);
        }
    }

    fn leave(&self, index: &mut ApplicationIndex) {
        index
            .display_names
            .remove(&shared(&self.display_name), self.id);
        index.by_app.remove(&self.app_id);
        for uri in &self.identifier_uris {
            index.identifier_uris.remove(&Folded::from(uri.as_str()));
        }
        if let Some(name) = &self.unique_name {
            index.unique_names.remove(&Folded::from(name.as_str()));
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ServicePrincipalIndex {
    pub display_names: TextIndex,
    pub by_app: OrdMap<AppId, ObjectId>,
    /// By the names that are its own.
    pub by_name: OrdMap<Folded, ObjectId>,
}

impl Entry for ServicePrincipal {
    type Index = ServicePrincipalIndex;

    fn id(&self) -> ObjectId {
        self.id
    }

    fn enter(&self, index: &mut ServicePrincipalIndex) {
        index
            .display_names
            .insert(&shared(&self.display_name), self.id);
        index.by_app.insert(self.app_id, self.id);
        for name in &self.names {
            index.by_name.insert(name.as_str().into(), self.id);
        }
    }

    fn leave(&self, index: &mut ServicePrincipalIndex) {
        index
            .display_names
            .remove(&shared(&self.display_name), self.id);
        index.by_app.remove(&self.app_id);
        for name in &self.names {
            index.by_name.remove(&Folded::from(name.as_str()));
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct DeviceIndex {
    pub display_names: TextIndex,
    pub by_device: OrdMap<Uuid, ObjectId>,
}

impl Entry for Device {
    type Index = DeviceIndex;

    fn id(&self) -> ObjectId {
        self.id
    }

    fn enter(&self, index: &mut DeviceIndex) {
        index
            .display_names
            .insert(&shared(&self.display_name), self.id);
        index.by_device.insert(self.device_id, self.id);
    }

    fn leave(&self, index: &mut DeviceIndex) {
        index
            .display_names
            .remove(&shared(&self.display_name), self.id);
        index.by_device.remove(&self.device_id);
    }
}

/// Units are few: their only index is their id.
impl Entry for AdministrativeUnit {
    type Index = ();

    fn id(&self) -> ObjectId {
        self.id
    }

    fn enter(&self, (): &mut ()) {}

    fn leave(&self, (): &mut ()) {}
}

fn shared(text: &str) -> Arc<str> {
    text.into()
}
