//! The policy of methods as a whole: campaign, the system's preference, reports, and what is kept. Strengths by mode.

use serde_json::{Value, json};

use super::{BETA, POLICY, administrator, offered, page_after_password, target};
use crate::graph::client::App;
use crate::sts::pages::{PORTAL, add_method, phone, security_defaults};
use crate::support::{account, text};
use crate::testing::browser::Browser;

fn campaign(members: &Value) -> Value {
    json!({"registrationEnforcement": {"authenticationMethodsRegistrationCampaign": members}})
}

fn shown(app: &App) -> Value {
    let policy = app.get(&format!("{BETA}{POLICY}"));
    policy["registrationEnforcement"]["authenticationMethodsRegistrationCampaign"].clone()
}

/// The page that bob is at after his second factor, a text message, on the way to the portal.
fn page_after_text(app: &App) -> (String, Value) {
    let (name, password) = account(&app.bench, "bob");
    let mut browser = Browser::new(&app.bench);
    browser.get(PORTAL);
    browser.sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "OneWaySMS")]);
    let code = {
        let tenant = app.bench.tenant.read();
        let last = tenant.sign_in.messages.iter().last().unwrap();
        last.code.clone().unwrap()
    };
    browser.submit(&[("otc", &code)]);
    (browser.page(), browser.config())
}

#[test]
fn the_policy_is_read_with_all_configurations() {
    let app = administrator();
    let policy = app.get(POLICY);
    assert_eq!(text(&policy, "id"), "authenticationMethodsPolicy");
    let configurations = policy["authenticationMethodConfigurations"].as_array();
    assert_eq!(configurations.map(Vec::len), Some(10));
    assert_eq!(policy.get("systemCredentialPreferences"), None);
    let beta = app.get(&format!("{BETA}{POLICY}"));
    assert_eq!(
        text(&beta["systemCredentialPreferences"], "state"),
        "default"
    );
    assert_eq!(
        text(&beta["reportSuspiciousActivitySettings"], "state"),
        "default"
    );
    let change = json!({"policyMigrationState": "migrationComplete", "reconfirmationInDays": 90});
    app.write("PATCH", POLICY, &change, 204);
    let after = app.get(POLICY);
    assert_eq!(text(&after, "policyMigrationState"), "migrationComplete");
    assert_eq!(after["reconfirmationInDays"], 90);
    let refused = app.write("GET", &format!("{POLICY}?$select=id"), &Value::Null, 501);
    assert!(refused["error"]["code"].is_string());
    for wrong in [
        json!({"policyMigrationState": "done"}),
        json!({"displayName": "Mine"}),
        json!({"colour": "red"}),
        json!({"systemCredentialPreferences": {"state": "enabled"}}),
        campaign(&json!({"snoozeDurationInDays": 15})),
        campaign(&json!({"state": "on"})),
        campaign(&json!({"colour": "red"})),
        campaign(&json!({"includeTargets": [{"id": "x"}]})),
    ] {
        app.write("PATCH", POLICY, &wrong, 400);
    }
    let passkeys = json!([{"id": "all_users", "targetType": "group", "targetedAuthenticationMethod": "fido2"}]);
    app.write(
        "PATCH",
        POLICY,
        &campaign(&json!({"includeTargets": passkeys})),
        501,
    );
    assert_eq!(app.get(POLICY), after);
}

#[test]
fn a_campaign_asks_from_the_next_sign_in_on_and_no_more_when_it_ends() {
    let app = administrator();
    security_defaults(&app.bench);
    add_method(&app.bench, "bob", phone());
    assert_eq!(text(&shown(&app), "state"), "default");
    assert_eq!(page_after_text(&app).0, "KmsiInterrupt");
    let on = campaign(&json!({"state": "enabled", "snoozeDurationInDays": 3}));
    app.write("PATCH", POLICY, &on, 204);
    assert_eq!(shown(&app)["snoozeDurationInDays"], 3);
    let (page, config) = page_after_text(&app);
    assert_eq!(page, "ConvergedProofUpRedirect");
    assert_eq!(config["iRemainingDaysToSkipMfaRegistration"], 3);
    // Not those who are left out.
    let bob = json!([{"targetType": "user", "id": app.id("bob")}]);
    let without = campaign(&json!({"excludeTargets": bob}));
    app.write("PATCH", POLICY, &without, 204);
    assert_eq!(shown(&app)["excludeTargets"], bob);
    assert_eq!(page_after_text(&app).0, "KmsiInterrupt");
    let with = campaign(&json!({"excludeTargets": [], "includeTargets": bob}));
    app.write("PATCH", POLICY, &with, 204);
    assert_eq!(page_after_text(&app).0, "ConvergedProofUpRedirect");
    let off = campaign(&json!({"state": "disabled"}));
    app.write("PATCH", POLICY, &off, 204);
    assert_eq!(text(&shown(&app), "state"), "disabled");
    assert_eq!(page_after_text(&app).0, "KmsiInterrupt");
}

#[test]
fn where_the_system_does_not_choose_the_persons_own_default_goes_first() {
    let mut app = administrator();
    security_defaults(&app.bench);
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    app.write(
        "PATCH",
        &format!("{BETA}/users/alice@contoso.onmicrosoft.com/authentication/signInPreferences"),
        &json!({"userPreferredMethodForSecondaryAuthentication": "oath"}),
        204,
    );
    app.becomes("admin", super::SCOPE);
    let url = format!("{BETA}{POLICY}");
    let set = |members: Value| {
        app.write(
            "PATCH",
            &url,
            &json!({"systemCredentialPreferences": members}),
            200,
        )
    };
    let first = || offered(&app, "alice")[0].clone();
    assert_eq!(first(), "PhoneAppNotification");
    let answer = set(json!({"state": "disabled"}));
    assert_eq!(
        text(&answer["systemCredentialPreferences"], "state"),
        "disabled"
    );
    assert_eq!(first(), "PhoneAppOTP");
    let alice = json!([{"targetType": "user", "id": app.id("alice")}]);
    set(json!({"state": "enabled", "excludeTargets": alice}));
    assert_eq!(first(), "PhoneAppOTP");
    set(json!({"excludeTargets": [], "includeTargets": [target("all_users")]}));
    assert_eq!(first(), "PhoneAppNotification");
    assert_ne!(page_after_password(&app, "alice").0, "KmsiInterrupt");
}

#[test]
fn strengths_are_found_by_the_modes_they_name() {
    let app = administrator();
    let find = |modes: &str| {
        let url = format!(
            "{BETA}/policies/authenticationStrengthPolicies/findByMethodMode(authenticationMethodModes=[{modes}])"
        );
        let found = app.get(&url);
        let found = found["value"].as_array().unwrap().iter();
        found
            .map(|strength| text(strength, "displayName").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(find("%22sms%22"), ["Multifactor authentication"]);
    assert_eq!(find("%22fido2%22").len(), 3);
    assert_eq!(find("%22deviceBasedPush%22").len(), 2);
    let url = format!(
        "{BETA}/policies/authenticationStrengthPolicies/findByMethodMode(authenticationMethodModes=[%22smoke%22])"
    );
    app.write("GET", &url, &Value::Null, 400);
}
