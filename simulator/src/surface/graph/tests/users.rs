//! Users: read, create, change, delete.

use serde_json::{Value, json};

use super::{Client, body, error, shown};

fn newcomer() -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Nia Newcomer",
        "mailNickname": "nia",
        "userPrincipalName": "nia@contoso.onmicrosoft.com",
        "passwordProfile": {"forceChangePasswordNextSignIn": true, "password": "Kuvo-4711-rasa"},
    })
}

#[test]
fn a_user_is_created_changed_and_deleted() {
    let client = Client::admin();
    let created = client.send("POST", "/users", &newcomer());
    insta::assert_snapshot!(shown(&created));
    let id = body(&created)["id"].as_str().unwrap().to_owned();
    let change = json!({"displayName": "Nia Nomad", "jobTitle": "Nomad", "accountEnabled": false, "userPrincipalName": "nomad@contoso.onmicrosoft.com"});
    let reply = client.send("PATCH", "/users/NIA@contoso.onmicrosoft.com", &change);
    assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
    let read = client.get(&format!("/users/{id}?$select=displayName,jobTitle,accountEnabled,userPrincipalName,mailNickname,mail"));
    assert_eq!(read["displayName"], "Nia Nomad");
    assert_eq!(read["accountEnabled"], false);
    assert_eq!(read["userPrincipalName"], "nomad@contoso.onmicrosoft.com");
    assert_eq!(read["mailNickname"], "nia");
    assert_eq!(
        client
            .send("DELETE", &format!("/users/{id}"), &json!(null))
            .status,
        204
    );
    assert_eq!(
        client
            .send("GET", &format!("/users/{id}"), &json!(null))
            .status,
        404
    );
    assert_eq!(
        client
            .send("DELETE", &format!("/users/{id}"), &json!(null))
            .status,
        404
    );
}

#[test]
fn the_password_set_through_graph_is_the_one_that_signs_in() {
    let client = Client::admin();
    client.send("POST", "/users", &newcomer());
    let tenant = client.bench.tenant.read();
    let password = tenant
        .user_by_principal_name("nia@contoso.onmicrosoft.com")
        .unwrap()
        .password
        .clone()
        .unwrap();
    assert_eq!(
        (&*password.value, password.must_change),
        ("Kuvo-4711-rasa", true)
    );
}

#[test]
fn a_user_is_found_in_every_way() {
    let client = Client::admin();
    let id = client.user("alice").to_string();
    for path in [
        format!("/users/{id}"),
        format!("/users('{id}')"),
        "/users/alice@contoso.onmicrosoft.com".to_owned(),
        "/users/ALICE%40Contoso.onmicrosoft.com".to_owned(),
        "/users('alice@contoso.onmicrosoft.com')".to_owned(),
        "/users(userPrincipalName='alice@contoso.onmicrosoft.com')".to_owned(),
    ] {
        assert_eq!(client.get(&path)["id"], id.as_str(), "{path}");
    }
    assert_eq!(
        client.get("/users/pat_fabrikam.example%23EXT%23@contoso.onmicrosoft.com")["mail"],
        "pat@fabrikam.example"
    );
}

#[test]
fn bad_users_are_refused_and_leave_nothing_behind() {
    let client = Client::admin();
    let without = |name: &str| {
        let mut user = newcomer();
        user.as_object_mut().unwrap().remove(name);
        user
    };
    let with = |name: &str, value: Value| {
        let mut user = newcomer();
        user[name] = value;
        user
    };
    let rows = [
        without("accountEnabled"),
        without("displayName"),
        without("mailNickname"),
        without("userPrincipalName"),
        without("passwordProfile"),
        with("accountEnabled", json!("yes")),
        with("displayName", json!("")),
        with("displayName", json!("x".repeat(257))),
        with("userPrincipalName", json!("nia@elsewhere.example")),
        with(
            "userPrincipalName",
            json!("nia lee@contoso.onmicrosoft.com"),
        ),
        with("userPrincipalName", json!("nia")),
        with("userPrincipalName", json!("Alice@contoso.onmicrosoft.com")),
        with("mailNickname", json!("n i a")),
        with("passwordProfile", json!({"password": "simple"})),
        with(
            "passwordProfile",
            json!({"password": "Kuvo-4711-rasa", "frob": 1}),
        ),
        with("frob", json!(1)),
        with("id", json!("00000000-0000-0000-0000-000000000001")),
        with("city", json!("x".repeat(129))),
        json!([]),
        json!(null),
    ];
    let text = rows.map(|user| error(&client.send("POST", "/users", &user)));
    insta::assert_snapshot!(text.join("\n"));
    assert_eq!(client.bench.tenant.read().users.len(), 8);
    insta::assert_snapshot!(shown(&client.send(
        "POST",
        "/users",
        &with("userPrincipalName", json!("alice@contoso.onmicrosoft.com"))
    )));
}

#[test]
fn what_a_user_is_a_member_of_is_listed() {
    let client = Client::admin();
    let list = client.get("/me/memberOf");
    assert_eq!(
        list["@odata.context"],
        "https://graph.microsoft.com/v1.0/$metadata#directoryObjects"
    );
    assert_eq!(
        list["value"][0]["@odata.type"],
        "#microsoft.graph.directoryRole"
    );
    assert_eq!(list["value"][0]["displayName"], "Global Administrator");
    let groups = client.send(
        "POST",
        "/users/student@contoso.onmicrosoft.com/getMemberGroups",
        &json!({"securityEnabledOnly": false}),
    );
    assert_eq!(body(&groups)["value"].as_array().unwrap().len(), 1);
    assert_eq!(groups.headers["location"], "https://graph.microsoft.com");
}

#[test]
fn an_app_has_no_me() {
    let client = Client::app(&["User.Read.All"]);
    let expected = "400 BadRequest /me request is only valid with delegated authentication flow.";
    assert_eq!(error(&client.send("GET", "/me", &json!(null))), expected);
}
