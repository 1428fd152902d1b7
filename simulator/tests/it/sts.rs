//! The token service.

mod after_sign_in;
mod authorize;
pub(crate) mod catalogue;
mod clients;
mod consent;
mod device_code;
mod discovery;
pub(crate) mod grants;
mod malformed;
mod page_rules;
pub(crate) mod pages;
mod passkeys;
mod passwordless;
mod redemption;
mod revocation;
mod second_factor;
mod sessions;
mod truth_table;
pub(crate) mod web_app;
