//! A FIDO2 authenticator in software.
//!
//! `cli → browser → client, transport → authenticator → store`: each names only what stands to its right.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`cli`] | the command line, also as part of another command |
//! | [`browser`] | Chromium with this for its security key |
//! | [`client`] | a WebAuthn client: options in, credentials out |
//! | [`transport`], [`control`] | CTAPHID over Unix sockets, TCP and UDP; the button, the plug and the faults |
//! | [`authenticator`] | CTAP2 commands as bytes in, bytes out; one file per command |
//! | [`profile`] | everything tunable: personas, limits, defects |
//! | [`env`](mod@env) | time, randomness, gestures; the real one is [`system_env`] |
//! | [`store`], [`interchange`] | what is remembered, in memory or in a file; and how it moves |
//! | [`attestation`] | statements, and the test authority behind them |
//! | [`cbor`], [`cose`], [`pin_uv_auth`], [`authenticator_data`], [`credential`] | the parts |
//!
//! Nothing here depends on the rest of the workspace.

#![warn(missing_docs)]

pub mod attestation;
pub mod authenticator;
pub mod authenticator_data;
pub mod browser;
pub mod cbor;
pub mod cli;
pub mod client;
pub mod control;
pub mod cose;
pub mod credential;
pub mod encoding;
pub mod env;
pub mod interchange;
pub mod pin_uv_auth;
pub mod profile;
pub mod status;
pub mod store;
pub mod system_env;
pub mod transport;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
