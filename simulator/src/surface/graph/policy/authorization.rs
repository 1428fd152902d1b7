//! The authorization policy between Graph's words and what is kept of it.

use entrasim_domain::directory::kept::Kept;
use serde_json::{Map, Value, json};

use super::member::{Member, show};
use crate::surface::graph::schema::{Shape, Version};

pub(in crate::surface::graph) const PERMISSIONS: &str = "defaultUserRolePermissions";
pub(in crate::surface::graph) const CONSENT: &str = "permissionGrantPoliciesAssigned";
/// Where beta has the same list.
pub(in crate::surface::graph) const BETA_CONSENT: &str =
    "permissionGrantPolicyIdsAssignedToDefaultUserRole";
pub(in crate::surface::graph) const GUEST_ROLE: &str = "guestUserRoleId";

fn no() -> Value {
    json!(false)
}

fn yes() -> Value {
    json!(true)
}

/// Defaults are those of a new tenant (Microsoft Learn, "authorizationPolicy resource type").
pub(in crate::surface::graph) const MEMBERS: &[Member] = &[
    Member::new(
        "allowInvitesFrom",
        Shape::OneOf(&[
            "none",
            "adminsAndGuestInviters",
            "adminsGuestInvitersAndAllMembers",
            "everyone",
        ]),
        || json!("everyone"),
    ),
    Member::new(
        "allowedToSignUpEmailBasedSubscriptions",
        Shape::Boolean,
        yes,
    ),
    Member::new("allowedToUseSSPR", Shape::Boolean, yes),
    Member::new(
        "allowEmailVerifiedUsersToJoinOrganization",
        Shape::Boolean,
        no,
    ),
    Member::new("allowUserConsentForRiskyApps", Shape::Boolean, || {
        Value::Null
    }),
    Member::new("blockMsolPowerShell", Shape::Boolean, no),
    Member::new(
        "enabledPreviewFeatures",
        Shape::List(&Shape::Text(256)),
        || json!([]),
    )
    .only(Version::Beta),
    Member::new(GUEST_ROLE, Shape::Guid, || {
        json!("10dae51f-b6af-4016-8d66-8c2a99b929b3")
    }),
    Member::new(
        PERMISSIONS,
        Shape::Record(&[
            ("allowedToCreateApps", Shape::Boolean),
            ("allowedToCreateSecurityGroups", Shape::Boolean),
            ("allowedToCreateTenants", Shape::Boolean),
            ("allowedToReadBitlockerKeysForOwnedDevice", Shape::Boolean),
            ("allowedToReadOtherUsers", Shape::Boolean),
            (CONSENT, Shape::List(&Shape::Text(256))),
        ]),
        || {
            json!({
                "allowedToCreateApps": true,
                "allowedToCreateSecurityGroups": true,
                "allowedToCreateTenants": true,
                "allowedToReadBitlockerKeysForOwnedDevice": true,
                "allowedToReadOtherUsers": true,
                CONSENT: ["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"],
            })
        },
    ),
];

/// The policy as a version shows it; beta has the list of consent policies beside the permissions.
pub(in crate::surface::graph) fn shown(kept: &Kept, version: Version) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("id", json!("authorizationPolicy"));
    put("displayName", json!("Authorization Policy"));
    put(
        "description",
        json!("Used to manage authorization related settings across the company."),
    );
    for (name, mut value) in show(MEMBERS, kept, version) {
        if version == Version::Beta
            && let Some(permissions) = value.as_object_mut()
            && let Some(consent) = permissions.remove(CONSENT)
        {
            put(BETA_CONSENT, consent);
        }
        put(&name, value);
    }
    members
}
