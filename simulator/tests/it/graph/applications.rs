//! `/applications`: what clients write is read back, and what a registration exposes drives tokens.

use serde_json::{Value, json};

use super::admin::{Admin, ROLE, SCOPE};
use crate::support::text;

const EMPTY: Value = Value::Null;

fn scope(id: &str, value: &str, enabled: bool) -> Value {
    json!({
        "id": id, "value": value, "type": "User", "isEnabled": enabled,
        "adminConsentDisplayName": value, "adminConsentDescription": format!("{value} it all"),
        "userConsentDisplayName": "Yours", "userConsentDescription": "What is yours",
    })
}

fn role(id: &str, value: &str, enabled: bool) -> Value {
    json!({
        "id": id, "value": value, "displayName": value, "description": format!("{value} it"),
        "isEnabled": enabled, "allowedMemberTypes": ["User", "Application"],
    })
}

#[test]
fn everything_that_clients_write_to_a_registration_is_read_back() {
    let admin = Admin::new();
    let api = admin.api();
    let written = json!({
        "displayName": "Orders",
        "description": "Takes orders",
        "notes": "ask for Ann",
        "tags": ["billing", "eu"],
        "groupMembershipClaims": "SecurityGroup",
        "serviceManagementReference": "CI-1",
        "signInAudience": "AzureADMultipleOrgs",
        "isFallbackPublicClient": true,
        "isDeviceOnlyAuthSupported": false,
        "info": {"marketingUrl": "https://x.example/m", "termsOfServiceUrl": "https://x.example/t"},
        "optionalClaims": {"idToken": [{"name": "auth_time", "essential": true}]},
        "parentalControlSettings": {"countriesBlockedForMinors": ["DE"], "legalAgeGroupRule": "BlockMinors"},
        "servicePrincipalLockConfiguration": {"isEnabled": true, "allProperties": true},
        "web": {
            "homePageUrl": "https://x.example/", "logoutUrl": "https://x.example/out",
            "redirectUris": ["https://x.example/cb"],
            "redirectUriSettings": [{"uri": "https://x.example/cb", "index": 2}],
            "implicitGrantSettings": {"enableIdTokenIssuance": true, "enableAccessTokenIssuance": false},
        },
        "spa": {"redirectUris": ["https://x.example/spa"]},
        "publicClient": {"redirectUris": ["http://localhost"]},
        "api": {
            "acceptMappedClaims": true, "requestedAccessTokenVersion": 2,
            "knownClientApplications": [api.app_id],
            "oauth2PermissionScopes": [scope(SCOPE, "Orders.Read", true)],
            "preAuthorizedApplications": [{"appId": api.app_id, "delegatedPermissionIds": [SCOPE]}],
        },
        "appRoles": [role(ROLE, "Orders.Admin", true)],
        "requiredResourceAccess": [{
            "resourceAppId": "00000003-0000-0000-c000-000000000000",
            "resourceAccess": [{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}],
        }],
    });
    let made = admin.expect(201, "POST", "/applications", &written);
    let path = format!("/applications/{}", text(&made, "id"));
    let read = admin.get(&path);
    contains(&read, &written, "");
    // A change names what changes, also inside of a complex property.
    let change =
        json!({"web": {"homePageUrl": null}, "info": {"supportUrl": "https://x.example/s"}});
    admin.expect(204, "PATCH", &path, &change);
    let read = admin.get(&path);
    assert_eq!(read["web"]["homePageUrl"], EMPTY);
    assert_eq!(read["web"]["logoutUrl"], "https://x.example/out");
    assert_eq!(read["info"]["marketingUrl"], "https://x.example/m");
    assert_eq!(read["info"]["supportUrl"], "https://x.example/s");
    let by = format!("{path}?$select=createdByAppId,uniqueName,isDisabled");
    let by = admin.get(&by);
    assert_eq!(by["createdByAppId"], crate::support::AZURE_CLI);
    assert_eq!(by["uniqueName"], EMPTY);
}

