//! Making tokens: the claims of access and id tokens, in the order and with the lifetimes of the real service.
//!
//! Shared by the token service and the managed-identity endpoints. Order and presence of claims follow decoded real tokens
//! (Microsoft Learn access token claims reference; captured tokens in public write-ups).

pub mod access_token;
pub mod id_token;
pub mod resource;

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::enforcement::Authentication;
use entrasim_domain::id::{AppId, TenantId};
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::call::Call;
use crate::seal::sign_in::{SealedSignIn, SignIn};
use crate::seal::{Purpose, open, seal};

/// Tokens are dated back by this much, so that clocks that are behind accept them.
pub const BACKDATED: Duration = Duration::from_secs(300);

/// Claims in the order of every decoded real token: five fixed ones, then the rest by name.
struct Claims(Vec<(&'static str, Value)>);

impl Claims {
    fn new() -> Self {
        Self(Vec::with_capacity(32))
    }

    fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }

    fn put_some(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn finish(
        mut self,
        audience: &str,
        issuer: String,
        issued: Timestamp,
        until: Timestamp,
    ) -> Map<String, Value> {
        self.0.sort_unstable_by_key(|(name, _)| *name);
        let from = (issued - BACKDATED).unix_seconds();
        let head = [
            ("aud", Value::from(audience)),
            ("iss", Value::from(issuer)),
            ("iat", Value::from(from)),
            ("nbf", Value::from(from)),
            ("exp", Value::from(until.unix_seconds())),
        ];
        head.into_iter()
            .chain(self.0)
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// `uti`: the request's id, in the bytes of a little-endian GUID.
fn uti(request: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(request.to_bytes_le())
}

/// `rh`: opaque to clients; as decoded, tenant and resource are in it.
fn rh(call: &Call<'_>, tenant: TenantId, resource: AppId) -> String {
    let mut bytes = vec![0x01, 0x51, 0x00];
    bytes.extend_from_slice(&tenant.0.to_bytes_le());
    bytes.extend_from_slice(&resource.0.to_bytes_le());
    bytes.extend_from_slice(&call.draw(entrasim_domain::random::Random::bytes::<5>));
    format!("1.{}.", URL_SAFE_NO_PAD.encode(bytes))
}

/// `aio`: opaque to clients.
fn aio(call: &Call<'_>) -> String {
    let bytes = call.draw(entrasim_domain::random::Random::bytes::<36>);
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// What stands behind a user's access token, whatever its claims show: version 2 shows little.
#[derive(Clone, Debug)]
pub struct Behind {
    pub sign_in: SignIn,
    /// The number of the user's `tokens` epoch.
    pub epoch: u32,
}

#[derive(Deserialize, Serialize)]
struct SealedBehind {
    s: SealedSignIn,
    e: u32,
}

impl Behind {
    /// As an `aio`: opaque to clients, as the real one.
    fn seal(&self, call: &Call<'_>) -> String {
        let sealed = SealedBehind {
            s: (&self.sign_in).into(),
            e: self.epoch,
        };
        seal(call, Purpose::AccessToken, &sealed)
    }

    /// Of a token whose signature is verified. A token that somebody else made with our keys has nothing behind it.
    pub fn open(call: &Call<'_>, aio: &str) -> Option<Self> {
        let sealed: SealedBehind = open(call, Purpose::AccessToken, aio)?;
        Some(Self {
            sign_in: sealed.s.into(),
            epoch: sealed.e,
        })
    }
}

/// No lifetime of anything that follows from a sign-in goes past its end: that of a Temporary Access Pass.
fn capped(lifetime: Duration, authentication: &Authentication, now: Timestamp) -> Duration {
    match authentication.ends {
        Some(end) => lifetime.min(end.since(now)),
        None => lifetime,
    }
}

/// A pairwise subject: the same for a user in an app, different in every app.
pub fn pairwise_subject(user: Uuid, app: AppId) -> String {
    let mut bytes = Vec::with_capacity(32);
    bytes.extend_from_slice(user.as_bytes());
    bytes.extend_from_slice(app.0.as_bytes());
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, &bytes))
}
