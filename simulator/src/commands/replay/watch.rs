//! `--watch`: plays again whenever a file changes.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use entrasim_scenarios::language::read;
use entrasim_scenarios::runner::{Selection, Subject};

use super::{ReplayArgs, once, sources};

/// How often files are looked at: often enough to feel immediate, and nothing to a file system.
const PAUSE: Duration = Duration::from_millis(300);

/// Plays until Ctrl-C; the exit code is that of the last time.
pub(super) async fn watch(
    args: &ReplayArgs,
    selection: &Selection,
    subject: &Subject,
    out: &mut dyn Write,
) -> io::Result<u8> {
    if args.scenarios.iter().all(|wish| !Path::new(wish).exists()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "--watch needs a file or a folder; shipped scenarios do not change",
        ));
    }
    let mut code = 2;
    let mut seen = None;
    loop {
        let now = state(&args.scenarios);
        if seen.as_ref() != Some(&now) {
            if seen.is_some() && io::stdout().is_terminal() {
                write!(out, "\u{1b}[2J\u{1b}[H")?;
            }
            seen = Some(now);
            // A file that is gone for a moment, as when an editor saves it, is no reason to stop watching.
            match sources::find(&args.scenarios) {
                Ok(found) => code = once(args, selection, &found, subject, out).await?,
                Err(error) => writeln!(io::stderr(), "entrasim: {error}")?,
            }
            out.flush()?;
            writeln!(io::stderr(), "watching; Ctrl-C ends")?;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = tokio::signal::ctrl_c() => return Ok(code),
        }
    }
}

/// What is in the named files and in those that they include: content, because two saves within one tick of a file system's
/// clock look alike otherwise.
fn state(wishes: &[String]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for source in sources::find(wishes).unwrap_or_default() {
        files.extend(read::files(&source));
        files.push(source.file);
    }
    files.sort();
    files.dedup();
    files
        .into_iter()
        .map(|file| {
            let content = std::fs::read(&file).unwrap_or_default();
            (file, content)
        })
        .collect()
}
