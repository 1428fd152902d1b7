//! A policy is changed, the next sign-in is another, and with the policy changed back it is as before.

use std::sync::Arc;

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::enforcement::facts::{Factor, Risk};
use entrasim_domain::sign_in::phone::{Prompt, PromptState};
use serde_json::{Value, json};

use super::{BETA, POLICY};
use super::{administrator, configuration, group, offered, page_after_password, target, typed};
use crate::control::ask;
use crate::graph::authentication::one_of_each;
use crate::graph::client::App;
use crate::sts::pages::{add_method, authorize_url, phone, security_defaults};
use crate::support::{account, text};
use crate::testing::browser::Browser;

fn set(app: &App, id: &str, kind: &str, change: Value) {
    app.write("PATCH", &configuration(id), &typed(kind, change), 204);
}

#[test]
fn a_method_that_is_switched_off_is_not_offered_until_it_is_on_again() {
    let app = administrator();
    security_defaults(&app.bench);
    let before = offered(&app, "alice");
    assert!(before.contains(&"PhoneAppNotification".to_owned()));
    let off = json!({"state": "disabled"});
    set(
        &app,
        "MicrosoftAuthenticator",
        "microsoftAuthenticator",
        off,
    );
    let without = offered(&app, "alice");
    assert!(!without.contains(&"PhoneAppNotification".to_owned()));
    assert_ne!(without, before);
    let on = json!({"state": "enabled"});
    set(&app, "MicrosoftAuthenticator", "microsoftAuthenticator", on);
    assert_eq!(offered(&app, "alice"), before);
}

#[test]
fn groups_and_people_are_let_in_and_kept_out() {
    let mut app = administrator();
    security_defaults(&app.bench);
    add_method(&app.bench, "bob", phone());
    let texted = |app: &App| offered(app, "bob").contains(&"OneWaySMS".to_owned());
    assert!(texted(&app));
    let group = group(&app);
    let only = json!({"includeTargets": [target(&group)]});
    let member = |app: &App| {
        let tenant = app.bench.tenant.read();
        let bob = tenant.users.by_local_part("bob", 0).unwrap().id;
        tenant
            .groups_of(bob)
            .iter()
            .any(|id| id.to_string() == group)
    };
    assert!(!member(&app), "the seed's first group is not bob's");
    set(&app, "Sms", "sms", only);
    assert!(!texted(&app));
    // As a member of the group he may.
    app.becomes("admin", "GroupMember.ReadWrite.All");
    let bob = app.id("bob");
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{bob}")});
    app.write(
        "POST",
        &format!("/groups/{group}/members/$ref"),
        &reference,
        204,
    );
    assert!(texted(&app));
    app.becomes("admin", super::SCOPE);
    let person = json!([{"targetType": "user", "id": bob}]);
    set(&app, "Sms", "sms", json!({"excludeTargets": person}));
    assert!(!texted(&app), "exclusion wins");
    set(&app, "Sms", "sms", json!({"excludeTargets": []}));
    assert!(texted(&app));
    set(&app, "Sms", "sms", json!({"includeTargets": []}));
    assert!(!texted(&app), "nobody is included");
    set(&app, "Sms", "sms", json!({"includeTargets": person}));
    assert!(texted(&app));
    app.write("DELETE", &configuration("Sms"), &Value::Null, 204);
    assert!(texted(&app));
}

#[test]
fn the_bounds_of_passes_hold_for_the_next_pass() {
    let mut app = administrator();
    let url = "/users/bob@contoso.onmicrosoft.com/authentication/temporaryAccessPassMethods";
    let pass = |app: &mut App, wish: &Value, status| {
        app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
        let made = app.write("POST", url, wish, status);
        app.becomes("admin", super::SCOPE);
        made
    };
    let tap = "TemporaryAccessPass";
    pass(&mut app, &json!({}), 400);
    set(
        &app,
        tap,
        "temporaryAccessPass",
        json!({
            "state": "enabled", "minimumLifetimeInMinutes": 10, "defaultLifetimeInMinutes": 20,
            "maximumLifetimeInMinutes": 30, "defaultLength": 12, "isUsableOnce": true,
        }),
    );
    pass(&mut app, &json!({"lifetimeInMinutes": 31}), 400);
    let made = pass(&mut app, &json!({}), 201);
    assert_eq!(made["lifetimeInMinutes"], 20);
    assert_eq!(made["isUsableOnce"], true);
    assert_eq!(text(&made, "temporaryAccessPass").len(), 12);
    app.write("DELETE", &configuration(tap), &Value::Null, 204);
    let defaults = app.get(&configuration(tap));
    assert_eq!(defaults["maximumLifetimeInMinutes"], 480);
    assert_eq!(defaults["state"], "disabled");
    pass(&mut app, &json!({}), 400);
}

