//! What holds for the pages whatever the sign-in: the order of the factors, Enter, ids that tools wait for, empty boxes.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim::routing;
use entrasim::wire::{Request, Scheme};
use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::sign_in::phone::CODE_TRIES;
use entrasim_domain::time::Timestamp;
use http::{HeaderMap, Method};
use serde_json::{Value, json as j};

use super::pages::{PORTAL, add_method, authorize_url, phone, security_defaults, turn_campaign_on};
use crate::support::{AZURE_CLI, account, json, text};

fn post(bench: &Bench, url: &Value, body: &Value) -> Value {
    let url = url.as_str().unwrap();
    let headers = [("content-type", "application/json")];
    json(&bench.send("POST", url, &headers, &body.to_string()))
}

/// The first code that alice's apps show.
fn app_code(bench: &Bench) -> String {
    let tenant = bench.tenant.read();
    let alice = tenant.users.by_local_part("alice", 0).unwrap();
    let secret = alice
        .methods
        .iter()
        .find_map(|method| match &method.kind {
            MethodKind::SoftwareOath(oath) => Some(oath.secret.clone()),
            _ => None,
        })
        .unwrap();
    entrasim_domain::credential::one_time_code::code(&secret, super::pages::now())
}

#[test]
fn a_second_factor_alone_signs_nobody_in() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, _) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    let config = browser.config();
    let known = post(
        &bench,
        &config["urlGetCredentialType"],
        &j!({"username": name, "originalRequest": config["sCtx"], "flowToken": config["sFT"]}),
    );
    for call in ["BeginAuth", "EndAuth"] {
        let url = j!(format!(
            "https://login.microsoftonline.com/common/SAS/{call}"
        ));
        let answer = post(
            &bench,
            &url,
            &j!({"AuthMethodId": "PhoneAppOTP", "Method": call, "Ctx": config["sCtx"],
                 "FlowToken": known["FlowToken"], "AdditionalAuthData": app_code(&bench)}),
        );
        assert_eq!(answer["Success"], false, "{call}");
        assert_eq!(answer["ErrCode"], 50058, "{call}");
    }
    browser.submit_form(
        "",
        &[("flowToken", text(&known, "FlowToken")), ("type", "22")],
    );
    assert_eq!(browser.page(), "ConvergedSignIn");
    // A password is not changed without having been shown on the way, either.
    let changed = post(
        &bench,
        &j!("https://login.microsoftonline.com/common/SSPR/Begin"),
        &j!({"Ctx": config["sCtx"], "FlowToken": known["FlowToken"],
             "OldPassword": account(&bench, "alice").1, "NewPassword": "New-passw0rd"}),
    );
    assert_eq!(changed["Success"], false);
    assert_eq!(changed["ErrCode"], 50058);
}

#[test]
fn what_was_shown_for_one_account_does_not_count_for_another() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (bob, password) = account(&bench, "bob");
    let (admin, _) = account(&bench, "admin");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&bob, &password);
    assert_eq!(browser.page(), "KmsiInterrupt");
    let config = browser.config();
    let known = post(
        &bench,
        &config["urlGetCredentialType"],
        &j!({"username": admin, "originalRequest": config["sCtx"], "flowToken": config["sFT"]}),
    );
    let context = text(&config, "sCtx");
    for token in [text(&known, "FlowToken"), text(&config, "sFT")] {
        let reply = bench.post_form(
            "https://login.microsoftonline.com/common/login",
            &[("login", &admin), ("ctx", context), ("flowToken", token)],
        );
        let html = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(html.contains("id=\"i0118\""), "{html}");
    }
}

#[test]
fn enter_in_a_form_presses_the_main_button_and_tools_find_the_sentence() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let main_first = |html: &str| {
        let at = |id: &str| html.find(&format!("id=\"{id}\"")).unwrap();
        assert!(at("idSIButton9") < at("idBtn_Back"), "{html}");
    };
    let begun = json(&bench.post_form(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode",
        &[
            ("client_id", AZURE_CLI),
            ("scope", crate::support::ARM_SCOPE),
        ],
    ));
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoftonline.com/common/oauth2/deviceauth");
    browser.submit(&[("otc", text(&begun, "user_code"))]);
    browser.sign_in(&name, &password);
    assert_eq!(browser.page(), "KmsiInterrupt");
    main_first(&browser.html);
    assert!(browser.html.contains("<p id=\"KmsiDescription\">"));
    browser.submit(&[("LoginOptions", "3")]);
    assert_eq!(browser.page(), "CmsiInterrupt");
    main_first(&browser.html);
    browser.submit(&[("ContinueAuth", "true")]);
    assert!(
        browser
            .html
            .contains("<p id=\"message\">You have signed in"),
        "{}",
        browser.html
    );
    assert_eq!(browser.html.matches("id=\"message\"").count(), 1);
}

