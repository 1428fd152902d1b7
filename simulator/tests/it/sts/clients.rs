//! Documented requests of clients that cannot be installed by the tests: Azure PowerShell and the Azure mobile app; and the
//! flows of web apps, from the first redirect to signing out.

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim_domain::directory::application::RequiredResourceAccess;
use entrasim_domain::id::PermissionId;
use serde_json::json;

use super::catalogue::{API, OWN, implicit, own_app};
use super::web_app::allow_api_on_graph;
use crate::support::{account, arm, claims, json as body, text, token};

const LOGIN: &str = "https://login.microsoftonline.com";
const POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
const MOBILE_APP: &str = "0c1307d4-29d6-4389-a11c-5cbe7f65d7fa";
const VERIFIER: &str = super::pages::VERIFIER;

fn authorize(bench: &Bench, client: &str, redirect: &str, scope: &str, more: &str) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    format!(
        "{LOGIN}/{}/oauth2/v2.0/authorize?client_id={client}&response_type=code&redirect_uri={}&scope={}&state=s{more}",
        bench.tenant.id(),
        encode(redirect),
        encode(scope)
    )
}

fn sign_in<'a>(bench: &'a Bench, user: &str, url: &str) -> Browser<'a> {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get(url).sign_in(&name, &password);
    browser
}

