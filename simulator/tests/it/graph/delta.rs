use entrasim_domain::directory::group::Group;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Value, json};

use super::client::App;
use crate::support::{json as body, text};

/// The link to the next round.
fn link(page: &Value) -> String {
    text(page, "@odata.deltaLink").to_owned()
}

fn rows(page: &Value) -> &Vec<Value> {
    page["value"].as_array().unwrap()
}

#[test]
fn the_first_round_is_the_whole_set_page_by_page() {
    let app = App::new();
    let mut page = app.get("/users/delta?$top=3&$select=displayName");
    assert_eq!(
        text(&page, "@odata.context"),
        format!("{}/$metadata#users", super::client::GRAPH)
    );
    let mut names = Vec::new();
    loop {
        assert!(rows(&page).len() <= 3);
        names.extend(
            rows(&page)
                .iter()
                .map(|row| text(row, "displayName").to_owned()),
        );
        assert!(
            rows(&page)
                .iter()
                .all(|row| row["id"].is_string() && row["mail"].is_null())
        );
        match page["@odata.nextLink"].as_str() {
            Some(next) => page = app.get(next),
            None => break,
        }
    }
    assert_eq!(names.len(), app.bench.tenant.read().users.len());
    assert!(
        rows(&app.get(&link(&page))).is_empty(),
        "nothing has changed"
    );
}

