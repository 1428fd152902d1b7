//! `/domains`: from a name to a verified domain that people sign in with, and away again.

use serde_json::{Value, json};

use super::admin::Admin;
use crate::support::text;

const EMPTY: Value = Value::Null;

fn add(admin: &Admin, name: &str) -> Value {
    admin.expect(201, "POST", "/domains", &json!({"id": name}))
}

fn verified(admin: &Admin, name: &str) -> Value {
    add(admin, name);
    admin.expect(200, "POST", &format!("/domains/{name}/verify"), &EMPTY)
}

fn user(admin: &Admin, name: &str, status: u16) -> Value {
    let nickname = name.split('@').next().unwrap();
    let body = json!({
        "accountEnabled": true, "displayName": "New", "mailNickname": nickname, "userPrincipalName": name,
        "passwordProfile": {"password": "Xk9-plumvera-2251", "forceChangePasswordNextSignIn": false},
    });
    admin.expect(status, "POST", "/users", &body)
}

/// The error's number, or zero.
fn signs_in(admin: &Admin, name: &str) -> u64 {
    let granted = admin.claims(&[
        ("client_id", crate::support::AZURE_CLI),
        ("grant_type", "password"),
        ("username", name),
        ("password", "Xk9-plumvera-2251"),
        ("scope", crate::support::ARM_SCOPE),
    ]);
    granted.err().unwrap_or(0)
}

#[test]
fn a_domain_is_added_proved_and_then_people_sign_in_with_it() {
    let admin = Admin::new();
    let made = add(&admin, "Fabrikam.example");
    assert_eq!(text(&made, "id"), "fabrikam.example");
    assert_eq!(
        (&made["isVerified"], &made["isDefault"], &made["isRoot"]),
        (&json!(false), &json!(false), &json!(false))
    );
    user(&admin, "ann@fabrikam.example", 400);
    let records = admin.get("/domains/fabrikam.example/verificationDnsRecords");
    let kinds: Vec<&str> = records["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| text(record, "@odata.type"))
        .collect();
    assert_eq!(
        kinds,
        [
            "#microsoft.graph.domainDnsTxtRecord",
            "#microsoft.graph.domainDnsMxRecord"
        ]
    );
    let code = text(&records["value"][0], "text");
    assert!(code.starts_with("MS=ms") && code.len() == 13, "{code}");
    assert!(records["value"][0].get("mailExchange").is_none());
    // The knob: nobody has written the record into the zone file yet.
    let missing = |missing: bool| {
        let written = admin.bench.tenant.write(|tenant| {
            tenant.knobs.domain_records_missing = missing;
            Ok::<(), ()>(())
        });
        written.unwrap();
    };
    missing(true);
    let (_, message) = admin.refused(400, "POST", "/domains/fabrikam.example/verify", &EMPTY);
    assert!(message.contains("not found"), "{message}");
    missing(false);
    let proved = admin.expect(200, "POST", "/domains/fabrikam.example/verify", &EMPTY);
    assert_eq!(proved["isVerified"], true);
    admin.refused(400, "POST", "/domains/fabrikam.example/verify", &EMPTY);
    user(&admin, "ann@fabrikam.example", 201);
    assert_eq!(signs_in(&admin, "ANN@fabrikam.example"), 0);
    let organization = admin.get("/organization");
    let names = &organization["value"][0]["verifiedDomains"];
    assert_eq!(names[1]["name"], "fabrikam.example");
}

#[test]
fn one_verified_domain_is_the_default() {
    let admin = Admin::new();
    add(&admin, "fabrikam.example");
    let path = "/domains/fabrikam.example";
    let default = json!({"isDefault": true});
    admin.refused(400, "PATCH", path, &default);
    admin.expect(200, "POST", &format!("{path}/verify"), &EMPTY);
    admin.expect(204, "PATCH", path, &default);
    let all = admin.get("/domains");
    let defaults: Vec<&str> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|domain| domain["isDefault"] == true)
        .map(|domain| text(domain, "id"))
        .collect();
    assert_eq!(defaults, ["fabrikam.example"]);
    // The default one stays, and so does the initial one.
    admin.refused(400, "DELETE", path, &EMPTY);
    admin.refused(400, "PATCH", path, &json!({"isDefault": false}));
    let initial = "/domains/contoso.onmicrosoft.com";
    admin.expect(204, "PATCH", initial, &default);
    admin.refused(400, "DELETE", initial, &EMPTY);
    admin.expect(204, "DELETE", path, &EMPTY);
    admin.expect(404, "GET", path, &EMPTY);
}