#[test]
fn a_passkey_is_never_a_phone_call() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    let (name, password) = account(&bench, "admin");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(&format!("&login_hint={name}")));
    assert!(
        browser.config()["sFidoChallenge"]
            .as_str()
            .is_some_and(|text| text.len() > 20),
        "the first page of somebody with a passkey has its challenge"
    );
    browser.sign_in(&name, &password);
    let allowed = browser.config()["arrFidoAllowList"].clone();
    assert_eq!(allowed.as_array().unwrap().len(), 1);
    let config = browser.config();
    browser.submit_form("value=\"FidoKey\"", &[("mfaAuthMethod", "FidoKey")]);
    assert!(browser.html.contains("Use a passkey"), "{}", browser.html);
    assert!(!browser.html.contains("ringing"));
    for field in [
        "name=\"flow\" value=\"mfa\"",
        "name=\"serverChallenge\"",
        "name=\"credentialsJson\"",
        "name=\"postBackUrl\"",
    ] {
        assert!(browser.html.contains(field), "{field}");
    }
    let state = j!({"AuthMethodId": "FidoKey", "Ctx": config["sCtx"], "FlowToken": config["sFT"]});
    let url = config["urlBeginAuth"].as_str().unwrap();
    let reply = bench.send("POST", url, &[], &state.to_string());
    assert_eq!(reply.status, 501);
    browser.submit_form("id=\"passkey\"", &[]);
    assert_eq!(browser.page(), "FidoGet", "{}", browser.html);
    assert_eq!(browser.config()["arrFidoAllowList"], allowed);
}

#[test]
fn an_empty_box_is_named_and_counts_as_no_attempt() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    let alert = |browser: &Browser<'_>, words: &str| {
        assert!(browser.html.contains("role=\"alert\""), "{}", browser.html);
        assert!(browser.html.contains(words), "{words}: {}", browser.html);
        assert!(browser.html.contains("aria-invalid=\"true\""));
    };
    browser.get(&authorize_url("")).submit(&[("loginfmt", "")]);
    alert(&browser, "Type your email address");
    browser.submit(&[("loginfmt", &name)]);
    for _ in 0..20 {
        browser.submit(&[("passwd", "")]);
        alert(&browser, "Type your password");
    }
    assert!(bench.tenant.read().sign_in.lockouts.is_empty());
    assert!(bench.tenant.read().sign_in.log.is_empty());
    browser.submit(&[("passwd", &password)]);
    browser.submit_form("value=\"PhoneAppOTP\"", &[("mfaAuthMethod", "PhoneAppOTP")]);
    browser.submit(&[("otc", "")]);
    alert(&browser, "Type the code");
    browser.submit(&[("otc", "000000")]);
    alert(&browser, "did not match");
    assert_eq!(browser.error_code(), "500121");
    assert_eq!(browser.config()["iErrorCode"], 500_121);
}

#[test]
fn a_prompt_says_that_nobody_has_answered_and_what_became_of_it() {
    use entrasim_domain::sign_in::phone::PromptState;
    for (state, words) in [
        (PromptState::Pending, "Not approved yet"),
        (PromptState::Denied, "denied on the phone"),
        (PromptState::Reported, "reported as fraud"),
    ] {
        let bench = Bench::at("2025-09-30T12:00:00Z");
        security_defaults(&bench);
        let (name, password) = account(&bench, "alice");
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
        assert!(browser.html.contains("role=\"status\""));
        super::pages::answer_prompt(&bench, state);
        browser.submit(&[]);
        assert!(browser.html.contains(words), "{words}: {}", browser.html);
        assert_eq!(browser.error_code(), "500121");
    }
}

#[test]
fn a_text_message_counts_once_and_not_after_some_wrong_codes() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    add_method(&bench, "alice", phone());
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit_form("value=\"OneWaySMS\"", &[("mfaAuthMethod", "OneWaySMS")]);
    assert!(browser.html.contains("sent to +XX"), "{}", browser.html);
    let newest = || {
        let messages = bench.tenant.read().sign_in.messages.clone();
        messages.last().unwrap().code.clone().unwrap()
    };
    let first = newest();
    for _ in 0..CODE_TRIES {
        browser.submit(&[("otc", "x")]);
        assert!(browser.html.contains("did not match"));
    }
    browser.submit(&[("otc", &first)]);
    assert_eq!(browser.page(), "ConvergedTFA", "guessed too often");
    browser.submit_form("Send another code", &[]);
    let second = newest();
    let config = browser.config();
    let end = || {
        post(
            &bench,
            &config["urlEndAuth"],
            &j!({"AuthMethodId": "OneWaySMS", "Ctx": config["sCtx"], "FlowToken": config["sFT"], "AdditionalAuthData": second}),
        )
    };
    assert_eq!(end()["Success"], true);
    assert_eq!(end()["Success"], false, "a code counts once");
}

