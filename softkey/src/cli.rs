//! The command line: `softkey …`, also as part of another command.
//!
//! A command file reads its arguments, calls the library, and says what happened; with `--json` as one value.
//! This is the edge: the only place besides the store and the transports that touches files.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value as Json, json};

use crate::client::ClientError;
use crate::store::StoreError;

mod args;
mod attest;
mod browser;
mod ceremony;
mod exchange;
mod home;
mod keys;
mod serve;

pub use args::Arguments;
use ceremony::set_defects;

/// Why a command failed; the text says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ceremony.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl CliError {
    fn other(message: impl Into<String>) -> Self {
        Self::Other(message.into())
    }

    /// The kind, for machines.
    fn kind(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Client(error) => error.name,
            Self::Other(_) => "error",
        }
    }
}

impl From<crate::attestation::authority::AuthorityError> for CliError {
    fn from(error: crate::attestation::authority::AuthorityError) -> Self {
        Self::Other(error.to_string())
    }
}

/// What a command says: for people, and for machines.
pub(crate) struct Said {
    text: String,
    json: Json,
}

impl Said {
    fn new(text: impl Into<String>, json: Json) -> Self {
        Self {
            text: text.into(),
            json,
        }
    }
}

/// Runs the command with the standard streams. The first argument is the name of the program.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => ExitCode::from(run(
            arguments,
            &mut io::stdout().lock(),
            &mut io::stderr().lock(),
        )),
        Err(error) => {
            // Help and version come this way too, and go to standard output.
            drop(error.print());
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

/// Runs one command and returns the exit code: 0 done, 1 failed.
pub fn run(arguments: Arguments, output: &mut dyn Write, errors: &mut dyn Write) -> u8 {
    let json = arguments.json;
    match args::dispatch(arguments, output) {
        Ok(Some(said)) => {
            let text = if json {
                said.json.to_string()
            } else {
                said.text
            };
            // A closed pipe is the reader's choice.
            drop(writeln!(output, "{}", text.trim_end_matches('\n')));
            0
        }
        Ok(None) => 0,
        Err(error) => {
            let text = if json {
                json!({ "error": { "kind": error.kind(), "message": error.to_string() } })
                    .to_string()
            } else {
                format!("softkey: {error}")
            };
            drop(writeln!(errors, "{text}"));
            1
        }
    }
}

#[cfg(test)]
mod tests;
