//! The tenant's own policies: Conditional Access, authentication methods and strengths.

pub mod conditional_access;

pub use conditional_access::ConditionalAccess;
