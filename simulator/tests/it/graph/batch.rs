use serde_json::{Value, json};

use super::client::App;
use crate::support::{json as body, text};

fn batch(app: &App, requests: &Value) -> Value {
    let reply = app.send(
        "POST",
        "/$batch",
        &[],
        &json!({"requests": requests}).to_string(),
    );
    assert_eq!(reply.status, 200, "{}", body(&reply));
    body(&reply)["responses"].clone()
}

fn status(app: &App, requests: &Value) -> u16 {
    let reply = app.send(
        "POST",
        "/$batch",
        &[],
        &json!({"requests": requests}).to_string(),
    );
    reply.status.as_u16()
}

fn of<'a>(responses: &'a Value, id: &str) -> &'a Value {
    let mut all = responses.as_array().unwrap().iter();
    all.find(|response| response["id"] == id).unwrap()
}

#[test]
fn each_part_is_answered_as_if_it_had_come_alone() {
    let app = App::new();
    let alice = app.id("alice");
    let responses = batch(
        &app,
        &json!([
            // msgraph-sdk for Python writes `depends_on`, which is no member of the format.
            {"id": "1", "method": "GET", "url": format!("/users/{alice}?$select=displayName"), "depends_on": []},
            {"id": "2", "method": "get", "url": "users/nobody@contoso.onmicrosoft.com"},
            {"id": "3", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
            {"id": "4", "method": "PATCH", "url": format!("/users/{alice}"), "headers": {"Content-Type": "application/json"}, "body": {"jobTitle": "Pilot"}},
            {"id": "5", "method": "GET", "url": "/me"},
        ]),
    );
    assert_eq!(
        of(&responses, "1")["body"]["displayName"],
        "Alice Fernandez"
    );
    assert!(text(&of(&responses, "1")["headers"], "Content-Type").starts_with("application/json"));
    assert_eq!(of(&responses, "2")["status"], 404);
    assert_eq!(
        text(&of(&responses, "2")["body"]["error"], "code"),
        "Request_ResourceNotFound"
    );
    // The number eight in base64: what is no JSON comes so.
    assert_eq!(of(&responses, "3")["body"], "OA==");
    assert_eq!(
        (&of(&responses, "4")["status"], &of(&responses, "4")["body"]),
        (&json!(204), &Value::Null)
    );
    assert_eq!(of(&responses, "5")["status"], 400);
    assert_eq!(app.get(&format!("/users/{alice}"))["jobTitle"], "Pilot");
}

#[test]
fn a_part_waits_for_what_it_depends_on_and_falls_with_it() {
    let app = App::new();
    let alice = app.id("alice");
    let change = json!({"id": "write", "method": "PATCH", "url": format!("/users/{alice}"), "headers": {"content-type": "application/json"}, "body": {"jobTitle": "Pilot"}});
    let read = json!({"id": "read", "method": "GET", "url": format!("/users/{alice}"), "dependsOn": ["WRITE"]});
    let wrong = json!({"id": "wrong", "method": "GET", "url": "/users/nobody"});
    let after = json!({"id": "after", "method": "GET", "url": "/users", "dependsOn": ["wrong"]});
    let last = json!({"id": "last", "method": "GET", "url": "/users", "dependsOn": ["after"]});
    let responses = batch(&app, &json!([read, last, after, wrong, change]));
    assert_eq!(of(&responses, "read")["body"]["jobTitle"], "Pilot");
    assert_eq!(of(&responses, "after")["status"], 424);
    assert_eq!(of(&responses, "last")["status"], 424);
}

#[test]
fn a_batch_that_breaks_the_format_is_refused_whole() {
    let app = App::new();
    let part = |id: &str| json!({"id": id, "method": "GET", "url": "/users"});
    let many = |count: usize| {
        json!(
            (0..count)
                .map(|id| part(&id.to_string()))
                .collect::<Vec<_>>()
        )
    };
    assert_eq!(status(&app, &many(20)), 200);
    for requests in [
        many(21),
        json!([]),
        json!({}),
        json!([part("a"), part("A")]),
        json!([{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"]}]),
        json!([{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["1"]}]),
        json!([{"id": "1", "method": "GET", "url": "/v1.0/me"}]),
        json!([{"id": "1", "method": "GET", "url": "https://graph.example/v1.0/me"}]),
        json!([{"id": "1", "method": "POST", "url": "/$batch", "headers": {"content-type": "application/json"}, "body": {}}]),
        json!([{"id": "1", "method": "POST", "url": "/users", "body": {}}]),
        json!([{"method": "GET", "url": "/users"}]),
    ] {
        assert_eq!(status(&app, &requests), 400, "{requests}");
    }
    assert_eq!(
        app.bench
            .send(
                "POST",
                &format!("{}/$batch", super::client::GRAPH),
                &[],
                "{}"
            )
            .status,
        401
    );
}

/// msgraph-sdk for Python writes URLs in full; a relative one with the version is refused (msgraph-sdk-javascript, issue 1451).
#[test]
fn a_url_is_relative_to_the_version_or_whole() {
    let app = App::new();
    let send = |url: &str| {
        let batch = json!({"requests": [{"id": "1", "method": "GET", "url": url}]});
        app.send("POST", "/$batch", &[], &batch.to_string())
    };
    for url in [
        "organization",
        "/organization?$select=id",
        "https://graph.microsoft.com/v1.0//organization",
        "https://graph.microsoft.com/beta/organization?$select=id",
    ] {
        let reply = send(url);
        assert_eq!(reply.status, 200, "{url}");
        assert_eq!(body(&reply)["responses"][0]["status"], 200, "{url}");
    }
    for url in [
        "/v1.0/organization",
        "https://graph.microsoft.com/organization",
        "https://graph.microsoft.com/v1.0/v1.0/organization",
        "https://management.azure.com/v1.0/organization",
        "https://graph.microsoft.com",
        "",
    ] {
        let reply = send(url);
        let part = &body(&reply)["responses"][0]["status"];
        assert!(reply.status == 400 || *part == json!(400), "{url}: {part}");
    }
}
