//! Headers, errors, tokens, segments.

use serde_json::json;

use super::{Client, V1, body, error, shown, token};

#[test]
fn a_read_has_the_headers_of_the_real_service() {
    let client = Client::person("alice", "User.Read");
    let id = [("client-request-id", "11111111-2222-3333-4444-555555555555")];
    insta::assert_snapshot!(shown(&client.send_with("GET", "/me", &id, "")));
}

#[test]
fn an_error_carries_the_date_and_both_ids() {
    let client = Client::admin();
    insta::assert_snapshot!(shown(&client.send(
        "GET",
        "/users/nobody@contoso.onmicrosoft.com",
        &json!(null)
    )));
}

#[test]
fn a_request_without_a_token_is_told_where_to_sign_in() {
    let client = Client::admin();
    insta::assert_snapshot!(shown(&client.bench.send(
        "GET",
        &format!("{V1}/me"),
        &[],
        ""
    )));
}

#[test]
fn each_bad_token_has_its_own_refusal() {
    let mut client = Client::admin();
    let mut refused = |token: String| {
        client.token = token;
        let reply = client.send("GET", "/me", &json!(null));
        assert!(reply.headers.contains_key("www-authenticate"));
        error(&reply).lines().next().unwrap().to_owned()
    };
    let bench = &Client::admin().bench;
    let claims = |name: &str, value: serde_json::Value| {
        let mut claims = json!({"oid": "00000000-0000-0000-0000-000000000001", "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "idtyp": "user", "scp": "User.Read"});
        claims[name] = value;
        token(bench, claims)
    };
    let mut forged = claims("scp", json!("User.Read.All"));
    forged.truncate(forged.len() - 8);
    let rows = [
        ("rubbish", refused("rubbish".to_owned())),
        (
            "audience",
            refused(claims("aud", json!("https://management.azure.com/"))),
        ),
        (
            "issuer",
            refused(claims("iss", json!("https://sts.windows.net/x/"))),
        ),
        ("expired", refused(claims("exp", json!(1_000_000)))),
        (
            "too early",
            refused(claims("nbf", json!(4_000_000_000_i64))),
        ),
        ("signature", refused(forged)),
    ];
    insta::assert_snapshot!(
        rows.map(|(name, text)| format!("{name:10} {text}"))
            .join("\n")
    );
}

#[test]
fn the_app_id_of_graph_is_an_audience_too() {
    let mut client = Client::admin();
    for audience in [
        "00000003-0000-0000-c000-000000000000",
        "https://graph.microsoft.com/",
    ] {
        let claims = json!({"aud": audience, "oid": client.user("admin").to_string(), "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "idtyp": "user", "scp": "User.Read"});
        client.token = token(&client.bench, claims);
        assert_eq!(client.send("GET", "/me", &json!(null)).status, 200);
    }
}

#[test]
fn a_token_from_the_token_service_opens_graph() {
    let mut client = Client::admin();
    let tenant = client.bench.tenant.read();
    let deploy = tenant.applications.values().next().unwrap();
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        tenant.id
    );
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", &*deploy.app_id.to_string()),
        ("client_secret", &*deploy.secrets[0].value),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let answer = body(&client.bench.post_form(&url, &fields));
    client.token = answer["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.send("GET", "/users", &json!(null)).status, 200);
    assert_eq!(
        client
            .send("POST", "/applications", &json!({"displayName": "x"}))
            .status,
        403
    );
}

#[test]
fn slashes_may_be_doubled_and_names_in_any_case() {
    let client = Client::admin();
    let plain = client.get("/users");
    assert_eq!(client.get("//users")["value"], plain["value"]);
    assert_eq!(client.get("/Users")["value"], plain["value"]);
    assert_eq!(
        client.get("https://graph.microsoft.com/V1.0/users/")["value"],
        plain["value"]
    );
    let beta = client.get("https://graph.microsoft.com/beta/users");
    assert_eq!(
        beta["@odata.context"],
        "https://graph.microsoft.com/beta/$metadata#users"
    );
}

#[test]
fn what_is_not_there_and_what_is_not_simulated_differ() {
    let client = Client::admin();
    let rows = [
        ("GET", "/frobnicate"),
        ("GET", "/users/{}/frobnicate"),
        ("GET", "/users/frob/nicate"),
        ("GET", "/identity/conditionalAccess/deletedItems"),
        ("GET", "/me/authentication/methods"),
        ("GET", "/users/delta()"),
        ("POST", "/groups"),
        ("PUT", "/users"),
        ("DELETE", "/users"),
        ("DELETE", "/organization"),
        ("GET", "/applications(frob='x')"),
        ("GET", "/applications(appId=x)"),
        ("GET", "/users?$expand=manager"),
        ("GET", "/users?$frob=1"),
        ("GET", "/users?$select=signInActivity"),
        ("GET", "https://graph.microsoft.com/v2.0/users"),
        ("GET", "/directoryObjects/getByIds"),
    ];
    let text = rows.map(|(method, path)| {
        let reply = client.send(method, path, &json!(null));
        format!("{method} {path}\n    {}", error(&reply))
    });
    insta::assert_snapshot!(text.join("\n"));
    assert!(
        client
            .bench
            .app
            .unimplemented()
            .contains_key("graph GET /identity/conditionalAccess/deletedItems")
    );
}

#[test]
fn links_start_where_the_caller_came_in() {
    let client = Client::admin();
    let list = body(&client.bench.send(
        "GET",
        "https://localhost:8443/v1.0/users?$top=2&$select=id",
        &[("authorization", &format!("Bearer {}", client.token))],
        "",
    ));
    assert_eq!(
        list["@odata.context"],
        "https://localhost:8443/v1.0/$metadata#users(id)"
    );
    let next = list["@odata.nextLink"].as_str().unwrap();
    assert!(
        next.starts_with("https://localhost:8443/v1.0/users?$top=2&$select=id&$skiptoken="),
        "{next}"
    );
}

proptest::proptest! {
    #[test]
    fn no_path_or_query_breaks_it(path in "[ -~]{0,40}", query in "[ -~]{0,60}") {
        let client = Client::admin();
        let path = path.replace(['?', '#'], "");
        let reply = client.send("GET", &format!("/{path}?{query}"), &json!(null));
        proptest::prop_assert!(reply.status.as_u16() != 500);
    }
}
