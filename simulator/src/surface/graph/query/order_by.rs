//! `$orderby`: properties with a direction.

use crate::surface::graph::error::GraphError;

/// One sort key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) struct Order {
    pub(in crate::surface::graph) property: String,
    pub(in crate::surface::graph) descending: bool,
}

pub(super) fn parse(text: &str) -> Result<Vec<Order>, GraphError> {
    text.split(',').map(key).collect()
}

fn key(text: &str) -> Result<Order, GraphError> {
    let invalid = || GraphError::OrderBy(format!("Syntax error in '{}'.", text.trim()));
    let mut words = text.split_whitespace();
    let property = words.next().ok_or_else(invalid)?.to_owned();
    let descending = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("asc") => false,
        Some(word) if word.eq_ignore_ascii_case("desc") => true,
        Some(_) => return Err(invalid()),
    };
    if words.next().is_some() {
        return Err(invalid());
    }
    Ok(Order {
        property,
        descending,
    })
}
