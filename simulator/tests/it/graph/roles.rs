//! Directory roles: given and taken by both APIs, and defined by the tenant itself.

use serde_json::{Value, json};

use super::client::App;
use crate::support::{json as body, text};

const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";
const DEFINITIONS: &str = "/roleManagement/directory/roleDefinitions";

fn administrator() -> App {
    App::person(
        "admin",
        "RoleManagement.ReadWrite.Directory Directory.Read.All",
    )
}

fn assignment(role: &str, principal: &str, scope: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        "roleDefinitionId": role, "principalId": principal, "directoryScopeId": scope,
    })
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

#[test]
fn a_role_given_by_one_api_is_seen_and_taken_by_the_other() {
    let app = administrator();
    let bob = app.id("bob");
    let role = app.write(
        "POST",
        "/directoryRoles",
        &json!({"roleTemplateId": GLOBAL_READER}),
        201,
    );
    assert_eq!(text(&role, "displayName"), "Global Reader");
    let members = format!("/directoryRoles/{}/members", text(&role, "id"));
    assert_eq!(app.get(&members)["value"], json!([]));
    // The same person as an assignment.
    let given = app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(GLOBAL_READER, &bob, "/"),
        201,
    );
    assert!(
        text(&given, "@odata.context")
            .ends_with("$metadata#roleManagement/directory/roleAssignments/$entity")
    );
    assert_eq!(text(&app.get(&members)["value"][0], "id"), bob);
    let one = format!("{ASSIGNMENTS}/{}", text(&given, "id"));
    let expanded = app.get(&format!("{one}?$expand=roleDefinition,principal"));
    assert_eq!(
        text(&expanded["roleDefinition"], "displayName"),
        "Global Reader"
    );
    assert_eq!(text(&expanded["principal"], "id"), bob);
    let twice = app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(GLOBAL_READER, &bob, "/"),
        400,
    );
    assert!(message(&twice).starts_with("A conflicting object"));
    // Taken as a member, by the alternate key.
    let member = format!("/directoryRoles(roleTemplateId='{GLOBAL_READER}')/members/{bob}/$ref");
    app.write("DELETE", &member, &Value::Null, 204);
    assert_eq!(app.send("GET", &one, &[], "").status, 404);
    app.write("DELETE", &member, &Value::Null, 404);
    // And given as a member, twice.
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{bob}")});
    let by_key = format!("/directoryRoles/roleTemplateId={GLOBAL_READER}/members/$ref");
    app.write("POST", &by_key, &reference, 204);
    let again = app.write("POST", &by_key, &reference, 400);
    assert!(message(&again).contains("already exist"));
    let held = app.get(&format!("{ASSIGNMENTS}?$filter=principalId eq '{bob}'"));
    assert_eq!(held["value"].as_array().map(Vec::len), Some(1));
    let again = app.write(
        "POST",
        "/directoryRoles",
        &json!({"roleTemplateId": GLOBAL_READER}),
        400,
    );
    assert!(message(&again).starts_with("A conflicting object"));
}

#[test]
fn a_role_counts_in_the_next_request_of_who_holds_it() {
    let mut app = App::person(
        "bob",
        "User.ReadWrite.All RoleManagement.ReadWrite.Directory",
    );
    let alice = app.id("alice");
    let bob = app.id("bob");
    let change = json!({"jobTitle": "Baker"});
    let url = format!("/users/{alice}");
    app.write("PATCH", &url, &change, 403);
    app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(USER_ADMINISTRATOR, &bob, "/"),
        403,
    );
    app.becomes("admin", "RoleManagement.ReadWrite.Directory");
    let given = app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(USER_ADMINISTRATOR, &bob, "/"),
        201,
    );
    app.becomes("bob", "User.ReadWrite.All");
    app.write("PATCH", &url, &change, 204);
    app.becomes("admin", "RoleManagement.ReadWrite.Directory");
    let one = format!("{ASSIGNMENTS}/{}", text(&given, "id"));
    app.write("DELETE", &one, &Value::Null, 204);
    app.becomes("bob", "User.ReadWrite.All");
    app.write("PATCH", &url, &change, 403);
}

#[test]
fn who_and_what_a_role_is_given_to_is_checked() {
    let app = administrator();
    let bob = app.id("bob");
    let nobody = "11111111-2222-4333-8444-555555555555";
    for (row, status) in [
        (assignment(nobody, &bob, "/"), 404),
        (assignment(GLOBAL_READER, nobody, "/"), 404),
        (assignment(GLOBAL_READER, "bob", "/"), 400),
        (assignment(GLOBAL_READER, &bob, ""), 400),
        (
            assignment(
                GLOBAL_READER,
                &bob,
                &format!("/administrativeUnits/{nobody}"),
            ),
            404,
        ),
        // Everybody has it by being there.
        (
            assignment("a0b1b346-4d3e-4e8b-98f8-753987be4970", &bob, "/"),
            400,
        ),
        (
            json!({"roleDefinitionId": GLOBAL_READER, "principalId": bob}),
            400,
        ),
        (json!({"roleDefinitionId": GLOBAL_READER, "who": bob}), 400),
        (json!([]), 400),
    ] {
        app.write("POST", ASSIGNMENTS, &row, status);
    }
    let group = {
        let tenant = app.bench.tenant.read();
        let id = tenant.groups.values().next().unwrap().id;
        id.to_string()
    };
    let refused = app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(GLOBAL_READER, &group, "/"),
        400,
    );
    assert!(message(&refused).contains("isAssignableToRole"));
    let held = app.get(&format!(
        "{ASSIGNMENTS}?$filter=principalId eq '{}'",
        app.id("admin")
    ));
    let own = format!("{ASSIGNMENTS}/{}", text(&held["value"][0], "id"));
    let refused = app.write("DELETE", &own, &Value::Null, 400);
    assert!(message(&refused).starts_with("Removing self"));
}

