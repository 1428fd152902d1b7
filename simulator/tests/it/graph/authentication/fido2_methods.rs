//! The options for a new passkey.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{administrator, at, beta, message};
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
        assert!(handle.starts_with(b"OID:"));
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
    // Checking an attestation is not simulated yet, and says so.
    let reply = app.send(
        "POST",
        &at("bob", "fido2Methods"),
        &[],
        r#"{"displayName": "Key"}"#,
    );
    assert_eq!(reply.status, 501);
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
