//! Second factors on the pages: each of them, what they put into the token, registering one on the way, passes.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim_domain::credential::method::{Authenticator, MethodKind, TemporaryAccessPass};
use entrasim_domain::credential::one_time_code;
use entrasim_domain::directory::user::PerUserMfa;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::sign_in::phone::{PromptState, Reaction};
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::pages::{
    PORTAL, add_method, allow, answer_prompt, authorize_url, now, phone, redeem, redeem_code,
    security_defaults, turn_campaign_on,
};
use crate::support::{AZURE_CLI, account, activities, claims, json, text};

#[test]
fn each_second_factor_puts_mfa_into_the_token() {
    for method in [
        "PhoneAppNotification",
        "PhoneAppOTP",
        "OneWaySMS",
        "TwoWayVoiceMobile",
    ] {
        let bench = Bench::at("2025-09-30T12:00:00Z");
        security_defaults(&bench);
        add_method(&bench, "alice", phone());
        bench
            .tenant
            .write(|tenant| {
                tenant.authentication_methods.set(MethodName::Voice, true);
                Ok::<(), ()>(())
            })
            .unwrap();
        let (name, password) = account(&bench, "alice");
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        assert_eq!(browser.page(), "ConvergedTFA");
        browser.submit_form(&format!("value=\"{method}\""), &[("mfaAuthMethod", method)]);
        match method {
            "PhoneAppOTP" => {
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
                let code = one_time_code::code(&secret, now());
                browser.submit(&[("otc", "000000")]);
                assert!(browser.html.contains("did not match"), "{}", browser.html);
                browser.submit(&[("otc", &code)]);
            }
            "OneWaySMS" => {
                let code = bench.tenant.read().sign_in.messages[0]
                    .code
                    .clone()
                    .unwrap();
                browser.submit(&[("otc", &code)]);
            }
            _ => {
                browser.submit(&[]);
                assert_eq!(browser.page(), "ConvergedTFA", "nobody has answered yet");
                answer_prompt(&bench, PromptState::Approved);
                browser.submit(&[]);
            }
        }
        assert_eq!(
            browser.page(),
            "KmsiInterrupt",
            "{method}: {}",
            browser.html
        );
        browser.submit(&[("LoginOptions", "3")]);
        let token = claims(text(&redeem(&bench, &browser), "access_token"));
        assert_eq!(token["amr"], serde_json::json!(["pwd", "mfa"]), "{method}");
    }
}

#[test]
fn a_denied_reported_or_forgotten_prompt_does_not_sign_in() {
    for end in ["denied", "reported", "late"] {
        let bench = Bench::at("2025-09-30T12:00:00Z");
        security_defaults(&bench);
        let (name, password) = account(&bench, "alice");
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
        match end {
            "denied" => answer_prompt(&bench, PromptState::Denied),
            "reported" => answer_prompt(&bench, PromptState::Reported),
            _ => bench.set_clock("2025-09-30T12:01:01Z"),
        }
        browser.submit(&[]);
        assert_eq!(browser.page(), "ConvergedTFA", "{end}");
        assert!(
            browser.html.contains("not approved"),
            "{end}: {}",
            browser.html
        );
    }
}

#[test]
fn the_script_of_the_page_drives_the_same_factor_with_three_calls() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    let config = browser.config();
    let post = |url: &Value, body: &Value| {
        let reply = bench.send(
            "POST",
            url.as_str().unwrap(),
            &[("content-type", "application/json")],
            &body.to_string(),
        );
        json(&reply)
    };
    let begun = post(
        &config["urlBeginAuth"],
        &serde_json::json!({"AuthMethodId": "PhoneAppNotification", "Method": "BeginAuth", "ctx": config["sCtx"], "flowToken": config["sFT"]}),
    );
    assert_eq!(begun["Success"], true);
    let number = begun["Entropy"].as_u64().unwrap();
    assert!((10..100).contains(&number));
    let end = |state: &Value| {
        post(
            &config["urlEndAuth"],
            &serde_json::json!({"AuthMethodId": "PhoneAppNotification", "Method": "EndAuth", "SessionId": state["SessionId"],
                "FlowToken": state["FlowToken"], "Ctx": state["Ctx"], "PollCount": 1}),
        )
    };
    let pending = end(&begun);
    assert_eq!(pending["ResultValue"], "AuthenticationPending");
    assert_eq!(pending["Retry"], true);
    assert_ne!(pending["FlowToken"], begun["FlowToken"]);
    answer_prompt(&bench, PromptState::Approved);
    let done = end(&pending);
    assert_eq!(done["Success"], true);
    assert_eq!(done["ResultValue"], "AuthenticationSucceeded");
    let reply = bench.post_form(
        config["urlPost"].as_str().unwrap(),
        &[
            ("type", "22"),
            ("request", done["Ctx"].as_str().unwrap()),
            ("flowToken", done["FlowToken"].as_str().unwrap()),
            ("mfaAuthMethod", "PhoneAppNotification"),
            ("login", &name),
        ],
    );
    let html = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(html.contains("KmsiInterrupt"), "{html}");
}

