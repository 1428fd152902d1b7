//! `run`: a real command, pointed at the tenant of the scenario as `entrasim run` points one at a fresh simulator.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::actor::bad;
use super::exchange::Exchange;
use super::http::Subject;
use crate::environment;
use crate::language::model::CommandLine;

/// What a command did.
#[derive(Clone, Debug, Default)]
pub struct CommandResult {
    /// Its exit code; 128 and the signal's number if it was killed.
    pub exit: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// The files that somebody asked for, as far as they are there.
    pub files: BTreeMap<String, String>,
}

/// A command that takes longer has lost its way.
const LONGEST: Duration = Duration::from_secs(600);
/// More requests than this are not told apart.
const MOST_REQUESTS: usize = 1000;

/// The folders of a scenario's commands: made for the first one, taken away after the last.
#[derive(Debug)]
pub(super) struct Workplace(PathBuf);

impl Workplace {
    /// A folder for this tenant's commands.
    pub(super) fn new(tenant: &str) -> io::Result<Self> {
        let name = format!("entrasim-scenario-{}-{tenant}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join("work"))?;
        Ok(Self(folder))
    }

    fn work(&self) -> PathBuf {
        self.0.join("work")
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs it and waits for its end. `files` are those that are wanted afterwards.
pub(super) async fn run(
    subject: &Subject,
    handout: &Value,
    line: &CommandLine,
    workplace: &Workplace,
    files: impl Iterator<Item = &str>,
) -> io::Result<CommandResult> {
    let at = subject.control("GET", "/simulator", None).await?;
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let proxy = at["http"].as_str().unwrap_or_default();
    // The user of the proxy names the tenant where nothing else does: the identity endpoints of a machine.
    let proxy = proxy.replace("://", &format!("://{tenant}@"));
    let ca = Path::new(at["ca"].as_str().unwrap_or_default());
    let mut command = command(line);
    command
        .current_dir(workplace.work())
        .env("AZURE_CONFIG_DIR", workplace.0.join("azure"))
        .envs(environment::of_proxy(&proxy))
        .envs(environment::of_trust(ca))
        .envs(environment::of_simulator(&at))
        .envs(environment::of_tenant(handout))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(LONGEST, command.output())
        .await
        .map_err(|_| {
            bad(format!(
                "the command did not end within {} seconds",
                LONGEST.as_secs()
            ))
        })?;
    let output = ended.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("the command cannot be started: {error}"),
        )
    })?;
    let files = files
        .filter_map(|name| {
            let text = std::fs::read(workplace.work().join(name)).ok()?;
            Some((name.to_owned(), String::from_utf8_lossy(&text).into_owned()))
        })
        .collect();
    Ok(CommandResult {
        exit: exit_code(output.status),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        files,
    })
}

fn command(line: &CommandLine) -> Command {
    match line {
        CommandLine::Shell(line) => {
            let (shell, option) = if cfg!(windows) {
                ("cmd", "/C")
            } else {
                ("sh", "-c")
            };
            let mut command = Command::new(shell);
            command.args([option, line.as_str()]);
            command
        }
        CommandLine::Arguments(words) => {
            let mut words = words.iter();
            let mut command = Command::new(words.next().map_or("", String::as_str));
            command.args(words);
            command
        }
    }
}

fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(1)
}

/// The id of the tenant's last request so far.
pub(super) async fn last_request(subject: &Subject, tenant: &str) -> io::Result<Option<String>> {
    let newest = subject
        .control("GET", &format!("/journal?tenant={tenant}&limit=1"), None)
        .await?;
    Ok(newest["value"][0]["request_id"].as_str().map(str::to_owned))
}

/// What the tenant was asked after that request, oldest first, as the journal keeps it.
pub(super) async fn requests_since(
    subject: &Subject,
    tenant: &str,
    last: Option<&str>,
) -> io::Result<Vec<Value>> {
    let path = format!("/journal?tenant={tenant}&limit={MOST_REQUESTS}");
    let mut newest = subject.control("GET", &path, None).await?;
    let entries = newest["value"]
        .as_array_mut()
        .map(core::mem::take)
        .unwrap_or_default();
    let mut since: Vec<Value> = entries
        .into_iter()
        .take_while(|entry| last.is_none() || entry["request_id"].as_str() != last)
        .collect();
    since.reverse();
    Ok(since)
}

/// The request that tells most: the last that was refused, else the last with a decision.
pub(super) fn telling(entries: &[Value]) -> Option<&Value> {
    let refused = |entry: &&Value| {
        entry["decision"]["outcome"]
            .as_str()
            .is_some_and(|outcome| outcome != "grant")
    };
    let decided = |entry: &&Value| !entry["decision"].is_null();
    let last = |wanted: &dyn Fn(&&Value) -> bool| entries.iter().rev().find(wanted);
    last(&refused).or_else(|| last(&decided)).or(entries.last())
}

/// The journal's entry as an exchange; it keeps no bodies.
pub(super) fn exchange(entry: &Value) -> Exchange {
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let url = text("url");
    let (host, target) = url
        .split_once("://")
        .and_then(|(_, rest)| Some(rest.split_at(rest.find('/')?)))
        .map_or(("", url.as_str()), |parts| parts);
    Exchange {
        host: host.to_owned(),
        method: text("method"),
        target: target.to_owned(),
        status: entry["status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or_default(),
        ..Exchange::default()
    }
}
