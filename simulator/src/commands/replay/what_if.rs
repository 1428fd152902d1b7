//! `--what-if`: the same calls in a changed tenant.

use std::io::{self, Write};

use entrasim_scenarios::report;
use entrasim_scenarios::runner::what_if::{self, Change};
use entrasim_scenarios::runner::{Selection, Source, Subject};

use super::reports::style;
use super::{ReplayArgs, ReportKind, Wish};

/// What is different, as the command line says it.
#[derive(Clone, Debug)]
pub struct Changes(pub Vec<Change>);

/// Reads the option.
pub(super) fn changes(text: &str) -> Result<Changes, String> {
    what_if::changes(text).map(Changes)
}

/// Plays twice and reports what came to something else.
pub(super) async fn compare(
    args: &ReplayArgs,
    selection: &Selection,
    changes: &[Change],
    sources: &[Source],
    subject: &Subject,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let known = |wish: &Wish| matches!(wish.kind, ReportKind::Text | ReportKind::Json);
    if !args.report.iter().all(known) {
        let message = "--what-if reports text or json";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let comparison = what_if::compare(sources, selection, changes, subject).await;
    for wish in &args.report {
        let text = match wish.kind {
            ReportKind::Json => report::what_if::json(&comparison, changes),
            _ => report::what_if::text(&comparison, changes, style(args.to_terminal(wish))),
        };
        args.write(wish, &text, out)?;
    }
    Ok(comparison.exit_code())
}
