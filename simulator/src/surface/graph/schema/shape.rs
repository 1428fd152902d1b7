//! What may be written to a property that is kept as it is.

use core::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::property::Kind;

/// The type of a value, with its bounds.
pub(in crate::surface::graph) enum Shape {
    /// At most so many characters.
    Text(usize),
    /// One of these; read back in this spelling.
    OneOf(&'static [&'static str]),
    /// One of these; the first one until another is written.
    FirstOf(&'static [&'static str]),
    Boolean,
    Integer(RangeInclusive<i64>),
    Guid,
    Date,
    /// Base64.
    Bytes,
    List(&'static Shape),
    /// Null until it is written; then all its members are there.
    Object(&'static [(&'static str, Shape)]),
    /// Its members are there from the start.
    Record(&'static [(&'static str, Shape)]),
}

impl Shape {
    pub(in crate::surface::graph) const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) | Self::OneOf(_) | Self::FirstOf(_) | Self::Bytes => Kind::Text,
            Self::Boolean => Kind::Boolean,
            Self::Integer(_) => Kind::Integer,
            Self::Guid => Kind::Guid,
            Self::Date => Kind::Date,
            Self::List(inner) => match inner.kind() {
                Kind::Text => Kind::Texts,
                _ => Kind::Complexes,
            },
            Self::Object(_) | Self::Record(_) => Kind::Complex,
        }
    }

    /// What is read before anything was written.
    pub(in crate::surface::graph) fn absent(&self) -> Value {
        match self {
            Self::List(_) => Value::Array(Vec::new()),
            Self::FirstOf([first, ..]) => Value::from(*first),
            Self::Record(members) => {
                let members = members.iter();
                let absent = members.map(|(name, shape)| ((*name).to_owned(), shape.absent()));
                Value::Object(absent.collect())
            }
            _ => Value::Null,
        }
    }

    /// What is kept when `value` is written over `before`: the members of an object that are not named stay as they were.
    /// An error names what does not fit: a member, or nothing for the value itself.
    pub(in crate::surface::graph) fn written(
        &self,
        before: &Value,
        value: &Value,
    ) -> Result<Value, Misfit> {
        let kept = || Ok(value.clone());
        match (self, value) {
            (Self::List(_) | Self::Record(_) | Self::FirstOf(_), Value::Null) => Ok(self.absent()),
            (_, Value::Null) | (Self::Boolean, Value::Bool(_)) => kept(),
            (Self::Text(most), Value::String(text)) if text.chars().count() <= *most => kept(),
            (Self::OneOf(known) | Self::FirstOf(known), Value::String(text)) => {
                let mut known = known.iter();
                let known = known.find(|known| known.eq_ignore_ascii_case(text));
                known.map_or(Err(Misfit::Value), |known| Ok(Value::from(*known)))
            }
            (Self::Integer(range), value) => match value.as_i64() {
                Some(number) if range.contains(&number) => kept(),
                _ => Err(Misfit::Value),
            },
            (Self::Guid, Value::String(text)) => {
                let id: Result<Uuid, _> = text.parse();
                id.map_or(Err(Misfit::Value), |id| Ok(Value::from(id.to_string())))
            }
            (Self::Date, Value::String(text)) => {
                let instant = Timestamp::parse(text);
                instant.map_or(Err(Misfit::Value), |at| Ok(Value::from(at.to_string())))
            }
            (Self::Bytes, Value::String(text)) if STANDARD.decode(text).is_ok() => kept(),
            (Self::List(inner), Value::Array(values)) => {
                let values = values.iter();
                values
                    .map(|value| inner.written(&Value::Null, value))
                    .collect::<Result<Vec<Value>, Misfit>>()
                    .map(Value::Array)
            }
            (Self::Object(shapes) | Self::Record(shapes), Value::Object(members)) => {
                object(shapes, before, members)
            }
            _ => Err(Misfit::Value),
        }
    }
}

/// Why a value cannot be kept.
#[derive(Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Misfit {
    /// It is of another type, or out of bounds.
    Value,
    /// The type has no such member.
    Member(String),
}

fn object(
    shapes: &[(&'static str, Shape)],
    before: &Value,
    members: &Map<String, Value>,
) -> Result<Value, Misfit> {
    let mut kept = Map::new();
    for (name, shape) in shapes {
        let before = before.get(name).cloned();
        kept.insert((*name).to_owned(), before.unwrap_or_else(|| shape.absent()));
    }
    for (name, value) in members {
        // Annotations, `@odata.type` for instance, are not kept.
        if name.contains('@') {
            continue;
        }
        let mut known = shapes.iter();
        let (name, shape) = known
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .ok_or_else(|| Misfit::Member(name.clone()))?;
        let before = kept.get(*name).cloned().unwrap_or_default();
        kept.insert((*name).to_owned(), shape.written(&before, value)?);
    }
    Ok(Value::Object(kept))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_keeps_the_members_that_are_not_named_and_refuses_those_it_does_not_have() {
        let shape = Shape::Record(&[("a", Shape::Text(3)), ("b", Shape::List(&Shape::Text(9)))]);
        assert_eq!(shape.absent(), json!({"a": null, "b": []}));
        let first = shape.written(&Value::Null, &json!({"a": "x"})).unwrap();
        assert_eq!(first, json!({"a": "x", "b": []}));
        let second = shape.written(&first, &json!({"B": ["y"]})).unwrap();
        assert_eq!(second, json!({"a": "x", "b": ["y"]}));
        assert_eq!(
            shape.written(&first, &json!({"c": 1})),
            Err(Misfit::Member("c".to_owned()))
        );
        assert_eq!(
            shape.written(&first, &json!({"a": "long"})),
            Err(Misfit::Value)
        );
        assert_eq!(shape.written(&first, &json!("text")), Err(Misfit::Value));
    }

    #[test]
    fn values_are_read_back_in_their_own_spelling() {
        let written = |shape: &Shape, value| shape.written(&Value::Null, &value);
        let one = Shape::OneOf(&["Adult", "NotAdult"]);
        assert_eq!(written(&one, json!("adult")), Ok(json!("Adult")));
        assert_eq!(written(&one, json!("old")), Err(Misfit::Value));
        let date = json!("2026-01-02T03:04:05.000Z");
        assert_eq!(
            written(&Shape::Date, date),
            Ok(json!("2026-01-02T03:04:05Z"))
        );
        assert_eq!(
            written(&Shape::Integer(1..=5), json!(6)),
            Err(Misfit::Value)
        );
        assert_eq!(written(&Shape::Guid, json!("x")), Err(Misfit::Value));
        assert_eq!(written(&Shape::Bytes, json!("YQ==")), Ok(json!("YQ==")));
    }
}
