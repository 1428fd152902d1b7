//! Actions and functions, one file each.

pub(super) mod add_key;
pub(super) mod add_password;
pub(super) mod add_token_signing_certificate;
pub(super) mod assigned_principals;
pub(super) mod get_by_ids;
pub(super) mod get_member_groups;
pub(super) mod remove_key;
pub(super) mod remove_password;
