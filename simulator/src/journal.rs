//! What was asked and what was answered, newest last, with the decision behind each answer. Bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

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
}

/// The last entries.
#[derive(Debug, Default)]
pub struct Journal(Mutex<VecDeque<Entry>>);

/// Enough for a test run to look back on; about 4 MB when full.
const CAPACITY: usize = 10_000;

impl Journal {
    pub fn push(&self, entry: Entry) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// The entry with this request id.
    pub fn get(&self, request_id: Uuid) -> Option<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .rev()
            .find(|entry| entry.request_id == request_id)
            .cloned()
    }

    /// The newest entries first, of one tenant or of all.
    pub fn newest(&self, tenant: Option<TenantId>, limit: usize) -> Vec<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .rev()
            .filter(|entry| tenant.is_none() || entry.tenant == tenant)
            .take(limit)
            .cloned()
            .collect()
    }
}
