//! What policies make of a sign-in on the pages: the order of what is asked, what is asked again, and registering.

use core::time::Duration;
use std::sync::Arc;

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER;
use entrasim_domain::credential::method::{MethodKind, TemporaryAccessPass};
use entrasim_domain::enforcement::{Risk, UserAction};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, GrantControl, GrantControls, Operator, SignInFrequency,
};
use entrasim_domain::sign_in::phone::Reaction;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use uuid::Uuid;

use crate::sts::pages::{add_method, authorize_url, change_user, redeem};
use crate::support::{ARM_SCOPE, aadsts, account, claims, json as body, password_token, text};

fn write(bench: &Bench, change: impl FnOnce(&mut Tenant)) {
    bench
        .tenant
        .write(|tenant| {
            change(tenant);
            Ok::<(), ()>(())
        })
        .unwrap();
}

/// Everybody and Azure management; the controls have to be met all.
fn put(
    bench: &Bench,
    number: u128,
    controls: &[GrantControl],
    change: impl FnOnce(&mut ConditionalAccessPolicy),
) {
    write(bench, |tenant| {
        let mut policy = ConditionalAccessPolicy::new(Uuid::from_u128(number), "P", tenant.created);
        policy.conditions.users.include.all = true;
        policy.conditions.applications.include = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)];
        policy.grant = (!controls.is_empty()).then(|| GrantControls {
            operator: Operator::And,
            controls: controls.to_vec(),
            ..GrantControls::default()
        });
        change(&mut policy);
        tenant
            .conditional_access
            .policies
            .insert(policy.id, Arc::new(policy));
    });
}

fn hourly(second_factor_only: bool) -> Option<SignInFrequency> {
    Some(SignInFrequency {
        every: Some(Duration::from_secs(3_600)),
        second_factor_only,
    })
}

fn on_registering(policy: &mut ConditionalAccessPolicy) {
    let applications = &mut policy.conditions.applications;
    applications.include.clear();
    applications.user_actions = vec![UserAction::RegisterSecurityInformation];
}

/// Whatever alice's phone is asked, she approves.
fn bench() -> Bench {
    let bench = Bench::at(AFTER_PHASE_2);
    write(&bench, |tenant| {
        let alice = tenant.users.by_local_part("alice", 0).unwrap().id;
        tenant.sign_in.reactions.insert(alice, Reaction::Approve);
    });
    bench
}

fn begin<'a>(bench: &'a Bench, user: &str) -> Browser<'a> {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser
}

fn approve(browser: &mut Browser<'_>) {
    assert_eq!(browser.page(), "ConvergedTFA");
    browser
        .submit(&[("mfaAuthMethod", "PhoneAppNotification")])
        .submit(&[]);
}

fn stay(browser: &mut Browser<'_>) {
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    browser.submit(&[("LoginOptions", "3")]);
}

fn pass(start: &str) -> MethodKind {
    MethodKind::TemporaryAccessPass(TemporaryAccessPass {
        value: "PASSPASS".into(),
        start: Timestamp::parse(start).unwrap(),
        lifetime: Duration::from_secs(3_600),
        once: false,
        used: None,
    })
}

#[test]
fn the_second_factor_is_asked_for_before_the_device_is_missed() {
    let bench = bench();
    put(
        &bench,
        1,
        &[GrantControl::CompliantDevice, GrantControl::Mfa],
        |_| (),
    );
    assert_eq!(aadsts(&password_token(&bench, "alice", ARM_SCOPE)), 50076);
    let mut browser = begin(&bench, "alice");
    approve(&mut browser);
    assert_eq!(browser.page(), "ConvergedError");
    assert!(browser.html.contains("53000"), "{}", browser.html);
}

