//! `$skiptoken`: where the next page starts, in a form that says nothing to the client.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::id::ObjectId;
use uuid::Uuid;

use crate::surface::graph::error::GraphError;

/// Where a page starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Token {
    /// After this object, in the order of ids.
    After(ObjectId),
    /// After so many rows of a sorted list.
    Offset(u32),
}

/// The bytes that tokens of the real service begin with.
const MARK: &[u8] = b"DSpt";

impl Token {
    pub(in crate::surface::graph) fn parse(text: &str) -> Result<Self, GraphError> {
        Self::decode(text).ok_or(GraphError::PageToken)
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let rest = bytes.strip_prefix(MARK)?;
        match rest.split_first()? {
            (2, id) => Some(Self::After(ObjectId(Uuid::from_slice(id).ok()?))),
            (3, offset) => Some(Self::Offset(u32::from_be_bytes(offset.try_into().ok()?))),
            _ => None,
        }
    }

    pub(in crate::surface::graph) fn encode(self) -> String {
        let mut bytes = MARK.to_vec();
        match self {
            Self::After(id) => {
                bytes.push(2);
                bytes.extend_from_slice(id.0.as_bytes());
            }
            Self::Offset(offset) => {
                bytes.push(3);
                bytes.extend_from_slice(&offset.to_be_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back() {
        for token in [Token::After(ObjectId::from_u128(7)), Token::Offset(200)] {
            assert_eq!(Token::parse(&token.encode()), Ok(token));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_token_breaks_the_reader(text: String) {
            let _ = Token::parse(&text);
        }
    }
}
