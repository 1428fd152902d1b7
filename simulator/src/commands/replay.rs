//! `entrasim replay`: plays scenarios and prints before, after, why and fix.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use entrasim_scenarios::catalogue::SHIPPED;
use entrasim_scenarios::report;
use entrasim_scenarios::runner::{self, Selection, Source, Subject};
use tokio::sync::oneshot;

use super::start::StartArgs;
use crate::simulator::Simulator;

#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// Scenario files, folders of them, or names of shipped scenarios; without any, all shipped ones
    #[arg(value_name = "FILE|NAME|FOLDER")]
    pub scenarios: Vec<String>,
    /// How to report
    #[arg(long, value_enum, default_value_t = ReportKind::Text)]
    pub report: ReportKind,
    /// How many scenarios at once
    #[arg(long, default_value_t = 4, value_name = "N")]
    pub jobs: usize,
    /// Only scenarios with this tag (may be given more than once)
    #[arg(long)]
    pub tag: Vec<String>,
    /// Only scenarios that exercise this rule of the decision (may be given more than once)
    #[arg(long)]
    pub rule: Vec<String>,
    /// List the shipped scenarios and stop
    #[arg(long)]
    pub list: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ReportKind {
    Text,
    Json,
    Junit,
    Html,
}

/// Plays against a simulator of its own. 0: all passed; 1: one failed; 2: one could not be read, or none was selected.
pub async fn replay(args: &ReplayArgs, out: &mut dyn Write) -> io::Result<u8> {
    if args.list {
        for (name, _) in SHIPPED {
            writeln!(out, "{name}")?;
        }
        return Ok(0);
    }
    let sources = sources(&args.scenarios)?;
    let simulator = Simulator::start(StartArgs::default().options()?).await?;
    let at = simulator.addresses()?;
    let subject = Subject::new(&at.https, &at.control, &at.ca)?;
    let (end, ended) = oneshot::channel::<()>();
    let serving = tokio::spawn(simulator.serve(async {
        let _ = ended.await;
    }));
    let selection = Selection {
        jobs: args.jobs,
        tags: args.tag.clone(),
        rules: args.rule.clone(),
    };
    let shows_progress = io::stderr().is_terminal();
    let outcome = runner::replay(&sources, &selection, &subject, &|result| {
        if shows_progress {
            let verdict = if result.passed() { "passed" } else { "FAILED" };
            let _ = writeln!(io::stderr(), "{verdict}  {}", result.name);
        }
    })
    .await;
    let _ = end.send(());
    let _ = serving.await;
    let style = report::text::Style {
        colours: io::stdout().is_terminal(),
        width: 110,
    };
    let text = match args.report {
        ReportKind::Text => report::text::render(&outcome, style),
        ReportKind::Json => report::json::render(&outcome),
        ReportKind::Junit => report::junit::render(&outcome),
        ReportKind::Html => report::html::render(&outcome),
    };
    out.write_all(text.as_bytes())?;
    if outcome.scenarios.is_empty() && outcome.unreadable.is_empty() {
        let known = "`entrasim replay --list` lists the shipped scenarios";
        writeln!(
            io::stderr(),
            "entrasim: no scenario has that tag or exercises that rule; {known}"
        )?;
    }
    Ok(outcome.exit_code())
}

fn sources(wishes: &[String]) -> io::Result<Vec<Source>> {
    if wishes.is_empty() {
        return Ok(SHIPPED.iter().map(source_of).collect());
    }
    let mut sources = Vec::new();
    for wish in wishes {
        let path = Path::new(wish);
        if path.is_dir() {
            let mut files = Vec::new();
            walk(path, &mut files)?;
            files.sort();
            for file in files {
                sources.push(read(&file)?);
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
