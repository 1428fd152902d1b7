//! A file, read whole: its variables filled in, once for each combination, and the steps of other files in their places.

use super::Source;
use super::error::ParseError;
use super::include::{Placed, expand};
use super::matrix::combinations;
use super::model::Scenario;
use super::parse::{check_all, deserialise};

/// A scenario that is ready to be played.
#[derive(Debug)]
pub struct Telling {
    /// What it says; its steps have moved to where they are played.
    pub scenario: Scenario,
    /// Which combination of the file's matrix it is.
    pub variant: Option<String>,
    /// The file with its variables filled in, as failures show it.
    pub(crate) source: Source,
    pub(crate) steps: Vec<Placed>,
}

/// The files that a scenario includes, as far as they can be found; the one that is wrong among them.
pub fn files(source: &Source) -> Vec<String> {
    match read(source) {
        Ok(tellings) => {
            let steps = tellings.into_iter().flat_map(|telling| telling.steps);
            steps.map(|placed| placed.origin.file).collect()
        }
        Err(error) => vec![error.file],
    }
}

/// Reads a file: one telling, or one for each combination of its matrix.
///
/// # Errors
/// The file, or one that it includes, cannot be read or says what the language does not know.
pub fn read(source: &Source) -> Result<Vec<Telling>, ParseError> {
    let combinations = combinations(&source.file, &source.text)?;
    combinations
        .into_iter()
        .map(|values| {
            let filled = Source {
                file: source.file.clone(),
                text: values.fill(&source.text),
            };
            let mut scenario: Scenario = deserialise(&filled.file, &filled.text)?;
            let names_itself = values.name.is_none() || !source.text.contains(&scenario.scenario);
            if let Some(name) = values.name.as_ref().filter(|_| !names_itself) {
                scenario.scenario = format!("{} ({name})", scenario.scenario);
            }
            let steps = expand(core::mem::take(&mut scenario.steps), &filled, &values)?;
            let names: Vec<&str> = values
                .values
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            check_all(&steps, &names)?;
            Ok(Telling {
                scenario,
                variant: values.name,
                source: filled,
                steps,
            })
        })
        .collect()
}
