//! Who may do what.

use serde_json::{Value, json};

use super::{AZURE_CLI, Client, body};

const DENIED: u16 = 403;

fn status(client: &Client, method: &str, path: &str, body: &Value) -> u16 {
    client.send(method, path, body).status.as_u16()
}

fn reads(client: &Client, path: &str) -> u16 {
    status(client, "GET", path, &json!(null))
}

#[test]
fn a_scope_opens_what_it_says_and_nothing_else() {
    let client = Client::person("alice", "User.Read");
    assert_eq!(reads(&client, "/me"), 200);
    assert_eq!(reads(&client, "/users/alice@contoso.onmicrosoft.com"), 200);
    assert_eq!(reads(&client, "/users/bob@contoso.onmicrosoft.com"), DENIED);
    assert_eq!(reads(&client, "/users"), DENIED);
    assert_eq!(reads(&client, "/groups"), DENIED);
    assert_eq!(reads(&client, "/organization"), 200);
}

#[test]
fn an_app_needs_app_roles_and_scopes_do_not_help() {
    let client = Client::app(&["User.Read.All"]);
    assert_eq!(reads(&client, "/users"), 200);
    assert_eq!(reads(&client, "/applications"), DENIED);
    assert_eq!(
        status(
            &client,
            "DELETE",
            "/users/bob@contoso.onmicrosoft.com",
            &json!(null)
        ),
        DENIED
    );
}

#[test]
fn members_read_the_directory_and_administrators_write_it() {
    let mut client = Client::person("bob", AZURE_CLI);
    for path in [
        "/users",
        "/groups",
        "/applications",
        "/servicePrincipals",
        "/directoryRoles",
        "/domains",
    ] {
        assert_eq!(reads(&client, path), 200, "{path}");
    }
    let rename = json!({"displayName": "Alice the Second"});
    assert_eq!(
        status(
            &client,
            "PATCH",
            "/users/alice@contoso.onmicrosoft.com",
            &rename
        ),
        DENIED
    );
    assert_eq!(status(&client, "PATCH", "/me", &rename), DENIED);
    assert_eq!(
        status(
            &client,
            "PATCH",
            "/me",
            &json!({"mobilePhone": "+1 5550100"})
        ),
        204
    );
    assert_eq!(status(&client, "POST", "/users", &json!({})), DENIED);
    client.become_person("admin", AZURE_CLI);
    assert_eq!(
        status(
            &client,
            "PATCH",
            "/users/alice@contoso.onmicrosoft.com",
            &rename
        ),
        204
    );
}

#[test]
fn guests_do_not_list_the_directory() {
    let client = Client::person("guest", AZURE_CLI);
    assert_eq!(reads(&client, "/me"), 200);
    assert_eq!(reads(&client, "/users"), DENIED);
    assert_eq!(reads(&client, "/groups"), DENIED);
    assert_eq!(
        status(
            &client,
            "POST",
            "/applications",
            &json!({"displayName": "x"})
        ),
        DENIED
    );
}

#[test]
fn what_a_person_registers_is_theirs() {
    let mut client = Client::person("alice", AZURE_CLI);
    let created = client.send("POST", "/applications", &json!({"displayName": "x"}));
    let path = format!("/applications/{}", body(&created)["id"].as_str().unwrap());
    let add = format!("{path}/addPassword");
    assert_eq!(status(&client, "POST", &add, &json!({})), 200);
    client.become_person("bob", AZURE_CLI);
    assert_eq!(status(&client, "POST", &add, &json!({})), DENIED);
    assert_eq!(
        status(
            &client,
            "POST",
            "/servicePrincipals",
            &json!({"appId": body(&created)["appId"]})
        ),
        DENIED
    );
    assert_eq!(status(&client, "DELETE", &path, &json!(null)), DENIED);
    client.become_person("alice", AZURE_CLI);
    assert_eq!(status(&client, "DELETE", &path, &json!(null)), 204);
}

#[test]
fn an_app_that_writes_what_it_owns_writes_nothing_else() {
    let client = Client::app(&["Application.ReadWrite.OwnedBy"]);
    let created = client.send("POST", "/applications", &json!({"displayName": "x"}));
    let path = format!("/applications/{}", body(&created)["id"].as_str().unwrap());
    assert_eq!(
        status(&client, "PATCH", &path, &json!({"displayName": "y"})),
        204
    );
    let tenant = client.bench.tenant.read();
    let other = tenant
        .applications
        .values()
        .find(|app| app.display_name == "deploy")
        .unwrap();
    let other = format!("/applications/{}", other.id);
    assert_eq!(
        status(&client, "PATCH", &other, &json!({"displayName": "y"})),
        DENIED
    );
    assert_eq!(reads(&client, "/applications"), 200);
    assert_eq!(reads(&client, "/users"), DENIED);
}

#[test]
fn the_accounts_of_administrators_are_out_of_reach_for_an_app() {
    let client = Client::app(&["User.ReadWrite.All"]);
    let disable = json!({"accountEnabled": false});
    assert_eq!(
        status(
            &client,
            "PATCH",
            "/users/bob@contoso.onmicrosoft.com",
            &disable
        ),
        204
    );
    assert_eq!(
        status(
            &client,
            "PATCH",
            "/users/admin@contoso.onmicrosoft.com",
            &disable
        ),
        DENIED
    );
    assert_eq!(
        status(
            &client,
            "DELETE",
            "/users/admin@contoso.onmicrosoft.com",
            &json!(null)
        ),
        DENIED
    );
}

#[test]
fn who_may_not_look_is_not_told_what_is_missing() {
    let client = Client::person("bob", "User.Read");
    assert_eq!(
        reads(&client, "/users/nobody@contoso.onmicrosoft.com"),
        DENIED
    );
}
