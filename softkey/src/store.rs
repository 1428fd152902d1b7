//! What an authenticator remembers, as one value that changes by small recorded steps.
//!
//! [`State`] is pure; [`Change`] is everything that can happen to it; a [`Store`] makes changes last before
//! they are acknowledged. [`MemoryStore`] forgets at the end; [`FileStore`](file::FileStore) does not.

pub mod file;
mod seal;
mod state;

pub use state::{
    AttestationIdentity, Certificate, Change, DefectiveChains, Device, EMPTY_LARGE_BLOBS, Factory,
    Fingerprint, Pin, State,
};

/// Why a change could not be made to last, or a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a key file, or is damaged before its end.
    #[error("{path}, line {line}: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Another process has the file open.
    #[error("{0} is in use by another softkey; stop that one first, or talk to it over its socket")]
    InUse(String),
    /// The file is encrypted and no passphrase was given.
    #[error("{0} is encrypted; give its passphrase with --passphrase-file")]
    PassphraseNeeded(String),
    /// The passphrase does not open the file.
    #[error("the passphrase does not open {0}")]
    WrongPassphrase(String),
}

/// Where the state lives.
pub trait Store {
    /// The state.
    fn state(&self) -> &State;
    /// Makes changes last, all or none, and then applies them.
    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError>;
    /// How many counters are set aside at a time; more than one saves writing at every signature.
    fn counter_block(&self) -> u32 {
        1
    }
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn state(&self) -> &State {
        (**self).state()
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        (**self).commit(changes)
    }

    fn counter_block(&self) -> u32 {
        (**self).counter_block()
    }
}

/// A store that forgets when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: State,
}

impl MemoryStore {
    /// Starts from a state, for instance an exported one.
    pub fn of(state: State) -> Self {
        Self { state }
    }
}

impl Store for MemoryStore {
    fn state(&self) -> &State {
        &self.state
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        for change in changes {
            self.state.apply(change);
        }
        Ok(())
    }
}
