//! Operations under `/me`: method, template, handler, the directory action that people need.

use super::super::action::change_password;
use super::super::write;
use super::users::{APART, MEMBER_RULES, OWN_PROFILE};
use super::{Operation, PATCH, POST, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(POST, "/me/changePassword", call(change_password::answer)).needs("self"),
    op(PATCH, "/me", call(write::user::update))
        .needs("users/basic/update")
        .apart(APART)
        .each(MEMBER_RULES)
        .own(OWN_PROFILE),
];
