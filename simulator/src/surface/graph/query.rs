//! The query options of a request, taken apart. Which of them an entity allows is decided where it is read.

use http::HeaderMap;

use super::error::GraphError;
use crate::wire::Form;

pub(super) mod condition;
pub(super) mod filter;
pub(super) mod order_by;
pub(super) mod page;
pub(super) mod search;

/// The options as asked for; nothing is checked against an entity yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) select: Option<Vec<String>>,
    pub(super) top: Option<usize>,
    pub(super) filter: Option<filter::Expression>,
    pub(super) order_by: Vec<order_by::Order>,
    pub(super) search: Option<search::Search>,
    /// `$count=true`.
    pub(super) count: bool,
    pub(super) page: Option<page::Token>,
    /// `ConsistencyLevel: eventual`.
    pub(super) eventual: bool,
}

/// The largest page of directory objects (Microsoft Learn, "Paging Microsoft Graph data in your app").
pub(super) const MAX_PAGE: usize = 999;
/// The size of a page when none is asked for.
pub(super) const DEFAULT_PAGE: usize = 100;

impl Query {
    /// Reads the options, with or without their `$`. Parameters that are no option are ignored, as custom ones are.
    pub(super) fn parse(query: &str, headers: &HeaderMap) -> Result<Self, GraphError> {
        let eventual = headers
            .get("consistencylevel")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.eq_ignore_ascii_case("eventual"));
        let mut options = Self {
            eventual,
            ..Self::default()
        };
        for (name, value) in Form::parse(query.as_bytes()).iter() {
            options.set(name, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), GraphError> {
        let bare = name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase();
        match bare.as_str() {
            "select" => self.select = Some(select(value)?),
            "top" => self.top = Some(top(value)?),
            "filter" => self.filter = Some(filter::parse(value)?),
            "orderby" => self.order_by = order_by::parse(value)?,
            "search" => self.search = Some(search::parse(value)?),
            "count" => {
                self.count = value
                    .to_ascii_lowercase()
                    .parse()
                    .map_err(|_| option("count", value))?;
            }
            "skiptoken" => self.page = Some(page::Token::parse(value)?),
            "skip" => return Err(GraphError::Skip),
            "format" if value.eq_ignore_ascii_case("json") => {}
            "expand" | "format" | "apply" | "compute" | "deltatoken" => {
                return Err(GraphError::NotSimulated(format!("graph ${bare}")));
            }
            _ if name.starts_with('$') => return Err(GraphError::UnknownOption(name.to_owned())),
            _ => {}
        }
        Ok(())
    }

    /// Whether advanced queries are on: `ConsistencyLevel: eventual` together with `$count=true`
    /// (Microsoft Learn, "Advanced query capabilities on Microsoft Entra ID objects").
    pub(super) fn advanced(&self) -> bool {
        self.eventual && self.count
    }

    /// Whether an option is used that only collections have.
    pub(super) fn is_for_collections(&self) -> bool {
        self.top.is_some()
            || self.filter.is_some()
            || !self.order_by.is_empty()
            || self.search.is_some()
            || self.count
    }

    pub(super) fn page_size(&self) -> usize {
        self.top.unwrap_or(DEFAULT_PAGE)
    }
}

fn option(option: &'static str, value: &str) -> GraphError {
    GraphError::OptionValue {
        option,
        value: value.to_owned(),
    }
}

fn top(value: &str) -> Result<usize, GraphError> {
    let number: i64 = value.trim().parse().map_err(|_| option("top", value))?;
    usize::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_PAGE).contains(number))
        .ok_or_else(|| GraphError::PageSize(value.to_owned()))
}

fn select(value: &str) -> Result<Vec<String>, GraphError> {
    let is_name = |term: &str| {
        term == "*" || (!term.is_empty() && term.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    value
        .split(',')
        .map(str::trim)
        .map(|term| {
            if is_name(term) {
                Ok(term.to_owned())
            } else {
                Err(GraphError::SelectTerm(term.to_owned()))
            }
        })
        .collect()
}
