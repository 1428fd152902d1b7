//! Hardware tokens: the inventory, in the hands of users, activated with a code, and at the next sign-in (beta).

use entrasim_domain::credential::one_time_code::{Oath, OathHash, from_base32};
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{AUTHENTICATION_POLICY_ADMINISTRATOR, BETA, assign, beta, message, size};
use crate::graph::client::App;
use crate::sts::pages::{authorize_url, security_defaults};
use crate::support::{account, text};
use crate::testing::browser::Browser;

const SECRET: &str = "6PJ4UKIW33NNXYZAEHQNFUFTZF7WFTFB";
const BOTH: &str = "Policy.ReadWrite.AuthenticationMethod UserAuthenticationMethod.ReadWrite.All";

fn devices(rest: &str) -> String {
    format!("{BETA}/directory/authenticationMethodDevices/hardwareOathDevices{rest}")
}

fn device(serial: &str) -> Value {
    json!({
        "displayName": "Token 1", "serialNumber": serial, "manufacturer": "Contoso", "model": "Hardware Token 1000",
        "secretKey": SECRET, "timeIntervalInSeconds": 30, "hashFunction": "hmacsha1",
    })
}

fn administrator() -> App {
    App::person("admin", BOTH)
}

/// What the token shows now.
fn code(app: &App) -> String {
    let tenant = app.bench.tenant.read();
    Oath::new(from_base32(SECRET).unwrap()).code(tenant.now(Timestamp::UNIX_EPOCH))
}

#[test]
fn a_token_is_taken_in_given_activated_taken_back_and_thrown_away() {
    let mut app = administrator();
    app.bench.set_clock("2026-01-01T08:00:00Z");
    app.becomes("admin", BOTH);
    let made = app.write("POST", &devices(""), &device("TOTP123456"), 201);
    assert_eq!(
        (text(&made, "status"), &made["secretKey"]),
        ("available", &Value::Null)
    );
    assert_eq!(made["assignedTo"], Value::Null);
    let id = text(&made, "id").to_owned();
    let one = devices(&format!("/{id}"));
    let status = |app: &App| text(&app.get(&one), "status").to_owned();
    app.write(
        "PATCH",
        &one,
        &json!({"model": "2000", "hashFunction": "hmacsha256", "timeIntervalInSeconds": 60}),
        204,
    );
    app.write(
        "PATCH",
        &one,
        &json!({"hashFunction": "hmacsha1", "timeIntervalInSeconds": 30}),
        204,
    );
    assert_eq!(text(&app.get(&one), "model"), "2000");
    // In the hands of bob, and not active.
    let wish = json!({"device": {"id": id}});
    let method = app.write("POST", &beta("bob", "hardwareOathMethods"), &wish, 201);
    assert_eq!(text(&method, "id"), id);
    assert_eq!(status(&app), "assigned");
    assert_eq!(
        text(&app.get(&one)["assignedTo"], "displayName"),
        "Bob Okafor"
    );
    assert_eq!(
        text(
            &app.get(&beta("bob", "hardwareOathMethods"))["value"][0]["device"],
            "serialNumber"
        ),
        "TOTP123456"
    );
    app.write("POST", &beta("alice", "hardwareOathMethods"), &wish, 400);
    app.write("PATCH", &one, &json!({"model": "3000"}), 400);
    app.write("DELETE", &one, &Value::Null, 400);
    // A wrong code is remembered, a right one activates.
    let activate = beta("bob", &format!("hardwareOathMethods/{id}/activate"));
    let refused = app.write(
        "POST",
        &activate,
        &json!({"verificationCode": "000000"}),
        400,
    );
    assert!(message(&refused).contains("verification code"));
    assert_eq!(status(&app), "failedActivation");
    app.write("POST", &activate, &json!({"displayName": "Bob's"}), 400);
    app.write(
        "POST",
        &activate,
        &json!({"verificationCode": code(&app), "displayName": "Bob's"}),
        204,
    );
    assert_eq!(status(&app), "activated");
    assert_eq!(text(&app.get(&one), "displayName"), "Bob's");
    app.write(
        "POST",
        &activate,
        &json!({"verificationCode": code(&app)}),
        400,
    );
    let deactivate = beta("bob", &format!("hardwareOathMethods/{id}/deactivate"));
    app.write("POST", &deactivate, &Value::Null, 204);
    assert_eq!(status(&app), "assigned");
    app.write(
        "DELETE",
        &beta("bob", &format!("hardwareOathMethods/{id}")),
        &Value::Null,
        204,
    );
    assert_eq!(status(&app), "available");
    app.write("DELETE", &one, &Value::Null, 204);
    app.write("GET", &one, &Value::Null, 404);
    assert_eq!(size(&app.get(&devices(""))), 0);
}

