//! `/servicePrincipals`: what clients write is read back, and its own credentials are accepted.

use crate::testing::{AFTER_PHASE_2, Bench};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entrasim::keys;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::admin::{Admin, SCOPE};
use crate::support::text;

const EMPTY: Value = Value::Null;
/// The audience of a proof: the old directory graph.
const DIRECTORY: &str = "00000002-0000-0000-c000-000000000000";
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";

#[test]
fn everything_that_clients_write_to_a_service_principal_is_read_back() {
    let admin = Admin::new();
    let app = admin.register(&json!({
        "displayName": "x", "description": "of the app",
        "web": {"homePageUrl": "https://x.example/", "redirectUris": ["https://x.example/cb"]},
    }));
    let path = format!("/servicePrincipals/{}", app.principal);
    let before = admin.get(&path);
    assert_eq!(before["homepage"], "https://x.example/");
    assert_eq!(before["replyUrls"], json!(["https://x.example/cb"]));
    assert_eq!(before["appDescription"], "of the app");
    let written = json!({
        "accountEnabled": false, "appRoleAssignmentRequired": true, "description": "d", "notes": "n",
        "alternativeNames": ["one"], "loginUrl": "https://x.example/login", "homepage": "https://x.example/home",
        "notificationEmailAddresses": ["a@x.example"], "preferredSingleSignOnMode": "saml",
        "replyUrls": ["https://x.example/saml"], "samlSingleSignOnSettings": {"relayState": "r"},
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"],
        "preferredTokenSigningKeyThumbprint": "AB12",
        "servicePrincipalNames": [app.app_id, "https://contoso.onmicrosoft.com/x"],
    });
    admin.expect(204, "PATCH", &path, &written);
    let after = admin.get(&path);
    for (name, value) in written.as_object().unwrap() {
        assert_eq!(&after[name], value, "{name}");
    }
    let (code, _) = admin.refused(400, "PATCH", &path, &json!({"appId": SCOPE}));
    assert_eq!(code, "Request_BadRequest");
}

#[test]
fn a_secret_of_the_service_principal_is_accepted_until_it_is_removed() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let path = format!("/servicePrincipals/{}", app.principal);
    let asked = json!({"passwordCredential": {"displayName": "own"}});
    let made = admin.expect(200, "POST", &format!("{path}/addPassword"), &asked);
    let secret = text(&made, "secretText");
    assert!(admin.app_token(&app, secret, GRAPH_SCOPE).is_ok());
    let read = admin.get(&path);
    assert_eq!(read["passwordCredentials"][0]["keyId"], made["keyId"]);
    assert_eq!(read["passwordCredentials"][0]["secretText"], EMPTY);
    let key = json!({"keyId": made["keyId"]});
    admin.expect(204, "POST", &format!("{path}/removePassword"), &key);
    admin.expect(400, "POST", &format!("{path}/removePassword"), &key);
    assert_eq!(admin.app_token(&app, secret, GRAPH_SCOPE), Err(7_000_215));
}

/// A JWT signed with the key that stands behind the built-in certificates.
fn signed(claims: &Value, thumbprint: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "typ": "JWT", "x5t": thumbprint});
    let message = format!("{}.{}", part(&header), part(claims));
    let signature = keys::workload().sign(message.as_bytes()).unwrap();
    format!("{message}.{signature}")
}

/// A certificate of the workload key under another name.
fn certificate(bench: &Bench, serial: u8) -> Vec<u8> {
    let now = now(bench);
    let end = now + core::time::Duration::from_secs(86_400 * 365);
    keys::workload()
        .self_signed("test", &[serial; 16], now, end)
        .unwrap()
}

fn now(bench: &Bench) -> Timestamp {
    bench.tenant.read().now(Timestamp::UNIX_EPOCH)
}

