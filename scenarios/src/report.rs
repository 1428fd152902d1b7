//! Reports: they read a result and change nothing.

pub mod html;
pub mod json;
pub mod junit;
pub mod text;
pub mod what_if;
