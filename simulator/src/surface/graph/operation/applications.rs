//! Operations under `/applications`: method, template, handler, the directory action that people need.

use entrasim_domain::directory::application::Application;
use entrasim_domain::tenant::relations::Relation;

use super::super::write::reference;
use super::super::{action, write};
use super::{DELETE, DELTA, GET, Operation, PATCH, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/applications", READ)
        .needs("applications/standard/read")
        .units(2),
    op(POST, "/applications", call(write::application::create)).needs("applications/create"),
    op(GET, "/applications/delta()", DELTA).needs("applications/standard/read"),
    op(
        DELETE,
        "/applications/{id}",
        call(write::application::delete),
    )
    .needs("applications/delete"),
    op(GET, "/applications/{id}", READ).needs("applications/standard/read"),
    op(
        PATCH,
        "/applications/{id}",
        call(write::application::update),
    )
    .needs("applications/basic/update"),
    op(
        POST,
        "/applications/{id}/addKey",
        call(action::add_key::answer::<Application>),
    )
    .needs("applications/credentials/update"),
    op(
        POST,
        "/applications/{id}/addPassword",
        call(action::add_password::answer::<Application>),
    )
    .needs("applications/credentials/update"),
    op(GET, "/applications/{id}/extensionProperties", READ).needs("applications/standard/read"),
    op(
        POST,
        "/applications/{id}/extensionProperties",
        call(write::extension_property::create),
    )
    .needs("applications/extensionProperties/update"),
    op(
        DELETE,
        "/applications/{id}/extensionProperties/{id}",
        call(write::extension_property::delete),
    )
    .needs("applications/extensionProperties/update"),
    op(GET, "/applications/{id}/extensionProperties/{id}", READ)
        .needs("applications/standard/read"),
    op(GET, "/applications/{id}/federatedIdentityCredentials", READ)
        .needs("applications/standard/read"),
    op(
        POST,
        "/applications/{id}/federatedIdentityCredentials",
        call(write::federated_identity_credential::create),
    )
    .needs("applications/credentials/update"),
    op(
        DELETE,
        "/applications/{id}/federatedIdentityCredentials/{id}",
        call(write::federated_identity_credential::delete),
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
        call(write::federated_identity_credential::update),
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
    op(
        POST,
        "/applications/{id}/removeKey",
        call(action::remove_key::answer::<Application>),
    )
    .needs("applications/credentials/update"),
    op(
        POST,
        "/applications/{id}/removePassword",
        call(action::remove_password::answer::<Application>),
    )
    .needs("applications/credentials/update"),
    op(GET, "/applications/{id}/tokenLifetimePolicies", READ).needs("applications/policies/read"),
    op(
        POST,
        "/applications/{id}/tokenLifetimePolicies/$ref",
        call(write::token_lifetime_policy::assign),
    )
    .needs("applications/policies/update"),
    op(
        DELETE,
        "/applications/{id}/tokenLifetimePolicies/{id}/$ref",
        call(write::token_lifetime_policy::unassign),
    )
    .needs("applications/policies/update"),
];
