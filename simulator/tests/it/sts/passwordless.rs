//! Authenticator instead of a password, by forms alone: as a person without script goes, and as its refusals look.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim_domain::credential::method::{Authenticator, MethodKind};
use entrasim_domain::credential::one_time_code;
use entrasim_domain::sign_in::phone::PromptState;

use super::pages::{add_method, answer_prompt, authorize_url, now, redeem, security_defaults};
use super::second_factor::base32;
use crate::support::{account, claims, text};

fn with_app(bench: &Bench) -> (String, String) {
    add_method(
        bench,
        "bob",
        MethodKind::MicrosoftAuthenticator(Authenticator {
            display_name: "Phone".to_owned(),
            phone_sign_in: true,
            oath: None,
        }),
    );
    account(bench, "bob")
}

const NUMBER: &str = "id=\"idRemoteNGC_DisplaySign\"";

#[test]
fn the_request_is_on_the_phone_once_the_name_is_known_and_the_form_goes_on_when_it_is_approved() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, _) = with_app(&bench);
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    assert!(browser.html.contains(NUMBER), "{}", browser.html);
    assert_eq!(bench.tenant.read().sign_in.prompts.len(), 1);
    browser.submit(&[]);
    assert!(
        browser.html.contains("Not approved yet"),
        "{}",
        browser.html
    );
    assert!(
        browser.html.contains(NUMBER),
        "the same request still waits"
    );
    assert_eq!(bench.tenant.read().sign_in.prompts.len(), 1);
    answer_prompt(&bench, PromptState::Approved);
    browser.submit(&[]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    browser.submit(&[("LoginOptions", "3")]);
    let token = claims(text(&redeem(&bench, &browser), "access_token"));
    assert_eq!(token["amr"], serde_json::json!(["rsa", "mfa"]));
}

#[test]
fn a_refused_request_is_sent_again_only_when_asked_and_the_password_stays_a_way() {
    for end in [PromptState::Denied, PromptState::Pending] {
        let bench = Bench::at("2025-09-30T12:00:00Z");
        let (name, password) = with_app(&bench);
        let mut browser = Browser::new(&bench);
        browser
            .get(&authorize_url(""))
            .submit(&[("loginfmt", &name)]);
        answer_prompt(&bench, end);
        bench.set_clock("2025-09-30T12:01:01Z");
        browser.submit(&[]);
        assert!(browser.html.contains("not approved"), "{}", browser.html);
        assert_eq!(browser.error_code(), "500121");
        assert!(!browser.html.contains(NUMBER), "the old number is gone");
        browser.submit(&[]);
        assert!(browser.html.contains(NUMBER), "{}", browser.html);
        browser.submit_form("Use a password instead", &[]);
        browser.submit(&[("passwd", &password)]);
        assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    }
}

#[test]
fn an_approval_counts_only_for_who_was_asked() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (bob, _) = with_app(&bench);
    let (alice, _) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &bob)]);
    answer_prompt(&bench, PromptState::Approved);
    browser.submit(&[("login", &alice), ("loginfmt", &alice)]);
    assert_eq!(browser.page(), "ConvergedSignIn", "{}", browser.html);
    assert!(browser.html.contains("role=\"alert\""));
}

#[test]
fn registering_authenticator_can_switch_it_on() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit(&[]);
    browser.submit_form("value=\"authenticator\"", &[("method", "authenticator")]);
    let secret = browser
        .html
        .split("id=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .map(base32)
        .unwrap();
    let code = one_time_code::code(&secret, now());
    browser.submit(&[("otc", &code), ("phone_sign_in", "true")]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    let mut next = Browser::new(&bench);
    next.get(&authorize_url("")).submit(&[("loginfmt", &name)]);
    assert!(next.html.contains(NUMBER), "{}", next.html);
}