#[test]
fn a_user_without_a_method_registers_one_on_the_way() {
    for method in ["authenticator", "totp", "phone"] {
        let bench = Bench::at("2025-09-30T12:00:00Z");
        security_defaults(&bench);
        super::pages::change_user(&bench, "bob", |user| {
            user.per_user_mfa = PerUserMfa::Enabled;
        });
        let (name, password) = account(&bench, "bob");
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        assert_eq!(browser.page(), "ConvergedProofUpRedirect");
        assert_eq!(browser.error_code(), "50203");
        browser.submit(&[]);
        assert!(
            browser.html.contains("Register a second factor"),
            "{}",
            browser.html
        );
        browser.submit_form(
            &format!("value=\"{method}\""),
            &[("method", method), ("number", "+49 15100000001")],
        );
        let code = if method == "phone" {
            bench.tenant.read().sign_in.messages[0]
                .code
                .clone()
                .unwrap()
        } else {
            let secret = browser
                .html
                .split("id=\"secret\">")
                .nth(1)
                .and_then(|rest| rest.split('<').next())
                .unwrap();
            one_time_code::code(&base32(secret), now())
        };
        browser.submit(&[("otc", "999999x")]);
        assert!(browser.html.contains("did not match"));
        browser.submit(&[("otc", &code)]);
        assert_eq!(
            browser.page(),
            "KmsiInterrupt",
            "{method}: {}",
            browser.html
        );
        browser.submit(&[("LoginOptions", "3")]);
        let token = claims(text(&redeem(&bench, &browser), "access_token"));
        assert_eq!(token["amr"], serde_json::json!(["pwd", "mfa"]));
        assert!(activities(&bench).contains(&"User registered security info"));
        let bob = bench
            .tenant
            .read()
            .users
            .by_local_part("bob", 0)
            .unwrap()
            .clone();
        assert_eq!(bob.methods.len(), 1);
        assert_eq!(bob.per_user_mfa, PerUserMfa::Enforced, "was enabled");
    }
}

pub(super) fn base32(text: &str) -> Vec<u8> {
    let mut bits = 0_u32;
    let (mut word, mut bytes) = (0_u32, Vec::new());
    for letter in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|known| *known == letter)
            .unwrap();
        word = (word << 5) | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((word >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn a_temporary_access_pass_is_strong_and_caps_what_follows() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    add_method(
        &bench,
        "breakglass1",
        MethodKind::TemporaryAccessPass(TemporaryAccessPass {
            value: "PASSPASS".into(),
            start: now(),
            lifetime: core::time::Duration::from_secs(600),
            once: true,
            used: None,
        }),
    );
    let (name, _) = account(&bench, "breakglass1");
    // Off by default: the pass is not offered.
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    assert!(!browser.html.contains("accesspass"));
    allow(&bench, MethodName::TemporaryAccessPass);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    browser.submit(&[("accesspass", "WRONG")]);
    assert_eq!(browser.error_code(), "130503");
    browser.submit(&[("accesspass", "PASSPASS")]);
    assert_eq!(browser.page(), "KmsiInterrupt");
    browser.submit(&[("LoginOptions", "1")]);
    let tokens = redeem(&bench, &browser);
    let token = claims(text(&tokens, "access_token"));
    assert!(token["amr"].as_array().unwrap().contains(&"mfa".into()));
    assert!(tokens["expires_in"].as_u64().unwrap() <= 600);
    let refresh = |bench: &Bench| {
        bench.post_form(
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&tokens, "refresh_token")),
            ],
        )
    };
    assert_eq!(refresh(&bench).status, 200);
    // Once is once.
    let mut second = Browser::new(&bench);
    second
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    assert!(!second.html.contains("name=\"accesspass\""));
    // With the pass ends what it led to.
    bench.set_clock("2025-09-30T12:10:01Z");
    let late = refresh(&bench);
    assert_eq!(json(&late)["error_codes"][0], 70008);
    browser.left = None;
    browser.get(&authorize_url("&prompt=none"));
    assert_eq!(browser.answer("error").as_deref(), Some("login_required"));
}

