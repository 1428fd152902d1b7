//! Operations under `/directory_roles`: method, template, handler, the directory action that people need.

use super::{DELETE, DELTA, GET, Operation, POST, READ, UNSIMULATED, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/directoryRoles", READ).needs("directoryRoles/standard/read"),
    op(POST, "/directoryRoles", UNSIMULATED).needs("directoryRoles/allProperties/allTasks"),
    op(GET, "/directoryRoles/delta()", DELTA).needs("directoryRoles/standard/read"),
    op(GET, "/directoryRoles/{id}", READ).needs("directoryRoles/standard/read"),
    op(GET, "/directoryRoles/{id}/members", READ).needs("directoryRoles/members/read"),
    op(POST, "/directoryRoles/{id}/members/$ref", UNSIMULATED)
        .needs("roleAssignments/allProperties/allTasks"),
    op(
        DELETE,
        "/directoryRoles/{id}/members/{id}/$ref",
        UNSIMULATED,
    )
    .needs("roleAssignments/allProperties/allTasks"),
    op(GET, "/directoryRoles/{id}/scopedMembers", READ).needs("directoryRoles/members/read"),
];
