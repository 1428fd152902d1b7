//! Operations under `/domains`: method, template, handler, the directory action that people need.

use super::super::{action, write};
use super::{DELETE, GET, Operation, PATCH, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/domains", READ).needs("domains/standard/read"),
    op(POST, "/domains", call(write::domain::create)).needs("domains/allProperties/allTasks"),
    op(DELETE, "/domains/{id}", call(write::domain::delete))
        .needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}", READ).needs("domains/standard/read"),
    op(PATCH, "/domains/{id}", call(write::domain::update)).needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}/domainNameReferences", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/federationConfiguration", READ)
        .needs("domains/federationConfiguration/standard/read"),
    op(
        POST,
        "/domains/{id}/federationConfiguration",
        call(write::federation_configuration::create),
    )
    .needs("domains/federationConfiguration/create"),
    op(
        DELETE,
        "/domains/{id}/federationConfiguration/{id}",
        call(write::federation_configuration::delete),
    )
    .needs("domains/federationConfiguration/delete"),
    op(GET, "/domains/{id}/federationConfiguration/{id}", READ)
        .needs("domains/federationConfiguration/standard/read"),
    op(
        PATCH,
        "/domains/{id}/federationConfiguration/{id}",
        call(write::federation_configuration::update),
    )
    .needs("domains/federationConfiguration/basic/update"),
    op(
        POST,
        "/domains/{id}/forceDelete",
        call(action::force_delete::answer),
    )
    .needs("domains/allProperties/allTasks"),
    op(POST, "/domains/{id}/promote", call(action::promote::answer))
        .needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}/rootDomain", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/serviceConfigurationRecords", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/verificationDnsRecords", READ).needs("domains/standard/read"),
    op(POST, "/domains/{id}/verify", call(action::verify::answer))
        .needs("domains/allProperties/allTasks"),
];
