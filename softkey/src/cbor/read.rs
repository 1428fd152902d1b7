//! The strict reader: refuses whatever is not CTAP2 canonical CBOR before anybody looks at a value.
//!
//! Source: CTAP 2.3, section 8: shortest integers and lengths, definite lengths, keys sorted and unique, no
//! tags, at most four levels, nothing after the item. Allocation is bounded by the length of the input.

use super::{MAX_DEPTH, Value};

/// Why bytes are not CTAP2 canonical CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The input ends inside an item.
    #[error("the input ends inside an item")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the item")]
    Trailing,
    /// An integer or length is not in its shortest form.
    #[error("an integer or a length is not in its shortest form")]
    NotShortest,
    /// A length is indefinite, or a header byte is reserved.
    #[error("an indefinite length or a reserved header byte")]
    Header,
    /// Map keys are not in canonical order.
    #[error("map keys are out of order")]
    Order,
    /// A map has a key twice.
    #[error("a map has a key twice")]
    Duplicate,
    /// A tag.
    #[error("tags are not allowed")]
    Tag,
    /// More levels than allowed.
    #[error("more than {MAX_DEPTH} levels of arrays and maps")]
    Depth,
    /// Text that is not UTF-8.
    #[error("text that is not UTF-8")]
    Text,
}

/// Reads exactly one item that fills the input.
pub fn read(input: &[u8]) -> Result<Value, Malformed> {
    let (value, rest) = read_prefix(input)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(Malformed::Trailing)
    }
}

/// Reads one item and returns what follows it, as authenticator data needs.
pub fn read_prefix(input: &[u8]) -> Result<(Value, &[u8]), Malformed> {
    let mut reader = Reader { rest: input };
    let value = reader.item(0)?;
    Ok((value, reader.rest))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).map_err(|_| Malformed::Truncated)?;
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        self.take(1)?.first().copied().ok_or(Malformed::Truncated)
    }

    /// The header: major type, and the argument in its shortest form.
    fn header(&mut self) -> Result<(u8, u8, u64), Malformed> {
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let width = match info {
            0..=23 => return Ok((major, info, u64::from(info))),
            24..=27 => 1_u64 << (info - 24),
            _ => return Err(Malformed::Header),
        };
        let argument = self
            .take(width)?
            .iter()
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        // The least value that needs this width. Floating-point numbers keep the width they came in.
        let least = match info {
            24 => 24,
            25 => 0x100,
            26 => 0x1_0000,
            _ => 0x1_0000_0000,
        };
        if major != 7 && argument < least {
            return Err(Malformed::NotShortest);
        }
        Ok((major, info, argument))
    }

    fn item(&mut self, depth: usize) -> Result<Value, Malformed> {
        let (major, info, argument) = self.header()?;
        if matches!(major, 4 | 5) && depth == MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        match major {
            0 => Ok(Value::Unsigned(argument)),
            1 => Ok(Value::Negative(argument)),
            2 => Ok(Value::Bytes(self.take(argument)?.to_vec())),
            3 => {
                let text =
                    std::str::from_utf8(self.take(argument)?).map_err(|_| Malformed::Text)?;
                Ok(Value::Text(text.to_owned()))
            }
            4 => self.array(argument, depth + 1),
            5 => self.map(argument, depth + 1),
            6 => Err(Malformed::Tag),
            _ => match (info, argument) {
                (20, _) => Ok(Value::Bool(false)),
                (21, _) => Ok(Value::Bool(true)),
                (22, _) => Ok(Value::Null),
                // A simple value below 32 in two bytes is not well-formed (RFC 8949, section 3.3).
                (24, ..32) => Err(Malformed::NotShortest),
                _ => Ok(Value::Simple(argument)),
            },
        }
    }

    fn array(&mut self, length: u64, depth: usize) -> Result<Value, Malformed> {
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(self.item(depth)?);
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, length: u64, depth: usize) -> Result<Value, Malformed> {
        let mut entries = Vec::new();
        let mut previous: Option<&[u8]> = None;
        for _ in 0..length {
            let before = self.rest;
            let key = self.item(depth)?;
            let encoded = before
                .get(..before.len() - self.rest.len())
                .unwrap_or_default();
            // With shortest headers, bytewise order of the encoded keys is the order by major type, then
            // length, then bytes that the standard asks for.
            match previous.map(|previous| previous.cmp(encoded)) {
                Some(std::cmp::Ordering::Equal) => return Err(Malformed::Duplicate),
                Some(std::cmp::Ordering::Greater) => return Err(Malformed::Order),
                _ => previous = Some(encoded),
            }
            entries.push((key, self.item(depth)?));
        }
        Ok(Value::Map(entries))
    }
}
