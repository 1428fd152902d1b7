//! A directory object of any type.

use std::sync::Arc;

use super::administrative_unit::AdministrativeUnit;
use super::application::Application;
use super::device::Device;
use super::group::Group;
use super::service_principal::ServicePrincipal;
use super::user::User;
use crate::id::ObjectId;

/// The type of a directory object.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    AdministrativeUnit,
    Application,
    Device,
    Group,
    ServicePrincipal,
    User,
}

/// An object that is shared with a table.
#[derive(Clone, Debug)]
pub enum Object {
    AdministrativeUnit(Arc<AdministrativeUnit>),
    Application(Arc<Application>),
    Device(Arc<Device>),
    Group(Arc<Group>),
    ServicePrincipal(Arc<ServicePrincipal>),
    User(Arc<User>),
}

/// A borrowed object.
#[derive(Clone, Copy, Debug)]
pub enum ObjectRef<'a> {
    AdministrativeUnit(&'a AdministrativeUnit),
    Application(&'a Application),
    Device(&'a Device),
    Group(&'a Group),
    ServicePrincipal(&'a ServicePrincipal),
    User(&'a User),
}

impl Object {
    pub fn id(&self) -> ObjectId {
        self.borrow().id()
    }

    pub fn class(&self) -> Class {
        self.borrow().class()
    }

    pub fn borrow(&self) -> ObjectRef<'_> {
        match self {
            Self::AdministrativeUnit(object) => ObjectRef::AdministrativeUnit(object),
            Self::Application(object) => ObjectRef::Application(object),
            Self::Device(object) => ObjectRef::Device(object),
            Self::Group(object) => ObjectRef::Group(object),
            Self::ServicePrincipal(object) => ObjectRef::ServicePrincipal(object),
            Self::User(object) => ObjectRef::User(object),
        }
    }
}

impl ObjectRef<'_> {
    pub fn id(self) -> ObjectId {
        match self {
            Self::AdministrativeUnit(object) => object.id,
            Self::Application(object) => object.id,
            Self::Device(object) => object.id,
            Self::Group(object) => object.id,
            Self::ServicePrincipal(object) => object.id,
            Self::User(object) => object.id,
        }
    }

    pub fn class(self) -> Class {
        match self {
            Self::AdministrativeUnit(_) => Class::AdministrativeUnit,
            Self::Application(_) => Class::Application,
            Self::Device(_) => Class::Device,
            Self::Group(_) => Class::Group,
            Self::ServicePrincipal(_) => Class::ServicePrincipal,
            Self::User(_) => Class::User,
        }
    }
}
