//! `$filter` as far as Resource Manager's lists know it: comparisons and calls, joined by `and`, and those by `or`.

use super::error::ArmError;

/// One condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Clause {
    /// `resourceType eq 'x'`; the operator is in lower case.
    Compare {
        property: String,
        operator: String,
        value: String,
    },
    /// `atScope()`, `assignedTo('x')`; the name is in lower case.
    Call { name: String, argument: String },
}

/// Alternatives, each a list of conditions that must all hold. No filter is one alternative without conditions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Filter(Vec<Vec<Clause>>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
}

impl Filter {
    /// Reads the filter of a query; a missing one lets everything pass.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, ArmError> {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(Self(vec![Vec::new()]));
        }
        let invalid = || ArmError::InvalidFilter(text.to_owned());
        let tokens = tokens(text).ok_or_else(invalid)?;
        let mut alternatives = vec![Vec::new()];
        let mut rest = tokens.as_slice();
        loop {
            let (clause, tail) = clause(rest).ok_or_else(invalid)?;
            if let Some(current) = alternatives.last_mut() {
                current.push(clause);
            }
            rest = match tail {
                [] => return Ok(Self(alternatives)),
                [Token::Word(word), tail @ ..] if word.eq_ignore_ascii_case("and") => tail,
                [Token::Word(word), tail @ ..] if word.eq_ignore_ascii_case("or") => {
                    alternatives.push(Vec::new());
                    tail
                }
                _ => return Err(invalid()),
            };
        }
    }

    /// Whether some alternative holds whole; `holds` says it of one condition, and fails for those it does not know.
    pub(super) fn accepts(
        &self,
        mut holds: impl FnMut(&Clause) -> Result<bool, ArmError>,
    ) -> Result<bool, ArmError> {
        let mut accepted = false;
        for alternative in &self.0 {
            let mut all = true;
            for clause in alternative {
                all &= holds(clause)?;
            }
            accepted |= all;
        }
        Ok(accepted)
    }

    /// Every condition, whatever joins them.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.0.iter().flatten()
    }
}

impl Clause {
    /// The failure for a condition that a list does not know here.
    pub(super) fn unknown(&self, list: &str) -> ArmError {
        let name = match self {
            Self::Compare {
                property, operator, ..
            } => format!("{property} {operator}"),
            Self::Call { name, .. } => format!("{name}()"),
        };
        ArmError::NotSimulated(format!("$filter={name} on {list}"))
    }
}

/// Compares as `eq` and `ne` do, case ignored; `None` for another operator.
pub(super) fn compare(operator: &str, actual: &str, wanted: &str) -> Option<bool> {
    match operator {
        "eq" => Some(actual.eq_ignore_ascii_case(wanted)),
        "ne" => Some(!actual.eq_ignore_ascii_case(wanted)),
        _ => None,
    }
}

fn clause(tokens: &[Token]) -> Option<(Clause, &[Token])> {
    match tokens {
        [Token::Word(name), Token::Open, Token::Close, rest @ ..] => Some((
            Clause::Call {
                name: name.to_lowercase(),
                argument: String::new(),
            },
            rest,
        )),
        [
            Token::Word(name),
            Token::Open,
            Token::Text(argument),
            Token::Close,
            rest @ ..,
        ] => Some((
            Clause::Call {
                name: name.to_lowercase(),
                argument: argument.clone(),
            },
            rest,
        )),
        [
            Token::Word(property),
            Token::Word(operator),
            Token::Text(value) | Token::Word(value),
            rest @ ..,
        ] => Some((
            Clause::Compare {
                property: property.to_lowercase(),
                operator: operator.to_lowercase(),
                value: value.clone(),
            },
            rest,
        )),
        _ => None,
    }
}

/// Words, texts in single quotes (a doubled quote stands for one), parentheses.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        match first {
            _ if first.is_whitespace() => {}
            '(' => found.push(Token::Open),
            ')' => found.push(Token::Close),
            '\'' => {
                let mut value = String::new();
                loop {
                    match characters.next()? {
                        '\'' if characters.peek() == Some(&'\'') => {
                            characters.next();
                            value.push('\'');
                        }
                        '\'' => break,
                        other => value.push(other),
                    }
                }
                found.push(Token::Text(value));
            }
            _ => {
                let mut word = String::from(first);
                while let Some(next) = characters
                    .next_if(|next| !next.is_whitespace() && !matches!(next, '(' | ')' | '\''))
                {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_by_and_and_or() {
        let filter = Filter::parse(Some(
            "a eq 'it''s' and atScope() or b ge 2025-01-01T00:00:00Z",
        ));
        assert_eq!(
            filter.unwrap().0.iter().map(Vec::len).collect::<Vec<_>>(),
            [2, 1]
        );
        for bad in ["a", "a eq", "a eq 'x", "(a eq 'b')", "a eq 'b' b", "and"] {
            assert!(Filter::parse(Some(bad)).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text: String) {
            let _ = Filter::parse(Some(&text));
        }
    }
}
