//! The tenant's own policies: Conditional Access, authentication methods and strengths.

pub mod authentication_methods;
pub mod authentication_strength;
pub mod conditional_access;
pub mod cross_tenant_access;
pub mod device_filter;
pub mod named_location;
pub mod passkey;
pub mod password_reset;
pub mod token_lifetime;

pub use authentication_methods::AuthenticationMethodsPolicy;
pub use conditional_access::ConditionalAccess;
