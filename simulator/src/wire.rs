//! What every surface shares about HTTP: requests, replies, forms, tokens. May use the domain; names no surface.

pub(crate) mod cross_origin;
pub mod form;
pub mod html;
pub mod jwt;
pub mod qr_code;
pub mod reply;
pub mod request;

pub use form::Form;
pub use reply::Reply;
pub use request::{Request, Scheme};
