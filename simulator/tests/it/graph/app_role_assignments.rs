//! App roles held by users, groups and service principals: what is assigned is in the next token.

use serde_json::{Value, json};

use super::admin::{Admin, ROLE, Registered};
use crate::support::text;

const EMPTY: Value = Value::Null;
const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

fn assignment(principal: &str, api: &Registered, role: &str) -> Value {
    json!({"principalId": principal, "resourceId": api.principal, "appRoleId": role})
}

#[test]
fn an_app_role_is_in_the_next_token_of_the_app_and_gone_with_the_assignment() {
    let admin = Admin::new();
    let api = admin.api();
    let client = admin.register(&json!({"displayName": "Daemon"}));
    let secret = admin.secret(&format!("applications/{}", client.id));
    let scope = format!("{}/.default", api.app_id);
    let before = admin.app_token(&client, &secret, &scope).unwrap();
    assert_eq!(before["roles"], EMPTY);
    let path = format!("/servicePrincipals/{}/appRoleAssignments", client.principal);
    let body = assignment(&client.principal, &api, ROLE);
    let made = admin.expect(201, "POST", &path, &body);
    assert_eq!(made["principalType"], "ServicePrincipal");
    assert_eq!(made["principalDisplayName"], "Daemon");
    assert_eq!(made["resourceDisplayName"], "API");
    let context = format!(
        "#servicePrincipals('{}')/appRoleAssignments/$entity",
        client.principal
    );
    assert!(text(&made, "@odata.context").ends_with(&context));
    let after = admin.app_token(&client, &secret, &scope).unwrap();
    assert_eq!(after["roles"], json!(["Reader"]));
    // The resource lists who holds its roles.
    let held = format!("/servicePrincipals/{}/appRoleAssignedTo", api.principal);
    assert_eq!(admin.get(&held)["value"][0]["id"], made["id"]);
    let one = format!("{held}/{}", text(&made, "id"));
    assert_eq!(admin.get(&one)["appRoleId"], ROLE);
    admin.expect(204, "DELETE", &one, &EMPTY);
    admin.expect(404, "DELETE", &one, &EMPTY);
    let gone = admin.app_token(&client, &secret, &scope).unwrap();
    assert_eq!(gone["roles"], EMPTY);
    assert_eq!(admin.get(&path)["value"], json!([]));
}

#[test]
fn a_role_is_held_once_and_exists_for_that_kind_of_principal() {
    let admin = Admin::new();
    let api = admin.api();
    let alice = admin.user("alice");
    let path = format!("/users/{alice}/appRoleAssignments");
    admin.expect(201, "POST", &path, &assignment(&alice, &api, ROLE));
    let (code, message) = admin.refused(400, "POST", &path, &assignment(&alice, &api, ROLE));
    assert_eq!(code, "Request_BadRequest");
    assert_eq!(
        message,
        "Permission being assigned already exists on the object"
    );
    let nobody = "99999999-0000-0000-0000-000000000000";
    let graph = {
        let tenant = admin.bench.tenant.read();
        let graph = "00000003-0000-0000-c000-000000000000".parse().unwrap();
        tenant.service_principal(graph).unwrap().id.to_string()
    };
    // Application.Read.All: for apps only.
    let for_apps = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30";
    let at_graph = json!({"principalId": alice, "resourceId": graph, "appRoleId": for_apps});
    for (body, status, message) in [
        (assignment(&alice, &api, nobody), 400, "was not found"),
        (assignment(&alice, &api, NO_ROLE), 400, "was not found"),
        (at_graph, 400, "was not found"),
        (assignment(nobody, &api, ROLE), 404, nobody),
        (
            assignment(&admin.user("bob"), &api, ROLE),
            400,
            "Not a valid reference update.",
        ),
        (
            json!({"principalId": alice, "appRoleId": ROLE}),
            400,
            "resourceId",
        ),
        (
            json!({"principalId": alice, "resourceId": alice, "appRoleId": ROLE}),
            404,
            "not exist",
        ),
    ] {
        let (_, text) = admin.refused(status, "POST", &path, &body);
        assert!(text.contains(message), "{body}: {text}");
    }
}

#[test]
fn an_app_that_demands_an_assignment_lets_direct_members_of_an_assigned_group_in() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let grant = json!({
        "clientId": client.principal, "consentType": "AllPrincipals",
        "resourceId": api.principal, "scope": "Read",
    });
    admin.expect(201, "POST", "/oauth2PermissionGrants", &grant);
    let scope = format!("{}/Read", api.app_id);
    let principal = format!("/servicePrincipals/{}", api.principal);
    admin.expect(
        204,
        "PATCH",
        &principal,
        &json!({"appRoleAssignmentRequired": true}),
    );
    assert_eq!(admin.user_token(&client, "alice", &scope), Err(50105));
    let (group, outer) = groups_with(&admin, "alice");
    // Members of members are not reached.
    let to_outer = assignment(&outer, &api, ROLE);
    let made = admin.expect(
        201,
        "POST",
        &format!("/groups/{outer}/appRoleAssignments"),
        &to_outer,
    );
    assert_eq!(made["principalType"], "Group");
    assert_eq!(admin.user_token(&client, "alice", &scope), Err(50105));
    let to_group = assignment(&group, &api, ROLE);
    let path = format!("{principal}/appRoleAssignedTo");
    admin.expect(201, "POST", &path, &to_group);
    let claims = admin.user_token(&client, "alice", &scope).unwrap();
    assert_eq!(claims["roles"], json!(["Reader"]));
    assert_eq!(admin.user_token(&client, "bob", &scope), Err(50105));
}

#[test]
fn an_app_without_a_role_gets_no_token_where_one_is_demanded() {
    let admin = Admin::new();
    let api = admin.api();
    let client = admin.register(&json!({"displayName": "Daemon"}));
    let secret = admin.secret(&format!("applications/{}", client.id));
    let scope = format!("{}/.default", api.app_id);
    let principal = format!("/servicePrincipals/{}", api.principal);
    let demanded = json!({"appRoleAssignmentRequired": true});
    admin.expect(204, "PATCH", &principal, &demanded);
    assert_eq!(admin.app_token(&client, &secret, &scope), Err(501_051));
    let path = format!("{principal}/appRoleAssignedTo");
    let body = assignment(&client.principal, &api, ROLE);
    admin.expect(201, "POST", &path, &body);
    assert!(admin.app_token(&client, &secret, &scope).is_ok());
}

/// A group with a member, and a group around that group.
fn groups_with(admin: &Admin, member: &str) -> (String, String) {
    use entrasim_domain::directory::group::Group;
    use entrasim_domain::id::ObjectId;
    use entrasim_domain::tenant::changes::Note;
    use entrasim_domain::tenant::relations::Relation;
    let (inner, outer) = (ObjectId::from_u128(0x1111), ObjectId::from_u128(0x2222));
    let member = admin.user(member).parse().unwrap();
    let made = admin.bench.tenant.write(|tenant| {
        let note = Note::by_service(tenant.created);
        for (id, name) in [(inner, "inner"), (outer, "outer")] {
            let group = Group::new(id, name.to_owned(), name.to_owned(), tenant.created);
            tenant.put_group(group, &note)?;
        }
        tenant.link(Relation::Member, inner, member, &note)?;
        tenant.link(Relation::Member, outer, inner, &note)
    });
    made.unwrap();
    (inner.to_string(), outer.to_string())
}
