//! Phones: form, one of each kind, sign-in by text message, and the next sign-in.

use entrasim_domain::policy::authentication_methods::Audience;
use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::{Value, json};

use super::{administrator, at, beta, message};
use crate::graph::client::App;
use crate::sts::pages::{authorize_url, security_defaults};
use crate::support::{account, text};
use crate::testing::browser::Browser;

const MOBILE: &str = "3179e48a-750b-4051-897c-87b9720928f7";
const ALTERNATE: &str = "b6332ec1-7057-4abe-9331-3d72feddfe41";
const OFFICE: &str = "e37fc753-ff3b-4958-9484-eaa9425c82bc";

fn phone(number: &str, kind: &str) -> Value {
    json!({"phoneNumber": number, "phoneType": kind})
}

fn sms_sign_in(app: &App, on: bool) {
    app.bench
        .tenant
        .write(|tenant| {
            tenant.authentication_methods.sms_sign_in = if on {
                Audience::default()
            } else {
                Audience::nobody()
            };
            Ok::<(), ()>(())
        })
        .unwrap();
}

#[test]
fn a_user_has_one_phone_of_each_kind_and_no_alternate_one_alone() {
    let app = administrator();
    let url = at("bob", "phoneMethods");
    let refused = app.write(
        "POST",
        &url,
        &phone("+1 2065555556", "alternateMobile"),
        400,
    );
    assert_eq!(text(&refused["error"], "code"), "badRequest");
    for (number, kind, id) in [
        ("+1 2065555555", "mobile", MOBILE),
        ("+1 2065555556", "alternateMobile", ALTERNATE),
        ("+1 2065555557x12", "office", OFFICE),
    ] {
        let made = app.write("POST", &url, &phone(number, kind), 201);
        assert_eq!(
            (text(&made, "id"), text(&made, "phoneNumber")),
            (id, number)
        );
        assert_eq!(text(&made, "phoneType"), kind);
        let again = app.write("POST", &url, &phone("+1 2065555559", kind), 400);
        assert!(message(&again).contains("already exists"), "{again}");
    }
    let one = at("bob", &format!("phoneMethods/{OFFICE}"));
    app.write("PATCH", &one, &phone("+1 2065555558", "office"), 204);
    assert_eq!(text(&app.get(&one), "phoneNumber"), "+1 2065555558");
    let put = app.write(
        "PUT",
        &beta("bob", &format!("phoneMethods/{OFFICE}")),
        &json!({"phoneNumber": "+1 2065555550"}),
        200,
    );
    assert_eq!(text(&put, "phoneNumber"), "+1 2065555550");
    app.write("PATCH", &one, &phone("+1 2065555558", "mobile"), 400);
    let reply = app.send(
        "POST",
        &at("alice", "phoneMethods"),
        &[],
        &phone("+1 5555551234", "mobile").to_string(),
    );
    let location = reply.headers["location"].to_str().unwrap();
    assert!(
        location.ends_with(&format!("/authentication/phoneMethods/{MOBILE}")),
        "{location}"
    );
}

#[test]
fn only_the_documented_bodies_are_taken() {
    let app = administrator();
    let url = at("bob", "phoneMethods");
    for wrong in [
        phone("+12065555555", "mobile"),
        phone("2065555555", "mobile"),
        phone("+1 206-555-5555", "mobile"),
        phone("+1 2065555555", "fax"),
        json!({"phoneNumber": "+1 2065555555"}),
        json!({"phoneType": "mobile"}),
        json!({"phoneNumber": 12, "phoneType": "mobile"}),
        json!({"phoneNumber": null, "phoneType": "mobile"}),
        json!({"phoneNumber": "+1 2065555555", "phoneType": "mobile", "colour": "red"}),
        json!([]),
    ] {
        let refused = app.write("POST", &url, &wrong, 400);
        assert_eq!(text(&refused["error"], "code"), "badRequest", "{wrong}");
        assert_eq!(
            refused["error"]["innerError"]["message"], refused["error"]["message"],
            "{wrong}"
        );
    }
    let empty = app.send("POST", &url, &[], "");
    assert_eq!(empty.status, 400);
    app.write("POST", &url, &phone("+1 2065555555", "mobile"), 201);
    app.write(
        "PATCH",
        &at("bob", &format!("phoneMethods/{MOBILE}")),
        &json!({"phoneNumber": "x"}),
        400,
    );
    app.write(
        "PATCH",
        &at("bob", &format!("phoneMethods/{OFFICE}")),
        &phone("+1 2065555555", "office"),
        404,
    );
}

