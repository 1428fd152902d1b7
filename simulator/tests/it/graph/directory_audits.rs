//! The directory's audit log: every write with its actor, its target and what it changed. That no write is missing and that
//! nothing is entered that failed, every test of Graph asks (`crate::testing`).

use entrasim_domain::enforcement::facts::Risk;
use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const LOG: &str = "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits";
const SCOPES: &str = "AuditLog.Read.All Directory.Read.All User.ReadWrite.All Group.ReadWrite.All \
    RoleManagement.ReadWrite.Directory UserAuthenticationMethod.ReadWrite.All Policy.Read.All \
    Policy.ReadWrite.ConditionalAccess Policy.ReadWrite.AuthenticationMethod Application.ReadWrite.All";

fn administrator() -> App {
    App::person("admin", SCOPES)
}

/// The entries that a filter lets through.
fn entries(app: &App, filter: &str) -> Vec<Value> {
    let filter = filter.replace(' ', "%20");
    let page = app.get(&format!("{LOG}?$filter={filter}"));
    page["value"].as_array().unwrap().clone()
}

/// The only entry of an activity.
#[track_caller]
fn only(app: &App, activity: &str) -> Value {
    let found = entries(app, &format!("activityDisplayName eq '{activity}'"));
    assert_eq!(found.len(), 1, "{activity}: {found:?}");
    found[0].clone()
}

/// The names of the changed properties of the first target, each with its values.
fn modified(entry: &Value) -> Vec<(String, Value, Value)> {
    let rows = entry["targetResources"][0]["modifiedProperties"]
        .as_array()
        .unwrap();
    rows.iter()
        .map(|row| {
            let name = text(row, "displayName").to_owned();
            (name, row["oldValue"].clone(), row["newValue"].clone())
        })
        .collect()
}

fn change<'m>(modified: &'m [(String, Value, Value)], name: &str) -> &'m (String, Value, Value) {
    modified.iter().find(|row| row.0 == name).expect(name)
}

