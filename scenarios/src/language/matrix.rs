//! One story over several clients, phases or policies: variables, filled in before the text is read as YAML.
//!
//! Filling in the text keeps every line where it is, so failures point into the file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::error::{ParseError, Place};
use super::parse::VARIABLES;

/// The part of a file that names variables; the rest is not looked at.
#[derive(Default, Deserialize)]
struct Head {
    #[serde(default)]
    vars: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    matrix: BTreeMap<String, Spanned<Vec<Value>>>,
    #[serde(default)]
    cases: Vec<BTreeMap<String, Spanned<Value>>>,
    #[serde(default)]
    steps: Vec<IncludeOnly>,
}

#[derive(Default, Deserialize)]
struct IncludeOnly {
    #[serde(default)]
    include: Option<String>,
}

/// One combination: every variable's value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Combination {
    /// `client: azure-cli, phase: 2`; none where the file has neither a matrix nor cases.
    pub name: Option<String>,
    /// What stands for `{name}`.
    pub values: Vec<(String, String)>,
}

/// A matrix of more than this many is a mistake.
const MOST: usize = 200;

/// Every combination of a file, in the order in which they are written.
pub(super) fn combinations(file: &str, text: &str) -> Result<Vec<Combination>, ParseError> {
    // A text that is no YAML is told by who reads it whole.
    let Ok(head) = serde_saphyr::from_str::<Head>(text) else {
        return Ok(vec![Combination::default()]);
    };
    let at = |location: Location, message: String| {
        ParseError::at(file, text, Place::from(location), message)
    };
    let names = head
        .vars
        .iter()
        .map(|(name, value)| (name, value.referenced))
        .chain(
            head.matrix
                .iter()
                .map(|(name, values)| (name, values.referenced)),
        )
        .chain(
            head.cases
                .iter()
                .flatten()
                .map(|(name, value)| (name, value.referenced)),
        );
    let includes = head.steps.iter().any(|step| step.include.is_some());
    for (name, location) in names {
        check_name(name).map_err(|message| at(location, message))?;
        if !includes && !text.contains(&format!("{{{name}}}")) {
            let message =
                format!("`{name}` stands nowhere in the file; write '{{{name}}}' where it belongs");
            return Err(at(location, message));
        }
    }
    let mut rows: Vec<Vec<(String, String)>> = vec![Vec::new()];
    if !head.cases.is_empty() {
        rows = head
            .cases
            .iter()
            .map(|case| {
                in_written_order(case.iter())
                    .map(|(name, value)| {
                        word(name, &value.value).map_err(|message| at(value.referenced, message))
                    })
                    .collect()
            })
            .collect::<Result<_, _>>()?;
    }
    for (name, values) in in_written_order(head.matrix.iter()) {
        let words: Vec<(String, String)> = values
            .value
            .iter()
            .map(|value| word(name, value))
            .collect::<Result<_, _>>()
            .map_err(|message| at(values.referenced, message))?;
        if words.is_empty() {
            return Err(at(values.referenced, format!("`{name}` has no value")));
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                words
                    .iter()
                    .map(|word| [row.as_slice(), core::slice::from_ref(word)].concat())
            })
            .collect();
        if rows.len() > MOST {
            let message = format!("the matrix has more than {MOST} combinations");
            return Err(at(values.referenced, message));
        }
    }
    let vars: Vec<(String, String)> = head
        .vars
        .iter()
        .map(|(name, value)| {
            word(name, &value.value).map_err(|message| at(value.referenced, message))
        })
        .collect::<Result<_, _>>()?;
    let is_plain = head.matrix.is_empty() && head.cases.is_empty();
    Ok(rows
        .into_iter()
        .map(|row| {
            let pairs: Vec<String> = row
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            Combination {
                name: (!is_plain).then(|| pairs.join(", ")),
                // A variable may be made of the matrix, so it comes first.
                values: vars.iter().cloned().chain(row).collect(),
            }
        })
        .collect())
}

fn in_written_order<'a, T: 'a>(
    entries: impl Iterator<Item = (&'a String, &'a Spanned<T>)>,
) -> impl Iterator<Item = (&'a String, &'a Spanned<T>)> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(_, value)| (value.referenced.line(), value.referenced.column()));
    entries.into_iter()
}

fn check_name(name: &str) -> Result<(), String> {
    let is_word = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
    if name.is_empty() || !is_word {
        return Err(format!(
            "`{name}` is no name; use lower-case letters, digits, `-` and `_`"
        ));
    }
    if VARIABLES.contains(&name) {
        return Err(format!(
            "`{{{name}}}` stands for the tenant's own; choose another name"
        ));
    }
    Ok(())
}

fn word(name: &str, value: &Value) -> Result<(String, String), String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => {
            return Err(format!(
                "`{name}` has to be a text, a number or a truth value"
            ));
        }
    };
    if text.contains(['"', '\'', '\n', '\\']) {
        return Err(format!(
            "`{name}` must not have quotes, backslashes or line breaks in it: it is put into the text as it is"
        ));
    }
    Ok((name.to_owned(), text))
}

impl Combination {
    /// The text with everything filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        let put = |text: String, (name, value): &(String, String)| {
            text.replace(&format!("{{{name}}}"), value)
        };
        self.values.iter().fold(text.to_owned(), put)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match combinations("a.yaml", text) {
            Ok(all) => all
                .iter()
                .map(|one| format!("{:?} {:?}\n", one.name, one.values))
                .collect(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_matrix_is_a_product_cases_are_rows_and_variables_may_be_made_of_them() {
        insta::assert_snapshot!(told(
            "vars: { group: 'g-{who}' }\ncases:\n  - { who: bob, status: 401 }\n  - { who: alice, status: 201 }\nmatrix:\n  zone: [b, a]\nsteps: [{ arm: '{group}{zone}{status}' }]\n"
        ), @r#"
        Some("who: bob, status: 401, zone: b") [("group", "g-{who}"), ("who", "bob"), ("status", "401"), ("zone", "b")]
        Some("who: bob, status: 401, zone: a") [("group", "g-{who}"), ("who", "bob"), ("status", "401"), ("zone", "a")]
        Some("who: alice, status: 201, zone: b") [("group", "g-{who}"), ("who", "alice"), ("status", "201"), ("zone", "b")]
        Some("who: alice, status: 201, zone: a") [("group", "g-{who}"), ("who", "alice"), ("status", "201"), ("zone", "a")]
        "#);
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused_in_its_place() {
        insta::assert_snapshot!([
            told("matrix: { client: [a, b] }\n"),
            told("vars:\n  tenant: x\n"),
            told("vars:\n  a: \"it's\"\nabout: '{a}'\n"),
            told("vars:\n  Big: x\n"),
        ].join("\n"), @r#"
        a.yaml:1:19: `client` stands nowhere in the file; write '{client}' where it belongs
          1 | matrix: { client: [a, b] }
            |                   ^

        a.yaml:2:11: `{tenant}` stands for the tenant's own; choose another name
          2 |   tenant: x
            |           ^

        a.yaml:2:6: `a` must not have quotes, backslashes or line breaks in it: it is put into the text as it is
          2 |   a: "it's"
            |      ^

        a.yaml:2:8: `Big` is no name; use lower-case letters, digits, `-` and `_`
          2 |   Big: x
            |        ^
        "#);
    }
}
