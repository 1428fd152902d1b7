//! Operations under `/groups`: method, template, handler, the directory action that people need.

use entrasim_domain::tenant::relations::Relation;

use super::super::action;
use super::super::write::{group, reference};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/groups", READ).needs("groups/standard/read"),
    op(POST, "/groups", call(group::create)).needs("groups/create"),
    op(GET, "/groups/delta()", DELTA).needs("groups/standard/read"),
    op(DELETE, "/groups/{id}", call(group::delete)).needs("groups/delete"),
    op(GET, "/groups/{id}", READ).needs("groups/standard/read"),
    op(PATCH, "/groups/{id}", call(group::update)).needs("groups/basic/update"),
    op(GET, "/groups/{id}/appRoleAssignments", READ)
        .needs("groups/appRoleAssignments/read")
        .units(2),
    op(
        POST,
        "/groups/{id}/appRoleAssignments",
        call(super::super::write::app_role_assignment::create),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        DELETE,
        "/groups/{id}/appRoleAssignments/{id}",
        call(super::super::write::app_role_assignment::delete),
    )
    .needs("servicePrincipals/appRoleAssignedTo/update"),
    op(
        POST,
        "/groups/{id}/assignLicense",
        call(action::assign_license::group),
    )
    .needs("groups/assignLicense"),
    op(
        POST,
        "/groups/{id}/checkMemberGroups",
        call(action::check_member_groups::answer),
    )
    .needs("groups/memberOf/read"),
    op(
        POST,
        "/groups/{id}/checkMemberObjects",
        call(action::check_member_objects::answer),
    )
    .needs("groups/memberOf/read"),
    op(
        POST,
        "/groups/{id}/getMemberGroups",
        call(action::get_member_groups::answer),
    )
    .needs("groups/memberOf/read"),
    op(
        POST,
        "/groups/{id}/getMemberObjects",
        call(action::get_member_objects::answer),
    )
    .needs("groups/memberOf/read"),
    op(GET, "/groups/{id}/memberOf", READ)
        .needs("groups/memberOf/read")
        .units(2),
    op(GET, "/groups/{id}/members", READ)
        .needs("groups/members/read")
        .units(3),
    op(
        DELETE,
        "/groups/{id}/members/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Member)),
    )
    .needs("groups/members/update"),
    op(GET, "/groups/{id}/owners", READ).needs("groups/owners/read"),
    op(
        POST,
        "/groups/{id}/owners/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::Owner)),
    )
    .needs("groups/owners/update"),
    op(
        DELETE,
        "/groups/{id}/owners/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Owner)),
    )
    .needs("groups/owners/update"),
    op(GET, "/groups/{id}/transitiveMemberOf", READ)
        .needs("groups/memberOf/read")
        .units(2),
    op(GET, "/groups/{id}/transitiveMembers", READ)
        .needs("groups/members/read")
        .units(5),
    op(
        POST,
        "/groups/{id}/members/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::Member)),
    )
    .needs("groups/members/update"),
    op(
        DELETE,
        "/groups/{id}/members/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Member)),
    )
    .needs("groups/members/update"),
];