#[test]
fn every_page_of_a_sign_in_has_the_one_correlation_id() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let own = "11111111-2222-3333-4444-555555555555";
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(&format!("&client-request-id={own}")));
    assert_eq!(browser.config()["correlationId"], own);
    browser.submit(&[("loginfmt", "nobody@contoso.onmicrosoft.com")]);
    let config = browser.config();
    assert_eq!(config["correlationId"], own);
    assert!(text(&config, "strServiceExceptionMessage").contains(own));
    // Without one of the client's, ours stays the same.
    browser.get(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=none&scope=x",
    );
    let config = browser.config();
    let id = text(&config, "correlationId");
    assert!(text(&config, "strServiceExceptionMessage").contains(id));
    browser.get(&authorize_url(""));
    let first = browser.config()["correlationId"].clone();
    browser.submit(&[("loginfmt", &account(&bench, "bob").0)]);
    assert_eq!(browser.config()["correlationId"], first);
}

#[test]
fn the_first_page_expires_before_a_tenant_is_known() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    let config = browser.config();
    let post_at = |second: i64| {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let body = format!(
            "loginfmt=bob%40contoso.onmicrosoft.com&ctx={}&flowToken={}",
            encode(text(&config, "sCtx")),
            encode(text(&config, "sFT"))
        );
        let reply = routing::answer(
            &bench.app,
            &Request {
                method: Method::POST,
                scheme: Scheme::Https,
                authority: "login.microsoftonline.com".to_owned(),
                path: "/organizations/login".to_owned(),
                query: String::new(),
                headers: HeaderMap::new(),
                body: body.into(),
                arrived: Timestamp::from_unix_seconds(second),
                proxy_user: None,
            },
        );
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    assert!(post_at(3_600).contains("id=\"i0118\""));
    assert!(post_at(3_601).contains("AADSTS50089"));
}

#[test]
fn the_address_of_a_form_in_the_address_bar_says_that_it_is_one() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let mut browser = Browser::new(&bench);
    for path in ["common/login", "kmsi", "common/SAS/ProcessAuth"] {
        browser.get(&format!("https://login.microsoftonline.com/{path}"));
        assert_eq!(browser.page(), "ConvergedError", "{path}");
        assert_eq!(browser.error_code(), "900561", "{path}");
    }
    browser.get("https://login.microsoftonline.com/error?code=900561");
    assert!(browser.html.contains("AADSTS900561"));
    assert!(!browser.html.contains("{method}"));
}

#[test]
fn the_guest_is_known_wherever_the_guest_signs_in() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    for authority in ["common".to_owned(), bench.tenant.id().to_string()] {
        let url = format!("https://login.microsoftonline.com/{authority}/GetCredentialType");
        let known = post(&bench, &j!(url), &j!({"username": "pat@fabrikam.example"}));
        assert_eq!(known["IfExistsResult"], 0, "{authority}");
    }
}

#[test]
fn the_configuration_has_what_tools_read() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    let config = browser.config();
    for name in [
        "iErrorCode",
        "strServiceExceptionMessage",
        "oPostParams",
        "desktopSsoConfig",
        "bsso",
        "browser",
        "urlTenantedEndpointFormat",
        "urlOidcDiscoveryEndpointFormat",
    ] {
        assert!(config.get(name).is_some(), "{name}");
    }
    assert_eq!(config["iErrorCode"], 50058);
}

#[test]
fn the_campaign_is_put_off_by_following_its_link_and_asks_for_authenticator_only() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    add_method(&bench, "bob", phone());
    turn_campaign_on(&bench);
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(PORTAL);
    browser.sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "OneWaySMS")]);
    let code = bench.tenant.read().sign_in.messages[0]
        .code
        .clone()
        .unwrap();
    browser.submit(&[("otc", &code)]);
    assert_eq!(browser.page(), "ConvergedProofUpRedirect");
    let config = browser.config();
    assert_eq!(config["iRemainingDaysToSkipMfaRegistration"], 1);
    let mut register = Browser::new(&bench);
    register.html.clone_from(&browser.html);
    register.submit(&[]);
    assert!(
        register.html.contains("value=\"authenticator\""),
        "{}",
        register.html
    );
    assert!(!register.html.contains("Text me a code"));
    browser.get(text(&config, "urlSkipMfaRegistration"));
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
}
