//! `run --isolated` (Linux): a private network and mount namespace in which the public names are the simulator.
//!
//! Namespaces must be made before a process has threads, so `unshare(1)` starts this program again inside them. There the
//! loopback is brought up, 169.254.169.254 is given to it, the public names are put into a hosts file of its own, and the
//! simulator takes ports 443 and 80.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use super::{AzureConfig, RunArgs, child, common_variables, run_beside};
use entrasim_scenarios::environment::PROXIES;

use crate::hosts;
use crate::simulator::Simulator;

/// The hidden subcommand under which this program runs inside the namespaces.
pub const INSIDE: &str = "run-inside";

/// Starts this program again inside fresh namespaces; the exit code is the command's.
pub(super) async fn run() -> io::Result<u8> {
    if !cfg!(target_os = "linux") {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "--isolated needs Linux; plain `run` works here",
        ));
    }
    let own = std::env::current_exe()?;
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // The subcommand's place: everything else is passed on as it came.
    if let Some(at) = arguments.iter().position(|argument| argument == "run") {
        arguments[at] = INSIDE.into();
    }
    let mut command: Vec<OsString> = [
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "--",
    ]
    .map(OsString::from)
    .into();
    command.push(own.into());
    command.extend(arguments);
    child(&command, Vec::new()).await.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("{error}; unshare(1) is in util-linux"),
        )
    })
}

/// Inside the namespaces.
pub async fn inside(args: &RunArgs) -> io::Result<u8> {
    network()?;
    name_hosts()?;
    let mut options = args.start.options()?;
    let v4 = |address: Ipv4Addr, port| SocketAddr::new(IpAddr::V4(address), port);
    options.listener.https = v4(Ipv4Addr::LOCALHOST, 443);
    options.listener.http = v4(Ipv4Addr::LOCALHOST, 80);
    options.listener.more_http = vec![v4(Ipv4Addr::new(169, 254, 169, 254), 80)];
    let simulator = Simulator::start(options).await?;
    let (addresses, handout) = (simulator.addresses()?, simulator.handout()?);
    let azure = AzureConfig::new(args)?;
    let mut environment = common_variables(&addresses, &handout, azure.path(), args)?;
    // A proxy of the outside cannot be reached from here.
    for name in PROXIES {
        environment.push((name.to_owned(), OsString::new()));
    }
    run_beside(simulator, &args.command, environment).await
}

/// Brings the loopback up and gives it the metadata address.
fn network() -> io::Result<()> {
    ip(&["link", "set", "lo", "up"])?;
    ip(&["address", "add", "169.254.169.254/32", "dev", "lo"])
}

fn ip(arguments: &[&str]) -> io::Result<()> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot start ip(8): {error}; install iproute2 for `run --isolated`"),
            )
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(format!(
        "ip {}: {said}",
        arguments.join(" ")
    )))
}

/// Puts a hosts file with the public names over the machine's, for this namespace alone.
fn name_hosts() -> io::Result<()> {
    let folder = std::env::temp_dir().join(format!("entrasim-hosts-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("hosts");
    let mut file = std::fs::File::create(&path)?;
    writeln!(file, "127.0.0.1 localhost")?;
    writeln!(file, "::1 localhost")?;
    for name in hosts::exact_names() {
        writeln!(file, "127.0.0.1 {name}")?;
    }
    mount_over(&path, Path::new("/etc/hosts"))?;
    // The mount keeps the file's content; its name is no longer needed.
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

fn mount_over(file: &Path, target: &Path) -> io::Result<()> {
    let status = Command::new("mount")
        .arg("--bind")
        .arg(file)
        .arg(target)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "cannot mount over {}",
            target.display()
        )))
    }
}