#[test]
fn the_authenticator_app_signs_in_without_a_password() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    add_method(
        &bench,
        "bob",
        MethodKind::MicrosoftAuthenticator(Authenticator {
            display_name: "Phone".to_owned(),
            phone_sign_in: true,
            oath: None,
        }),
    );
    let (name, _) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    let config = browser.config();
    let kinds = json(&bench.send(
        "POST",
        config["urlGetCredentialType"].as_str().unwrap(),
        &[("content-type", "application/json")],
        &serde_json::json!({"username": name, "flowToken": config["sFT"], "originalRequest": config["sCtx"], "isAccessPassSupported": true})
            .to_string(),
    ));
    assert_eq!(kinds["IfExistsResult"], 0);
    assert_eq!(kinds["Credentials"]["PrefCredential"], 2);
    let begun = json(&bench.send(
        "POST",
        config["urlGetOneTimeCode"].as_str().unwrap(),
        &[("content-type", "application/json")],
        &serde_json::json!({"Channel": "Authenticator", "FlowToken": kinds["FlowToken"], "OriginalRequest": config["sCtx"]}).to_string(),
    ));
    let state = |bench: &Bench| {
        json(&bench.send(
            "POST",
            config["urlSessionState"].as_str().unwrap(),
            &[("content-type", "application/json")],
            &serde_json::json!({"DeviceCode": begun["DeviceCode"]}).to_string(),
        ))["AuthorizationState"]
            .clone()
    };
    assert_eq!(state(&bench), 0);
    let finish = || {
        bench.post_form(
            config["urlPost"].as_str().unwrap(),
            &[
                ("login", name.as_str()),
                ("code", begun["DeviceCode"].as_str().unwrap()),
                ("psRNGCSLK", begun["SessionLookupKey"].as_str().unwrap()),
                ("flowToken", begun["FlowToken"].as_str().unwrap()),
                ("ctx", config["sCtx"].as_str().unwrap()),
                ("LoginOptions", "1"),
            ],
        )
    };
    let early = String::from_utf8(finish().body.to_vec()).unwrap();
    assert!(early.contains("\"500121\""), "{early}");
    answer_prompt(&bench, PromptState::Approved);
    assert_eq!(state(&bench), 2);
    let html = String::from_utf8(finish().body.to_vec()).unwrap();
    assert!(html.contains("name=\"code\""), "{html}");
}

#[test]
fn the_phone_may_answer_by_itself() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    bench
        .tenant
        .write(|tenant| {
            let alice = tenant.users.by_local_part("alice", 0).unwrap().id;
            tenant.sign_in.reactions.insert(alice, Reaction::Approve);
            Ok::<(), ()>(())
        })
        .unwrap();
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    browser.submit(&[]);
    assert_eq!(browser.page(), "KmsiInterrupt");
}

#[test]
fn of_many_posts_at_once_one_time_things_count_once() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    allow(&bench, MethodName::TemporaryAccessPass);
    add_method(
        &bench,
        "bob",
        MethodKind::TemporaryAccessPass(TemporaryAccessPass {
            value: "PASSPASS".into(),
            start: now(),
            lifetime: core::time::Duration::from_secs(3600),
            once: true,
            used: None,
        }),
    );
    let (name, _) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    let config = browser.config();
    let passed = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let reply = bench.post_form(
                        config["urlPost"].as_str().unwrap(),
                        &[
                            ("accesspass", "PASSPASS"),
                            ("ps", "56"),
                            ("type", "11"),
                            ("login", &name),
                            ("LoginOptions", "1"),
                            ("ctx", config["sCtx"].as_str().unwrap()),
                            ("flowToken", config["sFT"].as_str().unwrap()),
                        ],
                    );
                    let html = String::from_utf8_lossy(&reply.body).into_owned();
                    (html.contains("name=\"code\""), html)
                })
            })
            .collect();
        attempts
            .into_iter()
            .map(|attempt| attempt.join().unwrap())
            .filter(|(passed, _)| *passed)
            .map(|(_, html)| html)
            .collect::<Vec<_>>()
    });
    assert_eq!(passed.len(), 1);
    // The one code is redeemed once, too.
    let code = passed[0]
        .split("name=\"code\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let redeemed = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| redeem_code(&bench, code, &[]).status == 200))
            .collect();
        attempts
            .into_iter()
            .map(|attempt| attempt.join().unwrap())
            .filter(|good| *good)
            .count()
    });
    assert_eq!(redeemed, 1);
}

#[test]
fn the_registration_campaign_can_be_put_off_three_times() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    security_defaults(&bench);
    add_method(&bench, "bob", phone());
    turn_campaign_on(&bench);
    let (name, password) = account(&bench, "bob");
    let sign_in = || {
        let mut browser = Browser::new(&bench);
        browser.get(PORTAL).sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "OneWaySMS")]);
        let messages = bench.tenant.read().sign_in.messages.clone();
        let code = messages.last().unwrap().code.clone().unwrap();
        browser.submit(&[("otc", &code)]);
        browser
    };
    for day in 1..=3 {
        bench.set_clock(&format!("2025-10-{day:02}T12:00:00Z"));
        let mut browser = sign_in();
        assert_eq!(browser.page(), "ConvergedProofUpRedirect");
        browser.submit_form("Not now", &[]);
        assert_eq!(browser.page(), "KmsiInterrupt", "{day}");
        // The same day it keeps quiet.
        assert_eq!(sign_in().page(), "KmsiInterrupt");
    }
    bench.set_clock("2025-10-04T12:00:00Z");
    let mut browser = sign_in();
    assert_eq!(browser.page(), "ConvergedProofUpRedirect");
    assert!(!browser.html.contains("Not now"));
    assert_eq!(browser.config()["urlSkipMfaRegistration"], "");
    // Registering ends it.
    browser.submit(&[]);
    browser.submit_form("value=\"authenticator\"", &[("method", "authenticator")]);
    let secret = browser
        .html
        .split("id=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap()
        .to_owned();
    let at = Timestamp::parse("2025-10-04T12:00:00Z").unwrap();
    browser.submit(&[("otc", &one_time_code::code(&base32(&secret), at))]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
}
