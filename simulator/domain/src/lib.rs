//! What a simulated tenant is, and how access to it is decided.
//!
//! May use: data structures and text formats. Must not use: tokio, hyper, rustls, the machine's clock,
//! ambient randomness (a test of the `entrasim` package checks the dependency tree).

pub mod random;
pub mod time;
