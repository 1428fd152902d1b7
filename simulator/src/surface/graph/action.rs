//! Actions and functions, one file each, and the navigations that lead to objects of several types.

pub(super) mod add_password;
pub(super) mod get_by_ids;
pub(super) mod members;
pub(super) mod remove_password;
