//! Registrations, their secrets and federations, and service principals.

use serde_json::{Value, json};

use super::{Client, body, column, error, shown};

fn create(client: &Client, name: &str) -> Value {
    let reply = client.send(
        "POST",
        "/applications",
        &json!({"displayName": name, "keyCredentials": []}),
    );
    assert_eq!(reply.status, 201, "{}", shown(&reply));
    body(&reply)
}

/// The requests of `az ad sp create-for-rbac` in their order.
#[test]
fn the_azure_cli_makes_a_service_principal_for_automation() {
    let client = Client::person("alice", super::AZURE_CLI);
    assert_eq!(
        client.get("/servicePrincipals?$filter=displayName%20eq%20%27pipeline%27")["value"],
        json!([])
    );
    assert_eq!(
        client.get("/applications?$filter=startswith(displayName,'pipeline')")["value"],
        json!([])
    );
    let application = client.send(
        "POST",
        "/applications",
        &json!({"displayName": "pipeline", "keyCredentials": []}),
    );
    let id = body(&application)["id"].as_str().unwrap().to_owned();
    let app_id = body(&application)["appId"].clone();
    let password = client.send("POST", &format!("/applications/{id}/addPassword"), &json!({"passwordCredential": {
        "displayName": "rbac", "startDateTime": "2025-09-30T12:00:00Z", "endDateTime": "2026-09-30T12:00:00Z",
    }}));
    let principal = client.send(
        "POST",
        "/servicePrincipals",
        &json!({"appId": app_id, "accountEnabled": true}),
    );
    insta::assert_snapshot!([&application, &password, &principal].map(shown).join("\n"));
    let tenant = client.bench.tenant.read();
    let kept = tenant
        .applications
        .get(&id.parse::<entrasim_domain::id::ObjectId>().unwrap())
        .unwrap();
    assert_eq!(body(&password)["secretText"], kept.secrets[0].value);
    let read = client.get(&format!("/applications/{id}"));
    assert_eq!(read["passwordCredentials"][0]["secretText"], Value::Null);
    assert_eq!(
        read["passwordCredentials"][0]["hint"],
        kept.secrets[0].hint()
    );
}

#[test]
fn a_secret_lives_for_two_years_and_can_be_removed() {
    let client = Client::admin();
    let id = create(&client, "x")["id"].as_str().unwrap().to_owned();
    let path = format!("/applications/{id}");
    let added = body(&client.send("POST", &format!("{path}/addPassword"), &json!(null)));
    assert_eq!(added["endDateTime"], "2027-09-30T12:00:00Z");
    let key = json!({"keyId": added["keyId"]});
    assert_eq!(
        client
            .send("POST", &format!("{path}/removePassword"), &key)
            .status,
        204
    );
    let again = client.send("POST", &format!("{path}/removePassword"), &key);
    assert_eq!(again.status, 400);
    assert_eq!(client.get(&path)["passwordCredentials"], json!([]));
    let backwards = json!({"passwordCredential": {"endDateTime": "2020-01-01T00:00:00Z"}});
    assert_eq!(
        client
            .send("POST", &format!("{path}/addPassword"), &backwards)
            .status,
        400
    );
}