#[test]
fn services_have_their_records_and_passwords_their_days() {
    let admin = Admin::new();
    verified(&admin, "fabrikam.example");
    let path = "/domains/fabrikam.example";
    let records = format!("{path}/serviceConfigurationRecords");
    assert_eq!(admin.get(&records)["value"], json!([]));
    let body = json!({
        "supportedServices": ["email", "OfficeCommunicationsOnline"],
        "passwordValidityPeriodInDays": 60, "passwordNotificationWindowInDays": 7,
    });
    admin.expect(204, "PATCH", path, &body);
    let read = admin.get(path);
    assert_eq!(
        read["supportedServices"],
        json!(["Email", "OfficeCommunicationsOnline"])
    );
    assert_eq!(read["passwordValidityPeriodInDays"], 60);
    let records = admin.get(&records);
    let first = &records["value"][0];
    assert_eq!(
        first["mailExchange"],
        "fabrikam-example.mail.protection.outlook.com"
    );
    assert_eq!(
        (&first["ttl"], &first["label"]),
        (&json!(3600), &json!("fabrikam.example"))
    );
    for bad in [
        json!({"supportedServices": ["Telegraph"]}),
        json!({"passwordValidityPeriodInDays": "long"}),
        json!({"isVerified": false}),
        json!({"colour": "red"}),
    ] {
        admin.expect(400, "PATCH", path, &bad);
    }
}

