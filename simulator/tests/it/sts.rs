//! The token service.

mod authorize;
pub(crate) mod catalogue;
mod clients;
mod consent;
mod device_code;
mod discovery;
pub(crate) mod grants;
mod malformed;
pub(crate) mod pages;
mod second_factor;
mod truth_table;
