//! Directory objects: who and what can sign in, and what they may reach.

pub mod application;
pub mod epoch;
pub mod group;
pub mod permission_grant;
pub mod role;
pub mod service_principal;
pub mod user;
