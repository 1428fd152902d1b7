//! What was asked and what was answered, newest last, with the decision behind each answer. Bounded.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use entrasim_domain::enforcement::Decision;
use entrasim_domain::id::TenantId;
use entrasim_domain::time::Timestamp;
use uuid::Uuid;

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Entry {
    pub request_id: Uuid,
    pub tenant: Option<TenantId>,
    /// By the tenant's clock; by the machine's where no tenant is known.
    pub at: Timestamp,
    pub surface: &'static str,
    pub method: String,
    /// Without a query on the sign-in surfaces: it can hold secrets.
    pub url: String,
    pub status: u16,
    /// The error code that the client was shown.
    pub code: Option<String>,
    pub decision: Option<Arc<Decision>>,
    /// The request and the answer, whole, where somebody records.
    pub kept: Option<Arc<Kept>>,
}

/// What crossed the wire, secrets and all: only the recorder asks for it, in its own process.
#[derive(Clone, Debug)]
pub struct Kept {
    pub authorization: Option<String>,
    /// The query, which the URL of some surfaces is without.
    pub query: String,
    pub sent: Bytes,
    pub received: Bytes,
}

/// The last entries.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Mutex<VecDeque<Entry>>,
    keeps: AtomicBool,
}

/// Enough for a test run to look back on; about 4 MB when full.
const CAPACITY: usize = 10_000;

impl Journal {
    /// From now on requests and answers are kept whole.
    pub fn keep_everything(&self) {
        self.keeps.store(true, Ordering::Relaxed);
    }

    pub fn keeps_everything(&self) -> bool {
        self.keeps.load(Ordering::Relaxed)
    }

    pub fn push(&self, entry: Entry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// The entry with this request id.
    pub fn get(&self, request_id: Uuid) -> Option<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .rev()
            .find(|entry| entry.request_id == request_id)
            .cloned()
    }

    /// The newest entries first, of one tenant or of all.
    pub fn newest(&self, tenant: Option<TenantId>, limit: usize) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .rev()
            .filter(|entry| tenant.is_none() || entry.tenant == tenant)
            .take(limit)
            .cloned()
            .collect()
    }
}
