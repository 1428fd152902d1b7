//! The authorization policy: read, written, and what people may do by it.

use serde_json::{Value, json};

use super::BETA;
use crate::graph::client::App;
use crate::support::text;

const URL: &str = "/policies/authorizationPolicy";
const SCOPES: &str = "Policy.Read.All Policy.ReadWrite.Authorization";

#[test]
fn members_are_read_as_they_were_written_and_the_others_stay() {
    let app = App::person("admin", SCOPES);
    let policy = app.get(URL);
    assert_eq!(text(&policy, "allowInvitesFrom"), "everyone");
    for change in [
        json!({"allowEmailVerifiedUsersToJoinOrganization": true}),
        json!({"blockMsolPowerShell": true}),
        json!({"allowedToUseSSPR": false}),
        json!({"guestUserRoleId": "2af84b1e-32c8-42b7-82bc-daa82404023b"}),
        json!({"allowInvitesFrom": "adminsAndGuestInviters"}),
    ] {
        app.write("PATCH", URL, &change, 204);
        let after = app.get(URL);
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&after[name], value);
        }
    }
    let none = json!({"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": []}});
    app.write("PATCH", URL, &none, 204);
    let after = app.get(URL);
    let permissions = &after["defaultUserRolePermissions"];
    assert_eq!(permissions["permissionGrantPoliciesAssigned"], json!([]));
    assert_eq!(permissions["allowedToCreateApps"], true);
    // In beta it is a collection of one, with the consent policies beside the permissions.
    let beta = app.get(&format!("{BETA}{URL}"));
    let only = &beta["value"][0];
    assert_eq!(
        only["permissionGrantPolicyIdsAssignedToDefaultUserRole"],
        json!([])
    );
    assert_eq!(only["blockMsolPowerShell"], true);
    // And there it has a name.
    let named = format!("{BETA}{URL}/authorizationPolicy");
    let consent = "permissionGrantPolicyIdsAssignedToDefaultUserRole";
    let policies = json!(["managePermissionGrantsForSelf.microsoft-user-default-low"]);
    app.write("PATCH", &named, &json!({consent: policies}), 204);
    app.write(
        "PATCH",
        &named,
        &json!({"enabledPreviewFeatures": ["x"]}),
        204,
    );
    let read = app.get(&named);
    assert_eq!(read[consent], policies);
    assert_eq!(read["enabledPreviewFeatures"], json!(["x"]));
    let permissions = &app.get(URL)["defaultUserRolePermissions"];
    assert_eq!(permissions["permissionGrantPoliciesAssigned"], policies);
    app.write("PATCH", &named, &json!({consent: []}), 204);
    app.write("PATCH", &named, &none, 400);
    app.write("GET", &format!("{BETA}{URL}/other"), &Value::Null, 404);
    app.write(
        "GET",
        &format!("{URL}/authorizationPolicy"),
        &Value::Null,
        400,
    );
    for wrong in [
        json!({"allowInvitesFrom": "nobody"}),
        json!({"allowedToUseSSPR": "no"}),
        json!({"displayName": "Mine"}),
        json!({"defaultUserRolePermissions": {"allowedToCreateApps": null}}),
        json!({"defaultUserRolePermissions": {"colour": true}}),
        json!({"colour": "red"}),
    ] {
        app.write("PATCH", URL, &wrong, 400);
    }
    assert_eq!(app.get(URL), after);
}

#[test]
fn what_everybody_may_do_is_taken_and_given_back() {
    let mut app = App::person("admin", SCOPES);
    let allow = |app: &mut App, name: &str, on: bool| {
        app.becomes("admin", SCOPES);
        let change = json!({"defaultUserRolePermissions": {name: on}});
        app.write("PATCH", URL, &change, 204);
    };
    let register = |app: &mut App, status| {
        app.becomes("bob", "Application.ReadWrite.All");
        app.write(
            "POST",
            "/applications",
            &json!({"displayName": "Mine"}),
            status,
        );
    };
    register(&mut app, 201);
    allow(&mut app, "allowedToCreateApps", false);
    register(&mut app, 403);
    allow(&mut app, "allowedToCreateApps", true);
    register(&mut app, 201);
    let look = |app: &mut App, status| {
        let alice = app.id("alice");
        app.becomes("bob", "User.Read.All");
        app.write("GET", &format!("/users/{alice}"), &Value::Null, status);
        app.get("/me");
    };
    look(&mut app, 200);
    allow(&mut app, "allowedToReadOtherUsers", false);
    look(&mut app, 403);
    allow(&mut app, "allowedToReadOtherUsers", true);
    look(&mut app, 200);
}

#[test]
fn only_who_serves_it_may_write_it() {
    let mut app = App::person("bob", SCOPES);
    app.get(URL);
    let change = json!({"allowedToUseSSPR": false});
    app.write("PATCH", URL, &change, 403);
    app.becomes("admin", "Policy.Read.All");
    app.write("PATCH", URL, &change, 403);
}
