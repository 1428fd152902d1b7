//! Every method that a user can have under every state of the authentication methods policy, and every policy of resets.

use core::time::Duration;
use std::sync::Arc;

use uuid::Uuid;

use super::*;
use crate::credential::hardware_oath::HardwareOath;
use crate::credential::method::{
    AuthenticationMethod, Authenticator, DeviceKey, ExternalMethod, KeyStrength, Passkey, Phone,
    Platform, TemporaryAccessPass,
};
use crate::credential::one_time_code::Oath;
use crate::credential::qr_code_pin::QrCodePin;
use crate::directory::domain::Domain;
use crate::directory::group::Group;
use crate::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use crate::enforcement::phase::Enforcement;
use crate::policy::authentication_methods::{Audience, ExternalConfiguration, MethodConfiguration};
use crate::policy::passkey::KeyRestrictions;
use crate::seed::{SeedOptions, contoso};
use crate::tenant::changes::Note;
use crate::tenant::relations::Relation;
use crate::time::{Clock, Timestamp};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
const THEIRS: ObjectId = ObjectId::from_u128(0xa);
const OTHER: ObjectId = ObjectId::from_u128(0xb);
const PROVIDER: Uuid = Uuid::from_u128(0xc);

/// A tenant where bob is in the group `THEIRS` and not in `OTHER`.
fn tenant() -> Tenant {
    let mut tenant = contoso(&SeedOptions {
        number: 0,
        display_name: "Contoso".to_owned(),
        users: 0,
        clock: Clock::Manual { now: NOW },
        enforcement: Enforcement::default(),
        security_defaults: false,
        deploy_certificate: Vec::new(),
        workload_issuer: "https://workload.example".to_owned(),
        workload_issuer_keys: "{}".to_owned(),
    });
    let bob = bob(&tenant).id;
    let note = Note::by_service(NOW);
    for id in [THEIRS, OTHER] {
        let group = Group::new(id, format!("Group {id}"), format!("group-{id}"), NOW);
        tenant.put_group(group, &note).unwrap();
    }
    tenant.link(Relation::Member, THEIRS, bob, &note).unwrap();
    tenant
}

fn bob(tenant: &Tenant) -> Arc<User> {
    Arc::clone(tenant.users.by_local_part("bob", 0).unwrap())
}

fn with(tenant: &Tenant, kinds: &[MethodKind]) -> User {
    let mut user = User::clone(&bob(tenant));
    user.methods = kinds
        .iter()
        .zip(1..)
        .map(|(kind, id)| AuthenticationMethod {
            id: Uuid::from_u128(id),
            registered: NOW,
            kind: kind.clone(),
        })
        .collect();
    user
}

fn phone(kind: PhoneKind) -> MethodKind {
    MethodKind::Phone(Phone {
        number: "+1 5555550100".to_owned(),
        kind,
        sms_sign_in: false,
    })
}

fn passkey(aaguid: Option<u128>) -> MethodKind {
    MethodKind::Passkey(Passkey {
        display_name: "key".to_owned(),
        credential_id: Arc::from([1_u8].as_slice()),
        aaguid: aaguid.map(Uuid::from_u128),
        key: None,
    })
}

fn app(phone_sign_in: bool) -> MethodKind {
    MethodKind::MicrosoftAuthenticator(Authenticator {
        display_name: "phone".to_owned(),
        phone_sign_in,
        oath: None,
    })
}

fn device_key() -> DeviceKey {
    DeviceKey {
        display_name: "device".into(),
        strength: KeyStrength::Normal,
        platform: Platform::Unknown,
        device: None,
    }
}

/// What switches a method.
#[derive(Clone, Copy)]
enum Switch {
    Method(MethodName),
    External,
    /// No policy does.
    Nothing,
}

