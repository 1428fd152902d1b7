//! Everything that can be seen from outside, one folder a surface.
#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps nothing says so by failing"
)]

mod architecture;
mod arm;
mod conditional_access;
mod contract;
mod control;
mod coverage;
mod explain;
mod graph;
mod listener;
mod managed_identity;
mod phone;
mod replay;
mod rule_removal;
mod run;
mod security_info;
mod security_key;
pub(crate) mod sts;
mod support;
mod temporary_access_pass;
mod testing;
mod what_if;