#[test]
fn a_changed_user_is_told_with_actor_target_and_values() {
    let app = administrator();
    let (admin, bob) = (app.id("admin"), app.id("bob"));
    app.write(
        "PATCH",
        &format!("/users/{bob}"),
        &json!({"jobTitle": "Baker", "department": "Bread"}),
        204,
    );
    let entry = only(&app, "Update user");
    assert_eq!(text(&entry, "loggedByService"), "Core Directory");
    assert_eq!(text(&entry, "category"), "UserManagement");
    assert_eq!(text(&entry, "operationType"), "Update");
    assert_eq!(text(&entry, "result"), "success");
    let user = &entry["initiatedBy"]["user"];
    assert_eq!(text(user, "id"), admin);
    assert_eq!(
        text(user, "userPrincipalName"),
        "admin@contoso.onmicrosoft.com"
    );
    assert_eq!(entry["initiatedBy"]["app"], Value::Null);
    let target = &entry["targetResources"][0];
    assert_eq!(text(target, "id"), bob);
    assert_eq!(text(target, "type"), "User");
    assert_eq!(
        text(target, "userPrincipalName"),
        "bob@contoso.onmicrosoft.com"
    );
    let modified = modified(&entry);
    assert_eq!(change(&modified, "JobTitle").2, r#"["Baker"]"#);
    assert_eq!(change(&modified, "JobTitle").1, "[]");
    assert_eq!(
        change(&modified, "Included Updated Properties").2,
        r#""JobTitle, Department""#
    );
    assert_eq!(change(&modified, "TargetId.UserType").2, r#""Member""#);
    // The request is found by its own id.
    let id = text(&entry, "correlationId");
    assert_eq!(entries(&app, &format!("correlationId eq '{id}'")).len(), 1);
    let one = app.get(&format!("{LOG}/{}", text(&entry, "id")));
    assert_eq!(one["targetResources"], entry["targetResources"]);
}

#[test]
fn the_life_of_a_user_is_in_the_log_from_first_to_last() {
    let app = administrator();
    let made = app.write(
        "POST",
        "/users",
        &json!({
            "accountEnabled": true, "displayName": "Nora New", "mailNickname": "nora",
            "userPrincipalName": "nora@contoso.onmicrosoft.com",
            "passwordProfile": {"password": "Correct-Horse-9"},
        }),
        201,
    );
    let nora = text(&made, "id");
    let one = format!("/users/{nora}");
    app.write("PATCH", &one, &json!({"accountEnabled": false}), 204);
    app.write(
        "PATCH",
        &one,
        &json!({"passwordProfile": {"password": "Another-Horse-9"}}),
        204,
    );
    app.write(
        "POST",
        &format!("{one}/revokeSignInSessions"),
        &json!({}),
        200,
    );
    app.write("DELETE", &one, &Value::Null, 204);
    app.write(
        "POST",
        &format!("/directory/deletedItems/{nora}/restore"),
        &json!({}),
        200,
    );
    app.write("DELETE", &one, &Value::Null, 204);
    app.write(
        "DELETE",
        &format!("/directory/deletedItems/{nora}"),
        &Value::Null,
        204,
    );
    let of_nora = entries(&app, &format!("targetResources/any(t: t/id eq '{nora}')"));
    let told: Vec<&str> = of_nora
        .iter()
        .rev()
        .map(|entry| text(entry, "activityDisplayName"))
        .collect();
    let expected = [
        "Add user",
        "Update user",
        "Disable account",
        "Reset user password",
        // Who is disabled, gets another password or is signed out everywhere begins anew.
        "Update StsRefreshTokenValidFrom Timestamp",
        "Update StsRefreshTokenValidFrom Timestamp",
        "Update StsRefreshTokenValidFrom Timestamp",
        "Delete user",
        "Restore user",
        "Delete user",
        "Hard Delete user",
    ];
    let mut sorted = [told.clone(), expected.to_vec()];
    for list in &mut sorted {
        list.sort_unstable();
    }
    assert_eq!(sorted[0], sorted[1], "{told:?}");
    assert_eq!(
        (told[0], told[told.len() - 1]),
        ("Add user", "Hard Delete user")
    );
    let first = only(&app, "Add user");
    let rows = modified(&first);
    assert_eq!(
        change(&rows, "UserPrincipalName").2,
        r#"["nora@contoso.onmicrosoft.com"]"#
    );
    // No entry shows a password.
    assert!(!json!(of_nora).to_string().contains("Horse"));
}

#[test]
fn links_name_both_ends_and_what_they_tie() {
    let app = administrator();
    let bob = app.id("bob");
    let group = app.write(
        "POST",
        "/groups",
        &json!({"displayName": "Bakers", "mailEnabled": false, "mailNickname": "bakers", "securityEnabled": true}),
        201,
    );
    let group = text(&group, "id");
    let reference =
        json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{bob}")});
    app.write(
        "POST",
        &format!("/groups/{group}/members/$ref"),
        &reference,
        204,
    );
    app.write(
        "POST",
        &format!("/groups/{group}/owners/$ref"),
        &reference,
        204,
    );
    app.write(
        "DELETE",
        &format!("/groups/{group}/members/{bob}/$ref"),
        &Value::Null,
        204,
    );
    let added = only(&app, "Add member to group");
    let targets = &added["targetResources"];
    assert_eq!(text(&targets[0], "id"), bob);
    assert_eq!(text(&targets[1], "id"), group);
    assert_eq!(text(&targets[1], "groupType"), "azureAD");
    let rows = modified(&added);
    assert_eq!(change(&rows, "Group.DisplayName").2, r#""Bakers""#);
    let removed = only(&app, "Remove member from group");
    let rows = modified(&removed);
    assert_eq!(change(&rows, "Group.ObjectID").1, format!("\"{group}\""));
    only(&app, "Add owner to group");
    // A role, too.
    let assignment = json!({
        "roleDefinitionId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "principalId": bob, "directoryScopeId": "/",
    });
    app.write(
        "POST",
        "/roleManagement/directory/roleAssignments",
        &assignment,
        201,
    );
    let given = only(&app, "Add member to role");
    assert_eq!(text(&given, "category"), "RoleManagement");
    assert_eq!(
        change(&modified(&given), "Role.DisplayName").2,
        r#""Global Reader""#
    );
    assert_eq!(
        text(&given["targetResources"][1], "displayName"),
        "Global Reader"
    );
}

#[test]
fn methods_are_registered_by_an_administrator_and_their_secrets_stay_secret() {
    let app = administrator();
    let bob = app.id("bob");
    let methods = format!("/users/{bob}/authentication");
    let policy = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass";
    let kind = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";
    app.write(
        "PATCH",
        policy,
        &json!({"@odata.type": kind, "state": "enabled"}),
        204,
    );
    let pass = app.write(
        "POST",
        &format!("{methods}/temporaryAccessPassMethods"),
        &json!({"lifetimeInMinutes": 60}),
        201,
    );
    let secret = text(&pass, "temporaryAccessPass").to_owned();
    let phone = json!({"phoneNumber": "+49 15112345678", "phoneType": "alternateMobile"});
    app.write(
        "POST",
        &format!("{methods}/emailMethods"),
        &json!({"emailAddress": "bob@example.org"}),
        201,
    );
    let _ = app.send(
        "POST",
        &format!("{methods}/phoneMethods"),
        &[],
        &phone.to_string(),
    );
    let entries = entries(
        &app,
        "loggedByService eq 'Authentication Methods' and activityDisplayName eq 'Admin registered security info'",
    );
    assert!(entries.len() >= 2, "{entries:?}");
    let of_pass = entries
        .iter()
        .find(|entry| text(entry, "resultReason").contains("temporary access pass"))
        .unwrap();
    assert_eq!(text(&of_pass["targetResources"][0], "id"), bob);
    let rows = modified(of_pass);
    assert!(
        change(&rows, "AuthenticationMethod")
            .2
            .as_str()
            .unwrap()
            .contains("lifetimeInMinutes")
    );
    assert!(!json!(entries).to_string().contains(&secret));
}

#[test]
fn policies_are_shown_whole_before_and_after() {
    let app = administrator();
    let wish = json!({
        "displayName": "MFA for all", "state": "disabled",
        "conditions": {
            "users": {"includeUsers": ["All"]}, "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    let made = app.write("POST", "/identity/conditionalAccess/policies", &wish, 201);
    let one = format!("/identity/conditionalAccess/policies/{}", text(&made, "id"));
    app.write("PATCH", &one, &json!({"state": "enabled"}), 204);
    app.write("DELETE", &one, &Value::Null, 204);
    let updated = only(&app, "Update Conditional Access policy");
    assert_eq!(text(&updated, "loggedByService"), "Conditional Access");
    let rows = modified(&updated);
    let (_, old, new) = change(&rows, "ConditionalAccessPolicy");
    let [old, new] =
        [old, new].map(|text| -> Value { serde_json::from_str(text.as_str().unwrap()).unwrap() });
    assert_eq!(
        (text(&old, "state"), text(&new, "state")),
        ("disabled", "enabled")
    );
    only(&app, "Delete Conditional Access policy");
    let fido = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    app.write("PATCH", fido, &json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "disabled"}), 204);
    let policy = only(&app, "Authentication Methods Policy Update");
    assert_eq!(text(&policy, "category"), "ApplicationManagement");
    assert!(modified(&policy)[0].2.as_str().unwrap().contains("Fido2"));
}

#[test]
fn apps_act_under_their_own_name_and_the_log_is_filtered_as_administrators_do() {
    let mut app = App::new();
    let bob = app.id("bob");
    app.write(
        "PATCH",
        &format!("/users/{bob}"),
        &json!({"jobTitle": "Baker"}),
        204,
    );
    app.becomes("admin", SCOPES);
    app.write(
        "PATCH",
        &format!("/users/{bob}"),
        &json!({"jobTitle": "Butcher"}),
        204,
    );
    let by_app = entries(&app, "initiatedBy/app/displayName eq 'deploy'");
    assert_eq!(by_app.len(), 1);
    assert_eq!(by_app[0]["initiatedBy"]["user"], Value::Null);
    let by_admin = entries(
        &app,
        "initiatedBy/user/userPrincipalName eq 'admin@contoso.onmicrosoft.com'",
    );
    assert_eq!(by_admin.len(), 1);
    for (filter, count) in [
        (
            "activityDateTime ge 2025-10-02T00:00:00Z and activityDateTime le 2025-10-03T00:00:00Z",
            2,
        ),
        ("activityDateTime ge 2025-10-03T00:00:00Z", 0),
        ("category eq 'UserManagement' and result eq 'success'", 2),
        ("startswith(activityDisplayName, 'Update')", 2),
        ("targetResources/any(t: t/displayName eq 'Bob Okafor')", 2),
        ("targetResources/any(t: t/id eq 'nobody')", 0),
    ] {
        assert_eq!(entries(&app, filter).len(), count, "{filter}");
    }
    let page = app.get(&format!("{LOG}?$top=1"));
    let newest = &page["value"][0];
    assert_eq!(change(&modified(newest), "JobTitle").2, r#"["Butcher"]"#);
    let next = app.get(text(&page, "@odata.nextLink"));
    assert_eq!(
        change(&modified(&next["value"][0]), "JobTitle").2,
        r#"["Baker"]"#
    );
    let oldest = app.get(&format!("{LOG}?$orderby=activityDateTime&$top=5"));
    assert_eq!(oldest["value"].as_array().unwrap().len(), 2);
}

#[test]
fn who_may_not_read_the_log_is_told_so_as_the_log_tells_it() {
    let mut app = App::person("bob", "AuditLog.Read.All Directory.Read.All");
    let refused = app.write("GET", LOG, &Value::Null, 403);
    assert_eq!(
        text(&refused["error"], "code"),
        "Authentication_RequestFromUnsupportedUserRole"
    );
    app.becomes("admin", "User.Read");
    let refused = app.write("GET", LOG, &Value::Null, 403);
    assert_eq!(
        text(&refused["error"], "code"),
        "Authentication_MSGraphPermissionMissing"
    );
}

#[test]
fn an_administrator_judges_a_sign_in_and_its_user_is_at_risk() {
    let mut app = App::person(
        "admin",
        "AuditLog.Read.All IdentityRiskyUser.ReadWrite.All Directory.Read.All",
    );
    let _ =
        crate::support::password_token(&app.bench, "bob", "https://graph.microsoft.com/.default");
    let filter = "$filter=userPrincipalName%20eq%20'bob@contoso.onmicrosoft.com'";
    let log = app.get(&format!("/auditLogs/signIns?{filter}"));
    let ids = json!({"requestIds": [log["value"][0]["id"]]});
    let risk = |app: &App| {
        let tenant = app.bench.tenant.read();
        tenant.users.by_local_part("bob", 0).unwrap().risk
    };
    app.write("POST", "/auditLogs/signIns/confirmCompromised", &ids, 204);
    assert_eq!(risk(&app), Risk::High);
    app.write("POST", "/auditLogs/signIns/dismiss", &ids, 204);
    assert_eq!(risk(&app), Risk::None);
    let told = crate::support::activities(&app.bench);
    assert!(
        told.contains(&"ConfirmCompromised") && told.contains(&"ConfirmSafe"),
        "{told:?}"
    );
    for wrong in [
        json!({}),
        json!({"requestIds": []}),
        json!({"requestIds": ["x"]}),
        json!({"ids": []}),
    ] {
        let reply = app.send(
            "POST",
            "/auditLogs/signIns/confirmSafe",
            &[],
            &wrong.to_string(),
        );
        assert!(reply.status.is_client_error(), "{wrong}");
    }
    app.becomes("bob", "IdentityRiskyUser.ReadWrite.All");
    app.write("POST", "/auditLogs/signIns/confirmCompromised", &ids, 403);
}
