//! Groups: created, changed, deleted.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";
const BASIC: &str = "Group.ReadWrite.All User.Read.All Directory.Read.All";

fn group(name: &str) -> Value {
    json!({
        "displayName": name, "mailEnabled": false, "mailNickname": name.replace(' ', ""),
        "securityEnabled": true,
    })
}

fn with(mut value: Value, members: &Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

fn reference(id: &str) -> String {
    format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")
}

fn ids(list: &Value) -> Vec<String> {
    let rows = list["value"].as_array().unwrap().iter();
    let mut ids: Vec<String> = rows.map(|row| text(row, "id").to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn a_security_group_is_created_with_members_and_owners_changed_and_deleted() {
    let app = App::person("admin", ALL);
    let (alice, bob) = (app.id("alice"), app.id("bob"));
    let asked = with(
        group("Blue team"),
        &json!({
            "description": "Those who defend", "classification": "secret",
            "members@odata.bind": [reference(&alice), "https://graph.microsoft.com/v1.0/users/bob@contoso.onmicrosoft.com"],
            "owners@odata.bind": [format!("https://graph.microsoft.com/beta/users('{bob}')")],
        }),
    );
    let made = app.write("POST", "/groups", &asked, 201);
    assert!(text(&made, "@odata.context").ends_with("$metadata#groups/$entity"));
    assert_eq!(made["groupTypes"], json!([]));
    assert_eq!(made["mail"], Value::Null);
    assert_eq!(text(&made, "classification"), "secret");
    assert!(made.get("members").is_none());
    let path = format!("/groups/{}", text(&made, "id"));
    let mut both = [alice, bob.clone()];
    both.sort();
    assert_eq!(ids(&app.get(&format!("{path}/members"))), both);
    assert_eq!(ids(&app.get(&format!("{path}/owners"))), [bob]);
    let change = json!({"description": "", "displayName": "Blue", "preferredLanguage": "en-GB", "theme": "teal"});
    app.write("PATCH", &path, &change, 204);
    let read = app.get(&path);
    assert_eq!(read["description"], Value::Null);
    assert_eq!(text(&read, "theme"), "Teal");
    assert_eq!(text(&read, "preferredLanguage"), "en-GB");
    assert_eq!(text(&read, "classification"), "secret");
    app.write("DELETE", &path, &Value::Null, 204);
    assert_eq!(app.send("GET", &path, &[], "").status, 404);
    app.write("DELETE", &path, &Value::Null, 404);
}

#[test]
fn a_microsoft_365_group_has_an_address_and_belongs_to_its_creator() {
    let app = App::person("admin", ALL);
    let asked = json!({
        "displayName": "Library Assist", "mailEnabled": true, "mailNickname": "library",
        "securityEnabled": false, "groupTypes": ["Unified"],
    });
    let made = app.write("POST", "/groups", &asked, 201);
    assert_eq!(text(&made, "mail"), "library@contoso.onmicrosoft.com");
    assert_eq!(
        made["proxyAddresses"],
        json!(["SMTP:library@contoso.onmicrosoft.com"])
    );
    assert_eq!(text(&made, "visibility"), "Public");
    let path = format!("/groups/{}", text(&made, "id"));
    assert_eq!(ids(&app.get(&format!("{path}/owners"))), [app.id("admin")]);
    let twin = app.write("POST", "/groups", &asked, 400);
    assert_eq!(
        message(&twin),
        "Another object with the same value for property mailNickname already exists."
    );
    // The documented example.
    let change = json!({
        "description": "Library Assist", "displayName": "Library Assist", "groupTypes": ["Unified"],
        "mailEnabled": true, "mailNickname": "library-help",
    });
    app.write("PATCH", &path, &change, 204);
    assert_eq!(
        text(&app.get(&path), "mail"),
        "library-help@contoso.onmicrosoft.com"
    );
    // People only, and never nobody.
    let inner = app.write("POST", "/groups", &group("Inner"), 201);
    let member = json!({"@odata.id": reference(text(&inner, "id"))});
    let refused = app.write("POST", &format!("{path}/members/$ref"), &member, 400);
    assert_eq!(
        message(&refused),
        "An invalid operation was included in the following modified references: 'members'."
    );
    let owner = format!("{path}/owners/{}/$ref", app.id("admin"));
    assert!(
        message(&app.write("DELETE", &owner, &Value::Null, 400)).contains("at least one owner")
    );
    app.write(
        "POST",
        &format!("{path}/owners/$ref"),
        &json!({"@odata.id": reference(&app.id("bob"))}),
        204,
    );
    app.write("DELETE", &owner, &Value::Null, 204);
}

#[test]
fn what_a_group_cannot_be_is_refused_and_leaves_nothing_behind() {
    let app = App::person("admin", ALL);
    let before = app.get("/groups")["value"].as_array().unwrap().len();
    let without = |name: &str| {
        let mut group = group("x");
        group.as_object_mut().unwrap().remove(name);
        group
    };
    let twenty_one: Vec<String> = (0..21).map(|_| reference(&app.id("bob"))).collect();
    for (asked, says) in [
        (
            without("displayName"),
            "A value is required for property 'displayName' of resource 'Group'.",
        ),
        (
            without("mailEnabled"),
            "A value is required for property 'mailEnabled' of resource 'Group'.",
        ),
        (
            without("mailNickname"),
            "A value is required for property 'mailNickname' of resource 'Group'.",
        ),
        (
            without("securityEnabled"),
            "A value is required for property 'securityEnabled' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"mailEnabled": true})),
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        ),
        (
            with(group("x"), &json!({"securityEnabled": false})),
            "Invalid value specified for property 'securityEnabled' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"groupTypes": ["Unified"]})),
            "Invalid value specified for property 'mailEnabled' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"groupTypes": ["Odd"]})),
            "Invalid value specified for property 'groupTypes' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"mailNickname": "a b"})),
            "Invalid value specified for property 'mailNickname' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"groupTypes": ["DynamicMembership"]})),
            "A value is required for property 'membershipRule' of resource 'Group'.",
        ),
        (
            with(
                group("x"),
                &json!({"membershipRule": "user.city -eq \"Linz\""}),
            ),
            "Invalid value specified for property 'membershipRule' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"visibility": "HiddenMembership"})),
            "Invalid value specified for property 'visibility' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"isSubscribedByMail": true})),
            "Invalid value specified for property 'isSubscribedByMail' of resource 'Group'.",
        ),
        (
            with(group("x"), &json!({"members@odata.bind": twenty_one})),
            "A resource cannot contain more than 20 link changes.",
        ),
        (
            with(group("x"), &json!({"frob": 1})),
            "The property 'frob' does not exist on type 'microsoft.graph.group'. Make sure to only use property names that are defined by the type.",
        ),
        (
            with(group("x"), &json!({"mail": "x@contoso.onmicrosoft.com"})),
            "Property 'mail' of resource 'Group' is read-only and cannot be set.",
        ),
    ] {
        assert_eq!(message(&app.write("POST", "/groups", &asked, 400)), says);
    }
    let missing = with(
        group("x"),
        &json!({"members@odata.bind": [reference("00000000-0000-0000-0000-000000000001")]}),
    );
    app.write("POST", "/groups", &missing, 404);
    assert_eq!(
        app.get("/groups")["value"].as_array().unwrap().len(),
        before
    );
}

#[test]
fn a_group_is_found_and_made_by_its_unique_name() {
    let app = App::person("admin", ALL);
    let path = "/groups(uniqueName='blue-team')";
    app.write("PATCH", path, &group("Blue"), 404);
    let prefer = [("prefer", "create-if-missing")];
    let body = group("Blue").to_string();
    assert_eq!(app.send("PATCH", path, &prefer, &body).status, 201);
    let read = app.get(path);
    assert_eq!(text(&read, "uniqueName"), "blue-team");
    let body = json!({"description": "again"}).to_string();
    assert_eq!(app.send("PATCH", path, &prefer, &body).status, 204);
    assert_eq!(text(&app.get(path), "description"), "again");
    let other = json!({"uniqueName": "red-team"});
    app.write("PATCH", path, &other, 400);
    let mut twin = group("Twin");
    twin["uniqueName"] = json!("Blue-Team");
    app.write("POST", "/groups", &twin, 400);
}

#[test]
fn members_follow_from_a_rule_and_not_from_anybody() {
    let app = App::person("admin", ALL);
    let bob = app.id("bob");
    app.write(
        "PATCH",
        &format!("/users/{bob}"),
        &json!({"city": "Linz"}),
        204,
    );
    let asked = with(
        group("Linz"),
        &json!({
            "groupTypes": ["DynamicMembership"], "membershipRule": "user.city -eq \"Linz\"",
            "membershipRuleProcessingState": "On",
        }),
    );
    let made = app.write("POST", "/groups", &asked, 201);
    assert_eq!(made["groupTypes"], json!(["DynamicMembership"]));
    let path = format!("/groups/{}", text(&made, "id"));
    let members = format!("{path}/members");
    assert_eq!(ids(&app.get(&members)), core::slice::from_ref(&bob));
    let add = json!({"@odata.id": reference(&app.id("alice"))});
    app.write("POST", &format!("{members}/$ref"), &add, 403);
    // Who was in by the rule stays when the rule goes, and leaves when one comes back.
    app.write("PATCH", &path, &json!({"groupTypes": []}), 204);
    assert_eq!(app.get(&path)["membershipRule"], Value::Null);
    app.write(
        "PATCH",
        &format!("/users/{bob}"),
        &json!({"city": null}),
        204,
    );
    assert_eq!(ids(&app.get(&members)), [bob]);
    app.write("POST", &format!("{members}/$ref"), &add, 204);
    let rule = json!({
        "groupTypes": ["DynamicMembership"], "membershipRule": "user.city -eq \"Linz\"",
        "membershipRuleProcessingState": "Paused",
    });
    app.write("PATCH", &path, &rule, 204);
    assert!(ids(&app.get(&members)).is_empty());
    assert_eq!(
        text(&app.get(&path), "membershipRuleProcessingState"),
        "Paused"
    );
    app.write(
        "PATCH",
        &path,
        &json!({"membershipRule": "user.city -like 1"}),
        400,
    );
}

#[test]
fn a_group_for_roles_takes_a_permission_of_its_own_and_no_groups() {
    let app = App::person("admin", BASIC);
    let asked = with(group("Holders"), &json!({"isAssignableToRole": true}));
    app.write("POST", "/groups", &asked, 403);
    let app = App::person(
        "admin",
        &format!("{BASIC} RoleManagement.ReadWrite.Directory"),
    );
    let made = app.write("POST", "/groups", &asked, 201);
    assert_eq!(made["isAssignableToRole"], true);
    let path = format!("/groups/{}", text(&made, "id"));
    app.write("PATCH", &path, &json!({"isAssignableToRole": false}), 400);
    app.write("PATCH", &path, &json!({"displayName": "Keepers"}), 204);
    let inner = app.write("POST", "/groups", &group("Inner"), 201);
    let inner = json!({"@odata.id": reference(text(&inner, "id"))});
    app.write("POST", &format!("{path}/members/$ref"), &inner, 400);
    let bob = json!({"@odata.id": reference(&app.id("bob"))});
    app.write("POST", &format!("{path}/members/$ref"), &bob, 204);
}

#[test]
fn who_makes_a_group_without_a_role_owns_it_and_nobody_else_writes_it() {
    let mut bob = App::person("bob", ALL);
    let made = bob.write("POST", "/groups", &group("Bob's"), 201);
    let path = format!("/groups/{}", text(&made, "id"));
    assert_eq!(ids(&bob.get(&format!("{path}/owners"))), [bob.id("bob")]);
    bob.write("PATCH", &path, &json!({"description": "mine"}), 204);
    bob.becomes("alice", ALL);
    bob.write("PATCH", &path, &json!({"description": "hers"}), 403);
    let nobody = App::person("student", "Group.Read.All");
    nobody.write("POST", "/groups", &group("x"), 403);
}
