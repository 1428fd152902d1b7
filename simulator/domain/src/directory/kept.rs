//! Properties that nothing here acts on: kept as they were written, so that who writes them reads them again.

use std::collections::BTreeMap;

use serde_json::Value;

/// Values by the names of the properties in Graph; what is null or absent is not kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Kept(BTreeMap<&'static str, Value>);

/// An object that keeps properties.
pub trait Keeps {
    fn kept(&self) -> &Kept;
    fn kept_mut(&mut self) -> &mut Kept;
}

impl Kept {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A value that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The members of a value that is a list of texts.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let list = self.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    pub fn set(&mut self, name: &'static str, value: Value) {
        match value {
            Value::Null => self.0.remove(name),
            value => self.0.insert(name, value),
        };
    }

    /// The names of what differs.
    pub fn differences(&self, before: &Self) -> Vec<&'static str> {
        let (new, old) = (&self.0, &before.0);
        let gone = old.keys().filter(|name| !new.contains_key(**name));
        let changed = new
            .iter()
            .filter(|(name, value)| old.get(**name) != Some(value))
            .map(|(name, _)| name);
        gone.chain(changed).copied().collect()
    }
}

macro_rules! keeps {
    ($($type:ty),+ $(,)?) => {$(
        impl Keeps for $type {
            fn kept(&self) -> &Kept {
                &self.kept
            }

            fn kept_mut(&mut self) -> &mut Kept {
                &mut self.kept
            }
        }
    )+};
}

keeps!(
    super::administrative_unit::AdministrativeUnit,
    super::application::Application,
    super::device::Device,
    super::domain::Domain,
    super::domain::Federation,
    super::group::Group,
    super::permission_grant::DelegatedGrant,
    super::service_principal::ServicePrincipal,
);

impl Keeps for crate::tenant::Tenant {
    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn kept_mut(&mut self) -> &mut Kept {
        &mut self.kept
    }
}

impl Keeps for super::user::User {
    fn kept(&self) -> &Kept {
        &self.profile().kept
    }

    fn kept_mut(&mut self) -> &mut Kept {
        &mut self.profile_mut().kept
    }
}
