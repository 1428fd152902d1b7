//! Devices: created, found, owned.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";
const DEVICE_ID: &str = "4c299165-6e8f-4b45-a5ba-c5d250a707ff";

fn laptop() -> Value {
    json!({
        "accountEnabled": true, "deviceId": DEVICE_ID, "displayName": "Laptop 7",
        "operatingSystem": "Linux", "operatingSystemVersion": "6.12",
        "alternativeSecurityIds": [{"type": 2, "key": "Y3YxN2E1MWFlYw=="}],
    })
}

#[test]
fn a_device_is_created_found_by_its_own_id_changed_and_deleted() {
    let app = App::person("admin", ALL);
    let made = app.write("POST", "/devices", &laptop(), 201);
    let id = text(&made, "id").to_owned();
    let path = format!("/devices(deviceId='{DEVICE_ID}')");
    assert_eq!(text(&app.get(&path), "id"), id);
    let change = json!({
        "accountEnabled": false, "isCompliant": true,
        "extensionAttributes": {"extensionAttribute1": "kiosk"},
    });
    app.write("PATCH", &path, &change, 204);
    let read = app.get(&format!("/devices/{id}"));
    assert_eq!(
        (&read["accountEnabled"], &read["isCompliant"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(read["extensionAttributes"]["extensionAttribute1"], "kiosk");
    app.write("POST", "/devices", &laptop(), 400);
    let mut incomplete = laptop();
    incomplete
        .as_object_mut()
        .unwrap()
        .remove("operatingSystem");
    app.write("POST", "/devices", &incomplete, 400);
    // A rule may ask for it.
    let group = json!({
        "displayName": "Kiosks", "mailNickname": "kiosks", "mailEnabled": false, "securityEnabled": true,
        "groupTypes": ["DynamicMembership"], "membershipRuleProcessingState": "On",
        "membershipRule": "device.extensionAttribute1 -eq \"kiosk\"",
    });
    let group = app.write("POST", "/groups", &group, 201);
    let of = app.get(&format!("/devices/{id}/memberOf"));
    assert_eq!(of["value"][0]["id"], group["id"]);
    app.write("DELETE", &format!("/devices/{id}"), &Value::Null, 204);
    assert_eq!(app.send("GET", &path, &[], "").status, 404);
}

#[test]
fn a_device_has_owners_and_users() {
    let mut app = App::person("admin", ALL);
    let made = app.write("POST", "/devices", &laptop(), 201);
    let path = format!("/devices/{}", text(&made, "id"));
    let bob = app.id("bob");
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{bob}")});
    for (navigation, back) in [
        ("registeredOwners", "ownedDevices"),
        ("registeredUsers", "registeredDevices"),
    ] {
        app.write(
            "POST",
            &format!("{path}/{navigation}/$ref"),
            &reference,
            204,
        );
        assert_eq!(
            text(&app.get(&format!("{path}/{navigation}"))["value"][0], "id"),
            bob
        );
        assert_eq!(
            app.get(&format!("/users/{bob}/{back}"))["value"][0]["id"],
            made["id"]
        );
    }
    let owner = format!("{path}/registeredOwners/{bob}/$ref");
    app.write("DELETE", &owner, &Value::Null, 204);
    assert_eq!(
        app.get(&format!("/users/{bob}/ownedDevices"))["value"],
        json!([])
    );
    app.becomes("alice", ALL);
    app.write("PATCH", &path, &json!({"displayName": "x"}), 403);
    app.write("DELETE", &path, &Value::Null, 403);
}
