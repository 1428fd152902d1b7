//! Every expectation of a scenario, one by one made wrong: what a test needs to show that none of them is decoration.
//!
//! It works on the text, as a hand would, and knows no key of the language but those whose words are a closed list: an
//! expectation that the language learns later is broken without a word here.

use core::fmt;
use core::ops::Range;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::error::{ParseError, Place};

/// One expectation, and the text that makes it wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mutation {
    /// Where the step stands that it belongs to; none for an entry of `rules`.
    pub step: Option<Place>,
    /// Its keys, joined: `status`, `granted.amr.0`, `save.account`.
    pub what: String,
    /// Where it stands.
    pub place: Place,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// What stands there instead.
    pub wrong: String,
}

/// A YAML value whose parts keep their places.
enum Node {
    Map(Vec<(String, Spanned<Node>)>),
    List(Vec<Spanned<Node>>),
    Scalar(Value),
}

/// Every expectation of a file: what each `expect` says down to the last word, what each `save` keeps, what `rules` names.
///
/// # Errors
/// The text is no YAML.
pub fn mutations(file: &str, text: &str) -> Result<Vec<Mutation>, ParseError> {
    let top: Node = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or(Place::default(), Place::from);
        ParseError::at(file, text, place, error.to_string())
    })?;
    let mut found = Vec::new();
    if let Some(rules) = top.member("rules") {
        collect(&mut found, text, None, "rules", rules);
    }
    if let Some(Node::List(steps)) = top.member("steps").map(|steps| &steps.value) {
        for step in steps {
            let place = Some(Place::from(step.referenced));
            if let Some(Node::Map(keys)) = step.value.member("expect").map(|node| &node.value) {
                for (key, node) in keys {
                    collect(&mut found, text, place, key, node);
                }
            }
            if let Some(save) = step.value.member("save") {
                collect(&mut found, text, place, "save", save);
            }
        }
    }
    Ok(found)
}

/// The text with these made wrong. They must not overlap.
pub fn with(text: &str, mutations: &[&Mutation]) -> String {
    let mut ordered: Vec<&&Mutation> = mutations.iter().collect();
    ordered.sort_by_key(|mutation| core::cmp::Reverse(mutation.range.start));
    let mut text = text.to_owned();
    for mutation in ordered {
        text.replace_range(mutation.range.clone(), &mutation.wrong);
    }
    text
}

fn collect(
    found: &mut Vec<Mutation>,
    text: &str,
    step: Option<Place>,
    what: &str,
    node: &Spanned<Node>,
) {
    let mut deeper = |name: &str, node| collect(found, text, step, &format!("{what}.{name}"), node);
    let wrong = match &node.value {
        Node::Map(members) if !members.is_empty() => {
            return members.iter().for_each(|(name, node)| deeper(name, node));
        }
        Node::List(items) if !items.is_empty() => {
            let numbered = items.iter().enumerate();
            return numbered.for_each(|(at, node)| deeper(&at.to_string(), node));
        }
        // Their place is the opening bracket alone.
        Node::Map(_) => "{ not: empty ".to_owned(),
        Node::List(_) => "[not empty".to_owned(),
        Node::Scalar(value) => wrong(what, value),
    };
    let span = node.referenced.span();
    let bytes = span.byte_offset().zip(span.byte_len());
    let Some((start, len)) = bytes else { return };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    if let Some(bytes) = text.get(start..end) {
        // What follows has to keep its line.
        let breaks = "\n".repeat(bytes.matches('\n').count());
        let wrong = format!("{wrong}{breaks}");
        found.push(Mutation {
            step,
            what: what.to_owned(),
            place: node.referenced.into(),
            range: start..end,
            wrong,
        });
    }
}

/// Another value of the same kind.
fn wrong(what: &str, value: &Value) -> String {
    let key = what.split('.').next().unwrap_or_default();
    match (key, value) {
        ("status", value) => {
            let words = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            // 2xx becomes 3xx, 401 becomes 301.
            let class = if words.starts_with('3') { '4' } else { '3' };
            let rest: String = words.chars().skip(1).collect();
            format!("{class}{rest}")
        }
        ("decision", Value::String(word)) => {
            if word == "deny" { "grant" } else { "deny" }.to_owned()
        }
        ("rule" | "rules" | "audited", Value::String(rule)) => {
            let other = ["account.enabled", "conditional-access.block"];
            other
                .into_iter()
                .find(|other| other != rule)
                .unwrap_or_default()
                .to_owned()
        }
        (_, Value::Null) => "\"not null\"".to_owned(),
        (_, Value::Bool(value)) => (!value).to_string(),
        (_, Value::Number(number)) => number.as_i64().map_or_else(
            || "-1".to_owned(),
            |number| number.wrapping_add(1).to_string(),
        ),
        (_, Value::String(text)) => Value::String(format!("not {text}")).to_string(),
        (_, other) => format!("[{other}]"),
    }
}

impl Node {
    fn member(&self, name: &str) -> Option<&Spanned<Self>> {
        match self {
            Self::Map(members) => members.iter().find(|(key, _)| key == name).map(|(_, v)| v),
            Self::List(_) | Self::Scalar(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Scalar(Value::Null))
            }

            fn visit_none<E>(self) -> Result<Node, E> {
                Ok(Node::Scalar(Value::Null))
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
                Node::deserialize(inner)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Node::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
                let mut map = Vec::new();
                while let Some(member) = members.next_entry()? {
                    map.push(member);
                }
                Ok(Node::Map(map))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_an_expectation_is_made_wrong_in_its_place() {
        let text = "rules: [phase2.arm-write]\nsteps:\n  - as: bob\n  - expect:\n      status: 401\n      granted: { amr: [pwd, \"mfa\"], acrs: [] }\n      body:\n        a.b: null\n    save: { id: value.0.id }\n";
        let found = mutations("a.yaml", text).unwrap();
        let told: Vec<String> = found
            .iter()
            .map(|m| {
                format!(
                    "{}:{} {:?} {} -> {}",
                    m.place.line,
                    m.place.column,
                    m.step.map(|step| step.line),
                    m.what,
                    m.wrong
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "1:9 None rules.0 -> account.enabled",
                "5:15 Some(4) status -> 301",
                "6:24 Some(4) granted.amr.0 -> \"not pwd\"",
                "6:29 Some(4) granted.amr.1 -> \"not mfa\"",
                "6:43 Some(4) granted.acrs -> [not empty",
                "8:14 Some(4) body.a.b -> \"not null\"",
                "9:17 Some(4) save.id -> \"not value.0.id\"",
            ]
        );
        let all: Vec<&Mutation> = found.iter().collect();
        let broken = with(text, &all);
        assert!(broken.contains("status: 301"), "{broken}");
        assert!(
            broken.contains("amr: [\"not pwd\", \"not mfa\"], acrs: [not empty] }"),
            "{broken}"
        );
        assert_eq!(mutations("a.yaml", &broken).unwrap().len(), found.len());
    }
}
