//! What proves an identity: methods that people register, keys and federations that applications hold.

pub mod application_credential;
pub mod hardware_oath;
pub mod method;
pub mod one_time_code;
pub mod password;
pub mod qr_code_pin;
pub mod registration;
pub mod secondary;
