//! The token service.

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
mod passwordless;
mod second_factor;
mod truth_table;
