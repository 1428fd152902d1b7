//! Which files a command line means.

use std::io;
use std::path::{Path, PathBuf};

use entrasim_scenarios::catalogue::SHIPPED;
use entrasim_scenarios::runner::Source;

/// The scenarios of files, folders and shipped names; without any, all shipped ones.
pub(in crate::commands) fn find(wishes: &[String]) -> io::Result<Vec<Source>> {
    if wishes.is_empty() {
        return Ok(SHIPPED.iter().map(source_of).collect());
    }
    let mut sources = Vec::new();
    for wish in wishes {
        let path = Path::new(wish);
        if path.is_dir() {
            for file in files(path)? {
                let source = read(&file)?;
                if is_scenario(&source.text) {
                    sources.push(source);
                }
            }
        } else if path.is_file() {
            sources.push(read(path)?);
        } else if let Some(shipped) = SHIPPED
            .iter()
            .find(|(name, _)| name == wish || name.rsplit('/').next() == Some(wish))
        {
            sources.push(source_of(shipped));
        } else {
            let message = format!(
                "{wish} is no file, no folder and no shipped scenario; `entrasim replay --list` lists those"
            );
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
    }
    Ok(sources)
}

/// A folder holds the steps that its scenarios include as well; those have no title of their own.
fn is_scenario(text: &str) -> bool {
    let begins = |line: &str, key: &str| line.trim_start_matches(['"', '{', ' ']).starts_with(key);
    let shared = text.lines().any(|line| line.starts_with("steps:"))
        && !text.lines().any(|line| begins(line, "scenario"));
    !shared
}

fn source_of((name, text): &(&str, &str)) -> Source {
    Source {
        file: format!("{name}.yaml"),
        text: (*text).to_owned(),
    }
}

fn read(path: &Path) -> io::Result<Source> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot read {}: {error}", path.display()),
        )
    })?;
    Ok(Source {
        file: path.display().to_string(),
        text,
    })
}

/// The scenario files below a folder, in the order of their names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            files.push(path);
        }
    }
    Ok(())
}
