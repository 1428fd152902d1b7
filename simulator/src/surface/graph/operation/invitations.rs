//! Operations under `/invitations`: method, template, handler, the directory action that people need.

use super::super::write::invitation;
use super::{Operation, POST, call, op};

pub(super) const ROWS: &[Operation] =
    &[op(POST, "/invitations", call(invitation::create)).needs("users/inviteGuest")];
