//! Operations under `/directory/administrativeUnits`: method, template, handler, the directory action that people need.

use entrasim_domain::tenant::relations::Relation;

use super::super::write::{administrative_unit, reference};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, UNSIMULATED, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/directory/administrativeUnits", READ).needs("administrativeUnits/standard/read"),
    op(
        POST,
        "/directory/administrativeUnits",
        call(administrative_unit::create),
    )
    .needs("administrativeUnits/create"),
    op(GET, "/directory/administrativeUnits/delta()", DELTA)
        .needs("administrativeUnits/standard/read"),
    op(GET, "/directory/administrativeUnits/{id}", READ).needs("administrativeUnits/standard/read"),
    op(
        PATCH,
        "/directory/administrativeUnits/{id}",
        call(administrative_unit::update),
    )
    .needs("administrativeUnits/basic/update"),
    op(
        DELETE,
        "/directory/administrativeUnits/{id}",
        call(administrative_unit::delete),
    )
    .needs("administrativeUnits/delete"),
    op(GET, "/directory/administrativeUnits/{id}/members", READ)
        .needs("administrativeUnits/members/read"),
    op(
        POST,
        "/directory/administrativeUnits/{id}/members",
        UNSIMULATED,
    )
    .needs("administrativeUnits/members/update"),
    op(
        POST,
        "/directory/administrativeUnits/{id}/members/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::UnitMember)),
    )
    .needs("administrativeUnits/members/update"),
    op(
        DELETE,
        "/directory/administrativeUnits/{id}/members/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::UnitMember)),
    )
    .needs("administrativeUnits/members/update"),
    op(
        GET,
        "/directory/administrativeUnits/{id}/scopedRoleMembers",
        READ,
    )
    .needs("administrativeUnits/standard/read"),
    op(
        POST,
        "/directory/administrativeUnits/{id}/scopedRoleMembers",
        call(administrative_unit::add_scoped_role_member),
    )
    .needs("administrativeUnits/scopedRoleMembers/update"),
    op(
        DELETE,
        "/directory/administrativeUnits/{id}/scopedRoleMembers/{id}",
        call(administrative_unit::remove_scoped_role_member),
    )
    .needs("administrativeUnits/scopedRoleMembers/update"),
];
