//! `$skiptoken` and `$deltatoken` of delta queries: where a round stands, in a form that says nothing to the client.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::id::ObjectId;
use entrasim_domain::time::Timestamp;
use uuid::Uuid;

use crate::surface::graph::error::GraphError;

/// Where a round stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// In the first round, after this object.
    Objects(Option<ObjectId>),
    /// In a later round, at this change; the round covers the changes before `until`.
    Changes { at: u64, until: u64 },
    /// Between rounds.
    Ready,
    /// Nothing but the link to the next round is wanted.
    Nothing,
}

/// A token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Token {
    pub(super) place: Place,
    /// The number of the first change that the next round reports.
    pub(super) from: u64,
    pub(super) issued: Timestamp,
    /// The size of pages.
    pub(super) top: usize,
    /// Only these objects are watched.
    pub(super) only: Option<Vec<ObjectId>>,
    pub(super) select: Option<String>,
}

/// Marks the bytes; a page token of a list begins otherwise.
const MARK: &[u8] = b"DSdt";

impl Token {
    /// Reads a token of this set.
    pub(super) fn parse(text: &str, set: &str) -> Result<Self, GraphError> {
        Self::decode(text, set).ok_or(GraphError::PageToken)
    }

    fn decode(text: &str, set: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.strip_prefix(MARK)?;
        let of_set = take::<4>(&mut rest)?;
        if of_set != number(set).to_be_bytes() {
            return None;
        }
        let [kind] = take::<1>(&mut rest)?;
        let from = u64::from_be_bytes(take(&mut rest)?);
        let issued = Timestamp::from_unix_millis(i64::from_be_bytes(take(&mut rest)?));
        let top = usize::from(u16::from_be_bytes(take(&mut rest)?));
        let place = match kind {
            0 => Place::Objects(None),
            1 => Place::Objects(Some(ObjectId(Uuid::from_bytes(take(&mut rest)?)))),
            2 => Place::Changes {
                at: u64::from_be_bytes(take(&mut rest)?),
                until: u64::from_be_bytes(take(&mut rest)?),
            },
            3 => Place::Ready,
            _ => return None,
        };
        let only = match take::<1>(&mut rest)? {
            [0] => None,
            [count] => {
                let ids = (1..count).map(|_| Some(ObjectId(Uuid::from_bytes(take(&mut rest)?))));
                Some(ids.collect::<Option<Vec<_>>>()?)
            }
        };
        let select = match rest.split_first() {
            None => None,
            Some((b'?', names)) => Some(core::str::from_utf8(names).ok()?.to_owned()),
            Some(_) => return None,
        };
        Some(Self {
            place,
            from,
            issued,
            top,
            only,
            select,
        })
    }

    pub(super) fn encode(&self, set: &str) -> String {
        let mut bytes = MARK.to_vec();
        bytes.extend_from_slice(&number(set).to_be_bytes());
        bytes.push(match self.place {
            Place::Objects(None) | Place::Nothing => 0,
            Place::Objects(Some(_)) => 1,
            Place::Changes { .. } => 2,
            Place::Ready => 3,
        });
        bytes.extend_from_slice(&self.from.to_be_bytes());
        bytes.extend_from_slice(&self.issued.unix_millis().to_be_bytes());
        let top = u16::try_from(self.top).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&top.to_be_bytes());
        match self.place {
            Place::Objects(Some(last)) => bytes.extend_from_slice(last.0.as_bytes()),
            Place::Changes { at, until } => {
                bytes.extend_from_slice(&at.to_be_bytes());
                bytes.extend_from_slice(&until.to_be_bytes());
            }
            Place::Objects(None) | Place::Ready | Place::Nothing => {}
        }
        let ids = self.only.as_deref();
        let count = ids.map_or(0, |ids| ids.len() + 1);
        bytes.push(u8::try_from(count).unwrap_or(u8::MAX));
        for id in ids.unwrap_or_default() {
            bytes.extend_from_slice(id.0.as_bytes());
        }
        if let Some(select) = &self.select {
            bytes.push(b'?');
            bytes.extend_from_slice(select.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

/// A token of one set is none of another (FNV-1a of its name).
fn number(set: &str) -> u32 {
    set.bytes().fold(0x811c_9dc5, |sum, byte| {
        (sum ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back_and_serve_no_other_set() {
        for place in [
            Place::Objects(None),
            Place::Objects(Some(ObjectId::from_u128(7))),
            Place::Changes { at: 3, until: 9 },
            Place::Ready,
        ] {
            for select in [None, Some(String::new()), Some("id,displayName".to_owned())] {
                let token = Token {
                    place,
                    from: 5,
                    issued: Timestamp::from_unix_millis(1_750_000_000_123),
                    top: 999,
                    only: (place == Place::Ready).then(|| vec![ObjectId::from_u128(9)]),
                    select,
                };
                let text = token.encode("users");
                assert_eq!(Token::parse(&text, "Users"), Ok(token));
                assert_eq!(Token::parse(&text, "groups"), Err(GraphError::PageToken));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_token_breaks_the_reader(text: String, bytes: Vec<u8>) {
            let _ = Token::parse(&text, "users");
            let mut all = MARK.to_vec();
            all.extend_from_slice(&number("users").to_be_bytes());
            all.extend(bytes);
            let _ = Token::parse(&URL_SAFE_NO_PAD.encode(all), "users");
        }
    }
}
