//! Signing in with a passkey, as pages and tools do it: the challenge is the text of the page, signed as it stands.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind};
use serde_json::{Value, json};

use super::pages::{authorize_url, change_user, redeem};
use crate::graph::client::App;
use crate::security_key::Key;
use crate::support::{account, claims, json as body, text};
use crate::testing::Bench;
use crate::testing::browser::Browser;

const SCOPES: &str = "UserAuthMethod-Passkey.ReadWrite.All Policy.ReadWrite.AuthenticationMethod";

/// Bob has a passkey, registered for him by an administrator.
fn bob_has(key: &mut Key) -> App {
    let app = App::person("admin", SCOPES);
    let methods = "/users/bob@contoso.onmicrosoft.com/authentication/fido2Methods";
    let options = app.get(&format!("{methods}/creationOptions()"));
    let answer = key.registration(&options["publicKey"]);
    app.write("POST", methods, &answer, 201);
    app
}

/// The number that Bob's passkey is refused with where it signs this instead of the page's challenge, and where it is nobody's.
pub(crate) fn refusals(bench: &Bench) -> [u32; 2] {
    let bearer = format!("Bearer {}", crate::graph::person(bench, "admin", SCOPES));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let methods = "https://graph.microsoft.com/v1.0/users/bob@contoso.onmicrosoft.com/authentication/fido2Methods";
    let options = bench.send("GET", &format!("{methods}/creationOptions()"), &headers, "");
    let mut key = Key::new("yubikey5-nfc-5.7");
    let answer = key.registration(&body(&options)["publicKey"]);
    bench.send("POST", methods, &headers, &answer.to_string());
    let refused = |assertion: &str| {
        let mut browser = Browser::new(bench);
        browser.get(&authorize_url(""));
        browser.submit(&[("type", "23"), ("assertion", assertion)]);
        browser.error_code().parse().unwrap()
    };
    [
        refused(&key.assertion("another text")),
        refused(r#"{"id": "AAAA"}"#),
    ]
}

/// Goes on from the relying party's page with this answer.
fn answer(browser: &mut Browser<'_>, assertion: &str) {
    browser.submit_form("id=\"assertion\"", &[("assertion", assertion)]);
}

/// To the relying party's page, by the name and the link of the credential page.
fn at_the_relying_party<'a>(app: &'a App, name: &str) -> Browser<'a> {
    let mut browser = Browser::new(&app.bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", name)])
        .submit_form("value=\"passkey\"", &[]);
    assert!(browser.html.contains("id=\"passkey\""), "{}", browser.html);
    browser.submit_form("id=\"passkey\"", &[]);
    assert_eq!(browser.page(), "FidoGet", "{}", browser.html);
    browser
}

/// The passkey was taken: the token is Bob's, and says what it was.
fn bob_came_in(app: &App, browser: &mut Browser<'_>) {
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    browser.submit(&[("LoginOptions", "3")]);
    let token = claims(text(&redeem(&app.bench, browser), "access_token"));
    assert_eq!(token["amr"], json!(["fido", "mfa"]));
    assert_eq!(text(&json!(token), "upn"), "bob@contoso.onmicrosoft.com");
}

fn challenge(browser: &Browser<'_>) -> String {
    let config = browser.config();
    config["sFidoChallenge"].as_str().unwrap().to_owned()
}

#[test]
fn a_passkey_alone_is_multifactor() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let (name, _) = account(&app.bench, "bob");
    for _ in 0..2 {
        let mut browser = at_the_relying_party(&app, &name);
        let allowed = browser.config()["arrFidoAllowList"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(allowed, 1);
        let assertion = key.assertion(&challenge(&browser));
        answer(&mut browser, &assertion);
        bob_came_in(&app, &mut browser);
    }
    let tenant = app.bench.tenant.read();
    let log = tenant.sign_in.log.iter().rev();
    let row = log
        .filter(|row| row.code == 0)
        .find(|row| row.name == name)
        .unwrap();
    assert!(
        format!("{:?}", row.steps).contains("Fido2"),
        "{:?}",
        row.steps
    );
}

#[test]
fn who_names_nobody_is_known_by_the_passkey() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url(""));
    let assertion = key.assertion(&challenge(&browser));
    browser.submit(&[("type", "23"), ("ps", "23"), ("assertion", &assertion)]);
    bob_came_in(&app, &mut browser);
}

#[test]
fn the_first_page_leads_to_the_relying_party_without_a_name() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let mut browser = Browser::new(&app.bench);
    browser
        .get(&authorize_url(""))
        .submit_form("id=\"withPasskey\"", &[]);
    assert_eq!(browser.page(), "FidoGet", "{}", browser.html);
    assert_eq!(browser.config()["arrFidoAllowList"], json!([]));
    let assertion = key.assertion(&challenge(&browser));
    answer(&mut browser, &assertion);
    bob_came_in(&app, &mut browser);
}

/// Conditional mediation: only a page of the relying party may ask for its passkeys.
#[test]
fn the_field_of_the_name_offers_passkeys_at_the_relying_party_only() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let url = authorize_url("");
    let mut browser = Browser::new(&app.bench);
    browser.get(&url);
    assert!(!browser.html.contains("conditional"), "{}", browser.html);
    assert_eq!(browser.config()["sFidoRpId"], json!(null));
    browser.get(&url.replace("login.microsoftonline.com", "login.microsoft.com"));
    assert!(browser.html.contains("conditional"), "{}", browser.html);
    assert_eq!(browser.config()["sFidoRpId"], "login.microsoft.com");
    let assertion = key.assertion(&challenge(&browser));
    answer(&mut browser, &assertion);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
}

