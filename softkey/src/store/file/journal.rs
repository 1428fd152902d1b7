//! The lines of a key file: what they say, and how they are read and checked.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::wrong_passphrase;
use crate::encoding::hex;
use crate::profile::Profile;
use crate::store::seal::{Derivation, Seal};
use crate::store::{Change, StoreError};

/// Hexadecimal digits of the checksum.
const CHECKSUM: usize = 16;
/// The version of the format.
pub(super) const FORMAT: u32 = 1;
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) softkey: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) encryption: Option<Derivation>,
}

/// One line after the first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    Profile(Box<Profile>),
    Changes(Vec<Change>),
}

/// Reads a journal line by line.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: &'a [u8],
    /// Where the next line begins; everything before it is sound.
    pub(super) at: usize,
    pub(super) line: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn damaged(&self, reason: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.display().to_string(),
            line: usize::try_from(self.line + 1).unwrap_or(usize::MAX),
            reason: reason.to_owned(),
        }
    }

    /// The next whole line, and where the one after it begins.
    fn next(&self) -> Option<(&'a [u8], usize)> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        Some((rest.get(..end)?, self.at + end + 1))
    }

    pub(super) fn header(
        &mut self,
        passphrase: Option<&str>,
    ) -> Result<Option<(Derivation, Seal)>, StoreError> {
        let (line, after) = self
            .next()
            .ok_or_else(|| self.damaged("this is no softkey file"))?;
        let header: Header =
            serde_json::from_slice(line).map_err(|_| self.damaged("this is no softkey file"))?;
        if header.softkey != FORMAT {
            let reason = format!(
                "format {} is not known; use a newer softkey",
                header.softkey
            );
            return Err(self.damaged(&reason));
        }
        (self.at, self.line) = (after, 1);
        let Some(derivation) = header.encryption else {
            return Ok(None);
        };
        let passphrase = passphrase
            .ok_or_else(|| StoreError::PassphraseNeeded(self.path.display().to_string()))?;
        let seal = derivation
            .key(passphrase)
            .ok_or_else(|| self.damaged("the encryption is of an unknown kind"))?;
        Ok(Some((derivation, seal)))
    }

    /// The next record; `None` at the end, and where a commit was cut off.
    pub(super) fn record(&mut self, seal: Option<&Seal>) -> Result<Option<Record>, StoreError> {
        let Some((line, after)) = self.next() else {
            return Ok(None);
        };
        let number = self.line + 1;
        let last = after >= self.bytes.len();
        let Some(text) = sound(number, line) else {
            // Power loss can leave a last line with its end but not its middle.
            return if last {
                Ok(None)
            } else {
                Err(self.damaged("the checksum does not match"))
            };
        };
        let json = match seal {
            None => text.as_bytes().to_vec(),
            // The checksum was right, so the bytes are those that were written.
            Some(seal) => seal
                .open(number, text)
                .ok_or_else(|| wrong_passphrase(self.path))?,
        };
        let record =
            serde_json::from_slice(&json).map_err(|error| self.damaged(&error.to_string()))?;
        (self.at, self.line) = (after, number);
        Ok(Some(record))
    }
}

/// The text of a line whose checksum matches.
fn sound(number: u64, line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let (sum, text) = line.split_once(' ')?;
    (sum == checksum(number, text)).then_some(text)
}

pub(super) fn checksum(number: u64, text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(number.to_be_bytes());
    digest.update(text.as_bytes());
    let mut sum = hex::encode(digest.finalize());
    sum.truncate(CHECKSUM);
    sum
}
