//! A typed look at the parameters of a request: present with the right type, absent, or an error.
//!
//! Source: CTAP 2.3, section 8.2: a wrong type is `CTAP2_ERR_CBOR_UNEXPECTED_TYPE`, an absent parameter that
//! is needed is `CTAP2_ERR_MISSING_PARAMETER`. Unknown keys are ignored (section 8).

use super::Value;
use crate::status::Status;

/// The entries of a map.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [(Value, Value)]);

impl<'a> Fields<'a> {
    /// Looks into a value that must be a map.
    pub fn of(value: &'a Value) -> Result<Self, Status> {
        match value {
            Value::Map(entries) => Ok(Self(entries)),
            _ => Err(Status::CborUnexpectedType),
        }
    }

    /// The value under a key, whatever its type.
    pub fn value(self, key: impl Into<Value>) -> Option<&'a Value> {
        let key = key.into();
        self.0
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    fn typed<T>(
        self,
        key: impl Into<Value>,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Status> {
        self.value(key)
            .map(|value| read(value).ok_or(Status::CborUnexpectedType))
            .transpose()
    }

    /// A byte string.
    pub fn bytes(self, key: impl Into<Value>) -> Result<Option<&'a [u8]>, Status> {
        self.typed(key, Value::as_bytes)
    }

    /// A text string.
    pub fn text(self, key: impl Into<Value>) -> Result<Option<&'a str>, Status> {
        self.typed(key, Value::as_text)
    }

    /// A non-negative integer.
    pub fn unsigned(self, key: impl Into<Value>) -> Result<Option<u64>, Status> {
        self.typed(key, |value| match value {
            Value::Unsigned(number) => Some(*number),
            _ => None,
        })
    }

    /// An integer of either sign.
    pub fn integer(self, key: impl Into<Value>) -> Result<Option<i64>, Status> {
        self.typed(key, Value::as_integer)
    }

    /// A boolean.
    pub fn boolean(self, key: impl Into<Value>) -> Result<Option<bool>, Status> {
        self.typed(key, |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })
    }

    /// An array.
    pub fn array(self, key: impl Into<Value>) -> Result<Option<&'a [Value]>, Status> {
        self.typed(key, |value| match value {
            Value::Array(items) => Some(items.as_slice()),
            _ => None,
        })
    }

    /// A map.
    pub fn map(self, key: impl Into<Value>) -> Result<Option<Fields<'a>>, Status> {
        self.value(key).map(Fields::of).transpose()
    }
}
