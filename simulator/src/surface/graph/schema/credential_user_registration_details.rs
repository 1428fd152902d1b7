//! The `credentialUserRegistrationDetails` entity type (beta): the registration report in the words of its predecessor.

use std::borrow::Cow;

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;

use super::user::USER;
use super::{Address, EntityType, Operators, Property};

type P = Property<User>;

pub(in crate::surface::graph) static CREDENTIAL_USER_REGISTRATION_DETAILS: EntityType<User> =
    EntityType {
        name: "credentialUserRegistrationDetails",
        set: "reports/credentialUserRegistrationDetails",
        class: "CredentialUserRegistrationDetails",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        rows: |tenant, after| (USER.rows)(tenant, after),
        size: USER.size,
        id: |user| Some(user.id),
        get: |tenant, key| tenant.users.get(key.parse().ok()?).map(|user| &**user),
    };

const NAMES: Operators = Operators::EQ.and(Operators::STARTS);

const PROPERTIES: &[P] = &[
    P::text("id", |_, user| Some(Cow::Owned(user.id.to_string()))),
    P::address("userPrincipalName", |tenant, user| {
        Some(Address::of_parts(tenant.principal_name_parts(user)))
    })
    .operators(NAMES),
    P::text("userDisplayName", |_, user| {
        Some(Cow::Borrowed(&*user.display_name))
    })
    .operators(NAMES),
    P::texts("authMethods", |tenant, user| {
        methods(tenant, user)
            .into_iter()
            .map(Cow::Borrowed)
            .collect()
    })
    .operators(Operators::EQ),
    P::boolean("isRegistered", |tenant, user| {
        Some(tenant.registration_of(user).is_sspr_registered())
    })
    .operators(Operators::EQ),
    P::boolean("isEnabled", |tenant, user| {
        Some(tenant.registration_of(user).is_sspr_enabled())
    })
    .operators(Operators::EQ),
    P::boolean("isCapable", |tenant, user| {
        Some(tenant.registration_of(user).is_sspr_capable())
    })
    .operators(Operators::EQ),
    P::boolean("isMfaRegistered", |tenant, user| {
        Some(tenant.registration_of(user).is_mfa_registered())
    })
    .operators(Operators::EQ),
];

/// `registrationAuthMethod`; what the predecessor has no word for it does not list.
fn methods(tenant: &Tenant, user: &User) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for method in tenant.registration_of(user).methods {
        let word = match method {
            "microsoftAuthenticatorPush" | "microsoftAuthenticatorPasswordless" => {
                "appNotification"
            }
            "softwareOneTimePasscode" | "hardwareOneTimePasscode" => "appCode",
            "passKeyDeviceBound"
            | "passKeyDeviceBoundAuthenticator"
            | "passKeyDeviceBoundWindowsHello" => "fido",
            "mobilePhone"
            | "alternateMobilePhone"
            | "officePhone"
            | "email"
            | "externalAuthMethod" => method,
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