#[test]
fn an_app_rolls_its_certificates_with_a_proof_of_the_one_it_has() {
    let admin = Admin::new();
    assert_eq!(now(&admin.bench), now(&Bench::at(AFTER_PHASE_2)));
    let first = certificate(&admin.bench, 1);
    let app = admin.register(&json!({"displayName": "x"}));
    let path = format!("/applications/{}", app.id);
    let seconds = now(&admin.bench).unix_seconds();
    let proof = |audience: &str, issuer: &str, life: i64, der: &[u8]| {
        let claims = json!({"aud": audience, "iss": issuer, "nbf": seconds, "exp": seconds + life});
        signed(&claims, &keys::thumbprint(der))
    };
    let second = certificate(&admin.bench, 2);
    let add = |proof: String| {
        json!({
            "keyCredential": {"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&second)},
            "passwordCredential": null, "proof": proof,
        })
    };
    let target = format!("{path}/addKey");
    // Without a valid certificate nothing can be proved.
    let good = || proof(DIRECTORY, &app.id, 600, &first);
    admin.expect(400, "POST", &target, &add(good()));
    let key = json!({"keyCredentials": [{
        "type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&first), "displayName": "CN=first",
    }]});
    admin.expect(204, "PATCH", &path, &key);
    for bad in [
        proof("https://graph.microsoft.com", &app.id, 600, &first),
        proof(DIRECTORY, &app.app_id, 600, &first),
        proof(DIRECTORY, &app.id, 3600, &first),
        proof(DIRECTORY, &app.id, 600, &second),
        format!("{}x", good()),
        "x".to_owned(),
    ] {
        let (code, _) = admin.refused(400, "POST", &target, &add(bad.clone()));
        assert_eq!(code, "Authentication_MissingOrMalformed", "{bad}");
    }
    let added = admin.expect(200, "POST", &target, &add(good()));
    assert_eq!(
        admin.get(&path)["keyCredentials"].as_array().unwrap().len(),
        2
    );
    // The new one proves the client, and its own removal of the old one.
    let claims = json!({
        "aud": format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", admin.bench.tenant.id()),
        "iss": app.app_id, "sub": app.app_id, "nbf": seconds, "exp": seconds + 600, "jti": "1",
    });
    let assertion = |der: &[u8]| signed(&claims, &keys::thumbprint(der));
    let token = |der: &[u8]| {
        admin.claims(&[
            ("client_id", &app.app_id),
            ("client_assertion", &assertion(der)),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("grant_type", "client_credentials"),
            ("scope", GRAPH_SCOPE),
        ])
    };
    assert!(token(&second).is_ok());
    let first_id = admin.get(&path)["keyCredentials"][0]["keyId"].clone();
    assert_ne!(first_id, added["keyId"]);
    let remove = json!({"keyId": first_id, "proof": proof(DIRECTORY, &app.id, 600, &second)});
    admin.expect(204, "POST", &format!("{path}/removeKey"), &remove);
    assert_eq!(token(&first), Err(700_027));
    assert!(token(&second).is_ok());
}

#[test]
fn a_certificate_of_the_service_principal_proves_the_client() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let der = certificate(&admin.bench, 3);
    let path = format!("/servicePrincipals/{}", app.principal);
    let key = json!({"keyCredentials": [{
        "type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&der),
    }]});
    admin.expect(204, "PATCH", &path, &key);
    let seconds = now(&admin.bench).unix_seconds();
    let claims = json!({
        "aud": format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", admin.bench.tenant.id()),
        "iss": app.app_id, "sub": app.app_id, "nbf": seconds, "exp": seconds + 600,
    });
    let granted = admin.claims(&[
        ("client_id", &app.app_id),
        (
            "client_assertion",
            &signed(&claims, &keys::thumbprint(&der)),
        ),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("grant_type", "client_credentials"),
        ("scope", GRAPH_SCOPE),
    ]);
    assert_eq!(granted.unwrap()["appidacr"], "2");
}

#[test]
fn a_token_signing_certificate_comes_with_both_halves_and_a_password() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let path = format!("/servicePrincipals/{}", app.principal);
    let action = format!("{path}/addTokenSigningCertificate");
    let body = json!({"displayName": "CN=contoso", "endDateTime": "2027-01-01T00:00:00Z"});
    let made = admin.expect(200, "POST", &action, &body);
    let der = STANDARD.decode(text(&made, "key")).unwrap();
    assert!(webpki::EndEntityCert::try_from(&der.as_slice().into()).is_ok());
    assert_eq!(made["endDateTime"], "2027-01-01T00:00:00Z");
    assert_eq!(text(&made, "thumbprint").len(), 40);
    let read = admin.get(&path);
    let usages: Vec<&str> = read["keyCredentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| text(key, "usage"))
        .collect();
    assert_eq!(usages, ["Sign", "Verify"]);
    let password = &read["passwordCredentials"][0];
    assert_eq!(password["customKeyIdentifier"], made["customKeyIdentifier"]);
    admin.expect(400, "POST", &action, &json!({"displayName": "contoso"}));
}

