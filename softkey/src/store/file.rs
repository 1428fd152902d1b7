//! One file for one key: a journal that survives being killed at any moment.
//!
//! The first line says what the file is and how it is encrypted, if it is. Every further line is one commit:
//! a checksum and the changes in JSON, or sealed. A commit is written and synced before it is acknowledged, so
//! what was acknowledged is there after a crash; a line that was cut off was never acknowledged and is dropped.
//! Signature counters are set aside in blocks, so that a crash skips some but repeats none.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use self::journal::{FORMAT, Header, Reader, Record, checksum};
use super::seal::{Derivation, Seal};
use super::{Change, State, Store, StoreError};
use crate::env::{Env, random};
use crate::profile::Profile;

mod journal;

/// Counters set aside at a time.
const COUNTER_BLOCK: u32 = 1000;
/// A journal is rewritten when it has this many lines and four times as many as it needs.
const COMPACT_ABOVE: u64 = 1000;

/// A key in a file. The file is locked while it is open.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    file: File,
    encryption: Option<(Derivation, Seal)>,
    profile: Profile,
    state: State,
    lines: u64,
    length: u64,
    broken: bool,
}

impl FileStore {
    /// Makes a new file; an existing one is left alone and is an error.
    pub fn create(
        path: &Path,
        profile: Profile,
        passphrase: Option<&str>,
        env: &mut dyn Env,
    ) -> Result<Self, StoreError> {
        let file = private(OpenOptions::new().read(true).write(true).create_new(true))
            .open(path)
            .map_err(|source| io(path, source))?;
        lock(path, &file)?;
        let encryption = match passphrase {
            None => None,
            Some(passphrase) => {
                let derivation = Derivation::new(random(env));
                let seal = derivation
                    .key(passphrase)
                    .ok_or_else(|| wrong_passphrase(path))?;
                Some((derivation, seal))
            }
        };
        let mut store = Self {
            path: path.to_owned(),
            file,
            encryption,
            profile,
            state: State::default(),
            lines: 0,
            length: 0,
            broken: false,
        };
        store.rewrite()?;
        Ok(store)
    }

