//! Operations under `/servicePrincipals`: method, template, handler, the directory action that people need.

use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::tenant::relations::Relation;

use super::super::write::reference;
use super::super::{action, write};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, UNSIMULATED, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/servicePrincipals", READ).needs("servicePrincipals/standard/read"),
    op(
        POST,
        "/servicePrincipals",
        call(write::service_principal::create),
    )
    .needs("servicePrincipals/create"),
    op(GET, "/servicePrincipals/delta()", DELTA).needs("servicePrincipals/standard/read"),
    op(
        DELETE,
        "/servicePrincipals/{id}",
        call(write::service_principal::delete),
    )
    .needs("servicePrincipals/delete"),
    op(GET, "/servicePrincipals/{id}", READ).needs("servicePrincipals/standard/read"),
    op(
        PATCH,
        "/servicePrincipals/{id}",
        call(write::service_principal::update),
    )
    .needs("servicePrincipals/basic/update"),
    op(
        POST,
        "/servicePrincipals/{id}/addKey",
        call(action::add_key::answer::<ServicePrincipal>),
    )
    .needs("servicePrincipals/credentials/update"),
    op(
        POST,
        "/servicePrincipals/{id}/addPassword",
        call(action::add_password::answer::<ServicePrincipal>),
    )
    .needs("servicePrincipals/credentials/update"),
    op(
        POST,
        "/servicePrincipals/{id}/addTokenSigningCertificate",
        call(action::add_token_signing_certificate::answer),
    )
    .needs("servicePrincipals/credentials/update"),
    op(GET, "/servicePrincipals/{id}/appRoleAssignedTo", READ)
        .needs("servicePrincipals/appRoleAssignedTo/read")
        .units(2),
    op(
        POST,
        "/servicePrincipals/{id}/appRoleAssignedTo",
        call(write::app_role_assignment::create),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        DELETE,
        "/servicePrincipals/{id}/appRoleAssignedTo/{id}",
        call(write::app_role_assignment::delete),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(GET, "/servicePrincipals/{id}/appRoleAssignments", READ)
        .needs("servicePrincipals/appRoleAssignments/read")
        .units(2),
    op(
        POST,
        "/servicePrincipals/{id}/appRoleAssignments",
        call(write::app_role_assignment::create),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        DELETE,
        "/servicePrincipals/{id}/appRoleAssignments/{id}",
        call(write::app_role_assignment::delete),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        POST,
        "/servicePrincipals/{id}/checkMemberGroups",
        UNSIMULATED,
    )
    .needs("servicePrincipals/memberOf/read"),
    op(
        POST,
        "/servicePrincipals/{id}/checkMemberObjects",
        UNSIMULATED,
    )
    .needs("servicePrincipals/memberOf/read"),
    op(
        GET,
        "/servicePrincipals/{id}/delegatedPermissionClassifications",
        READ,
    )
    .needs("servicePrincipals/standard/read"),
    op(
        POST,
        "/servicePrincipals/{id}/delegatedPermissionClassifications",
        call(write::permission_classification::create),
    )
    .needs("servicePrincipals/permissions/update"),
    op(
        DELETE,
        "/servicePrincipals/{id}/delegatedPermissionClassifications/{id}",
        call(write::permission_classification::delete),
    )
    .needs("servicePrincipals/permissions/update"),
    op(
        POST,
        "/servicePrincipals/{id}/getMemberGroups",
        call(action::get_member_groups::answer),
    )
    .needs("servicePrincipals/memberOf/read"),
    op(
        POST,
        "/servicePrincipals/{id}/getMemberObjects",
        UNSIMULATED,
    )
    .needs("servicePrincipals/memberOf/read"),
    op(GET, "/servicePrincipals/{id}/memberOf", READ)
        .needs("servicePrincipals/memberOf/read")
        .units(2),
    op(GET, "/servicePrincipals/{id}/oauth2PermissionGrants", READ)
        .needs("servicePrincipals/oAuth2PermissionGrants/read"),
    op(GET, "/servicePrincipals/{id}/ownedObjects", READ)
        .needs("servicePrincipals/ownedObjects/read"),
    op(GET, "/servicePrincipals/{id}/owners", READ).needs("servicePrincipals/owners/read"),
    op(
        POST,
        "/servicePrincipals/{id}/owners/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::Owner)),
    )
    .needs("servicePrincipals/owners/update"),
    op(
        DELETE,
        "/servicePrincipals/{id}/owners/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Owner)),
    )
    .needs("servicePrincipals/owners/update"),
    op(
        POST,
        "/servicePrincipals/{id}/removeKey",
        call(action::remove_key::answer::<ServicePrincipal>),
    )
    .needs("servicePrincipals/credentials/update"),
    op(
        POST,
        "/servicePrincipals/{id}/removePassword",
        call(action::remove_password::answer::<ServicePrincipal>),
    )
    .needs("servicePrincipals/credentials/update"),
    op(GET, "/servicePrincipals/{id}/tokenLifetimePolicies", READ)
        .needs("servicePrincipals/policies/read"),
    op(
        POST,
        "/servicePrincipals/{id}/tokenLifetimePolicies/$ref",
        call(write::token_lifetime_policy::assign),
    )
    .needs("servicePrincipals/policies/update"),
    op(
        DELETE,
        "/servicePrincipals/{id}/tokenLifetimePolicies/{id}/$ref",
        call(write::token_lifetime_policy::unassign),
    )
    .needs("servicePrincipals/policies/update"),
    op(GET, "/servicePrincipals/{id}/transitiveMemberOf", READ)
        .needs("servicePrincipals/memberOf/read")
        .units(2),
];
