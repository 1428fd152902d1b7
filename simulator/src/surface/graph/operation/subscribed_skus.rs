//! Operations under `/subscribedSkus`: method, template, handler, the directory action that people need.

use super::{GET, Operation, READ, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/subscribedSkus", READ)
        .needs("subscribedSkus/standard/read")
        .units(3),
    op(GET, "/subscribedSkus/{id}", READ).needs("subscribedSkus/standard/read"),
];