/// Every member of the smaller value is in the larger one.
fn contains(all: &Value, part: &Value, path: &str) {
    match (all, part) {
        (Value::Object(all), Value::Object(part)) => {
            for (name, value) in part {
                let path = format!("{path}/{name}");
                assert!(all.contains_key(name), "{path} is not there");
                contains(&all[name], value, &path);
            }
        }
        (Value::Array(all), Value::Array(part)) => {
            assert_eq!(all.len(), part.len(), "{path}");
            for (all, part) in all.iter().zip(part) {
                contains(all, part, path);
            }
        }
        (all, part) => assert_eq!(all, part, "{path}"),
    }
}

#[test]
fn a_permission_in_force_is_disabled_before_it_goes_and_takes_its_assignments_along() {
    let admin = Admin::new();
    let api = admin.api();
    let path = format!("/applications/{}", api.id);
    let locked = "CannotDeleteOrUpdateEnabledEntitlement";
    let roles = |roles: Value| json!({"appRoles": roles});
    let scopes = |scopes: Value| json!({"api": {"oauth2PermissionScopes": scopes}});
    for body in [
        roles(json!([])),
        roles(json!([role(ROLE, "Other", true)])),
        scopes(json!([])),
    ] {
        let (code, _) = admin.refused(400, "PATCH", &path, &body);
        assert_eq!(code, locked, "{body}");
    }
    let alice = admin.user("alice");
    let held = format!("/users/{alice}/appRoleAssignments");
    let body = json!({"principalId": alice, "resourceId": api.principal, "appRoleId": ROLE});
    admin.expect(201, "POST", &held, &body);
    admin.expect(
        204,
        "PATCH",
        &path,
        &roles(json!([role(ROLE, "Reader", false)])),
    );
    assert_eq!(admin.get(&held)["value"].as_array().unwrap().len(), 1);
    admin.expect(204, "PATCH", &path, &roles(json!([])));
    assert_eq!(admin.get(&held)["value"], json!([]));
}

#[test]
fn permissions_have_ids_and_values_of_their_own() {
    let admin = Admin::new();
    let other = "33333333-0000-0000-0000-000000000001";
    let with = |roles: Value| json!({"displayName": "x", "appRoles": roles});
    for (body, code) in [
        (
            with(json!([role(ROLE, "A", true), role(ROLE, "B", true)])),
            "DuplicateValue",
        ),
        (
            with(json!([role(ROLE, "A", true), role(other, "A", true)])),
            "DuplicateValue",
        ),
        (with(json!([role(ROLE, "a b", true)])), "Request_BadRequest"),
        (with(json!([role("x", "A", true)])), "Request_BadRequest"),
        (
            with(
                json!([{"id": ROLE, "value": "A", "displayName": "A", "description": "A", "allowedMemberTypes": ["Robot"]}]),
            ),
            "Request_BadRequest",
        ),
        (
            with(
                json!([{"id": ROLE, "value": "A", "allowedMemberTypes": ["User"], "description": "A"}]),
            ),
            "Request_BadRequest",
        ),
        (
            json!({"displayName": "x", "api": {"preAuthorizedApplications": [{"appId": other, "delegatedPermissionIds": [SCOPE]}]}}),
            "Request_BadRequest",
        ),
        (
            json!({"displayName": "x", "api": {"colour": 1}}),
            "BadRequest",
        ),
        (
            json!({"displayName": "x", "identifierUris": ["https://fabrikam.example/x"]}),
            "HostNameNotOnVerifiedDomain",
        ),
        (
            json!({"displayName": "x", "identifierUris": ["api://orders"]}),
            "HostNameNotOnVerifiedDomain",
        ),
    ] {
        let (got, _) = admin.refused(400, "POST", "/applications", &body);
        assert_eq!(got, code, "{body}");
    }
}

