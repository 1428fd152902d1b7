//! What follows from a sign-in remembers it: how it was proven, from what kind of app, until when; through code, refresh
//! token, cookie, and on behalf of the user.

use entrasim::testing::browser::Browser;
use entrasim::testing::{BEFORE_PHASE_2, Bench};
use entrasim::wire::Reply;
use entrasim_domain::credential::method::{MethodKind, TemporaryAccessPass};
use entrasim_domain::directory::user::PerUserMfa;
use entrasim_domain::enforcement::facts::ClientAppType;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::policy::conditional_access::{
    ConditionalAccessPolicy, GrantControl, GrantControls,
};
use entrasim_domain::sign_in::phone::PromptState;
use serde_json::{Value, json as j};

use super::catalogue::{API, OWN, own_app, policy};
use super::pages::{
    add_method, answer_prompt, authorize_url, change_user, redeem, security_defaults,
};
use crate::support::{AZURE_CLI, account, claims, json, text, token};

const LOGIN: &str = "https://login.microsoftonline.com";
const CALLBACK: &str = "https://own.example/cb";
pub(crate) const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;

/// Somebody signed in to the web app, which has its tokens for the API.
pub(crate) struct Web<'a> {
    pub browser: Browser<'a>,
    pub tokens: Value,
    /// Signs in again.
    pub url: String,
}

fn web_url(bench: &Bench) -> String {
    format!(
        "{LOGIN}/{}/oauth2/v2.0/authorize?client_id={OWN}&response_type=code&state=s\
         &redirect_uri=https%3A%2F%2Fown.example%2Fcb&scope=openid%20offline_access%20api%3A%2F%2F{API}%2Fuse",
        bench.tenant.id()
    )
}

pub(crate) fn web<'a>(bench: &'a Bench, user: &str, stay: &str) -> Web<'a> {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get(&web_url(bench)).sign_in(&name, &password);
    finish_web(bench, browser, stay)
}

/// From wherever the second factor left the browser.
fn finish_web<'a>(bench: &'a Bench, mut browser: Browser<'a>, stay: &str) -> Web<'a> {
    if browser.page() == "ConvergedConsent" {
        browser.submit(&[("acceptConsent", "true")]);
    }
    browser.submit(&[("LoginOptions", stay)]);
    let tokens = json(&redeem_web(bench, &browser.answer("code").unwrap()));
    assert!(tokens["access_token"].is_string(), "{tokens}");
    Web {
        browser,
        tokens,
        url: web_url(bench),
    }
}

fn as_web(bench: &Bench, more: &[(&str, &str)]) -> Reply {
    let mut fields = vec![("client_id", OWN), ("client_secret", "own-secret")];
    fields.extend_from_slice(more);
    token(bench, &fields)
}

pub(crate) fn redeem_web(bench: &Bench, code: &str) -> Reply {
    as_web(
        bench,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ],
    )
}

pub(crate) fn refresh_web(bench: &Bench, tokens: &Value) -> Reply {
    as_web(
        bench,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", text(tokens, "refresh_token")),
        ],
    )
}

pub(crate) fn on_behalf(bench: &Bench, tokens: &Value, permission: &str) -> Reply {
    token(
        bench,
        &[
            ("client_id", API),
            ("client_secret", "api-secret"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", text(tokens, "access_token")),
            (
                "scope",
                &format!("https://graph.microsoft.com/{permission} offline_access openid"),
            ),
        ],
    )
}

pub(crate) fn password_grant(bench: &Bench, user: &str, scope: &str, cp1: bool) -> Value {
    let (name, password) = account(bench, user);
    let scope = format!("{scope} offline_access");
    json(&token(
        bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "password"),
            ("username", &name),
            ("password", &password),
            ("scope", &scope),
            ("claims", if cp1 { CP1 } else { "{}" }),
        ],
    ))
}