#[test]
fn a_domain_that_names_bear_is_not_deleted_unless_by_force() {
    let admin = Admin::new();
    verified(&admin, "fabrikam.example");
    let path = "/domains/fabrikam.example";
    let ann = user(&admin, "ann@fabrikam.example", 201);
    let alice = user(&admin, "alice@fabrikam.example", 201);
    let app = admin.register(&json!({
        "displayName": "x", "identifierUris": ["https://fabrikam.example/x"],
    }));
    let references = admin.get(&format!("{path}/domainNameReferences"));
    let mut found: Vec<&str> = references["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| text(object, "id"))
        .collect();
    let mut expected = vec![text(&ann, "id"), text(&alice, "id"), app.id.as_str()];
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let (_, message) = admin.refused(400, "DELETE", path, &EMPTY);
    assert!(message.contains("referenced"), "{message}");
    let force = format!("{path}/forceDelete");
    admin.expect(204, "POST", &force, &json!({"disableUserAccounts": true}));
    admin.expect(404, "GET", path, &EMPTY);
    let select = "?$select=userPrincipalName,accountEnabled";
    let ann = admin.get(&format!("/users/{}{select}", text(&ann, "id")));
    assert_eq!(
        (text(&ann, "userPrincipalName"), &ann["accountEnabled"]),
        ("ann@contoso.onmicrosoft.com", &json!(false))
    );
    // The name is taken there.
    let alice = admin.get(&format!("/users/{}{select}", text(&alice, "id")));
    let name = text(&alice, "userPrincipalName");
    assert!(
        name.starts_with("alice") && name != "alice@contoso.onmicrosoft.com",
        "{name}"
    );
    let app = admin.get(&format!("/applications/{}", app.id));
    assert_eq!(app["identifierUris"], json!([]));
    assert_eq!(signs_in(&admin, "ann@fabrikam.example"), 50034);
    // The name is free again, and its people are nobody's.
    verified(&admin, "fabrikam.example");
    user(&admin, "ann@fabrikam.example", 201);
}

#[test]
fn a_subdomain_follows_its_root_until_it_is_promoted() {
    let admin = Admin::new();
    verified(&admin, "fabrikam.example");
    let made = add(&admin, "eu.fabrikam.example");
    assert_eq!(
        (&made["isVerified"], &made["isRoot"]),
        (&json!(true), &json!(false))
    );
    let path = "/domains/eu.fabrikam.example";
    let root = admin.get(&format!("{path}/rootDomain"));
    assert_eq!(root["id"], "fabrikam.example");
    let promoted = admin.expect(200, "POST", &format!("{path}/promote"), &EMPTY);
    assert_eq!(promoted["value"], true);
    assert_eq!(admin.get(path)["isRoot"], true);
    let root = admin.get(&format!("{path}/rootDomain"));
    assert_eq!(root["id"], "eu.fabrikam.example");
    admin.refused(400, "POST", &format!("{path}/promote"), &EMPTY);
}

#[test]
fn a_name_is_one_tenants_and_looks_like_one() {
    let admin = Admin::new();
    let other = {
        use entrasim_domain::id::TenantId;
        let tenant = admin.bench.tenant.read();
        let mut fork = tenant.fork(
            TenantId::from_u128(7),
            "other.onmicrosoft.com".to_owned(),
            7,
        );
        fork.put_domain(entrasim_domain::directory::domain::Domain::new(
            "taken.example",
            true,
        ));
        fork
    };
    admin.bench.app.store.insert(other).unwrap();
    for name in [
        "taken.example",
        "other.onmicrosoft.com",
        "contoso.onmicrosoft.com",
        "nodots",
        "-a.example",
        "a..example",
        "a b.example",
        "",
    ] {
        admin.expect(400, "POST", "/domains", &json!({"id": name}));
    }
    admin.expect(400, "POST", "/domains", &json!({}));
    assert_eq!(admin.get("/domains")["value"].as_array().unwrap().len(), 1);
}

#[test]
fn a_federation_is_kept_changed_and_taken_away() {
    let admin = Admin::new();
    verified(&admin, "fabrikam.example");
    let path = "/domains/fabrikam.example/federationConfiguration";
    let body = json!({
        "@odata.type": "#microsoft.graph.internalDomainFederation",
        "displayName": "Fabrikam", "issuerUri": "http://fabrikam.example/adfs/services/trust",
        "passiveSignInUri": "https://sts.fabrikam.example/adfs/ls", "signingCertificate": "MIIE3jCCAsagAwIBAgIQQcyDaZz3MI",
        "preferredAuthenticationProtocol": "wsFed", "federatedIdpMfaBehavior": "rejectMfaByFederatedIdp",
        "isSignedAuthenticationRequestRequired": true, "promptLoginBehavior": "nativeSupport",
    });
    let made = admin.expect(201, "POST", path, &body);
    assert_eq!(made["federatedIdpMfaBehavior"], "rejectMfaByFederatedIdp");
    assert_eq!(made["@odata.type"], body["@odata.type"]);
    assert_eq!(
        admin.get("/domains/fabrikam.example")["authenticationType"],
        "Federated"
    );
    admin.refused(400, "POST", path, &body);
    let one = format!("{path}/{}", text(&made, "id"));
    let changed = admin.expect(200, "PATCH", &one, &json!({"displayName": "New"}));
    assert_eq!(
        (text(&changed, "displayName"), &changed["issuerUri"]),
        ("New", &body["issuerUri"])
    );
    admin.expect(
        400,
        "PATCH",
        &one,
        &json!({"preferredAuthenticationProtocol": "carrier pigeon"}),
    );
    admin.expect(204, "DELETE", &one, &EMPTY);
    admin.expect(404, "GET", &one, &EMPTY);
    assert_eq!(
        admin.get("/domains/fabrikam.example")["authenticationType"],
        "Managed"
    );
    admin.expect(400, "POST", path, &json!({"displayName": "nothing else"}));
}