#[test]
fn what_a_registration_exposes_is_in_the_next_token() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let path = format!("/applications/{}", api.id);
    let wanted = format!("{}/Write", api.app_id);
    assert_eq!(admin.user_token(&client, "alice", &wanted), Err(650_053));
    let write = "11111111-0000-0000-0000-000000000002";
    let scopes = json!([scope(SCOPE, "Read", true), scope(write, "Write", true)]);
    let body = json!({"api": {"oauth2PermissionScopes": scopes}});
    admin.expect(204, "PATCH", &path, &body);
    assert_eq!(admin.user_token(&client, "alice", &wanted), Err(65001));
    // A client that is authorised beforehand asks nobody.
    let body = json!({"api": {"preAuthorizedApplications": [
        {"appId": client.app_id, "delegatedPermissionIds": [write]},
    ]}});
    admin.expect(204, "PATCH", &path, &body);
    let claims = admin.user_token(&client, "alice", &wanted).unwrap();
    assert_eq!(claims["scp"], "Write");
    let read = format!("{}/Read", api.app_id);
    assert_eq!(admin.user_token(&client, "alice", &read), Err(65001));
    let names = admin.get(&format!("/servicePrincipals/{}", api.principal));
    let offered = names["oauth2PermissionScopes"].as_array().unwrap();
    assert_eq!(offered.len(), 2);
    assert_eq!(offered[1]["userConsentDescription"], "What is yours");
}

#[test]
fn a_registration_is_made_under_its_unique_name_where_it_is_missing() {
    let admin = Admin::new();
    let path = "/applications(uniqueName='orders-1')";
    let body = json!({"displayName": "Orders"});
    admin.expect(404, "PATCH", path, &body);
    let prefer = [("prefer", "create-if-missing")];
    let (status, made) = admin.send_with("PATCH", path, &prefer, &body);
    assert_eq!(status, 201, "{made}");
    let again = json!({"displayName": "Orders 2"});
    let (status, _) = admin.send_with("PATCH", path, &prefer, &again);
    assert_eq!(status, 204);
    let read = admin.get(&format!("{path}?$select=id,displayName,uniqueName"));
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["displayName"], "Orders 2");
    assert_eq!(read["uniqueName"], "orders-1");
    let (_, text) = admin.refused(400, "PATCH", path, &json!({"uniqueName": "other"}));
    assert!(text.contains("read-only"), "{text}");
    admin.expect(204, "DELETE", path, &EMPTY);
    admin.expect(404, "GET", path, &EMPTY);
}

#[test]
fn secrets_made_with_the_registration_are_shown_once_and_work() {
    let admin = Admin::new();
    let body = json!({"displayName": "x", "passwordCredentials": [{"displayName": "first"}]});
    let made = admin.expect(201, "POST", "/applications", &body);
    let secret = made["passwordCredentials"][0]["secretText"]
        .as_str()
        .unwrap();
    let app_id = text(&made, "appId");
    admin.expect(201, "POST", "/servicePrincipals", &json!({"appId": app_id}));
    let granted = admin.claims(&[
        ("client_id", app_id),
        ("client_secret", secret),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ]);
    assert_eq!(granted.unwrap()["appid"], app_id);
    let read = admin.get(&format!("/applications/{}", text(&made, "id")));
    assert_eq!(read["passwordCredentials"][0]["secretText"], EMPTY);
    assert_eq!(read["passwordCredentials"][0]["displayName"], "first");
    // Nobody chooses a secret.
    let chosen = json!({"displayName": "x", "passwordCredentials": [{"secretText": "chosen"}]});
    admin.expect(400, "POST", "/applications", &chosen);
}

