//! What `authorize` makes of an app's request: where the answer goes, who is taken for signed in, and which requests are none.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use serde_json::json as j;

use super::catalogue::{OWN, own_app, own_url};
use super::pages::{VERIFIER, authorize_url, redeem_code};
use crate::support::{ARM_SCOPE, AZURE_CLI, account, json, text, token};

const NOON: &str = "2025-09-30T12:00:00Z";
const LOGIN: &str = "https://login.microsoftonline.com";

fn opened<'a>(bench: &'a Bench, url: &str) -> Browser<'a> {
    let mut browser = Browser::new(bench);
    browser.get(url);
    browser
}

pub(super) fn signed_in<'a>(bench: &'a Bench, user: &str, url: &str) -> Browser<'a> {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get(url).sign_in(&name, &password);
    browser
}

/// Bob has signed in to the Azure CLI.
fn bob<'a>(bench: &'a Bench, url: &str) -> Browser<'a> {
    let mut browser = signed_in(bench, "bob", url);
    browser.submit(&[("LoginOptions", "3")]);
    browser
}

fn said(browser: &Browser<'_>) -> String {
    let text = browser.answer("error_description").unwrap_or_default();
    text.split(':').next().unwrap_or_default().to_owned()
}

#[test]
fn who_cancels_is_told_apart_from_who_is_refused() {
    let bench = Bench::at(NOON);
    let mut browser = opened(&bench, &authorize_url(""));
    let cancel = browser.config()["urlCancel"].as_str().unwrap().to_owned();
    browser.get(&cancel);
    assert_eq!(browser.answer("error").as_deref(), Some("access_denied"));
    assert_eq!(browser.answer("error_subcode").as_deref(), Some("cancel"));
    assert_eq!(browser.answer("state").as_deref(), Some("s1"));
    own_app(&bench, |_, _| {});
    let mut browser = signed_in(&bench, "bob", &own_url(&bench, ""));
    browser.submit(&[("acceptConsent", "false")]);
    assert_eq!(browser.answer("error_subcode").as_deref(), Some("cancel"));
}

#[test]
fn an_error_too_goes_where_the_app_waits_for_its_answer() {
    let bench = Bench::at(NOON);
    let location = |url: &str| {
        let reply = bench.send("GET", url, &[], "");
        let location = reply
            .headers
            .get("location")
            .map(|value| value.to_str().unwrap().to_owned());
        location.unwrap_or_else(|| String::from_utf8_lossy(&reply.body).into_owned())
    };
    let url = authorize_url("").replace("&response_mode=form_post", "");
    let magic = url.replace("response_type=code", "response_type=magic");
    assert!(location(&magic).contains("/?error="));
    assert!(location(&format!("{magic}&response_mode=fragment")).contains("/#error="));
    let missing = url.replace("&response_type=code", "");
    assert!(location(&format!("{missing}&response_mode=form_post")).contains("hiddenform"));
    let token = url.replace("response_type=code", "response_type=code%20id_token");
    assert!(location(&format!("{token}&response_mode=query")).contains("/#error="));
}

#[test]
fn a_blank_response_type_is_a_missing_one_and_no_consent_of_an_administrator() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    for more in ["", "&prompt=admin_consent"] {
        let url = own_url(&bench, more).replace("response_type=code", "response_type=%20");
        let browser = opened(&bench, &url);
        assert_eq!(said(&browser), "AADSTS900144");
        assert!(browser.answer("admin_consent").is_none());
    }
}

#[test]
fn a_parameter_may_not_come_twice() {
    let bench = Bench::at(NOON);
    let browser = opened(&bench, &authorize_url("&state=s2"));
    assert_eq!(browser.config()["iErrorCode"], 9_000_411);
    for twice in ["client_id", "grant_type"] {
        let reply = token(
            &bench,
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "password"),
                ("username", "a@b"),
                ("password", "x"),
                ("scope", ARM_SCOPE),
                (twice, "client_credentials"),
            ],
        );
        assert_eq!(json(&reply)["error_codes"], j!([9_000_411]), "{twice}");
    }
}

