//! Cross-tenant access: the default and partners, and the second factor of a guest that they make count.

use serde_json::{Value, json};

use super::message;
use crate::control::ask;
use crate::graph::client::App;
use crate::support::{ARM_SCOPE, aadsts, claims, json as read, password_token, text};

const DEFAULT: &str = "/policies/crossTenantAccessPolicy/default";
const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";
const SCOPES: &str = "Policy.Read.All Policy.ReadWrite.CrossTenantAccess";
const GUEST: &str = "pat_fabrikam.example#EXT#";
const OTHER: &str = "3d0f5dec-5d3d-455c-8016-e2af1ae4d31a";

fn administrator() -> App {
    App::person("admin", SCOPES)
}

fn circumstances(app: &App, change: &Value) -> Value {
    let path = format!("/tenants/{}/circumstances", app.bench.tenant.id());
    read(&ask(&app.bench, "PATCH", &path, change))
}

/// The tenant of the guest of the seed.
fn home(app: &App) -> String {
    let tenant = app.bench.tenant.read();
    let guest = tenant.users.iter().find(|user| user.home.is_some());
    guest.unwrap().home.as_ref().unwrap().tenant.to_string()
}

#[test]
fn a_new_tenant_lets_guests_in_and_believes_nothing() {
    let app = administrator();
    let default = app.get(DEFAULT);
    assert_eq!(default["isServiceDefault"], true);
    assert_eq!(
        default["inboundTrust"],
        json!({
            "isMfaAccepted": false, "isCompliantDeviceAccepted": false,
            "isHybridAzureADJoinedDeviceAccepted": false,
        })
    );
    let access = |member: &str| default[member]["usersAndGroups"]["accessType"].clone();
    assert_eq!(access("b2bCollaborationInbound"), "allowed");
    assert_eq!(access("b2bDirectConnectInbound"), "blocked");
    assert_eq!(app.get(PARTNERS)["value"], json!([]));
}

#[test]
fn the_default_is_changed_and_reset() {
    let app = administrator();
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    app.write("PATCH", DEFAULT, &trust, 204);
    let default = app.get(DEFAULT);
    assert_eq!(default["isServiceDefault"], false);
    assert_eq!(default["inboundTrust"]["isMfaAccepted"], true);
    assert_eq!(default["inboundTrust"]["isCompliantDeviceAccepted"], false);
    // The same switch as the control port's.
    assert_eq!(circumstances(&app, &json!({}))["trusts_home_mfa"], true);
    let outbound = json!({"b2bDirectConnectOutbound": {"usersAndGroups": {
        "accessType": "allowed", "targets": [{"target": OTHER, "targetType": "group"}],
    }}});
    app.write("PATCH", DEFAULT, &outbound, 204);
    let default = app.get(DEFAULT);
    let users = &default["b2bDirectConnectOutbound"]["usersAndGroups"];
    assert_eq!(users["targets"][0]["target"], OTHER);
    assert_eq!(
        default["b2bDirectConnectOutbound"]["applications"]["accessType"], "blocked",
        "what is not named stays"
    );
    app.write(
        "POST",
        &format!("{DEFAULT}/resetToSystemDefault"),
        &Value::Null,
        204,
    );
    assert_eq!(app.get(DEFAULT)["isServiceDefault"], true);
    assert_eq!(circumstances(&app, &json!({}))["trusts_home_mfa"], false);
}

#[test]
fn a_partner_is_made_changed_and_deleted() {
    let app = administrator();
    // The documented one.
    let partner = json!({
        "tenantId": OTHER,
        "b2bDirectConnectOutbound": {"usersAndGroups": {
            "accessType": "blocked",
            "targets": [{"target": "6f546279-4da5-4b53-a095-09ea0cef9971", "targetType": "group"}],
        }},
        "b2bDirectConnectInbound": {"applications": {
            "accessType": "allowed", "targets": [{"target": "Office365", "targetType": "application"}],
        }},
    });
    let made = app.write("POST", PARTNERS, &partner, 201);
    assert_eq!(made["inboundTrust"], Value::Null);
    assert_eq!(made["b2bCollaborationInbound"], Value::Null);
    let one = format!("{PARTNERS}/{OTHER}");
    app.write("POST", PARTNERS, &json!({"tenantId": OTHER}), 400);
    app.write(
        "PATCH",
        &one,
        &json!({"inboundTrust": {"isMfaAccepted": true}}),
        204,
    );
    app.write(
        "PATCH",
        &one,
        &json!({"automaticUserConsentSettings": {"inboundAllowed": true}}),
        204,
    );
    let shown = app.get(&one);
    assert_eq!(shown["inboundTrust"]["isMfaAccepted"], true);
    assert_eq!(
        shown["automaticUserConsentSettings"]["inboundAllowed"],
        true
    );
    let inbound = &shown["b2bDirectConnectInbound"]["applications"];
    assert_eq!(inbound["targets"][0]["target"], "Office365");
    assert_eq!(text(&app.get(PARTNERS)["value"][0], "tenantId"), OTHER);
    app.write("PATCH", &one, &json!({"inboundTrust": null}), 204);
    assert_eq!(app.get(&one)["inboundTrust"], Value::Null);
    app.write("DELETE", &one, &Value::Null, 204);
    app.write("DELETE", &one, &Value::Null, 404);
    app.write("GET", &one, &Value::Null, 404);
    app.write("PATCH", &one, &json!({}), 404);
}

