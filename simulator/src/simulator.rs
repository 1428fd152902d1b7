//! The assembly: an [`App`] behind a [`Listener`]. What the binary starts, and what tests start on free ports.

use core::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use entrasim_domain::enforcement::rules::RulesAsked;
use entrasim_domain::random::Random;
use serde_json::Value;

use crate::app::{Addresses, App, AppOptions, TenantOptions};
use crate::handout::{self, Handout};
use crate::keys::SigningKeys;
use crate::listener::authority::Authority;
use crate::listener::{Listener, ListenerConfig, Port, Service};
use crate::routing;
use crate::surface::control::{self, directory};
use crate::system_clock;
use crate::wire::{Reply, Request};

/// How a simulator is started. The default takes free ports on the loopback.
#[derive(Debug)]
pub struct Options {
    pub listener: ListenerConfig,
    /// Holds the local authority, and files for clients.
    pub data: PathBuf,
    /// Where the files of Azure Arc's challenge go; below `data` by default.
    pub arc_tokens: Option<PathBuf>,
    pub keys: SigningKeys,
    pub tenant: TenantOptions,
    /// Directories to read into the first tenant: where each came from, and its JSON.
    pub import: Vec<(String, Value)>,
    /// Which rules decisions ask; all of them outside tests.
    pub rules: RulesAsked,
}

impl Options {
    /// Free ports on the loopback, the built-in keys, one tenant of seed 0.
    pub fn new(data: PathBuf) -> Self {
        let free = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            listener: ListenerConfig {
                https: free,
                http: free,
                control: free,
                more_http: Vec::new(),
                allowed_hosts: Vec::new(),
                control_token: None,
                idle: crate::listener::IDLE,
            },
            data,
            arc_tokens: None,
            keys: SigningKeys::built_in(),
            tenant: TenantOptions::default(),
            import: Vec::new(),
            rules: RulesAsked::default(),
        }
    }
}

/// Bound and seeded; [`Simulator::serve`] answers.
#[derive(Debug)]
pub struct Simulator {
    app: Arc<App>,
    listener: Listener,
}

impl Simulator {
    /// Opens the authority, binds the ports, makes the first tenant.
    pub async fn start(options: Options) -> io::Result<Self> {
        let authority = Arc::new(Authority::open(&options.data)?);
        let ca = authority.certificate_path();
        let listener = Listener::bind(options.listener, authority).await?;
        let addresses = Addresses {
            https: listener.https()?,
            http: listener.http()?,
            control: listener.control()?,
            ca,
        };
        let app = App::new(AppOptions {
            keys: options.keys,
            arc_tokens: options
                .arc_tokens
                .unwrap_or_else(|| options.data.join("azcmagent/tokens")),
            data: options.data,
            seed: options.tenant.seed,
            rules: options.rules,
        });
        app.addresses.get_or_init(|| addresses);
        let mut tenant = App::seeded(&options.tenant);
        // The streams of a seed have hashes for numbers, those of requests start later.
        let mut random = Random::new(options.tenant.seed, u64::from(u32::MAX));
        for (name, document) in &options.import {
            directory::import(&mut tenant, document, &mut random, system_clock::now())
                .map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        }
        app.insert_tenant(tenant).map_err(io::Error::other)?;
        Ok(Self {
            app: Arc::new(app),
            listener,
        })
    }

    /// Where it can be reached.
    pub fn addresses(&self) -> io::Result<Addresses> {
        self.app
            .addresses
            .get()
            .cloned()
            .ok_or_else(|| io::Error::other("the ports are not bound"))
    }

    /// What serves; it outlives the simulator for whoever still reads its journal.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// What the first tenant's users need to know.
    pub fn handout(&self) -> io::Result<Handout> {
        let tenant = self
            .app
            .default_tenant()
            .ok_or_else(|| io::Error::other("there is no tenant"))?;
        handout::of(&self.app, &tenant.read(), system_clock::now())
    }

    /// Serves until `end`.
    pub async fn serve(self, end: impl Future<Output = ()>) {
        self.listener.serve(self.app, end).await;
    }
}

impl Service for App {
    fn answer(&self, port: Port, request: &Request) -> Reply {
        match port {
            Port::Control => control::answer(self, request),
            Port::Https | Port::Http => routing::answer(self, request),
        }
    }
}