#[test]
fn a_registration_that_is_switched_off_gets_no_tokens() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let secret = admin.secret(&format!("applications/{}", app.id));
    let scope = "https://graph.microsoft.com/.default";
    assert!(admin.app_token(&app, &secret, scope).is_ok());
    let path = format!("/applications/{}", app.id);
    admin.expect(204, "PATCH", &path, &json!({"isDisabled": true}));
    assert_eq!(admin.app_token(&app, &secret, scope), Err(7_000_112));
    admin.expect(204, "PATCH", &path, &json!({"isDisabled": false}));
    assert!(admin.app_token(&app, &secret, scope).is_ok());
}

#[test]
fn extension_properties_are_defined_listed_and_taken_away() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "Extender"}));
    let path = format!("/applications/{}/extensionProperties", app.id);
    let body = json!({"name": "jobGroup", "dataType": "String", "targetObjects": ["User"]});
    let made = admin.expect(201, "POST", &path, &body);
    let name = format!("extension_{}_jobGroup", app.app_id.replace('-', ""));
    assert_eq!(text(&made, "name"), name);
    assert_eq!(text(&made, "appDisplayName"), "Extender");
    let context = format!("#applications('{}')/extensionProperties/$entity", app.id);
    assert!(text(&made, "@odata.context").ends_with(&context));
    assert!(
        admin
            .bench
            .tenant
            .read()
            .extension_property(&name)
            .is_some()
    );
    let (code, _) = admin.refused(400, "POST", &path, &body);
    assert_eq!(code, "Request_BadRequest");
    for bad in [
        json!({"name": "a b", "dataType": "String", "targetObjects": ["User"]}),
        json!({"name": "a", "dataType": "Text", "targetObjects": ["User"]}),
        json!({"name": "a", "dataType": "String", "targetObjects": []}),
        json!({"name": "a", "dataType": "String"}),
    ] {
        admin.expect(400, "POST", &path, &bad);
    }
    assert_eq!(admin.get(&path)["value"].as_array().unwrap().len(), 1);
    let one = format!("{path}/{}", text(&made, "id"));
    assert_eq!(admin.get(&one)["dataType"], "String");
    admin.expect(204, "DELETE", &one, &EMPTY);
    assert_eq!(admin.get(&path)["value"], json!([]));
    assert!(
        admin
            .bench
            .tenant
            .read()
            .extension_property(&name)
            .is_none()
    );
}

#[test]
fn a_federated_credential_is_made_under_its_name_where_it_is_missing() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let path = format!(
        "/applications/{}/federatedIdentityCredentials(name='main')",
        app.id
    );
    let body = json!({
        "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:a/b:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    });
    admin.expect(404, "PATCH", &path, &body);
    let prefer = [("prefer", "create-if-missing")];
    let (status, made) = admin.send_with("PATCH", &path, &prefer, &body);
    assert_eq!((status, text(&made, "name")), (201, "main"));
    let (status, _) = admin.send_with("PATCH", &path, &prefer, &json!({"subject": "other"}));
    assert_eq!(status, 204);
    let read = admin.get(&path);
    assert_eq!(
        (&read["id"], text(&read, "subject")),
        (&made["id"], "other")
    );
    admin.expect(204, "DELETE", &path, &EMPTY);
    admin.expect(404, "GET", &path, &EMPTY);
}

#[test]
fn owners_come_with_a_registration_and_the_service_principal_bears_its_name() {
    let admin = Admin::new();
    let alice = admin.user("alice");
    let body = json!({
        "displayName": "x",
        "owners@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{alice}")],
    });
    let app = admin.register(&body);
    let owners = admin.get(&format!("/applications/{}/owners?$select=id", app.id));
    assert_eq!(owners["value"][0]["id"], alice);
    assert_eq!(owners["value"].as_array().unwrap().len(), 1);
    let path = format!("/applications/{}", app.id);
    admin.expect(204, "PATCH", &path, &json!({"displayName": "y"}));
    let principal = admin.get(&format!("/servicePrincipals/{}", app.principal));
    assert_eq!(principal["displayName"], "y");
    assert_eq!(principal["appDisplayName"], "y");
}