/// A method, its name in the report, what switches it, and whether it is strong and passwordless.
fn methods() -> Vec<(MethodKind, &'static str, Switch, bool, bool)> {
    use Switch::{External, Method, Nothing};
    let pass = TemporaryAccessPass {
        value: "pass".into(),
        start: NOW,
        lifetime: Duration::from_secs(3600),
        once: true,
        used: None,
    };
    let token = HardwareOath {
        serial_number: "1".to_owned(),
        oath: Some(Oath::new([1].as_slice())),
    };
    let codes = MethodKind::SoftwareOath(Oath::new([1].as_slice()));
    let external = ExternalMethod {
        configuration: PROVIDER,
        display_name: "other".to_owned(),
    };
    let address = "bob@example.org".to_owned();
    let code = QrCodePin {
        standard: None,
        temporary: None,
        pin: None,
    };
    let authenticator = Method(MethodName::MicrosoftAuthenticator);
    let voice = Method(MethodName::Voice);
    let fido2 = Method(MethodName::Fido2);
    let android = 0xde1e_552d_db1d_4423_a619_566b_625c_dc84;
    let windows = 0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96;
    vec![
        (
            app(false),
            "microsoftAuthenticatorPush",
            authenticator,
            true,
            false,
        ),
        (
            app(true),
            "microsoftAuthenticatorPasswordless",
            authenticator,
            true,
            true,
        ),
        (
            codes,
            "softwareOneTimePasscode",
            Method(MethodName::SoftwareOath),
            true,
            false,
        ),
        (
            MethodKind::HardwareOath(token),
            "hardwareOneTimePasscode",
            Method(MethodName::HardwareOath),
            true,
            false,
        ),
        (
            phone(PhoneKind::Mobile),
            "mobilePhone",
            Method(MethodName::Sms),
            true,
            false,
        ),
        (
            phone(PhoneKind::AlternateMobile),
            "alternateMobilePhone",
            voice,
            true,
            false,
        ),
        (phone(PhoneKind::Office), "officePhone", voice, true, false),
        (passkey(Some(1)), "passKeyDeviceBound", fido2, true, true),
        (passkey(None), "passKeyDeviceBound", fido2, true, true),
        (
            passkey(Some(android)),
            "passKeyDeviceBoundAuthenticator",
            fido2,
            true,
            true,
        ),
        (
            passkey(Some(windows)),
            "passKeyDeviceBoundWindowsHello",
            fido2,
            true,
            true,
        ),
        (
            MethodKind::WindowsHello(device_key()),
            "windowsHelloForBusiness",
            Nothing,
            true,
            true,
        ),
        (
            MethodKind::PlatformCredential(device_key()),
            "macOsSecureEnclaveKey",
            Nothing,
            true,
            true,
        ),
        (
            MethodKind::TemporaryAccessPass(pass),
            "temporaryAccessPass",
            Method(MethodName::TemporaryAccessPass),
            false,
            false,
        ),
        (
            MethodKind::Email { address },
            "email",
            Method(MethodName::Email),
            false,
            false,
        ),
        (
            MethodKind::QrCodePin(Box::new(code)),
            "qrCode",
            Method(MethodName::QrCodePin),
            false,
            false,
        ),
        (
            MethodKind::External(external),
            "externalAuthMethod",
            External,
            true,
            false,
        ),
    ]
}

/// The states of the policy that the facts tell apart, and whether bob may then use the method.
fn policies() -> Vec<(&'static str, MethodConfiguration, bool)> {
    let on = MethodConfiguration {
        enabled: true,
        ..MethodConfiguration::default()
    };
    let for_groups = |include: Option<ObjectId>, exclude: Option<ObjectId>| MethodConfiguration {
        include: include.map(|id| vec![id]),
        exclude: exclude.into_iter().collect(),
        ..on.clone()
    };
    let off = MethodConfiguration {
        enabled: false,
        ..for_groups(Some(THEIRS), None)
    };
    vec![
        ("on", on.clone(), true),
        ("off", off, false),
        ("for bob's group", for_groups(Some(THEIRS), None), true),
        ("for another group", for_groups(Some(OTHER), None), false),
        ("without bob's group", for_groups(None, Some(THEIRS)), false),
        ("without another group", for_groups(None, Some(OTHER)), true),
        (
            "for bob's group without bob's group",
            for_groups(Some(THEIRS), Some(THEIRS)),
            false,
        ),
    ]
}

fn switch(tenant: &mut Tenant, switch: Switch, configuration: MethodConfiguration) {
    let policy = &mut tenant.authentication_methods;
    match switch {
        Switch::Method(name) => {
            policy.methods.insert(name, configuration);
        }
        Switch::External => {
            let configuration = ExternalConfiguration {
                display_name: "other".to_owned(),
                targets: configuration,
            };
            policy.external.insert(PROVIDER, configuration);
        }
        Switch::Nothing => {}
    }
}

#[test]
fn a_method_counts_where_the_policy_lets_its_owner_use_it() {
    for (kind, name, by, multifactor, passwordless) in methods() {
        for (words, configuration, lets) in policies() {
            let mut tenant = tenant();
            switch(&mut tenant, by, configuration);
            let allowed = lets || matches!(by, Switch::Nothing);
            let user = with(&tenant, core::slice::from_ref(&kind));
            let state = tenant.registration_of(&user);
            assert!(
                state.methods.contains(&name),
                "{name} is {:?}",
                state.methods
            );
            assert_eq!(
                [
                    state.is_mfa_registered(),
                    state.is_mfa_capable(),
                    state.is_passwordless_capable()
                ],
                [multifactor, multifactor && allowed, passwordless && allowed],
                "{name}, policy {words}"
            );
        }
    }
}

#[test]
fn a_mobile_phone_is_allowed_by_texts_or_by_calls() {
    for (texts, calls) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut tenant = tenant();
        tenant.authentication_methods.set(MethodName::Sms, texts);
        tenant.authentication_methods.set(MethodName::Voice, calls);
        let user = with(&tenant, &[phone(PhoneKind::Mobile)]);
        assert_eq!(
            tenant.registration_of(&user).is_mfa_capable(),
            texts || calls,
            "texts {texts}, calls {calls}"
        );
    }
}

