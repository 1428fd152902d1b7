use serde_json::{Value, json};

use super::client::App;
use crate::support::{json as body, text};

#[test]
fn a_deleted_user_is_listed_read_and_restored_with_its_name() {
    let app = App::new();
    let alice = app.id("alice");
    assert_eq!(
        app.send("DELETE", &format!("/users/{alice}"), &[], "")
            .status,
        204
    );
    assert_eq!(
        app.send("GET", &format!("/users/{alice}"), &[], "").status,
        404
    );
    let listed = app.get("/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,mail,deletedDateTime");
    let mangled = format!("{}alice@contoso.onmicrosoft.com", alice.replace('-', ""));
    assert_eq!(
        listed["value"],
        json!([{
            "id": alice,
            "userPrincipalName": mangled,
            "mail": "alice@contoso.onmicrosoft.com",
            "deletedDateTime": "2025-10-02T12:00:00Z",
        }])
    );
    let one = app.get(&format!("/directory/deleteditems/{alice}"));
    assert_eq!(text(&one, "displayName"), "Alice Fernandez");
    assert!(text(&one, "@odata.context").ends_with("$metadata#directoryObjects/$entity"));
    assert_eq!(
        app.get("/directory/deletedItems/graph.group")["value"],
        json!([])
    );
    let restored = app.send(
        "POST",
        &format!("/directory/deletedItems/{alice}/restore"),
        &[],
        "",
    );
    assert_eq!(restored.status, 200);
    assert_eq!(
        text(&body(&restored), "@odata.type"),
        "#microsoft.graph.user"
    );
    let back = app.get(&format!("/users/{alice}"));
    assert_eq!(
        text(&back, "userPrincipalName"),
        "alice@contoso.onmicrosoft.com"
    );
    assert_eq!(text(&back, "mail"), "alice@contoso.onmicrosoft.com");
}

#[test]
fn a_name_taken_meanwhile_keeps_the_deleted_user_out() {
    let app = App::new();
    let alice = app.id("alice");
    app.send("DELETE", &format!("/users/{alice}"), &[], "");
    let new = json!({
        "accountEnabled": true, "displayName": "New Alice", "mailNickname": "alice",
        "userPrincipalName": "alice@contoso.onmicrosoft.com",
        "passwordProfile": {"password": "Xk9-plumvera-2251"},
    });
    assert_eq!(
        app.send("POST", "/users", &[], &new.to_string()).status,
        201
    );
    let refused = app.send(
        "POST",
        &format!("/directory/deletedItems/{alice}/restore"),
        &[],
        "",
    );
    assert_eq!(refused.status, 400);
    assert!(text(&body(&refused)["error"], "message").contains("userPrincipalName"));
}

#[test]
fn what_is_deleted_for_good_or_for_thirty_days_is_gone() {
    let mut app = App::new();
    let (alice, bob) = (app.id("alice"), app.id("bob"));
    for id in [&alice, &bob] {
        app.send("DELETE", &format!("/users/{id}"), &[], "");
    }
    assert_eq!(
        app.send(
            "DELETE",
            &format!("/directory/deletedItems/{alice}"),
            &[],
            ""
        )
        .status,
        204
    );
    app.bench.set_clock("2025-11-01T11:59:59Z");
    app.renew();
    let listed = app.get("/directory/deletedItems/graph.user");
    let ids: Vec<&Value> = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["id"])
        .collect();
    assert_eq!(ids, [&json!(bob)]);
    app.bench.set_clock("2025-11-01T12:00:00Z");
    app.renew();
    assert_eq!(
        app.get("/directory/deletedItems/graph.user")["value"],
        json!([])
    );
    for id in [&alice, &bob] {
        let item = format!("/directory/deletedItems/{id}");
        assert_eq!(app.send("GET", &item, &[], "").status, 404);
        assert_eq!(
            app.send("POST", &format!("{item}/restore"), &[], "").status,
            404
        );
    }
}
