//! The command line of entrasim: reads it, calls the command, turns failures into a message and an exit code.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use entrasim::commands::{ca, doctor, explain, record, replay, run, serve};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A Microsoft Entra tenant on your own machine: turn mandatory MFA on, move the date, break things and see why.
///
/// `entrasim replay` shows what Phase 2 of mandatory MFA breaks and what fixes it. `entrasim run -- az group list` does the
/// same to your own command, with nothing changed in it.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// What to log, as for the variable `RUST_LOG`: `warn`, `entrasim=debug`, …
    #[arg(long, global = true, default_value = "warn", env = "RUST_LOG")]
    log: String,
    #[command(subcommand)]
    command: Commands,
}

#[derive(Subcommand)]
enum Commands {
    /// Replay scenarios and print what broke, why, and what fixes it
    Replay(replay::ReplayArgs),
    /// Run a command against a fresh simulator and write what it asked for as a scenario
    Record(Box<record::RecordArgs>),
    /// Start a simulator, point a command at it, exit with the command's code
    Run(run::RunArgs),
    #[command(name = run::INSIDE, hide = true)]
    RunInside(run::RunArgs),
    /// Keep a simulator running
    Serve(serve::ServeArgs),
    /// Print the decision on an attempt: every rule looked at, and what each said
    Explain(Box<explain::ExplainArgs>),
    /// The local authority that the simulator's certificates come from
    #[command(subcommand)]
    Ca(ca::CaCommand),
    /// The software security key; `entrasim softkey help` says what it does
    #[command(disable_help_flag = true)]
    Softkey {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Say what is wrong with this machine's set-up, and the fix
    Doctor,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Commands::Softkey { arguments } = cli.command {
        let name = OsString::from("entrasim softkey");
        return softkey::cli::main(std::iter::once(name).chain(arguments));
    }
    let filter = EnvFilter::try_new(&cli.log).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(dispatch(&cli.command)) {
        Ok(code) => ExitCode::from(code),
        // A reader that has seen enough (`| head`) is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

async fn dispatch(command: &Commands) -> io::Result<u8> {
    let mut out = io::stdout();
    match command {
        Commands::Replay(args) => replay::replay(args, &mut out).await,
        Commands::Record(args) => record::record(args).await,
        Commands::Run(args) => run::run(args).await,
        Commands::RunInside(args) => run::inside(args).await,
        Commands::Serve(args) => serve::serve(args, &mut out).await.map(|()| 0),
        Commands::Explain(args) => {
            explain::explain(args, &mut out).map(|known| if known { 0 } else { 2 })
        }
        Commands::Ca(command) => ca::ca(*command, &mut out).map(|()| 0),
        // Has its own command line, and has run before there was a runtime.
        Commands::Softkey { .. } => Ok(0),
        Commands::Doctor => doctor::doctor(&mut out).map(|healthy| u8::from(!healthy)),
    }
}

fn failed(error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "entrasim: {error}");
    ExitCode::from(2)
}
