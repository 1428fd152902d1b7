//! Reading what the entity tables declare: one entity, a page of a set, the size of a set. No entity is named here.

use core::cmp::Ordering;

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::error::{GraphError, QueryPart};
use super::path::Key;
use super::query::condition::{Candidates, Condition};
use super::query::order_by::Order;
use super::query::page::Token;
use super::query::{Query, search};
use super::schema::{EntityType, Kind, Property, Rows, Sortable};

/// One page of a set.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) rows: Vec<Value>,
    /// Where the next page starts.
    pub(super) next: Option<Token>,
    pub(super) count: Option<usize>,
    /// The selection in `@odata.context`.
    pub(super) selected: String,
}

/// Where rows come from.
pub(super) enum Source<'s, 'a, T: 'static> {
    /// The whole set; its indexes may be used.
    Set,
    /// Some of it: the rows after an id.
    Part(&'s dyn Fn(Option<ObjectId>) -> Rows<'a, T>),
}

/// A page of `source`.
pub(super) fn list<'a, T>(
    entity: &'static EntityType<T>,
    tenant: &'a Tenant,
    query: &Query,
    source: &Source<'_, 'a, T>,
) -> Result<Page, GraphError> {
    let selection = entity.selection(query.select.as_deref())?;
    let matching = Matching::bind(entity, query)?;
    let keys = sort_keys(entity, query)?;
    let (rows, next) = if keys.is_empty() {
        let after = match query.page {
            Some(Token::After(id)) => Some(id),
            Some(Token::Offset(_)) => return Err(GraphError::PageToken),
            None => None,
        };
        page(
            entity,
            matching.rows(entity, tenant, source, after),
            query.page_size(),
        )
    } else {
        let rows = matching.rows(entity, tenant, source, None).collect();
        sorted_page(tenant, rows, &keys, query)?
    };
    let count = (query.advanced() && query.page.is_none())
        .then(|| matching.rows(entity, tenant, source, None).count());
    Ok(Page {
        rows: rows
            .into_iter()
            .map(|row| selection.entity(tenant, row))
            .collect(),
        next,
        count,
        selected: selection.context,
    })
}

fn page<'a, T>(
    entity: &EntityType<T>,
    mut rows: Box<dyn Iterator<Item = &'a T> + '_>,
    size: usize,
) -> (Vec<&'a T>, Option<Token>) {
    let first = rows.next();
    if first.is_none_or(|row| (entity.id)(row).is_none()) {
        return (first.into_iter().chain(rows).collect(), None);
    }
    let page: Vec<&T> = first.into_iter().chain(rows.by_ref()).take(size).collect();
    let last = page.last().and_then(|row| (entity.id)(row));
    let more = rows.next().is_some();
    (page, last.filter(|_| more).map(Token::After))
}

fn sorted_page<'a, T>(
    tenant: &Tenant,
    mut rows: Vec<&'a T>,
    keys: &[(&'static Property<T>, bool)],
    query: &Query,
) -> Result<(Vec<&'a T>, Option<Token>), GraphError> {
    let offset = match query.page {
        None => 0,
        Some(Token::Offset(offset)) => usize::try_from(offset).unwrap_or(usize::MAX),
        Some(Token::After(_)) => return Err(GraphError::PageToken),
    };
    rows.sort_by_cached_key(|row| {
        SortKey(
            keys.iter()
                .map(|(property, descending)| {
                    (sortable((property.value)(tenant, row)), *descending)
                })
                .collect(),
        )
    });
    let end = offset.saturating_add(query.page_size());
    let next = (end < rows.len()).then(|| Token::Offset(u32::try_from(end).unwrap_or(u32::MAX)));
    Ok((
        rows.into_iter()
            .skip(offset)
            .take(query.page_size())
            .collect(),
        next,
    ))
}

/// The values to sort by, each with whether it runs downwards.
#[derive(Eq, PartialEq)]
struct SortKey(Vec<(String, bool)>);

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(
            Ordering::Equal,
            |so_far, ((left, descending), (right, _))| {
                let here = if *descending {
                    right.cmp(left)
                } else {
                    left.cmp(right)
                };
                so_far.then(here)
            },
        )
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn sortable(value: Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        _ => String::new(),
    }
}

fn sort_keys<T>(
    entity: &EntityType<T>,
    query: &Query,
) -> Result<Vec<(&'static Property<T>, bool)>, GraphError> {
    if query.order_by.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Result<Vec<_>, _> = query
        .order_by
        .iter()
        .map(|order| sort_key(entity, order, query))
        .collect();
    if query.filter.is_some() && !query.advanced() {
        return Err(GraphError::SortWithFilter);
    }
    keys
}

fn sort_key<T>(
    entity: &EntityType<T>,
    order: &Order,
    query: &Query,
) -> Result<(&'static Property<T>, bool), GraphError> {
    let property = entity.property(&order.property, QueryPart::OrderBy)?;
    let allowed = match property.sortable {
        Sortable::No => false,
        Sortable::Yes => true,
        Sortable::Advanced => query.advanced(),
    };
    if allowed {
        Ok((property, order.descending))
    } else {
        Err(GraphError::UnsupportedSort {
            property: property.name.to_owned(),
            class: entity.class,
        })
    }
}

