//! The `userRegistrationDetails` entity type: a user as the registration report sees them. What the columns mean, the domain
//! says (`credential/registration.rs`).

use std::borrow::Cow;

use entrasim_domain::credential::registration::RegistrationState;
use entrasim_domain::credential::secondary::SecondFactor;
use entrasim_domain::directory::user::{User, UserType};
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::user::USER;
use super::{Address, EntityType, Kind, Operators, Property, Sortable, Version};

type P = Property<User>;

pub(in crate::surface::graph) static USER_REGISTRATION_DETAILS: EntityType<User> = EntityType {
    name: "userRegistrationDetails",
    set: "reports/authenticationMethods/userRegistrationDetails",
    class: "UserRegistrationDetails",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, after| (USER.rows)(tenant, after),
    size: USER.size,
    id: |user| Some(user.id),
    // By the id alone: a principal name is no key of the report.
    get: |tenant, key| tenant.users.get(key.parse().ok()?).map(|user| &**user),
};

/// The report was last updated: filled in when it is read.
pub(in crate::surface::graph) const UPDATED: &str = "lastUpdatedDateTime";

const NAMES: Operators = Operators::EQ.and(Operators::STARTS);

const fn column(name: &'static str, holds: fn(&RegistrationState) -> bool) -> Column {
    Column { name, holds }
}

/// A column of the report that is true or false.
pub(in crate::surface::graph) struct Column {
    pub(in crate::surface::graph) name: &'static str,
    pub(in crate::surface::graph) holds: fn(&RegistrationState) -> bool,
}

pub(in crate::surface::graph) const MFA_REGISTERED: Column =
    column("isMfaRegistered", RegistrationState::is_mfa_registered);
pub(in crate::surface::graph) const MFA_CAPABLE: Column =
    column("isMfaCapable", RegistrationState::is_mfa_capable);
pub(in crate::surface::graph) const PASSWORDLESS_CAPABLE: Column = column(
    "isPasswordlessCapable",
    RegistrationState::is_passwordless_capable,
);
pub(in crate::surface::graph) const SSPR_REGISTERED: Column =
    column("isSsprRegistered", RegistrationState::is_sspr_registered);
pub(in crate::surface::graph) const SSPR_ENABLED: Column =
    column("isSsprEnabled", RegistrationState::is_sspr_enabled);
pub(in crate::surface::graph) const SSPR_CAPABLE: Column =
    column("isSsprCapable", RegistrationState::is_sspr_capable);

const PROPERTIES: &[P] = &[
    P::text("id", |_, user| Some(Cow::Owned(user.id.to_string()))).operators(Operators::EQ),
    P::address("userPrincipalName", |tenant, user| {
        Some(Address::of_parts(tenant.principal_name_parts(user)))
    })
    .operators(NAMES)
    .sort(Sortable::Yes),
    P::text("userDisplayName", |_, user| {
        Some(Cow::Borrowed(&*user.display_name))
    })
    .operators(NAMES)
    .sort(Sortable::Yes),
    P::text("userType", |_, user| {
        Some(Cow::Borrowed(user_type(user.user_type)))
    })
    .operators(Operators::EQ),
    P::boolean("isAdmin", |tenant, user| {
        Some(tenant.is_administrator(user))
    })
    .operators(Operators::EQ),
    P::boolean(SSPR_REGISTERED.name, |tenant, user| {
        Some((SSPR_REGISTERED.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::boolean(SSPR_ENABLED.name, |tenant, user| {
        Some((SSPR_ENABLED.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::boolean(SSPR_CAPABLE.name, |tenant, user| {
        Some((SSPR_CAPABLE.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::boolean(MFA_REGISTERED.name, |tenant, user| {
        Some((MFA_REGISTERED.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::boolean(MFA_CAPABLE.name, |tenant, user| {
        Some((MFA_CAPABLE.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::boolean(PASSWORDLESS_CAPABLE.name, |tenant, user| {
        Some((PASSWORDLESS_CAPABLE.holds)(&tenant.registration_of(user)))
    })
    .operators(Operators::EQ),
    P::texts("methodsRegistered", |tenant, user| {
        let methods = tenant.registration_of(user).methods;
        methods.into_iter().map(Cow::Borrowed).collect()
    })
    .operators(Operators::EQ),
    P::boolean(
        "isSystemPreferredAuthenticationMethodEnabled",
        |tenant, user| Some(tenant.system_chooses_factor(user)),
    )
    .operators(Operators::EQ),
    P::texts("systemPreferredAuthenticationMethods", |tenant, user| {
        let factor = tenant.system_preferred_factor(user);
        let word = factor.map(|factor| Cow::Borrowed(factor.word()));
        word.into_iter().collect()
    })
    .operators(Operators::EQ),
    P::text(
        "userPreferredMethodForSecondaryAuthentication",
        |_, user| {
            Some(Cow::Borrowed(
                default_factor(user).map_or("none", SecondFactor::word),
            ))
        },
    )
    .operators(Operators::EQ),
    P::new("defaultMfaMethod", Kind::Text, |_: &Tenant, user: &User| {
        default_factor(user).map_or(json!("none"), default_method)
    })
    .only(Version::Beta),
    P::new(UPDATED, Kind::Date, |_, _| Value::Null),
];

fn default_factor(user: &User) -> Option<SecondFactor> {
    let default = user.sign_in_preferences.default_of(&user.methods);
    default.map(|(factor, _)| factor)
}

/// `defaultMfaMethodType`
fn default_method(factor: SecondFactor) -> Value {
    json!(match factor {
        SecondFactor::Push => "microsoftAuthenticatorPush",
        SecondFactor::Oath => "softwareOneTimePasscode",
        SecondFactor::Sms | SecondFactor::VoiceMobile => "mobilePhone",
        SecondFactor::VoiceAlternateMobile => "alternateMobilePhone",
        SecondFactor::VoiceOffice => "officePhone",
    })
}

/// `signInUserType`
pub(in crate::surface::graph) fn user_type(kind: UserType) -> &'static str {
    match kind {
        UserType::Member => "member",
        UserType::Guest => "guest",
    }
}
