//! What softkey makes, checked by others: the published test vectors, and a verifier that is not ours.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod garbage;
#[cfg(unix)]
mod killed;
mod killed_often;
mod vectors;
mod verifier;
