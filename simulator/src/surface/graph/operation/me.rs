//! Operations under `/me`: method, template, handler, the directory action that people need.

use super::super::write;
use super::users::{MEMBER_RULES, OWN_PROFILE};
use super::{Operation, PATCH, POST, UNSIMULATED, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(POST, "/me/changePassword", UNSIMULATED).needs("self"),
    op(
        PATCH,
        "/me",
        call(|graph, resource| write::user::update(graph, &resource.first_key(graph.tenant()?))),
    )
    .needs("users/basic/update")
    .each(MEMBER_RULES)
    .own(OWN_PROFILE),
];
