//! Operations under `/directoryRoleTemplates`: method, template, handler, the directory action that people need.

use super::{GET, Operation, READ, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/directoryRoleTemplates", READ).needs("directoryRoleTemplates/allProperties/read"),
    op(GET, "/directoryRoleTemplates/{id}", READ)
        .needs("directoryRoleTemplates/allProperties/read"),
];
