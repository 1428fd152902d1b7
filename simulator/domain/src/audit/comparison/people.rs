//! Users: their accounts, passwords, sessions, licences and authentication methods.

use std::sync::Arc;

use super::super::activity::{self, Activity};
use super::super::{Change, Named, State};
use super::Comparison;
use crate::credential::method::{AuthenticationMethod, MethodKind, PhoneKind};
use crate::credential::secondary::{SecondFactor, SignInPreferences};
use crate::directory::object::{Object, ObjectRef};
use crate::directory::user::{PerUserMfa, User};
use crate::enforcement::facts::Risk;

/// What the log calls a kind of method (public recordings have it for phones, apps and passes; the others are assumed).
fn method_name(kind: &MethodKind) -> &'static str {
    match kind {
        MethodKind::MicrosoftAuthenticator(_) => "Authenticator app",
        MethodKind::SoftwareOath(_) => "Authenticator app with code",
        MethodKind::HardwareOath(_) => "hardware OATH token",
        MethodKind::Phone(phone) => match phone.kind {
            PhoneKind::Mobile => "mobile phone",
            PhoneKind::AlternateMobile => "alternate mobile phone",
            PhoneKind::Office => "office phone",
        },
        MethodKind::Passkey(_) => "passkey",
        MethodKind::TemporaryAccessPass(_) => "temporary access pass",
        MethodKind::Email { .. } => "email",
        MethodKind::WindowsHello(_) => "Windows Hello for Business",
        MethodKind::PlatformCredential(_) => "platform credential",
        MethodKind::External(_) => "external authentication method",
        MethodKind::QrCodePin(_) => "QR code",
    }
}

impl PerUserMfa {
    fn word(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Enforced => "enforced",
        }
    }
}

