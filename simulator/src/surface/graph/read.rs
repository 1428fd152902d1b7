//! Reading what the entity tables declare: one entity, a page of a collection, its size. No entity is named here.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::error::GraphError;
use super::path::Key;
use super::query::Query;
use super::query::page::Token;
use super::resource;
use super::schema::deleted_item::{is_of_deleted, is_restorable};
use super::schema::{EntityType, Navigation, Projected, Row, Rows, Type, type_of};
use matching::Matching;
use shown::Shown;

pub(super) mod answer;
pub(super) mod authentication_methods;
pub(super) mod credential_report;
mod matching;
pub(super) mod registration;
pub(super) mod registration_activity;
mod shown;
pub(super) mod sign_in;
pub(super) mod sign_in_summary;
mod sorted;

/// One page of a collection.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) rows: Vec<Value>,
    /// Where the next page starts.
    pub(super) next: Option<Token>,
    pub(super) count: Option<usize>,
    /// The selection in `@odata.context`.
    pub(super) selected: String,
}

/// A collection: a set, or what a navigation leads to.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    /// Where its objects come from; a cast changes what they are read as.
    set: &'static dyn Type,
    kind: &'static dyn Type,
    tenant: &'a Tenant,
    /// The navigation, and from where.
    part: Option<(&'static Navigation, Row<'a>)>,
    /// Only objects of this type.
    cast: Option<&'static dyn Type>,
    /// Not the whole set, but these of it.
    through: Option<Through>,
    /// Of deleted objects, only those that can be restored at this instant.
    restorable: Option<Timestamp>,
}

/// Some objects of a set, after one of them.
type Through = for<'t> fn(&'t Tenant, Option<ObjectId>) -> Rows<'t>;

impl<'a> List<'a> {
    pub(super) fn of_set(kind: &'static dyn Type, tenant: &'a Tenant) -> Self {
        Self {
            set: kind,
            kind,
            tenant,
            part: None,
            cast: None,
            through: None,
            restorable: None,
        }
    }

    pub(super) fn of_navigation(
        navigation: &'static Navigation,
        of: Row<'a>,
        tenant: &'a Tenant,
    ) -> Self {
        Self {
            set: navigation.target,
            kind: navigation.target,
            tenant,
            part: Some((navigation, of)),
            cast: None,
            through: None,
            restorable: None,
        }
    }

    /// The collection at an instant: deleted objects are there for thirty days.
    pub(super) fn at(mut self, now: Timestamp) -> Self {
        if is_of_deleted(self.kind) {
            self.restorable = Some(now);
        }
        self
    }

    /// The objects of one type in it.
    pub(super) fn cast(mut self, cast: Option<&'static dyn Type>) -> Self {
        if let Some(kind) = cast {
            self.kind = kind;
            self.cast = cast;
        }
        self
    }

    /// Not the whole set, but these of it.
    pub(super) fn through(mut self, rows: Through) -> Self {
        self.through = Some(rows);
        self
    }

    /// Whether it is all of a set, so that the set's indexes count.
    fn is_whole(&self) -> bool {
        self.part.is_none() && self.cast.is_none() && self.through.is_none()
    }

