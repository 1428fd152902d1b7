//! A simulator without sockets for tests: fixed seed, manual clock, requests handed straight to routing.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use entrasim_domain::enforcement::rules::RulesAsked;
use entrasim_domain::store::TenantCell;
use entrasim_domain::time::{Clock, Timestamp};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::app::{App, AppOptions, TenantOptions};
use crate::keys::SigningKeys;
use crate::routing;
use crate::wire::{Reply, Request, Scheme};

pub mod browser;

/// A simulator with one tenant (seed 0) whose clock stands still.
#[derive(Debug)]
pub struct Bench {
    pub app: App,
    pub tenant: Arc<TenantCell>,
}

/// The day before Phase 2.
pub const BEFORE_PHASE_2: &str = "2025-09-30T12:00:00Z";
/// The day after.
pub const AFTER_PHASE_2: &str = "2025-10-02T12:00:00Z";

impl Bench {
    /// Starts at this instant (RFC 3339).
    ///
    /// # Panics
    /// When `now` is not an instant.
    pub fn at(now: &str) -> Self {
        let now = Timestamp::parse(now).expect("the caller writes an instant");
        let app = App::new(AppOptions {
            keys: SigningKeys::built_in(),
            data: PathBuf::new(),
            arc_tokens: std::env::temp_dir().join("entrasim-arc-tokens"),
            seed: 0,
            rules: RulesAsked::default(),
        });
        let options = TenantOptions {
            clock: Clock::Manual { now },
            ..TenantOptions::default()
        };
        let tenant = app
            .create_tenant(&options)
            .expect("the first tenant has its id for itself");
        Self { app, tenant }
    }

    /// Moves the tenant's clock.
    ///
    /// # Panics
    /// When `now` is not an instant.
    pub fn set_clock(&self, now: &str) {
        let now = Timestamp::parse(now).expect("the caller writes an instant");
        let _ = self.tenant.write(|tenant| {
            tenant.clock = Clock::Manual { now };
            Ok::<(), core::convert::Infallible>(())
        });
    }

    /// Sends a request to a simulated host: `send("GET", "https://graph.microsoft.com/v1.0/me", &[("authorization", "…")], "")`.
    ///
    /// # Panics
    /// When the method, the URL or a header cannot be one.
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let (scheme, rest) = url
            .split_once("://")
            .expect("the caller writes an absolute URL");
        let (authority, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::try_from(*name).expect("the caller writes a header");
                (
                    name,
                    HeaderValue::try_from(*value).expect("the caller writes a header"),
                )
            })
            .collect();
        let request = Request {
            method: Method::try_from(method).expect("the caller writes a method"),
            scheme: if scheme == "http" {
                Scheme::Http
            } else {
                Scheme::Https
            },
            authority: authority.to_owned(),
            path: format!("/{path}"),
            query: query.to_owned(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            arrived: Timestamp::UNIX_EPOCH,
            proxy_user: None,
        };
        let reply = routing::answer(&self.app, &request);
        #[cfg(test)]
        against_the_contract(&request, &reply);
        reply
    }

    /// Posts a form.
    pub fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Reply {
        let content_type = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", url, &[content_type], &form(fields))
    }
}

/// Fields as a form has them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// The tests beside the code are held to Graph's contract as those from outside are.
#[cfg(test)]
#[track_caller]
fn against_the_contract(request: &Request, reply: &Reply) {
    use crate::contract;
    if contract::is_graph(&request.authority, &request.path) {
        let faults = contract::faults(&contract::Exchange {
            method: request.method.as_str(),
            origin: &request.origin(),
            path: &request.path,
            asked: &request.headers,
            sent: &request.body,
            status: reply.status.as_u16(),
            headers: &reply.headers,
            body: &reply.body,
        });
        assert!(
            faults.is_empty(),
            "{} {} was answered against Graph's contract:\n  {}\n{} {}",
            request.method,
            request.path,
            faults.join("\n  "),
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
    }
}
