//! The token service.

mod discovery;
mod grants;
mod malformed;
