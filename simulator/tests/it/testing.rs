//! The bench that the tests here use: every answer of Graph is held against its contract.

use core::ops::{Deref, DerefMut};

pub(crate) use entrasim::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, browser};
use entrasim::wire::Reply;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::contract;

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
        let reply = self.0.send(method, url, headers, body);
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if contract::is_graph(authority, path) {
            let asked: HeaderMap = headers
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::try_from(*name).unwrap(),
                        HeaderValue::try_from(*value).unwrap(),
                    )
                })
                .collect();
            contract::check(&contract::Exchange {
                method,
                origin: &format!("{scheme}://{authority}"),
                path: &format!("/{path}"),
                query,
                asked: &asked,
                sent: body.as_bytes(),
                status: reply.status.as_u16(),
                headers: &reply.headers,
                body: &reply.body,
            });
        }
        reply
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
