//! Ordered indexes over texts. Case is ignored, as the directory ignores it; an index shares its texts with the objects.

use core::cmp::Ordering;
use core::ops::Bound;
use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::bulk::{dense, sort_by_text};
use crate::id::ObjectId;

/// Object ids, borrowed from an index.
pub type Ids<'a> = Box<dyn Iterator<Item = ObjectId> + 'a>;

/// A text ordered without regard to case.
#[derive(Clone, Debug)]
pub struct Folded(pub Arc<str>);

/// Compares without regard to case.
pub fn compare(left: &str, right: &str) -> Ordering {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    for (x, y) in a.iter().zip(b) {
        if !x.is_ascii() || !y.is_ascii() {
            let folded = |text: &str| {
                text.chars()
                    .flat_map(char::to_lowercase)
                    .collect::<Vec<_>>()
            };
            return folded(left).cmp(&folded(right));
        }
        match x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase()) {
            Ordering::Equal => {}
            other => return other,
        }
    }
    a.len().cmp(&b.len())
}

/// Whether `text` starts with `prefix`, case ignored.
pub fn starts_with(text: &str, prefix: &str) -> bool {
    match text.as_bytes().get(..prefix.len()) {
        Some(head) if head.is_ascii() && prefix.is_ascii() => {
            head.eq_ignore_ascii_case(prefix.as_bytes())
        }
        _ => {
            let mut rest = text.chars().flat_map(char::to_lowercase);
            prefix
                .chars()
                .flat_map(char::to_lowercase)
                .all(|wanted| rest.next() == Some(wanted))
        }
    }
}

impl Ord for Folded {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for Folded {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Folded {}

impl From<&str> for Folded {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// Everything after `last`.
pub(crate) fn above<T>(last: Option<T>) -> (Bound<T>, Bound<T>) {
    (
        last.map_or(Bound::Unbounded, Bound::Excluded),
        Bound::Unbounded,
    )
}

/// The smallest and the largest id.
pub(crate) const FIRST: ObjectId = ObjectId::from_u128(0);
pub(crate) const LAST: ObjectId = ObjectId::from_u128(u128::MAX);

/// An index over texts that are mostly different: display names, addresses.
#[derive(Clone, Debug, Default)]
pub struct TextIndex(OrdSet<(Folded, ObjectId)>);

impl TextIndex {
    pub(crate) fn insert(&mut self, text: &Arc<str>, id: ObjectId) {
        self.0.insert((Folded(Arc::clone(text)), id));
    }

    pub(crate) fn remove(&mut self, text: &Arc<str>, id: ObjectId) {
        self.0.remove(&(Folded(Arc::clone(text)), id));
    }

    /// The holders of this text after `after`, in the order of their ids.
    pub fn exact<'a>(
        &'a self,
        text: &str,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = ObjectId> + use<'a> {
        let text = Folded::from(text);
        let low = match after {
            Some(last) => Bound::Excluded((text.clone(), last)),
            None => Bound::Included((text.clone(), FIRST)),
        };
        let high = Bound::Included((text, LAST));
        self.0.range((low, high)).map(|(_, id)| *id)
    }

    /// The holders of texts that start so, in the order of the texts.
    pub fn prefix<'a>(&'a self, prefix: &str) -> impl Iterator<Item = ObjectId> + use<'a> {
        let low = Bound::Included((Folded::from(prefix), FIRST));
        let prefix = prefix.to_owned();
        self.0
            .range((low, Bound::Unbounded))
            .take_while(move |(text, _)| starts_with(&text.0, &prefix))
            .map(|(_, id)| *id)
    }

    /// Every holder in the order of the texts, after one place.
    pub fn ordered<'a>(
        &'a self,
        after: Option<(&str, ObjectId)>,
    ) -> impl Iterator<Item = ObjectId> + use<'a> {
        let last = after.map(|(text, id)| (Folded::from(text), id));
        self.0.range(above(last)).map(|(_, id)| *id)
    }

    /// Every holder in the reverse order of the texts, from before one place.
    pub fn descending<'a>(
        &'a self,
        before: Option<(&str, ObjectId)>,
    ) -> impl Iterator<Item = ObjectId> + use<'a> {
        let last = before.map(|(text, id)| (Folded::from(text), id));
        let high = last.map_or(Bound::Unbounded, Bound::Excluded);
        self.0
            .range((Bound::Unbounded, high))
            .rev()
            .map(|(_, id)| *id)
    }
}

/// The index of many texts, made at once.
impl FromIterator<(Arc<str>, ObjectId)> for TextIndex {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, ObjectId)>>(rows: I) -> Self {
        let rows = rows.into_iter().map(|(text, id)| (Folded(text), id));
        let rows = sort_by_text(rows.collect(), |row| &row.0.0, "", Ord::cmp);
        let mut set = OrdSet::new();
        dense(rows, |row| {
            set.insert(row);
        });
        Self(set)
    }
}