#[test]
fn a_registration_is_read_changed_and_deleted() {
    let client = Client::admin();
    let application = create(&client, "x");
    let (id, app_id) = (
        application["id"].as_str().unwrap(),
        application["appId"].as_str().unwrap(),
    );
    let by_app = format!("/applications(appId='{app_id}')");
    let change = json!({
        "displayName": "y", "signInAudience": "AzureADMultipleOrgs", "identifierUris": [format!("api://{app_id}")],
        "web": {"redirectUris": ["https://a.example/back"]}, "isFallbackPublicClient": true, "description": null,
        "api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{"id": "00000000-0000-0000-0000-000000000001", "value": "go", "type": "User", "isEnabled": true, "adminConsentDisplayName": "Go"}]},
        "appRoles": [{"id": "00000000-0000-0000-0000-000000000002", "value": "run", "allowedMemberTypes": ["Application"], "displayName": "Run", "description": "Run", "isEnabled": true}],
        "requiredResourceAccess": [{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}]}],
    });
    assert_eq!(client.send("PATCH", &by_app, &change).status, 204);
    assert_eq!(
        client
            .send("POST", "/servicePrincipals", &json!({"appId": app_id}))
            .status,
        201
    );
    insta::assert_snapshot!(shown(&client.send("GET", &by_app, &json!(null))));
    let names = client.get(&format!(
        "/servicePrincipals(appId='{app_id}')?$select=servicePrincipalNames"
    ));
    assert_eq!(
        names["servicePrincipalNames"],
        json!([app_id, format!("api://{app_id}")])
    );
    assert_eq!(
        client
            .send("DELETE", &format!("/applications/{id}"), &json!(null))
            .status,
        204
    );
    assert_eq!(client.send("GET", &by_app, &json!(null)).status, 404);
    assert_eq!(
        client
            .send(
                "GET",
                &format!("/servicePrincipals(appId='{app_id}')"),
                &json!(null)
            )
            .status,
        404
    );
}

#[test]
fn refused_writes_change_nothing() {
    let client = Client::admin();
    let application = create(&client, "x");
    let path = format!("/applications/{}", application["id"].as_str().unwrap());
    let deploy =
        client.get("/applications?$filter=displayName eq 'deploy'")["value"][0]["appId"].clone();
    let rows = [
        ("POST", "/applications", json!({})),
        (
            "POST",
            "/applications",
            json!({"displayName": "y", "frob": 1}),
        ),
        ("PATCH", &path, json!({"displayName": "z", "appId": deploy})),
        (
            "PATCH",
            &path,
            json!({"displayName": "z", "signInAudience": "Everybody"}),
        ),
        (
            "PATCH",
            &path,
            json!({"displayName": "z", "api": {"knownClientApplications": ["a"]}}),
        ),
        (
            "PATCH",
            &path,
            json!({"displayName": "z", "keyCredentials": [{"key": "%"}]}),
        ),
        ("POST", "/servicePrincipals", json!({})),
        (
            "POST",
            "/servicePrincipals",
            json!({"appId": "00000000-0000-0000-0000-000000000009"}),
        ),
        ("POST", "/servicePrincipals", json!({"appId": "frob"})),
        ("POST", "/servicePrincipals", json!({"appId": deploy})),
    ];
    let text = rows.map(|(method, path, body)| error(&client.send(method, path, &body)));
    let text = text
        .join("\n")
        .replace(deploy.as_str().unwrap(), "{deploy}");
    insta::assert_snapshot!(text);
    assert_eq!(client.get(&path)["displayName"], "x");
}

#[test]
fn federated_credentials_are_kept_per_registration() {
    let client = Client::admin();
    let id = create(&client, "x")["id"].as_str().unwrap().to_owned();
    let path = format!("/applications/{id}/federatedIdentityCredentials");
    let credential = |name: &str, subject: &str| json!({"name": name, "issuer": "https://token.actions.githubusercontent.com", "subject": subject, "audiences": ["api://AzureADTokenExchange"]});
    let created = client.send(
        "POST",
        &path,
        &credential("main", "repo:a/b:ref:refs/heads/main"),
    );
    insta::assert_snapshot!(shown(&created));
    insta::assert_snapshot!(shown(&client.send("GET", &path, &json!(null))));
    let rows = [
        credential("main", "other"),
        credential("other", "repo:a/b:ref:refs/heads/main"),
        credential("no blanks", "other"),
        json!({"name": "other"}),
        json!({"name": "other", "issuer": "i", "subject": "s", "audiences": []}),
    ];
    insta::assert_snapshot!(
        rows.map(|row| error(&client.send("POST", &path, &row)))
            .join("\n")
    );
    let one = format!("{path}/main");
    assert_eq!(
        client
            .send("PATCH", &one, &json!({"subject": "changed"}))
            .status,
        204
    );
    assert_eq!(
        client
            .send("PATCH", &one, &json!({"name": "changed"}))
            .status,
        400
    );
    assert_eq!(client.get(&one)["subject"], "changed");
    let by_id = format!("{path}/{}", body(&created)["id"].as_str().unwrap());
    assert_eq!(client.send("DELETE", &by_id, &json!(null)).status, 204);
    assert_eq!(client.send("DELETE", &by_id, &json!(null)).status, 404);
    for number in 0..21 {
        let expected = if number < 20 { 201 } else { 400 };
        let row = credential(&format!("n{number}"), &format!("s{number}"));
        assert_eq!(client.send("POST", &path, &row).status, expected);
    }
}

