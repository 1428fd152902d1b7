//! The token service.

pub(crate) mod catalogue;
mod clients;
mod device_code;
mod discovery;
pub(crate) mod grants;
mod malformed;
pub(crate) mod pages;
mod second_factor;
mod truth_table;
