//! Directory objects: who and what can sign in, and what they may reach.

pub mod administrative_unit;
pub mod application;
pub mod device;
pub mod domain;
pub mod epoch;
pub mod group;
pub mod kept;
pub mod licence;
pub mod membership_rule;
pub mod object;
pub mod permission_grant;
pub mod profile;
pub mod role;
pub mod service_principal;
pub mod user;
