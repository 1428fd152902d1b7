//! The registration report of a tenant: its users' methods, its policies, and the rule of `credential/registration.rs` over them.

use core::cell::LazyCell;

use super::Tenant;
use crate::credential::method::{MethodKind, PhoneKind};
use crate::credential::registration::{
    Registered, RegistrationState, ResetAccess, ResetStanding, assess, names_of, reported_method,
};
use crate::credential::secondary::SecondFactor;
use crate::directory::user::User;
use crate::id::ObjectId;
use crate::policy::authentication_methods::MethodName;

/// Strongest first (MicrosoftDocs/entra-docs concept-system-preferred-multifactor-authentication.md); passkeys and passes, which
/// come before them, have no word in the report.
const BY_STRENGTH: [SecondFactor; 6] = [
    SecondFactor::Push,
    SecondFactor::Oath,
    SecondFactor::Sms,
    SecondFactor::VoiceMobile,
    SecondFactor::VoiceAlternateMobile,
    SecondFactor::VoiceOffice,
];

impl Tenant {
    /// What the registration report says of a user.
    pub fn registration_of(&self, user: &User) -> RegistrationState {
        // Most people in a big directory have no methods, and nobody needs to know their groups.
        let ids = LazyCell::new(|| self.targets_of(user.id));
        let mut registered = Vec::new();
        for method in &user.methods {
            let allowed = self.allows_method(user, &method.kind, &ids);
            let methods = names_of(&method.kind)
                .into_iter()
                .filter_map(reported_method);
            registered.extend(methods.map(|method| Registered { method, allowed }));
        }
        assess(&registered, self.reset_standing(user, || ids.as_slice()))
    }

    /// Whether somebody holds a role in the directory, of whatever scope (`isAdmin`; that every role counts is assumed).
    pub fn is_administrator(&self, user: &User) -> bool {
        self.role_assignments_of(user.id).next().is_some()
    }

    /// What resetting their own password asks of a user. Administrators need two methods, or one as long as the tenant has no
    /// domain of its own (MicrosoftDocs/entra-docs concept-sspr-policy.md, "Administrator reset policy differences"; trials and
    /// synchronised directories are not simulated). That all roles make an administrator is assumed: the page lists most.
    fn reset_standing<'i>(&self, user: &User, ids: impl Fn() -> &'i [ObjectId]) -> ResetStanding {
        let policy = &self.password_reset;
        if self.is_administrator(user) {
            let off = self.authorization_policy.get("allowedToUseSSPR");
            let access = match off.and_then(serde_json::Value::as_bool) {
                Some(false) => ResetAccess::AdministratorsOff,
                _ => ResetAccess::Administrator,
            };
            let mut domains = self.domains.verified();
            let own = domains.any(|(_, domain)| !domain.name.ends_with(".onmicrosoft.com"));
            let required = if own { 2 } else { 1 };
            return ResetStanding { access, required };
        }
        let access = if !policy.audience.is_nobody() && policy.audience.has(ids()) {
            ResetAccess::Targeted
        } else {
            ResetAccess::NotTargeted
        };
        ResetStanding {
            access,
            required: policy.methods_required,
        }
    }

    /// Whether the authentication methods policy lets a user with these ids use a method, whatever the time.
    fn allows_method(&self, user: &User, kind: &MethodKind, ids: &[ObjectId]) -> bool {
        let policy = &self.authentication_methods;
        let allows = |name| policy.allows(name, ids);
        match kind {
            MethodKind::Passkey(key) => policy.allows_passkey(key, ids),
            MethodKind::TemporaryAccessPass(pass) => self.allows_pass(pass, user),
            // A mobile phone is texted or called.
            MethodKind::Phone(phone) if phone.kind == PhoneKind::Mobile => {
                allows(MethodName::Sms) || allows(MethodName::Voice)
            }
            MethodKind::External(external) => {
                let configuration = policy.external.get(&external.configuration);
                configuration.is_some_and(|configuration| configuration.targets.allows(ids))
            }
            // No policy here switches the keys of devices.
            kind => MethodName::of(kind).is_none_or(allows),
        }
    }

    /// Whether the system chooses the second factor that a user is asked for first.
    pub fn system_chooses_factor(&self, user: &User) -> bool {
        let policy = &self.authentication_methods.system_preferred;
        user.sign_in_preferences.system_preferred != Some(false)
            && policy.is_on(true, &self.targets_of(user.id))
    }

    /// What it would choose, as far as the report has a word for it.
    pub fn system_preferred_factor(&self, user: &User) -> Option<SecondFactor> {
        let ids = self.targets_of(user.id);
        let allows = |name| self.authentication_methods.allows(name, &ids);
        let usable = |factor: &SecondFactor| {
            let mut methods = user.methods.iter();
            methods.any(|method| {
                factor.is_of(&method.kind)
                    && match factor {
                        SecondFactor::Sms => allows(MethodName::Sms),
                        SecondFactor::VoiceMobile
                        | SecondFactor::VoiceAlternateMobile
                        | SecondFactor::VoiceOffice => allows(MethodName::Voice),
                        SecondFactor::Push | SecondFactor::Oath => {
                            MethodName::of(&method.kind).is_some_and(allows)
                        }
                    }
            })
        };
        BY_STRENGTH
            .into_iter()
            .find(usable)
            .filter(|_| self.system_chooses_factor(user))
    }
}

#[cfg(test)]
mod tests;