#[test]
fn a_new_password_after_a_second_factor_ends_the_risk_and_the_code_is_good() {
    let bench = bench();
    change_user(&bench, "alice", |user| user.risk = Risk::High);
    put(
        &bench,
        1,
        &[GrantControl::PasswordChange, GrantControl::Mfa],
        |policy| {
            policy.conditions.applications.include = vec![ApplicationRef::All];
            policy.conditions.user_risk = vec![Risk::High];
        },
    );
    let (_, password) = account(&bench, "alice");
    let mut browser = begin(&bench, "alice");
    approve(&mut browser);
    assert_eq!(browser.page(), "ConvergedChangePassword");
    browser.submit(&[
        ("currentpasswd", &password),
        ("newpasswd", "New-passw0rd"),
        ("confirmnewpasswd", "New-passw0rd"),
    ]);
    stay(&mut browser);
    let tokens = redeem(&bench, &browser);
    assert!(tokens.get("access_token").is_some(), "{tokens}");
    let tenant = bench.tenant.read();
    assert_eq!(
        tenant.users.by_local_part("alice", 0).unwrap().risk,
        Risk::None
    );
}

#[test]
fn an_old_session_shows_the_password_again_and_then_the_second_factor_once() {
    let bench = bench();
    let mut browser = begin(&bench, "alice");
    stay(&mut browser);
    bench.set_clock("2025-10-02T14:00:00Z");
    put(&bench, 1, &[GrantControl::Mfa], |policy| {
        policy.session.sign_in_frequency = hourly(false);
    });
    browser.left = None;
    let (_, password) = account(&bench, "alice");
    browser.get(&authorize_url(""));
    assert_eq!(browser.page(), "ConvergedSignIn");
    browser.submit(&[("passwd", &password)]);
    approve(&mut browser);
    stay(&mut browser);
    let token = claims(text(&redeem(&bench, &browser), "access_token"));
    assert_eq!(token["amr"], serde_json::json!(["pwd", "mfa"]));
}

#[test]
fn a_frequency_of_the_second_factor_alone_stops_nobody_who_needs_none() {
    let bench = bench();
    put(&bench, 1, &[], |policy| {
        policy.session.sign_in_frequency = hourly(true);
    });
    let mut browser = begin(&bench, "alice");
    stay(&mut browser);
    assert!(redeem(&bench, &browser).get("access_token").is_some());
}

