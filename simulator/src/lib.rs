//! A Microsoft Entra tenant on your own machine.
//!
//! The map: `listener` takes bytes and makes requests, [`routing`] finds the surface, a [`surface`] translates to the
//! domain and back. `simulator/ARCHITECTURE.md` has the picture.

pub mod app;
pub mod bearer;
pub mod call;
pub mod circumstances;
pub mod commands;
pub mod config;
#[cfg(test)]
#[path = "../tests/it/contract.rs"]
mod contract;
pub mod directory_ids;
pub mod handout;
pub mod hosts;
pub mod issue;
pub mod journal;
pub mod keys;
pub mod listener;
pub mod origins;
mod passkey;
pub mod proof_of_key;
pub mod registration;
pub mod routing;
pub mod seal;
pub mod simulator;
pub mod surface;
pub mod system_clock;
pub mod testing;
mod whole_file;
pub mod wire;
