//! From a Temporary Access Pass to a passkey, and everything that keeps people from it.

use serde_json::{Value, json};

use super::{Person, With, pass_for};
use crate::security_key::Key;
use crate::sts::pages::{authorize_url, redeem};
use crate::support::{account, claims, json as body, text};
use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};

/// The number that `new` refuses a passkey with, and the rule behind it.
fn refusal(person: &Person<'_>) -> (i64, String) {
    let answer = person.begin(18, "");
    let rule = answer["reason"]["rule"].as_str().unwrap_or_default();
    (answer["ErrorCode"].as_i64().unwrap(), rule.to_owned())
}

/// The claims of a token for whoever signs in with this key alone.
pub(crate) fn sign_in(bench: &Bench, name: &str, key: &mut Key) -> Value {
    let (upn, _) = account(bench, name);
    let mut browser = Browser::new(bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &upn)]);
    if !browser.html.contains("id=\"passkey\"") {
        browser.submit_form("value=\"passkey\"", &[]);
    }
    browser.submit_form("id=\"passkey\"", &[]);
    let config = browser.config();
    let assertion = key.assertion(config["sFidoChallenge"].as_str().unwrap());
    browser.submit_form("id=\"assertion\"", &[("assertion", &assertion)]);
    if browser.page() != "KmsiInterrupt" {
        return json!({"refused": browser.error_code()});
    }
    browser.submit(&[("LoginOptions", "3")]);
    let token = claims(text(&redeem(bench, &browser), "access_token"));
    json!(token)
}

#[test]
fn from_a_pass_to_a_passkey_and_the_pass_is_deleted() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (pass, one) = pass_for(&bench, "breakglass1", false);
    let mut person = Person::with_pass(&bench, "breakglass1", &pass);
    assert_eq!(person.session["isAuthorized"], true, "{}", person.session);
    assert_eq!(person.session["requireNgcMfaForSecurityInfo"], true);
    assert_eq!(
        refusal(&person),
        (6, "security-info.passkey".to_owned()),
        "the token has to say that it is fresh"
    );
    person.freshen().unwrap();
    assert_eq!(person.session["requireNgcMfaForSecurityInfo"], false);
    assert_eq!(person.methods()["Fido"]["CanAdd"], true);
    let mut key = Key::new("yubikey5-nfc-5.7");
    let done = person.add_passkey(&mut key);
    assert_eq!(done["VerificationState"], 2, "{done}");
    let device = &done["DataUpdates"]["FidoDevices"][0];
    assert_eq!(device["DisplayName"], "Blue key");
    assert_eq!(device["AAGuid"], key.model());
    let token = sign_in(&bench, "breakglass1", &mut key);
    assert_eq!(token["amr"], json!(["fido", "mfa"]), "{token}");
    let token = crate::graph::person(&bench, "admin", "UserAuthenticationMethod.ReadWrite.All");
    let bearer = format!("Bearer {token}");
    let deleted = bench.send("DELETE", &one, &[("authorization", &bearer)], "");
    assert_eq!(deleted.status, 204);
    let token = sign_in(&bench, "breakglass1", &mut key);
    assert_eq!(token["amr"], json!(["fido", "mfa"]));
}

/// "FIDO2 is not offered": the report of many administrators, its reason and the way out.
#[test]
fn a_password_alone_is_offered_no_passkey() {
    let bench = Bench::at(AFTER_PHASE_2);
    let person = Person::signed_in(&bench, "breakglass1", With::Password, "");
    assert_eq!(person.session["isAuthorized"], true, "{}", person.session);
    let methods = person.methods();
    let passkeys = &methods["Fido"];
    assert_eq!(passkeys["CanAdd"], false);
    assert_eq!(passkeys["reason"]["rule"], "security-info.passkey");
    assert!(text(&passkeys["reason"], "fix").contains("Temporary Access Pass"));
    assert_eq!(methods["AuthenticatorApp"]["CanAdd"], true, "the way out");
    assert_eq!(refusal(&person), (6, "security-info.passkey".to_owned()));
    // The journal has the decision.
    let entries = bench.app.journal.newest(None, 10);
    let decided = entries.iter().find_map(|entry| {
        let decision = entry.decision.as_ref()?;
        let rule = decision.rule?;
        (entry.surface == "security-info").then_some((rule.id, decision.message()))
    });
    let (rule, message) = decided.unwrap();
    assert_eq!(rule, "security-info.passkey");
    assert_eq!(
        message,
        "A password alone does not let anybody register a passkey."
    );
}

