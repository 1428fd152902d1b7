//! The options for a new passkey, and its registration for somebody.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{administrator, at, beta, message};
use crate::graph::client::App;
use crate::security_key::Key;
use crate::support::{json as body, text};

#[test]
fn the_options_are_for_this_user_and_their_challenge_is_kept_until_it_expires() {
    let mut app = administrator();
    app.bench.set_clock("2026-01-01T08:00:00Z");
    app.becomes("admin", "UserAuthMethod-Passkey.ReadWrite.All");
    for path in [
        "fido2Methods/creationOptions()",
        "fido2Methods/creationOptions",
    ] {
        let options = app.get(&at("bob", path));
        assert_eq!(
            text(&options, "challengeTimeoutDateTime"),
            "2026-01-01T08:05:00Z"
        );
        let key = &options["publicKey"];
        assert_eq!(text(&key["rp"], "id"), "login.microsoft.com");
        assert_eq!(text(&key["user"], "name"), "bob@contoso.onmicrosoft.com");
        let handle = URL_SAFE_NO_PAD.decode(text(&key["user"], "id")).unwrap();
        assert!(handle.starts_with(b"OF:"));
        assert_eq!(handle.len(), 51);
        let tenant = app.bench.tenant.id().0.to_bytes_le();
        assert_eq!(handle[3..19], tenant);
        let challenge = URL_SAFE_NO_PAD.decode(text(key, "challenge")).unwrap();
        assert!(challenge.len() > 32);
        let bob = app.id("bob").parse().unwrap();
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let finish = |now: &str| {
            let mut state = app.bench.tenant.read().authentication.clone();
            state.finish_passkey(&challenge, bob, at(now))
        };
        assert!(finish("2026-01-01T08:04:59Z"));
        assert!(!finish("2026-01-01T08:05:00Z"));
    }
    let excluded =
        app.get(&at("admin", "fido2Methods/creationOptions()").replace("admin@", "bob@"));
    assert_eq!(excluded["publicKey"]["excludeCredentials"], json!([]));
}

#[test]
fn beta_takes_how_long_the_challenge_lives() {
    let mut app = administrator();
    app.bench.set_clock("2026-01-01T08:00:00Z");
    app.becomes("admin", "UserAuthMethod-Passkey.ReadWrite.All");
    for (call, until) in [
        (
            "creationOptions(challengeTimeoutInMinutes=10)",
            Some("2026-01-01T08:10:00Z"),
        ),
        (
            "creationOptions(challengeTimeoutInMinutes=@m)?@m=43200",
            Some("2026-01-31T08:00:00Z"),
        ),
        (
            "creationOptions?challengeTimeoutInMinutes=20",
            Some("2026-01-01T08:20:00Z"),
        ),
        ("creationOptions()", Some("2026-01-01T08:05:00Z")),
        ("creationOptions(challengeTimeoutInMinutes=4)", None),
        ("creationOptions(challengeTimeoutInMinutes=43201)", None),
        ("creationOptions(challengeTimeoutInMinutes=soon)", None),
        ("creationOptions(colour=3)", None),
    ] {
        let reply = app.send(
            "GET",
            &beta("bob", &format!("fido2Methods/{call}")),
            &[],
            "",
        );
        match until {
            Some(until) => assert_eq!(
                text(&body(&reply), "challengeTimeoutDateTime"),
                until,
                "{call}"
            ),
            None => assert_eq!(reply.status, 400, "{call}"),
        }
    }
    let path = at(
        "bob",
        "fido2Methods/creationOptions(challengeTimeoutInMinutes=10)",
    );
    assert_eq!(app.send("GET", &path, &[], "").status, 400, "not in v1.0");
}

#[test]
fn nobody_asks_for_their_own_and_the_policy_has_to_allow_it() {
    let app = administrator();
    let own = app.write(
        "GET",
        &at("admin", "fido2Methods/creationOptions()"),
        &Value::Null,
        405,
    );
    assert_eq!(text(&own["error"], "code"), "methodNotAllowed");
    assert_eq!(message(&own), "The method is not supported for this URL.");
    let refused = app.write("POST", &at("bob", "fido2Methods"), &json!("key"), 400);
    assert_eq!(
        message(&refused),
        "The request is missing a fido2AuthenticationMethod entity"
    );
    app.bench
        .tenant
        .write(|tenant| {
            tenant.authentication_methods.set(MethodName::Fido2, false);
            Ok::<(), ()>(())
        })
        .unwrap();
    app.write(
        "GET",
        &at("bob", "fido2Methods/creationOptions()"),
        &Value::Null,
        400,
    );
}

#[test]
fn a_guest_gets_no_passkey_of_the_tenant_they_visit() {
    let app = administrator();
    let guest = {
        let tenant = app.bench.tenant.read();
        let mut users = tenant.users.iter();
        let guest = users.find(|user| user.home.is_some());
        guest.unwrap().id.to_string()
    };
    let options = format!("/users/{guest}/authentication/fido2Methods/creationOptions()");
    let refused = app.write("GET", &options, &Value::Null, 400);
    assert_eq!(
        message(&refused),
        "A passkey cannot be registered for an external guest user."
    );
}

