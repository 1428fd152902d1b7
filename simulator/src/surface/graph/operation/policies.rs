//! Operations under `/policies`: method, template, handler, the directory action that people need.

use super::super::write::{
    authentication_method_configuration as configuration, authentication_methods_policy,
    authentication_strength, authorization_policy, combination_configuration, cross_tenant_access,
    security_defaults, token_lifetime_policy,
};
use super::{DELETE, GET, Operation, PATCH, POST, READ, UNSIMULATED, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(
        GET,
        "/policies/authenticationMethodsPolicy",
        call(|graph, _| authentication_methods_policy::read(graph)),
    )
    .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/policies/authenticationMethodsPolicy",
        call(|graph, _| authentication_methods_policy::update(graph)),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations",
        call(configuration::list),
    )
    .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(
        POST,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations",
        call(|graph, _| configuration::create(graph)),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        DELETE,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        call(|graph, resource| configuration::delete(graph, resource.key(0))),
    )
    .needs("organization/strongAuthentication/allTasks"),
    op(
        GET,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        call(|graph, resource| configuration::one(graph, resource.key(0))),
    )
    .needs("organization/strongAuthentication/read|conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}",
        call(|graph, resource| configuration::update(graph, resource.key(0))),
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
        call(|graph, _| authentication_strength::find_by_method_mode(graph)),
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
    op(
        GET,
        "/policies/authorizationPolicy",
        call(|graph, _| authorization_policy::read(graph)),
    )
    .needs("authorizationPolicy/standard/read"),
    op(
        PATCH,
        "/policies/authorizationPolicy",
        call(|graph, _| authorization_policy::update(graph)),
    )
    .needs("authorizationPolicy/allProperties/allTasks"),
    op(
        GET,
        "/policies/authorizationPolicy/{id}",
        call(|graph, resource| authorization_policy::read_named(graph, resource.key(0))),
    )
    .needs("authorizationPolicy/standard/read"),
    op(
        PATCH,
        "/policies/authorizationPolicy/{id}",
        call(|graph, resource| authorization_policy::update_named(graph, resource.key(0))),
    )
    .needs("authorizationPolicy/allProperties/allTasks"),
    op(GET, "/policies/crossTenantAccessPolicy", UNSIMULATED)
        .needs("crossTenantAccessPolicy/standard/read"),
    op(PATCH, "/policies/crossTenantAccessPolicy", UNSIMULATED)
        .needs("crossTenantAccessPolicy/basic/update"),
    op(
        GET,
        "/policies/crossTenantAccessPolicy/default",
        call(|graph, _| cross_tenant_access::read_default(graph)),
    )
    .needs("crossTenantAccessPolicy/default/standard/read"),
    op(
        PATCH,
        "/policies/crossTenantAccessPolicy/default",
        call(|graph, _| cross_tenant_access::update_default(graph)),
    )
    .needs("crossTenantAccessPolicy/default/b2bCollaboration/update"),
    op(
        POST,
        "/policies/crossTenantAccessPolicy/default/resetToSystemDefault",
        call(|graph, _| cross_tenant_access::reset_default(graph)),
    )
    .needs("crossTenantAccessPolicy/default/b2bCollaboration/update"),
    op(
        GET,
        "/policies/crossTenantAccessPolicy/partners",
        call(cross_tenant_access::list),
    )
    .needs("crossTenantAccessPolicy/partners/standard/read"),
    op(
        POST,
        "/policies/crossTenantAccessPolicy/partners",
        call(|graph, _| cross_tenant_access::create(graph)),
    )
    .needs("crossTenantAccessPolicy/partners/create"),
    op(
        DELETE,
        "/policies/crossTenantAccessPolicy/partners/{id}",
        call(|graph, resource| cross_tenant_access::delete(graph, resource.key(0))),
    )
    .needs("crossTenantAccessPolicy/partners/delete"),
    op(
        GET,
        "/policies/crossTenantAccessPolicy/partners/{id}",
        call(|graph, resource| cross_tenant_access::one(graph, resource.key(0))),
    )
    .needs("crossTenantAccessPolicy/partners/standard/read"),
    op(
        PATCH,
        "/policies/crossTenantAccessPolicy/partners/{id}",
        call(|graph, resource| cross_tenant_access::update(graph, resource.key(0))),
    )
    .needs("crossTenantAccessPolicy/partners/b2bCollaboration/update"),
    op(
        GET,
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        call(|graph, _| security_defaults::read(graph)),
    )
    .needs("conditionalAccessPolicies/standard/read"),
    op(
        PATCH,
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        call(|graph, _| security_defaults::update(graph)),
    )
    .needs("conditionalAccessPolicies/basic/update"),
    op(GET, "/policies/tokenLifetimePolicies", READ).needs("policies/standard/read"),
    op(
        POST,
        "/policies/tokenLifetimePolicies",
        call(|graph, _| token_lifetime_policy::create(graph)),
    )
    .needs("policies/create"),
    op(
        DELETE,
        "/policies/tokenLifetimePolicies/{id}",
        call(|graph, resource| token_lifetime_policy::delete(graph, resource.key(0))),
    )
    .needs("policies/delete"),
    op(GET, "/policies/tokenLifetimePolicies/{id}", READ).needs("policies/standard/read"),
    op(
        PATCH,
        "/policies/tokenLifetimePolicies/{id}",
        call(|graph, resource| token_lifetime_policy::update(graph, resource.key(0))),
    )
    .needs("policies/basic/update")
    .apart(&[("isOrganizationDefault", &["policies/tenantDefault/update"])]),
    op(GET, "/policies/tokenLifetimePolicies/{id}/appliesTo", READ)
        .needs("policies/policyAppliedTo/read"),
];
