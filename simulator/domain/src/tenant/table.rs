//! A table of directory objects of one type with its indexes. Outside this crate tables are read only: the commands of
//! `tenant/directory.rs` change them, so that no index and no entry of the change log is forgotten.

use core::ops::Deref;
use std::sync::Arc;

use imbl::OrdMap;

use super::index::above;
use crate::id::ObjectId;

/// What a table has to know of its objects.
pub trait Entry {
    /// The indexes over objects of this type.
    type Index: Clone + core::fmt::Debug + Default;

    fn id(&self) -> ObjectId;
    fn enter(&self, index: &mut Self::Index);
    fn leave(&self, index: &mut Self::Index);
}

/// The objects in the order of their ids; reading is that of the map.
#[derive(Clone, Debug)]
pub struct Table<T: Entry> {
    rows: OrdMap<ObjectId, Arc<T>>,
    index: T::Index,
}

impl<T: Entry> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: OrdMap::new(),
            index: T::Index::default(),
        }
    }
}

impl<T: Entry> Deref for Table<T> {
    type Target = OrdMap<ObjectId, Arc<T>>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<T: Entry> Table<T> {
    pub fn index(&self) -> &T::Index {
        &self.index
    }

    /// The objects after `last`, in the order of their ids: a page costs its page.
    pub fn after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Arc<T>> {
        self.rows.range(above(last)).map(|(_, row)| row)
    }

    /// Adds an object, or replaces the one with the same id and hands that back.
    pub(crate) fn put(&mut self, row: Arc<T>) -> Option<Arc<T>> {
        let before = self.take(row.id());
        row.enter(&mut self.index);
        self.rows.insert(row.id(), row);
        before
    }

    pub(crate) fn take(&mut self, id: ObjectId) -> Option<Arc<T>> {
        let row = self.rows.remove(&id)?;
        row.leave(&mut self.index);
        Some(row)
    }
}