#[test]
fn a_passkey_of_a_model_that_is_not_allowed_is_registered_and_no_more() {
    let mut tenant = tenant();
    tenant.authentication_methods.passkeys.tenant_wide.models = KeyRestrictions {
        enforced: true,
        allow: false,
        models: vec![Uuid::from_u128(1)],
    };
    let state = tenant.registration_of(&with(&tenant, &[passkey(Some(1))]));
    assert!(state.is_mfa_registered() && !state.is_mfa_capable());
    let state = tenant.registration_of(&with(&tenant, &[passkey(Some(2))]));
    assert!(state.is_mfa_capable() && state.is_passwordless_capable());
}

#[test]
fn a_token_that_is_only_assigned_is_not_registered() {
    let tenant = tenant();
    let token = MethodKind::HardwareOath(HardwareOath {
        serial_number: "1".to_owned(),
        oath: None,
    });
    let state = tenant.registration_of(&with(&tenant, &[token]));
    assert!(state.methods.is_empty());
}

#[test]
fn a_reset_is_for_those_whom_the_policy_means() {
    let only = |id| Audience {
        include: Some(vec![id]),
        exclude: Vec::new(),
    };
    let audiences = [
        ("nobody", Audience::nobody(), false),
        ("everybody", Audience::default(), true),
        ("bob's group", only(THEIRS), true),
        ("another group", only(OTHER), false),
        (
            "everybody but bob's group",
            Audience {
                include: None,
                exclude: vec![THEIRS],
            },
            false,
        ),
    ];
    let email = MethodKind::Email {
        address: "bob@example.org".to_owned(),
    };
    for (words, audience, meant) in audiences {
        for required in [1, 2] {
            for methods in [
                &[][..],
                &[email.clone()][..],
                &[email.clone(), phone(PhoneKind::Mobile)][..],
                &[email.clone(), email.clone()][..],
            ] {
                // What the policy of methods says does not matter.
                for on in [true, false] {
                    let mut tenant = tenant();
                    tenant.password_reset.audience = audience.clone();
                    tenant.password_reset.methods_required = required;
                    tenant.authentication_methods.set(MethodName::Email, on);
                    tenant.authentication_methods.set(MethodName::Sms, on);
                    let state = tenant.registration_of(&with(&tenant, methods));
                    let different = match methods.len() {
                        2 if matches!(methods[1], MethodKind::Email { .. }) => 1,
                        length => length,
                    };
                    let registered = different >= required;
                    assert_eq!(
                        [
                            state.is_sspr_enabled(),
                            state.is_sspr_registered(),
                            state.is_sspr_capable()
                        ],
                        [meant, registered, meant && registered],
                        "for {words}, {required} of {different}, methods {on}"
                    );
                }
            }
        }
    }
}

#[test]
fn administrators_have_a_policy_of_their_own() {
    let email = MethodKind::Email {
        address: "bob@example.org".to_owned(),
    };
    let mut tenant = tenant();
    let principal = bob(&tenant).id;
    tenant
        .role_assignments
        .insert(Arc::new(DirectoryRoleAssignment {
            id: Uuid::from_u128(1),
            principal,
            role: GLOBAL_ADMINISTRATOR,
            scope: RoleScope::Directory,
        }));
    let one = with(&tenant, core::slice::from_ref(&email));
    assert!(tenant.is_administrator(&one));
    // Without a domain of the tenant's own one method is enough, and the policy for others does not count.
    let state = tenant.registration_of(&one);
    assert_eq!(state.reset.access, ResetAccess::Administrator);
    assert!(state.is_sspr_capable());
    tenant.put_domain(Domain::new("contoso.example", true));
    assert!(!tenant.registration_of(&one).is_sspr_registered());
    let two = with(&tenant, &[email, app(false)]);
    assert!(tenant.registration_of(&two).is_sspr_capable());
    tenant.password_reset.audience = Audience::default();
    tenant
        .authorization_policy
        .set("allowedToUseSSPR", false.into());
    let state = tenant.registration_of(&two);
    assert_eq!(state.reset.access, ResetAccess::AdministratorsOff);
    assert!(state.is_sspr_registered() && !state.is_sspr_capable());
}

#[test]
fn the_system_prefers_the_strongest_method_that_is_allowed() {
    let mut tenant = tenant();
    let user = with(&tenant, &[phone(PhoneKind::Mobile), app(false)]);
    let preferred = |tenant: &Tenant| tenant.system_preferred_factor(&user);
    assert_eq!(preferred(&tenant), Some(SecondFactor::Push));
    let authenticator = MethodName::MicrosoftAuthenticator;
    tenant.authentication_methods.set(authenticator, false);
    assert_eq!(preferred(&tenant), Some(SecondFactor::Sms));
    tenant.authentication_methods.set(MethodName::Voice, true);
    tenant.authentication_methods.set(MethodName::Sms, false);
    assert_eq!(preferred(&tenant), Some(SecondFactor::VoiceMobile));
    tenant.authentication_methods.set(MethodName::Voice, false);
    assert_eq!(preferred(&tenant), None);
    tenant.authentication_methods.set(authenticator, true);
    let mut own = user.clone();
    own.sign_in_preferences.system_preferred = Some(false);
    assert_eq!(tenant.system_preferred_factor(&own), None);
}
