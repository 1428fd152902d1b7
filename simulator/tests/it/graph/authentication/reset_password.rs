//! An administrator resets a password: at once, and as an operation to ask after.

use core::time::Duration;

use serde_json::{Value, json};

use super::{AUTHENTICATION_ADMINISTRATOR, USER_ADMINISTRATOR, administrator, assign, at, message};
use crate::graph::client::App;
use crate::support::{aadsts, account, password_token, text, token};
use crate::testing::Bench;

const RESET: &str = "methods/28c10230-6103-485e-b985-444c60001490/resetPassword";

fn operation(app: &App, path: &str, body: &str) -> (Value, String) {
    let reply = app.send("POST", path, &[], body);
    let document: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply.status, 202, "{document}");
    let location = reply.headers["location"].to_str().unwrap().to_owned();
    (document, location)
}

fn sign_in(bench: &Bench, password: &str) -> u64 {
    let reply = token(
        bench,
        &[
            ("client_id", crate::support::AZURE_CLI),
            ("grant_type", "password"),
            ("username", "bob@contoso.onmicrosoft.com"),
            ("password", password),
            ("scope", "https://graph.microsoft.com/.default"),
        ],
    );
    if reply.status == 200 {
        0
    } else {
        aadsts(&reply)
    }
}

#[test]
fn a_given_password_is_temporary_and_the_operation_says_when_it_is_done() {
    let app = administrator();
    let (_, old) = account(&app.bench, "bob");
    let (answer, location) = operation(&app, &at("bob", RESET), r#"{"newPassword": "Cuyo5459"}"#);
    assert_eq!(answer, json!({}));
    assert!(location.contains(&format!(
        "/v1.0/users/{}/authentication/operations/",
        app.id("bob")
    )));
    assert!(location.ends_with("?aadgdc=DUB02P&aadgsu=ssprprod-a"));
    let done = app.get(&location);
    assert_eq!(text(&done, "status"), "succeeded");
    assert!(
        text(&done, "resourceLocation")
            .ends_with("/authentication/methods/28c10230-6103-485e-b985-444c60001490")
    );
    assert_eq!(sign_in(&app.bench, &old), 50_126);
    assert_eq!(
        sign_in(&app.bench, "Cuyo5459"),
        50_055,
        "it has to be changed"
    );
    // Somebody else's operation is not found.
    let id = text(&done, "id");
    app.write(
        "GET",
        &at("alice", &format!("operations/{id}")),
        &Value::Null,
        404,
    );
}

#[test]
fn an_operation_runs_as_long_as_it_takes_and_is_forgotten_after_a_day() {
    let mut app = administrator();
    app.bench
        .tenant
        .write(|tenant| {
            tenant.knobs.password_reset_takes = Duration::from_secs(60);
            Ok::<(), ()>(())
        })
        .unwrap();
    app.bench.set_clock("2026-01-01T00:00:00Z");
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    let (_, location) = operation(&app, &at("bob", RESET), "");
    let state = |app: &App| text(&app.get(&location), "status").to_owned();
    assert_eq!(state(&app), "running");
    app.bench.set_clock("2026-01-01T00:01:00Z");
    assert_eq!(state(&app), "succeeded");
    app.bench.set_clock("2026-01-02T00:00:00Z");
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    app.write("GET", &location, &Value::Null, 404);
}

#[test]
fn a_password_is_made_up_if_none_is_given_except_for_those_of_a_directory_on_premises() {
    let app = administrator();
    let (answer, _) = operation(&app, &at("bob", RESET), "");
    assert!(
        text(&answer, "@odata.context")
            .ends_with("$metadata#microsoft.graph.passwordResetResponse")
    );
    assert_eq!(sign_in(&app.bench, text(&answer, "newPassword")), 50_055);
    crate::sts::pages::change_user(&app.bench, "bob", |user| {
        let profile = user.profile_mut();
        profile.kept.set("onPremisesSyncEnabled", json!(true));
    });
    app.write("POST", &at("bob", RESET), &json!({}), 400);
    let weak = app.write(
        "POST",
        &at("bob", RESET),
        &json!({"newPassword": "short"}),
        400,
    );
    assert!(message(&weak).contains("complexity"), "{weak}");
    app.write("POST", &at("bob", RESET), &json!({"newPassword": 7}), 400);
    app.write(
        "POST",
        &at(
            "bob",
            "methods/3179e48a-750b-4051-897c-87b9720928f7/resetPassword",
        ),
        &json!({}),
        404,
    );
}

#[test]
fn nobody_resets_their_own_and_a_role_for_methods_is_needed() {
    let mut app = administrator();
    app.write(
        "POST",
        &at("admin", RESET),
        &json!({"newPassword": "Cuyo5459"}),
        403,
    );
    app.becomes("bob", "UserAuthenticationMethod.ReadWrite.All");
    assign(&app, "bob", USER_ADMINISTRATOR);
    app.write("POST", &at("alice", RESET), &json!({}), 403);
    assign(&app, "bob", AUTHENTICATION_ADMINISTRATOR);
    let reply = app.send("POST", &at("alice", RESET), &[], "{}");
    assert_eq!(reply.status, 202);
    app.write("POST", &at("breakglass1", RESET), &json!({}), 403);
    // Apps cannot.
    app.renew();
    app.write("POST", &at("alice", RESET), &json!({}), 403);
    assert_eq!(
        password_token(&app.bench, "bob", "https://graph.microsoft.com/.default").status,
        200
    );
}
