//! Operations under `/directoryRoles`: method, template, handler, the directory action that people need.

use super::super::write::directory_role;
use super::{DELETE, DELTA, GET, Operation, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/directoryRoles", READ).needs("directoryRoles/standard/read"),
    op(
        POST,
        "/directoryRoles",
        call(|graph, _| directory_role::activate(graph)),
    )
    .needs("directoryRoles/allProperties/allTasks"),
    op(GET, "/directoryRoles/delta()", DELTA).needs("directoryRoles/standard/read"),
    op(GET, "/directoryRoles/{id}", READ).needs("directoryRoles/standard/read"),
    op(GET, "/directoryRoles/{id}/members", READ).needs("directoryRoles/members/read"),
    op(
        POST,
        "/directoryRoles/{id}/members/$ref",
        call(directory_role::add_member),
    )
    .needs("roleAssignments/allProperties/allTasks"),
    op(
        DELETE,
        "/directoryRoles/{id}/members/{id}/$ref",
        call(directory_role::remove_member),
    )
    .needs("roleAssignments/allProperties/allTasks"),
    op(GET, "/directoryRoles/{id}/scopedMembers", READ).needs("directoryRoles/members/read"),
];
