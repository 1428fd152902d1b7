//! Who is in which group, also through other groups.

use std::collections::BTreeSet;

use super::Tenant;
use super::relations::Relation;
use crate::id::ObjectId;

impl Tenant {
    /// The groups that a principal is directly in, in the order of their ids.
    pub fn direct_groups_of(&self, principal: ObjectId) -> Vec<ObjectId> {
        let assigned = self.relations.sources(Relation::Member, principal, None);
        let mut groups: Vec<ObjectId> = assigned.chain(self.dynamic_groups_of(principal)).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// The ids by which the authentication methods policy can mean a user: their own, and those of their groups.
    pub fn targets_of(&self, user: ObjectId) -> Vec<ObjectId> {
        let mut ids = self.groups_of(user);
        ids.push(user);
        ids
    }

    /// Every group that a principal is in, also through other groups, in the order of their ids. Costs the memberships.
    pub fn groups_of(&self, principal: ObjectId) -> Vec<ObjectId> {
        let mut found = BTreeSet::new();
        let mut ask = vec![principal];
        while let Some(member) = ask.pop() {
            for group in self.direct_groups_of(member) {
                if found.insert(group) {
                    ask.push(group);
                }
            }
        }
        found.into_iter().collect()
    }

    /// A principal and every group it is in, through other groups too: a role of any of them counts.
    pub fn principals_of(&self, principal: ObjectId) -> BTreeSet<ObjectId> {
        let groups = self.groups_of(principal);
        core::iter::once(principal).chain(groups).collect()
    }

    /// The members of a group after `after`, in the order of their ids; those of a dynamic group are who fits its rule.
    pub fn members_of(
        &self,
        group: ObjectId,
        after: Option<ObjectId>,
    ) -> Box<dyn Iterator<Item = ObjectId> + '_> {
        match self.groups.get(&group) {
            Some(found) if found.is_dynamic() => self.fitting(found, after),
            _ => Box::new(self.relations.targets(Relation::Member, group, after)),
        }
    }

    /// Every object in a group, also through other groups, in the order of their ids.
    pub fn transitive_members_of(&self, group: ObjectId) -> Vec<ObjectId> {
        let mut found = BTreeSet::new();
        let mut ask = vec![group];
        while let Some(group) = ask.pop() {
            for member in self.members_of(group, None) {
                if found.insert(member) && self.groups.contains_key(&member) {
                    ask.push(member);
                }
            }
        }
        found.into_iter().collect()
    }
}
