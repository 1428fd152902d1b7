//! The life of a Temporary Access Pass, and the bounds of it.

use core::time::Duration;

use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::{Value, json};

use super::{administrator, at, message, size};
use crate::graph::client::App;
use crate::sts::pages::{authorize_url, redeem, security_defaults};
use crate::support::{claims, text, token};
use crate::testing::browser::Browser;

const SET: &str = "temporaryAccessPassMethods";
const SCOPE: &str = "UserAuthenticationMethod.ReadWrite.All";

fn policy(app: &App, enabled: bool) {
    app.bench
        .tenant
        .write(|tenant| {
            let policy = &mut tenant.authentication_methods;
            policy.set(MethodName::TemporaryAccessPass, enabled);
            Ok::<(), ()>(())
        })
        .unwrap();
}

/// The page after a sign-in with a pass.
fn sign_in<'b>(app: &'b App, name: &str, pass: &str) -> Browser<'b> {
    let mut browser = Browser::new(&app.bench);
    let name = format!("{name}@contoso.onmicrosoft.com");
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    browser.submit(&[("accesspass", pass)]);
    browser
}

fn reason(app: &App, id: &str) -> String {
    let pass = app.get(&at("bob", &format!("{SET}/{id}")));
    assert_eq!(pass["temporaryAccessPass"], Value::Null, "shown once");
    let reason = text(&pass, "methodUsabilityReason").to_owned();
    assert_eq!(pass["isUsable"], reason == "EnabledByPolicy");
    reason
}

#[test]
fn a_pass_lives_from_the_policy_to_its_end() {
    let mut app = administrator();
    security_defaults(&app.bench);
    app.bench.set_clock("2026-01-01T08:00:00Z");
    app.becomes("admin", SCOPE);
    let url = at("bob", SET);
    // Refused when the policy is off.
    let refused = app.write("POST", &url, &json!({}), 400);
    assert!(
        message(&refused)
            .contains("Converged UserCredentialPolicy does not allow creating or updating")
    );
    policy(&app, true);
    // Made, used once, refused the second time.
    let made = app.write("POST", &url, &json!({"isUsableOnce": true}), 201);
    let (id, value) = (text(&made, "id"), text(&made, "temporaryAccessPass"));
    assert_eq!(
        (value.len(), made["lifetimeInMinutes"].as_u64()),
        (8, Some(60))
    );
    assert_eq!(reason(&app, id), "EnabledByPolicy");
    assert_eq!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    assert_eq!(reason(&app, id), "OneTimeUsed");
    let second = sign_in(&app, "bob", value);
    assert!(
        second
            .html
            .contains("blocked due to User Credential Policy"),
        "{}",
        second.html
    );
    // A new one takes its place.
    let wish = json!({"isUsableOnce": false, "lifetimeInMinutes": 120, "startDateTime": "2026-01-01T09:00:00Z"});
    let later = app.write("POST", &url, &wish, 201);
    let (id, value) = (text(&later, "id"), text(&later, "temporaryAccessPass"));
    assert_eq!(size(&app.get(&url)), 1);
    assert_eq!(text(&later, "startDateTime"), "2026-01-01T09:00:00Z");
    assert_eq!(reason(&app, id), "NotYetValid");
    assert_ne!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    app.bench.set_clock("2026-01-01T09:00:00Z");
    app.becomes("admin", SCOPE);
    // Its tokens end with it.
    for _ in 0..2 {
        assert_eq!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    }
    app.bench.set_clock("2026-01-01T10:30:00Z");
    let mut browser = sign_in(&app, "bob", value);
    browser.submit(&[("LoginOptions", "3")]);
    let tokens = redeem(&app.bench, &browser);
    let access = claims(text(&tokens, "access_token"));
    assert_eq!(access["amr"], json!(["pwd", "mfa"]));
    assert_eq!(access["exp"], json!(1_767_265_200), "2026-01-01T11:00:00Z");
    let refresh = text(&tokens, "refresh_token");
    let refreshed = |app: &App| {
        token(
            &app.bench,
            &[
                ("client_id", crate::support::AZURE_CLI),
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh),
                ("scope", "https://management.azure.com/.default"),
            ],
        )
        .status
        .as_u16()
    };
    assert_eq!(refreshed(&app), 200);
    // Switched off and on again.
    app.becomes("admin", SCOPE);
    policy(&app, false);
    assert_eq!(reason(&app, id), "DisabledByPolicy");
    assert_ne!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    policy(&app, true);
    // Expired by the clock.
    app.bench.set_clock("2026-01-01T11:00:00Z");
    app.becomes("admin", SCOPE);
    assert_eq!(reason(&app, id), "Expired");
    assert_ne!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    assert_eq!(refreshed(&app), 400);
    // Replaced once more, and deleted.
    let last = crate::support::json(&app.send("POST", &url, &[], ""));
    let (id, value) = (text(&last, "id"), text(&last, "temporaryAccessPass"));
    assert_eq!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    app.write(
        "DELETE",
        &at("bob", &format!("{SET}/{id}")),
        &Value::Null,
        204,
    );
    assert_ne!(sign_in(&app, "bob", value).page(), "KmsiInterrupt");
    assert_eq!(size(&app.get(&url)), 0);
}

