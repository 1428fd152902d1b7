//! What a simulated tenant is, and how access to it is decided.
//!
//! May use: data structures and text formats. Must not use: tokio, hyper, rustls, the machine's clock,
//! ambient randomness (a test of the `entrasim` package checks the dependency tree).

pub mod audit;
pub mod azure;
pub mod catalogue;
pub mod credential;
pub mod directory;
pub mod enforcement;
pub mod id;
pub mod policy;
pub mod random;
pub mod seed;
pub mod sign_in;
pub mod store;
pub mod tenant;
pub mod time;