    /// The objects after the given one, in the order of their ids.
    fn rows(&self, after: Option<ObjectId>) -> Rows<'a> {
        let all = match self.part {
            None => match self.through {
                Some(through) => through(self.tenant, after),
                None => self.set.rows(self.tenant, after),
            },
            Some((navigation, of)) => (navigation.from)(self.tenant, of, after),
        };
        let tenant = self.tenant;
        let all: Rows<'a> = match self.restorable {
            None => all,
            Some(now) => Box::new(all.filter(move |row| is_restorable(tenant, *row, now))),
        };
        match self.cast {
            None => all,
            Some(cast) => Box::new(all.filter(|row| type_of(*row).name() == cast.name())),
        }
    }

    /// How many there are, where that is known without counting.
    fn size(&self) -> Option<usize> {
        self.is_whole()
            .then(|| self.kind.size(self.tenant))
            .flatten()
    }

    /// Whether it is cut into pages.
    fn is_paged(&self) -> bool {
        self.part.is_none_or(|(navigation, _)| navigation.paged)
    }

    /// Collections of references to directory objects take filters and sorting only with advanced queries.
    fn check_options(&self, query: &Query) -> Result<(), GraphError> {
        let by_reference = self
            .part
            .is_some_and(|(navigation, _)| !navigation.contained && navigation.target.mixed());
        if by_reference && !query.advanced() {
            if query.filter.is_some() {
                return Err(GraphError::ReferenceFilter);
            }
            if !query.order_by.is_empty() {
                return Err(GraphError::SortWithFilter);
            }
        }
        Ok(())
    }

    /// A page; `number` is the number of the query.
    pub(super) fn page(&self, query: &Query, number: u32) -> Result<Page, GraphError> {
        let shown = Shown::bind(self.kind, query)?;
        let matching = Matching::bind(*self, query)?;
        let keys = sorted::keys(self.kind, query)?;
        self.check_options(query)?;
        let token = match &query.skip_token {
            Some(token) => Some(Token::parse(token, number)?),
            None => None,
        };
        let wanted = query.advanced() && token.is_none();
        let mut counted = None;
        let (rows, next) = if wanted && keys.is_empty() && matching.is_big_scan() {
            let (rows, count) = matching.count_in_halves(query.page_size() + 1);
            counted = Some(count);
            self.cut(Box::new(rows.into_iter()), query.page_size())
        } else if keys.is_empty() {
            let after = match token {
                Some(Token::After(id)) => Some(id),
                Some(Token::Sorted(..)) => return Err(GraphError::PageToken),
                None => None,
            };
            self.cut(matching.rows(after), query.page_size())
        } else {
            let whole = self.is_whole() && matching.is_all();
            sorted::page(&matching, whole, &keys, token, query.page_size())?
        };
        let count = wanted.then(|| match (counted, &next) {
            (Some(count), _) => count,
            // All that match are on the page.
            (None, None) => rows.len(),
            (None, Some(_)) => matching.count(),
        });
        Ok(Page {
            rows: rows
                .into_iter()
                .map(|row| Value::Object(shown.entity(self.tenant, row)))
                .collect(),
            next,
            count,
            selected: shown.context,
        })
    }

    fn cut<'m>(
        &self,
        mut rows: Box<dyn Iterator<Item = Row<'a>> + 'm>,
        size: usize,
    ) -> (Vec<Row<'a>>, Option<Token>) {
        let id = |row: &Row<'a>| self.kind.id(self.tenant, *row);
        let first = rows.next();
        if !self.is_paged() || first.as_ref().is_none_or(|row| id(row).is_none()) {
            return (first.into_iter().chain(rows).collect(), None);
        }
        let page: Vec<Row<'a>> = first.into_iter().chain(rows.by_ref()).take(size).collect();
        let last = page.last().and_then(id);
        let more = rows.next().is_some();
        (page, last.filter(|_| more).map(Token::After))
    }

    /// The first objects that match, at most as many as a page has.
    fn matching(&self, query: &Query) -> Result<Vec<Row<'a>>, GraphError> {
        let matching = Matching::bind(*self, query)?;
        let keys = sorted::keys(self.kind, query)?;
        if keys.is_empty() {
            return Ok(matching.rows(None).take(query.page_size()).collect());
        }
        let page = sorted::page(&matching, false, &keys, None, query.page_size())?;
        Ok(page.0)
    }

    /// The number of objects that match.
    pub(super) fn count(&self, query: &Query) -> Result<usize, GraphError> {
        if !query.eventual {
            return Err(GraphError::CountWithoutHeader);
        }
        // `/$count` itself says that a count is wanted.
        let query = Query {
            count: true,
            ..query.clone()
        };
        Ok(Matching::bind(*self, &query)?.count())
    }
}

/// The entity with this key.
pub(super) fn find<'a, T: Projected>(
    entity: &'static EntityType<T>,
    tenant: &'a Tenant,
    key: &Key,
) -> Result<&'a T, GraphError> {
    let found = match key {
        Key::Id(id) => (entity.get)(tenant, id),
        Key::Named(arguments) => {
            resource::by_alternate_key(entity, tenant, arguments)?.and_then(T::of)
        }
    };
    found.ok_or_else(|| GraphError::Missing(key.text().to_owned()))
}

/// One entity with what is selected of it, and the selection for `@odata.context`.
pub(super) fn one(
    kind: &'static dyn Type,
    tenant: &Tenant,
    row: Row<'_>,
    query: &Query,
) -> Result<(Value, String), GraphError> {
    if query.is_for_collections() {
        return Err(GraphError::NotACollection);
    }
    // There is nothing to count; documented requests ask for it all the same, and expand beside it.
    let query = Query {
        count: false,
        ..query.clone()
    };
    let shown = Shown::bind(kind, &query)?;
    Ok((Value::Object(shown.entity(tenant, row)), shown.context))
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
