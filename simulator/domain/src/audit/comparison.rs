//! What a change did: the entries that two states of a tenant call for. Only what the two do not share is looked at, so that
//! a change costs what it changed.

use core::cell::RefCell;
use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;

use super::activity::{self, Activity};
use super::{Actor, AuditRecord, Change, Initiator, Named, Occasion, State, Target};
use crate::directory::domain::Domain;
use crate::tenant::Tenant;
use crate::tenant::domains::Domains;

mod links;
mod objects;
mod people;
mod policies;

/// The entries, in the order in which the directory would have made them: objects, then what ties them.
pub(super) fn records(before: &Tenant, after: &Tenant, occasion: &Occasion) -> Vec<AuditRecord> {
    let comparison = Comparison {
        before,
        after,
        occasion,
        records: RefCell::default(),
    };
    comparison.compare();
    comparison.records.into_inner()
}

struct Comparison<'c> {
    before: &'c Tenant,
    after: &'c Tenant,
    occasion: &'c Occasion,
    records: RefCell<Vec<AuditRecord>>,
}

/// The three activities of something that comes, changes and goes.
struct Life {
    add: &'static Activity,
    update: &'static Activity,
    remove: &'static Activity,
}

/// The rows that two tables do not share: each as it was and as it is.
pub(crate) fn changed<'c, K: Ord, V: PartialEq>(
    before: &'c OrdMap<K, V>,
    after: &'c OrdMap<K, V>,
) -> impl Iterator<Item = (Option<&'c V>, Option<&'c V>)> {
    entries(before, after).map(|(_, old, new)| (old, new))
}

/// The same with their keys.
fn entries<'c, K: Ord, V: PartialEq>(
    before: &'c OrdMap<K, V>,
    after: &'c OrdMap<K, V>,
) -> impl Iterator<Item = (&'c K, Option<&'c V>, Option<&'c V>)> {
    let differ = !before.ptr_eq(after);
    let items = differ.then(|| before.diff(after)).into_iter().flatten();
    items.map(|item| match item {
        DiffItem::Add(key, new) => (key, None, Some(new)),
        DiffItem::Update { old, new } => (new.0, Some(old.1), Some(new.1)),
        DiffItem::Remove(key, old) => (key, Some(old), None),
    })
}

impl Comparison<'_> {
    fn compare(&self) {
        self.objects();
        self.people();
        self.links();
        self.policies();
        self.domains();
        self.company();
    }

    fn enter(&self, activity: &'static Activity, targets: Vec<Target>, change: Change) {
        self.enter_by(&self.occasion.initiator, activity, "", targets, change);
    }

    fn enter_by(
        &self,
        initiator: &Arc<Initiator>,
        activity: &'static Activity,
        reason: &str,
        targets: Vec<Target>,
        change: Change,
    ) {
        self.records.borrow_mut().push(AuditRecord {
            number: 0,
            at: self.occasion.at,
            correlation_id: self.occasion.correlation_id,
            initiator: Arc::clone(initiator),
            activity,
            reason: reason.to_owned(),
            targets,
            change,
        });
    }

    /// Something that came, changed or went, with its states.
    fn enter_life(&self, life: &Life, target: Target, before: Option<State>, after: Option<State>) {
        let activity = match (&before, &after) {
            (None, _) => life.add,
            (Some(_), Some(_)) => life.update,
            (Some(_), None) => life.remove,
        };
        self.enter(activity, vec![target], Change::states(before, after));
    }

    fn domains(&self) {
        if self.before.domains == self.after.domains {
            return;
        }
        let names = |domains: &Domains| -> Vec<Arc<Domain>> {
            domains
                .iter()
                .map(|(_, domain)| Arc::clone(domain))
                .collect()
        };
        let (before, after) = (names(&self.before.domains), names(&self.after.domains));
        let find = |list: &[Arc<Domain>], name: &str| {
            list.iter().find(|domain| domain.name == name).cloned()
        };
        for old in &before {
            let new = find(&after, &old.name);
            let activity = match &new {
                None if old.verified => &activity::REMOVE_VERIFIED_DOMAIN,
                None => &activity::REMOVE_UNVERIFIED_DOMAIN,
                Some(new) if new.verified && !old.verified => &activity::VERIFY_DOMAIN,
                Some(new) if new.federation != old.federation => &activity::SET_DOMAIN_FEDERATION,
                Some(new) if new != old => &activity::UPDATE_DOMAIN,
                Some(_) => continue,
            };
            self.enter_domain(activity, Some(Arc::clone(old)), new);
        }
        for new in after {
            if find(&before, &new.name).is_none() {
                self.enter_domain(&activity::ADD_DOMAIN, None, Some(new));
            }
        }
        let (old, new) = (self.before.domains.default(), self.after.domains.default());
        if old != new {
            let change = Change::Named(vec![Named::new("DefaultDomain", Some(old), Some(new))]);
            let target = Target::new("Domain", new, new);
            self.enter(&activity::UPDATE_DOMAIN, vec![target], change);
        }
    }

    fn enter_domain(
        &self,
        activity: &'static Activity,
        before: Option<Arc<Domain>>,
        after: Option<Arc<Domain>>,
    ) {
        let name = after.as_ref().or(before.as_ref());
        let name = name.map_or("", |domain| domain.name.as_str());
        let target = Target::new("Domain", name, name);
        let change = Change::states(before.map(State::Domain), after.map(State::Domain));
        self.enter(activity, vec![target], change);
    }

    fn company(&self) {
        let state =
            |tenant: &Tenant| State::Company(tenant.display_name.clone(), tenant.kept.clone());
        let (before, after) = (self.before, self.after);
        if before.display_name != after.display_name || before.kept != after.kept {
            let target = Target::new("Company", &after.id.to_string(), &after.display_name);
            let change = Change::states(Some(state(before)), Some(state(after)));
            self.enter(&activity::SET_COMPANY, vec![target], change);
        }
    }

    /// Whether the person whose account it is changed it.
    fn is_own(&self, user: crate::id::ObjectId) -> bool {
        match &self.occasion.initiator.actor {
            Actor::User { id, .. } => *id == user,
            Actor::App { .. } | Actor::Service(_) => false,
        }
    }
}

impl Target {
    fn new(kind: &'static str, id: &str, display_name: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            display_name: Some(display_name.to_owned()),
            principal_name: None,
            user_type: None,
            group_type: None,
        }
    }
}

impl Named {
    fn new(name: &'static str, old: Option<&str>, new: Option<&str>) -> Self {
        Self {
            name,
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        }
    }
}
