//! Administrative units: their members, and roles that count for one unit.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";
const SET: &str = "/directory/administrativeUnits";

fn reference(id: &str) -> Value {
    json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{id}")})
}

#[test]
fn a_unit_is_created_filled_changed_and_deleted() {
    let app = App::person("admin", ALL);
    let asked = json!({
        "displayName": "Seattle District", "description": "Schools", "visibility": "HiddenMembership",
        "isMemberManagementRestricted": false,
    });
    let made = app.write("POST", SET, &asked, 201);
    assert!(text(&made, "@odata.context").ends_with("$metadata#administrativeUnits/$entity"));
    assert_eq!(text(&made, "visibility"), "HiddenMembership");
    let unit = format!("{SET}/{}", text(&made, "id"));
    let members = format!("{unit}/members");
    let bob = app.id("bob");
    app.write("POST", &format!("{members}/$ref"), &reference(&bob), 204);
    app.write("POST", &format!("{members}/$ref"), &reference(&bob), 400);
    assert_eq!(text(&app.get(&members)["value"][0], "id"), bob);
    let of = app.get(&format!(
        "/users/{bob}/memberOf/microsoft.graph.administrativeUnit"
    ));
    assert_eq!(of["value"][0]["id"], made["id"]);
    app.write("PATCH", &unit, &json!({"displayName": "Seattle"}), 204);
    app.write(
        "PATCH",
        &unit,
        &json!({"isMemberManagementRestricted": true}),
        400,
    );
    assert_eq!(text(&app.get(&unit), "displayName"), "Seattle");
    app.write(
        "DELETE",
        &format!("{members}/{bob}/$ref"),
        &Value::Null,
        204,
    );
    assert_eq!(app.get(&members)["value"], json!([]));
    let delta = app.get(&format!("{SET}/delta"));
    assert!(text(&delta, "@odata.context").ends_with("$metadata#administrativeUnits"));
    assert_eq!(delta["value"][0]["id"], made["id"]);
    app.write("DELETE", &unit, &Value::Null, 204);
    assert_eq!(app.send("GET", &unit, &[], "").status, 404);
    app.write("POST", SET, &json!({"description": "x"}), 400);
}

#[test]
fn a_role_for_a_unit_reaches_its_members_only() {
    let mut app = App::person("admin", ALL);
    let made = app.write("POST", SET, &json!({"displayName": "Seattle"}), 201);
    let unit = format!("{SET}/{}", text(&made, "id"));
    let student = app.id("student");
    app.write(
        "POST",
        &format!("{unit}/members/$ref"),
        &reference(&student),
        204,
    );
    let role = app.write(
        "POST",
        "/directoryRoles",
        &json!({"roleTemplateId": "fe930be7-5e62-47db-91af-98c3a49a38b1"}),
        201,
    );
    let given = json!({"roleId": role["id"], "roleMemberInfo": {"id": app.id("bob")}});
    let path = format!("{unit}/scopedRoleMembers");
    let held = app.write("POST", &path, &given, 201);
    assert_eq!(held["administrativeUnitId"], made["id"]);
    assert_eq!(app.get(&path)["value"][0]["id"], held["id"]);
    app.becomes("bob", ALL);
    let title = json!({"jobTitle": "x"});
    app.write("PATCH", &format!("/users/{student}"), &title, 204);
    app.write("PATCH", &format!("/users/{}", app.id("alice")), &title, 403);
    app.write("DELETE", &unit, &Value::Null, 403);
    app.becomes("admin", ALL);
    app.write(
        "DELETE",
        &format!("{path}/{}", text(&held, "id")),
        &Value::Null,
        204,
    );
    app.becomes("bob", ALL);
    app.write("PATCH", &format!("/users/{student}"), &title, 403);
}
