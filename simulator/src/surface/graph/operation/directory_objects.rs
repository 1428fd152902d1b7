//! Operations under `/directoryObjects`: method, template, handler, the directory action that people need.

use super::super::action;
use super::{DELETE, GET, Operation, POST, READ, UNSIMULATED, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(
        POST,
        "/directoryObjects/getAvailableExtensionProperties",
        UNSIMULATED,
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/getByIds",
        call(|graph, _| action::get_by_ids::answer(graph)),
    )
    .needs("{class}/standard/read"),
    op(POST, "/directoryObjects/validateProperties", UNSIMULATED).needs("{class}/standard/read"),
    op(GET, "/directoryObjects/{id}", READ).needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/checkMemberGroups",
        UNSIMULATED,
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/checkMemberObjects",
        UNSIMULATED,
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/getMemberGroups",
        call(action::get_member_groups::answer),
    )
    .needs("{class}/standard/read"),
    op(POST, "/directoryObjects/{id}/getMemberObjects", UNSIMULATED).needs("{class}/standard/read"),
    op(DELETE, "/directoryObjects/{id}", UNSIMULATED).needs("{class}/delete"),
];
