//! What follows from a sign-in remembers it: how it was proven, from what kind of app, until when; through code, refresh
//! token, cookie, and on behalf of the user.

use crate::testing::browser::Browser;
use crate::testing::{BEFORE_PHASE_2, Bench};
use entrasim_domain::directory::user::PerUserMfa;
use entrasim_domain::enforcement::facts::ClientAppType;
use entrasim_domain::policy::conditional_access::{
    ConditionalAccessPolicy, GrantControl, GrantControls, TransferMethod,
};
use entrasim_domain::sign_in::phone::PromptState;
use entrasim_domain::tenant::changes::Note;
use serde_json::{Value, json as j};

use super::catalogue::{API, own_app, policy};
use super::pages::{answer_prompt, authorize_url, change_user, redeem, security_defaults};
use super::web_app::{
    LOGIN, Web, allow_api_on_graph, finish_web, give_pass, on_behalf, password_grant, redeem_web,
    refresh_web, web, web_url,
};
use crate::support::{AZURE_CLI, account, claims, json, text, token};

#[test]
fn a_temporary_access_pass_bounds_everything_whichever_factor_it_was() {
    for second in [false, true] {
        let bench = Bench::at(BEFORE_PHASE_2);
        own_app(&bench, |_, _| {});
        allow_api_on_graph(&bench);
        give_pass(&bench, "alice");
        let (name, password) = account(&bench, "alice");
        let mut browser = Browser::new(&bench);
        browser.get(&web_url(&bench)).submit(&[("loginfmt", &name)]);
        if second {
            change_user(&bench, "alice", |user| {
                user.per_user_mfa = PerUserMfa::Enforced;
            });
            browser
                .get(&format!("{}&login_hint={name}", web_url(&bench)))
                .submit(&[("passwd", &password), ("type", "11")]);
            assert_eq!(browser.page(), "ConvergedTFA");
            browser
                .submit(&[("mfaAuthMethod", "AccessPass")])
                .submit(&[("accesspass", "PASSPASS")]);
        } else {
            browser.submit(&[("accesspass", "PASSPASS")]);
        }
        let Web {
            mut browser,
            tokens,
            url,
        } = finish_web(&bench, browser, "1");
        let end = (super::pages::now() + core::time::Duration::from_secs(1_200)).unix_seconds();
        for name in ["access_token", "id_token"] {
            let ends = claims(text(&tokens, name))["exp"].as_i64().unwrap();
            assert!(ends <= end, "second {second}: the {name} ends at {ends}");
        }
        let obo = json(&on_behalf(&bench, &tokens, "User.Read"));
        for name in ["access_token", "id_token"] {
            let ends = claims(text(&obo, name))["exp"].as_i64().unwrap();
            assert!(ends <= end, "second {second}: on behalf, {name}: {ends}");
        }
        let refresh_api = || {
            token(
                &bench,
                &[
                    ("client_id", API),
                    ("client_secret", "api-secret"),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", text(&obo, "refresh_token")),
                ],
            )
        };
        assert_eq!(refresh_web(&bench, &tokens).status, 200);
        assert_eq!(refresh_api().status, 200);
        bench.set_clock("2025-09-30T12:20:00Z");
        for late in [refresh_web(&bench, &tokens), refresh_api()] {
            assert_eq!(json(&late)["error_codes"][0], 70008, "second {second}");
        }
        browser.left = None;
        browser.get(&format!("{url}&prompt=none"));
        assert_eq!(browser.answer("error").as_deref(), Some("login_required"));
    }
}

/// Alice signs in to the web app with a second factor that a policy demands everywhere.
fn with_second_factor(bench: &Bench) -> Web<'_> {
    let (name, password) = account(bench, "alice");
    let mut browser = Browser::new(bench);
    browser.get(&web_url(bench)).sign_in(&name, &password);
    pass_second_factor(bench, &mut browser);
    finish_web(bench, browser, "3")
}

fn pass_second_factor(bench: &Bench, browser: &mut Browser<'_>) {
    assert_eq!(browser.page(), "ConvergedTFA");
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    answer_prompt(bench, PromptState::Approved);
    browser.submit(&[]);
}