#[test]
fn a_service_principal_can_be_switched_off_and_deleted() {
    let client = Client::admin();
    let deploy = client.get("/servicePrincipals?$filter=displayName eq 'deploy'")["value"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/servicePrincipals/{deploy}");
    assert_eq!(
        client
            .send("PATCH", &path, &json!({"accountEnabled": false}))
            .status,
        204
    );
    assert_eq!(client.get(&path)["accountEnabled"], false);
    assert_eq!(client.send("DELETE", &path, &json!(null)).status, 204);
    let tenant = client.bench.tenant.read();
    assert!(tenant.app_role_assignments.is_empty());
    assert!(!column(&client.get("/servicePrincipals"), "id").contains(&deploy));
}

#[test]
fn a_managed_identity_names_its_resource() {
    let client = Client::admin();
    let list = client.get("/servicePrincipals?$filter=servicePrincipalType eq 'ManagedIdentity' and displayName eq 'vm-build'");
    let names = &list["value"][0]["alternativeNames"];
    assert_eq!(names[0], "isExplicit=False");
    assert!(
        names[1]
            .as_str()
            .unwrap()
            .ends_with("/virtualMachines/vm-build")
    );
}

#[test]
fn tokens_without_a_code_are_switched_on_by_platform_settings() {
    let client = Client::admin();
    let application = create(&client, "x");
    let path = format!("/applications/{}", application["id"].as_str().unwrap());
    let settings = json!({"enableIdTokenIssuance": true, "enableAccessTokenIssuance": false});
    let change = json!({"web": {"implicitGrantSettings": settings}});
    assert_eq!(client.send("PATCH", &path, &change).status, 204);
    assert_eq!(client.get(&path)["web"]["implicitGrantSettings"], settings);
    let strange = json!({"web": {"implicitGrantSettings": {"enableIdTokenIssuance": "yes"}}});
    assert_eq!(client.send("PATCH", &path, &strange).status, 400);
    assert_eq!(client.get(&path)["web"]["implicitGrantSettings"], settings);
}

#[test]
fn what_cannot_be_a_redirect_uri_is_not_registered() {
    let client = Client::admin();
    for (platform, uri) in [
        ("web", "javascript:alert(1)"),
        ("web", "http://evil.example/cb"),
        ("spa", "https://x.example/cb#frag"),
        ("spa", "myapp://auth"),
        ("publicClient", "https://a b"),
    ] {
        let body = json!({"displayName": "x", platform: {"redirectUris": [uri]}});
        let reply = client.send("POST", "/applications", &body);
        assert_eq!(
            error(&reply),
            "400 Request_BadRequest Invalid value specified for property 'redirectUris' of resource 'Application'.",
            "{uri}"
        );
    }
    let wildcard = |audience: &str| {
        let body = json!({"displayName": "x", "signInAudience": audience, "web": {"redirectUris": ["https://*.x.example/cb"]}});
        client.send("POST", "/applications", &body).status
    };
    assert_eq!(wildcard("AzureADMultipleOrgs"), 201);
    assert_eq!(wildcard("AzureADandPersonalMicrosoftAccount"), 400);
}
