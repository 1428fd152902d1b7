//! Azure role assignments: who may do what in which scope.

use uuid::Uuid;

use crate::id::ObjectId;
use crate::time::Timestamp;

/// One assignment.
#[derive(Clone, Debug)]
pub struct RoleAssignment {
    pub name: Uuid,
    /// The definition's id (the last segment of `roleDefinitionId`).
    pub role: Uuid,
    pub principal: ObjectId,
    pub principal_type: PrincipalType,
    /// `/`, `/subscriptions/{id}`, `/subscriptions/{id}/resourceGroups/{name}`, or a resource id.
    pub scope: String,
    pub description: Option<String>,
    pub condition: Option<String>,
    pub created: Timestamp,
    pub created_by: Option<ObjectId>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrincipalType {
    User,
    Group,
    ServicePrincipal,
}

/// Owner.
pub const OWNER: Uuid = Uuid::from_u128(0x8e3a_f657_a8ff_443c_a75c_2fe8_c4bc_b635);
/// Contributor.
pub const CONTRIBUTOR: Uuid = Uuid::from_u128(0xb249_88ac_6180_42a0_ab88_20f7_382d_d24c);
/// Reader.
pub const READER: Uuid = Uuid::from_u128(0xacdd_72a7_3385_48ef_bd42_f606_fba8_1ae7);
/// User Access Administrator.
pub const USER_ACCESS_ADMINISTRATOR: Uuid =
    Uuid::from_u128(0x18d7_d88d_d35e_4fb5_a5c3_7773_c20a_72d9);

/// Whether `scope` holds `resource_id`: the same, or an ancestor by whole segments, case ignored.
pub fn covers(scope: &str, resource_id: &str) -> bool {
    let scope = scope.trim_end_matches('/');
    let Some(head) = resource_id.get(..scope.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(scope)
        && resource_id[scope.len()..]
            .chars()
            .next()
            .is_none_or(|next| next == '/')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_scope_holds_what_lies_below_it_by_whole_segments() {
        assert!(covers("/", "/subscriptions/x"));
        assert!(covers(
            "/subscriptions/x",
            "/Subscriptions/X/resourceGroups/a"
        ));
        assert!(covers("/subscriptions/x/", "/subscriptions/x"));
        assert!(!covers(
            "/subscriptions/x/resourceGroups/a",
            "/subscriptions/x/resourceGroups/ab"
        ));
        assert!(!covers(
            "/subscriptions/x/resourceGroups/a",
            "/subscriptions/x"
        ));
        assert!(!covers("/é", "/e"));
    }
}
