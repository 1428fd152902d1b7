//! Device codes: asked for, typed, approved, polled.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use serde_json::Value;

use super::catalogue::{OWN, confirming, own_app};
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
    assert!(browser.html.contains("id=\"message\""), "{}", browser.html);
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
    assert!(browser.html.contains("No device waits with this code"));
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

const LOGIN: &str = "https://login.microsoftonline.com";

fn begin_at(bench: &Bench, tenant: &str, more: &[(&str, &str)]) -> Value {
    let url = format!("{LOGIN}/{tenant}/oauth2/v2.0/devicecode");
    let mut fields = vec![("client_id", AZURE_CLI), ("scope", "openid")];
    fields.retain(|(name, _)| !more.iter().any(|(known, _)| known == name));
    fields.extend_from_slice(more);
    json(&bench.post_form(&url, &fields))
}

#[test]
fn a_device_of_an_app_of_one_tenant_signs_in_at_that_tenant() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    own_app(&bench, |app, _| app.allow_public_client = true);
    let here = bench.tenant.id().to_string();
    let begun = begin_at(&bench, &here, &[("client_id", OWN)]);
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    browser.sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")])
        .submit(&[("ContinueAuth", "true")]);
    let tokens = json(&bench.post_form(
        &format!("{LOGIN}/{here}/oauth2/v2.0/token"),
        &[
            ("client_id", OWN),
            ("grant_type", "device_code"),
            ("device_code", text(&begun, "device_code")),
        ],
    ));
    assert!(tokens.get("id_token").is_some(), "{tokens}");
}

#[test]
fn who_is_not_of_the_named_tenant_is_told_so_on_the_page() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let options = entrasim::app::TenantOptions {
        seed: 7,
        ..entrasim::app::TenantOptions::default()
    };
    let other = bench.app.create_tenant(&options).unwrap();
    let begun = begin_at(&bench, &other.id().to_string(), &[]);
    let (name, _) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    browser.submit(&[("loginfmt", &name)]);
    assert_eq!(browser.error_code(), "50034", "{}", browser.html);
}

#[test]
fn a_device_that_demands_a_second_factor_gets_it() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    for version in ["oauth2", "oauth2/v2.0"] {
        let begun = json(&bench.post_form(
            &format!("{LOGIN}/common/{version}/devicecode"),
            &[
                ("client_id", AZURE_CLI),
                ("scope", "openid"),
                ("amr_values", "ngcmfa"),
            ],
        ));
        let (name, password) = account(&bench, "alice");
        let mut browser = Browser::new(&bench);
        browser.get("https://login.microsoft.com/device");
        browser.submit(&[("otc", text(&begun, "user_code"))]);
        browser.sign_in(&name, &password);
        assert_eq!(browser.page(), "ConvergedTFA", "{version}");
    }
}

#[test]
fn a_device_hears_of_it_when_its_user_cancels_wherever_that_is() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    own_app(&bench, |app, _| app.allow_public_client = true);
    let here = bench.tenant.id().to_string();
    let (name, password) = account(&bench, "bob");
    for at_consent in [true, false] {
        let begun = begin_at(&bench, &here, &[("client_id", OWN)]);
        let mut browser = Browser::new(&bench);
        browser.get("https://login.microsoft.com/device");
        browser.submit(&[("otc", text(&begun, "user_code"))]);
        if at_consent {
            browser.sign_in(&name, &password);
            browser.submit(&[("acceptConsent", "false")]);
        } else {
            let cancel = browser.config()["urlCancel"].as_str().unwrap().to_owned();
            browser.get(&cancel);
        }
        assert!(browser.html.contains("was cancelled"), "{}", browser.html);
        let polled = bench.post_form(
            &format!("{LOGIN}/{here}/oauth2/v2.0/token"),
            &[
                ("client_id", OWN),
                ("grant_type", "device_code"),
                ("device_code", text(&begun, "device_code")),
            ],
        );
        assert_eq!(json(&polled)["error"], "authorization_declined");
    }
}

#[test]
fn a_device_that_asks_for_what_is_not_there_hears_it_at_once() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    for (more, number) in [
        (("scope", "foo.bar"), 650_053),
        (("scope", "https://graph.microsoft.com/foo.bar"), 650_053),
        (("scope", "https://nowhere.example/.default"), 500_011),
        (("resource", "https://graph.microsoft.com"), 901_002),
    ] {
        let refused = begin_at(&bench, "organizations", &[more]);
        assert_eq!(refused["error_codes"], serde_json::json!([number]));
    }
    for (method, version) in [("GET", "oauth2"), ("GET", "oauth2/v2.0")] {
        let url = format!("{LOGIN}/common/{version}/devicecode");
        let reply = bench.send(method, &url, &[], "");
        assert_eq!(json(&reply)["error_codes"], serde_json::json!([900_561]));
        let telemetry = reply.headers["x-ms-clitelem"].to_str().unwrap();
        assert_eq!(telemetry, "1,900561,0,,");
        assert_eq!(bench.send("OPTIONS", &url, &[], "").status, 204);
    }
}

#[test]
fn the_addresses_that_people_type_lead_to_the_page_for_codes() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    for address in [
        "https://microsoft.com/devicelogin",
        "https://login.microsoft.com/device",
    ] {
        let reply = bench.send("GET", address, &[], "");
        assert_eq!(reply.status, 302);
        assert_eq!(
            reply.headers["location"],
            format!("{LOGIN}/common/oauth2/deviceauth")
        );
    }
    assert_eq!(
        bench.send("GET", "https://microsoft.com/", &[], "").status,
        404
    );
    let begun = begin(&bench, &[]);
    let browser = confirming(&bench, text(&begun, "user_code"));
    assert!(browser.url.starts_with(LOGIN), "{}", browser.url);
}
