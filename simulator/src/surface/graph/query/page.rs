//! `$skiptoken`: where the next page starts, in a form that says nothing to the client and serves no other query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::id::ObjectId;
use uuid::Uuid;

use crate::surface::graph::error::GraphError;
use crate::wire::Request;

/// Where a page starts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Token {
    /// After this object, in the order of ids.
    After(ObjectId),
    /// After this object, in the order of these sort keys.
    Sorted(Vec<Option<String>>, ObjectId),
}

/// The bytes that tokens of the real service begin with.
const MARK: &[u8] = b"DSpt";
const AFTER: u8 = 2;
const SORTED: u8 = 3;

impl Token {
    /// Reads a token of the query with this number.
    pub(in crate::surface::graph) fn parse(text: &str, query: u32) -> Result<Self, GraphError> {
        Self::decode(text, query).ok_or(GraphError::PageToken)
    }

    fn decode(text: &str, query: u32) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let rest = bytes.strip_prefix(MARK)?;
        let rest = rest.strip_prefix(&query.to_be_bytes())?;
        let (form, rest) = rest.split_first()?;
        let (id, mut rest) = rest.split_at_checked(16)?;
        let id = ObjectId(Uuid::from_slice(id).ok()?);
        match *form {
            AFTER if rest.is_empty() => Some(Self::After(id)),
            SORTED => {
                let mut keys = Vec::new();
                while !rest.is_empty() {
                    let (length, after) = rest.split_at_checked(4)?;
                    let length = u32::from_be_bytes(length.try_into().ok()?);
                    rest = after;
                    keys.push(match length.checked_sub(1) {
                        None => None,
                        Some(length) => {
                            let (text, after) =
                                rest.split_at_checked(usize::try_from(length).ok()?)?;
                            rest = after;
                            Some(core::str::from_utf8(text).ok()?.to_owned())
                        }
                    });
                }
                Some(Self::Sorted(keys, id))
            }
            _ => None,
        }
    }

    /// Writes a token of the query with this number.
    pub(in crate::surface::graph) fn encode(&self, query: u32) -> String {
        let mut bytes = MARK.to_vec();
        bytes.extend_from_slice(&query.to_be_bytes());
        match self {
            Self::After(id) => {
                bytes.push(AFTER);
                bytes.extend_from_slice(id.0.as_bytes());
            }
            Self::Sorted(keys, id) => {
                bytes.push(SORTED);
                bytes.extend_from_slice(id.0.as_bytes());
                for key in keys {
                    let length = key.as_ref().map_or(0, |key| key.len() + 1);
                    let length = u32::try_from(length).unwrap_or(u32::MAX);
                    bytes.extend_from_slice(&length.to_be_bytes());
                    bytes.extend_from_slice(key.as_deref().unwrap_or_default().as_bytes());
                }
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// The number of a query: the same for all pages of one list, different for others (FNV-1a over path and options).
pub(in crate::surface::graph) fn number(request: &Request) -> u32 {
    let path = request.path.split('/').filter(|part| !part.is_empty());
    let options = kept_options(&request.query);
    path.chain(options)
        .flat_map(|part| part.bytes().chain([b'&']))
        .fold(0x811c_9dc5, |sum, byte| {
            (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}

/// The options of a query but the token.
pub(in crate::surface::graph) fn kept_options(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        let name = name.replace("%24", "$");
        !pair.is_empty()
            && !name
                .trim_start_matches('$')
                .eq_ignore_ascii_case("skiptoken")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back_and_serve_no_other_query() {
        let id = ObjectId::from_u128(7);
        let keys = vec![Some("Ä".to_owned()), None, Some(String::new())];
        for token in [Token::After(id), Token::Sorted(keys, id)] {
            assert_eq!(Token::parse(&token.encode(9), 9), Ok(token.clone()));
            assert_eq!(
                Token::parse(&token.encode(9), 8),
                Err(GraphError::PageToken)
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_token_breaks_the_reader(text: String, bytes: Vec<u8>) {
            let _ = Token::parse(&text, 0);
            let mut all = MARK.to_vec();
            all.extend_from_slice(&[0; 4]);
            all.extend(bytes);
            let _ = Token::parse(&URL_SAFE_NO_PAD.encode(all), 0);
        }
    }
}
