//! Self-service password reset: for whom it is, and what it asks. Graph has no address for it; it is set in the portal, and
//! here over the control port. For administrators the authorization policy decides instead (`allowedToUseSSPR`).

use super::authentication_methods::Audience;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasswordResetPolicy {
    pub audience: Audience,
    /// So many different methods are asked for: one or two.
    pub methods_required: usize,
}

impl Default for PasswordResetPolicy {
    /// As a new tenant has it: for nobody (MicrosoftDocs/entra-docs tutorial-enable-sspr.md). That one method is asked for until
    /// somebody says two is assumed.
    fn default() -> Self {
        Self {
            audience: Audience::nobody(),
            methods_required: 1,
        }
    }
}
