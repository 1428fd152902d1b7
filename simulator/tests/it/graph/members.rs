//! Members of groups: added, nested, counted, asked about.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";

fn reference(id: &str) -> Value {
    json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")})
}

fn make(app: &App, name: &str, unified: bool) -> String {
    let group = json!({
        "displayName": name, "mailNickname": name, "mailEnabled": unified, "securityEnabled": !unified,
        "groupTypes": if unified { json!(["Unified"]) } else { json!([]) },
    });
    text(&app.write("POST", "/groups", &group, 201), "id").to_owned()
}

fn add(app: &App, group: &str, member: &str) {
    let path = format!("/groups/{group}/members/$ref");
    app.write("POST", &path, &reference(member), 204);
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

fn names(value: &Value) -> Vec<String> {
    let rows = value["value"].as_array().unwrap().iter();
    let mut names: Vec<String> = rows.map(|row| row.as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn up_to_twenty_members_come_in_with_one_change_and_all_or_none() {
    let app = App::person("admin", ALL);
    let group = make(&app, "many", false);
    let path = format!("/groups/{group}");
    let url = |name: &str| {
        format!(
            "https://graph.microsoft.com/v1.0/directoryObjects/{}",
            app.id(name)
        )
    };
    let two = json!({"members@odata.bind": [url("alice"), url("bob")]});
    app.write("PATCH", &path, &two, 204);
    let again = json!({"members@odata.bind": [url("student"), url("bob")]});
    let refused = app.write("PATCH", &path, &again, 400);
    assert_eq!(
        message(&refused),
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    let count = || {
        app.get(&format!("{path}/members"))["value"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(), 2);
    let many: Vec<String> = (0..21).map(|_| url("student")).collect();
    let refused = app.write("PATCH", &path, &json!({"members@odata.bind": many}), 400);
    assert_eq!(
        message(&refused),
        "A resource cannot contain more than 20 link changes."
    );
    app.write(
        "DELETE",
        &format!("{path}/members/{}/$ref", app.id("bob")),
        &Value::Null,
        204,
    );
    app.write(
        "DELETE",
        &format!("{path}/members/{}/$ref", app.id("bob")),
        &Value::Null,
        404,
    );
    assert_eq!(count(), 1);
    app.write(
        "POST",
        &format!("{path}/members/$ref"),
        &reference(&group),
        400,
    );
}

#[test]
fn membership_goes_through_groups_and_is_asked_about_in_four_ways() {
    let app = App::person("admin", ALL);
    let (outer, inner, list) = (
        make(&app, "outer", false),
        make(&app, "inner", false),
        make(&app, "list", true),
    );
    let bob = app.id("bob");
    add(&app, &inner, &bob);
    add(&app, &outer, &inner);
    add(&app, &list, &bob);
    let user = format!("/users/{bob}");
    let strange = "00000000-0000-0000-0000-000000000001";
    let asked = json!({"groupIds": [outer, list, strange]});
    let mut expected = vec![outer.clone(), list.clone()];
    expected.sort();
    for path in [user.clone(), format!("/directoryObjects/{bob}")] {
        let answer = app.write("POST", &format!("{path}/checkMemberGroups"), &asked, 200);
        assert!(text(&answer, "@odata.context").ends_with("$metadata#Collection(Edm.String)"));
        assert_eq!(names(&answer), expected, "{path}");
    }
    let nested = app.write(
        "POST",
        &format!("/groups/{inner}/checkMemberGroups"),
        &json!({"groupIds": [outer, list]}),
        200,
    );
    assert_eq!(names(&nested), core::slice::from_ref(&outer));
    let all = |security: bool, action: &str| {
        let body = json!({"securityEnabledOnly": security});
        names(&app.write("POST", &format!("{user}/{action}"), &body, 200))
    };
    assert!(all(false, "getMemberGroups").contains(&list));
    let secure = all(true, "getMemberGroups");
    assert!(secure.contains(&outer) && secure.contains(&inner) && !secure.contains(&list));
    assert_eq!(all(true, "getMemberObjects"), secure);
    // Roles count among objects, by their own id and by their template's.
    let admin = format!("/users/{}", app.id("admin"));
    let role = app.get("/directoryRoles")["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["displayName"] == "Global Administrator")
        .map(|role| text(role, "id").to_owned())
        .unwrap();
    let template = "62e90394-69f5-4237-9190-012177145e10";
    let asked = json!({"ids": [role, template, list]});
    let answer = app.write("POST", &format!("{admin}/checkMemberObjects"), &asked, 200);
    let mut expected = vec![role.clone(), template.to_owned()];
    expected.sort();
    assert_eq!(names(&answer), expected);
    let body = json!({"securityEnabledOnly": false});
    let objects = app.write("POST", &format!("{admin}/getMemberObjects"), &body, 200);
    assert!(names(&objects).contains(&role));
}

#[test]
fn questions_without_ids_or_with_too_many_are_refused() {
    let app = App::person("admin", ALL);
    let me = "/me/checkMemberGroups";
    assert_eq!(
        message(&app.write("POST", me, &json!({}), 400)),
        "A value is required for property 'groupIds' of resource 'User'."
    );
    app.write("POST", me, &json!({"groupIds": ["x"]}), 400);
    let id = "00000000-0000-0000-0000-000000000001";
    app.write("POST", me, &json!({"groupIds": vec![id; 20]}), 200);
    app.write("POST", me, &json!({"groupIds": vec![id; 21]}), 400);
    app.write(
        "POST",
        "/me/checkMemberObjects",
        &json!({"ids": vec![id; 21]}),
        400,
    );
    app.write("POST", "/me/getMemberObjects", &json!({}), 400);
    let nobody = format!("/directoryObjects/{id}/checkMemberGroups");
    app.write("POST", &nobody, &json!({"groupIds": [id]}), 404);
}
