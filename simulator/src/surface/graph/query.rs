//! The query options of a request, taken apart. Which of them an entity allows is decided where it is read.

use http::HeaderMap;

use super::error::GraphError;
use super::schema::Version;
use crate::wire::Form;

mod bind;
pub(super) mod condition;
pub(super) mod expand;
pub(super) mod filter;
mod options;
pub(super) mod order_by;
pub(super) mod page;
pub(super) mod search;
pub(super) mod text;

/// The options as asked for; nothing is checked against an entity yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) version: Version,
    pub(super) select: Option<Vec<String>>,
    pub(super) expand: Vec<expand::Expand>,
    pub(super) top: Option<usize>,
    pub(super) filter: Option<filter::Expression>,
    pub(super) order_by: Vec<order_by::Order>,
    pub(super) search: Option<search::Search>,
    /// `$count=true`.
    pub(super) count: bool,
    pub(super) skip_token: Option<String>,
    pub(super) delta_token: Option<String>,
    /// `ConsistencyLevel: eventual`.
    pub(super) eventual: bool,
}

/// The largest page of directory objects (Microsoft Learn, "Paging Microsoft Graph data in your app").
pub(super) const MAX_PAGE: usize = 999;
/// The size of a page when none is asked for.
pub(super) const DEFAULT_PAGE: usize = 100;

impl Query {
    /// Reads the options, with or without their `$`. Parameters that are no option are ignored, as custom ones are.
    pub(super) fn parse(
        version: Version,
        query: &str,
        headers: &HeaderMap,
    ) -> Result<Self, GraphError> {
        let eventual = headers
            .get("consistencylevel")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.eq_ignore_ascii_case("eventual"));
        let mut options = Self {
            version,
            eventual,
            ..Self::default()
        };
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in Form::parse(query.as_bytes()).iter() {
            let lower = name.to_ascii_lowercase();
            if name.starts_with('$') && seen.contains(&lower) {
                return Err(GraphError::TwiceGiven(name.to_owned()));
            }
            seen.push(lower);
            options.set(name, value, 0)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str, depth: usize) -> Result<(), GraphError> {
        let bare = name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase();
        match bare.as_str() {
            "select" => self.select = Some(options::select(value)?),
            "expand" => self.expand = expand::parse(value, depth)?,
            "top" => self.top = Some(options::top(value)?),
            "filter" => self.filter = Some(filter::parse(value)?),
            "orderby" => self.order_by = order_by::parse(value)?,
            "search" => self.search = Some(search::parse(value)?),
            "count" => {
                let value = value.to_ascii_lowercase();
                self.count = value.parse().map_err(|_| options::bad("count", &value))?;
            }
            "skiptoken" => self.skip_token = Some(value.to_owned()),
            "deltatoken" => self.delta_token = Some(value.to_owned()),
            "skip" => return Err(GraphError::Skip),
            // Names the object of a reference that is taken away.
            "id" => {}
            "format" if value.eq_ignore_ascii_case("json") => {}
            "format" | "apply" | "compute" => {
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
    }

    pub(super) fn page_size(&self) -> usize {
        self.top.unwrap_or(DEFAULT_PAGE)
    }
}
