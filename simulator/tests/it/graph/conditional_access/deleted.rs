//! Deleted policies and named locations: listed, restored within thirty days, deleted for good.

use serde_json::{Value, json};

use super::{LOCATIONS, POLICIES, SCOPES, mfa, policy};
use crate::graph::client::App;
use crate::support::{ARM_SCOPE, aadsts, password_token, text};

const DELETED_POLICIES: &str = "/identity/conditionalAccess/deletedItems/policies";
const DELETED_LOCATIONS: &str = "/identity/conditionalAccess/deletedItems/namedLocations";

fn administrator(clock: &str) -> App {
    let mut app = App::new();
    app.bench.set_clock(clock);
    app.becomes("admin", SCOPES);
    app
}

fn ids(list: &Value) -> Vec<&str> {
    let rows = list["value"].as_array().unwrap().iter();
    rows.map(|row| text(row, "id")).collect()
}

#[test]
fn a_restored_policy_acts_again_at_the_next_sign_in() {
    let app = administrator("2025-11-01T00:00:00Z");
    let made = app.write("POST", POLICIES, &policy("enabled", &mfa()), 201);
    let id = text(&made, "id").to_owned();
    assert_eq!(made["deletedDateTime"], Value::Null);
    assert_eq!(
        aadsts(&password_token(&app.bench, "alice", ARM_SCOPE)),
        50076
    );
    app.write("DELETE", &format!("{POLICIES}/{id}"), &Value::Null, 204);
    assert_eq!(password_token(&app.bench, "alice", ARM_SCOPE).status, 200);
    let list = app.get(DELETED_POLICIES);
    assert_eq!(ids(&list), [id.as_str()]);
    assert_eq!(list["value"][0]["state"], "enabled");
    assert!(
        text(&list, "@odata.context").ends_with(&format!("$metadata#{}", &DELETED_POLICIES[1..]))
    );
    let one = format!("{DELETED_POLICIES}/{id}");
    let shown = app.get(&one);
    assert!(text(&shown, "deletedDateTime").starts_with("2025-11-01T00:00:00"));
    let restored = app.write("POST", &format!("{one}/restore"), &Value::Null, 200);
    assert_eq!(restored["id"], id.as_str());
    assert_eq!(restored["deletedDateTime"], Value::Null);
    assert_eq!(app.get(DELETED_POLICIES)["value"], json!([]));
    assert_eq!(
        aadsts(&password_token(&app.bench, "alice", ARM_SCOPE)),
        50076
    );
    app.write("POST", &format!("{one}/restore"), &Value::Null, 404);
    assert_eq!(
        app.get(&format!("{POLICIES}/{id}"))["displayName"],
        made["displayName"]
    );
}

#[test]
fn what_was_deleted_is_gone_after_thirty_days_or_for_good() {
    let mut app = administrator("2025-11-01T00:00:00Z");
    let make = |app: &App| {
        let made = app.write("POST", POLICIES, &policy("disabled", &mfa()), 201);
        let id = text(&made, "id").to_owned();
        app.write("DELETE", &format!("{POLICIES}/{id}"), &Value::Null, 204);
        id
    };
    let (first, second) = (make(&app), make(&app));
    let one = |id: &str| format!("{DELETED_POLICIES}/{id}");
    app.write("DELETE", &one(&first), &Value::Null, 204);
    app.write("DELETE", &one(&first), &Value::Null, 404);
    app.write("GET", &one(&first), &Value::Null, 404);
    assert_eq!(ids(&app.get(DELETED_POLICIES)), [second.as_str()]);
    app.bench.set_clock("2025-11-30T23:59:59Z");
    app.becomes("admin", SCOPES);
    assert_eq!(app.get(&one(&second))["id"], second.as_str());
    app.bench.set_clock("2025-12-01T00:00:00Z");
    app.becomes("admin", SCOPES);
    assert_eq!(app.get(DELETED_POLICIES)["value"], json!([]));
    app.write("GET", &one(&second), &Value::Null, 404);
    app.write(
        "POST",
        &format!("{}/restore", one(&second)),
        &Value::Null,
        404,
    );
    app.write("DELETE", &one(&second), &Value::Null, 404);
    for strange in ["x", "00000000-0000-0000-0000-000000000000"] {
        app.write("GET", &one(strange), &Value::Null, 404);
        app.write(
            "POST",
            &format!("{}/restore", one(strange)),
            &Value::Null,
            404,
        );
    }
}

#[test]
fn a_policy_that_could_not_be_made_today_is_not_restored() {
    let mut app = administrator("2025-11-01T00:00:00Z");
    let made = app.write("POST", POLICIES, &policy("enabled", &mfa()), 201);
    let id = text(&made, "id").to_owned();
    app.write("DELETE", &format!("{POLICIES}/{id}"), &Value::Null, 204);
    app.becomes("admin", "Policy.Read.All Policy.ReadWrite.SecurityDefaults");
    let defaults = "/policies/identitySecurityDefaultsEnforcementPolicy";
    app.write("PATCH", defaults, &json!({"isEnabled": true}), 204);
    app.becomes("admin", SCOPES);
    let restore = format!("{DELETED_POLICIES}/{id}/restore");
    let refused = app.write("POST", &restore, &Value::Null, 400);
    assert!(text(&refused["error"], "message").contains("Security Defaults is enabled"));
    assert_eq!(
        ids(&app.get(DELETED_POLICIES)),
        [id.as_str()],
        "it is still there"
    );
}

#[test]
fn named_locations_are_restored_and_deleted_for_good() {
    let app = administrator("2025-11-01T00:00:00Z");
    let location = json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Alps",
        "countriesAndRegions": ["AT", "CH"], "includeUnknownCountriesAndRegions": false,
    });
    let made = app.write("POST", LOCATIONS, &location, 201);
    let id = text(&made, "id").to_owned();
    app.write("DELETE", &format!("{LOCATIONS}/{id}"), &Value::Null, 204);
    assert_eq!(app.get(LOCATIONS)["value"], json!([]));
    let list = app.get(DELETED_LOCATIONS);
    assert_eq!(ids(&list), [id.as_str()]);
    let row = &list["value"][0];
    assert_eq!(row["@odata.type"], "#microsoft.graph.countryNamedLocation");
    assert!(row["deletedDateTime"].is_string());
    let one = format!("{DELETED_LOCATIONS}/{id}");
    let restored = app.write("POST", &format!("{one}/restore"), &Value::Null, 200);
    assert_eq!(restored["countriesAndRegions"], json!(["AT", "CH"]));
    assert_eq!(ids(&app.get(LOCATIONS)), [id.as_str()]);
    app.write("DELETE", &format!("{LOCATIONS}/{id}"), &Value::Null, 204);
    app.write("DELETE", &one, &Value::Null, 204);
    app.write("GET", &one, &Value::Null, 404);
}

#[test]
fn only_those_restore_and_delete_who_write_policies() {
    let mut app = administrator("2025-11-01T00:00:00Z");
    let made = app.write("POST", POLICIES, &policy("disabled", &mfa()), 201);
    let id = text(&made, "id").to_owned();
    app.write("DELETE", &format!("{POLICIES}/{id}"), &Value::Null, 204);
    app.becomes("bob", SCOPES);
    let one = format!("{DELETED_POLICIES}/{id}");
    for (method, path) in [
        ("GET", DELETED_POLICIES.to_owned()),
        ("POST", format!("{one}/restore")),
        ("DELETE", one),
    ] {
        let answer = app.write(method, &path, &Value::Null, 403);
        assert_eq!(text(&answer["error"], "code"), "AccessDenied");
    }
}