#[test]
fn a_role_of_the_tenants_own_is_defined_held_changed_and_deleted() {
    let mut app = administrator();
    let alice = app.id("alice");
    let own = json!({
        "displayName": "Name giver", "isEnabled": true,
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/basic/update"]}],
    });
    let role = app.write("POST", DEFINITIONS, &own, 201);
    assert_eq!(role["isBuiltIn"], json!(false));
    assert_eq!(role["templateId"], role["id"]);
    let url = format!("{DEFINITIONS}/{}", text(&role, "id"));
    let given = app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(text(&role, "id"), &app.id("bob"), "/"),
        201,
    );
    app.becomes("bob", "User.ReadWrite.All");
    let change = json!({"jobTitle": "Baker"});
    app.write("PATCH", &format!("/users/{alice}"), &change, 204);
    app.becomes("admin", "RoleManagement.ReadWrite.Directory");
    let refused = app.write("DELETE", &url, &Value::Null, 400);
    assert!(message(&refused).contains("assignments"));
    app.write(
        "PATCH",
        &url,
        &json!({"isEnabled": false, "description": "off"}),
        204,
    );
    assert_eq!(text(&app.get(&url), "description"), "off");
    app.becomes("bob", "User.ReadWrite.All");
    app.write("PATCH", &format!("/users/{alice}"), &change, 403);
    app.becomes("admin", "RoleManagement.ReadWrite.Directory");
    app.write(
        "DELETE",
        &format!("{ASSIGNMENTS}/{}", text(&given, "id")),
        &Value::Null,
        204,
    );
    app.write("DELETE", &url, &Value::Null, 204);
    app.write("GET", &url, &Value::Null, 404);
    let built_in = format!("{DEFINITIONS}/{GLOBAL_READER}");
    let refused = app.write("PATCH", &built_in, &json!({"description": "mine"}), 400);
    assert!(message(&refused).starts_with("Built-in"));
    app.write("DELETE", &built_in, &Value::Null, 400);
    for wrong in [
        json!({"displayName": "x", "isEnabled": true}),
        json!({"displayName": "x", "isEnabled": true, "rolePermissions": [{"allowedResourceActions": ["users"]}]}),
        json!({"displayName": "x", "isEnabled": true, "rolePermissions": {}}),
        json!({"displayName": "x", "isEnabled": true, "rolePermissions": [], "colour": "red"}),
    ] {
        app.write("POST", DEFINITIONS, &wrong, 400);
    }
}

#[test]
fn definitions_are_listed_filtered_and_say_whose_permissions_they_inherit() {
    let app = administrator();
    let all = app.get(DEFINITIONS);
    assert_eq!(all["value"].as_array().map(Vec::len), Some(145));
    let one = app.get(&format!(
        "{DEFINITIONS}?$filter=displayName eq 'Global Reader'&$expand=inheritsPermissionsFrom"
    ));
    assert_eq!(text(&one["value"][0], "id"), GLOBAL_READER);
    let from = &one["value"][0]["inheritsPermissionsFrom"][0];
    assert_eq!(text(from, "displayName"), "Directory Readers");
    let template = app.get(&format!("/directoryRoleTemplates/{GLOBAL_READER}"));
    assert_eq!(text(&template, "displayName"), "Global Reader");
    let templates = app.get("/directoryRoleTemplates");
    assert_eq!(templates["value"].as_array().map(Vec::len), Some(145));
    let missing = app.send("GET", "/directoryRoleTemplates/x", &[], "");
    assert_eq!(missing.status, 404);
    assert_eq!(
        text(&body(&missing)["error"], "code"),
        "Request_ResourceNotFound"
    );
}

#[test]
fn holders_of_a_role_are_found_by_scope() {
    let app = administrator();
    let bob = app.id("bob");
    app.write(
        "POST",
        ASSIGNMENTS,
        &assignment(GLOBAL_READER, &bob, "/"),
        201,
    );
    let beta = "https://graph.microsoft.com/beta/roleManagement/directory/roleDefinitions";
    let holders = |arguments: &str| {
        let found = app.get(&format!(
            "{beta}/{GLOBAL_READER}/assignedPrincipals({arguments})"
        ));
        found["value"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(holders("transitive=true"), 1);
    assert_eq!(
        holders("transitive=false,directoryScopeType='tenant',directoryScopeId=null"),
        1
    );
    assert_eq!(
        holders("transitive=@t,directoryScopeType=@s)?@t=true&@s='resource'&x=("),
        0
    );
}
