//! What proves an identity: methods that people register, keys and federations that applications hold.

pub mod application_credential;
pub mod method;
pub mod one_time_code;
