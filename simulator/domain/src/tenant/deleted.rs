//! Deleted objects, kept for thirty days by the tenant's clock with all that tied them to others.

use core::time::Duration;
use std::sync::Arc;

use imbl::OrdMap;

use super::index::above;
use super::relations::{Link, Relation};
use crate::directory::object::Object;
use crate::directory::permission_grant::{AppRoleAssignment, DelegatedGrant};
use crate::directory::role::DirectoryRoleAssignment;
use crate::id::ObjectId;
use crate::time::Timestamp;

/// How long a deleted object can be restored (Microsoft Learn, "directory resource type").
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// One deleted object.
#[derive(Clone, Debug)]
pub struct DeletedObject {
    pub object: Object,
    /// `deletedDateTime`
    pub at: Timestamp,
    /// Deleted together with it, and restored together: an application's service principal.
    pub with: Option<ObjectId>,
    pub(crate) ties: Ties,
}

/// What ties an object to others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ties {
    pub(crate) links: Vec<Link>,
    pub(crate) roles: Vec<Arc<DirectoryRoleAssignment>>,
    pub(crate) app_roles: Vec<Arc<AppRoleAssignment>>,
    pub(crate) grants: Vec<Arc<DelegatedGrant>>,
}

impl DeletedObject {
    /// Whether it is too late to restore it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.at + KEPT
    }

    /// Whether a link led from it to another object when it was deleted.
    pub fn had(&self, relation: Relation, to: ObjectId) -> bool {
        let mut links = self.ties.links.iter();
        links.any(|link| link.relation == relation && link.to == to)
    }
}

/// The deleted objects. What is older than thirty days is not there, whenever it is really forgotten.
#[derive(Clone, Debug, Default)]
pub struct Deleted(OrdMap<ObjectId, Arc<DeletedObject>>);

impl Deleted {
    pub fn get(&self, id: ObjectId, now: Timestamp) -> Option<&Arc<DeletedObject>> {
        self.0.get(&id).filter(|row| !row.is_over(now))
    }

    /// The objects after `last`, in the order of their ids.
    pub fn after(
        &self,
        last: Option<ObjectId>,
        now: Timestamp,
    ) -> impl Iterator<Item = &Arc<DeletedObject>> {
        self.0
            .range(above(last))
            .map(|(_, row)| row)
            .filter(move |row| !row.is_over(now))
    }

    /// As `get`, for a caller that looks at the time itself.
    pub fn kept(&self, id: ObjectId) -> Option<&Arc<DeletedObject>> {
        self.0.get(&id)
    }

    /// As `after`, for a caller that looks at the time itself.
    pub fn all_after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Arc<DeletedObject>> {
        self.0.range(above(last)).map(|(_, row)| row)
    }

    /// When an object was deleted, if it still is.
    /// The objects of these that are not among the later ones.
    pub(crate) fn gone_in<'d>(
        &'d self,
        later: &'d Self,
    ) -> impl Iterator<Item = &'d Arc<DeletedObject>> {
        let same = self.0.ptr_eq(&later.0);
        let rows = (!same).then(|| self.0.values()).into_iter().flatten();
        rows.filter(|row| !later.0.contains_key(&row.object.id()))
    }

    pub fn when(&self, id: ObjectId) -> Option<Timestamp> {
        self.0.get(&id).map(|row| row.at)
    }

    pub(crate) fn insert(&mut self, row: DeletedObject) {
        self.0.insert(row.object.id(), Arc::new(row));
    }

    pub(crate) fn take(&mut self, id: ObjectId) -> Option<Arc<DeletedObject>> {
        self.0.remove(&id)
    }

    /// Those whose thirty days are over.
    pub(crate) fn expired(&self, now: Timestamp) -> Vec<ObjectId> {
        let rows = self.0.iter();
        rows.filter(|(_, row)| row.is_over(now))
            .map(|(id, _)| *id)
            .collect()
    }
}
