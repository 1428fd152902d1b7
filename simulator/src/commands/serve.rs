//! `entrasim serve`: keep one running.

use std::io::{self, Write};
use std::net::IpAddr;

use clap::Args;
use serde::Serialize;

use super::start::{StartArgs, address};
use crate::app::Addresses;
use crate::handout::Handout;
use crate::simulator::Simulator;

#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    pub start: StartArgs,
    /// Port of the simulated hosts over TLS; 0 takes a free one
    #[arg(long, default_value_t = 8443, value_name = "PORT")]
    pub https_port: u16,
    /// Port of the proxy, of the identity endpoints, and of the simulated hosts in plain HTTP
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    pub http_port: u16,
    /// Port of the control API and the dashboard
    #[arg(long, default_value_t = 8900, value_name = "PORT")]
    pub control_port: u16,
    /// All three at once: 0 takes free ports, N takes N, N+1 and N+2
    #[arg(long, value_name = "PORT", conflicts_with_all = ["https_port", "http_port", "control_port"])]
    pub port: Option<u16>,
    /// Listen on this address instead of the loopback; the control port then demands a token, which is printed
    #[arg(long, value_name = "ADDRESS")]
    pub expose: Option<IpAddr>,
    /// Print one line of JSON when ready, and nothing else
    #[arg(long)]
    pub json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Ready<'a> {
    https: &'a str,
    http: &'a str,
    control: &'a str,
    ca: &'a std::path::Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    control_token: Option<&'a str>,
    #[serde(flatten)]
    handout: &'a Handout,
}

/// Serves until the process is told to stop.
pub async fn serve(args: &ServeArgs, out: &mut dyn Write) -> io::Result<()> {
    let mut options = args.start.options()?;
    let (https, http, control) = match args.port {
        None => (args.https_port, args.http_port, args.control_port),
        Some(0) => (0, 0, 0),
        Some(first) => (first, first.saturating_add(1), first.saturating_add(2)),
    };
    options.listener.https = address(args.expose, https);
    options.listener.http = address(args.expose, http);
    options.listener.control = address(args.expose, control);
    let token = args.expose.is_some().then(fresh_token).transpose()?;
    options.listener.control_token.clone_from(&token);
    let simulator = Simulator::start(options).await?;
    let (addresses, handout) = (simulator.addresses()?, simulator.handout()?);
    if args.json {
        let ready = Ready {
            https: &addresses.https,
            http: &addresses.http,
            control: &addresses.control,
            ca: &addresses.ca,
            control_token: token.as_deref(),
            handout: &handout,
        };
        writeln!(
            out,
            "{}",
            serde_json::to_string(&ready).map_err(io::Error::other)?
        )?;
    } else {
        print(out, &addresses, &handout, token.as_deref())?;
    }
    out.flush()?;
    simulator.serve(end()).await;
    Ok(())
}

/// A token for the control port: the one thing here that must not be guessable.
fn fresh_token() -> io::Result<String> {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| io::Error::other("the machine gives no random bytes"))?;
    Ok(uuid::Uuid::from_bytes(bytes).simple().to_string())
}

fn print(
    out: &mut dyn Write,
    at: &Addresses,
    handout: &Handout,
    token: Option<&str>,
) -> io::Result<()> {
    writeln!(
        out,
        "entrasim {} - a simulator, not Microsoft. Anybody can sign tokens with its built-in keys.\n",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "  simulated hosts   {}", at.https)?;
    writeln!(out, "  proxy, identity   {}", at.http)?;
    writeln!(out, "  dashboard, API    {}", at.control)?;
    if let Some(token) = token {
        writeln!(out, "  control token     {token}")?;
    }
    writeln!(out, "  trust this CA     {}\n", at.ca.display())?;
    writeln!(
        out,
        "  tenant {} ({})",
        handout.tenant.domain, handout.tenant.id
    )?;
    writeln!(out, "  subscription {}", handout.subscription)?;
    let now = handout.clock.now.as_deref().unwrap_or_default();
    let phase2 = handout
        .enforcement
        .phase2
        .effective
        .as_deref()
        .unwrap_or("never");
    writeln!(
        out,
        "  the tenant's clock says {now}; Phase 2 binds it from {phase2} on\n"
    )?;
    for (name, account) in &handout.accounts {
        let password = account.password.as_deref().unwrap_or("(no password)");
        writeln!(out, "  {name:<12} {:<44} {password}", account.upn)?;
    }
    for (name, app) in &handout.apps {
        writeln!(
            out,
            "  app {name:<8} {:<44} {}",
            app.client_id,
            app.client_secret.as_deref().unwrap_or_default()
        )?;
    }
    writeln!(
        out,
        "\n  Try: HTTPS_PROXY={} REQUESTS_CA_BUNDLE={} az login …",
        at.http,
        at.ca.display()
    )?;
    writeln!(
        out,
        "  or let `entrasim run -- az …` set that up. Ctrl-C stops."
    )
}

/// Ctrl-C, or the polite signal of service managers.
async fn end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
