//! Operations under `/applications`: method, template, handler, the directory action that people need.

use entrasim_domain::tenant::relations::Relation;

use super::super::write::reference;
use super::super::{action, write};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, UNSIMULATED, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/applications", READ)
        .needs("applications/standard/read")
        .units(2),
    op(
        POST,
        "/applications",
        call(|graph, _| write::application::create(graph)),
    )
    .needs("applications/create"),
    op(GET, "/applications/delta()", DELTA).needs("applications/standard/read"),
    op(
        DELETE,
        "/applications/{id}",
        call(|graph, resource| {
            write::application::delete(graph, &resource.first_key(graph.tenant()?))
        }),
    )
    .needs("applications/delete"),
    op(GET, "/applications/{id}", READ).needs("applications/standard/read"),
    op(
        PATCH,
        "/applications/{id}",
        call(|graph, resource| {
            write::application::update(graph, &resource.first_key(graph.tenant()?))
        }),
    )
    .needs("applications/basic/update"),
    op(POST, "/applications/{id}/addKey", UNSIMULATED).needs("applications/credentials/update"),
    op(
        POST,
        "/applications/{id}/addPassword",
        call(|graph, resource| {
            action::add_password::answer(graph, &resource.first_key(graph.tenant()?))
        }),
    )
    .needs("applications/credentials/update"),
    op(GET, "/applications/{id}/extensionProperties", READ).needs("applications/standard/read"),
    op(POST, "/applications/{id}/extensionProperties", UNSIMULATED)
        .needs("applications/extensionProperties/update"),
    op(
        DELETE,
        "/applications/{id}/extensionProperties/{id}",
        UNSIMULATED,
    )
    .needs("applications/extensionProperties/update"),
    op(GET, "/applications/{id}/extensionProperties/{id}", READ)
        .needs("applications/standard/read"),
    op(GET, "/applications/{id}/federatedIdentityCredentials", READ)
        .needs("applications/standard/read"),
    op(
        POST,
        "/applications/{id}/federatedIdentityCredentials",
        call(|graph, resource| {
            write::federated_identity_credential::create(
                graph,
                &resource.first_key(graph.tenant()?),
            )
        }),
    )
    .needs("applications/credentials/update"),
    op(
        DELETE,
        "/applications/{id}/federatedIdentityCredentials/{id}",
        call(|graph, resource| {
            write::federated_identity_credential::delete(
                graph,
                &resource.first_key(graph.tenant()?),
                resource.key(1),
            )
        }),
    )
    .needs("applications/credentials/update"),
    op(
        GET,
        "/applications/{id}/federatedIdentityCredentials/{id}",
        READ,
    )
    .needs("applications/standard/read"),
    op(
        PATCH,
        "/applications/{id}/federatedIdentityCredentials/{id}",
        call(|graph, resource| {
            write::federated_identity_credential::update(
                graph,
                &resource.first_key(graph.tenant()?),
                resource.key(1),
            )
        }),
    )
    .needs("applications/credentials/update"),
    op(GET, "/applications/{id}/owners", READ).needs("applications/owners/read"),
    op(
        POST,
        "/applications/{id}/owners/$ref",
        call(|graph, resource| reference::add(graph, resource, Relation::Owner)),
    )
    .needs("applications/owners/update"),
    op(
        DELETE,
        "/applications/{id}/owners/{id}/$ref",
        call(|graph, resource| reference::remove(graph, resource, Relation::Owner)),
    )
    .needs("applications/owners/update"),
    op(POST, "/applications/{id}/removeKey", UNSIMULATED).needs("applications/credentials/update"),
    op(
        POST,
        "/applications/{id}/removePassword",
        call(|graph, resource| {
            action::remove_password::answer(graph, &resource.first_key(graph.tenant()?))
        }),
    )
    .needs("applications/credentials/update"),
];
