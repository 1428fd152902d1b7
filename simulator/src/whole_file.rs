//! Files that other processes read while they are written: a draft under a name of its own, then a rename.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Who may read the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Readers {
    Anybody,
    /// Mode 0600, where the system has modes.
    Owner,
}

/// Writes the file whole, unless it already says exactly this. However many threads and processes write it at once, who reads
/// it finds one of their texts and never a part.
pub(crate) fn keep(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    replace(path, text, readers)
}

/// Writes the file whole.
pub(crate) fn replace(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.{number}", std::process::id()));
    let mut options = OpenOptions::new();
    // A process that was killed may have left a draft, and its number may come again.
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_write_one_file_at_once_all_succeed_and_leave_no_draft() {
        let folder = std::env::temp_dir().join(format!("entrasim-whole-{}", std::process::id()));
        let path = folder.join("file");
        let text = "x".repeat(10_000);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        replace(&path, &text, Readers::Owner).unwrap();
                        keep(&path, &text, Readers::Owner).unwrap();
                        assert_eq!(fs::read_to_string(&path).unwrap(), text);
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }
}