/// What `Connect-AzAccount` and the mobile app send: their client ids, PKCE, and Resource Manager's scope.
#[test]
fn azure_powershell_and_the_mobile_app_read_and_do_not_write_without_a_second_factor() {
    for (client, redirect) in [
        (POWERSHELL, "http://localhost:8400/"),
        (
            MOBILE_APP,
            "https://login.microsoftonline.com/common/oauth2/nativeclient",
        ),
    ] {
        let bench = Bench::at(AFTER_PHASE_2);
        let scope = "https://management.core.windows.net//.default openid offline_access profile";
        let pkce = format!("&code_challenge={VERIFIER}&code_challenge_method=plain");
        let mut browser = sign_in(
            &bench,
            "bob",
            &authorize(&bench, client, redirect, scope, &pkce),
        );
        browser.submit(&[("LoginOptions", "3")]);
        let tokens = body(&token(
            &bench,
            &[
                ("client_id", client),
                ("grant_type", "authorization_code"),
                ("code", &browser.answer("code").unwrap()),
                ("redirect_uri", redirect),
                ("code_verifier", VERIFIER),
                ("scope", scope),
            ],
        ));
        let access = text(&tokens, "access_token");
        assert_eq!(claims(access)["appid"], client);
        assert_eq!(tokens["foci"], "1", "members of the family");
        let group = "/subscriptions/{sub}/resourcegroups/by-powershell";
        assert_eq!(
            arm(
                &bench,
                access,
                "GET",
                "/subscriptions/{sub}/resourcegroups",
                ""
            )
            .status,
            200
        );
        let refused = arm(&bench, access, "PUT", group, r#"{"location":"westeurope"}"#);
        assert_eq!(refused.status, 401);
        // What Az PowerShell's parser takes: the first header, quoted values, and the base64url of the claims.
        let header = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(
            header.starts_with("Bearer ") && header.contains(", claims=\"eyJ"),
            "{header}"
        );
    }
}

/// `Connect-AzAccount -UseDeviceAuthentication` with the challenge.
#[test]
fn azure_powershell_steps_up_by_device_code() {
    let bench = Bench::at(AFTER_PHASE_2);
    let challenge = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;
    let begun = body(&bench.post_form(
        &format!("{LOGIN}/organizations/oauth2/v2.0/devicecode"),
        &[
            ("client_id", POWERSHELL),
            (
                "scope",
                "https://management.core.windows.net//.default offline_access openid profile",
            ),
            ("claims", challenge),
        ],
    ));
    let (name, password) = account(&bench, "alice");
    let mut browser = Browser::new(&bench);
    browser.get("https://login.microsoft.com/device");
    browser
        .submit(&[("otc", text(&begun, "user_code"))])
        .sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    super::pages::answer_prompt(
        &bench,
        entrasim_domain::sign_in::phone::PromptState::Approved,
    );
    browser
        .submit(&[])
        .submit(&[("LoginOptions", "3")])
        .submit(&[("ContinueAuth", "true")]);
    let tokens = body(&token(
        &bench,
        &[
            ("client_id", POWERSHELL),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", text(&begun, "device_code")),
            ("claims", challenge),
        ],
    ));
    let group = "/subscriptions/{sub}/resourcegroups/by-powershell";
    let written = arm(
        &bench,
        text(&tokens, "access_token"),
        "PUT",
        group,
        r#"{"location":"westeurope"}"#,
    );
    assert_eq!(written.status, 201);
}

const CALLBACK: &str = "https://own.example/cb";

fn web_code(bench: &Bench, browser: &Browser<'_>) -> serde_json::Value {
    body(&token(
        bench,
        &[
            ("client_id", OWN),
            ("client_secret", "own-secret"),
            ("grant_type", "authorization_code"),
            ("code", &browser.answer("code").unwrap()),
            ("redirect_uri", CALLBACK),
        ],
    ))
}

#[test]
fn a_web_app_gets_consent_once_calls_its_api_and_the_api_calls_on_behalf() {
    let bench = Bench::at(AFTER_PHASE_2);
    own_app(&bench, |_, _| {});
    let scope = format!("openid profile offline_access api://{API}/use");
    let url = authorize(&bench, OWN, CALLBACK, &scope, "");
    let mut browser = sign_in(&bench, "bob", &url);
    assert_eq!(browser.page(), "ConvergedConsent");
    assert!(browser.html.contains("use the API"), "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    let tokens = web_code(&bench, &browser);
    let for_api = claims(text(&tokens, "access_token"));
    assert_eq!(for_api["scp"], "use");
    assert_eq!(for_api["aud"], format!("api://{API}"));
    // The second time nobody is asked.
    browser.left = None;
    browser.get(&url);
    assert!(browser.answer("code").is_some());
    // Incremental: a further permission is asked for, and only then.
    browser.left = None;
    browser.get(&authorize(&bench, OWN, CALLBACK, "openid User.Read", ""));
    assert_eq!(browser.page(), "ConvergedConsent");
    browser.submit(&[("acceptConsent", "true")]);
    assert!(browser.answer("code").is_some());
    // The API itself has no consent for Graph yet.
    let on_behalf = |bench: &Bench| {
        token(
            bench,
            &[
                ("client_id", API),
                ("client_secret", "api-secret"),
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("requested_token_use", "on_behalf_of"),
                ("assertion", text(&tokens, "access_token")),
                ("scope", "https://graph.microsoft.com/User.Read"),
            ],
        )
    };
    let refused = on_behalf(&bench);
    assert_eq!(body(&refused)["error_codes"][0], 65001);
    assert_eq!(body(&refused)["suberror"], "consent_required");
    allow_api_on_graph(&bench);
    let graph = body(&on_behalf(&bench));
    let graph = text(&graph, "access_token");
    assert_eq!(claims(graph)["appid"], API);
    let me = bench.send(
        "GET",
        "https://graph.microsoft.com/v1.0/me",
        &[("authorization", &format!("Bearer {graph}"))],
        "",
    );
    assert!(text(&body(&me), "userPrincipalName").starts_with("bob@"));
}

#[test]
fn an_administrator_consents_for_everybody() {
    let bench = Bench::at(AFTER_PHASE_2);
    own_app(&bench, |app, _| {
        app.required_resource_access.push(RequiredResourceAccess {
            resource: API.parse().unwrap(),
            scopes: vec![PermissionId::from_u128(1), PermissionId::from_u128(2)],
            roles: vec![PermissionId::from_u128(9)],
        });
    });
    let url = format!(
        "{LOGIN}/{}/v2.0/adminconsent?client_id={OWN}&redirect_uri=https%3A%2F%2Fown.example%2Fcb&state=x&scope=api%3A%2F%2F{API}%2F.default",
        bench.tenant.id()
    );
    let refused = sign_in(&bench, "bob", &url);
    assert_eq!(refused.config()["iErrorCode"], 90094);
    let mut browser = sign_in(&bench, "breakglass1", &url);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    assert_eq!(browser.answer("admin_consent").as_deref(), Some("True"));
    assert_eq!(
        browser.answer("tenant"),
        Some(bench.tenant.id().to_string())
    );
    assert_eq!(browser.answer("state").as_deref(), Some("x"));
    // Now bob is not asked, and the app has its role.
    let scope = format!("openid api://{API}/admin");
    let mut bob = sign_in(&bench, "bob", &authorize(&bench, OWN, CALLBACK, &scope, ""));
    assert_eq!(bob.page(), "KmsiInterrupt", "{}", bob.html);
    bob.submit(&[("LoginOptions", "3")]);
    let robot = body(&token(
        &bench,
        &[
            ("client_id", OWN),
            ("client_secret", "own-secret"),
            ("grant_type", "client_credentials"),
            ("scope", &format!("api://{API}/.default")),
        ],
    ));
    assert_eq!(
        claims(text(&robot, "access_token"))["roles"],
        json!(["Robot"])
    );
    let mut browser = sign_in(&bench, "breakglass2", &url);
    browser.submit(&[("acceptConsent", "false")]);
    assert_eq!(browser.answer("error").as_deref(), Some("consent_required"));
    assert_eq!(browser.answer("admin_consent").as_deref(), Some("True"));
}

#[test]
fn hybrid_and_implicit_answers_go_where_no_log_sees_them() {
    let bench = Bench::at(AFTER_PHASE_2);
    own_app(&bench, implicit);
    let url = authorize(&bench, OWN, CALLBACK, "openid profile email", "&nonce=n")
        .replace("response_type=code", "response_type=code%20id_token");
    let mut browser = sign_in(&bench, "bob", &url);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    let token = claims(&browser.answer("id_token").unwrap());
    assert_eq!(token["nonce"], "n");
    assert!(token["c_hash"].is_string() && token["email"].is_string());
    assert!(browser.answer("code").is_some());
    browser.left = None;
    browser.get(&url.replace("code%20id_token", "id_token%20token"));
    let token = claims(&browser.answer("id_token").unwrap());
    assert!(token["at_hash"].is_string());
    let access = browser.answer("access_token").unwrap();
    let info = body(&bench.send(
        "GET",
        "https://graph.microsoft.com/oidc/userinfo",
        &[("authorization", &format!("Bearer {access}"))],
        "",
    ));
    assert_eq!(info["sub"], token["sub"]);
    assert_eq!(info["email"], token["email"]);
}

#[test]
fn signing_out_ends_the_session_tells_the_app_and_goes_on_to_its_address_only() {
    let bench = Bench::at(AFTER_PHASE_2);
    own_app(&bench, |app, _| {
        app.logout_uri = Some("https://own.example/out".to_owned());
    });
    let url = authorize(&bench, OWN, CALLBACK, "openid", "");
    let out = |uri: &str| {
        format!("{LOGIN}/common/oauth2/v2.0/logout?post_logout_redirect_uri={uri}&state=bye")
    };
    let mut browser = sign_in(&bench, "bob", &url);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "1")]);
    browser.left = None;
    browser.get(&out("https%3A%2F%2Fown.example%2Fcb"));
    assert!(
        browser.html.contains("You are signed out"),
        "{}",
        browser.html
    );
    assert!(
        browser.html.contains("https://own.example/out"),
        "the app is told"
    );
    assert!(browser.html.contains("https://own.example/cb?state=bye"));
    browser.get(&authorize(&bench, OWN, CALLBACK, "openid", "&prompt=none"));
    assert_eq!(browser.answer("error").as_deref(), Some("login_required"));
    browser.left = None;
    browser.get(&out("https%3A%2F%2Fevil.example%2F"));
    assert!(!browser.html.contains("evil.example"));
}

