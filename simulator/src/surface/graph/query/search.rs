//! `$search` over directory objects: quoted clauses `"property:words"` joined by `AND` and `OR`.

use crate::surface::graph::error::GraphError;

/// Alternatives, each a list of clauses that must all hold: `AND` binds closer than `OR`.
pub(in crate::surface::graph) type Search = Vec<Vec<Clause>>;

#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) struct Clause {
    pub(in crate::surface::graph) property: String,
    pub(in crate::surface::graph) text: String,
}

pub(super) fn parse(text: &str) -> Result<Search, GraphError> {
    let mut alternatives: Search = vec![Vec::new()];
    let mut rest = text.trim();
    loop {
        let (clause, tail) = clause(rest).ok_or_else(|| invalid(rest))?;
        if let Some(last) = alternatives.last_mut() {
            last.push(clause);
        }
        let tail = tail.trim_start();
        if tail.is_empty() {
            return Ok(alternatives);
        }
        if let Some(next) = tail.strip_prefix("AND ") {
            rest = next.trim_start();
        } else if let Some(next) = tail.strip_prefix("OR ") {
            alternatives.push(Vec::new());
            rest = next.trim_start();
        } else {
            return Err(invalid(tail));
        }
    }
}

fn clause(text: &str) -> Option<(Clause, &str)> {
    let (inner, tail) = text.strip_prefix('"')?.split_once('"')?;
    let (property, words) = inner.split_once(':')?;
    let clause = Clause {
        property: property.trim().to_owned(),
        text: words.trim().to_owned(),
    };
    (!clause.property.is_empty() && !clause.text.is_empty()).then_some((clause, tail))
}

fn invalid(text: &str) -> GraphError {
    GraphError::Search(format!("Syntax error in '{text}'."))
}

/// Whether every word asked for begins a word of `value`. Words end at blanks and symbols, and where a small letter
/// meets a capital one (Microsoft Learn, "Use the $search query parameter").
pub(in crate::surface::graph) fn matches(value: &str, asked: &str) -> bool {
    let words = words(value);
    asked
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| {
            let word = word.to_lowercase();
            words.iter().any(|known| known.starts_with(&word))
        })
}

fn words(value: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_small = false;
    for c in value.chars() {
        if !c.is_alphanumeric() || (before_small && c.is_uppercase()) {
            words.push(String::new());
        }
        before_small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_join_with_and_closer_than_or() {
        let search = parse(r#""displayName:a" OR "displayName:b" AND "mail:c""#).unwrap();
        assert_eq!(search.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert!(parse("displayName:a").is_err());
        assert!(parse(r#""displayName:a" "mail:b""#).is_err());
    }

    #[test]
    fn words_are_found_by_their_beginning() {
        assert!(matches("Sam Student", "stu"));
        assert!(matches("OneVideo", "vid"));
        assert!(!matches("Sam Student", "dent"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text: String) {
            let _ = parse(&text);
            let _ = matches(&text, &text);
        }
    }
}
