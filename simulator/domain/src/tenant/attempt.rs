//! What the tenant adds to an attempt to get a token: the facts that `decide` asks for. The sign-in and those who explain
//! it build them here alike.

use crate::directory::user::User;
use crate::enforcement::facts::{
    Amr, Authentication, Circumstances, Facts, IdentityType, Operation, Policies, Stage,
};
use crate::id::AppId;
use crate::tenant::Tenant;
use crate::time::Timestamp;

/// Who wants a token of what, through what, with what proof.
#[derive(Clone, Debug)]
pub struct SignInAttempt<'a> {
    /// Absent for an app as itself.
    pub user: Option<&'a User>,
    pub client: AppId,
    pub resource: AppId,
    pub authentication: Authentication,
    pub demanded_contexts: Vec<String>,
    pub demanded_methods: Vec<Amr>,
    pub password_changed: bool,
    pub circumstances: Circumstances,
}

impl Tenant {
    pub fn sign_in_facts(&self, attempt: SignInAttempt<'_>, now: Timestamp) -> Facts {
        let workload = match attempt.user {
            Some(_) => None,
            None => self.workload(attempt.client),
        };
        Facts {
            stage: Stage::SignIn,
            identity: Some(match attempt.user {
                Some(_) => IdentityType::User,
                None => IdentityType::App,
            }),
            user: attempt.user.map(|user| self.user_facts(user, now)),
            workload,
            password_changed: attempt.password_changed,
            client: attempt.client,
            resource: attempt.resource,
            authentication: attempt.authentication,
            operation: Operation::SignIn,
            demanded_contexts: attempt.demanded_contexts,
            demanded_methods: attempt.demanded_methods,
            circumstances: attempt.circumstances,
        }
    }

    /// Where sign-ins come from and how risky this one is, as the tenant was told.
    pub fn circumstances(&self, user: Option<&User>) -> Circumstances {
        Circumstances {
            ip: Some(self.location.ip),
            country: self.location.country.clone(),
            platform: self.location.platform,
            sign_in_risk: user.map(|user| user.sign_in_risk).unwrap_or_default(),
            ..Circumstances::default()
        }
    }

    /// What decides a sign-in; the assignments of Resource Manager have no part in that.
    pub fn sign_in_policies(&self) -> Policies<'_> {
        Policies {
            enforcement: &self.enforcement,
            security_defaults: self.security_defaults,
            mfa_assignments: &[],
            conditional_access: &self.conditional_access,
            rules: self.rules,
        }
    }
}
