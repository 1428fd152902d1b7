//! Security defaults: read, switched, and refused beside Conditional Access.

use serde_json::json;

use super::message;
use crate::graph::client::App;
use crate::support::text;

const URL: &str = "/policies/identitySecurityDefaultsEnforcementPolicy";
const SCOPES: &str =
    "Policy.Read.All Policy.ReadWrite.SecurityDefaults Policy.ReadWrite.ConditionalAccess";

#[test]
fn they_and_enabled_policies_exclude_each_other() {
    let app = App::person("admin", SCOPES);
    let policy = app.get(URL);
    assert_eq!(policy["isEnabled"], false);
    assert_eq!(text(&policy, "id"), "00000000-0000-0000-0000-000000000005");
    let wish = json!({
        "displayName": "MFA", "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"]}, "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    let made = app.write("POST", "/identity/conditionalAccess/policies", &wish, 201);
    let refused = app.write("PATCH", URL, &json!({"isEnabled": true}), 400);
    assert!(message(&refused).contains("Conditional Access"));
    assert_eq!(app.get(URL)["isEnabled"], false);
    app.write("PATCH", URL, &json!({"isEnabled": false}), 204);
    let one = format!("/identity/conditionalAccess/policies/{}", text(&made, "id"));
    app.write("PATCH", &one, &json!({"state": "disabled"}), 204);
    app.write("PATCH", URL, &json!({"isEnabled": true}), 204);
    assert_eq!(app.get(URL)["isEnabled"], true);
    let refused = app.write("PATCH", &one, &json!({"state": "enabled"}), 400);
    assert!(message(&refused).starts_with("Security Defaults is enabled"));
}

#[test]
fn only_the_switch_can_be_written() {
    let mut app = App::person("admin", SCOPES);
    for wrong in [
        json!({"isEnabled": "yes"}),
        json!({"isEnabled": null}),
        json!({"displayName": "Mine"}),
        json!({"colour": "red"}),
    ] {
        app.write("PATCH", URL, &wrong, 400);
    }
    let same = json!({"isEnabled": false, "displayName": "Security Defaults"});
    app.write("PATCH", URL, &same, 204);
    app.becomes("bob", SCOPES);
    app.write("PATCH", URL, &json!({"isEnabled": true}), 403);
    app.becomes("admin", "Policy.Read.All");
    app.write("PATCH", URL, &json!({"isEnabled": true}), 403);
}