#[test]
fn a_posted_request_may_have_parameters_in_its_address() {
    let bench = Bench::at(NOON);
    let url = authorize_url("");
    let (address, query) = url.split_once('?').unwrap();
    let (first, second) = query.split_once("&scope=").unwrap();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = bench.send(
        "POST",
        &format!("{address}?{first}"),
        &form,
        &format!("scope={second}"),
    );
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(html.contains("\"pgid\":\"ConvergedSignIn\""), "{html}");
}

#[test]
fn a_maximum_age_of_nothing_wants_a_sign_in_always() {
    let bench = Bench::at(NOON);
    let mut browser = bob(&bench, &authorize_url(""));
    browser.left = None;
    browser.get(&authorize_url("&prompt=none&max_age=1"));
    assert!(browser.answer("code").is_some(), "a second is not over yet");
    browser.left = None;
    browser.get(&authorize_url("&prompt=none&max_age=0"));
    assert_eq!(browser.answer("error").as_deref(), Some("login_required"));
}

#[test]
fn an_address_that_the_sign_in_did_not_name_need_not_be_named_for_the_code() {
    let bench = Bench::at(NOON);
    let unnamed = authorize_url("").replace("&redirect_uri=http%3A%2F%2Flocalhost%3A8400", "");
    let code = bob(&bench, &unnamed).answer("code").unwrap();
    let reply = redeem_code(&bench, &code, &[("redirect_uri", "")]);
    assert_eq!(reply.status, 200, "{:?}", json(&reply));
    let code = bob(&bench, &authorize_url("")).answer("code").unwrap();
    let reply = redeem_code(&bench, &code, &[("redirect_uri", "")]);
    assert_eq!(json(&reply)["error_codes"], j!([500_112]));
}

#[test]
fn a_domain_hint_passes_over_the_sessions_of_other_tenants() {
    let bench = Bench::at(NOON);
    let options = entrasim::app::TenantOptions {
        seed: 7,
        ..entrasim::app::TenantOptions::default()
    };
    let other = bench.app.create_tenant(&options).unwrap();
    let hinted = |domain: &str| authorize_url(&format!("&domain_hint={domain}"));
    let mut browser = bob(&bench, &authorize_url(""));
    browser.left = None;
    browser.get(&hinted(other.read().initial_domain()));
    assert_eq!(browser.page(), "ConvergedSignIn", "not bob, unasked");
    for domain in [bench.tenant.read().initial_domain(), "organizations"] {
        browser.left = None;
        browser.get(&hinted(domain));
        assert!(browser.answer("code").is_some(), "{domain}");
    }
}

#[test]
fn tokens_without_a_code_are_for_registrations_that_allow_them() {
    let bench = Bench::at(NOON);
    own_app(&bench, |app, _| app.implicit_grant.id_tokens = true);
    let url = own_url(&bench, "&nonce=n");
    let asks = |kind: &str| opened(&bench, &url.replace("response_type=code", kind));
    let hybrid = asks("response_type=code%20id_token");
    assert_eq!(hybrid.page(), "ConvergedSignIn");
    assert_eq!(
        said(&asks("response_type=id_token%20token")),
        "AADSTS700051"
    );
    let unopened = url
        .replace("response_type=code", "response_type=id_token")
        .replace("scope=openid%20", "scope=");
    assert_eq!(said(&opened(&bench, &unopened)), "AADSTS70005");
}

#[test]
fn an_app_of_one_tenant_gets_no_token_where_no_tenant_is_named() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    let (name, password) = account(&bench, "bob");
    let fields = [
        ("client_id", OWN),
        ("client_secret", "own-secret"),
        ("grant_type", "password"),
        ("username", name.as_str()),
        ("password", &password),
        ("scope", "openid"),
    ];
    let reply = bench.post_form(&format!("{LOGIN}/organizations/oauth2/v2.0/token"), &fields);
    assert_eq!(json(&reply)["error_codes"], j!([50_194]));
    assert_eq!(json(&token(&bench, &fields))["error_codes"], j!([65_001]));
}