#[test]
fn the_v1_endpoints_sign_in_with_a_resource_instead_of_a_scope() {
    let bench = Bench::at(AFTER_PHASE_2);
    let url = format!(
        "{LOGIN}/common/oauth2/authorize?client_id={POWERSHELL}&response_type=code&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&resource=https%3A%2F%2Fmanagement.core.windows.net%2F&amr_values=mfa"
    );
    let mut browser = sign_in(&bench, "alice", &url);
    assert_eq!(browser.page(), "ConvergedTFA", "amr_values demands it");
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    super::pages::answer_prompt(
        &bench,
        entrasim_domain::sign_in::phone::PromptState::Approved,
    );
    browser.submit(&[]).submit(&[("LoginOptions", "3")]);
    let (address, _) = browser.left.as_ref().unwrap();
    assert_eq!(address, "urn:ietf:wg:oauth:2.0:oob");
    let tokens = body(&bench.post_form(
        &format!("{LOGIN}/common/oauth2/token"),
        &[
            ("client_id", POWERSHELL),
            ("grant_type", "authorization_code"),
            ("code", &browser.answer("code").unwrap()),
            ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
        ],
    ));
    assert_eq!(
        text(&tokens, "resource"),
        "https://management.core.windows.net/"
    );
    let access = claims(text(&tokens, "access_token"));
    assert_eq!(access["amr"], json!(["pwd", "mfa"]));
    assert!(
        claims(text(&tokens, "id_token"))["upn"]
            .as_str()
            .unwrap()
            .starts_with("alice@")
    );
}

#[test]
fn a_guest_signs_in_with_the_name_at_home() {
    let bench = Bench::at(AFTER_PHASE_2);
    let tenant = bench.tenant.read();
    let guest = tenant.users.by_home_name("pat@fabrikam.example").unwrap();
    let password = guest.password.as_ref().unwrap().value.to_string();
    let scope = "https://graph.microsoft.com/.default openid";
    let pkce = format!("&code_challenge={VERIFIER}&code_challenge_method=plain");
    let url = authorize(
        &bench,
        crate::support::AZURE_CLI,
        "http://localhost:1",
        scope,
        &pkce,
    );
    let mut browser = Browser::new(&bench);
    browser.get(&url).sign_in("pat@fabrikam.example", &password);
    browser.submit(&[("LoginOptions", "3")]);
    assert!(browser.answer("code").is_some());
}
