//! Conditional Access: the policies of a tenant and what they refer to.

/// Everything that Conditional Access has in a tenant.
#[derive(Clone, Debug, Default)]
pub struct ConditionalAccess {}