#[test]
fn later_rounds_tell_what_changed_was_deleted_restored_and_forgotten() {
    let app = App::new();
    let (alice, bob) = (app.id("alice"), app.id("bob"));
    let latest = app.get("/users/delta?$deltatoken=latest");
    assert!(rows(&latest).is_empty());
    let start = link(&latest);
    let change = |id: &str, members: &str| {
        let reply = app.send("PATCH", &format!("/users/{id}"), &[], members);
        assert_eq!(reply.status, 204);
    };
    change(&alice, r#"{"jobTitle":"Pilot"}"#);
    change(&alice, r#"{"department":"Air"}"#);
    assert_eq!(
        app.send("DELETE", &format!("/users/{bob}"), &[], "").status,
        204
    );
    let page = app.get(&start);
    let shown: Vec<&str> = rows(&page).iter().map(|row| text(row, "id")).collect();
    assert_eq!(shown, [&alice, &bob]);
    assert_eq!(rows(&page)[0]["jobTitle"], "Pilot");
    assert_eq!(
        rows(&page)[1],
        json!({"id": bob, "@removed": {"reason": "changed"}})
    );
    let second = link(&page);
    let restore = format!("/directory/deletedItems/{bob}/restore");
    assert_eq!(app.send("POST", &restore, &[], "").status, 200);
    assert_eq!(
        text(&rows(&app.get(&second))[0], "displayName"),
        "Bob Okafor"
    );
    app.send("DELETE", &format!("/users/{bob}"), &[], "");
    app.send("DELETE", &format!("/directory/deletedItems/{bob}"), &[], "");
    assert_eq!(rows(&app.get(&second))[0]["@removed"]["reason"], "deleted");
}

#[test]
fn a_selection_is_told_its_own_properties_and_minimal_answers_only_what_changed() {
    let app = App::new();
    let alice = app.id("alice");
    let all = link(&app.get("/users/delta?$deltatoken=latest"));
    let titles = link(&app.get("/users/delta?$deltatoken=latest&$select=jobTitle,surname"));
    let air = r#"{"department":"Air"}"#;
    app.send("PATCH", &format!("/users/{alice}"), &[], air);
    assert_eq!(rows(&app.get(&all)).len(), 1);
    assert!(rows(&app.get(&titles)).is_empty());
    app.send(
        "PATCH",
        &format!("/users/{alice}"),
        &[],
        r#"{"jobTitle":"Pilot"}"#,
    );
    assert_eq!(
        rows(&app.get(&titles))[0],
        json!({"jobTitle": "Pilot", "surname": "Fernandez", "id": alice})
    );
    let minimal = app.send("GET", &titles, &[("prefer", "return=minimal")], "");
    assert_eq!(
        rows(&body(&minimal))[0],
        json!({"jobTitle": "Pilot", "id": alice})
    );
}

#[test]
fn groups_tell_who_came_and_went() {
    let app = App::new();
    let (group, alice) = (ObjectId::from_u128(7), app.id("alice"));
    let id: ObjectId = alice.parse().unwrap();
    let start = link(&app.get("/groups/delta?$deltatoken=latest"));
    let write = |change: &dyn Fn(&mut entrasim_domain::tenant::Tenant, &Note)| {
        let done = app.bench.tenant.write(|tenant| {
            let note = Note::by_service(tenant.now(entrasim_domain::time::Timestamp::UNIX_EPOCH));
            change(tenant, &note);
            Ok::<(), ()>(())
        });
        done.unwrap();
    };
    write(&|tenant, note| {
        let made = Group::new(group, "Pilots".to_owned(), "pilots".to_owned(), note.at);
        tenant.put_group(made, note).unwrap();
        tenant.link(Relation::Member, group, id, note).unwrap();
    });
    let page = app.get(&start);
    let member = json!({"@odata.type": "#microsoft.graph.user", "id": alice});
    assert_eq!(rows(&page)[0]["members@delta"], json!([member]));
    assert_eq!(rows(&page)[0]["displayName"], "Pilots");
    let next = link(&page);
    write(&|tenant, note| tenant.unlink(Relation::Member, group, id, note).unwrap());
    let page = app.get(&next);
    assert_eq!(
        rows(&page)[0]["members@delta"][0]["@removed"]["reason"],
        "deleted"
    );
    assert_eq!(rows(&page)[0]["members@delta"][0]["id"], alice.as_str());
}

#[test]
fn a_role_tells_who_gained_it() {
    let app = App::new();
    let start = link(&app.get("/directoryRoles/delta?$deltatoken=latest"));
    let alice = app.id("alice");
    let assigned = app.bench.tenant.write(|tenant| {
        let assignment = entrasim_domain::directory::role::DirectoryRoleAssignment {
            id: uuid::Uuid::from_u128(4),
            principal: alice.parse().unwrap(),
            role: entrasim_domain::directory::role::GLOBAL_ADMINISTRATOR,
            scope: entrasim_domain::directory::role::RoleScope::Directory,
        };
        tenant.assign_role(assignment, &Note::by_service(tenant.created))
    });
    assigned.unwrap();
    let page = app.get(&start);
    assert_eq!(text(&rows(&page)[0], "displayName"), "Global Administrator");
    assert_eq!(rows(&page)[0]["members@delta"][0]["id"], alice.as_str());
}

#[test]
fn a_token_is_good_for_seven_days_by_the_tenants_clock_and_survives_a_snapshot() {
    let mut app = App::new();
    let start = link(&app.get("/users/delta?$deltatoken=latest"));
    let snapshot = app.bench.tenant.snapshot("before".to_owned());
    let alice = app.id("alice");
    app.send(
        "PATCH",
        &format!("/users/{alice}"),
        &[],
        r#"{"jobTitle":"Pilot"}"#,
    );
    let newer = link(&app.get(&start));
    assert!(app.bench.tenant.restore(snapshot));
    assert!(rows(&app.get(&start)).is_empty());
    // The newer link knows of a change that never happened now.
    assert_eq!(app.send("GET", &newer, &[], "").status, 410);
    app.bench.set_clock("2025-10-09T11:59:59Z");
    app.renew();
    assert!(rows(&app.get(&start)).is_empty());
    app.bench.set_clock("2025-10-09T12:00:00Z");
    app.renew();
    let gone = app.send("GET", &start, &[], "");
    assert_eq!(gone.status, 410);
    assert_eq!(
        gone.headers["location"],
        "https://graph.microsoft.com/v1.0/users/delta?$deltatoken="
    );
    assert_eq!(text(&body(&gone)["error"], "code"), "resyncRequired");
    assert!(!rows(&app.get("/users/delta?$deltatoken=")).is_empty());
}

#[test]
fn tokens_of_other_sets_and_garbage_are_refused() {
    let app = App::new();
    let users = link(&app.get("/users/delta?$deltatoken=latest"));
    let (_, token) = users.split_once('=').unwrap();
    for path in [
        format!("/groups/delta?$deltatoken={token}"),
        "/users/delta?$deltatoken=abc".to_owned(),
        "/users/delta?$skiptoken=RFNwdA".to_owned(),
    ] {
        assert_eq!(app.send("GET", &path, &[], "").status, 400, "{path}");
    }
}

#[test]
fn a_filter_by_ids_watches_these_objects_only() {
    let app = App::new();
    let (alice, bob) = (app.id("alice"), app.id("bob"));
    let first = app.get(&format!(
        "/users/delta?$filter=id%20eq%20'{alice}'&$select=displayName"
    ));
    assert_eq!(
        first["value"],
        json!([{"displayName": "Alice Fernandez", "id": alice}])
    );
    for id in [&alice, &bob] {
        app.send(
            "PATCH",
            &format!("/users/{id}"),
            &[],
            r#"{"displayName":"New Name"}"#,
        );
    }
    assert_eq!(
        app.get(&link(&first))["value"],
        json!([{"displayName": "New Name", "id": alice}])
    );
    let refused = app.send(
        "GET",
        "/users/delta?$filter=displayName%20eq%20'x'",
        &[],
        "",
    );
    assert_eq!(refused.status, 400);
}
