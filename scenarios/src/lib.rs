//! The scenario language of entrasim, its player and its reports.
//!
//! Parsing can fail; running never does; reports only read the result. A scenario reaches a simulator through sockets
//! alone: a [`runner::Subject`] is a set of addresses and a trust anchor.
#![warn(missing_docs)]

pub mod catalogue;
pub mod environment;
pub mod language;
pub mod record;
pub mod report;
pub mod runner;
