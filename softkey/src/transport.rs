//! Ways to reach the authenticator from another process: CTAPHID over sockets, and over the kernel where it lets us.
//!
//! [`ctaphid`] is sans-IO; [`server`] runs it over [`link`]s; [`panel`] stands for the user and for what can
//! go wrong on the way. In process, call [`Authenticator::handle`](crate::authenticator::Authenticator::handle).

pub mod ctaphid;
pub mod link;
pub mod panel;
pub mod server;
#[cfg(target_os = "linux")]
pub mod uhid;
