//! `--report`: which reports, and where they go.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use entrasim_scenarios::report;
use entrasim_scenarios::report::text::Style;
use entrasim_scenarios::runner::Outcome;

use super::ReplayArgs;

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ReportKind {
    Text,
    Json,
    Junit,
    Html,
}

/// One report.
#[derive(Clone, Debug)]
pub struct Wish {
    pub kind: ReportKind,
    /// By default where `--output` says, or standard output.
    pub file: Option<PathBuf>,
}

/// Reads `junit` or `junit=FILE`.
pub(super) fn wish(text: &str) -> Result<Wish, String> {
    let (kind, file) = match text.split_once('=') {
        Some((kind, file)) => (kind, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let kind = ReportKind::from_str(kind, false)
        .map_err(|_| format!("`{kind}` is no report; known: text, json, junit, html"))?;
    Ok(Wish { kind, file })
}

impl ReplayArgs {
    fn file<'a>(&'a self, wish: &'a Wish) -> Option<&'a PathBuf> {
        wish.file.as_ref().or(self.output.as_ref())
    }

    pub(super) fn to_terminal(&self, wish: &Wish) -> bool {
        self.file(wish).is_none() && io::stdout().is_terminal()
    }

    /// Writes a report where it goes.
    pub(super) fn write(&self, wish: &Wish, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let Some(path) = self.file(wish) else {
            return out.write_all(text.as_bytes());
        };
        std::fs::write(path, text).map_err(|error| {
            let message = format!("cannot write {}: {error}", path.display());
            io::Error::new(error.kind(), message)
        })
    }
}

pub(super) fn style(colours: bool) -> Style {
    Style {
        colours,
        width: 110,
    }
}

pub(super) fn render(outcome: &Outcome, kind: ReportKind, colours: bool) -> String {
    match kind {
        ReportKind::Text => report::text::render(outcome, style(colours)),
        ReportKind::Json => report::json::render(outcome),
        ReportKind::Junit => report::junit::render(outcome),
        ReportKind::Html => report::html::render(outcome),
    }
}