#[test]
fn an_active_token_signs_in_and_no_code_counts_twice() {
    let app = administrator();
    security_defaults(&app.bench);
    let made = app.write("POST", &devices(""), &device("TOTP1"), 201);
    let wish = |code: String| json!({"serialNumber": "TOTP1", "verificationCode": code, "displayName": "Mine"});
    let url = beta("bob", "hardwareOathMethods/assignAndActivateBySerialNumber");
    app.write("POST", &url, &wish("000000".to_owned()), 400);
    assert_eq!(
        size(&app.get(&beta("bob", "hardwareOathMethods"))),
        0,
        "both or neither"
    );
    app.write("POST", &url, &wish(code(&app)), 204);
    let used = code(&app);
    let next = {
        let now = app.bench.tenant.read().now(Timestamp::UNIX_EPOCH);
        Oath::new(from_base32(SECRET).unwrap()).code(now + core::time::Duration::from_secs(30))
    };
    let (name, password) = account(&app.bench, "bob");
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "PhoneAppOTP")]);
    browser.submit(&[("otc", &used)]);
    assert!(
        browser.html.contains("did not match"),
        "the code that activated it"
    );
    browser.submit(&[("otc", &next)]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    let id = text(&made, "id");
    app.write(
        "POST",
        &beta("bob", &format!("hardwareOathMethods/{id}/deactivate")),
        &Value::Null,
        204,
    );
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_ne!(browser.page(), "ConvergedTFA", "it proves nothing any more");
}

#[test]
fn tokens_are_uploaded_together_and_given_at_once() {
    let app = administrator();
    let mut second = device("TOTP654321");
    second["assignTo"] = json!({"id": app.id("bob")});
    second["timeIntervalInSeconds"] = json!("60");
    second["hashFunction"] = json!("HMACSHA256");
    let row = |id: &str, mut row: Value| {
        row["@contentId"] = json!(id);
        row
    };
    let bulk = json!({"@context": "#$delta", "value": [row("1", device("TOTP123456")), row("2", second.clone())]});
    let made = app.send("PATCH", &devices(""), &[], &bulk.to_string());
    assert_eq!(made.status, 200);
    let made = crate::support::json(&made);
    assert_eq!(
        (size(&made), text(&made["value"][1], "@contentId")),
        (2, "2")
    );
    assert_eq!(text(&made["value"][1], "status"), "assigned");
    assert_eq!(made["value"][1]["hashFunction"], "hmacsha256");
    assert_eq!(size(&app.get(&beta("bob", "hardwareOathMethods"))), 1);
    // A serial number is there once, and the rest of a load that has it again is not taken.
    let bulk = json!({"value": [row("1", device("NEW")), row("2", device("TOTP123456"))]});
    app.write("PATCH", &devices(""), &bulk, 400);
    assert_eq!(size(&app.get(&devices(""))), 2);
    let count = app.send("GET", &devices("/$count"), &[], "");
    assert_eq!(&count.body[..], b"2");
    let direct =
        json!({"device": {"id": text(&made["value"][0], "id")}, "verificationCode": code(&app)});
    app.write(
        "POST",
        &beta("alice", "hardwareOathMethods/assignAndActivate"),
        &direct,
        204,
    );
    assert_eq!(
        text(
            &app.get(&beta("alice", "hardwareOathMethods"))["value"][0]["device"],
            "status"
        ),
        "activated"
    );
    let oath = {
        let tenant = app.bench.tenant.read();
        let device = tenant
            .authentication
            .by_serial_number("TOTP654321")
            .unwrap()
            .oath();
        (device.interval, device.hash)
    };
    assert_eq!(oath, (60, OathHash::Sha256));
}

