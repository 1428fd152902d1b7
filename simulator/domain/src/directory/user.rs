//! Users: members, guests, and the credentials they hold.

use std::sync::Arc;

use crate::credential::method::AuthenticationMethod;
use crate::enforcement::facts::Risk;
use crate::id::{ObjectId, TenantId};
use crate::time::Timestamp;

/// A person's account, or a user account that a script uses.
#[derive(Clone, Debug)]
pub struct User {
    pub id: ObjectId,
    /// The part of the user principal name before `@`.
    pub local_part: Box<str>,
    /// Index into the tenant's domains: the part after `@`. A fork changes a domain once, not in every user.
    pub domain: u16,
    /// The mail alias, where it differs from `local_part`.
    pub mail_nickname: Option<Box<str>>,
    pub display_name: Arc<str>,
    pub given_name: Option<Arc<str>>,
    pub surname: Option<Arc<str>>,
    pub job_title: Option<Arc<str>>,
    pub department: Option<Arc<str>>,
    pub office_location: Option<Arc<str>>,
    pub mobile_phone: Option<Arc<str>>,
    pub preferred_language: Option<Arc<str>>,
    pub mail: Mail,
    pub account_enabled: bool,
    pub user_type: UserType,
    pub created: Timestamp,
    pub password: Option<Password>,
    /// The registered methods beside the password.
    pub methods: Vec<AuthenticationMethod>,
    pub per_user_mfa: PerUserMfa,
    /// Refresh tokens and sessions from before this instant are void (`signInSessionsValidFromDateTime`).
    pub sessions_valid_from: Timestamp,
    /// Where a guest's account really lives.
    pub home: Option<Box<Home>>,
    /// `riskLevel` of the user, set from outside.
    pub risk: Risk,
    /// How risky the user's next sign-ins look, set from outside.
    pub sign_in_risk: Risk,
    /// The registration campaign was put off.
    pub snooze: Option<Snooze>,
}

/// How often the registration campaign was put off, and until when it keeps quiet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Snooze {
    pub until: Timestamp,
    pub times: u32,
}

/// A guest's home account.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
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
            mail_nickname: None,
            display_name: display_name.into(),
            given_name: None,
            surname: None,
            job_title: None,
            department: None,
            office_location: None,
            mobile_phone: None,
            preferred_language: None,
            mail: Mail::None,
            account_enabled: true,
            user_type: UserType::Member,
            created,
            password: None,
            methods: Vec::new(),
            per_user_mfa: PerUserMfa::default(),
            sessions_valid_from: created,
            home: None,
            risk: Risk::None,
            sign_in_risk: Risk::None,
            snooze: None,
        }
    }

    /// The mail alias.
    pub fn mail_nickname(&self) -> &str {
        self.mail_nickname.as_deref().unwrap_or(&self.local_part)
    }
}
