//! Who acts on whose account, over the wire. The table itself is tested beside its code.

use serde_json::{Value, json};

use super::client::App;

const ALL: &str = "Directory.AccessAsUser.All";
const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
const USER: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

/// Gives somebody a role.
fn give(app: &App, role: &str, name: &str) {
    let assignment = json!({
        "roleDefinitionId": role, "principalId": app.id(name), "directoryScopeId": "/",
    });
    let path = "/roleManagement/directory/roleAssignments";
    app.write("POST", path, &assignment, 201);
}

fn password() -> Value {
    json!({"passwordProfile": {"password": "xWwvJ]6NMw+bWH-d"}})
}

#[test]
fn the_helpdesk_gives_passwords_to_the_weak_and_changes_nothing_else() {
    let mut app = App::person("admin", ALL);
    give(&app, HELPDESK, "bob");
    give(&app, READER, "alice");
    app.becomes("bob", ALL);
    let user = |app: &App, name: &str| format!("/users/{}", app.id(name));
    let student = user(&app, "student");
    app.write("PATCH", &student, &password(), 204);
    app.write("PATCH", &student, &json!({"accountEnabled": false}), 403);
    app.write("PATCH", &student, &json!({"displayName": "x"}), 403);
    app.write("DELETE", &student, &Value::Null, 403);
    app.write(
        "POST",
        &format!("{student}/revokeSignInSessions"),
        &Value::Null,
        200,
    );
    for name in ["alice", "admin"] {
        app.write("PATCH", &user(&app, name), &password(), 403);
        let revoke = format!("{}/revokeSignInSessions", user(&app, name));
        app.write("POST", &revoke, &Value::Null, 403);
    }
}

#[test]
fn a_user_administrator_stops_at_stronger_roles_and_at_groups_that_hold_them() {
    let mut app = App::person("admin", ALL);
    give(&app, USER, "bob");
    let group = json!({
        "displayName": "Holders", "mailNickname": "holders", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": true,
        "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{}", app.id("alice"))],
    });
    app.write("POST", "/groups", &group, 201);
    app.becomes("bob", ALL);
    let user = |app: &App, name: &str| format!("/users/{}", app.id(name));
    let disable = json!({"accountEnabled": false, "mobilePhone": "+1 5550100"});
    app.write("PATCH", &user(&app, "student"), &disable, 204);
    for name in ["alice", "admin"] {
        app.write("PATCH", &user(&app, name), &disable, 403);
        app.write("PATCH", &user(&app, name), &password(), 403);
        app.write("DELETE", &user(&app, name), &Value::Null, 403);
        // What is not sensitive is open.
        app.write("PATCH", &user(&app, name), &json!({"jobTitle": "x"}), 204);
    }
    app.write("DELETE", &user(&app, "student"), &Value::Null, 204);
}

#[test]
fn an_app_needs_a_role_of_its_own_for_accounts_that_have_any() {
    let mut app = App::new();
    let user = |app: &App, name: &str| format!("/users/{}", app.id(name));
    let phone = json!({"mobilePhone": "+1 5550100"});
    app.write("PATCH", &user(&app, "bob"), &phone, 204);
    app.write("PATCH", &user(&app, "admin"), &phone, 403);
    app.becomes("admin", ALL);
    let deploy = app.get("/servicePrincipals?$filter=displayName%20eq%20'deploy'");
    let assignment = json!({
        "roleDefinitionId": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "principalId": deploy["value"][0]["id"], "directoryScopeId": "/",
    });
    app.write(
        "POST",
        "/roleManagement/directory/roleAssignments",
        &assignment,
        201,
    );
    app.renew();
    app.write("PATCH", &user(&app, "admin"), &phone, 204);
}