    /// Opens a file, drops a commit that was cut off, and locks it.
    pub fn open(path: &Path, passphrase: Option<&str>) -> Result<Self, StoreError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|source| io(path, source))?;
        lock(path, &file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|source| io(path, source))?;
        let mut reader = Reader {
            path,
            bytes: &bytes,
            at: 0,
            line: 0,
        };
        let encryption = reader.header(passphrase)?;
        let seal = encryption.as_ref().map(|(_, seal)| seal);
        let (mut profile, mut state) = (None, State::default());
        while let Some(record) = reader.record(seal)? {
            match record {
                Record::Profile(new) => profile = Some(*new),
                Record::Changes(changes) => {
                    for change in changes {
                        state.apply(change);
                    }
                }
            }
        }
        let profile = profile.ok_or_else(|| reader.damaged("the profile is missing"))?;
        let (lines, length) = (reader.line, u64::try_from(reader.at).unwrap_or(u64::MAX));
        if reader.at < bytes.len() {
            file.set_len(length).map_err(|source| io(path, source))?;
        }
        file.seek(SeekFrom::Start(length))
            .map_err(|source| io(path, source))?;
        let path = path.to_owned();
        let mut store = Self {
            path,
            file,
            encryption,
            profile,
            state,
            lines,
            length,
            broken: false,
        };
        let needed = u64::try_from(store.state.changes().len()).unwrap_or(u64::MAX);
        if store.lines > COMPACT_ABOVE && store.lines > needed.saturating_mul(4) {
            store.rewrite()?;
        }
        Ok(store)
    }

    /// The profile of the key.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Gives the key another profile.
    pub fn set_profile(&mut self, profile: Profile) -> Result<(), StoreError> {
        self.append(&Record::Profile(Box::new(profile.clone())))?;
        self.profile = profile;
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encryption.is_some()
    }

    /// Writes the shortest journal that leads to the state into a new file, and puts it in place of this one.
    fn rewrite(&mut self) -> Result<(), StoreError> {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let path = PathBuf::from(name);
        let failed = |source| io(&path, source);
        let mut file = private(
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true),
        )
        .open(&path)
        .map_err(failed)?;
        lock(&path, &file)?;
        let encryption = self
            .encryption
            .as_ref()
            .map(|(derivation, _)| derivation.clone());
        let header = serde_json::to_string(&Header {
            softkey: FORMAT,
            encryption,
        })
        .map_err(|error| failed(error.into()))?;
        let mut text = format!("{header}\n");
        let mut lines = 1;
        let changes = self.state.changes();
        let mut records = vec![Record::Profile(Box::new(self.profile.clone()))];
        if !changes.is_empty() {
            records.push(Record::Changes(changes));
        }
        for record in records {
            lines += 1;
            text.push_str(&self.line(lines, &record)?);
        }
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        std::fs::rename(&path, &self.path).map_err(failed)?;
        sync_directory(&self.path)?;
        self.file = file;
        self.lines = lines;
        self.length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// One line with its checksum and line end.
    fn line(&self, number: u64, record: &Record) -> Result<String, StoreError> {
        let failed = |reason: &str| StoreError::Damaged {
            path: self.path.display().to_string(),
            line: usize::try_from(number).unwrap_or(usize::MAX),
            reason: reason.to_owned(),
        };
        let json = serde_json::to_string(record).map_err(|error| failed(&error.to_string()))?;
        let text = match &self.encryption {
            None => json,
            Some((_, seal)) => seal
                .seal(number, json.as_bytes())
                .ok_or_else(|| failed("cannot be encrypted"))?,
        };
        Ok(format!("{} {text}\n", checksum(number, &text)))
    }

    fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        if self.broken {
            let source =
                std::io::Error::other("an earlier write failed; close the key and open it again");
            return Err(io(&self.path, source));
        }
        let line = self.line(self.lines + 1, record)?;
        let written = self
            .file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // What was half written must not stand before the next commit.
            let undone = self
                .file
                .set_len(self.length)
                .and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            self.broken = undone.is_err();
            return Err(io(&self.path, source));
        }
        self.lines += 1;
        self.length += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

impl Store for FileStore {
    fn state(&self) -> &State {
        &self.state
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let record = Record::Changes(changes);
        self.append(&record)?;
        if let Record::Changes(changes) = record {
            for change in changes {
                self.state.apply(change);
            }
        }
        Ok(())
    }

    fn counter_block(&self) -> u32 {
        COUNTER_BLOCK
    }
}

fn io(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io {
        path: path.display().to_string(),
        source,
    }
}

fn wrong_passphrase(path: &Path) -> StoreError {
    StoreError::WrongPassphrase(path.display().to_string())
}

fn lock(path: &Path, file: &File) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            return Err(StoreError::InUse(path.display().to_string()));
        }
        Err(std::fs::TryLockError::Error(source)) => return Err(io(path, source)),
    }
    still_there(path, file)
}

/// Another process may have put a new file in place between opening and locking this one.
#[cfg(unix)]
fn still_there(path: &Path, file: &File) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt;
    let named = std::fs::metadata(path).map_err(|source| io(path, source))?;
    let opened = file.metadata().map_err(|source| io(path, source))?;
    if named.ino() == opened.ino() {
        Ok(())
    } else {
        Err(StoreError::InUse(path.display().to_string()))
    }
}

#[cfg(not(unix))]
fn still_there(_path: &Path, _file: &File) -> Result<(), StoreError> {
    Ok(())
}

/// Only the owner may read the file.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A rename lasts when the directory is synced.
fn sync_directory(path: &Path) -> Result<(), StoreError> {
    if !cfg!(unix) {
        return Ok(());
    }
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| io(directory, source))
}

#[cfg(test)]
mod tests;