#[test]
fn a_frequency_of_the_second_factor_asks_for_that_and_not_for_the_password() {
    let bench = bench();
    put(&bench, 1, &[GrantControl::Mfa], |policy| {
        policy.session.sign_in_frequency = hourly(true);
    });
    let mut browser = begin(&bench, "alice");
    approve(&mut browser);
    stay(&mut browser);
    let tokens = redeem(&bench, &browser);
    bench.set_clock("2025-10-02T14:00:00Z");
    let refused = crate::support::token(
        &bench,
        &[
            ("client_id", crate::support::AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
            ("scope", ARM_SCOPE),
        ],
    );
    assert_eq!(aadsts(&refused), 50078);
    browser.left = None;
    browser.get(&authorize_url(""));
    approve(&mut browser);
    stay(&mut browser);
    assert!(redeem(&bench, &browser).get("access_token").is_some());
}

#[test]
fn who_cannot_show_what_registering_takes_cannot_register() {
    for control in [GrantControl::Mfa, GrantControl::CompliantDevice] {
        let bench = bench();
        put(&bench, 1, &[GrantControl::Mfa], |_| ());
        put(&bench, 2, &[control], on_registering);
        let browser = begin(&bench, "bob");
        assert_eq!(browser.page(), "ConvergedError");
        assert!(browser.html.contains("53010"), "{}", browser.html);
        let tenant = bench.tenant.read();
        assert!(
            tenant
                .users
                .by_local_part("bob", 0)
                .unwrap()
                .methods
                .is_empty()
        );
        assert!(
            tenant.sign_in.log.iter().any(|row| row.code == 53_010),
            "the log has a row"
        );
    }
}

#[test]
fn a_page_for_registering_from_before_a_policy_registers_nothing() {
    let bench = bench();
    put(&bench, 1, &[GrantControl::Mfa], |_| ());
    let mut browser = begin(&bench, "bob");
    assert_eq!(browser.page(), "ConvergedProofUpRedirect");
    browser.submit(&[]);
    assert!(browser.html.contains("Register a second factor"));
    put(&bench, 2, &[GrantControl::Block], on_registering);
    browser.submit_form(
        "value=\"phone\"",
        &[("method", "phone"), ("number", "+49 15100000001")],
    );
    assert!(browser.html.contains("AADSTS53010"), "{}", browser.html);
    assert!(bench.tenant.read().sign_in.messages.is_empty());
}

#[test]
fn methods_that_are_not_allowed_count_as_none() {
    let bench = bench();
    put(&bench, 1, &[GrantControl::Mfa], |_| ());
    write(&bench, |tenant| {
        for name in [MethodName::MicrosoftAuthenticator, MethodName::SoftwareOath] {
            tenant.authentication_methods.set(name, false);
        }
    });
    assert_eq!(aadsts(&password_token(&bench, "alice", ARM_SCOPE)), 50079);
    assert_eq!(begin(&bench, "alice").page(), "ConvergedProofUpRedirect");
}

#[test]
fn a_pass_counts_as_a_method_while_it_can_be_used() {
    for (start, code, page) in [
        ("2025-10-02T11:59:00Z", 50076, "ConvergedTFA"),
        ("2025-10-02T09:00:00Z", 50079, "ConvergedProofUpRedirect"),
        ("2025-10-02T13:00:00Z", 50079, "ConvergedProofUpRedirect"),
    ] {
        let bench = bench();
        write(&bench, |tenant| {
            tenant
                .authentication_methods
                .set(MethodName::TemporaryAccessPass, true);
        });
        add_method(&bench, "bob", pass(start));
        put(&bench, 1, &[GrantControl::Mfa], |_| ());
        assert_eq!(
            aadsts(&password_token(&bench, "bob", ARM_SCOPE)),
            code,
            "{start}"
        );
        let mut browser = begin(&bench, "bob");
        assert_eq!(browser.page(), page, "{start}");
        // A strength asks the same question.
        put(&bench, 1, &[], |policy| {
            policy.grant = Some(GrantControls {
                strength: Some(entrasim_domain::policy::authentication_strength::MFA),
                ..GrantControls::default()
            });
        });
        assert_eq!(
            aadsts(&password_token(&bench, "bob", ARM_SCOPE)),
            code,
            "{start}"
        );
        if code == 50076 {
            browser
                .submit(&[("mfaAuthMethod", "AccessPass")])
                .submit(&[("accesspass", "PASSPASS")]);
            stay(&mut browser);
        }
    }
}

#[test]
fn a_second_factor_passed_at_home_counts_where_it_is_trusted() {
    const GUEST: &str = "pat_fabrikam.example#EXT#";
    let bench = bench();
    put(&bench, 1, &[GrantControl::Mfa], |_| ());
    for (trusted, passed, granted) in [
        (false, true, false),
        (true, false, false),
        (true, true, true),
    ] {
        write(&bench, |tenant| {
            tenant.cross_tenant_access.trust.mfa = trusted;
        });
        change_user(&bench, GUEST, |user| {
            user.home.as_mut().unwrap().multifactor = passed;
        });
        let reply = password_token(&bench, GUEST, ARM_SCOPE);
        assert_eq!(
            reply.status == 200,
            granted,
            "{trusted} {passed}: {}",
            body(&reply)
        );
        if granted {
            let token = claims(text(&body(&reply), "access_token"));
            assert_eq!(token["amr"], serde_json::json!(["pwd", "mfa"]));
        }
    }
}

#[test]
fn a_policy_on_azure_management_meets_people_at_the_portal() {
    // Before Phase 1 the policy alone asks.
    let bench = Bench::at("2024-09-01T12:00:00Z");
    let portal = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id=c44b4083-3bb0-49c1-b47d-974e53cbdf3c\
        &response_type=code&redirect_uri=https%3A%2F%2Fportal.azure.com%2Fsignin%2Findex%2F&scope=openid%20profile&state=s&nonce=n";
    let (name, password) = account(&bench, "alice");
    let mut before = Browser::new(&bench);
    before.get(portal).sign_in(&name, &password);
    assert_eq!(before.page(), "KmsiInterrupt", "{}", before.html);
    put(&bench, 1, &[GrantControl::Mfa], |_| ());
    let mut browser = Browser::new(&bench);
    browser.get(portal).sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedTFA", "{}", browser.html);
}
