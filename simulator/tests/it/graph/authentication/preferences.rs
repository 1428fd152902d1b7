//! The default second factor, what it protects, and per-user multifactor authentication (beta).

use entrasim_domain::credential::method::MethodKind;
use serde_json::{Value, json};

use super::{AUTHENTICATION_ADMINISTRATOR, AUTHENTICATION_POLICY_ADMINISTRATOR};
use super::{administrator, assign, at, beta, message, one_of_each};
use crate::graph::client::App;
use crate::sts::pages::{authorize_url, security_defaults};
use crate::support::{account, text};
use crate::testing::browser::Browser;

const SYSTEM: &str = "isSystemPreferredAuthenticationMethodEnabled";
const PREFERRED: &str = "userPreferredMethodForSecondaryAuthentication";

fn authenticator_of(app: &App, name: &str) -> String {
    let list = app.get(&at(name, "microsoftAuthenticatorMethods"));
    at(
        name,
        &format!(
            "microsoftAuthenticatorMethods/{}",
            text(&list["value"][0], "id")
        ),
    )
}

#[test]
fn the_default_is_protected_until_it_is_changed_or_the_only_one_left() {
    let app = administrator();
    let url = beta("alice", "signInPreferences");
    assert_eq!(text(&app.get(&url), PREFERRED), "push");
    let authenticator = authenticator_of(&app, "alice");
    let refused = app.write("DELETE", &authenticator, &Value::Null, 400);
    assert_eq!(text(&refused["error"], "code"), "badRequest");
    assert!(message(&refused).starts_with("The requested authentication method id of ["));
    assert!(message(&refused).ends_with(
        "matches the user's current default authentication method, and cannot be deleted until the default authentication method is changed"
    ));
    app.write("PATCH", &url, &json!({PREFERRED: "oath"}), 204);
    // The app shows codes, too, and was there first.
    app.write("DELETE", &authenticator, &Value::Null, 400);
    app.write(
        "POST",
        &at("alice", "phoneMethods"),
        &json!({"phoneNumber": "+1 2065555555", "phoneType": "mobile"}),
        201,
    );
    app.write("PATCH", &url, &json!({PREFERRED: "sms"}), 204);
    app.write("DELETE", &authenticator, &Value::Null, 204);
    let phone = at("alice", "phoneMethods/3179e48a-750b-4051-897c-87b9720928f7");
    let refused = app.write("DELETE", &phone, &Value::Null, 400);
    assert!(message(&refused).contains("[3179e48a-750b-4051-897c-87b9720928f7]"));
    let codes = app.get(&at("alice", "softwareOathMethods"));
    let codes = at(
        "alice",
        &format!("softwareOathMethods/{}", text(&codes["value"][0], "id")),
    );
    app.write("DELETE", &codes, &Value::Null, 204);
    app.write("DELETE", &phone, &Value::Null, 204);
    assert_eq!(app.get(&url)[PREFERRED], Value::Null);
}

#[test]
fn only_what_is_registered_can_be_the_default() {
    let app = administrator();
    let url = beta("bob", "signInPreferences");
    let words = [
        "push",
        "oath",
        "voiceMobile",
        "voiceAlternateMobile",
        "voiceOffice",
        "sms",
    ];
    for (number, (_, kind)) in (1_u128..).zip(
        one_of_each()
            .into_iter()
            .filter(|(_, kind)| matches!(kind, MethodKind::Phone(_) | MethodKind::SoftwareOath(_))),
    ) {
        for word in words {
            let before = (number == 2 && word == "oath")
                || (word.starts_with("voiceM") || word == "sms") && number > 2;
            let status = if before { 204 } else { 400 };
            app.write("PATCH", &url, &json!({PREFERRED: word}), status);
        }
        super::give(&app, "bob", number, kind);
    }
    for (word, status) in [
        ("push", 400),
        ("oath", 204),
        ("voiceMobile", 204),
        ("voiceOffice", 400),
        ("sms", 204),
    ] {
        app.write("PATCH", &url, &json!({PREFERRED: word}), status);
    }
    for wrong in [
        json!({PREFERRED: "smoke"}),
        json!({SYSTEM: "no"}),
        json!({"colour": "red"}),
    ] {
        app.write("PATCH", &url, &wrong, 400);
    }
    assert_eq!(text(&app.get(&url), PREFERRED), "sms");
    assert_eq!(app.get(&url)[SYSTEM], true);
}

#[test]
fn the_page_asks_for_the_default_first_where_the_system_does_not_choose() {
    let app = administrator();
    security_defaults(&app.bench);
    let (name, password) = account(&app.bench, "alice");
    let first = || {
        let mut browser = Browser::new(&app.bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        let config = browser.config();
        text(&config["arrUserProofs"][0], "authMethodId").to_owned()
    };
    assert_eq!(first(), "PhoneAppNotification");
    let url = beta("alice", "signInPreferences");
    app.write("PATCH", &url, &json!({PREFERRED: "oath"}), 204);
    assert_eq!(
        first(),
        "PhoneAppNotification",
        "the system's choice goes first"
    );
    app.write("PATCH", &url, &json!({SYSTEM: false}), 204);
    assert_eq!(first(), "PhoneAppOTP");
}

#[test]
fn per_user_multifactor_authentication_is_a_matter_of_policy() {
    let mut app = App::person("bob", "Policy.ReadWrite.AuthenticationMethod");
    let url = beta("svc-deploy", "requirements");
    let state = json!({"perUserMfaState": "enforced"});
    app.write("PATCH", &url, &state, 403);
    assign(&app, "bob", AUTHENTICATION_ADMINISTRATOR);
    app.write("PATCH", &url, &state, 403);
    assign(&app, "bob", AUTHENTICATION_POLICY_ADMINISTRATOR);
    assert_eq!(text(&app.get(&url), "perUserMfaState"), "disabled");
    app.write("PATCH", &url, &state, 204);
    assert_eq!(text(&app.get(&url), "perUserMfaState"), "enforced");
    app.write("PATCH", &url, &json!({"perUserMfaState": "perhaps"}), 400);
    app.write("PATCH", &url, &json!({"colour": "red"}), 400);
    // The next sign-in has to show a second factor.
    let (name, password) = account(&app.bench, "svc-deploy");
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_eq!(
        browser.page(),
        "ConvergedProofUpRedirect",
        "{}",
        browser.html
    );
    app.becomes("admin", "Policy.ReadWrite.AuthenticationMethod");
    app.write("PATCH", &url, &json!({"perUserMfaState": "disabled"}), 204);
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_eq!(browser.page(), "KmsiInterrupt");
}
