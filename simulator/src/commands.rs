//! The subcommands: what each prints and does. `main.rs` only reads the command line.

pub mod ca;
pub mod doctor;
pub mod explain;
pub mod record;
pub mod replay;
pub mod run;
pub mod serve;
pub mod start;