#[test]
fn a_second_factor_counts_for_five_minutes_and_a_one_time_pass_for_ten() {
    let bench = Bench::at("2025-11-01T08:00:00Z");
    let app = |bench| {
        let mut person = Person::signed_in(bench, "alice", With::App, &fresh());
        assert_eq!(person.session["requireNgcMfaForSecurityInfo"], false);
        person.authorize();
        person
    };
    let person = app(&bench);
    bench.set_clock("2025-11-01T08:04:59Z");
    assert_eq!(person.begin(18, "")["ErrorCode"], 0);
    bench.set_clock("2025-11-01T08:05:01Z");
    assert_eq!(refusal(&person), (6, "security-info.passkey".to_owned()));
    // Everything else has ten minutes.
    let email = || person.begin(8, "alice@example.org")["ErrorCode"].clone();
    assert_eq!(email(), 0);
    bench.set_clock("2025-11-01T08:10:01Z");
    assert_eq!(email(), 6);
    let (pass, _) = pass_for(&bench, "breakglass1", true);
    let mut person = Person::with_pass(&bench, "breakglass1", &pass);
    person.freshen().unwrap();
    bench.set_clock("2025-11-01T08:20:00Z");
    assert_eq!(person.begin(18, "")["ErrorCode"], 0);
    bench.set_clock("2025-11-01T08:20:02Z");
    assert_eq!(refusal(&person), (6, "security-info.passkey".to_owned()));
    // Used up: it does not open again.
    assert_eq!(person.freshen(), Err(50_079));
    // One that can be used again has its own end only.
    let (pass, _) = pass_for(&bench, "breakglass2", false);
    let mut person = Person::with_pass(&bench, "breakglass2", &pass);
    person.freshen().unwrap();
    bench.set_clock("2025-11-01T08:50:00Z");
    assert_eq!(person.begin(18, "")["ErrorCode"], 0);
}

fn fresh() -> String {
    format!(
        "&claims={}",
        percent_encoding::utf8_percent_encode(super::FRESH, percent_encoding::NON_ALPHANUMERIC)
    )
}

#[test]
fn the_policy_decides_who_registers_what() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (pass, _) = pass_for(&bench, "breakglass1", false);
    let mut person = Person::with_pass(&bench, "breakglass1", &pass);
    person.freshen().unwrap();
    let token = crate::graph::person(&bench, "admin", "Policy.ReadWrite.AuthenticationMethod");
    let bearer = format!("Bearer {token}");
    let change = |wish: Value| {
        let policy = "https://graph.microsoft.com/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let mut wish = wish;
        wish["@odata.type"] = json!("#microsoft.graph.fido2AuthenticationMethodConfiguration");
        let changed = bench.send("PATCH", policy, &headers, &wish.to_string());
        assert_eq!(changed.status, 204, "{}", body(&changed));
    };
    change(json!({"isSelfServiceRegistrationAllowed": false}));
    let expected = "security-info.passkey-self-service".to_owned();
    assert_eq!(refusal(&person), (21, expected));
    change(json!({"isSelfServiceRegistrationAllowed": true, "state": "disabled"}));
    let expected = "security-info.methods-policy".to_owned();
    assert_eq!(refusal(&person), (21, expected));
    assert_eq!(person.methods()["Fido"]["CanAdd"], false);
    change(json!({"state": "enabled"}));
    assert_eq!(person.begin(18, "")["ErrorCode"], 0);
}

#[test]
fn what_does_not_hold_is_refused_each_for_its_reason() {
    let bench = Bench::at("2025-11-01T08:00:00Z");
    let (pass, _) = pass_for(&bench, "breakglass1", false);
    let mut person = Person::with_pass(&bench, "breakglass1", &pass);
    person.freshen().unwrap();
    let mut key = Key::new("yubikey5-nfc-5.7");
    let begun = person.begin(18, "");
    let data: Value = serde_json::from_str(text(&begun, "Data")).unwrap();
    let proof = key.proof(&data, "");
    let tried =
        |proof: &Value| person.verify(18, &Value::Null, &proof.to_string())["ErrorCode"].clone();
    let without = |name: &str, value: &str| {
        let mut proof = proof.clone();
        proof[name] = json!(value);
        tried(&proof)
    };
    assert_eq!(without("Canary", "x"), 3);
    assert_eq!(without("CredentialId", ""), 14);
    assert_eq!(without("ClientDataJson", "e30"), 22);
    assert_eq!(without("AttestationObject", "oA"), 22);
    assert_eq!(person.verify(18, &Value::Null, "no JSON")["ErrorCode"], 4);
    // Somebody else's.
    let (pass, _) = pass_for(&bench, "breakglass2", false);
    let mut other = Person::with_pass(&bench, "breakglass2", &pass);
    other.freshen().unwrap();
    assert_eq!(
        other.verify(18, &Value::Null, &proof.to_string())["ErrorCode"],
        3
    );
    assert_eq!(tried(&proof), 0);
    assert_eq!(tried(&proof), 22, "registered already");
    // Too late.
    let begun = person.begin(18, "");
    let data: Value = serde_json::from_str(text(&begun, "Data")).unwrap();
    let proof = Key::new("yubikey5-nfc-5.4").proof(&data, "");
    bench.set_clock("2025-11-01T08:10:00Z");
    assert_eq!(tried(&proof), 8);
    // The pages between: who has no script reads what to do.
    let fields = data["requestData"].as_object().unwrap().iter();
    let fields: Vec<(&str, &str)> = fields
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let page = bench.post_form(text(&data, "provisionUrl"), &fields);
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.body).contains("id=\"made\""));
    let mut elsewhere = fields;
    for field in &mut elsewhere {
        if field.0 == "postBackUrl" {
            field.1 = "https://mysignins.microsoft.com.example.org/";
        }
    }
    let page = bench.post_form(text(&data, "provisionUrl"), &elsewhere);
    assert!(!String::from_utf8_lossy(&page.body).contains("example.org"));
    let back = bench.post_form(
        "https://mysignins.microsoft.com/api/post/newfido",
        &[("canary", "\"><b>"), ("attestationObject", "o")],
    );
    let html = String::from_utf8_lossy(&back.body).into_owned();
    assert!(
        html.contains("<div id=\"context\" data-content=\"{&quot;"),
        "{html}"
    );
    assert!(!html.contains("<b>"));
}
