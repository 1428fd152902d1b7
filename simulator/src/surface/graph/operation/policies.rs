//! Operations under `/policies`: method, template, handler, the directory action that people need.

use super::super::write::{authentication_strength, combination_configuration};
use super::{DELETE, GET, Operation, PATCH, POST, READ, UNSIMULATED, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(GET, "/policies/authenticationMethodsPolicy", UNSIMULATED)
        .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(PATCH, "/policies/authenticationMethodsPolicy", UNSIMULATED)
        .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(
        POST,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        DELETE,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        UNSIMULATED,
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(GET, "/policies/authenticationStrengthPolicies", READ)
        .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        POST,
        "/policies/authenticationStrengthPolicies",
        call(|graph, _| authentication_strength::create(graph)),
    )
    .needs("conditionalAccessPolicies/create|organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationStrengthPolicies/findByMethodMode()",
        UNSIMULATED,
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        DELETE,
        "/policies/authenticationStrengthPolicies/{id}",
        call(|graph, resource| authentication_strength::delete(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/delete|organization/strongAuthentication/allTasks"),
    op(GET, "/policies/authenticationStrengthPolicies/{id}", READ)
        .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        PATCH,
        "/policies/authenticationStrengthPolicies/{id}",
        call(|graph, resource| authentication_strength::update(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/basic/update|organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationStrengthPolicies/{id}/combinationConfigurations",
        call(|graph, resource| combination_configuration::list(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        POST,
        "/policies/authenticationStrengthPolicies/{id}/combinationConfigurations",
        call(|graph, resource| combination_configuration::create(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/basic/update|organization/strongAuthentication/allTasks"),
    op(
        DELETE,
        "/policies/authenticationStrengthPolicies/{id}/combinationConfigurations/{id}",
        call(|graph, resource| {
            combination_configuration::delete(graph, resource.key(0), resource.key(1))
        }),
    )
    .needs("conditionalAccessPolicies/basic/update|organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationStrengthPolicies/{id}/combinationConfigurations/{id}",
        call(|graph, resource| {
            combination_configuration::one(graph, resource.key(0), resource.key(1))
        }),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(
        PATCH,
        "/policies/authenticationStrengthPolicies/{id}/combinationConfigurations/{id}",
        call(|graph, resource| {
            combination_configuration::update(graph, resource.key(0), resource.key(1))
        }),
    )
    .needs("conditionalAccessPolicies/basic/update|organization/strongAuthentication/allTasks"),
    op(
        POST,
        "/policies/authenticationStrengthPolicies/{id}/updateAllowedCombinations",
        call(|graph, resource| {
            authentication_strength::update_allowed_combinations(graph, resource.key(0))
        }),
    )
    .needs("conditionalAccessPolicies/basic/update|organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationStrengthPolicies/{id}/usage()",
        call(|graph, resource| authentication_strength::usage(graph, resource.key(0))),
    )
    .needs("conditionalAccessPolicies/standard/read|organization/strongAuthentication/read"),
    op(GET, "/policies/authorizationPolicy", UNSIMULATED)
        .needs("authorizationPolicy/standard/read"),
    op(PATCH, "/policies/authorizationPolicy", UNSIMULATED)
        .needs("authorizationPolicy/allProperties/allTasks"),
    op(
        GET,
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        UNSIMULATED,
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        UNSIMULATED,
    )
    .needs("conditionalAccessPolicies/basic/update"),
];
