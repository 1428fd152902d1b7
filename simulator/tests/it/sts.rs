//! The token service.

mod device_code;
mod discovery;
mod grants;
mod malformed;
pub(crate) mod pages;
mod truth_table;
