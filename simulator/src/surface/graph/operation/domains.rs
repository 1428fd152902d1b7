//! Operations under `/domains`: method, template, handler, the directory action that people need.

use super::{DELETE, GET, Operation, PATCH, POST, READ, UNSIMULATED, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/domains", READ).needs("domains/standard/read"),
    op(POST, "/domains", UNSIMULATED).needs("domains/allProperties/allTasks"),
    op(DELETE, "/domains/{id}", UNSIMULATED).needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}", READ).needs("domains/standard/read"),
    op(PATCH, "/domains/{id}", UNSIMULATED).needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}/domainNameReferences", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/federationConfiguration", READ)
        .needs("domains/federationConfiguration/standard/read"),
    op(POST, "/domains/{id}/federationConfiguration", UNSIMULATED)
        .needs("domains/federationConfiguration/create"),
    op(
        DELETE,
        "/domains/{id}/federationConfiguration/{id}",
        UNSIMULATED,
    )
    .needs("domains/federationConfiguration/delete"),
    op(GET, "/domains/{id}/federationConfiguration/{id}", READ)
        .needs("domains/federationConfiguration/standard/read"),
    op(
        PATCH,
        "/domains/{id}/federationConfiguration/{id}",
        UNSIMULATED,
    )
    .needs("domains/federationConfiguration/basic/update"),
    op(POST, "/domains/{id}/forceDelete", UNSIMULATED).needs("domains/allProperties/allTasks"),
    op(POST, "/domains/{id}/promote", UNSIMULATED).needs("domains/allProperties/allTasks"),
    op(GET, "/domains/{id}/rootDomain", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/serviceConfigurationRecords", READ).needs("domains/standard/read"),
    op(GET, "/domains/{id}/verificationDnsRecords", READ).needs("domains/standard/read"),
    op(POST, "/domains/{id}/verify", UNSIMULATED).needs("domains/allProperties/allTasks"),
];
