//! Operations under `/directory`: method, template, handler, the directory action that people need.

use super::{DELETE, GET, Operation, POST, READ, call, op};
use crate::surface::graph::write::deleted_item;

pub(super) mod authentication_method_devices;

pub(super) const ROWS: &[Operation] = &[
    op(
        POST,
        "/directory/deletedItems/{id}/restore",
        call(deleted_item::restore),
    )
    .needs("deletedItems.{class}/restore"),
    op(GET, "/directory/deletedItems/{id}", READ).needs("{class}/standard/read"),
    op(GET, "/directory/deletedItems", READ).needs("{class}/standard/read"),
    op(
        DELETE,
        "/directory/deletedItems/{id}",
        call(deleted_item::purge),
    )
    .needs("deletedItems.{class}/delete"),
    op(
        POST,
        "/directory/deletedItems/getUserOwnedObjects",
        call(deleted_item::owned),
    )
    .needs("{class}/standard/read"),
];
