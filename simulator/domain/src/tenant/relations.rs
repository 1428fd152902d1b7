//! How directory objects relate: members, owners, managers. Each relation is kept in both directions.

use core::ops::Bound;

use imbl::OrdSet;
use imbl::ordset::DiffItem;

use super::bulk::dense;
use super::index::{FIRST, LAST};
use crate::id::ObjectId;

/// A kind of link, from the object that bears the navigation to the other one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Relation {
    /// From a group to its member.
    Member,
    /// From a group, an application, a service principal to its owner.
    Owner,
    /// From a person to the manager.
    Manager,
    /// From a person to a sponsor.
    Sponsor,
    /// From an administrative unit to its member.
    UnitMember,
    /// From a device to its owner.
    RegisteredOwner,
    /// From a device to its user.
    RegisteredUser,
    /// From an object to the person who made it; no navigation leads that way, only back (`createdObjects`).
    Creator,
}

/// One link.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Link {
    pub relation: Relation,
    pub from: ObjectId,
    pub to: ObjectId,
}

/// All links of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Relations([Both; Relation::ALL.len()]);

/// The links of one relation.
#[derive(Clone, Debug, Default)]
struct Both {
    forward: OrdSet<(ObjectId, ObjectId)>,
    back: OrdSet<(ObjectId, ObjectId)>,
}

impl Relation {
    pub const ALL: [Self; 8] = [
        Self::Member,
        Self::Owner,
        Self::Manager,
        Self::Sponsor,
        Self::UnitMember,
        Self::RegisteredOwner,
        Self::RegisteredUser,
        Self::Creator,
    ];

    fn place(self) -> usize {
        match self {
            Self::Member => 0,
            Self::Owner => 1,
            Self::Manager => 2,
            Self::Sponsor => 3,
            Self::UnitMember => 4,
            Self::RegisteredOwner => 5,
            Self::RegisteredUser => 6,
            Self::Creator => 7,
        }
    }

    /// The navigation's name in Graph.
    pub fn navigation(self) -> &'static str {
        match self {
            Self::Member | Self::UnitMember => "members",
            Self::Owner => "owners",
            Self::Manager => "manager",
            Self::Sponsor => "sponsors",
            Self::RegisteredOwner => "registeredOwners",
            Self::RegisteredUser => "registeredUsers",
            Self::Creator => "createdObjects",
        }
    }

    /// At most one object is at the other end.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Manager | Self::Creator)
    }
}

fn pairs(
    set: &OrdSet<(ObjectId, ObjectId)>,
    one: ObjectId,
    after: Option<ObjectId>,
) -> impl Iterator<Item = ObjectId> {
    let low = match after {
        Some(last) => Bound::Excluded((one, last)),
        None => Bound::Included((one, FIRST)),
    };
    set.range((low, Bound::Included((one, LAST))))
        .map(|(_, other)| *other)
}

impl Relations {
    fn of(&self, relation: Relation) -> &Both {
        &self.0[relation.place()]
    }

    pub fn has(&self, relation: Relation, from: ObjectId, to: ObjectId) -> bool {
        self.of(relation).forward.contains(&(from, to))
    }

    /// The links of a relation that a later state has not, and those that it has more.
    pub(crate) fn changed<'r>(
        &'r self,
        later: &'r Self,
        relation: Relation,
    ) -> impl Iterator<Item = (Link, bool)> {
        let (before, after) = (&self.of(relation).forward, &later.of(relation).forward);
        let differ = !before.ptr_eq(after);
        let items = differ.then(|| before.diff(after)).into_iter().flatten();
        items.map(move |item| {
            let ((from, to), is_new) = match item {
                DiffItem::Add(pair) => (*pair, true),
                DiffItem::Remove(pair) => (*pair, false),
            };
            (Link { relation, from, to }, is_new)
        })
    }

    /// The objects that `from` links to, after `after`, in the order of their ids.
    pub fn targets(
        &self,
        relation: Relation,
        from: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = ObjectId> {
        pairs(&self.of(relation).forward, from, after)
    }

    /// The objects that link to `to`, after `after`, in the order of their ids.
    pub fn sources(
        &self,
        relation: Relation,
        to: ObjectId,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = ObjectId> {
        pairs(&self.of(relation).back, to, after)
    }

    /// Every link of an object, in both directions.
    pub fn touching(&self, id: ObjectId) -> Vec<Link> {
        let mut links = Vec::new();
        for relation in Relation::ALL {
            links.extend(self.targets(relation, id, None).map(|to| Link {
                relation,
                from: id,
                to,
            }));
            let sources = self.sources(relation, id, None).filter(|from| *from != id);
            links.extend(sources.map(|from| Link {
                relation,
                from,
                to: id,
            }));
        }
        links
    }

    /// `false` if it is there already.
    pub(crate) fn insert(&mut self, link: Link) -> bool {
        let both = &mut self.0[link.relation.place()];
        both.back.insert((link.to, link.from));
        both.forward.insert((link.from, link.to)).is_none()
    }

    /// `false` if it was not there.
    pub(crate) fn remove(&mut self, link: Link) -> bool {
        let both = &mut self.0[link.relation.place()];
        both.back.remove(&(link.to, link.from));
        both.forward.remove(&(link.from, link.to)).is_some()
    }

    /// Adds many links of one relation at once.
    pub(crate) fn extend(&mut self, relation: Relation, pairs: Vec<(ObjectId, ObjectId)>) {
        let Both { forward, back } = &mut self.0[relation.place()];
        let turned: Vec<(ObjectId, ObjectId)> =
            pairs.iter().map(|(from, to)| (*to, *from)).collect();
        let fill = |set: &mut OrdSet<(ObjectId, ObjectId)>, mut pairs: Vec<_>| {
            pairs.sort_unstable();
            dense(pairs, |pair| {
                set.insert(pair);
            });
        };
        std::thread::scope(|scope| {
            scope.spawn(|| fill(back, turned));
            fill(forward, pairs);
        });
    }
}
