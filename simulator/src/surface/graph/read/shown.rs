//! What an answer shows of each object: the selection, and the targets of expanded navigations.

use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value};

use super::{List, sorted};
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::query::Query;
use crate::surface::graph::query::condition::Condition;
use crate::surface::graph::query::expand::{Expand, Levels};
use crate::surface::graph::schema::{Navigation, Row, Selection, Type, type_of};

/// `$select` and `$expand`, bound to a type.
pub(super) struct Shown {
    selection: Selection,
    expanded: Vec<Expanded>,
    /// What `@odata.context` says of both, in parentheses; empty without either.
    pub(super) context: String,
}

struct Expanded {
    navigation: &'static Navigation,
    query: Query,
    shown: Shown,
    levels: u32,
}

/// At most so many targets come along (Microsoft Learn, "Expand relationships": directory objects).
const MOST: usize = 20;
/// How often `$levels=max` follows a navigation at most.
const LEVELS: u32 = 1000;

impl Shown {
    pub(super) fn bind(kind: &'static dyn Type, query: &Query) -> Result<Self, GraphError> {
        let selection = Selection::bind(kind, query.select.as_deref(), query.version)?;
        let advanced = query.advanced() || query.search.is_some();
        if !query.expand.is_empty() && advanced {
            return Err(GraphError::ExpandWithAdvanced);
        }
        let expanded: Result<Vec<Expanded>, _> = query
            .expand
            .iter()
            .map(|expand| Expanded::bind(kind, expand, query))
            .collect();
        let expanded = expanded?;
        let mut names: Vec<String> = selection
            .names
            .iter()
            .filter(|name| !expanded.iter().any(|known| known.navigation.name == **name))
            .map(|name| name.clone().into_owned())
            .collect();
        names.extend(expanded.iter().map(|expanded| {
            let inside = expanded.shown.context.trim_start_matches('(');
            let inside = inside.strip_suffix(')').unwrap_or(inside);
            format!("{}({inside})", expanded.navigation.name)
        }));
        let context = if names.is_empty() {
            String::new()
        } else {
            format!("({})", names.join(","))
        };
        Ok(Self {
            selection,
            expanded,
            context,
        })
    }

    pub(super) fn entity(&self, tenant: &Tenant, row: Row<'_>) -> Map<String, Value> {
        let mut members = self.selection.entity(tenant, row);
        for expanded in &self.expanded {
            let shown = expanded.value(tenant, row, expanded.levels);
            members.extend(shown.map(|value| (expanded.navigation.name.to_owned(), value)));
        }
        members
    }
}

impl Expanded {
    fn bind(kind: &'static dyn Type, expand: &Expand, outer: &Query) -> Result<Self, GraphError> {
        if expand.name == "*" {
            return Err(GraphError::NotSimulated("graph $expand=*".to_owned()));
        }
        let navigation = match kind.navigation(&expand.name).filter(|found| found.expand) {
            Some(navigation) => navigation,
            None if kind.place(&expand.name).is_some() => {
                return Err(GraphError::NotNavigation {
                    property: expand.name.clone(),
                    entity: kind.name(),
                });
            }
            None => return Err(kind.unknown(&expand.name, QueryPart::Select)),
        };
        let query = Query {
            version: outer.version,
            ..expand.query.clone()
        };
        let shown = Shown::bind(navigation.target, &query)?;
        if let Some(filter) = &query.filter {
            Condition::bind(navigation.target, filter, &query)?;
        }
        sorted::keys(navigation.target, &query)?;
        let levels = match expand.levels {
            Levels::Number(number) => number,
            Levels::Max => LEVELS,
        };
        Ok(Self {
            navigation,
            query,
            shown,
            levels,
        })
    }

    fn value(&self, tenant: &Tenant, row: Row<'_>, levels: u32) -> Option<Value> {
        if self.navigation.many {
            let list = List::of_navigation(self.navigation, row, tenant);
            let mut query = self.query.clone();
            let most = if self.navigation.contained {
                query.page_size()
            } else {
                MOST
            };
            query.top = Some(query.top.unwrap_or(most).min(most));
            query.expand = Vec::new();
            let rows = list.matching(&query).unwrap_or_default();
            let shown = rows
                .into_iter()
                .map(|target| Value::Object(self.shown.entity(tenant, target)));
            return Some(shown.collect());
        }
        let target = (self.navigation.from)(tenant, row, None).next()?;
        let mut members = self.shown.entity(tenant, target);
        let again = type_of(target).navigation(self.navigation.name);
        if levels > 1 && again.is_some() {
            let further = self.value(tenant, target, levels - 1);
            members.extend(further.map(|value| (self.navigation.name.to_owned(), value)));
        }
        Some(Value::Object(members))
    }
}
