//! Operations under `/directory/authenticationMethodDevices`: method, template, handler, the directory action that people need.

use super::super::{DELETE, GET, Operation, PATCH, POST, UNSIMULATED, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(
        GET,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        PATCH,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        POST,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        DELETE,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        PATCH,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
];