#[test]
fn an_answer_counts_once_for_its_own_page_and_its_own_user() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let (bob, _) = account(&app.bench, "bob");
    let (alice, _) = account(&app.bench, "alice");
    let mut browser = at_the_relying_party(&app, &bob);
    let assertion = key.assertion(&challenge(&browser));
    answer(&mut browser, &assertion);
    assert_eq!(browser.page(), "KmsiInterrupt");
    // The same answer again, at another page.
    let mut again = at_the_relying_party(&app, &bob);
    answer(&mut again, &assertion);
    assert_eq!(again.error_code(), "130005");
    // Another text than the page's.
    let made_up = key.assertion("made up");
    let mut browser = at_the_relying_party(&app, &bob);
    answer(&mut browser, &made_up);
    assert_eq!(browser.error_code(), "130005");
    // Bob's key in Alice's sign-in.
    let mut browser = Browser::new(&app.bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &alice)]);
    let mut own = at_the_relying_party(&app, &bob);
    let assertion = key.assertion(&challenge(&own));
    browser.submit(&[("type", "23"), ("assertion", &assertion)]);
    assert_eq!(browser.error_code(), "135010");
    // The handle counts where one comes along: the user's own, also with the mark that tools write.
    let handle = |mark: &str, user: &str| {
        let id: uuid::Uuid = app.id(user).parse().unwrap();
        let hash = ring::digest::digest(&ring::digest::SHA256, &id.to_bytes_le());
        let tenant = app.bench.tenant.id().0.to_bytes_le();
        URL_SAFE_NO_PAD.encode([mark.as_bytes(), &tenant, hash.as_ref()].concat())
    };
    for (handle, right) in [
        (handle("ON:", "bob"), true),
        (handle("OF:", "bob"), true),
        (String::new(), true),
        (handle("OF:", "alice"), false),
        (handle("XX:", "bob"), false),
        ("AAAA".to_owned(), false),
    ] {
        let mut browser = at_the_relying_party(&app, &bob);
        let mut assertion: Value =
            serde_json::from_str(&key.assertion(&challenge(&browser))).unwrap();
        assertion["userHandle"] = json!(handle);
        answer(&mut browser, &assertion.to_string());
        if right {
            assert_eq!(browser.page(), "KmsiInterrupt", "{handle}");
        } else {
            assert_eq!(browser.error_code(), "135010", "{handle}");
        }
    }
    for garbage in ["", "{}", "[]", r#"{"id": "%"}"#, r#"{"id": "AAAA"}"#] {
        answer(&mut own, garbage);
        assert_eq!(own.error_code(), "135010", "{garbage}");
        own = at_the_relying_party(&app, &bob);
    }
}

#[test]
fn what_the_policy_no_longer_permits_no_longer_signs_in() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    let (name, _) = account(&app.bench, "bob");
    let policy = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let kind = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
    let blocked = json!({
        "@odata.type": kind,
        "keyRestrictions": {"isEnforced": true, "enforcementType": "block", "aaGuids": [key.model()]},
    });
    let free = json!({
        "@odata.type": kind,
        "keyRestrictions": {"isEnforced": false, "enforcementType": "block", "aaGuids": []},
    });
    let off = json!({"@odata.type": kind, "state": "disabled"});
    let on = json!({"@odata.type": kind, "state": "enabled"});
    for (change, back) in [(&blocked, &free), (&off, &on)] {
        let mut browser = at_the_relying_party(&app, &name);
        let assertion = key.assertion(&challenge(&browser));
        app.write("PATCH", policy, change, 204);
        answer(&mut browser, &assertion);
        assert_eq!(browser.error_code(), "135010");
        assert!(
            !browser.html.contains("value=\"passkey\""),
            "it is not offered"
        );
        app.write("PATCH", policy, back, 204);
        let mut browser = at_the_relying_party(&app, &name);
        let assertion = key.assertion(&challenge(&browser));
        answer(&mut browser, &assertion);
        assert_eq!(browser.page(), "KmsiInterrupt");
    }
    let mut browser = at_the_relying_party(&app, &name);
    let assertion = key.assertion(&challenge(&browser));
    change_user(&app.bench, "bob", |user| user.account_enabled = false);
    answer(&mut browser, &assertion);
    assert_eq!(browser.error_code(), "50057");
}

#[test]
fn a_passkey_that_was_only_made_up_answers_nothing() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let app = bob_has(&mut key);
    change_user(&app.bench, "bob", |user| {
        let without_keys = user
            .methods
            .iter()
            .cloned()
            .map(|method| match method.kind {
                MethodKind::Passkey(mut passkey) => {
                    passkey.key = None;
                    AuthenticationMethod {
                        kind: MethodKind::Passkey(passkey),
                        ..method
                    }
                }
                _ => method,
            });
        user.methods = without_keys.collect();
    });
    let (name, _) = account(&app.bench, "bob");
    let mut browser = at_the_relying_party(&app, &name);
    let assertion = key.assertion(&challenge(&browser));
    answer(&mut browser, &assertion);
    assert_eq!(browser.error_code(), "135010");
}