#[test]
fn a_malformed_verifier_matches_nothing() {
    let bench = Bench::at(NOON);
    for wrong in ["short", &VERIFIER.replace('-', "!")] {
        let code = bob(&bench, &authorize_url("")).answer("code").unwrap();
        let reply = redeem_code(&bench, &code, &[("code_verifier", wrong)]);
        assert_eq!(json(&reply)["error_codes"], j!([501_481]));
    }
}

#[test]
fn the_scope_of_the_answer_repeats_the_word_for_everything_as_it_was_asked() {
    let bench = Bench::at(NOON);
    for scope in [".default", "https://graph.microsoft.com/.default"] {
        let tokens = json(&crate::support::password_token(&bench, "bob", scope));
        let words: Vec<&str> = text(&tokens, "scope").split(' ').collect();
        assert!(words.contains(&scope), "{words:?}");
    }
    let bare = json(&crate::support::password_token(
        &bench,
        "bob",
        "https://graph.microsoft.com",
    ));
    assert_eq!(bare["error_codes"], j!([70_011]));
    assert!(
        text(&bare, "error_description").contains("scope https://graph.microsoft.com is not valid")
    );
}

#[test]
fn the_browser_of_a_single_page_application_may_call_what_its_token_is_for() {
    let bench = Bench::at(NOON);
    let origin = ("origin", "https://spa.example");
    let asking = [
        origin,
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization,x-own"),
    ];
    for url in [
        "https://graph.microsoft.com/oidc/userinfo",
        "https://graph.microsoft.com/v1.0/me",
        "https://management.azure.com/subscriptions?api-version=2022-12-01",
    ] {
        let beforehand = bench.send("OPTIONS", url, &asking, "");
        assert_eq!(beforehand.status, 200, "{url}");
        assert_eq!(
            beforehand.headers["access-control-allow-headers"], "authorization,x-own",
            "{url}"
        );
        // Without a token it is refused, and the page can read why.
        let refused = bench.send("GET", url, &[origin], "");
        assert_eq!(refused.status, 401, "{url}");
        for reply in [&beforehand, &refused] {
            assert_eq!(reply.headers["access-control-allow-origin"], "*", "{url}");
        }
        let exposed = refused.headers["access-control-expose-headers"].to_str();
        assert!(exposed.unwrap().contains("WWW-Authenticate"), "{url}");
        let elsewhere = bench.send("GET", url, &[], "");
        assert!(
            !elsewhere
                .headers
                .contains_key("access-control-allow-origin")
        );
    }
}

#[test]
fn a_posted_sign_out_keeps_its_way_back_over_the_choice_of_accounts() {
    let bench = Bench::at(NOON);
    let mut browser = bob(&bench, &authorize_url(""));
    let (name, password) = account(&bench, "student");
    browser.left = None;
    browser
        .get(&authorize_url("&prompt=login"))
        .sign_in(&name, &password);
    browser.submit(&[("LoginOptions", "3")]);
    let jar: Vec<String> = browser
        .cookies()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let headers = [
        ("cookie", jar.join("; ")),
        (
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ];
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let address = format!("{LOGIN}/common/oauth2/v2.0/logout");
    let body = format!(
        "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8400&client_id={AZURE_CLI}&state=a%26b"
    );
    let reply = bench.send("POST", &address, &headers, &body);
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    let link = html
        .split("href=\"")
        .find_map(|rest| rest.strip_prefix('?'))
        .unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    browser.get(&format!("{address}?{link}"));
    assert!(
        browser.html.contains("http://localhost:8400?state=a%26b"),
        "{}",
        browser.html
    );
}

#[test]
fn a_hint_at_an_account_that_is_not_here_signs_nobody_out() {
    let bench = Bench::at(NOON);
    let mut browser = bob(&bench, &authorize_url(""));
    browser.get(&format!(
        "{LOGIN}/common/oauth2/v2.0/logout?logout_hint=nobody%40nowhere.example"
    ));
    browser.get(&authorize_url("&prompt=none"));
    assert!(browser.answer("code").is_some());
}
