//! The cookies of single sign-on: one truth in all of them, whoever stays and whoever leaves.

use crate::testing::browser::Browser;
use crate::testing::{BEFORE_PHASE_2, Bench};
use entrasim_domain::sign_in::phone::PromptState;
use serde_json::json as j;

use super::catalogue::policy;
use super::pages::{answer_prompt, authorize_url, redeem};
use crate::support::{account, claims, text};

fn sign_in(bench: &Bench, browser: &mut Browser<'_>, user: &str, more: &str, stay: &str) {
    let (name, password) = account(bench, user);
    browser.left = None;
    browser.get(&authorize_url(more)).sign_in(&name, &password);
    browser.submit(&[("LoginOptions", stay)]);
    assert!(browser.answer("code").is_some());
}

fn is_signed_in(browser: &mut Browser<'_>, bench: &Bench, user: &str) -> bool {
    let (name, _) = account(bench, user);
    browser.left = None;
    browser.get(&authorize_url(&format!("&prompt=none&login_hint={name}")));
    browser.answer("code").is_some()
}

#[test]
fn one_account_signs_out_and_the_other_stays_whoever_wanted_to_stay_signed_in() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let mut browser = Browser::new(&bench);
    sign_in(&bench, &mut browser, "alice", "", "1");
    sign_in(&bench, &mut browser, "bob", "&prompt=login", "3");
    let (alice, _) = account(&bench, "alice");
    browser
        .get("https://login.microsoftonline.com/common/oauth2/v2.0/logout")
        .follow(&alice);
    assert!(!is_signed_in(&mut browser, &bench, "alice"));
    assert!(is_signed_in(&mut browser, &bench, "bob"));
    let light = browser
        .cookies()
        .find(|(name, _)| *name == "ESTSAUTHLIGHT")
        .map(|(_, value)| value.matches('+').count());
    assert_eq!(light, Some(1));
    browser.close_window();
    assert!(!is_signed_in(&mut browser, &bench, "alice"));
    assert!(!is_signed_in(&mut browser, &bench, "bob"));
}

#[test]
fn after_the_window_closes_only_those_are_known_who_stay_signed_in() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let mut browser = Browser::new(&bench);
    sign_in(&bench, &mut browser, "alice", "", "1");
    sign_in(&bench, &mut browser, "bob", "&prompt=login", "3");
    assert!(is_signed_in(&mut browser, &bench, "bob"));
    browser.close_window();
    assert!(!is_signed_in(&mut browser, &bench, "bob"));
    assert!(is_signed_in(&mut browser, &bench, "alice"));
}

#[test]
fn a_step_up_without_staying_signed_in_is_not_lost_to_an_older_cookie() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let mut browser = Browser::new(&bench);
    sign_in(&bench, &mut browser, "alice", "", "1");
    browser.left = None;
    browser.get(&authorize_url("&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22value%22%3A%22p1%22%7D%7D%7D"));
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    answer_prompt(&bench, PromptState::Approved);
    browser.submit(&[]).submit(&[("LoginOptions", "3")]);
    browser.left = None;
    browser.get(&authorize_url(""));
    let tokens = redeem(&bench, &browser);
    let amr = &claims(text(&tokens, "access_token"))["amr"];
    assert_eq!(amr, &j!(["pwd", "mfa"]));
    browser.close_window();
    assert!(
        !is_signed_in(&mut browser, &bench, "alice"),
        "the last word was not to stay"
    );
}

#[test]
fn a_policy_against_staying_signed_in_ends_the_cookie_of_before_and_one_for_it_makes_one() {
    for (mode, before, known) in [(false, "1", false), (true, "3", true)] {
        let bench = Bench::at(BEFORE_PHASE_2);
        let mut browser = Browser::new(&bench);
        sign_in(&bench, &mut browser, "alice", "", before);
        policy(&bench, |policy| {
            policy.session.persistent_browser = Some(mode);
        });
        assert!(is_signed_in(&mut browser, &bench, "alice"));
        browser.close_window();
        assert_eq!(
            is_signed_in(&mut browser, &bench, "alice"),
            known,
            "always: {mode}"
        );
    }
}
