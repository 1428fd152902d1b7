//! Users: members, guests, and the credentials they hold.

use std::sync::{Arc, LazyLock};

use super::profile::Profile;
use crate::credential::method::{AuthenticationMethod, MethodKind};
use crate::credential::secondary::SignInPreferences;
use crate::directory::epoch::Epoch;
use crate::enforcement::facts::Risk;
use crate::id::{ObjectId, TenantId};
use crate::time::Timestamp;

/// A person's account, or a user account that a script uses. A directory has many: what few of them have is in `profile`.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub id: ObjectId,
    /// The part of the user principal name before `@`.
    pub local_part: Arc<str>,
    /// Index into the tenant's domains: the part after `@`. A fork changes a domain once, not in every user.
    pub domain: u16,
    pub display_name: Arc<str>,
    pub given_name: Option<Arc<str>>,
    pub surname: Option<Arc<str>>,
    pub job_title: Option<Arc<str>>,
    pub department: Option<Arc<str>>,
    pub mail: Mail,
    pub account_enabled: bool,
    pub user_type: UserType,
    pub created: Timestamp,
    pub password: Option<Box<Password>>,
    /// The registered methods beside the password.
    pub methods: Vec<AuthenticationMethod>,
    pub sign_in_preferences: SignInPreferences,
    pub per_user_mfa: PerUserMfa,
    /// Sign-ins of an earlier epoch are void, with all codes, refresh tokens and cookies that follow from them
    /// (`signInSessionsValidFromDateTime`).
    pub sessions: Epoch,
    /// Access tokens of an earlier epoch are void where access is evaluated continuously.
    pub tokens: Epoch,
    /// Where a guest's account really lives.
    pub home: Option<Box<Home>>,
    /// `riskLevel` of the user, set from outside.
    pub risk: Risk,
    /// How risky the user's next sign-ins look, set from outside.
    pub sign_in_risk: Risk,
    /// The registration campaign was put off.
    pub snooze: Option<Box<Snooze>>,
    profile: Option<Box<Profile>>,
}

/// How often the registration campaign was put off, and until when it keeps quiet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Snooze {
    pub until: Timestamp,
    pub times: u32,
}

/// A guest's home account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Home {
    pub tenant: TenantId,
    pub object_id: ObjectId,
    /// The name the guest signs in with.
    pub principal_name: String,
    /// The home tenant says that a second factor was passed there; set from outside.
    pub multifactor: bool,
}

/// The contact address.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Mail {
    #[default]
    None,
    /// The same as the principal name, whatever that becomes.
    PrincipalName,
    Other(Arc<str>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserType {
    Member,
    Guest,
}

/// A password, in clear: this is a simulator, and its accounts are handed out on the terminal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Password {
    pub value: Arc<str>,
    pub set: Timestamp,
    /// A temporary password: it must be changed at the next interactive sign-in.
    pub must_change: bool,
}

/// The legacy per-user setting, `perUserMfaState` in Graph.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PerUserMfa {
    #[default]
    Disabled,
    Enabled,
    Enforced,
}

impl User {
    /// An enabled member with a name and nothing else.
    pub fn new(id: ObjectId, local_part: &str, display_name: &str, created: Timestamp) -> Self {
        Self {
            id,
            local_part: local_part.into(),
            domain: 0,
            display_name: display_name.into(),
            given_name: None,
            surname: None,
            job_title: None,
            department: None,
            mail: Mail::None,
            account_enabled: true,
            user_type: UserType::Member,
            created,
            password: None,
            methods: Vec::new(),
            sign_in_preferences: SignInPreferences::default(),
            per_user_mfa: PerUserMfa::default(),
            sessions: Epoch::first(created),
            tokens: Epoch::first(created),
            home: None,
            risk: Risk::None,
            sign_in_risk: Risk::None,
            snooze: None,
            profile: None,
        }
    }

    /// The mail alias.
    pub fn mail_nickname(&self) -> &str {
        let explicit = self.profile().mail_nickname.as_deref();
        explicit.unwrap_or(&self.local_part)
    }

    /// The rarer properties.
    pub fn profile(&self) -> &Profile {
        static EMPTY: LazyLock<Profile> = LazyLock::new(Profile::default);
        match &self.profile {
            Some(profile) => profile,
            None => &EMPTY,
        }
    }

    /// The rarer properties, to be changed.
    pub fn profile_mut(&mut self) -> &mut Profile {
        self.profile.get_or_insert_default()
    }

    /// Voids everything that was signed in before.
    pub fn revoke_sessions(&mut self, now: Timestamp) {
        self.sessions.advance(now);
        self.tokens.advance(now);
    }

    /// A new password ends what was signed in with the old one.
    pub fn set_password(&mut self, password: Password, now: Timestamp) {
        self.password = Some(Box::new(password));
        self.revoke_sessions(now);
    }

    /// A disabled account comes back without what it had signed in.
    pub fn set_enabled(&mut self, enabled: bool, now: Timestamp) {
        if self.account_enabled && !enabled {
            self.revoke_sessions(now);
        }
        self.account_enabled = enabled;
    }

    /// A user who has become risky has to come back for new access tokens (MicrosoftDocs/entra-docs
    /// concept-continuous-access-evaluation.md, critical events); what they may then get, policies say.
    pub fn set_risk(&mut self, risk: Risk, now: Timestamp) {
        if risk == Risk::High && self.risk != Risk::High {
            self.tokens.advance(now);
        }
        self.risk = risk;
    }

    /// So has one for whom multifactor authentication was turned on (the same page).
    pub fn set_per_user_mfa(&mut self, state: PerUserMfa, now: Timestamp) {
        if self.per_user_mfa == PerUserMfa::Disabled && state != PerUserMfa::Disabled {
            self.tokens.advance(now);
        }
        self.per_user_mfa = state;
    }

    /// Adds a method that the person has registered. The first second factor turns `enabled` into `enforced`
    /// (MicrosoftDocs/entra-docs howto-mfa-userstates.md).
    pub fn register(&mut self, method: AuthenticationMethod) {
        let strong = !matches!(
            method.kind,
            MethodKind::Email { .. }
                | MethodKind::TemporaryAccessPass(_)
                | MethodKind::QrCodePin(_)
        );
        if strong && self.per_user_mfa == PerUserMfa::Enabled {
            self.per_user_mfa = PerUserMfa::Enforced;
        }
        self.methods.push(method);
    }
}
