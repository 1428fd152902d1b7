//! Authentication methods that a user has registered beside the password.

use crate::time::Timestamp;
use uuid::Uuid;

/// One registered method.
#[derive(Clone, Debug)]
pub struct AuthenticationMethod {
    pub id: Uuid,
    pub registered: Timestamp,
    pub kind: MethodKind,
}

/// What was registered. Secrets and keys are added by the sign-in flows that use them.
#[derive(Clone, Debug)]
pub enum MethodKind {
    MicrosoftAuthenticator { display_name: String },
    SoftwareOath,
    Phone { number: String },
    Passkey { display_name: String },
}

impl AuthenticationMethod {
    /// Whether it is a second factor. Every kind held here is.
    pub fn is_strong(&self) -> bool {
        match self.kind {
            MethodKind::MicrosoftAuthenticator { .. }
            | MethodKind::SoftwareOath
            | MethodKind::Phone { .. }
            | MethodKind::Passkey { .. } => true,
        }
    }
}
