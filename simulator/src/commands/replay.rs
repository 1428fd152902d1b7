//! `entrasim replay`: plays scenarios and prints before, after, why and fix.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use entrasim_scenarios::runner::{self, Selection, Source, Subject};

use against::Against;

mod against;
mod reports;
mod sources;
mod watch;
mod what_if;

pub use reports::{ReportKind, Wish};
pub use what_if::Changes;

/// What `--help` says of the exit codes.
const EXIT_CODES: &str = "Exit codes:
  0  every scenario went as told
  1  at least one did not; with --what-if: something breaks
  2  a file cannot be read, nothing was selected, or no simulator can be reached";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct ReplayArgs {
    /// Scenario files, folders of them, or names of shipped scenarios; without any, all shipped ones
    #[arg(value_name = "FILE|NAME|FOLDER")]
    pub scenarios: Vec<String>,
    /// How to report: text, json, junit or html; with =FILE into that file (may be given more than once)
    #[arg(long, value_name = "KIND[=FILE]", default_value = "text", value_parser = reports::wish)]
    pub report: Vec<Wish>,
    /// Write the report that has no file of its own to this one instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How many scenarios at once
    #[arg(long, default_value_t = 4, value_name = "N")]
    pub jobs: usize,
    /// Only scenarios with this tag (may be given more than once)
    #[arg(long)]
    pub tag: Vec<String>,
    /// Only scenarios that exercise this rule of the decision (may be given more than once)
    #[arg(long)]
    pub rule: Vec<String>,
    /// Only scenarios with this text in their title or file name, whatever the case (may be given more than once)
    #[arg(long, value_name = "TEXT")]
    pub name: Vec<String>,
    /// Begin no other scenario once one has failed
    #[arg(long)]
    pub fail_fast: bool,
    /// List the selected scenarios and stop
    #[arg(long)]
    pub list: bool,
    /// Play again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with = "list")]
    pub watch: bool,
    /// Play against a running simulator: the URL of its control port, or a file with what `serve --json` printed
    #[arg(long, value_name = "URL|FILE")]
    pub against: Option<String>,
    /// Play everything twice, the second time with the tenant changed, and tell what breaks: phase1, phase2 (each with =DATE or
    /// =never), security-defaults, per-user-mfa (each with =off), ca-mfa; several with commas. With --report text or json;
    /// the exit code is 1 if something breaks
    #[arg(long, value_name = "CHANGES", value_parser = what_if::changes, conflicts_with_all = ["watch", "list"])]
    pub what_if: Option<Changes>,
    /// Say nothing while scenarios are being played, on a terminal too
    #[arg(long, short)]
    pub quiet: bool,
}

/// Plays and reports; the exit code is one of `EXIT_CODES`.
pub async fn replay(args: &ReplayArgs, out: &mut dyn Write) -> io::Result<u8> {
    let selection = selection(args);
    if args.list {
        return list(&sources::find(&args.scenarios)?, &selection, out);
    }
    let against = Against::open(args.against.as_deref()).await?;
    let code = if let Some(Changes(changes)) = &args.what_if {
        let sources = sources::find(&args.scenarios)?;
        what_if::compare(args, &selection, changes, &sources, &against.subject, out).await
    } else if args.watch {
        watch::watch(args, &selection, &against.subject, out).await
    } else {
        let sources = sources::find(&args.scenarios)?;
        once(args, &selection, &sources, &against.subject, out).await
    };
    against.close().await;
    code
}

fn selection(args: &ReplayArgs) -> Selection {
    Selection {
        jobs: args.jobs,
        tags: args.tag.clone(),
        rules: args.rule.clone(),
        names: args.name.clone(),
        fail_fast: args.fail_fast,
    }
}

fn list(sources: &[Source], selection: &Selection, out: &mut dyn Write) -> io::Result<u8> {
    let listed = match runner::list(sources, selection) {
        Ok(listed) => listed,
        Err(error) => {
            write!(out, "{error}")?;
            return Ok(2);
        }
    };
    let width = listed.iter().map(|one| one.file.chars().count()).max();
    let width = width.unwrap_or_default();
    for one in &listed {
        let name = one.file.trim_end_matches(".yaml");
        writeln!(
            out,
            "{name:<width$}  {} [{}]",
            one.title,
            one.tags.join(", ")
        )?;
    }
    Ok(if listed.is_empty() { 2 } else { 0 })
}

/// Plays everything once and writes the report.
async fn once(
    args: &ReplayArgs,
    selection: &Selection,
    sources: &[Source],
    subject: &Subject,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let shows_progress = io::stderr().is_terminal() && !args.quiet;
    let outcome = runner::replay(sources, selection, subject, &|result| {
        if shows_progress {
            let verdict = if result.passed() { "passed" } else { "FAILED" };
            let _ = writeln!(io::stderr(), "{verdict}  {}", result.name);
        }
    })
    .await;
    for wish in &args.report {
        let text = reports::render(&outcome, wish.kind, args.to_terminal(wish));
        args.write(wish, &text, out)?;
    }
    if outcome.scenarios.is_empty() && outcome.unreadable.is_empty() {
        let known = "`entrasim replay --list` lists the shipped scenarios";
        writeln!(
            io::stderr(),
            "entrasim: no scenario has that name, that tag or exercises that rule; {known}"
        )?;
    }
    Ok(outcome.exit_code())
}
