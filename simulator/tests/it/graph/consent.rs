//! `/oauth2PermissionGrants`: what is granted is in the next token, and what is taken back is not.

use serde_json::{Value, json};

use super::admin::Admin;
use crate::support::text;

const EMPTY: Value = Value::Null;
const GRANTS: &str = "/oauth2PermissionGrants";

#[test]
fn a_grant_made_through_graph_is_in_the_next_token_and_gone_with_the_grant() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let scope = format!("{}/Read", api.app_id);
    assert_eq!(admin.user_token(&client, "alice", &scope), Err(65001));
    let made = admin.expect(
        201,
        "POST",
        GRANTS,
        &json!({"clientId": client.principal, "consentType": "AllPrincipals", "resourceId": api.principal, "scope": "Read"}),
    );
    assert!(text(&made, "@odata.context").ends_with("#oauth2PermissionGrants/$entity"));
    assert_eq!(made["principalId"], EMPTY);
    let claims = admin.user_token(&client, "alice", &scope).unwrap();
    assert_eq!(claims["scp"], "Read");
    // The registration offers nothing else: a scope that it does not have is in no token.
    let one = format!("{GRANTS}/{}", text(&made, "id"));
    admin.expect(204, "PATCH", &one, &json!({"scope": "Read Nothing"}));
    let claims = admin.user_token(&client, "alice", &scope).unwrap();
    assert_eq!(claims["scp"], "Read");
    admin.expect(204, "DELETE", &one, &EMPTY);
    assert_eq!(admin.user_token(&client, "alice", &scope), Err(65001));
    admin.expect(404, "GET", &one, &EMPTY);
}

#[test]
fn a_grant_for_one_user_is_for_nobody_else() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let alice = admin.user("alice");
    let body = json!({
        "clientId": client.principal, "consentType": "Principal", "principalId": alice,
        "resourceId": api.principal, "scope": "Read",
    });
    let made = admin.expect(201, "POST", GRANTS, &body);
    let scope = format!("{}/Read", api.app_id);
    assert!(admin.user_token(&client, "alice", &scope).is_ok());
    assert_eq!(admin.user_token(&client, "bob", &scope), Err(65001));
    let (code, message) = admin.refused(409, "POST", GRANTS, &body);
    assert_eq!(code, "Request_MultipleObjectsWithSameKeyValue");
    assert_eq!(message, "Permission entry already exists.");
    let listed = admin.get(&format!("/users/{alice}/oauth2PermissionGrants"));
    assert_eq!(listed["value"][0]["id"], made["id"]);
    let of_client = admin.get(&format!(
        "/servicePrincipals/{}/oauth2PermissionGrants",
        client.principal
    ));
    assert_eq!(of_client["value"], listed["value"]);
}

#[test]
fn grants_are_found_by_client_and_user_and_come_in_pages() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let names = ["alice", "bob", "student", "svc-deploy"];
    for name in names {
        let body = json!({
            "clientId": client.principal, "consentType": "Principal", "principalId": admin.user(name),
            "resourceId": api.principal, "scope": "Read",
        });
        admin.expect(201, "POST", GRANTS, &body);
    }
    let filter = format!("{GRANTS}?$filter=clientId%20eq%20'{}'", client.principal);
    let all = admin.get(&filter);
    assert_eq!(all["value"].as_array().unwrap().len(), names.len());
    let bob = format!(
        "{filter}%20and%20principalId%20eq%20'{}'%20and%20consentType%20eq%20'Principal'",
        admin.user("bob")
    );
    assert_eq!(admin.get(&bob)["value"].as_array().unwrap().len(), 1);
    let mut found = Vec::new();
    let mut next = format!("{filter}&$top=3");
    loop {
        let page = admin.get(&next);
        found.extend(page["value"].as_array().unwrap().iter().cloned());
        match page["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!(Value::from(found), all["value"]);
}

#[test]
fn delta_reports_grants_that_came_changed_and_went() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let first = admin.get(&format!("{GRANTS}/delta"));
    let link = text(&first, "@odata.deltaLink").to_owned();
    let body = json!({
        "clientId": client.principal, "consentType": "AllPrincipals",
        "resourceId": api.principal, "scope": "Read",
    });
    let made = admin.expect(201, "POST", GRANTS, &body);
    let second = admin.get(&link);
    assert_eq!(second["value"][0]["scope"], "Read");
    let link = text(&second, "@odata.deltaLink").to_owned();
    // A grant goes with its client.
    admin.expect(
        204,
        "DELETE",
        &format!("/servicePrincipals/{}", client.principal),
        &EMPTY,
    );
    let third = admin.get(&link);
    assert_eq!(
        third["value"],
        json!([{"id": made["id"], "@removed": {"reason": "deleted"}}])
    );
}

#[test]
fn a_grant_names_a_client_a_resource_and_for_whom() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let whole = json!({
        "clientId": client.principal, "consentType": "AllPrincipals",
        "resourceId": api.principal, "scope": "Read",
    });
    let with = |name: &str, value: Value| {
        let mut body = whole.clone();
        body[name] = value;
        body
    };
    let nobody = "99999999-0000-0000-0000-000000000000";
    for (body, status, message) in [
        (with("clientId", EMPTY), 400, "clientId"),
        (with("clientId", json!(api.app_id)), 404, "does not exist"),
        (with("resourceId", json!(nobody)), 404, nobody),
        (with("consentType", json!("Everybody")), 400, "consentType"),
        (with("consentType", json!("Principal")), 400, "principalId"),
        (
            with("principalId", json!(admin.user("bob"))),
            400,
            "principalId",
        ),
        (with("colour", json!("red")), 400, "colour"),
    ] {
        let (_, text) = admin.refused(status, "POST", GRANTS, &body);
        assert!(text.contains(message), "{body}: {text}");
    }
    let made = admin.expect(201, "POST", GRANTS, &whole);
    let one = format!("{GRANTS}/{}", text(&made, "id"));
    let (_, text) = admin.refused(400, "PATCH", &one, &json!({"clientId": api.principal}));
    assert!(text.contains("read-only"), "{text}");
}