#[test]
fn the_policys_bounds_are_kept_in_the_words_of_recorded_answers() {
    let app = administrator();
    policy(&app, true);
    let url = at("bob", SET);
    for minutes in [json!(59), json!(481), json!(5)] {
        let refused = app.write("POST", &url, &json!({"lifetimeInMinutes": minutes}), 400);
        assert_eq!(text(&refused["error"], "code"), "badRequest");
        assert_eq!(
            message(&refused),
            "Invalid LifetimeInMinutes specified. The valid range between 60 and 480."
        );
        assert_eq!(
            refused["error"]["innerError"]["message"],
            refused["error"]["message"]
        );
    }
    app.bench
        .tenant
        .write(|tenant| {
            let pass = &mut tenant.authentication_methods.pass;
            pass.minimum_lifetime = Duration::from_secs(600);
            pass.default_lifetime = Duration::from_secs(1_200);
            pass.default_length = 12;
            pass.once_only = true;
            Ok::<(), ()>(())
        })
        .unwrap();
    let made = app.write("POST", &url, &json!({}), 201);
    assert_eq!(text(&made, "temporaryAccessPass").len(), 12);
    assert_eq!(
        (&made["isUsableOnce"], &made["lifetimeInMinutes"]),
        (&json!(true), &json!(20))
    );
    app.write("POST", &url, &json!({"isUsableOnce": false}), 400);
    app.write(
        "POST",
        &url,
        &json!({"lifetimeInMinutes": 10, "isUsableOnce": true}),
        201,
    );
    for wrong in [
        json!({"lifetimeInMinutes": "10"}),
        json!({"isUsableOnce": "yes"}),
        json!({"startDateTime": "tomorrow"}),
        json!({"colour": "red"}),
        json!([]),
    ] {
        app.write("POST", &url, &wrong, 400);
    }
}

#[test]
fn guests_of_another_tenant_get_none_and_those_outside_the_policy_cannot_use_theirs() {
    let app = administrator();
    policy(&app, true);
    let guest = {
        let tenant = app.bench.tenant.read();
        let mut users = tenant.users.iter();
        users
            .find(|user| user.home.is_some())
            .unwrap()
            .id
            .to_string()
    };
    let refused = app.write(
        "POST",
        &format!("/users/{guest}/authentication/{SET}"),
        &json!({}),
        400,
    );
    assert_eq!(
        message(&refused),
        "Temporary Access Pass cannot be added to an external guest user."
    );
    app.bench
        .tenant
        .write(|tenant| {
            let group = *tenant.groups.keys().next().unwrap();
            let methods = &mut tenant.authentication_methods.methods;
            let configuration = methods.get_mut(&MethodName::TemporaryAccessPass).unwrap();
            configuration.include = Some(vec![group]);
            Ok::<(), ()>(())
        })
        .unwrap();
    let made = app.write("POST", &at("bob", SET), &json!({}), 201);
    assert_eq!(text(&made, "methodUsabilityReason"), "DisabledByPolicy");
    assert_ne!(
        sign_in(&app, "bob", text(&made, "temporaryAccessPass")).page(),
        "KmsiInterrupt"
    );
}
