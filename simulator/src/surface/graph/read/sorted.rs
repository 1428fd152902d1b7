//! `$orderby`: a page of a sorted list costs one look at each row and keeps no more rows than the page has.

use core::cmp::Ordering;
use std::collections::BinaryHeap;

use super::{List, Matching};
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::query::order_by::Order;
use crate::surface::graph::query::page::Token;
use crate::surface::graph::query::{Query, text};
use crate::surface::graph::schema::{Field, Row, Sortable, Type};
use entrasim_domain::id::ObjectId;

/// A property to sort by, and whether downwards.
#[derive(Clone, Copy)]
pub(super) struct Key {
    at: usize,
    descending: bool,
}

pub(super) fn keys(kind: &'static dyn Type, query: &Query) -> Result<Vec<Key>, GraphError> {
    let keys: Result<Vec<Key>, _> = query
        .order_by
        .iter()
        .map(|order| key(kind, order, query))
        .collect();
    let keys = keys?;
    if !keys.is_empty() && query.filter.is_some() && !query.advanced() {
        return Err(GraphError::SortWithFilter);
    }
    Ok(keys)
}

fn key(kind: &'static dyn Type, order: &Order, query: &Query) -> Result<Key, GraphError> {
    let (at, facts) = kind.property(&order.property, QueryPart::OrderBy)?;
    let allowed = match facts.sort {
        Sortable::No => false,
        Sortable::Yes => true,
        Sortable::Advanced => query.advanced(),
    };
    if allowed {
        Ok(Key {
            at,
            descending: order.descending,
        })
    } else {
        Err(GraphError::UnsupportedSort {
            property: facts.name.to_owned(),
            class: kind.class(),
        })
    }
}

/// Where a row stands in the list.
struct Place<'k> {
    keys: &'k [Key],
    values: Vec<Option<String>>,
    id: Option<ObjectId>,
}

impl Ord for Place<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.values.iter().zip(&other.values).zip(self.keys);
        for ((left, right), key) in pairs {
            let here = match (left, right) {
                (Some(left), Some(right)) => text::compare(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            let here = if key.descending { here.reverse() } else { here };
            if here.is_ne() {
                return here;
            }
        }
        self.id.cmp(&other.id)
    }
}

impl PartialOrd for Place<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Place<'_> {}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

/// A row in its place.
struct Placed<'k, 'a>(Place<'k>, Row<'a>);

impl Ord for Placed<'_, '_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Placed<'_, '_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Placed<'_, '_> {}

impl PartialEq for Placed<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

/// The rows of one page, and where the next one starts. `whole` says that all of a set is asked for.
pub(super) fn page<'a>(
    matching: &Matching<'_, 'a>,
    whole: bool,
    keys: &[Key],
    token: Option<Token>,
    size: usize,
) -> Result<(Vec<Row<'a>>, Option<Token>), GraphError> {
    let list = matching.list;
    let start = match token {
        None => None,
        Some(Token::Sorted(values, id)) if values.len() == keys.len() => Some(Place {
            keys,
            values,
            id: Some(id),
        }),
        Some(_) => return Err(GraphError::PageToken),
    };
    if let [key] = keys
        && whole
        && let Some(page) = indexed(list, *key, start.as_ref(), size)
    {
        return Ok(page);
    }
    Ok(first_of(
        list,
        matching.rows(None),
        keys,
        start.as_ref(),
        size,
    ))
}

/// The same along an index, which has the rows in that order already.
fn indexed<'a>(
    list: List<'a>,
    key: Key,
    start: Option<&Place<'_>>,
    size: usize,
) -> Option<(Vec<Row<'a>>, Option<Token>)> {
    let after = match start {
        Some(start) => Some((start.values.first()?.as_deref()?, start.id?)),
        None => None,
    };
    let mut rows = list
        .kind
        .ordered(key.at, list.tenant, after, key.descending)?;
    let page: Vec<Row<'a>> = rows.by_ref().take(size).collect();
    let more = rows.next().is_some();
    let next = page.last().filter(|_| more).and_then(|last| {
        let keys = [key];
        let place = place(list, *last, &keys);
        place.id.map(|id| Token::Sorted(place.values, id))
    });
    Some((page, next))
}

/// The first rows after a place, in order.
fn first_of<'a>(
    list: List<'a>,
    rows: impl Iterator<Item = Row<'a>>,
    keys: &[Key],
    start: Option<&Place<'_>>,
    size: usize,
) -> (Vec<Row<'a>>, Option<Token>) {
    let mut first: BinaryHeap<Placed<'_, 'a>> = BinaryHeap::new();
    let mut more = false;
    for row in rows {
        let place = place(list, row, keys);
        if start.is_some_and(|start| place <= *start) {
            continue;
        }
        if first.len() == size {
            more = true;
            if first.peek().is_some_and(|last| place >= last.0) {
                continue;
            }
            first.pop();
        }
        first.push(Placed(place, row));
    }
    let page = first.into_sorted_vec();
    let last = page.last().filter(|_| more);
    let next = last.and_then(|Placed(place, _)| {
        let values = place.values.clone();
        place.id.map(|id| Token::Sorted(values, id))
    });
    (page.into_iter().map(|Placed(_, row)| row).collect(), next)
}

fn place<'k>(list: List<'_>, row: Row<'_>, keys: &'k [Key]) -> Place<'k> {
    let value = |key: &Key| match list.kind.read(key.at, list.tenant, row) {
        Field::Text(text) => Some(text.into_owned()),
        Field::Address(address) => Some(address.to_string()),
        Field::Date(instant) => Some(instant.to_string()),
        Field::Boolean(truth) => Some(u8::from(truth).to_string()),
        Field::Integer(number) => {
            Some(format!("{:020}", i128::from(number) - i128::from(i64::MIN)))
        }
        Field::Guid(id) => Some(id.to_string()),
        Field::Null | Field::Texts(_) | Field::Complex(_) => None,
    };
    Place {
        keys,
        values: keys.iter().map(value).collect(),
        id: list.kind.id(list.tenant, row),
    }
}
