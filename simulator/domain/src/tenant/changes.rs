//! What changed in the directory, and in which order: what delta queries are answered from. One entry is kept per subject;
//! a newer change takes the place of the older one, so that a delta costs its changes. Entries that no delta token can
//! still ask for are forgotten.

use core::time::Duration;
use std::sync::Arc;

use imbl::OrdMap;

use super::relations::Link;
use crate::directory::object::Class;
use crate::id::{ObjectId, RoleTemplateId};
use crate::time::Timestamp;

/// How long a delta token of directory objects is good (Microsoft Learn, "Use delta query", token duration).
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(7 * 86_400);

/// When and by whom something is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Note {
    pub at: Timestamp,
    /// The caller; `None` for the service itself.
    pub actor: Option<ObjectId>,
}

/// What changed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Subject {
    Object(Class, ObjectId),
    Link(Class, Link),
    /// Somebody gained or lost a role of the whole directory.
    RoleMember(RoleTemplateId, ObjectId),
    /// A delegated permission grant.
    Grant(Arc<str>),
}

/// How it changed last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    Created,
    Changed,
    SoftDeleted,
    Purged,
    Restored,
    Linked,
    Unlinked,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Change {
    pub number: u64,
    pub subject: Subject,
    pub what: What,
    pub at: Timestamp,
    pub actor: Option<ObjectId>,
    /// When the object last came to be, if the log knows: a reader from before then needs all of it.
    whole: Option<u64>,
    /// The names of changed properties and the number of each one's last change.
    properties: Vec<(&'static str, u64)>,
}

/// The log.
#[derive(Clone, Debug, Default)]
pub struct ChangeLog {
    next: u64,
    order: OrdMap<u64, Arc<Change>>,
    last: OrdMap<Subject, u64>,
    latest: Timestamp,
}

impl Note {
    pub fn new(at: Timestamp, actor: ObjectId) -> Self {
        Self {
            at,
            actor: Some(actor),
        }
    }

    /// Done by the service itself.
    pub fn by_service(at: Timestamp) -> Self {
        Self { at, actor: None }
    }
}

impl Change {
    /// The properties that changed since the entry with this number was the next; `None` if the whole object is new since.
    pub fn properties_since(&self, number: u64) -> Option<Vec<&'static str>> {
        if self.whole.is_some_and(|whole| whole >= number) {
            return None;
        }
        let since = |row: &&(&'static str, u64)| row.1 >= number;
        Some(
            self.properties
                .iter()
                .filter(since)
                .map(|row| row.0)
                .collect(),
        )
    }
}

impl ChangeLog {
    /// The number of the next change: what a token keeps.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The instant of the last change.
    pub fn latest(&self) -> Timestamp {
        self.latest
    }

    /// The changes from this number on, in their order.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Arc<Change>> {
        self.order.range(number..).map(|(_, change)| change)
    }

    /// Notes a change; `properties` only for a changed object.
    pub(crate) fn record(
        &mut self,
        subject: Subject,
        what: What,
        properties: &[&'static str],
        note: &Note,
    ) {
        let number = self.next;
        let before = self
            .last
            .insert(subject.clone(), number)
            .and_then(|before| self.order.remove(&before));
        let mut change = Change {
            number,
            subject,
            what,
            at: note.at,
            actor: note.actor,
            whole: matches!(what, What::Created | What::Restored).then_some(number),
            properties: Vec::new(),
        };
        if let (What::Changed, Some(before)) = (what, before) {
            change.whole = before.whole;
            change.properties.clone_from(&before.properties);
            change
                .properties
                .retain(|(name, _)| !properties.contains(name));
        }
        change
            .properties
            .extend(properties.iter().map(|name| (*name, number)));
        self.order.insert(number, Arc::new(change));
        self.next += 1;
        self.latest = note.at;
        self.forget(note.at);
    }

    /// Forgets what is older than any token.
    fn forget(&mut self, now: Timestamp) {
        let horizon = now - TOKEN_LIFETIME;
        while let Some((number, change)) = self.order.get_min() {
            if change.at >= horizon {
                return;
            }
            let (number, subject) = (*number, change.subject.clone());
            self.order.remove(&number);
            self.last.remove(&subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Subject = Subject::Object(Class::User, ObjectId::from_u128(1));

    fn at(days: i64) -> Note {
        Note::by_service(Timestamp::from_unix_seconds(days * 86_400))
    }

    #[test]
    fn a_newer_change_replaces_the_older_and_keeps_its_properties() {
        let mut log = ChangeLog::default();
        log.record(ALICE, What::Changed, &["displayName", "jobTitle"], &at(1));
        log.record(ALICE, What::Changed, &["jobTitle"], &at(1));
        let changes: Vec<_> = log.since(0).collect();
        assert_eq!(changes.len(), 1);
        assert_eq!(
            changes[0].properties_since(0).unwrap(),
            ["displayName", "jobTitle"]
        );
        assert_eq!(changes[0].properties_since(1).unwrap(), ["jobTitle"]);
    }

    #[test]
    fn an_object_made_since_is_reported_whole() {
        let mut log = ChangeLog::default();
        log.record(ALICE, What::Created, &[], &at(1));
        log.record(ALICE, What::Changed, &["jobTitle"], &at(1));
        let change = log.since(0).next().unwrap();
        assert!(change.properties_since(0).is_none());
        assert_eq!(change.properties_since(1).unwrap(), ["jobTitle"]);
    }

    #[test]
    fn what_no_token_can_ask_for_is_forgotten() {
        let mut log = ChangeLog::default();
        log.record(ALICE, What::Created, &[], &at(1));
        let bob = Subject::Object(Class::User, ObjectId::from_u128(2));
        log.record(bob, What::Created, &[], &at(9));
        assert_eq!(log.since(0).count(), 1);
        assert_eq!(log.next(), 2);
    }
}
