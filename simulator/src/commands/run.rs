//! `entrasim run -- COMMAND`: a simulator for the time of one command, which finds it without an option of its own.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use clap::Args;
use entrasim_scenarios::environment;
use serde_json::json;
use tokio::process::Command;
use tokio::sync::oneshot;

use super::start::StartArgs;
use crate::app::Addresses;
use crate::handout::Handout;
use crate::simulator::Simulator;
use signals::Ends;

mod isolated;
mod signals;
pub use isolated::{INSIDE, inside};

#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    pub start: StartArgs,
    /// Linux: a private network in which the public names and 169.254.169.254 are the simulator, for clients that ignore proxies
    #[arg(long)]
    pub isolated: bool,
    /// Let the command use your own Azure CLI configuration instead of an empty one
    #[arg(long)]
    pub keep_azure_config: bool,
    /// The command and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "COMMAND"
    )]
    pub command: Vec<OsString>,
}

/// Runs the command against a fresh simulator; the exit code is the command's.
pub async fn run(args: &RunArgs) -> io::Result<u8> {
    if args.isolated {
        return isolated::run().await;
    }
    against(Simulator::start(args.start.options()?).await?, args).await
}

/// Runs the command against a simulator that has been started for it.
pub(super) async fn against(simulator: Simulator, args: &RunArgs) -> io::Result<u8> {
    let (addresses, handout) = (simulator.addresses()?, simulator.handout()?);
    let azure = AzureConfig::new(args)?;
    let mut environment = common_variables(&addresses, &handout, azure.path(), args)?;
    let proxy = environment::of_proxy(&addresses.http).into_iter();
    environment.extend(proxy.map(|(name, value)| (name, value.into())));
    run_beside(simulator, &args.command, environment).await
}

/// Serves while the command runs.
async fn run_beside(
    simulator: Simulator,
    command: &[OsString],
    environment: Vec<(String, OsString)>,
) -> io::Result<u8> {
    let (end, ended) = oneshot::channel::<()>();
    let serving = tokio::spawn(simulator.serve(async {
        let _ = ended.await;
    }));
    let code = child(command, environment).await;
    let _ = end.send(());
    let _ = serving.await;
    code
}

async fn child(command: &[OsString], environment: Vec<(String, OsString)>) -> io::Result<u8> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "no command was given",
        ));
    };
    let mut ends = Ends::listen()?;
    let mut child = Command::new(program)
        .args(arguments)
        .envs(environment)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot start {}: {error}", program.display()),
            )
        })?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(exit_code(status?)),
            signal = ends.next() => signal.pass_on(&child),
        }
    }
}

/// The code a shell would show: 128 and the signal's number for a command that was killed.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}

/// An Azure CLI configuration for this run alone: MSAL keeps answers and failures there for a day.
struct AzureConfig(Option<PathBuf>);

impl AzureConfig {
    fn new(args: &RunArgs) -> io::Result<Self> {
        if args.keep_azure_config {
            return Ok(Self(None));
        }
        let path = std::env::temp_dir().join(format!("entrasim-azure-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(Some(path)))
    }

    fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

impl Drop for AzureConfig {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// Trust, telemetry off, and the ids and secrets of the tenant for scripts.
fn common_variables(
    at: &Addresses,
    handout: &Handout,
    azure: Option<&Path>,
    args: &RunArgs,
) -> io::Result<Vec<(String, OsString)>> {
    let trust = trust_file(&at.ca, !args.start.allow_host.is_empty());
    let place = json!({"control": at.control, "https": at.https, "http": at.http, "ca": at.ca});
    let handout = serde_json::to_value(handout).map_err(io::Error::other)?;
    let mut variables: Vec<(String, OsString)> = environment::of_trust(&trust)
        .into_iter()
        .chain(environment::of_simulator(&place))
        .chain(environment::of_tenant(&handout))
        .map(|(name, value)| (name, value.into()))
        .collect();
    if let Some(azure) = azure {
        variables.push(("AZURE_CONFIG_DIR".to_owned(), azure.into()));
    }
    Ok(variables)
}

/// The authority alone, unless real hosts are let through: then the system's roots beside it.
fn trust_file(ca: &Path, with_system_roots: bool) -> PathBuf {
    const SYSTEM: [&str; 3] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];
    if with_system_roots {
        let roots = SYSTEM
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok());
        if let (Some(roots), Ok(own)) = (roots, std::fs::read_to_string(ca)) {
            let bundle = ca.with_file_name("ca-bundle.pem");
            if std::fs::write(&bundle, format!("{own}{roots}")).is_ok() {
                return bundle;
            }
        }
    }
    ca.to_owned()
}