/// An index over texts that many share: departments, first names.
#[derive(Clone, Debug, Default)]
pub struct ValueIndex(OrdMap<Folded, Holders>);

/// Who has one value. Most values of a small directory have one holder.
#[derive(Clone, Debug)]
enum Holders {
    One(ObjectId),
    Many(OrdSet<ObjectId>),
}

impl Holders {
    /// The ids come in their order.
    fn of(ids: Vec<ObjectId>) -> Self {
        if let [only] = ids.as_slice() {
            Self::One(*only)
        } else {
            let mut set = OrdSet::new();
            dense(ids, |id| {
                set.insert(id);
            });
            Self::Many(set)
        }
    }

    fn after(&self, last: Option<ObjectId>) -> Ids<'_> {
        match self {
            Self::One(id) => Box::new(
                Some(*id)
                    .filter(|id| last.is_none_or(|last| *id > last))
                    .into_iter(),
            ),
            Self::Many(ids) => Box::new(ids.range(above(last)).copied()),
        }
    }
}

impl ValueIndex {
    pub(crate) fn insert(&mut self, text: &Arc<str>, id: ObjectId) {
        let key = Folded(Arc::clone(text));
        match self.0.get_mut(&key) {
            Some(Holders::Many(ids)) => {
                ids.insert(id);
            }
            Some(holders) => {
                let ids: OrdSet<ObjectId> = holders.after(None).chain([id]).collect();
                *holders = Holders::Many(ids);
            }
            None => {
                self.0.insert(key, Holders::One(id));
            }
        }
    }

    pub(crate) fn remove(&mut self, text: &Arc<str>, id: ObjectId) {
        let key = Folded(Arc::clone(text));
        let last = match self.0.get_mut(&key) {
            Some(Holders::Many(ids)) => {
                ids.remove(&id);
                ids.is_empty()
            }
            Some(Holders::One(only)) => *only == id,
            None => false,
        };
        if last {
            self.0.remove(&key);
        }
    }

    /// The holders of this text after `after`, in the order of their ids.
    pub fn exact(&self, text: &str, after: Option<ObjectId>) -> Ids<'_> {
        match self.0.get(&Folded::from(text)) {
            Some(holders) => holders.after(after),
            None => Box::new(core::iter::empty()),
        }
    }

    /// The holders of texts that start so, in the order of the texts.
    pub fn prefix<'a>(&'a self, prefix: &str) -> impl Iterator<Item = ObjectId> + use<'a> {
        let low = Bound::Included(Folded::from(prefix));
        let prefix = prefix.to_owned();
        self.0
            .range((low, Bound::Unbounded))
            .take_while(move |(text, _)| starts_with(&text.0, &prefix))
            .flat_map(|(_, holders)| holders.after(None))
    }
}

/// The index of many texts, made at once. Texts that share their memory are told apart fastest.
impl FromIterator<(Arc<str>, ObjectId)> for ValueIndex {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, ObjectId)>>(rows: I) -> Self {
        // Equal texts are mostly one shared text: its address tells them together faster than its letters.
        let mut shared: BTreeMap<usize, (Folded, Vec<ObjectId>)> = BTreeMap::new();
        for (text, id) in rows {
            let address = Arc::as_ptr(&text).cast::<u8>().addr();
            let row = shared.entry(address);
            row.or_insert_with(|| (Folded(text), Vec::new())).1.push(id);
        }
        let mut values: BTreeMap<Folded, Vec<ObjectId>> = BTreeMap::new();
        for (text, mut ids) in shared.into_values() {
            values.entry(text).or_default().append(&mut ids);
        }
        let holders = values.into_iter().map(|(text, mut ids)| {
            ids.sort_unstable();
            (text, Holders::of(ids))
        });
        Self(holders.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_ignored_beyond_ascii_too() {
        assert_eq!(compare("ÉCOLE", "école"), Ordering::Equal);
        assert_eq!(compare("Zoe", "école"), Ordering::Less);
        assert_eq!(compare("alice", "ALICE2"), Ordering::Less);
        assert!(starts_with("École normale", "éCOLE"));
        assert!(!starts_with("Eco", "École"));
    }

    #[test]
    fn a_value_is_found_until_its_last_holder_is_gone() {
        let mut index = ValueIndex::default();
        let (sales, one, two) = (
            "Sales".into(),
            ObjectId::from_u128(1),
            ObjectId::from_u128(2),
        );
        index.insert(&sales, two);
        index.insert(&sales, one);
        assert_eq!(index.exact("SALES", None).collect::<Vec<_>>(), [one, two]);
        assert_eq!(index.exact("sales", Some(one)).collect::<Vec<_>>(), [two]);
        assert_eq!(index.prefix("sa").count(), 2);
        index.remove(&sales, one);
        index.remove(&sales, two);
        assert_eq!(index.exact("sales", None).count(), 0);
    }
}
