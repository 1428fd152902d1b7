//! Operations under `/identity`: method, template, handler, the directory action that people need.

use super::super::action::evaluate;
use super::super::write::{
    authentication_context, authentication_strength, conditional_access, conditional_access_deleted,
};
use super::{DELETE, GET, Operation, PATCH, POST, READ, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(
        GET,
        "/identity/conditionalAccess/authenticationContextClassReferences",
        READ,
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        POST,
        "/identity/conditionalAccess/authenticationContextClassReferences",
        call(|graph, _| authentication_context::create(graph)),
    )
    .needs("conditionalAccessPolicies/create"),
    op(
        DELETE,
        "/identity/conditionalAccess/authenticationContextClassReferences/{id}",
        call(|graph, resource| authentication_context::delete(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/delete"),
    op(
        GET,
        "/identity/conditionalAccess/authenticationContextClassReferences/{id}",
        READ,
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/identity/conditionalAccess/authenticationContextClassReferences/{id}",
        call(|graph, resource| authentication_context::update(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/basic/update"),
    op(
        GET,
        "/identity/conditionalAccess/authenticationStrength/authenticationMethodModes",
        call(|graph, _| authentication_strength::modes(graph)),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        GET,
        "/identity/conditionalAccess/authenticationStrength/authenticationMethodModes/{id}",
        call(|graph, resource| authentication_strength::one_mode(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        GET,
        "/identity/conditionalAccess/authenticationStrength/combinations",
        call(|graph, _| authentication_strength::combinations(graph)),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        GET,
        "/identity/conditionalAccess/deletedItems/namedLocations",
        READ,
    )
    .needs("namedLocations/standard/read"),
    op(
        DELETE,
        "/identity/conditionalAccess/deletedItems/namedLocations/{id}",
        call(|graph, resource| conditional_access_deleted::purge_location(graph, resource.key(0))),
    )
    .needs("namedLocations/delete"),
    op(
        GET,
        "/identity/conditionalAccess/deletedItems/namedLocations/{id}",
        READ,
    )
    .needs("namedLocations/standard/read"),
    op(
        POST,
        "/identity/conditionalAccess/deletedItems/namedLocations/{id}/restore",
        call(|graph, resource| {
            conditional_access_deleted::restore_location(graph, resource.key(0))
        }),
    )
    .needs("namedLocations/create"),
    op(
        GET,
        "/identity/conditionalAccess/deletedItems/policies",
        READ,
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        DELETE,
        "/identity/conditionalAccess/deletedItems/policies/{id}",
        call(|graph, resource| conditional_access_deleted::purge_policy(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/delete"),
    op(
        GET,
        "/identity/conditionalAccess/deletedItems/policies/{id}",
        READ,
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        POST,
        "/identity/conditionalAccess/deletedItems/policies/{id}/restore",
        call(|graph, resource| conditional_access_deleted::restore_policy(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/create"),
    op(
        POST,
        "/identity/conditionalAccess/evaluate",
        call(evaluate::answer),
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(GET, "/identity/conditionalAccess/namedLocations", READ)
        .needs("namedLocations/standard/read"),
    op(
        POST,
        "/identity/conditionalAccess/namedLocations",
        call(|graph, _| conditional_access::create_location(graph)),
    )
    .needs("namedLocations/create"),
    op(
        DELETE,
        "/identity/conditionalAccess/namedLocations/{id}",
        call(|graph, resource| conditional_access::delete_location(graph, resource.key(0))),
    )
    .needs("namedLocations/delete"),
    op(GET, "/identity/conditionalAccess/namedLocations/{id}", READ)
        .needs("namedLocations/standard/read"),
    op(
        PATCH,
        "/identity/conditionalAccess/namedLocations/{id}",
        call(|graph, resource| conditional_access::update_location(graph, resource.key(0))),
    )
    .needs("namedLocations/basic/update"),
    op(GET, "/identity/conditionalAccess/policies", READ)
        .needs("conditionalAccessPolicies/standard/read"),
    op(
        POST,
        "/identity/conditionalAccess/policies",
        call(|graph, _| conditional_access::create_policy(graph)),
    )
    .needs("conditionalAccessPolicies/create"),
    op(
        DELETE,
        "/identity/conditionalAccess/policies/{id}",
        call(|graph, resource| conditional_access::delete_policy(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/delete"),
    op(GET, "/identity/conditionalAccess/policies/{id}", READ)
        .needs("conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/identity/conditionalAccess/policies/{id}",
        call(|graph, resource| conditional_access::update_policy(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/basic/update"),
    op(GET, "/identity/conditionalAccess/templates", READ)
        .needs("conditionalAccessPolicies/standard/read"),
    op(GET, "/identity/conditionalAccess/templates/{id}", READ)
        .needs("conditionalAccessPolicies/standard/read"),
];
