//! How a client gets in: versions, tokens, metadata, subscriptions.

use super::*;

#[test]
fn a_request_without_a_token_is_told_the_tenant_of_the_subscription() {
    let bench = before();
    let client = Client::user(&bench, "alice", &["pwd"]);
    let url = format!(
        "https://management.azure.com/subscriptions/{}?api-version=2022-12-01",
        client.subscription
    );
    insta::assert_snapshot!(text(&bench.send("GET", &url, &[], "")));
}

#[test]
fn bad_tokens_are_refused_each_in_its_words() {
    let bench = before();
    let claims = user_claims(&bench, "alice", &["pwd"]);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        let reply = Client::with_claims(&bench, &claims).send("GET", "/subscriptions", "");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        let body = body(&reply);
        format!(
            "{}: {}",
            code(&reply),
            body["error"]["message"].as_str().unwrap()
        )
    };
    insta::assert_snapshot!(
        [
            with("aud", json!("https://graph.microsoft.com")),
            with("exp", json!(1_759_233_600 - 60)),
            with("nbf", json!(1_759_233_600 + 60)),
            with("iss", json!("https://sts.windows.net/nobody/")),
            with("tid", json!("00000000-0000-4000-8000-000000000000")),
        ]
        .join("\n")
    );
    for header in ["Basic x", "Bearer", "Bearer a.b.c", "Bearer  "] {
        let url = "https://management.azure.com/subscriptions?api-version=2022-12-01";
        let reply = bench.send("GET", url, &[("authorization", header)], "");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{header}");
    }
}

#[test]
fn the_api_version_must_be_there_and_be_a_date() {
    let bench = before();
    let client = Client::user(&bench, "alice", &["pwd"]);
    let ask = |query: &str| {
        let url = format!("https://management.azure.com/subscriptions{query}");
        code(&bench.send("GET", &url, &[("authorization", &client.token)], ""))
    };
    assert_eq!(ask(""), "MissingApiVersionParameter");
    assert_eq!(ask("?api-version="), "MissingApiVersionParameter");
    assert_eq!(ask("?api-version=1.0"), "InvalidApiVersionParameter");
    assert_eq!(ask("?API-Version=2016-06-01"), "");
}

#[test]
fn subscriptions_are_shown_to_those_who_hold_a_role() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let list = alice.get("/subscriptions");
    assert_eq!(list["count"]["value"], 1);
    assert_eq!(list["value"][0]["subscriptionId"], alice.subscription);
    let guest = Client::user(&bench, "breakglass1", &["pwd"]);
    assert_eq!(guest.get("/subscriptions")["value"], json!([]));
    let reply = guest.send("GET", "{sub}", "");
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    insta::assert_snapshot!(body(&reply)["error"]["message"].as_str().unwrap());
    let unknown = alice.send(
        "GET",
        "/subscriptions/00000000-0000-4000-8000-000000000000",
        "",
    );
    assert_eq!(code(&unknown), "SubscriptionNotFound");
    assert_eq!(
        code(&alice.send("GET", "/subscriptions/x/locations", "")),
        "InvalidSubscriptionId"
    );
    assert!(
        alice.get("{sub}/locations")["value"]
            .as_array()
            .unwrap()
            .len()
            > 20
    );
    assert_eq!(
        alice.get("/tenants")["value"][0]["defaultDomain"],
        "contoso.onmicrosoft.com"
    );
}

#[test]
fn the_cloud_tells_its_addresses_without_a_token() {
    let bench = before();
    let ask = |host: &str, version: &str| {
        body(&bench.send(
            "GET",
            &format!("https://{host}/metadata/endpoints?api-version={version}"),
            &[],
            "",
        ))
    };
    let public = ask("management.azure.com", "2022-09-01");
    assert_eq!(
        public["authentication"]["loginEndpoint"],
        "https://login.microsoftonline.com"
    );
    assert_eq!(public["name"], "AzureCloud");
    let own = ask("localhost:8443", "2019-05-01");
    assert_eq!(own[0]["resourceManager"], "https://localhost:8443");
    assert_eq!(
        own[0]["authentication"]["audiences"][0],
        "https://localhost:8443"
    );
}

#[test]
fn providers_are_registered_and_given_up() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let state = |client: &Client<'_>| {
        client.get("{sub}/providers/microsoft.storage")["registrationState"].clone()
    };
    assert_eq!(state(&alice), "Registered");
    alice.send("POST", "{sub}/providers/Microsoft.Storage/unregister", "");
    assert_eq!(state(&alice), "NotRegistered");
    let path = "{sub}/resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/a";
    assert_eq!(
        code(&alice.put(path, &json!({"location": "westeurope"}))),
        "MissingSubscriptionRegistration"
    );
    alice.send("POST", "{sub}/providers/Microsoft.Storage/register", "");
    assert_eq!(state(&alice), "Registered");
}

#[test]
fn what_is_not_there_is_said_and_what_is_not_simulated_is_named() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    assert_eq!(
        code(&alice.send("GET", "/nothing", "")),
        "MissingSubscription"
    );
    let reply = alice.send("GET", "{sub}/tagNames", "");
    assert_eq!(reply.status, StatusCode::NOT_IMPLEMENTED);
    let reply = alice.send("POST", "{sub}", "");
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
}