#[test]
fn sms_sign_in_follows_the_policy_and_the_number() {
    let app = administrator();
    let url = at("bob", "phoneMethods");
    let one = at("bob", &format!("phoneMethods/{MOBILE}"));
    let made = app.write("POST", &url, &phone("+1 2065555555", "mobile"), 201);
    assert_eq!(text(&made, "smsSignInState"), "notAllowedByPolicy");
    let refused = app.write("POST", &format!("{one}/enableSmsSignIn"), &Value::Null, 400);
    assert!(message(&refused).contains("policy"), "{refused}");
    sms_sign_in(&app, true);
    assert_eq!(text(&app.get(&one), "smsSignInState"), "notEnabled");
    app.write("POST", &format!("{one}/enableSmsSignIn"), &Value::Null, 200);
    assert_eq!(text(&app.get(&one), "smsSignInState"), "ready");
    // A new number of somebody whom the policy lets is tried by itself; one that is taken stays out.
    let same = app.write(
        "POST",
        &at("student", "phoneMethods"),
        &phone("+1 2065555555", "mobile"),
        201,
    );
    assert_eq!(text(&same, "smsSignInState"), "phoneNumberNotUnique");
    let students = at("student", &format!("phoneMethods/{MOBILE}"));
    let refused = app.write(
        "POST",
        &format!("{students}/enableSmsSignIn"),
        &Value::Null,
        400,
    );
    assert!(message(&refused).contains("another user"), "{refused}");
    app.write(
        "PATCH",
        &students,
        &json!({"phoneNumber": "+1 2065555556"}),
        204,
    );
    assert_eq!(text(&app.get(&students), "smsSignInState"), "ready");
    // What one gives up, the other can have.
    app.write(
        "POST",
        &format!("{one}/disableSmsSignIn"),
        &Value::Null,
        200,
    );
    app.write(
        "PATCH",
        &students,
        &json!({"phoneNumber": "+1 2065555555"}),
        204,
    );
    assert_eq!(text(&app.get(&students), "smsSignInState"), "ready");
    assert_eq!(
        text(&app.get(&one), "smsSignInState"),
        "phoneNumberNotUnique"
    );
    let office = app.write("POST", &url, &phone("+1 2065555557", "office"), 201);
    assert_eq!(text(&office, "smsSignInState"), "notSupported");
    app.write(
        "POST",
        &format!(
            "{}/enableSmsSignIn",
            at("bob", &format!("phoneMethods/{OFFICE}"))
        ),
        &Value::Null,
        400,
    );
    // The beta forms under the mixed list.
    app.write(
        "POST",
        &beta("student", &format!("methods/{MOBILE}/disableSmsSignIn")),
        &Value::Null,
        200,
    );
    assert_eq!(text(&app.get(&students), "smsSignInState"), "notEnabled");
    app.bench
        .tenant
        .write(|tenant| {
            tenant.authentication_methods.set(MethodName::Sms, false);
            Ok::<(), ()>(())
        })
        .unwrap();
    assert_eq!(
        text(&app.get(&students), "smsSignInState"),
        "notAllowedByPolicy"
    );
}

#[test]
fn a_phone_is_texted_at_the_next_sign_in_and_no_more_once_it_is_deleted() {
    let app = administrator();
    security_defaults(&app.bench);
    app.write(
        "POST",
        &at("bob", "phoneMethods"),
        &phone("+1 2065555555", "mobile"),
        201,
    );
    let (name, password) = account(&app.bench, "bob");
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedTFA");
    browser.submit(&[("mfaAuthMethod", "OneWaySMS")]);
    let code = {
        let tenant = app.bench.tenant.read();
        assert_eq!(tenant.sign_in.messages[0].to, "+1 2065555555");
        tenant.sign_in.messages[0].code.clone().unwrap()
    };
    browser.submit(&[("otc", &code)]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    app.write(
        "DELETE",
        &at("bob", &format!("phoneMethods/{MOBILE}")),
        &Value::Null,
        204,
    );
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_ne!(browser.page(), "ConvergedTFA");
}

#[test]
fn nobody_adds_or_changes_their_own() {
    let mut app = administrator();
    app.write(
        "POST",
        &at("bob", "phoneMethods"),
        &phone("+1 2065555555", "mobile"),
        201,
    );
    app.becomes("bob", "UserAuthMethod-Phone.ReadWrite");
    let office = phone("+1 2065555557", "office");
    let refused = app.write("POST", "/me/authentication/phoneMethods", &office, 403);
    assert_eq!(text(&refused["error"], "code"), "accessDenied");
    let one = format!("/me/authentication/phoneMethods/{MOBILE}");
    app.write("PATCH", &one, &json!({"phoneNumber": "+1 2065555550"}), 403);
    app.write("DELETE", &one, &Value::Null, 204);
}
