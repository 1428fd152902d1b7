//! Where keys and the authority lie, and how a key is opened.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::CliError;
use super::args::Arguments;
use crate::attestation::authority::Authority;
use crate::authenticator::Authenticator;
use crate::profile::{Profile, persona};
use crate::store::file::FileStore;
use crate::store::{Change, Store};
use crate::system_env::{Agreeable, Clock, Randomness, SystemEnv};

/// The ending of key files.
const ENDING: &str = "softkey";
const AUTHORITY: &str = "authority.json";

/// The folder, the key in it, and how to open it.
pub(super) struct Place {
    folder: PathBuf,
    name: String,
    passphrase: Option<String>,
    seed: Option<u64>,
}

impl Place {
    pub(super) fn new(arguments: &Arguments) -> Result<Self, CliError> {
        let name = arguments.key.clone();
        let plain = |point: char| point.is_alphanumeric() || matches!(point, '-' | '_' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(CliError::other(format!(
                "{name:?} is no name for a key; use letters, digits, hyphens and dots"
            )));
        }
        let folder = arguments
            .home
            .clone()
            .or_else(|| {
                arguments
                    .data_home
                    .as_ref()
                    .map(|data| data.join("softkey"))
            })
            .or_else(|| std::env::home_dir().map(|home| home.join(".local/share/softkey")))
            .ok_or_else(|| CliError::other("there is no home folder; give one with --home"))?;
        let passphrase = arguments
            .passphrase_file
            .as_deref()
            .map(passphrase)
            .transpose()?;
        Ok(Self {
            folder,
            name,
            passphrase,
            seed: arguments.seed,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The key's file.
    pub(super) fn file(&self) -> PathBuf {
        self.beside(ENDING)
    }

    /// A file beside the key's, such as its socket.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// The names of all keys in the folder.
    pub(super) fn names(&self) -> Result<Vec<String>, CliError> {
        let mut names = Vec::new();
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(failed(&self.folder, &error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| failed(&self.folder, &error))?.path();
            if path.extension().is_some_and(|ending| ending == ENDING)
                && let Some(name) = path.file_stem().and_then(|name| name.to_str())
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// The real world, or one that follows from the seed.
    ///
    /// With a seed, the purpose and what is already on the key are mixed in, so that two commands do not draw
    /// the same bytes.
    pub(super) fn world(
        &self,
        purpose: &str,
        state: Option<&crate::store::State>,
    ) -> SystemEnv<Agreeable> {
        let randomness = match self.seed {
            None => Randomness::System,
            Some(seed) => {
                let drawn = state.map_or(0, |state| {
                    let created = state.device().map_or(0, |device| device.created);
                    1 + created + u64::from(state.counter(None))
                });
                Randomness::derived(&format!("{seed} {purpose} {} {drawn}", self.name))
            }
        };
        SystemEnv {
            clock: Clock::default(),
            randomness,
            gestures: Agreeable,
        }
    }

    /// Makes the folder, for the owner only.
    fn make_folder(&self) -> Result<(), CliError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.folder)
            .map_err(|error| failed(&self.folder, &error))
    }

    /// Makes a new key and its attestation certificate.
    pub(super) fn create(&self, profile: Profile) -> Result<Authenticator<FileStore>, CliError> {
        self.make_folder()?;
        let path = self.file();
        if path.exists() {
            return Err(CliError::other(format!(
                "there is a key {:?} already; give another name with --key, or delete {}",
                self.name,
                path.display()
            )));
        }
        let authority = self.authority()?;
        let mut world = self.world("new", None);
        let store = FileStore::create(
            &path,
            profile.clone(),
            self.passphrase.as_deref(),
            &mut world,
        )?;
        let mut key = Authenticator::new(profile, store, &mut world)?;
        let serial = crate::encoding::hex::encode(crate::env::random::<8>(&mut world));
        let identity = authority.issue(key.profile().aaguid, &serial)?;
        key.store_mut()
            .commit(vec![Change::Attestation(Box::new(identity))])?;
        Ok(key)
    }

    /// Opens the key's file.
    pub(super) fn open_store(&self) -> Result<FileStore, CliError> {
        let path = self.file();
        if !path.exists() {
            return Err(CliError::other(format!(
                "there is no key {:?}; make one with: softkey new{}",
                self.name,
                if self.name == "default" {
                    String::new()
                } else {
                    format!(" --key {}", self.name)
                }
            )));
        }
        Ok(FileStore::open(&path, self.passphrase.as_deref())?)
    }

    /// Opens and powers up the key.
    pub(super) fn open(
        &self,
    ) -> Result<(Authenticator<FileStore>, SystemEnv<Agreeable>), CliError> {
        let store = self.open_store()?;
        let mut world = self.world("open", Some(store.state()));
        let key = Authenticator::new(store.profile().clone(), store, &mut world)?;
        Ok((key, world))
    }

    /// The authority of the folder; made when it is first needed.
    pub(super) fn authority(&self) -> Result<Authority, CliError> {
        let path = self.folder.join(AUTHORITY);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                CliError::other(format!(
                    "{}: {error}; delete it to get a new one",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.make_folder()?;
                let authority = Authority::generate(&mut self.world("authority", None));
                let text = serde_json::to_vec_pretty(&authority)
                    .map_err(|error| CliError::other(error.to_string()))?;
                write_private(&path, &text).map_err(|error| failed(&path, &error))?;
                Ok(authority)
            }
            Err(error) => Err(failed(&path, &error)),
        }
    }
}

/// Writes a new file that only the owner can read.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> CliError {
    CliError::other(format!("{}: {error}", path.display()))
}

/// Reads a file, or standard input for `-`.
pub(super) fn read_input(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map(|_| ())
    } else {
        std::fs::read_to_string(path).map(|content| text = content)
    };
    read.map_err(|error| failed(path, &error))?;
    Ok(text)
}

fn passphrase(path: &Path) -> Result<String, CliError> {
    let text = read_input(path)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(CliError::other(format!(
            "{} has no passphrase in its first line",
            path.display()
        ))),
    }
}

/// The profile of a persona, or advice about its name.
pub(super) fn persona_profile(name: &str) -> Result<Profile, CliError> {
    if let Some(persona) = persona::find(name) {
        return Ok(persona.profile.clone());
    }
    let near = persona::similar(name);
    let advice = if near.is_empty() {
        "see: softkey personas".to_owned()
    } else {
        format!("did you mean {}?", near.join(", or "))
    };
    Err(CliError::other(format!(
        "there is no persona {name:?}; {advice}"
    )))
}
