//! The commands, driven as a platform drives them.

mod platform;

mod assertion;
mod creation;
mod management;
mod pin;
mod u2f;