#[test]
fn only_whole_and_valid_tokens_are_taken() {
    let app = administrator();
    for (member, value) in [
        ("serialNumber", Value::Null),
        ("manufacturer", json!("")),
        ("model", json!(7)),
        ("secretKey", json!("not base32!")),
        ("secretKey", json!("")),
        ("timeIntervalInSeconds", json!(45)),
        ("hashFunction", json!("md5")),
        (
            "assignTo",
            json!({"id": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("colour", json!("red")),
    ] {
        let mut wrong = device("TOTP1");
        wrong[member] = value.clone();
        let reply = app.send("POST", &devices(""), &[], &wrong.to_string());
        assert!(
            [400, 404].contains(&reply.status.as_u16()),
            "{member} {value}"
        );
    }
    assert_eq!(size(&app.get(&devices(""))), 0);
    app.write("POST", &beta("bob", "hardwareOathMethods"), &json!({}), 400);
    app.write(
        "POST",
        &beta("bob", "hardwareOathMethods"),
        &json!({"device": {"id": "x"}}),
        404,
    );
}

#[test]
fn the_inventory_is_for_policy_administrators_and_giving_from_it_for_those_of_methods() {
    let mut app = App::person("bob", BOTH);
    app.write("GET", &devices(""), &Value::Null, 403);
    assign(&app, "bob", AUTHENTICATION_POLICY_ADMINISTRATOR);
    let made = app.write("POST", &devices(""), &device("TOTP1"), 201);
    let mut given = device("TOTP2");
    given["assignTo"] = json!({"id": app.id("alice")});
    app.write("POST", &devices(""), &given, 403);
    assign(&app, "bob", super::AUTHENTICATION_ADMINISTRATOR);
    app.write("POST", &devices(""), &given, 201);
    given["assignTo"] = json!({"id": app.id("breakglass1")});
    given["serialNumber"] = json!("TOTP3");
    app.write("POST", &devices(""), &given, 403);
    // People take a token themselves.
    app.becomes("student", "UserAuthMethod-HardwareOATH.ReadWrite");
    let own =
        json!({"serialNumber": "TOTP1", "verificationCode": code(&app), "displayName": "Mine"});
    app.write(
        "POST",
        &format!("{BETA}/me/authentication/hardwareOathMethods/assignAndActivateBySerialNumber"),
        &own,
        204,
    );
    let listed = app.get(&format!("{BETA}/me/authentication/hardwareOathMethods"));
    assert_eq!(listed["value"][0]["id"], made["id"]);
}

#[test]
fn tokens_of_who_is_deleted_for_good_go_back_into_the_inventory() {
    let mut app = administrator();
    let mut given = device("TOTP1");
    given["assignTo"] = json!({"id": app.id("bob")});
    let made = app.write("POST", &devices(""), &given, 201);
    let bob = app.id("bob");
    app.becomes(
        "admin",
        &format!("{BOTH} User.DeleteRestore.All Directory.AccessAsUser.All"),
    );
    app.write("DELETE", &format!("/users/{bob}"), &Value::Null, 204);
    let one = devices(&format!("/{}", text(&made, "id")));
    assert_eq!(text(&app.get(&one), "status"), "assigned");
    app.write(
        "DELETE",
        &format!("/directory/deletedItems/{bob}"),
        &Value::Null,
        204,
    );
    assert_eq!(text(&app.get(&one), "status"), "available");
}
