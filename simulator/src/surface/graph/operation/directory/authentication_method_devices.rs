//! Operations under `/directory/authenticationMethodDevices`: method, template, handler, the directory action that people need.

use super::super::super::write::authentication::hardware_oath_devices as devices;
use super::super::{DELETE, GET, Operation, PATCH, POST, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(
        GET,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        call(devices::list),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        PATCH,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        call(devices::upload),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        POST,
        "/directory/authenticationMethodDevices/hardwareOathDevices",
        call(devices::create),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        DELETE,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        call(devices::delete),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        call(devices::one),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        PATCH,
        "/directory/authenticationMethodDevices/hardwareOathDevices/{id}",
        call(devices::update),
    )
    .needs("organization/strongAuthentication/allTasks"),
];
