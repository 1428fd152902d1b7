//! Actions and functions, one file each.

use super::Graph;
use super::error::GraphError;
use super::schema::Row;
use super::write::{body, invalid, required, texts};

pub(super) mod add_key;
pub(super) mod add_password;
pub(super) mod add_token_signing_certificate;
pub(super) mod assign_license;
pub(super) mod assigned_principals;
pub(super) mod change_password;
pub(super) mod check_member_groups;
pub(super) mod check_member_objects;
pub(super) mod convert_external_to_internal_member_user;
pub(super) mod evaluate;
pub(super) mod force_delete;
pub(super) mod get_available_extension_properties;
pub(super) mod get_by_ids;
pub(super) mod get_member_groups;
pub(super) mod get_member_objects;
pub(super) mod promote;
pub(super) mod remove_key;
pub(super) mod remove_password;
pub(super) mod reprocess_license_assignment;
pub(super) mod revoke_sign_in_sessions;
pub(super) mod validate_password;
pub(super) mod validate_properties;
pub(super) mod verify;

/// At most so many ids can be asked about at once (Microsoft Learn, "Check member groups").
const ASKED: usize = 20;

/// A list of ids in the body that has to be there.
fn asked_ids(
    graph: &Graph<'_, '_>,
    name: &'static str,
    class: &'static str,
) -> Result<Vec<String>, GraphError> {
    let members = body(graph)?;
    let ids = required(&members, name, class)?;
    let ids = texts(ids, name, class)?;
    if ids.len() > ASKED {
        return Err(GraphError::Refused(format!(
            "The number of ids in '{name}' exceeds the limit of {ASKED}."
        )));
    }
    let is_id = |id: &String| id.parse::<uuid::Uuid>().is_ok();
    if ids.iter().all(is_id) {
        Ok(ids)
    } else {
        Err(invalid(name, class))
    }
}

/// Whether only groups that secure something are meant (`securityEnabledOnly`); the member has to be there.
fn security_only(graph: &Graph<'_, '_>, class: &'static str) -> Result<bool, GraphError> {
    const NAME: &str = "securityEnabledOnly";
    let members = body(graph)?;
    let value = required(&members, NAME, class)?;
    value.as_bool().ok_or_else(|| invalid(NAME, class))
}

/// Whether an object is a group that secures nothing.
fn is_mere_list(row: Row<'_>) -> bool {
    matches!(row, Row::Group(group) if !group.security_enabled)
}
