//! What the tenant adds to an attempt of a person to change their own methods: the facts that `decide` asks for.

use super::Tenant;
use super::attempt::SignInAttempt;
use crate::credential::method::{MethodKind, PhoneKind};
use crate::directory::user::User;
use crate::enforcement::facts::{Facts, NewMethod, Operation, Stage};
use crate::policy::authentication_methods::MethodName;
use crate::time::Timestamp;

/// Passkeys of one user (MicrosoftDocs/entra-docs how-to-enable-passkey-fido2.md).
pub const MOST_PASSKEYS: usize = 10;
/// Apps of one user (MicrosoftDocs/entra-docs concept-registration-mfa-sspr-combined.md).
const MOST_APPS: usize = 5;

/// What somebody can add in security info.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Addable {
    Passkey,
    Authenticator,
    AuthenticatorApp,
    /// A number that is texted.
    Text(PhoneKind),
    /// A number that is called.
    Call(PhoneKind),
    Email,
}

impl Addable {
    /// The method of the policy that switches it.
    pub fn method(self) -> MethodName {
        match self {
            Self::Passkey => MethodName::Fido2,
            Self::Authenticator => MethodName::MicrosoftAuthenticator,
            Self::AuthenticatorApp => MethodName::SoftwareOath,
            Self::Text(_) => MethodName::Sms,
            Self::Call(_) => MethodName::Voice,
            Self::Email => MethodName::Email,
        }
    }

    fn is_of(self, kind: &MethodKind) -> bool {
        match (self, kind) {
            (Self::Passkey, MethodKind::Passkey(_))
            | (Self::Authenticator, MethodKind::MicrosoftAuthenticator(_))
            | (Self::AuthenticatorApp, MethodKind::SoftwareOath(_))
            | (Self::Email, MethodKind::Email { .. }) => true,
            (Self::Text(wanted) | Self::Call(wanted), MethodKind::Phone(phone)) => {
                phone.kind == wanted
            }
            _ => false,
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Passkey => MOST_PASSKEYS,
            Self::Authenticator | Self::AuthenticatorApp => MOST_APPS,
            Self::Text(_) | Self::Call(_) | Self::Email => 1,
        }
    }
}

impl Tenant {
    /// What is known of something that a user would add.
    pub fn new_method(&self, user: &User, wanted: Addable) -> NewMethod {
        let policy = &self.authentication_methods;
        let held = user.methods.iter();
        NewMethod {
            name: wanted.method(),
            allowed: policy.allows(wanted.method(), &self.targets_of(user.id)),
            self_service: policy.passkeys.self_service,
            held: held.filter(|method| wanted.is_of(&method.kind)).count(),
            most: wanted.most(),
        }
    }

    /// The facts of an attempt on one's own methods, at this stage.
    pub fn own_methods_facts(
        &self,
        stage: Stage,
        attempt: SignInAttempt<'_>,
        operation: Operation,
        now: Timestamp,
    ) -> Facts {
        Facts {
            stage,
            operation,
            ..self.sign_in_facts(attempt, now)
        }
    }
}