#[test]
fn an_api_acts_with_the_factors_that_its_caller_showed_whatever_the_token_shows() {
    for version in [1, 2] {
        let bench = Bench::at(BEFORE_PHASE_2);
        own_app(&bench, |_, _| {});
        allow_api_on_graph(&bench);
        bench
            .tenant
            .write(|tenant| {
                let api = tenant.application(API.parse().unwrap()).unwrap();
                let mut api = (**api).clone();
                api.access_token_version = Some(version);
                tenant
                    .put_application(api, &Note::by_service(tenant.created))
                    .unwrap();
                Ok::<(), ()>(())
            })
            .unwrap();
        policy(&bench, strength);
        let web = with_second_factor(&bench);
        let shown = claims(text(&web.tokens, "access_token"));
        assert_eq!(shown.contains_key("amr"), version == 1);
        let graph = json(&on_behalf(&bench, &web.tokens, "User.Read"));
        let graph = claims(text(&graph, "access_token"));
        assert_eq!(graph["amr"], j!(["pwd", "mfa"]), "version {version}");
    }
}

/// The built-in strength of multifactor authentication.
fn strength(policy: &mut ConditionalAccessPolicy) {
    let id = "00000000-0000-0000-0000-000000000002".parse().unwrap();
    policy.grant = Some(GrantControls {
        strength: Some(id),
        ..GrantControls::default()
    });
}

fn block(policy: &mut ConditionalAccessPolicy) {
    policy.grant = Some(GrantControls {
        controls: vec![GrantControl::Block],
        ..GrantControls::default()
    });
}

#[test]
fn a_policy_for_apps_or_for_browsers_follows_the_sign_in_through_code_and_refresh() {
    for (kind, web_passes) in [
        (ClientAppType::MobileAppsAndDesktopClients, true),
        (ClientAppType::Browser, false),
    ] {
        let bench = Bench::at(BEFORE_PHASE_2);
        own_app(&bench, |_, _| {});
        let mut web = web(&bench, "bob", "3");
        web.browser.left = None;
        web.browser.get(&web.url);
        let code = web.browser.answer("code").unwrap();
        let native = password_grant(&bench, "bob", "https://graph.microsoft.com/.default", false);
        policy(&bench, |policy| {
            block(policy);
            policy.conditions.client_app_types = vec![kind];
        });
        let expected = if web_passes { 200 } else { 400 };
        assert_eq!(
            refresh_web(&bench, &web.tokens).status,
            expected,
            "{kind:?}"
        );
        assert_eq!(redeem_web(&bench, &code).status, expected, "{kind:?}");
        let refreshed = token(
            &bench,
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&native, "refresh_token")),
            ],
        );
        assert_eq!(refreshed.status == 200, !web_passes, "{kind:?}");
    }
}

#[test]
fn tokens_that_came_by_device_code_stay_marked() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let scope = "https://graph.microsoft.com/.default offline_access";
    let begun = json(&bench.post_form(
        &format!("{LOGIN}/organizations/oauth2/v2.0/devicecode"),
        &[("client_id", AZURE_CLI), ("scope", scope)],
    ));
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser
        .get("https://login.microsoft.com/device")
        .submit(&[("otc", text(&begun, "user_code"))])
        .sign_in(&name, &password);
    browser
        .submit(&[("LoginOptions", "3")])
        .submit(&[("ContinueAuth", "true")]);
    let tokens = json(&token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", text(&begun, "device_code")),
        ],
    ));
    let other = password_grant(&bench, "bob", "https://graph.microsoft.com/.default", false);
    let refresh = |tokens: &Value| {
        json(&token(
            &bench,
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "refresh_token"),
                ("refresh_token", text(tokens, "refresh_token")),
            ],
        ))
    };
    let again = refresh(&tokens);
    policy(&bench, |policy| {
        block(policy);
        policy.conditions.transfer_methods = vec![TransferMethod::DeviceCodeFlow];
    });
    assert_eq!(refresh(&again)["error_codes"][0], 53003);
    assert!(refresh(&other)["access_token"].is_string());
}

#[test]
fn contexts_that_were_met_stay_met_through_refresh_and_single_sign_on() {
    let bench = Bench::at(BEFORE_PHASE_2);
    security_defaults(&bench);
    let challenge = "%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22p1%22%2C%22c1%22%5D%7D%7D%7D";
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(&format!("&claims={challenge}")))
        .sign_in(&name, &password);
    pass_second_factor(&bench, &mut browser);
    browser.submit(&[("LoginOptions", "3")]);
    let first = redeem(&bench, &browser);
    let acrs = |tokens: &Value| claims(text(tokens, "access_token")).get("acrs").cloned();
    assert_eq!(acrs(&first), Some(j!(["p1", "c1"])));
    let refreshed = json(&token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&first, "refresh_token")),
        ],
    ));
    assert_eq!(acrs(&refreshed), acrs(&first));
    browser.left = None;
    browser.get(&authorize_url(""));
    assert_eq!(acrs(&redeem(&bench, &browser)), acrs(&first));
}
