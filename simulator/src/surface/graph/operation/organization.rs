//! Operations under `/organization`: method, template, handler, the directory action that people need.

use super::super::write;
use super::{GET, Operation, PATCH, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/organization", READ).needs("organization/standard/read"),
    op(GET, "/organization/{id}", READ).needs("organization/standard/read"),
    op(
        PATCH,
        "/organization/{id}",
        call(write::organization::update),
    )
    .needs("organization/basic/update"),
];
