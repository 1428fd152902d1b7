//! CBOR as CTAP2 wants it: one strict reader, one canonical writer, one tree of values between.
//!
//! Source: CTAP 2.3, section 8 "Message Encoding" (CTAP2 canonical CBOR encoding form). Knows nothing of
//! commands; the typed look at a request's parameters is in [`Fields`].

mod fields;
mod read;
mod write;

pub use fields::Fields;
pub use read::{Malformed, read, read_prefix};
pub use write::write;

/// The most levels of arrays and maps a message may have (CTAP 2.3, section 8).
pub const MAX_DEPTH: usize = 4;

/// One CBOR data item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A non-negative integer.
    Unsigned(u64),
    /// A negative integer, held as on the wire: the value is −1 − n.
    Negative(u64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// A map. The reader has checked order and uniqueness; the writer sorts.
    Map(Vec<(Value, Value)>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A floating-point number or another simple value, as its header argument. No member of CTAP has one.
    Simple(u64),
}

impl Value {
    /// Builds a map; the writer puts the keys into canonical order.
    pub fn map<K: Into<Value>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// Builds a map from entries of which some may be absent.
    pub fn map_of<K: Into<Value>>(entries: impl IntoIterator<Item = Option<(K, Value)>>) -> Self {
        Self::map(entries.into_iter().flatten())
    }

    /// The integer, where it fits.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Unsigned(number) => i64::try_from(*number).ok(),
            Self::Negative(number) => i64::try_from(*number).ok().map(|number| -1 - number),
            _ => None,
        }
    }

    /// The bytes of a byte string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text of a text string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value under a key, if this is a map that has it.
    pub fn get(&self, key: impl Into<Value>) -> Option<&Value> {
        let Self::Map(entries) = self else {
            return None;
        };
        let key = key.into();
        entries
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(self)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        match u64::try_from(number) {
            Ok(number) => Self::Unsigned(number),
            Err(_) => Self::Negative(number.unsigned_abs() - 1),
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Unsigned(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Unsigned(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}

#[cfg(test)]
mod tests;
