//! The options with which any command starts a simulator.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use entrasim_domain::time::Timestamp;

use crate::config;
use crate::handout::starting_at;
use crate::keys::SigningKeys;
use crate::simulator::Options;
use crate::system_clock;

/// What the simulated tenant is like.
#[derive(Args, Clone, Debug, Default)]
pub struct StartArgs {
    /// The instant at which the tenant's clock starts running (RFC 3339 or a date); by default the machine's
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// When Phase 2 binds the tenant (RFC 3339 or a date); by default 2025-10-01
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub phase2: Option<Timestamp>,
    /// Switch security defaults on
    #[arg(long)]
    pub security_defaults: bool,
    /// The number from which every id, domain and password of the tenant follows
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// How many made-up users to add
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub users: u32,
    /// Read this directory into the tenant: JSON as `GET /tenants/{tenant}/directory` of the control port writes it, or lists
    /// of objects as Graph answers them, under `users`, `groups`, `applications`, … (may be given more than once)
    #[arg(long, value_name = "FILE")]
    pub import: Vec<PathBuf>,
    /// Sign tokens with this RSA key (PKCS#8, PEM) instead of the built-in ones, which everybody has
    #[arg(long, value_name = "FILE")]
    pub signing_key: Option<PathBuf>,
    /// Where Azure Arc's challenge files go; unmodified clients read them from /var/opt/azcmagent/tokens only
    #[arg(long, value_name = "FOLDER")]
    pub arc_tokens: Option<PathBuf>,
    /// Let the proxy open tunnels to this host, which is not simulated (may be given more than once)
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "expected an instant like 2025-10-01T00:00:00Z, or a date".to_owned())
}

impl StartArgs {
    /// Options on free loopback ports.
    pub fn options(&self) -> io::Result<Options> {
        let mut options = Options::new(config::data_folder());
        if let Some(path) = &self.signing_key {
            let pem = std::fs::read_to_string(path).map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("cannot read {}: {error}", path.display()),
                )
            })?;
            options.keys = SigningKeys::from_private_key_pem(&pem).map_err(io::Error::other)?;
        }
        for path in &self.import {
            let name = path.display().to_string();
            let invalid =
                |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
            let text = std::fs::read(path).map_err(invalid)?;
            let document = serde_json::from_slice(&text).map_err(|error| invalid(error.into()))?;
            options.import.push((name.clone(), document));
        }
        if let Some(at) = self.at {
            options.tenant.clock = starting_at(at, system_clock::now());
        }
        if self.phase2.is_some() {
            options.tenant.enforcement.phase2.starts = self.phase2;
        }
        options.tenant.security_defaults = self.security_defaults;
        options.tenant.seed = self.seed;
        options.arc_tokens.clone_from(&self.arc_tokens);
        options.tenant.users = self.users;
        options.listener.allowed_hosts.clone_from(&self.allow_host);
        Ok(options)
    }
}

/// `127.0.0.1:port`, or another address.
pub(super) fn address(host: Option<IpAddr>, port: u16) -> SocketAddr {
    SocketAddr::new(host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), port)
}
