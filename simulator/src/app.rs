//! One running simulator: the tenants, the keys, the journal, and the count of what was asked for and is not simulated.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use bytes::Bytes;

use entrasim_domain::enforcement::Enforcement;
use entrasim_domain::enforcement::rules::RulesAsked;
use entrasim_domain::id::TenantId;
use entrasim_domain::random::Random;
use entrasim_domain::seed::{self, SeedOptions};
use entrasim_domain::store::{Store, TenantCell, TenantExists};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Clock;

use crate::journal::Journal;
use crate::keys::{self, SigningKeys};
use crate::origins;

/// What a simulator is started with.
#[derive(Debug)]
pub struct AppOptions {
    pub keys: SigningKeys,
    /// Where files for clients are written (the seeded app's certificate).
    pub data: PathBuf,
    /// Where the files of Azure Arc's challenge are written; clients insist on `/var/opt/azcmagent/tokens`.
    pub arc_tokens: PathBuf,
    /// Decides the ids of answers that belong to no tenant.
    pub seed: u64,
    /// Which rules the decisions of its tenants ask; all of them outside tests.
    pub rules: RulesAsked,
}

/// Everything that handlers reach beside the request itself.
#[derive(Debug)]
pub struct App {
    pub store: Store,
    pub keys: SigningKeys,
    pub journal: Journal,
    pub data: PathBuf,
    pub arc_tokens: PathBuf,
    /// Where it can be reached; set once the ports are bound.
    pub addresses: OnceLock<Addresses>,
    /// The tenant that requests mean which name none.
    default_tenant: OnceLock<TenantId>,
    unimplemented: Mutex<BTreeMap<String, u64>>,
    /// Documents that do not change while the program runs.
    pub documents: Documents,
    seed: u64,
    rules: RulesAsked,
    streams: AtomicU64,
}

/// The base URLs and the trust anchor, as `serve --json` prints them.
#[derive(Clone, Debug)]
pub struct Addresses {
    pub https: String,
    pub http: String,
    pub control: String,
    /// The local authority's certificate, a PEM file.
    pub ca: PathBuf,
}

/// Bodies by everything that decides them; written once, sent often.
#[derive(Debug, Default)]
pub struct Documents(RwLock<BTreeMap<String, Bytes>>);

/// More keys than this come only from clients that make up host names.
const DOCUMENTS: usize = 256;

impl Documents {
    /// The document of this key, written on the first use.
    pub fn get(&self, key: String, write: impl FnOnce() -> Vec<u8>) -> Bytes {
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(known) = known {
            return known;
        }
        let document = Bytes::from(write());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= DOCUMENTS {
            known.clear();
        }
        known.insert(key, document.clone());
        document
    }
}

/// What a new tenant may differ in.
#[derive(Clone, Debug)]
pub struct TenantOptions {
    pub seed: u64,
    pub display_name: String,
    pub users: u32,
    pub clock: Clock,
    pub enforcement: Enforcement,
    pub security_defaults: bool,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            display_name: "Contoso".to_owned(),
            users: 0,
            clock: Clock::System { offset_millis: 0 },
            enforcement: Enforcement::default(),
            security_defaults: false,
        }
    }
}

impl App {
    pub fn new(options: AppOptions) -> Self {
        Self {
            store: Store::default(),
            keys: options.keys,
            journal: Journal::default(),
            data: options.data,
            arc_tokens: options.arc_tokens,
            addresses: OnceLock::new(),
            default_tenant: OnceLock::new(),
            unimplemented: Mutex::default(),
            documents: Documents::default(),
            seed: options.seed,
            rules: options.rules,
            streams: AtomicU64::new(0),
        }
    }

    /// Makes a tenant from a seed; the first one becomes the default.
    pub fn create_tenant(&self, options: &TenantOptions) -> Result<Arc<TenantCell>, TenantExists> {
        self.insert_tenant(Self::seeded(options))
    }

    /// A tenant as its seed makes it, still outside.
    pub fn seeded(options: &TenantOptions) -> Tenant {
        seed::contoso(&SeedOptions {
            number: options.seed,
            display_name: options.display_name.clone(),
            users: options.users,
            clock: options.clock,
            enforcement: options.enforcement,
            security_defaults: options.security_defaults,
            deploy_certificate: keys::pem_block(keys::DEPLOY_CERTIFICATE_PEM, "CERTIFICATE")
                .unwrap_or_default(),
            workload_issuer: origins::WORKLOAD_ISSUER.to_owned(),
            workload_issuer_keys: crate::wire::jwt::jwks(&[keys::workload()]).to_string(),
        })
    }

    /// Adds a tenant that was made elsewhere; the first one becomes the default.
    pub fn insert_tenant(&self, mut tenant: Tenant) -> Result<Arc<TenantCell>, TenantExists> {
        tenant.rules = self.rules;
        let cell = self.store.insert(tenant)?;
        self.default_tenant.get_or_init(|| cell.id());
        Ok(cell)
    }

    /// The tenant that machine-bound requests mean when they name none: the first one made, if it is still there.
    pub fn default_tenant(&self) -> Option<Arc<TenantCell>> {
        self.default_tenant
            .get()
            .and_then(|id| self.store.get(*id))
            .or_else(|| self.store.list().into_iter().next())
    }

    /// A tenant by its id or one of its domains.
    pub fn tenant(&self, name: &str) -> Option<Arc<TenantCell>> {
        match name.parse::<TenantId>() {
            Ok(id) => self.store.get(id),
            Err(_) => self.store.by_domain(name),
        }
    }

    /// Counts one answer of 501.
    pub fn count_unimplemented(&self, name: &str) {
        let mut counts = self
            .unimplemented
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    /// What was asked for and is not simulated, with how often.
    pub fn unimplemented(&self) -> BTreeMap<String, u64> {
        self.unimplemented
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Randomness for an answer that belongs to no tenant.
    pub fn random(&self) -> Random {
        Random::new(self.seed, self.streams.fetch_add(1, Ordering::Relaxed))
    }
}
