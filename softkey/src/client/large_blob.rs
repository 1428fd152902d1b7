//! The largeBlob extension: reading and writing the array that all credentials share.
//!
//! Sources: WebAuthn Level 3, section 10.1.5; CTAP 2.3, section 6.10 (the array, how it is sent and encrypted). Entries
//! that a credential's key does not open are somebody else's, and are kept as they are.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use sha2::{Digest, Sha256};

use super::platform::{PlatformInfo, translate};
use super::{Client, ClientError};
use crate::authenticator::command;
use crate::cbor::{Value, read};
use crate::env::random;
use crate::pin_uv_auth::authenticate;
use crate::status::Status;
use crate::store::Store;

/// What a message may be longer than the fragment in it.
const OVERHEAD: usize = 64;
/// The truncated hash at the end of the array.
const CHECKSUM: usize = 16;
/// The permission to write large blobs.
const LBW: u64 = 0x10;
/// How hard to compress.
const LEVEL: u8 = 6;
/// Nothing that comes out of an array is longer than this.
const MAX_BLOB: usize = 1 << 20;

/// The key of one credential's entries.
pub(super) type BlobKey = [u8; 32];

impl<S: Store> Client<'_, S> {
    /// The blob of a credential, if there is one.
    pub(super) fn read_large_blob(
        &mut self,
        info: &PlatformInfo,
        key: &BlobKey,
    ) -> Result<Option<Vec<u8>>, ClientError> {
        let entries = self.large_blob_array(info)?;
        Ok(entries.iter().find_map(|entry| open(entry, key)))
    }

    /// Puts a blob in place of the credential's old one.
    pub(super) fn write_large_blob(
        &mut self,
        info: &PlatformInfo,
        key: &BlobKey,
        blob: &[u8],
    ) -> Result<(), ClientError> {
        let mut entries = self.large_blob_array(info)?;
        entries.retain(|entry| open(entry, key).is_none());
        entries.push(seal(blob, key, random(self.env)).ok_or_else(|| translate(Status::Other))?);
        let mut array = Value::from(entries).to_bytes();
        let digest = Sha256::digest(&array);
        array.extend(digest.get(..CHECKSUM).unwrap_or_default());
        let protocol = Self::protocol(info);
        let token = match self.pin.clone() {
            Some(pin) if info.can_verify() => Some(self.token(info, &pin, LBW, None)?),
            _ => None,
        };
        let mut offset = 0;
        for fragment in array.chunks(info.max_message().saturating_sub(OVERHEAD).max(1)) {
            let param = token.map(|token| {
                let place = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
                let mut message = vec![0xff; 32];
                message.extend([command::LARGE_BLOBS, 0]);
                message.extend(place);
                message.extend(Sha256::digest(fragment));
                authenticate(protocol, &token, &message)
            });
            let parameters = Value::map_of([
                Some((2_i64, Value::from(fragment))),
                Some((3, Value::from(offset))),
                (offset == 0).then(|| (4, Value::from(array.len()))),
                param.map(|param| (5, Value::from(param))),
                token.map(|_| (6, Value::from(protocol.number()))),
            ]);
            self.call(command::LARGE_BLOBS, Some(&parameters))
                .map_err(translate)?;
            offset += fragment.len();
        }
        Ok(())
    }

    /// The entries; none if the array is damaged, as the standard has platforms do.
    fn large_blob_array(&mut self, info: &PlatformInfo) -> Result<Vec<Value>, ClientError> {
        let count = info.max_message().saturating_sub(OVERHEAD).max(1);
        let mut array = Vec::new();
        loop {
            let parameters =
                Value::map([(1_i64, Value::from(count)), (3, Value::from(array.len()))]);
            let response = self
                .call(command::LARGE_BLOBS, Some(&parameters))
                .map_err(translate)?;
            let fragment = response.get(1_i64).and_then(Value::as_bytes);
            let fragment = fragment.unwrap_or_default();
            array.extend_from_slice(fragment);
            if fragment.len() < count {
                break;
            }
        }
        let Some((entries, checksum)) = array.split_last_chunk::<CHECKSUM>() else {
            return Ok(Vec::new());
        };
        if Sha256::digest(entries).get(..CHECKSUM) != Some(&checksum[..]) {
            return Ok(Vec::new());
        }
        Ok(match read(entries) {
            Ok(Value::Array(entries)) => entries,
            _ => Vec::new(),
        })
    }
}

/// "blob" and the length before compression, as eight bytes.
fn associated(length: u64) -> Vec<u8> {
    [&b"blob"[..], &length.to_le_bytes()].concat()
}

fn seal(blob: &[u8], key: &BlobKey, nonce: [u8; 12]) -> Option<Value> {
    let length = u64::try_from(blob.len()).ok()?;
    let compressed = miniz_oxide::deflate::compress_to_vec(blob, LEVEL);
    let sealed = Aes256Gcm::new(key.into()).encrypt(
        &Nonce::from(nonce),
        Payload {
            msg: &compressed,
            aad: &associated(length),
        },
    );
    Some(Value::map([
        (1_i64, Value::from(sealed.ok()?)),
        (2, Value::from(nonce)),
        (3, Value::from(length)),
    ]))
}

fn open(entry: &Value, key: &BlobKey) -> Option<Vec<u8>> {
    let sealed = entry.get(1_i64)?.as_bytes()?;
    let nonce: [u8; 12] = entry.get(2_i64)?.as_bytes()?.try_into().ok()?;
    let length = u64::try_from(entry.get(3_i64)?.as_integer()?).ok()?;
    let compressed = Aes256Gcm::new(key.into())
        .decrypt(
            &Nonce::from(nonce),
            Payload {
                msg: sealed,
                aad: &associated(length),
            },
        )
        .ok()?;
    let blob = miniz_oxide::inflate::decompress_to_vec_with_limit(&compressed, MAX_BLOB).ok()?;
    (u64::try_from(blob.len()) == Ok(length)).then_some(blob)
}
