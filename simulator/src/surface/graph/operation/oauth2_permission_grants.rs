//! Operations under `/oauth2PermissionGrants`: method, template, handler, the directory action that people need.

use super::super::write;
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/oauth2PermissionGrants", READ)
        .needs("oAuth2PermissionGrants/standard/read")
        .units(2),
    op(
        POST,
        "/oauth2PermissionGrants",
        call(write::oauth2_permission_grant::create),
    )
    .needs("oAuth2PermissionGrants/allProperties/allTasks"),
    op(GET, "/oauth2PermissionGrants/delta()", DELTA).needs("oAuth2PermissionGrants/standard/read"),
    op(
        DELETE,
        "/oauth2PermissionGrants/{id}",
        call(write::oauth2_permission_grant::delete),
    )
    .needs("oAuth2PermissionGrants/allProperties/allTasks"),
    op(GET, "/oauth2PermissionGrants/{id}", READ).needs("oAuth2PermissionGrants/standard/read"),
    op(
        PATCH,
        "/oauth2PermissionGrants/{id}",
        call(write::oauth2_permission_grant::update),
    )
    .needs("oAuth2PermissionGrants/allProperties/allTasks"),
];
