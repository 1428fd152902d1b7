//! The bench that the tests here use: every answer of Graph is held against its contract.

use core::ops::{Deref, DerefMut};

pub(crate) use entrasim::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, browser};
use entrasim::wire::Reply;
use http::{HeaderMap, HeaderName, HeaderValue};

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
        let faults = contract::faults(&contract::Exchange {
            method,
            origin: &format!("{scheme}://{authority}"),
            path: &format!("/{path}"),
            asked: &asked,
            sent: body.as_bytes(),
            status: reply.status.as_u16(),
            headers: &reply.headers,
            body: &reply.body,
        });
        (reply, faults)
    }
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