impl Comparison<'_> {
    pub(super) fn people(&self) {
        for (old, new) in self.before.users.changed(&self.after.users) {
            match (old, new) {
                (Some(old), Some(new)) => self.person(old, new),
                (old, new) => {
                    self.came_or_went(old.or(new).cloned().map(Object::User));
                    if let Some(new) = new.filter(|_| old.is_none()) {
                        self.methods_of_the_new(new);
                    }
                }
            }
        }
        self.challenges();
    }

    /// What passkeys are to be registered with.
    fn challenges(&self) {
        let (before, after) = (&self.before.authentication, &self.after.authentication);
        for user in after.challenged_since(before) {
            let targets = vec![self.target_of(user)];
            let change = Change::Named(Vec::new());
            self.enter(&activity::GET_PASSKEY_OPTIONS, targets, change);
        }
    }

    /// A user who is made with methods; one who is restored has them from before.
    fn methods_of_the_new(&self, user: &Arc<User>) {
        if self.before.deleted.kept(user.id).is_none() {
            for method in &user.methods {
                self.method(user, None, Some(method));
            }
        }
    }

    fn person(&self, old: &Arc<User>, new: &Arc<User>) {
        let object = |user: &Arc<User>| Object::User(Arc::clone(user));
        let (was, is) = (old.profile(), new.profile());
        if was.licences != is.licences {
            self.update(&activity::CHANGE_LICENSE, object(old), object(new));
        }
        // All that has entries of its own, or none: what is left over is a change of the account.
        let mut rest = User::clone(old);
        rest.password.clone_from(&new.password);
        rest.methods.clone_from(&new.methods);
        rest.sign_in_preferences = new.sign_in_preferences;
        rest.per_user_mfa = new.per_user_mfa;
        rest.sessions = new.sessions;
        rest.tokens = new.tokens;
        rest.risk = new.risk;
        rest.sign_in_risk = new.sign_in_risk;
        rest.snooze.clone_from(&new.snooze);
        if was.licences != is.licences {
            rest.profile_mut().licences.clone_from(&is.licences);
        }
        if rest != **new {
            self.update(&activity::UPDATE_USER, object(old), object(new));
        }
        if old.account_enabled != new.account_enabled {
            let activity = if new.account_enabled {
                &activity::ENABLE_ACCOUNT
            } else {
                &activity::DISABLE_ACCOUNT
            };
            self.update(activity, object(old), object(new));
        }
        if old.password != new.password {
            self.password(new);
        }
        if old.sessions != new.sessions {
            self.update(&activity::REVOKE_TOKENS, object(old), object(new));
        }
        // A secure change of the own password ends the risk, too; that is told as what it is.
        if old.risk != new.risk && !self.is_own(new.id) {
            let activity = if new.risk == Risk::High {
                &activity::CONFIRM_COMPROMISED
            } else {
                &activity::CONFIRM_SAFE
            };
            self.about(activity, new, Vec::new());
        }
        if old.per_user_mfa != new.per_user_mfa {
            let (was, is) = (old.per_user_mfa.word(), new.per_user_mfa.word());
            let change = Named::new("PerUserMfaState", Some(was), Some(is));
            self.about(&activity::UPDATE_PER_USER_MFA, new, vec![change]);
        }
        if old.sign_in_preferences != new.sign_in_preferences {
            self.preferences(old, new);
        }
        self.methods(old, new);
    }

    /// An entry about a user, with these properties.
    fn about(&self, activity: &'static Activity, user: &User, named: Vec<Named>) {
        let targets = vec![self.target(ObjectRef::User(user))];
        self.enter(activity, targets, Change::Named(named));
    }

    fn password(&self, user: &User) {
        let (before, after) = (&self.before.authentication, &self.after.authentication);
        let activity = if after.resets_since(before, user.id) {
            &activity::RESET_PASSWORD_BY_ADMIN
        } else if self.is_own(user.id) {
            &activity::CHANGE_PASSWORD
        } else {
            &activity::RESET_PASSWORD
        };
        self.about(activity, user, Vec::new());
    }

    fn preferences(&self, old: &User, new: &User) {
        let (was, is) = (old.sign_in_preferences, new.sign_in_preferences);
        let factor = |choice: SignInPreferences| choice.second_factor.map(SecondFactor::word);
        let system = |choice: SignInPreferences| {
            choice
                .system_preferred
                .map(|on| if on { "true" } else { "false" })
        };
        let rows = [
            (
                "UserPreferredMethodForSecondaryAuthentication",
                factor(was),
                factor(is),
            ),
            (
                "IsSystemPreferredAuthenticationMethodEnabled",
                system(was),
                system(is),
            ),
        ];
        let named = rows
            .into_iter()
            .filter(|(_, was, is)| was != is)
            .map(|(name, was, is)| Named::new(name, was, is))
            .collect();
        let activity = if self.is_own(new.id) {
            &activity::USER_CHANGED_DEFAULT
        } else {
            &activity::ADMIN_UPDATED
        };
        self.about(activity, new, named);
    }

    fn methods(&self, old: &Arc<User>, new: &Arc<User>) {
        if old.methods == new.methods {
            return;
        }
        let find = |user: &'_ Arc<User>, method: &AuthenticationMethod| -> Option<usize> {
            user.methods.iter().position(|known| known.id == method.id)
        };
        for gone in &old.methods {
            match find(new, gone).and_then(|at| new.methods.get(at)) {
                None => self.method(new, Some(gone), None),
                Some(now) if now != gone => self.method(new, Some(gone), Some(now)),
                Some(_) => {}
            }
        }
        for method in &new.methods {
            if find(old, method).is_none() {
                self.method(new, None, Some(method));
            }
        }
    }

    fn method(
        &self,
        user: &Arc<User>,
        old: Option<&AuthenticationMethod>,
        new: Option<&AuthenticationMethod>,
    ) {
        let own = self.is_own(user.id);
        let (who, whom) = if own {
            ("User", "")
        } else {
            ("Admin", " for user")
        };
        let (activity, what) = match (old.is_some(), new.is_some(), own) {
            (false, _, false) => (&activity::ADMIN_REGISTERED, "registered"),
            (false, _, true) => (&activity::USER_REGISTERED, "registered"),
            (true, true, false) => (&activity::ADMIN_UPDATED, "updated"),
            (true, true, true) => (&activity::USER_UPDATED, "updated"),
            (true, false, false) => (&activity::ADMIN_DELETED, "deleted"),
            (true, false, true) => (&activity::USER_DELETED, "deleted"),
        };
        let Some(name) = new.or(old).map(|method| method_name(&method.kind)) else {
            return;
        };
        let reason = format!("{who} {what} {name} method{whom}");
        let state = |method: &AuthenticationMethod| State::Method(user.id, method.clone());
        let change = Change::states(old.map(state), new.map(state));
        let targets = vec![self.target(ObjectRef::User(user))];
        let initiator = &self.occasion.initiator;
        self.enter_by(initiator, activity, &reason, targets, change);
    }
}