/// Consent for the API to read the user's profile.
pub(crate) fn allow_api_on_graph(bench: &Bench) {
    use entrasim_domain::directory::permission_grant::DelegatedGrant;
    bench
        .tenant
        .write(|tenant| {
            let id = |app: &str| tenant.service_principal(app.parse().unwrap()).unwrap().id;
            let grant = DelegatedGrant {
                id: "g".to_owned(),
                client: id(API),
                resource: id("00000003-0000-0000-c000-000000000000"),
                principal: None,
                scopes: vec!["User.Read".to_owned()],
            };
            tenant
                .delegated_grants
                .insert(grant.id.clone(), grant.into());
            Ok::<(), ()>(())
        })
        .unwrap();
}

/// A pass of twenty minutes for alice.
fn give_pass(bench: &Bench) {
    add_method(
        bench,
        "alice",
        MethodKind::TemporaryAccessPass(TemporaryAccessPass {
            value: "PASSPASS".into(),
            start: super::pages::now(),
            lifetime: core::time::Duration::from_secs(1_200),
            once: false,
            used: None,
        }),
    );
    bench
        .tenant
        .write(|tenant| {
            tenant
                .authentication_methods
                .set(MethodName::TemporaryAccessPass, true);
            Ok::<(), ()>(())
        })
        .unwrap();
}

#[test]
fn a_temporary_access_pass_bounds_everything_whichever_factor_it_was() {
    for second in [false, true] {
        let bench = Bench::at(BEFORE_PHASE_2);
        own_app(&bench, |_, _| {});
        allow_api_on_graph(&bench);
        give_pass(&bench);
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
                tenant.put_application(api);
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
        policy.conditions.device_code_flow = true;
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

#[test]
fn a_refresh_proves_the_client_as_its_platform_does_and_keeps_the_resource() {
    let bench = Bench::at(BEFORE_PHASE_2);
    own_app(&bench, |_, _| {});
    let tenant = bench.tenant.id();
    let (name, password) = account(&bench, "bob");
    let post = |fields: &str, origin: Option<&str>| {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let url = format!("{LOGIN}/{tenant}/oauth2/v2.0/token");
        json(&bench.send("POST", &url, &headers, fields))
    };
    let origin = Some("https://spa.example");
    for (address, right, wrong, number) in [
        ("https%3A%2F%2Fspa.example%2Fcb", origin, None, 9_002_327),
        ("http%3A%2F%2Flocalhost", None, origin, 9_002_326),
    ] {
        let mut browser = Browser::new(&bench);
        let verifier = super::pages::VERIFIER;
        browser
            .get(&format!(
                "{LOGIN}/{tenant}/oauth2/v2.0/authorize?client_id={OWN}&response_type=code&redirect_uri={address}\
                 &scope=openid%20offline_access%20User.Read&code_challenge={verifier}"
            ))
            .sign_in(&name, &password);
        if browser.page() == "ConvergedConsent" {
            browser.submit(&[("acceptConsent", "true")]);
        }
        browser.submit(&[("LoginOptions", "3")]);
        let code = browser.answer("code").unwrap();
        let redeemed = post(
            &format!(
                "client_id={OWN}&grant_type=authorization_code&code={code}&redirect_uri={address}&code_verifier={verifier}"
            ),
            right,
        );
        let again = format!(
            "client_id={OWN}&grant_type=refresh_token&refresh_token={}",
            text(&redeemed, "refresh_token")
        );
        assert!(
            post(&again, right)["refresh_token"].is_string(),
            "{address}"
        );
        assert_eq!(post(&again, wrong)["error_codes"][0], number, "{address}");
    }
}

#[test]
fn a_v1_refresh_without_a_resource_means_that_of_the_sign_in_and_v2_its_default_scope() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let arm = "https://management.core.windows.net/";
    let (name, password) = account(&bench, "bob");
    let v1 = format!("{LOGIN}/{}/oauth2/token", bench.tenant.id());
    let first = json(&bench.post_form(
        &v1,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "password"),
            ("username", &name),
            ("password", &password),
            ("resource", arm),
        ],
    ));
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let again = json(&bench.post_form(&v1, &fields));
    assert_eq!(again["resource"], arm);
    let at_v2 = json(&token(&bench, &fields));
    assert_eq!(claims(text(&at_v2, "access_token"))["aud"], arm);
    // And back: a v2 refresh token at v1.
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&at_v2, "refresh_token")),
    ];
    assert_eq!(json(&bench.post_form(&v1, &fields))["resource"], arm);
}
