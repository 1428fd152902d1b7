//! A value on its way from an object to a filter, a sort key or the wire.

use core::fmt;
use std::borrow::Cow;

use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::property::Kind;

/// `local@domain`. A scan over everybody does not put the parts together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::surface::graph) struct Address<'a> {
    pub(in crate::surface::graph) local: &'a str,
    pub(in crate::surface::graph) domain: &'a str,
}

impl<'a> Address<'a> {
    pub(in crate::surface::graph) fn of_parts((local, domain): (&'a str, &'a str)) -> Self {
        Self { local, domain }
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// A value on its way to a filter, a sort key or the wire.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::surface::graph) enum Field<'a> {
    Null,
    Text(Cow<'a, str>),
    Address(Address<'a>),
    Boolean(bool),
    Integer(i64),
    Guid(Uuid),
    Date(Timestamp),
    Texts(Vec<Cow<'a, str>>),
    Complex(Value),
}

impl Field<'_> {
    pub(in crate::surface::graph) fn json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Address(address) => Value::String(address.to_string()),
            Self::Boolean(truth) => Value::Bool(truth),
            Self::Integer(number) => json!(number),
            Self::Guid(id) => Value::String(id.to_string()),
            Self::Date(instant) => Value::String(instant.to_string()),
            Self::Texts(texts) => texts
                .into_iter()
                .map(|text| Value::String(text.into_owned()))
                .collect(),
            Self::Complex(value) => value,
        }
    }

    /// A JSON value as a field of this kind; what does not fit stays JSON.
    pub(in crate::surface::graph) fn of_json(kind: Kind, value: Value) -> Self {
        match (kind, value) {
            (_, Value::Null) => Self::Null,
            (Kind::Text, Value::String(text)) => Self::Text(Cow::Owned(text)),
            (Kind::Boolean, Value::Bool(truth)) => Self::Boolean(truth),
            (Kind::Integer, value) => value.as_i64().map_or(Self::Complex(value), Self::Integer),
            (Kind::Guid, Value::String(text)) => match text.parse() {
                Ok(id) => Self::Guid(id),
                Err(_) => Self::Text(Cow::Owned(text)),
            },
            (Kind::Date, Value::String(text)) => match Timestamp::parse(&text) {
                Some(instant) if instant.to_string() == text => Self::Date(instant),
                _ => Self::Text(Cow::Owned(text)),
            },
            (Kind::Texts, Value::Array(members)) => Self::Texts(
                members
                    .into_iter()
                    .filter_map(|member| match member {
                        Value::String(text) => Some(Cow::Owned(text)),
                        _ => None,
                    })
                    .collect(),
            ),
            (_, value) => Self::Complex(value),
        }
    }
}
