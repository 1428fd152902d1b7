//! Operations under `/users`: method, template, handler, the directory action that people need.

use entrasim_domain::tenant::relations::Relation;

use super::super::write::reference;
use super::super::{action, write};
use super::{
    DELETE, DELTA, GET, MemberRule, Operation, PATCH, POST, PUT, READ, UNSIMULATED, call, op,
};

pub(super) mod authentication;

/// What people may change of their own account (Microsoft Learn, "What are the default user permissions?").
pub(super) const OWN_PROFILE: &[&str] = &["businessPhones", "mobilePhone", "preferredLanguage"];

/// Members of an account with directory actions of their own.
pub(super) const APART: &[(&str, &[&str])] = &[
    ("accountEnabled", &["users/enable", "users/disable"]),
    ("authorizationInfo", &["users/authorizationInfo/update"]),
    ("manager", &["users/manager/update"]),
    ("passwordProfile", &["users/password/update"]),
    ("sponsors", &["users/sponsors/update"]),
    (
        "usageLocation",
        &["users/usageLocation/update", "users/basic/update"],
    ),
    ("userPrincipalName", &["users/userPrincipalName/update"]),
];

/// Permissions that are about some members of an account only (Microsoft Learn, "Update user").
pub(super) const MEMBER_RULES: &[MemberRule] = &[
    MemberRule {
        permission: "User.EnableDisableAccount.All",
        members: &["accountEnabled"],
    },
    MemberRule {
        permission: "User.ManageIdentities.All",
        members: &["identities"],
    },
    MemberRule {
        permission: "User-Mail.ReadWrite.All",
        members: &["mail", "otherMails"],
    },
    MemberRule {
        permission: "User-PasswordProfile.ReadWrite.All",
        members: &["passwordProfile"],
    },
    MemberRule {
        permission: "User-Phone.ReadWrite.All",
        members: &["businessPhones", "mobilePhone"],
    },
];

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/users", READ)
        .needs("users/standard/read")
        .units(2),
    op(POST, "/users", call(write::user::create)).needs("users/create"),
    op(GET, "/users/delta()", DELTA).needs("users/standard/read"),
    op(
        POST,
        "/users/validatePassword",
        call(action::validate_password::answer),
    )
    .needs("self"),
    op(DELETE, "/users/{id}", call(write::user::delete)).needs("users/delete"),
    op(GET, "/users/{id}", READ).needs("users/standard/read"),
    op(PATCH, "/users/{id}", call(write::user::update))
        .needs("users/basic/update")
        .apart(APART)
        .each(MEMBER_RULES)
        .own(OWN_PROFILE),
    op(GET, "/users/{id}/appRoleAssignments", READ)
        .needs("users/appRoleAssignments/read")
        .units(2),
    op(
        POST,
        "/users/{id}/appRoleAssignments",
        call(write::app_role_assignment::create),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        DELETE,
        "/users/{id}/appRoleAssignments/{id}",
        call(write::app_role_assignment::delete),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        POST,
        "/users/{id}/assignLicense",
        call(action::assign_license::user),
    )
    .needs("users/assignLicense"),
    op(
        POST,
        "/users/{id}/checkMemberGroups",
        call(action::check_member_groups::answer),
    )
    .needs("users/memberOf/read"),
    op(
        POST,
        "/users/{id}/checkMemberObjects",
        call(action::check_member_objects::answer),
    )
    .needs("users/memberOf/read"),
    op(
        POST,
        "/users/{id}/convertExternalToInternalMemberUser",
        call(action::convert_external_to_internal_member_user::answer),
    )
    .needs("users/convertExternalToInternalMemberUser"),
    op(GET, "/users/{id}/createdObjects", READ).needs("users/ownedObjects/read"),
    op(GET, "/users/{id}/directReports", READ).needs("users/directReports/read"),
    op(
        POST,
        "/users/{id}/getMemberGroups",
        call(action::get_member_groups::answer),
    )
    .needs("users/memberOf/read"),
    op(
        POST,
        "/users/{id}/getMemberObjects",
        call(action::get_member_objects::answer),
    )
    .needs("users/memberOf/read"),
    op(
        POST,
        "/users/{id}/invalidateAllRefreshTokens",
        call(action::revoke_sign_in_sessions::silently),
    )
    .needs("users/invalidateAllRefreshTokens")
    .own(&[]),
    op(GET, "/users/{id}/licenseDetails", READ)
        .needs("users/licenseDetails/read")
        .units(2),
    op(
        GET,
        "/users/{id}/licenseDetails/getTeamsLicensingDetails()",
        UNSIMULATED,
    )
    .needs("users/licenseDetails/read"),
    op(GET, "/users/{id}/manager", READ).needs("users/manager/read"),
    op(
        DELETE,
        "/users/{id}/manager/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Manager)),
    )
    .needs("users/manager/update"),
    op(
        PUT,
        "/users/{id}/manager/$ref",
        call(|graph, resource| reference::replace(graph, resource, Relation::Manager)),
    )
    .needs("users/manager/update"),
    op(GET, "/users/{id}/memberOf", READ)
        .needs("users/memberOf/read")
        .units(2),
    op(GET, "/users/{id}/memberOf/{id}", READ).needs("users/memberOf/read"),
    op(GET, "/users/{id}/oauth2PermissionGrants", READ)
        .needs("users/oAuth2PermissionGrants/read")
        .units(2),
    op(GET, "/users/{id}/ownedDevices", READ).needs("users/ownedDevices/read"),
    op(GET, "/users/{id}/ownedObjects", READ).needs("users/ownedObjects/read"),
    op(GET, "/users/{id}/registeredDevices", READ).needs("users/registeredDevices/read"),
    op(
        POST,
        "/users/{id}/reprocessLicenseAssignment",
        call(action::reprocess_license_assignment::answer),
    )
    .needs("users/reprocessLicenseAssignment"),
    op(
        POST,
        "/users/{id}/revokeSignInSessions",
        call(action::revoke_sign_in_sessions::answer),
    )
    .needs("users/invalidateAllRefreshTokens")
    .own(&[]),
    op(GET, "/users/{id}/scopedRoleMemberOf", READ).needs("users/scopedRoleMemberOf/read"),
    op(GET, "/users/{id}/sponsors", READ).needs("users/sponsors/read"),
    op(
        POST,
        "/users/{id}/sponsors/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::Sponsor)),
    )
    .needs("users/sponsors/update"),
    op(
        DELETE,
        "/users/{id}/sponsors/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Sponsor)),
    )
    .needs("users/sponsors/update"),
    op(GET, "/users/{id}/transitiveMemberOf", READ)
        .needs("users/memberOf/read")
        .units(2),
    op(
        POST,
        "/users/{id}/changePassword",
        call(action::change_password::answer),
    )
    .needs("self"),
];
