//! Operations under `/devices`: method, template, handler, the directory action that people need.

use entrasim_domain::tenant::relations::Relation;

use super::super::write::{device, reference};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, call, op};

/// Members of a device with directory actions of their own.
const APART: &[(&str, &[&str])] = &[
    ("accountEnabled", &["devices/enable", "devices/disable"]),
    (
        "extensionAttributes",
        &[
            "devices/extensionAttributeSet1/update",
            "devices/extensionAttributeSet2/update",
            "devices/extensionAttributeSet3/update",
        ],
    ),
];

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/devices", READ).needs("devices/standard/read"),
    op(POST, "/devices", call(device::create)).needs("devices/create"),
    op(GET, "/devices/delta()", DELTA).needs("devices/standard/read"),
    op(GET, "/devices/{id}", READ).needs("devices/standard/read"),
    op(PATCH, "/devices/{id}", call(device::update))
        .needs("devices/basic/update")
        .apart(APART),
    op(DELETE, "/devices/{id}", call(device::delete)).needs("devices/delete"),
    op(GET, "/devices/{id}/memberOf", READ).needs("devices/memberOf/read"),
    op(GET, "/devices/{id}/transitiveMemberOf", READ).needs("devices/memberOf/read"),
    op(GET, "/devices/{id}/registeredOwners", READ).needs("devices/registeredOwners/read"),
    op(
        POST,
        "/devices/{id}/registeredOwners/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::RegisteredOwner)),
    )
    .needs("devices/registeredOwners/update"),
    op(
        DELETE,
        "/devices/{id}/registeredOwners/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::RegisteredOwner)),
    )
    .needs("devices/registeredOwners/update"),
    op(GET, "/devices/{id}/registeredUsers", READ).needs("devices/registeredUsers/read"),
    op(
        POST,
        "/devices/{id}/registeredUsers/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::RegisteredUser)),
    )
    .needs("devices/registeredUsers/update"),
    op(
        DELETE,
        "/devices/{id}/registeredUsers/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::RegisteredUser)),
    )
    .needs("devices/registeredUsers/update"),
];
