//! Operations under `/directoryObjects`: method, template, handler, the directory action that people need.

use super::super::action;
use super::super::write::directory_object;
use super::{DELETE, GET, Operation, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(
        POST,
        "/directoryObjects/getAvailableExtensionProperties",
        call(action::get_available_extension_properties::answer),
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/getByIds",
        call(|graph, _| action::get_by_ids::answer(graph)),
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/validateProperties",
        call(action::validate_properties::answer),
    )
    .needs("{class}/standard/read"),
    op(GET, "/directoryObjects/{id}", READ).needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/checkMemberGroups",
        call(action::check_member_groups::answer),
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/checkMemberObjects",
        call(action::check_member_objects::answer),
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/getMemberGroups",
        call(action::get_member_groups::answer),
    )
    .needs("{class}/standard/read"),
    op(
        POST,
        "/directoryObjects/{id}/getMemberObjects",
        call(action::get_member_objects::answer),
    )
    .needs("{class}/standard/read"),
    op(
        DELETE,
        "/directoryObjects/{id}",
        call(directory_object::delete),
    )
    .needs("{class}/delete"),
];
