//! The short options: `$select`, `$top`, and what they share.

use super::MAX_PAGE;
use crate::surface::graph::error::GraphError;

pub(super) fn bad(option: &'static str, value: &str) -> GraphError {
    GraphError::OptionValue {
        option,
        value: value.to_owned(),
    }
}

pub(super) fn top(value: &str) -> Result<usize, GraphError> {
    let number: i64 = value.trim().parse().map_err(|_| bad("top", value))?;
    usize::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_PAGE).contains(number))
        .ok_or_else(|| GraphError::PageSize(value.to_owned()))
}

pub(super) fn select(value: &str) -> Result<Vec<String>, GraphError> {
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
