//! `entrasim record -- COMMAND`: a real run, written down as a scenario that `replay` plays.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use entrasim_domain::time::Timestamp;
use entrasim_scenarios::language::parse::parse;
use entrasim_scenarios::record::{Recorded, Recording, scenario};

use super::run::{self, RunArgs};
use super::start::StartArgs;
use crate::journal::Entry;
use crate::simulator::Simulator;

/// The day before Phase 2, by default: everything still goes through, and `replay --what-if phase2` tells what will not.
const DAY_BEFORE: &str = "2025-09-30T12:00:00Z";

#[derive(Args, Clone, Debug)]
pub struct RecordArgs {
    #[command(flatten)]
    pub start: StartArgs,
    /// The scenario file to write
    #[arg(long, short, value_name = "FILE", default_value = "recorded.yaml")]
    pub output: PathBuf,
    /// The title of the scenario; by default the command
    #[arg(long)]
    pub title: Option<String>,
    /// Let the command use your own Azure CLI configuration instead of an empty one
    #[arg(long)]
    pub keep_azure_config: bool,
    /// The command and its arguments; by default it runs on the day before Phase 2 (`--at` says another)
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "COMMAND"
    )]
    pub command: Vec<OsString>,
}

/// Runs the command and writes the file; the exit code is the command's.
pub async fn record(args: &RecordArgs) -> io::Result<u8> {
    let mut start = args.start.clone();
    if start.at.is_none() {
        start.at = Timestamp::parse(DAY_BEFORE);
    }
    let simulator = Simulator::start(start.options()?).await?;
    let handout = serde_json::to_value(simulator.handout()?).map_err(io::Error::other)?;
    let app = simulator.app();
    app.journal.keep_everything();
    let run = RunArgs {
        start,
        isolated: false,
        keep_azure_config: args.keep_azure_config,
        command: args.command.clone(),
    };
    let code = run::against(simulator, &run).await?;
    let command = words(&args.command);
    let mut requests: Vec<Recorded> = app
        .journal
        .newest(app.default_tenant().map(|tenant| tenant.id()), usize::MAX)
        .iter()
        .filter_map(recorded)
        .collect();
    requests.reverse();
    let recording = Recording {
        title: args
            .title
            .clone()
            .unwrap_or_else(|| format!("Recorded: {command}")),
        command,
        handout,
        phase2: args.start.phase2.map(|at| at.to_string()),
        security_defaults: args.start.security_defaults,
        started_with: started_with(&args.start),
        requests,
    };
    let text = scenario(&recording);
    write(&args.output, &text)?;
    Ok(code)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot write {}: {error}", path.display()),
        )
    })?;
    let name = path.display().to_string();
    // A recording that cannot be read is a fault of ours, and told at once.
    let scenario = parse(&name, text).map_err(io::Error::other)?;
    writeln!(
        io::stderr(),
        "{} steps are in {name}; `entrasim replay {name} --what-if phase2` tells what the mandate breaks",
        scenario.steps.len()
    )
}

/// The options that put more into the tenant.
fn started_with(start: &StartArgs) -> Vec<String> {
    let users = (start.users > 0).then(|| format!("--users {}", start.users));
    let imports = start.import.iter();
    let imports = imports.map(|file| format!("--import {}", file.display()));
    users.into_iter().chain(imports).collect()
}

fn words(command: &[OsString]) -> String {
    let words: Vec<String> = command
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    words.join(" ")
}

/// None for what was no request of its own: a part of a batch.
fn recorded(entry: &Entry) -> Option<Recorded> {
    let kept = entry.kept.as_ref()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let path = entry.url.split('?').next().unwrap_or_default();
    let url = if kept.query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.query)
    };
    Some(Recorded {
        surface: entry.surface.to_owned(),
        at: entry.at.to_string(),
        method: entry.method.clone(),
        url,
        authorization: kept.authorization.clone(),
        sent: text(&kept.sent),
        status: entry.status,
        code: entry.code.clone(),
        received: text(&kept.received),
    })
}
