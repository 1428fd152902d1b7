//! Deleted policies and named locations, kept for thirty days by the tenant's clock. What is older is not there, whenever it is
//! really forgotten.

use std::sync::Arc;

use imbl::OrdMap;
use uuid::Uuid;

use super::ConditionalAccess;
use crate::policy::conditional_access::ConditionalAccessPolicy;
use crate::policy::named_location::NamedLocation;
use crate::tenant::deleted::KEPT;
use crate::time::Timestamp;

/// What was deleted, and when.
#[derive(Clone, Debug)]
pub struct DeletedRow<T> {
    pub row: Arc<T>,
    /// `deletedDateTime`
    pub at: Timestamp,
}

/// Deleted things of one kind.
#[derive(Clone, Debug)]
pub struct DeletedRows<T>(OrdMap<Uuid, DeletedRow<T>>);

impl<T> Default for DeletedRows<T> {
    fn default() -> Self {
        Self(OrdMap::new())
    }
}

impl<T> DeletedRow<T> {
    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.at + KEPT
    }
}

impl<T: Clone> DeletedRows<T> {
    pub fn get(&self, id: Uuid, now: Timestamp) -> Option<&DeletedRow<T>> {
        self.0.get(&id).filter(|row| !row.is_over(now))
    }

    /// As `get`, for a caller that looks at the time itself.
    pub fn kept(&self, id: Uuid) -> Option<&DeletedRow<T>> {
        self.0.get(&id)
    }

    /// All of them, for a caller that looks at the time itself.
    pub fn all(&self) -> impl Iterator<Item = &DeletedRow<T>> {
        self.0.values()
    }

    /// What is forgotten in a later state before its time: thrown away, or restored.
    pub(crate) fn gone_in<'d>(
        &'d self,
        later: &'d Self,
        now: Timestamp,
    ) -> impl Iterator<Item = &'d Arc<T>> {
        let gone = move |(id, row): &(&Uuid, &DeletedRow<T>)| {
            !row.is_over(now) && !later.0.contains_key(*id)
        };
        self.0.iter().filter(gone).map(|(_, deleted)| &deleted.row)
    }

    fn insert(&mut self, id: Uuid, row: Arc<T>, now: Timestamp) {
        let over = self.0.iter().filter(|(_, row)| row.is_over(now));
        for id in over.map(|(id, _)| *id).collect::<Vec<Uuid>>() {
            self.0.remove(&id);
        }
        self.0.insert(id, DeletedRow { row, at: now });
    }

    /// Takes one out: to restore it, or to forget it.
    pub fn take(&mut self, id: Uuid, now: Timestamp) -> Option<Arc<T>> {
        self.get(id, now)?;
        self.0.remove(&id).map(|deleted| deleted.row)
    }
}

/// What was deleted of Conditional Access.
#[derive(Clone, Debug, Default)]
pub struct DeletedConditionalAccess {
    pub policies: DeletedRows<ConditionalAccessPolicy>,
    pub named_locations: DeletedRows<NamedLocation>,
}

impl ConditionalAccess {
    /// Deletes a policy; `false` if there is none.
    pub fn delete_policy(&mut self, id: Uuid, now: Timestamp) -> bool {
        let policy = self.policies.remove(&id);
        if let Some(policy) = &policy {
            self.deleted.policies.insert(id, Arc::clone(policy), now);
        }
        policy.is_some()
    }

    /// Deletes a named location; `false` if there is none.
    pub fn delete_named_location(&mut self, id: Uuid, now: Timestamp) -> bool {
        let location = self.named_locations.remove(&id);
        if let Some(location) = &location {
            let locations = &mut self.deleted.named_locations;
            locations.insert(id, Arc::clone(location), now);
        }
        location.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deleted_policy_is_there_for_thirty_days() {
        let at = Timestamp::from_unix_seconds(1_750_000_000);
        let (before, after) = (at + KEPT - core::time::Duration::from_millis(1), at + KEPT);
        let id = Uuid::from_u128(1);
        let mut all = ConditionalAccess::default();
        assert!(!all.delete_policy(id, at));
        let policy = Arc::new(ConditionalAccessPolicy::new(id, "x", at));
        all.policies.insert(id, policy);
        assert!(all.delete_policy(id, at));
        assert!(all.policies.is_empty());
        assert!(all.deleted.policies.get(id, before).is_some());
        assert!(all.deleted.policies.get(id, after).is_none());
        assert!(all.deleted.policies.take(id, after).is_none());
        assert!(all.deleted.policies.take(id, before).is_some());
        assert!(all.deleted.policies.take(id, before).is_none());
    }
}
