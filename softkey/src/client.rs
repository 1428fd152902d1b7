//! The WebAuthn client on top of an authenticator: options as JSON in, credential as JSON out.
//!
//! Sources: WebAuthn Level 3, sections 5.1.3 (create), 5.1.4 (get) and 5.8 (client data); CTAP 2.3, section 6
//! from the platform's side. The caller names the origin; the rules about it are kept here, as a browser would.

use crate::authenticator::{Authenticator, Channel};
use crate::env::Env;
use crate::store::Store;

pub mod bytes;
pub mod client_data;
pub mod configure;
pub mod entra;
mod extensions;
mod large_blob;
pub mod options;
pub mod origin;
mod platform;
mod register;
mod sign_in;

pub use client_data::Caller;
pub use platform::PlatformInfo;

/// The channel that the client in process uses.
const CHANNEL: Channel = Channel(0xc11e_0001);

/// Why a request failed, in the words of a browser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct ClientError {
    /// The name of the `DOMException`, or `TypeError`.
    pub name: &'static str,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl ClientError {
    fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
        }
    }

    pub(crate) fn type_error(message: impl Into<String>) -> Self {
        Self::new("TypeError", message)
    }

    pub(crate) fn security(message: impl Into<String>) -> Self {
        Self::new("SecurityError", message)
    }

    pub(crate) fn not_allowed(message: impl Into<String>) -> Self {
        Self::new("NotAllowedError", message)
    }

    pub(crate) fn not_supported(message: impl Into<String>) -> Self {
        Self::new("NotSupportedError", message)
    }

    pub(crate) fn invalid_state(message: impl Into<String>) -> Self {
        Self::new("InvalidStateError", message)
    }
}

/// A client with one authenticator plugged in.
///
/// ```
/// use serde_json::json;
/// use softkey::authenticator::Authenticator;
/// use softkey::client::{Caller, Client};
/// use softkey::env::SeededEnv;
/// use softkey::profile::Profile;
/// use softkey::store::MemoryStore;
///
/// let mut env = SeededEnv::new(1);
/// let mut key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut env)?;
/// let mut client = Client::new(&mut key, &mut env);
/// let options = json!({
///     "rp": { "id": "example.com", "name": "Example" },
///     "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
///     "challenge": "Y2hhbGxlbmdl",
///     "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
/// });
/// let credential = client.register(&options, &Caller::new("https://login.example.com"))?;
/// assert_eq!(credential["type"], "public-key");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Client<'a, S> {
    key: &'a mut Authenticator<S>,
    env: &'a mut dyn Env,
    pin: Option<String>,
    browser_strict: bool,
    account: Option<String>,
}

impl<S> std::fmt::Debug for Client<'_, S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Client")
            .field("browser_strict", &self.browser_strict)
            .finish_non_exhaustive()
    }
}

impl<'a, S: Store> Client<'a, S> {
    /// Plugs an authenticator in.
    pub fn new(key: &'a mut Authenticator<S>, env: &'a mut dyn Env) -> Self {
        Self {
            key,
            env,
            pin: None,
            browser_strict: false,
            account: None,
        }
    }

    /// The PIN the user would type.
    #[must_use]
    pub fn pin(mut self, pin: Option<&str>) -> Self {
        self.pin = pin.map(str::to_owned);
        self
    }

    /// Refuses what Chromium refuses although the standard allows it.
    #[must_use]
    pub fn browser_strict(mut self, strict: bool) -> Self {
        self.browser_strict = strict;
        self
    }

    /// The account the user would choose when several are offered: its name, or the credential's id.
    #[must_use]
    pub fn account(mut self, account: Option<&str>) -> Self {
        self.account = account.map(str::to_owned);
        self
    }
}

#[cfg(test)]
mod tests;
