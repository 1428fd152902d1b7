//! Policies between Graph's JSON and the domain.

pub(super) mod authentication_methods;
pub(super) mod authentication_strength;
pub(super) mod authorization;
pub(super) mod conditional_access;
pub(super) mod cross_tenant_access;
pub(super) mod member;
pub(super) mod named_location;
pub(super) mod token_lifetime;