/// What a key makes of the options of a user.
fn answered(key: &mut Key, app: &App, user: &str) -> Value {
    let options = app.get(&at(user, "fido2Methods/creationOptions()"));
    key.registration(&options["publicKey"])
}

fn registrar() -> App {
    App::person(
        "admin",
        "UserAuthMethod-Passkey.ReadWrite.All Policy.ReadWrite.AuthenticationMethod",
    )
}

fn policy(app: &App, members: &Value) {
    let url = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let mut body = members.clone();
    body["@odata.type"] = json!("#microsoft.graph.fido2AuthenticationMethodConfiguration");
    app.write("PATCH", url, &body, 204);
}

#[test]
fn an_administrator_registers_a_key_for_somebody() {
    let app = registrar();
    let mut key = Key::new("yubikey5-nfc-5.7");
    let answer = answered(&mut key, &app, "bob");
    let made = app.write("POST", &at("bob", "fido2Methods"), &answer, 201);
    assert_eq!(text(&made, "displayName"), "Red key");
    assert_eq!(text(&made, "aaGuid"), key.model());
    assert_eq!(text(&made, "model"), "YubiKey 5 Series with NFC");
    assert_eq!(text(&made, "attestationLevel"), "notAttested");
    assert_eq!(text(&made, "passkeyType"), "deviceBound");
    assert!(made.get("publicKeyCredential").is_none());
    let one = app.get(&at("bob", &format!("fido2Methods/{}", text(&made, "id"))));
    assert_eq!(one["attestationCertificates"].as_array().unwrap().len(), 1);
    // The next options leave it out, and the answer counts once.
    let options = app.get(&at("bob", "fido2Methods/creationOptions()"));
    let excluded = &options["publicKey"]["excludeCredentials"][0];
    assert_eq!(excluded["id"], answer["publicKeyCredential"]["id"]);
    let again = app.write("POST", &at("bob", "fido2Methods"), &answer, 400);
    assert!(message(&again).contains("challenge"), "{again}");
    // Two keys of one device for two people are two keys.
    let other = answered(&mut key, &app, "alice");
    app.write("POST", &at("alice", "fido2Methods"), &other, 201);
}

#[test]
fn a_key_has_to_answer_this_user_in_time_and_as_the_policy_wants() {
    let mut app = registrar();
    app.bench.set_clock("2026-01-01T08:00:00Z");
    app.becomes(
        "admin",
        "UserAuthMethod-Passkey.ReadWrite.All Policy.ReadWrite.AuthenticationMethod",
    );
    let mut key = Key::new("yubikey5-nfc-5.7");
    let url = at("bob", "fido2Methods");
    let refused = |app: &App, answer: &Value, word: &str| {
        let refused = app.write("POST", &url, answer, 400);
        assert!(message(&refused).contains(word), "{word}: {refused}");
    };
    let of_dora = answered(&mut key, &app, "alice");
    refused(&app, &of_dora, "challenge");
    let late = answered(&mut key, &app, "bob");
    app.bench.set_clock("2026-01-01T08:05:00Z");
    refused(&app, &late, "expired");
    for garbage in [
        json!({"displayName": "Key"}),
        json!({"displayName": "Key", "publicKeyCredential": "key"}),
        json!({"publicKeyCredential": {"id": "x"}}),
        json!({"publicKeyCredential": {"id": "x", "response": {"clientDataJSON": "%%", "attestationObject": "x"}}}),
        json!({"colour": "red"}),
    ] {
        app.write("POST", &url, &garbage, 400);
    }
    let model = key.model();
    let blocked = json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "block", "aaGuids": [model]}});
    policy(&app, &blocked);
    let answer = answered(&mut key, &app, "bob");
    refused(&app, &answer, &model);
    let free = json!({"keyRestrictions": {"isEnforced": false, "enforcementType": "block", "aaGuids": []}});
    policy(&app, &free);
    policy(&app, &json!({"isSelfServiceRegistrationAllowed": false}));
    refused(&app, &answer, "Self-service");
    let options = at("bob", "fido2Methods/creationOptions()");
    app.write("GET", &options, &Value::Null, 400);
    policy(&app, &json!({"isSelfServiceRegistrationAllowed": true}));
    app.write("POST", &url, &answer, 201);
}

#[test]
fn attestation_counts_where_it_is_enforced() {
    let app = registrar();
    let url = at("bob", "fido2Methods");
    policy(&app, &json!({"isAttestationEnforced": true}));
    let mut key = Key::new("yubikey5-nfc-5.7");
    let answer = answered(&mut key, &app, "bob");
    let refused = app.write("POST", &url, &answer, 400);
    assert!(message(&refused).contains("prove its model"), "{refused}");
    key.is_believed(&app.bench);
    let made = app.write("POST", &url, &answer, 201);
    assert_eq!(text(&made, "attestationLevel"), "attested");
    let mut synced = Key::new("google-password-manager");
    synced.is_believed(&app.bench);
    let answer = answered(&mut synced, &app, "bob");
    app.write("POST", &url, &answer, 400);
    policy(&app, &json!({"isAttestationEnforced": false}));
    let made = app.write("POST", &url, &answer, 201);
    assert_eq!(text(&made, "passkeyType"), "synced");
}