#[test]
fn sign_in_by_text_message_is_for_the_targets_that_say_so() {
    let mut app = administrator();
    add_method(&app.bench, "bob", phone());
    let state = |app: &mut App| {
        app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
        let phones = app.get("/users/bob@contoso.onmicrosoft.com/authentication/phoneMethods");
        app.becomes("admin", super::SCOPE);
        text(&phones["value"][0], "smsSignInState").to_owned()
    };
    assert_eq!(state(&mut app), "notAllowedByPolicy");
    let usable = |on: bool| {
        let target = json!({"targetType": "group", "id": "all_users", "isUsableForSignIn": on});
        json!({"includeTargets": [target]})
    };
    set(&app, "Sms", "sms", usable(true));
    let shown = app.get(&configuration("Sms"));
    assert_eq!(shown["includeTargets"][0]["isUsableForSignIn"], true);
    assert_eq!(state(&mut app), "notEnabled");
    set(&app, "Sms", "sms", usable(false));
    assert_eq!(state(&mut app), "notAllowedByPolicy");
    let bob = json!([{"targetType": "user", "id": app.id("bob"), "isUsableForSignIn": true}]);
    set(&app, "Sms", "sms", json!({"includeTargets": bob}));
    assert_eq!(state(&mut app), "notEnabled");
    app.write("DELETE", &configuration("Sms"), &Value::Null, 204);
    assert_eq!(state(&mut app), "notAllowedByPolicy");
}

#[test]
fn security_defaults_ask_for_a_second_factor_from_the_next_sign_in_on() {
    let app = App::person("admin", "Policy.Read.All Policy.ReadWrite.SecurityDefaults");
    let url = "/policies/identitySecurityDefaultsEnforcementPolicy";
    let switch = |on: bool| app.write("PATCH", url, &json!({"isEnabled": on}), 204);
    assert_eq!(page_after_password(&app, "alice").0, "KmsiInterrupt");
    switch(true);
    assert!(!offered(&app, "alice").is_empty());
    switch(false);
    assert_eq!(page_after_password(&app, "alice").0, "KmsiInterrupt");
}

#[test]
fn who_reports_a_prompt_is_at_high_risk_where_the_policy_says_so() {
    let app = administrator();
    security_defaults(&app.bench);
    let report = |app: &App| {
        let (name, password) = account(&app.bench, "alice");
        let mut browser = Browser::new(&app.bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
        let prompt = {
            let tenant = app.bench.tenant.read();
            let prompts = tenant.sign_in.prompts.values();
            let waiting = |prompt: &&Arc<Prompt>| prompt.state == PromptState::Pending;
            prompts.into_iter().find(waiting).unwrap().id
        };
        let path = format!("/tenants/contoso.onmicrosoft.com/users/alice/phone/prompts/{prompt}");
        let answer = ask(&app.bench, "POST", &path, &json!({"action": "report"}));
        assert_eq!(answer.status, 200);
        let tenant = app.bench.tenant.read();
        tenant.users.by_local_part("alice", 0).unwrap().risk
    };
    assert_eq!(report(&app), Risk::None);
    let set = |settings: Value| {
        let change = json!({"reportSuspiciousActivitySettings": settings});
        let shown = app.write("PATCH", &format!("{BETA}{POLICY}"), &change, 200);
        shown["reportSuspiciousActivitySettings"].clone()
    };
    let bob = json!({"targetType": "user", "id": app.id("bob")});
    let shown = set(json!({"state": "enabled", "includeTarget": bob, "voiceReportingCode": 5}));
    assert_eq!(shown["includeTarget"], bob);
    assert_eq!(shown["voiceReportingCode"], 5);
    assert_eq!(report(&app), Risk::None);
    set(json!({"includeTarget": target("all_users")}));
    assert_eq!(report(&app), Risk::High);
}

#[test]
fn passkeys_of_models_that_are_kept_out_are_not_offered() {
    let app = administrator();
    let (_, passkey) = one_of_each()
        .into_iter()
        .find(|(_, kind)| matches!(kind, MethodKind::Passkey(_)))
        .unwrap();
    let MethodKind::Passkey(key) = &passkey else {
        return;
    };
    let model = key.aaguid.unwrap().to_string();
    add_method(&app.bench, "bob", passkey.clone());
    let usable = || {
        let tenant = app.bench.tenant.read();
        let bob = tenant.users.by_local_part("bob", 0).unwrap();
        let usable = tenant.usable_factors(bob, bob.created);
        usable
            .iter()
            .any(|one| matches!(one.factor, Factor::Fido2 { .. }))
    };
    assert!(usable());
    let restrict = |change: Value| set(&app, "Fido2", "fido2", json!({"keyRestrictions": change}));
    restrict(json!({"aaGuids": [model], "enforcementType": "block"}));
    assert!(usable(), "a restriction that is not enforced");
    restrict(json!({"isEnforced": true}));
    assert!(!usable());
    restrict(json!({"enforcementType": "allow"}));
    assert!(usable());
    restrict(json!({"aaGuids": []}));
    assert!(!usable());
    app.write("DELETE", &configuration("Fido2"), &Value::Null, 204);
    assert!(usable());
}
