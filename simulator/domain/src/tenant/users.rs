//! The users of a tenant, found by id, by principal name, and, for guests, by the name at home.

use std::sync::Arc;

use imbl::OrdMap;

use crate::directory::user::User;
use crate::id::ObjectId;

/// The table and its indexes. Names are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Users {
    table: OrdMap<ObjectId, Arc<User>>,
    names: OrdMap<(u16, Box<str>), ObjectId>,
    home_names: OrdMap<String, ObjectId>,
}

impl Users {
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn get(&self, id: ObjectId) -> Option<&Arc<User>> {
        self.table.get(&id)
    }

    pub fn by_local_part(&self, local: &str, domain: u16) -> Option<&Arc<User>> {
        let key = (domain, local.to_lowercase().into_boxed_str());
        self.table.get(self.names.get(&key)?)
    }

    pub fn by_home_name(&self, name: &str) -> Option<&Arc<User>> {
        self.table.get(self.home_names.get(&name.to_lowercase())?)
    }

    /// All users in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<User>> {
        self.table.values()
    }

    /// The users after `last`, in the order of their ids: a page costs its page.
    pub fn after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Arc<User>> {
        use core::ops::Bound;
        let start = last.map_or(Bound::Unbounded, Bound::Excluded);
        self.table
            .range((start, Bound::Unbounded))
            .map(|(_, user)| user)
    }

    /// Adds a user, or replaces the one with the same id.
    pub fn put(&mut self, user: User) {
        self.remove(user.id);
        let key = (user.domain, user.local_part.to_lowercase().into_boxed_str());
        self.names.insert(key, user.id);
        if let Some(home) = &user.home {
            self.home_names
                .insert(home.principal_name.to_lowercase(), user.id);
        }
        self.table.insert(user.id, Arc::new(user));
    }

    pub fn remove(&mut self, id: ObjectId) -> Option<Arc<User>> {
        let user = self.table.remove(&id)?;
        self.names
            .remove(&(user.domain, user.local_part.to_lowercase().into_boxed_str()));
        if let Some(home) = &user.home {
            self.home_names.remove(&home.principal_name.to_lowercase());
        }
        Some(user)
    }
}
