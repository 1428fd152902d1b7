//! `$expand`: navigations whose targets come along, each with options of its own in parentheses.

use super::{Query, options};
use crate::surface::graph::error::GraphError;

/// One navigation to expand.
#[derive(Clone, Debug)]
pub(in crate::surface::graph) struct Expand {
    pub(in crate::surface::graph) name: String,
    pub(in crate::surface::graph) query: Query,
    /// `$levels`: how often the same navigation is followed from its targets.
    pub(in crate::surface::graph) levels: Levels,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Levels {
    Number(u32),
    Max,
}

/// How deep `$expand` may nest.
const DEPTH: usize = 8;

pub(super) fn parse(text: &str, depth: usize) -> Result<Vec<Expand>, GraphError> {
    let term = || GraphError::SelectTerm(text.to_owned());
    if depth > DEPTH {
        return Err(term());
    }
    pieces(text, ',')
        .ok_or_else(term)?
        .into_iter()
        .map(|piece| one(piece.trim(), depth))
        .collect()
}

fn one(text: &str, depth: usize) -> Result<Expand, GraphError> {
    let term = || GraphError::SelectTerm(text.to_owned());
    let (name, inside) = match text.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end().strip_suffix(')')),
        None => (text, Some("")),
    };
    let inside = inside.ok_or_else(term)?;
    let is_name = name == "*"
        || (!name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "_/.$".contains(c)));
    if !is_name {
        return Err(term());
    }
    let mut expand = Expand {
        name: name.to_owned(),
        query: Query::default(),
        levels: Levels::Number(1),
    };
    for option in pieces(inside, ';').ok_or_else(term)? {
        let option = option.trim();
        if option.is_empty() {
            continue;
        }
        let (name, value) = option.split_once('=').ok_or_else(term)?;
        let name = name.trim().to_ascii_lowercase();
        match name.trim_start_matches('$') {
            "levels" if value.eq_ignore_ascii_case("max") => expand.levels = Levels::Max,
            "levels" => {
                let number = value.parse().map_err(|_| options::bad("levels", value))?;
                expand.levels = Levels::Number(number);
            }
            "select" | "filter" | "top" | "orderby" | "count" | "search" | "expand" => {
                expand.query.set(&name, value, depth + 1)?;
            }
            _ => return Err(term()),
        }
    }
    Ok(expand)
}

/// What the separator separates outside of quotes and parentheses; `None` if those do not match.
fn pieces(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut pieces, mut start, mut open, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => open += 1,
            ')' => open = open.checked_sub(1)?,
            c if c == separator && open == 0 => {
                pieces.push(text.get(start..at)?);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(text.get(start..)?);
    (open == 0 && !quoted).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_in_parentheses_and_nest() {
        let expands = parse(
            "manager($levels=max;$select=id,displayName),members($expand=owners($top=1))",
            0,
        )
        .unwrap();
        assert_eq!(expands[0].levels, Levels::Max);
        assert_eq!(expands[0].query.select.as_ref().unwrap().len(), 2);
        assert_eq!(expands[1].query.expand[0].query.top, Some(1));
    }

    #[test]
    fn what_does_not_close_is_refused() {
        for text in [
            "",
            "manager(",
            "manager)",
            "manager($levels)",
            "a b",
            "manager($frob=1)",
        ] {
            assert!(parse(text, 0).is_err(), "{text}");
        }
        assert!(parse(&"a($expand=".repeat(50), 0).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text: String) {
            let _ = parse(&text, 0);
        }
    }
}