#[test]
fn a_guests_second_factor_counts_where_the_guests_tenant_is_trusted() {
    let mut app = administrator();
    let home = home(&app);
    circumstances(&app, &json!({"users": {GUEST: {"home_mfa": true}}}));
    app.becomes(
        "admin",
        "Policy.Read.All Policy.ReadWrite.ConditionalAccess Application.Read.All",
    );
    let policy = json!({
        "displayName": "Guests", "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["GuestsOrExternalUsers"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    app.write("POST", "/identity/conditionalAccess/policies", &policy, 201);
    app.becomes("admin", SCOPES);
    let gets_in = |app: &App| {
        let reply = password_token(&app.bench, GUEST, ARM_SCOPE);
        if reply.status == 200 {
            let token = claims(text(&read(&reply), "access_token"));
            assert_eq!(token["amr"], json!(["pwd", "mfa"]));
            true
        } else {
            let number = aadsts(&reply);
            assert!(number == 50076 || number == 50079, "{number}");
            false
        }
    };
    let trust = |accepted: bool| json!({"inboundTrust": {"isMfaAccepted": accepted}});
    let partner = |id: &str, accepted: bool| {
        let mut partner = trust(accepted);
        partner["tenantId"] = json!(id);
        partner
    };
    assert!(!gets_in(&app));
    app.write("PATCH", DEFAULT, &trust(true), 204);
    assert!(gets_in(&app));
    // Another tenant changes nothing, the guest's own does.
    app.write("POST", PARTNERS, &partner(OTHER, false), 201);
    assert!(gets_in(&app));
    app.write("POST", PARTNERS, &partner(&home, false), 201);
    assert!(!gets_in(&app));
    let one = format!("{PARTNERS}/{home}");
    app.write("PATCH", &one, &json!({"inboundTrust": null}), 204);
    assert!(gets_in(&app));
    app.write("PATCH", DEFAULT, &trust(false), 204);
    assert!(!gets_in(&app));
    app.write("PATCH", &one, &trust(true), 204);
    assert!(gets_in(&app));
    // Not without having passed it at home.
    circumstances(&app, &json!({"users": {GUEST: {"home_mfa": false}}}));
    assert!(!gets_in(&app));
    circumstances(&app, &json!({"users": {GUEST: {"home_mfa": true}}}));
    app.write("DELETE", &one, &Value::Null, 204);
    assert!(!gets_in(&app));
}

#[test]
fn what_cannot_be_is_refused_and_what_would_act_elsewhere_is_named() {
    let app = administrator();
    let targets = |access: &str, target: &str, kind: &str| json!({"accessType": access, "targets": [{"target": target, "targetType": kind}]});
    for (change, status) in [
        (json!({"inboundTrust": true}), 400),
        (json!({"inboundTrust": {"isMfaAccepted": "yes"}}), 400),
        (json!({"inboundTrust": {"isKind": true}}), 400),
        (json!({"isServiceDefault": true}), 400),
        (json!({"weather": "rain"}), 400),
        (
            json!({"b2bDirectConnectInbound": {"usersAndGroups": {"accessType": "maybe"}}}),
            400,
        ),
        (json!({"tenantRestrictions": {}}), 501),
        // Guests sign in whatever this says: it must not say that they may not.
        (
            json!({"b2bCollaborationInbound": {"usersAndGroups": targets("blocked", "AllUsers", "user")}}),
            501,
        ),
        (
            json!({"b2bCollaborationInbound": {"usersAndGroups": targets("allowed", OTHER, "group")}}),
            501,
        ),
        (
            json!({"b2bCollaborationInbound": {"usersAndGroups": targets("allowed", "AllUsers", "user")}}),
            204,
        ),
    ] {
        app.write("PATCH", DEFAULT, &change, status);
    }
    for wrong in [json!({}), json!({"tenantId": "x"})] {
        let refused = app.write("POST", PARTNERS, &wrong, 400);
        assert!(message(&refused).contains("tenantId"));
    }
    app.write("GET", &format!("{PARTNERS}/x"), &Value::Null, 404);
    app.write(
        "GET",
        "/policies/crossTenantAccessPolicy",
        &Value::Null,
        501,
    );
}

#[test]
fn security_administrators_write_and_others_do_not() {
    let mut app = App::person("bob", SCOPES);
    for (method, path) in [("GET", DEFAULT), ("PATCH", DEFAULT), ("POST", PARTNERS)] {
        app.write(method, path, &json!({}), 403);
    }
    app.becomes("admin", "Policy.Read.All");
    app.get(DEFAULT);
    app.write("PATCH", DEFAULT, &json!({}), 403);
}
