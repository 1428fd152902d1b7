//! Steps that several scenarios share, in files of their own.

use std::path::{Component, Path, PathBuf};

use serde_saphyr::Spanned;

use super::Source;
use super::error::ParseError;
use super::matrix::Combination;
use super::model::{Shared, Step};
use super::parse::deserialise;
use crate::catalogue::{SHARED, SHIPPED};

/// Deeper than this is a mistake.
const DEEPEST: usize = 8;

/// A step, with the file that it stands in.
#[derive(Debug)]
pub(crate) struct Placed {
    pub step: Spanned<Step>,
    pub origin: Source,
}

/// The steps in their order, those of other files in the places where these are included.
pub(super) fn expand(
    steps: Vec<Spanned<Step>>,
    origin: &Source,
    values: &Combination,
) -> Result<Vec<Placed>, ParseError> {
    let mut placed = Vec::new();
    // A file of the reader's own goes before a shipped one of the same name.
    let is_shipped = SHIPPED
        .iter()
        .any(|(name, _)| origin.file.strip_suffix(".yaml") == Some(name))
        && !Path::new(&origin.file).exists();
    let mut expansion = Expansion {
        values,
        is_shipped,
        open: vec![normal(Path::new(&origin.file)).unwrap_or_default()],
        placed: &mut placed,
    };
    expansion.all(steps, origin)?;
    Ok(placed)
}

struct Expansion<'a> {
    values: &'a Combination,
    is_shipped: bool,
    /// The files that are being read, outermost first.
    open: Vec<PathBuf>,
    placed: &'a mut Vec<Placed>,
}

impl Expansion<'_> {
    fn all(&mut self, steps: Vec<Spanned<Step>>, origin: &Source) -> Result<(), ParseError> {
        for step in steps {
            let Some(include) = &step.value.include else {
                self.placed.push(Placed {
                    step,
                    origin: origin.clone(),
                });
                continue;
            };
            let refuse = |message: String| {
                ParseError::at(
                    &origin.file,
                    &origin.text,
                    include.referenced.into(),
                    message,
                )
            };
            if !step.value.is_nothing_but_include() {
                return Err(refuse(
                    "a step that includes a file says nothing else; `step` may title it".to_owned(),
                ));
            }
            let path = self.find(origin, &include.value).map_err(refuse)?;
            let text = self.read(&path).map_err(refuse)?;
            let shared = Source {
                file: path.display().to_string(),
                text: self.values.fill(&text),
            };
            let steps = deserialise::<Shared>(&shared.file, &shared.text)?.steps;
            self.open.push(path);
            self.all(steps, &shared)?;
            self.open.pop();
        }
        Ok(())
    }

    fn find(&self, origin: &Source, wish: &str) -> Result<PathBuf, String> {
        let wish = Path::new(wish);
        if wish.is_absolute() {
            return Err(
                "the path of an included file is relative to the file that includes it".to_owned(),
            );
        }
        let folder = Path::new(&origin.file).parent().unwrap_or(Path::new(""));
        let path = normal(&folder.join(wish));
        let path = match path {
            Some(path) => path,
            None if self.is_shipped => return Err("the path leads out of the catalogue".to_owned()),
            None => folder.join(wish),
        };
        if self.open.contains(&path) {
            let chain: Vec<String> = self
                .open
                .iter()
                .chain([&path])
                .map(|path| path.display().to_string())
                .collect();
            return Err(format!(
                "the files include each other: {}",
                chain.join(" → ")
            ));
        }
        if self.open.len() > DEEPEST {
            return Err(format!("more than {DEEPEST} files include one another"));
        }
        Ok(path)
    }

    fn read(&self, path: &Path) -> Result<String, String> {
        let name = path.display().to_string();
        if self.is_shipped {
            return SHARED
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| format!("the catalogue has no {name}"));
        }
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))
    }
}

/// The path without `.` and `..`; none where it leads above where it starts.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            other => normal.push(other),
        }
    }
    Some(normal)
}