/// The number of entities that match.
pub(super) fn count<'a, T>(
    entity: &'static EntityType<T>,
    tenant: &'a Tenant,
    query: &Query,
    source: &Source<'_, 'a, T>,
) -> Result<usize, GraphError> {
    if !query.eventual {
        return Err(GraphError::CountWithoutHeader);
    }
    // `/$count` itself says that a count is wanted.
    let query = Query {
        count: true,
        ..query.clone()
    };
    Ok(Matching::bind(entity, &query)?
        .rows(entity, tenant, source, None)
        .count())
}

/// `$filter` and `$search`, bound to an entity type.
struct Matching<'q, T: 'static> {
    condition: Option<Condition<T>>,
    search: Vec<Vec<(&'static Property<T>, &'q str)>>,
}

impl<'q, T> Matching<'q, T> {
    fn bind(entity: &EntityType<T>, query: &'q Query) -> Result<Self, GraphError> {
        let condition = query
            .filter
            .as_ref()
            .map(|filter| Condition::bind(entity, filter, query.advanced()))
            .transpose()?;
        if query.search.is_some() && !query.eventual {
            return Err(GraphError::SearchWithoutHeader);
        }
        let clause = |clause: &'q search::Clause| {
            let property = entity.property(&clause.property, QueryPart::Filter)?;
            let tokenised = ["displayName", "description"].contains(&property.name);
            if tokenised && property.kind == Kind::Text {
                Ok((property, clause.text.as_str()))
            } else {
                let name = format!("graph $search on {}/{}", entity.name, property.name);
                Err(GraphError::NotSimulated(name))
            }
        };
        let alternatives = query.search.iter().flatten();
        let search: Result<_, GraphError> = alternatives
            .map(|clauses| clauses.iter().map(clause).collect())
            .collect();
        Ok(Self {
            condition,
            search: search?,
        })
    }

    fn rows<'m, 'a: 'm>(
        &'m self,
        entity: &EntityType<T>,
        tenant: &'a Tenant,
        source: &Source<'_, 'a, T>,
        after: Option<ObjectId>,
    ) -> Box<dyn Iterator<Item = &'a T> + 'm> {
        let rows = match source {
            Source::Part(rows) => rows(after),
            Source::Set => match self.candidates(tenant) {
                Candidates::AtMost(row) => {
                    let id = entity.id;
                    Box::new(
                        row.into_iter()
                            .filter(move |row| after.is_none() || id(row) > after),
                    )
                }
                Candidates::Any => (entity.rows)(tenant, after),
            },
        };
        Box::new(rows.filter(move |row| self.holds(tenant, row)))
    }

    fn candidates<'a>(&self, tenant: &'a Tenant) -> Candidates<'a, T> {
        match &self.condition {
            Some(condition) => condition.candidates(tenant),
            None => Candidates::Any,
        }
    }

    fn holds(&self, tenant: &Tenant, row: &T) -> bool {
        let searched = self.search.is_empty()
            || self.search.iter().any(|clauses| {
                clauses.iter().all(|(property, text)| {
                    (property.value)(tenant, row)
                        .as_str()
                        .is_some_and(|value| search::matches(value, text))
                })
            });
        searched
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds(tenant, row))
    }
}

/// The entity with this key.
pub(super) fn find<'a, T>(
    entity: &EntityType<T>,
    tenant: &'a Tenant,
    key: &Key,
) -> Result<&'a T, GraphError> {
    let found = match key {
        Key::Id(id) => (entity.get)(tenant, id),
        Key::Alternate { property, value } => {
            let property = entity
                .properties
                .iter()
                .find(|known| known.alternate_key && known.name.eq_ignore_ascii_case(property))
                .ok_or_else(|| GraphError::Segment(entity.set.to_owned()))?;
            property.find.and_then(|find| find(tenant, value))
        }
    };
    found.ok_or_else(|| GraphError::Missing(key.text().to_owned()))
}

/// One entity with what is selected of it, and the selection for `@odata.context`.
pub(super) fn one<T>(
    entity: &EntityType<T>,
    tenant: &Tenant,
    row: &T,
    query: &Query,
) -> Result<(Value, String), GraphError> {
    if query.is_for_collections() {
        return Err(GraphError::NotACollection);
    }
    let selection = entity.selection(query.select.as_deref())?;
    Ok((selection.entity(tenant, row), selection.context))
}

/// A document with its context first.
pub(super) fn with_context(context: &str, value: Value) -> Value {
    let mut document = serde_json::Map::new();
    document.insert("@odata.context".to_owned(), json!(context));
    match value {
        Value::Object(mut members) => document.append(&mut members),
        other => {
            document.insert("value".to_owned(), other);
        }
    }
    Value::Object(document)
}
