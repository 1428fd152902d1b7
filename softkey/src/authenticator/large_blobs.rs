//! authenticatorLargeBlobs (0x0C): CTAP 2.3, section 6.10.

use sha2::{Digest, Sha256};

use super::parameters::PinUvAuth;
use super::{Authenticator, Channel, Pending};
use crate::cbor::{Fields, Value};
use crate::env::Env;
use crate::pin_uv_auth::Permissions;
use crate::status::Status;
use crate::store::{Change, Store};

/// What a message may be longer than the fragment in it (section 6.10.2).
const OVERHEAD: usize = 64;
/// The truncated hash at the end of the array.
const CHECKSUM: usize = 16;
/// The least length of a serialized array: an empty CBOR array and the checksum.
const LEAST: usize = CHECKSUM + 1;

/// A write that is under way.
#[derive(Debug)]
pub(super) struct Write {
    expected: usize,
    received: Vec<u8>,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn large_blobs(
        &mut self,
        channel: Channel,
        fields: Fields<'_>,
        pending: Option<Pending>,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let get = fields.unsigned(1_i64)?;
        let set = fields.bytes(2_i64)?;
        let offset = fields.unsigned(3_i64)?;
        let length = fields.unsigned(4_i64)?;
        let auth = PinUvAuth {
            param: fields.bytes(5_i64)?,
            protocol: fields.unsigned(6_i64)?,
        };
        // Steps 1 and 2: an offset, and one of get and set.
        let offset = offset.ok_or(Status::InvalidParameter)?;
        let offset = usize::try_from(offset).map_err(|_| Status::InvalidParameter)?;
        match (get, set) {
            (Some(count), None) => {
                if length.is_some() || auth.param.is_some() || auth.protocol.is_some() {
                    return Err(Status::InvalidParameter);
                }
                self.read_large_blobs(count, offset).map(Some)
            }
            (None, Some(fragment)) => {
                let write = match pending {
                    Some(Pending::LargeBlob(write)) => Some(write),
                    _ => None,
                };
                self.write_large_blobs(channel, fragment, (offset, length), auth, write, env)?;
                Ok(None)
            }
            _ => Err(Status::InvalidParameter),
        }
    }

    fn max_fragment(&self) -> usize {
        self.profile.max_msg_size.saturating_sub(OVERHEAD)
    }

    fn read_large_blobs(&self, count: u64, offset: usize) -> Result<Value, Status> {
        let count = usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.max_fragment())
            .ok_or(Status::InvalidLength)?;
        let rest = self
            .store
            .state()
            .large_blobs()
            .get(offset..)
            .ok_or(Status::InvalidParameter)?;
        let fragment = rest.get(..count).unwrap_or(rest);
        Ok(Value::map([(1_i64, Value::from(fragment))]))
    }

    fn write_large_blobs(
        &mut self,
        channel: Channel,
        fragment: &[u8],
        (offset, length): (usize, Option<u64>),
        auth: PinUvAuth<'_>,
        pending: Option<Write>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        if fragment.len() > self.max_fragment() {
            return Err(Status::InvalidLength);
        }
        let mut write = if offset == 0 {
            let length = length.ok_or(Status::InvalidParameter)?;
            let expected = usize::try_from(length).unwrap_or(usize::MAX);
            if expected > self.profile.max_large_blobs {
                return Err(Status::LargeBlobStorageFull);
            }
            if expected < LEAST {
                return Err(Status::InvalidParameter);
            }
            Write {
                expected,
                received: Vec::new(),
            }
        } else {
            if length.is_some() {
                return Err(Status::InvalidParameter);
            }
            pending.ok_or(Status::InvalidSeq)?
        };
        if offset != write.received.len() {
            return Err(Status::InvalidSeq);
        }
        if self.is_protected() || self.always_uv() {
            self.require_token(auth, &message(offset, fragment)?, Permissions::LBW)?;
        }
        if write.received.len() + fragment.len() > write.expected {
            return Err(Status::InvalidParameter);
        }
        write.received.extend_from_slice(fragment);
        if write.received.len() < write.expected {
            self.wait_for(channel, Pending::LargeBlob(write), env);
            return Ok(());
        }
        let (array, checksum) = write.received.split_at(write.received.len() - CHECKSUM);
        if Sha256::digest(array).get(..CHECKSUM) != Some(checksum) {
            return Err(Status::IntegrityFailure);
        }
        self.commit(vec![Change::LargeBlobs(write.received)])
    }
}

/// What `pinUvAuthParam` authenticates: 32 × ff ‖ 0c 00 ‖ offset as four little-endian bytes ‖ SHA-256 of the
/// fragment.
fn message(offset: usize, fragment: &[u8]) -> Result<Vec<u8>, Status> {
    let offset = u32::try_from(offset).map_err(|_| Status::InvalidParameter)?;
    let mut message = vec![0xff; 32];
    message.extend_from_slice(&[super::command::LARGE_BLOBS, 0]);
    message.extend_from_slice(&offset.to_le_bytes());
    message.extend_from_slice(&Sha256::digest(fragment));
    Ok(message)
}
