//! Which objects of a collection a query is about: `$filter` and `$search`, bound to it.

use entrasim_domain::id::ObjectId;

use super::List;
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::query::condition::Condition;
use crate::surface::graph::query::{Query, search, text};
use crate::surface::graph::schema::{Field, Kind, Row, Rows};

/// From so many objects on, looking at all of them is worth a second thread.
const MANY: usize = if cfg!(test) { 4 } else { 50_000 };

/// `$filter` and `$search`, bound to a collection.
pub(super) struct Matching<'q, 'a> {
    pub(super) list: List<'a>,
    condition: Option<Condition>,
    search: Vec<Vec<(usize, bool, &'q str)>>,
}

impl<'q, 'a> Matching<'q, 'a> {
    pub(super) fn bind(list: List<'a>, query: &'q Query) -> Result<Self, GraphError> {
        let filter = query.filter.as_ref();
        let condition = filter
            .map(|filter| Condition::bind(list.kind, filter, query))
            .transpose()?;
        if query.search.is_some() && !query.eventual {
            return Err(GraphError::SearchWithoutHeader);
        }
        let clause = |clause: &'q search::Clause| {
            let (at, facts) = list.kind.property(&clause.property, QueryPart::Filter)?;
            // Only these two are taken apart into words; the others are found by their beginning.
            let tokenised = ["displayName", "description"].contains(&facts.name);
            if facts.kind == Kind::Text && (tokenised || facts.search) {
                Ok((at, tokenised, clause.text.as_str()))
            } else {
                let name = format!("graph $search on {}/{}", list.kind.name(), facts.name);
                Err(GraphError::NotSimulated(name))
            }
        };
        let alternatives = query.search.iter().flatten();
        let search: Result<_, GraphError> = alternatives
            .map(|clauses| clauses.iter().map(clause).collect())
            .collect();
        Ok(Self {
            list,
            condition,
            search: search?,
        })
    }

    pub(super) fn rows<'m>(
        &'m self,
        after: Option<ObjectId>,
    ) -> Box<dyn Iterator<Item = Row<'a>> + 'm>
    where
        'a: 'm,
    {
        let rows = self.indexed(after);
        let rows = rows.unwrap_or_else(|| self.list.rows(after));
        Box::new(rows.filter(move |row| self.holds(*row)))
    }

    /// The objects that the set's indexes leave over; `None` if that is all.
    fn indexed(&self, after: Option<ObjectId>) -> Option<Rows<'a>> {
        let List { kind, tenant, .. } = self.list;
        let condition = self.condition.as_ref();
        condition
            .filter(|_| self.list.is_whole())?
            .candidates(kind, tenant, after)
    }

    /// Whether every row matches.
    pub(super) fn is_all(&self) -> bool {
        self.condition.is_none() && self.search.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        match self.list.size() {
            Some(size) if self.is_all() => size,
            size => match self.indexed(None) {
                Some(rows) => rows.filter(|row| self.holds(*row)).count(),
                None if size.is_some_and(|size| size >= MANY) => self.count_in_halves(0).1,
                None => self.list.rows(None).filter(|row| self.holds(*row)).count(),
            },
        }
    }

    /// Whether every object of a big set has to be looked at.
    pub(super) fn is_big_scan(&self) -> bool {
        let is_big = self.list.size().is_some_and(|size| size >= MANY);
        is_big && !self.is_all() && self.indexed(None).is_none()
    }

    /// The first objects that match, so many at most, and how many there are. Looks at those with the lower and with the
    /// higher ids at the same time.
    pub(super) fn count_in_halves(&self, most: usize) -> (Vec<Row<'a>>, usize) {
        let List { kind, tenant, .. } = self.list;
        let middle = ObjectId::from_u128(u128::MAX / 2);
        let look = |rows: &mut dyn Iterator<Item = Row<'a>>| {
            let (mut first, mut count) = (Vec::new(), 0);
            for row in rows.filter(|row| self.holds(*row)) {
                count += 1;
                if first.len() < most {
                    first.push(row);
                }
            }
            (first, count)
        };
        std::thread::scope(|scope| {
            let upper = scope.spawn(|| look(&mut self.list.rows(Some(middle))));
            let is_lower = |row: &Row<'a>| kind.id(tenant, *row) <= Some(middle);
            let (mut first, count) = look(&mut self.list.rows(None).take_while(is_lower));
            // Half an answer would be a wrong one.
            let upper = upper.join();
            let (rest, more) = upper.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let room = most - first.len();
            first.extend(rest.into_iter().take(room));
            (first, count + more)
        })
    }

    fn holds(&self, row: Row<'a>) -> bool {
        let List { kind, tenant, .. } = self.list;
        let found = |(at, tokenised, asked): &(usize, bool, &str)| match kind.read(*at, tenant, row)
        {
            Field::Text(value) if *tokenised => search::matches(&value, asked),
            Field::Text(value) => text::starts_with(&value, asked),
            Field::Address(address) => text::address_starts_with(address, asked),
            _ => false,
        };
        let searched =
            self.search.is_empty() || self.search.iter().any(|clauses| clauses.iter().all(found));
        searched
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds(kind, tenant, row))
    }
}
