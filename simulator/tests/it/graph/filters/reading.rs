//! A filter as text, and the naive evaluation of it.

use serde_json::Value;

/// A filter's text, and whether it holds for a row.
type Read = (String, Box<dyn Fn(&Value) -> bool>);

/// The kinds of properties that the test asks about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    /// A text that is compared for equality only.
    Exact,
    Boolean,
    Date,
    Guid,
    Texts,
}

/// One filter; properties and constants are numbers until a set is chosen.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Test {
        property: usize,
        form: usize,
        constants: Vec<usize>,
        turned: bool,
    },
}

pub(super) const WORDS: &[&str] = &[
    "Ada",
    "ada",
    "ADA Lovelace",
    "Bob",
    "bo",
    "Émile",
    "émile",
    "O'Neil",
    "a",
    "Zoë",
    "zo",
    "x,y (z)",
];

/// A filter about one set: as text, and as what it says of a row.
pub(super) struct Reading<'f> {
    pub(super) rows: &'f [Value],
    pub(super) properties: &'static [(&'static str, Kind)],
}

#[derive(Clone, Debug)]
enum Constant {
    Null,
    Text(String),
    Bare(String),
}

impl Constant {
    fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Bare(word) => word.clone(),
        }
    }
}

pub(super) fn fold(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Reading<'_> {
    /// A constant of a kind: mostly one that the directory has.
    fn constant(&self, name: &str, kind: Kind, number: usize) -> Constant {
        let row = &self.rows[number % self.rows.len()][name];
        let found = match row {
            Value::Array(members) => members.get(number % members.len().max(1)).cloned(),
            value => Some(value.clone()),
        };
        match (kind, found) {
            (Kind::Boolean, _) => Constant::Bare(number.is_multiple_of(2).to_string()),
            (_, Some(Value::String(text))) => match kind {
                Kind::Date | Kind::Guid => Constant::Bare(text),
                _ if number.is_multiple_of(3) => Constant::Text(text.to_uppercase()),
                _ => Constant::Text(text),
            },
            (Kind::Date, _) => Constant::Bare("2020-09-13T12:26:40Z".to_owned()),
            (Kind::Guid, _) => Constant::Bare("f8cdef31-a31e-4b4a-93e4-5f571e91255a".to_owned()),
            (Kind::Texts, _) => Constant::Text(WORDS[number % WORDS.len()].to_owned()),
            _ if number.is_multiple_of(2) => Constant::Text(WORDS[number % WORDS.len()].to_owned()),
            _ => Constant::Null,
        }
    }

    pub(super) fn read(&self, filter: &Filter) -> Read {
        match filter {
            Filter::And(left, right) => {
                let ((a, left), (b, right)) = (self.read(left), self.read(right));
                (
                    format!("({a}) and ({b})"),
                    Box::new(move |row| left(row) && right(row)),
                )
            }
            Filter::Or(left, right) => {
                let ((a, left), (b, right)) = (self.read(left), self.read(right));
                (
                    format!("({a} or {b})"),
                    Box::new(move |row| left(row) || right(row)),
                )
            }
            Filter::Not(inner) => {
                let (text, inner) = self.read(inner);
                (format!("not ({text})"), Box::new(move |row| !inner(row)))
            }
            Filter::Test {
                property,
                form,
                constants,
                turned,
            } => {
                let (name, kind) = self.properties[property % self.properties.len()];
                self.test(name, kind, *form, constants, *turned)
            }
        }
    }

    fn test(
        &self,
        name: &'static str,
        kind: Kind,
        form: usize,
        numbers: &[usize],
        turned: bool,
    ) -> Read {
        let constants: Vec<Constant> = numbers
            .iter()
            .map(|number| self.constant(name, kind, *number))
            .collect();
        let first = constants[0].clone();
        if kind == Kind::Texts {
            let (text, test) = compared("m", "eq", &first, turned);
            let text = format!("{name}/any(m:{text})");
            return (
                text,
                Box::new(move |row| row[name].as_array().unwrap().iter().any(&test)),
            );
        }
        let forms: &[&str] = match kind {
            Kind::Text => &["eq", "ne", "in", "startsWith", "ge", "le"],
            Kind::Date => &["eq", "ne", "ge", "le", "in"],
            Kind::Exact | Kind::Guid => &["eq", "ne", "in"],
            Kind::Boolean => &["eq", "ne", "alone"],
            Kind::Texts => unreachable!("handled above"),
        };
        match forms[form % forms.len()] {
            "alone" => (name.to_owned(), Box::new(move |row| row[name] == true)),
            "in" => {
                let list: Vec<String> = constants.iter().map(Constant::shown).collect();
                let tests: Vec<_> = constants
                    .iter()
                    .map(|constant| compared(name, "eq", constant, false).1)
                    .collect();
                let text = format!("{name} in ({})", list.join(", "));
                (
                    text,
                    Box::new(move |row| tests.iter().any(|test| test(&row[name]))),
                )
            }
            "startsWith" => {
                let Constant::Text(whole) = first else {
                    return (
                        format!("{name} eq null"),
                        Box::new(move |row| row[name].is_null()),
                    );
                };
                let prefix: String = whole.chars().take(numbers[0] % 4).collect();
                let text = format!(
                    "startswith({name},{})",
                    Constant::Text(prefix.clone()).shown()
                );
                let test = move |row: &Value| {
                    let value = row[name].as_str();
                    value.is_some_and(|value| fold(value).starts_with(&fold(&prefix)))
                };
                (text, Box::new(test))
            }
            operator => {
                let (text, test) = compared(name, operator, &first, turned);
                (text, Box::new(move |row| test(&row[name])))
            }
        }
    }
}

/// `path operator constant`, or the other way round, and what it says of a value.
fn compared(path: &str, operator: &str, constant: &Constant, turned: bool) -> Read {
    let text = match (turned, constant) {
        (true, Constant::Text(_)) => {
            let other = match operator {
                "ge" => "le",
                "le" => "ge",
                same => same,
            };
            format!("{} {other} {path}", constant.shown())
        }
        _ => format!("{path} {operator} {}", constant.shown()),
    };
    let (operator, constant) = (operator.to_owned(), constant.clone());
    let test = move |value: &Value| {
        let ordering = match (value, &constant) {
            (Value::Null, Constant::Null) => Some(core::cmp::Ordering::Equal),
            (Value::String(value), Constant::Text(text) | Constant::Bare(text)) => {
                Some(fold(value).cmp(&fold(text)))
            }
            (Value::Bool(value), Constant::Bare(word)) => Some(value.to_string().cmp(word)),
            _ => None,
        };
        match operator.as_str() {
            "eq" => ordering.is_some_and(core::cmp::Ordering::is_eq),
            "ne" => !ordering.is_some_and(core::cmp::Ordering::is_eq),
            "ge" => ordering.is_some_and(core::cmp::Ordering::is_ge),
            _ => ordering.is_some_and(core::cmp::Ordering::is_le),
        }
    };
    (text, Box::new(test))
}
