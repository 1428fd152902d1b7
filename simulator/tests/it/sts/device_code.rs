//! Device codes: asked for, typed, approved, polled.

use entrasim::testing::Bench;
use entrasim::testing::browser::Browser;
use serde_json::Value;

use super::pages::security_defaults;
use crate::support::{ARM_SCOPE, AZURE_CLI, account, claims, json, text};

fn begin(bench: &Bench, more: &[(&str, &str)]) -> Value {
    let mut fields = vec![("client_id", AZURE_CLI), ("scope", ARM_SCOPE)];
    fields.extend_from_slice(more);
    json(&bench.post_form(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode",
        &fields,
    ))
}

fn poll(bench: &Bench, begun: &Value) -> entrasim::wire::Reply {
    bench.post_form(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", text(begun, "device_code")),
        ],
    )
}

fn approve(bench: &Bench, begun: &Value, user: &str, answer: &str) {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(begun, "user_code"))]);
    browser.sign_in(&name, &password);
    browser.submit(&[("LoginOptions", "3")]);
    assert_eq!(browser.page(), "CmsiInterrupt", "{}", browser.html);
    browser.submit(&[("ContinueAuth", answer)]);
    assert!(
        browser.html.contains("close this window"),
        "{}",
        browser.html
    );
}

#[test]
fn a_device_waits_until_its_user_has_signed_in_and_gets_its_tokens_once() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let begun = begin(&bench, &[]);
    assert_eq!(text(&begun, "user_code").len(), 9);
    assert_eq!(begun["expires_in"], 900);
    assert_eq!(begun["interval"], 5);
    assert!(text(&begun, "message").contains(text(&begun, "user_code")));
    let pending = poll(&bench, &begun);
    assert_eq!(pending.status, 400);
    assert_eq!(json(&pending)["error"], "authorization_pending");
    approve(&bench, &begun, "bob", "true");
    let done = poll(&bench, &begun);
    assert_eq!(done.status, 200);
    let tokens = json(&done);
    assert_eq!(
        claims(text(&tokens, "access_token"))["amr"],
        serde_json::json!(["pwd"])
    );
    assert!(tokens.get("refresh_token").is_some());
    assert_eq!(
        json(&poll(&bench, &begun))["error"],
        "bad_verification_code"
    );
}

#[test]
fn declined_and_expired_codes_say_so() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let begun = begin(&bench, &[]);
    approve(&bench, &begun, "bob", "false");
    assert_eq!(
        json(&poll(&bench, &begun))["error"],
        "authorization_declined"
    );
    let begun = begin(&bench, &[]);
    bench.set_clock("2025-09-30T12:15:00Z");
    assert_eq!(json(&poll(&bench, &begun))["error"], "expired_token");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    assert!(browser.html.contains("Check the code and try again"));
}

#[test]
fn the_v1_spellings_work_too() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let begun = json(&bench.post_form(
        "https://login.microsoftonline.com/common/oauth2/devicecode",
        &[
            ("client_id", AZURE_CLI),
            ("resource", "https://management.core.windows.net/"),
        ],
    ));
    assert_eq!(begun["expires_in"], "900");
    assert!(begun.get("verification_url").is_some());
    approve(&bench, &begun, "bob", "true");
    let tokens = json(&bench.post_form(
        "https://login.microsoftonline.com/common/oauth2/token",
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("code", text(&begun, "device_code")),
        ],
    ));
    assert_eq!(
        text(&tokens, "resource"),
        "https://management.core.windows.net/"
    );
    assert_eq!(text(&tokens, "token_type"), "Bearer");
}

#[test]
fn a_claims_challenge_makes_the_person_pass_a_second_factor() {
    let bench = Bench::at("2025-10-02T12:00:00Z");
    let claims_parameter = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]},"xms_cc":{"values":["CP1"]}}}"#;
    let begun = begin(&bench, &[("claims", claims_parameter)]);
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    browser.sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedTFA", "{}", browser.html);
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    super::pages::answer_prompt(
        &bench,
        entrasim_domain::sign_in::phone::PromptState::Approved,
    );
    browser.submit(&[]);
    browser.submit(&[("LoginOptions", "3")]);
    browser.submit(&[("ContinueAuth", "true")]);
    let token = claims(text(&json(&poll(&bench, &begun)), "access_token"));
    assert_eq!(token["amr"], serde_json::json!(["pwd", "mfa"]));
    assert_eq!(token["acrs"], serde_json::json!(["p1"]));
}

#[test]
fn security_defaults_ask_in_the_browser_and_not_at_the_poll() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    let begun = begin(&bench, &[]);
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    browser.sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedProofUpRedirect");
    assert_eq!(
        json(&poll(&bench, &begun))["error"],
        "authorization_pending"
    );
}
