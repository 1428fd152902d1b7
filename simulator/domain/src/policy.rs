//! The tenant's own policies: Conditional Access, authentication methods and strengths.

pub mod authentication_methods;
pub mod conditional_access;

pub use authentication_methods::AuthenticationMethodsPolicy;
pub use conditional_access::ConditionalAccess;
