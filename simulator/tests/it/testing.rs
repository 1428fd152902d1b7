//! The bench that the tests here use: every answer of Graph is held against its contract.

use core::ops::{Deref, DerefMut};
use std::sync::Arc;

pub(crate) use entrasim::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, browser, form};
use entrasim::wire::Reply;
use entrasim_domain::audit::AuditLog;
use entrasim_domain::sign_in::SignInState;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::ChangeLog;
use entrasim_domain::tenant::throttle::Throttle;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::contract::{self, Faults};

/// `entrasim::testing::Bench` whose answers are checked.
#[derive(Debug)]
pub(crate) struct Bench(entrasim::testing::Bench);

impl Bench {
    pub(crate) fn at(now: &str) -> Self {
        Self(entrasim::testing::Bench::at(now))
    }

    #[track_caller]
    pub(crate) fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let (reply, faults) = self.sent(method, url, headers, body);
        assert!(
            faults.is_empty(),
            "{method} {url} was answered against Graph's contract:\n  {}\n{} {}",
            faults.join("\n  "),
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
        reply
    }

    /// The answer, and what is wrong with it.
    pub(crate) fn sent(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (Reply, Faults) {
        let before = self.tenants();
        let reply = self.0.send(method, url, headers, body);
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let path = rest.split('?').next().unwrap_or_default();
        if !contract::is_graph(authority, path) {
            return (reply, Faults::new());
        }
        let asked: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::try_from(*name).unwrap(),
                    HeaderValue::try_from(*value).unwrap(),
                )
            })
            .collect();
        let mut faults = contract::faults(&contract::Exchange {
            method,
            origin: &format!("{scheme}://{authority}"),
            path: &format!("/{path}"),
            asked: &asked,
            sent: body.as_bytes(),
            status: reply.status.as_u16(),
            headers: &reply.headers,
            body: &reply.body,
        });
        // The parts of a batch each have their own status.
        if !path.ends_with("/$batch") {
            faults.extend(audit_fault(reply.status, &before, &self.tenants()));
        }
        (reply, faults)
    }

    /// The states of all tenants.
    fn tenants(&self) -> Vec<Arc<Tenant>> {
        let tenants = self.0.app.store.list();
        tenants.iter().map(|cell| cell.read()).collect()
    }
}

/// Every write that succeeds is in the audit log, and none that fails.
fn audit_fault(
    status: StatusCode,
    before: &[Arc<Tenant>],
    after: &[Arc<Tenant>],
) -> Option<String> {
    let entries = |tenants: &[Arc<Tenant>]| -> u64 {
        tenants.iter().map(|tenant| tenant.audit.count()).sum()
    };
    let made = entries(after) - entries(before);
    if !status.is_success() {
        return (made > 0).then(|| format!("it failed and is in the audit log ({made} entries)"));
    }
    let changed = made == 0
        && before
            .iter()
            .zip(after)
            .any(|(old, new)| content(old) != content(new));
    changed.then(|| "it changed the tenant and is not in the audit log".to_owned())
}

/// All that a write may change, but for what is only remembered: attempts, throttling, and the logs themselves.
fn content(tenant: &Tenant) -> String {
    let mut tenant = tenant.clone();
    tenant.sign_in = SignInState::default();
    tenant.throttle = Throttle::default();
    tenant.changes = ChangeLog::default();
    tenant.audit = AuditLog::default();
    format!("{tenant:?}")
}

impl Deref for Bench {
    type Target = entrasim::testing::Bench;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Bench {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
