//! What all directory objects have in common.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";

#[test]
fn objects_of_any_type_are_fetched_by_their_ids() {
    let app = App::person("admin", ALL);
    let bob = app.id("bob");
    let group = text(&app.get("/groups")["value"][0], "id").to_owned();
    let strange = "00000000-0000-0000-0000-000000000001";
    let ids = json!({"ids": [bob, group, strange]});
    for path in [
        "/directoryObjects/getByIds",
        "/users/getByIds",
        "/groups/getByIds",
    ] {
        let answer = app.write("POST", path, &ids, 200);
        let types: Vec<&str> = answer["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| text(row, "@odata.type"))
            .collect();
        assert_eq!(types, ["#microsoft.graph.user", "#microsoft.graph.group"]);
    }
    let mut only = ids.clone();
    only["types"] = json!(["group"]);
    let answer = app.write("POST", "/directoryObjects/getByIds", &only, 200);
    assert_eq!(answer["value"].as_array().unwrap().len(), 1);
    let many = json!({"ids": vec![strange; 1001]});
    app.write("POST", "/directoryObjects/getByIds", &many, 400);
}

#[test]
fn the_name_of_a_group_to_be_is_checked_beforehand() {
    let app = App::person("admin", ALL);
    let group = json!({
        "displayName": "Library", "mailNickname": "library", "mailEnabled": true,
        "securityEnabled": false, "groupTypes": ["Unified"],
    });
    app.write("POST", "/groups", &group, 201);
    let path = "/directoryObjects/validateProperties";
    let free = json!({"entityType": "Group", "displayName": "Myprefix_test", "mailNickname": "Myprefix_test"});
    app.write("POST", path, &free, 204);
    let taken = json!({"entityType": "Group", "displayName": "Library", "mailNickname": "Library"});
    let answer = app.write("POST", path, &taken, 422);
    assert_eq!(
        text(&answer["error"], "code"),
        "Request_UnprocessableEntity"
    );
    assert_eq!(
        text(&answer["error"], "message"),
        "The values provided contain one or more validation errors."
    );
    assert_eq!(
        text(&answer["error"]["details"][0], "target"),
        "mailNickname"
    );
    app.write(
        "POST",
        path,
        &json!({"entityType": "User", "displayName": "x"}),
        400,
    );
    app.write("POST", path, &json!({"entityType": "Group"}), 400);
}

#[test]
fn an_object_is_deleted_whatever_it_is() {
    let app = App::person("admin", ALL);
    let bob = format!("/directoryObjects/{}", app.id("bob"));
    app.write("DELETE", &bob, &Value::Null, 204);
    app.write("DELETE", &bob, &Value::Null, 404);
    assert_eq!(
        text(
            &app.get("/directory/deletedItems/graph.user")["value"][0],
            "displayName"
        ),
        "Bob Okafor"
    );
    let made = app.write("POST", "/applications", &json!({"displayName": "x"}), 201);
    let made = format!("/directoryObjects/{}", text(&made, "id"));
    app.write("DELETE", &made, &Value::Null, 204);
    // What is out of reach stays.
    let bench = App::person("alice", ALL);
    let admin = format!("/directoryObjects/{}", bench.id("admin"));
    bench.write("DELETE", &admin, &Value::Null, 403);
}

#[test]
fn what_a_person_has_made_is_listed() {
    let app = App::person("bob", ALL);
    assert_eq!(app.get("/me/createdObjects")["value"], json!([]));
    let made = app.write("POST", "/applications", &json!({"displayName": "x"}), 201);
    let created = app.get("/me/createdObjects");
    assert!(text(&created, "@odata.context").ends_with("$metadata#directoryObjects"));
    assert_eq!(created["value"][0]["id"], made["id"]);
    assert_eq!(
        text(&created["value"][0], "@odata.type"),
        "#microsoft.graph.application"
    );
    let path = format!("/applications/{}", text(&made, "id"));
    app.write("DELETE", &path, &Value::Null, 204);
    assert_eq!(app.get("/me/createdObjects")["value"], json!([]));
}