#[test]
fn delegated_permissions_are_judged_once() {
    let admin = Admin::new();
    let api = admin.api();
    let path = format!(
        "/servicePrincipals/{}/delegatedPermissionClassifications",
        api.principal
    );
    let body = json!({"permissionId": SCOPE, "permissionName": "Read", "classification": "low"});
    let made = admin.expect(201, "POST", &path, &body);
    assert_eq!(admin.get(&path)["value"][0]["id"], made["id"]);
    admin.expect(409, "POST", &path, &body);
    for bad in [
        json!({"permissionId": SCOPE, "permissionName": "Write", "classification": "low"}),
        json!({"permissionName": "Read", "classification": "enormous"}),
        json!({"classification": "low"}),
    ] {
        admin.expect(400, "POST", &path, &bad);
    }
    let one = format!("{path}/{}", text(&made, "id"));
    admin.expect(204, "DELETE", &one, &EMPTY);
    assert_eq!(admin.get(&path)["value"], json!([]));
    let by_name = json!({"permissionName": "Read", "classification": "high"});
    let made = admin.expect(201, "POST", &path, &by_name);
    assert_eq!(made["permissionId"], SCOPE);
}

#[test]
fn a_service_principal_is_made_by_its_app_id_where_it_is_missing() {
    let admin = Admin::new();
    let app = admin.expect(201, "POST", "/applications", &json!({"displayName": "x"}));
    let path = format!("/servicePrincipals(appId='{}')", text(&app, "appId"));
    admin.expect(404, "PATCH", &path, &json!({"notes": "n"}));
    let prefer = [("prefer", "create-if-missing")];
    let (status, made) = admin.send_with("PATCH", &path, &prefer, &json!({"notes": "n"}));
    assert_eq!((status, &made["notes"]), (201, &json!("n")));
    let (status, _) = admin.send_with("PATCH", &path, &prefer, &json!({"notes": "m"}));
    assert_eq!(status, 204);
    assert_eq!(admin.get(&path)["notes"], "m");
}

#[test]
fn a_deleted_registration_comes_back_with_its_service_principal_and_what_that_held() {
    let admin = Admin::new();
    let (api, client) = (admin.api(), admin.public_client());
    let grant = json!({
        "clientId": client.principal, "consentType": "AllPrincipals",
        "resourceId": api.principal, "scope": "Read",
    });
    admin.expect(201, "POST", "/oauth2PermissionGrants", &grant);
    let scope = format!("{}/Read", api.app_id);
    assert!(admin.user_token(&client, "alice", &scope).is_ok());
    admin.expect(
        204,
        "DELETE",
        &format!("/applications/{}", client.id),
        &EMPTY,
    );
    let principal = format!("/servicePrincipals/{}", client.principal);
    admin.expect(404, "GET", &principal, &EMPTY);
    assert_eq!(admin.user_token(&client, "alice", &scope), Err(700_016));
    let restore = format!("/directory/deletedItems/{}/restore", client.id);
    admin.expect(200, "POST", &restore, &EMPTY);
    admin.expect(200, "GET", &principal, &EMPTY);
    assert!(admin.user_token(&client, "alice", &scope).is_ok());
}

#[test]
fn a_secret_works_from_its_start_to_its_end() {
    let admin = Admin::new();
    let app = admin.register(&json!({"displayName": "x"}));
    let path = format!("/servicePrincipals/{}/addPassword", app.principal);
    // A start that has come by no clock has not come.
    let dated = |start: &str, end: &str| {
        let asked = json!({"passwordCredential": {"startDateTime": start, "endDateTime": end}});
        let made = admin.expect(200, "POST", &path, &asked);
        text(&made, "secretText").to_owned()
    };
    let begun = dated("2025-10-01T00:00:00Z", "2025-10-03T00:00:00Z");
    let later = dated("2099-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
    assert!(admin.app_token(&app, &begun, GRAPH_SCOPE).is_ok());
    assert_eq!(admin.app_token(&app, &later, GRAPH_SCOPE), Err(7_000_215));
    admin.bench.set_clock("2025-10-04T00:00:00Z");
    assert_eq!(admin.app_token(&app, &begun, GRAPH_SCOPE), Err(7_000_222));
}
