//! Where tenants live: one value each, read without a lock, changed by swapping in a changed copy.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use imbl::OrdMap;
use thiserror::Error;

use crate::audit::Occasion;
use crate::id::TenantId;
use crate::random::Random;
use crate::tenant::Tenant;

/// All tenants, in the order of their ids.
#[derive(Debug, Default)]
pub struct Store {
    cells: ArcSwap<OrdMap<TenantId, Arc<TenantCell>>>,
    change: Mutex<()>,
}

/// One tenant and the order of its changes.
#[derive(Debug)]
pub struct TenantCell {
    id: TenantId,
    state: ArcSwap<Tenant>,
    change: Mutex<()>,
    /// What `reset` returns to.
    origin: Arc<Tenant>,
    /// Numbers the tenant's streams of randomness.
    streams: AtomicU64,
    snapshots: ArcSwap<OrdMap<u64, Snapshot>>,
}

/// A kept state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub name: String,
    pub state: Arc<Tenant>,
}

/// A tenant with this id is there already.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a tenant with the id {0} is there already")]
pub struct TenantExists(pub TenantId);

impl Store {
    /// Adds a tenant; `tenant` as given is also what a reset returns to.
    pub fn insert(&self, tenant: Tenant) -> Result<Arc<TenantCell>, TenantExists> {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cells = OrdMap::clone(&self.cells.load());
        let id = tenant.id;
        if cells.contains_key(&id) {
            return Err(TenantExists(id));
        }
        let cell = Arc::new(TenantCell::new(tenant));
        cells.insert(id, Arc::clone(&cell));
        self.cells.store(Arc::new(cells));
        Ok(cell)
    }

    /// Takes a tenant away; `false` if there is none with this id.
    pub fn remove(&self, id: TenantId) -> bool {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cells = OrdMap::clone(&self.cells.load());
        let found = cells.remove(&id).is_some();
        self.cells.store(Arc::new(cells));
        found
    }

    pub fn get(&self, id: TenantId) -> Option<Arc<TenantCell>> {
        self.cells.load().get(&id).cloned()
    }

    /// The tenant that owns a verified domain, case ignored.
    pub fn by_domain(&self, domain: &str) -> Option<Arc<TenantCell>> {
        self.cells
            .load()
            .values()
            .find(|cell| cell.read().domain_index(domain).is_some())
            .cloned()
    }

    /// Every tenant.
    pub fn list(&self) -> Vec<Arc<TenantCell>> {
        self.cells.load().values().cloned().collect()
    }
}

impl TenantCell {
    fn new(tenant: Tenant) -> Self {
        let state = Arc::new(tenant);
        Self {
            id: state.id,
            origin: Arc::clone(&state),
            state: ArcSwap::new(state),
            change: Mutex::new(()),
            streams: AtomicU64::new(FIRST_REQUEST_STREAM),
            snapshots: ArcSwap::default(),
        }
    }

    pub fn id(&self) -> TenantId {
        self.id
    }

    /// The state now; it does not change under the reader.
    pub fn read(&self) -> Arc<Tenant> {
        self.state.load_full()
    }

    /// Changes a copy and swaps it in if the change succeeds; a failed change leaves nothing behind.
    pub fn write<T, E>(&self, change: impl FnOnce(&mut Tenant) -> Result<T, E>) -> Result<T, E> {
        self.swap(|_, tenant| change(tenant))
    }

    /// The same for what the audit log tells: what differs afterwards is entered under this occasion.
    pub fn write_on<T, E>(
        &self,
        occasion: &Occasion,
        change: impl FnOnce(&mut Tenant) -> Result<T, E>,
    ) -> Result<T, E> {
        self.swap(|before, tenant| {
            let result = change(tenant)?;
            tenant.enter_differences(before, occasion);
            Ok(result)
        })
    }

    /// Hands the state and a copy to change to `change`, and keeps the copy if that succeeds.
    fn swap<T, E>(
        &self,
        change: impl FnOnce(&Tenant, &mut Tenant) -> Result<T, E>,
    ) -> Result<T, E> {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.state.load_full();
        let mut tenant = Tenant::clone(&before);
        let result = change(&before, &mut tenant)?;
        self.state.store(Arc::new(tenant));
        Ok(result)
    }

    /// A stream of randomness of this tenant's own. Sequential callers get the same streams in every run.
    pub fn random(&self) -> Random {
        Random::new(
            self.origin.seed,
            self.streams.fetch_add(1, Ordering::Relaxed),
        )
    }

    /// Back to the state of the beginning, streams of randomness included; snapshots stay.
    pub fn reset(&self) {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        self.state.store(Arc::clone(&self.origin));
        self.streams.store(FIRST_REQUEST_STREAM, Ordering::Relaxed);
    }

    /// Keeps the state of now under a number.
    pub fn snapshot(&self, name: String) -> u64 {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshots = OrdMap::clone(&self.snapshots.load());
        let number = snapshots.get_max().map_or(1, |(last, _)| last + 1);
        snapshots.insert(
            number,
            Snapshot {
                name,
                state: self.read(),
            },
        );
        self.snapshots.store(Arc::new(snapshots));
        number
    }

    pub fn snapshots(&self) -> Arc<OrdMap<u64, Snapshot>> {
        self.snapshots.load_full()
    }

    /// Back to a kept state; `false` if there is none with this number.
    pub fn restore(&self, number: u64) -> bool {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshots = self.snapshots.load();
        let Some(snapshot) = snapshots.get(&number) else {
            return false;
        };
        self.state.store(Arc::clone(&snapshot.state));
        true
    }

    /// Forgets a kept state; `false` if there is none with this number.
    pub fn remove_snapshot(&self, number: u64) -> bool {
        let _guard = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshots = OrdMap::clone(&self.snapshots.load());
        let found = snapshots.remove(&number).is_some();
        self.snapshots.store(Arc::new(snapshots));
        found
    }
}

/// Lower streams belong to the seed itself.
const FIRST_REQUEST_STREAM: u64 = 1 << 32;
