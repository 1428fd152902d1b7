//! For tests: a web app that signs people in and calls an API, which calls Graph on their behalf.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim::wire::Reply;
use entrasim_domain::credential::method::{MethodKind, TemporaryAccessPass};
use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::Value;

use super::catalogue::{API, OWN};
use super::pages::{add_method, allow};
use crate::support::{AZURE_CLI, account, json, text, token};

pub(crate) const LOGIN: &str = "https://login.microsoftonline.com";
pub(crate) const CALLBACK: &str = "https://own.example/cb";
pub(crate) const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;

/// Somebody signed in to the web app, which has its tokens for the API.
pub(crate) struct Web<'a> {
    pub browser: Browser<'a>,
    pub tokens: Value,
    /// Signs in again.
    pub url: String,
}

pub(crate) fn web_url(bench: &Bench) -> String {
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
pub(crate) fn finish_web<'a>(bench: &'a Bench, mut browser: Browser<'a>, stay: &str) -> Web<'a> {
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
            let grant = DelegatedGrant::new(
                "g".to_owned(),
                id(API),
                id("00000003-0000-0000-c000-000000000000"),
                None,
                vec!["User.Read".to_owned()],
            );
            let note = entrasim_domain::tenant::changes::Note::by_service(tenant.created);
            tenant.put_grant(grant, &note)
        })
        .unwrap();
}

/// A pass of twenty minutes.
pub(crate) fn give_pass(bench: &Bench, user: &str) {
    add_method(
        bench,
        user,
        MethodKind::TemporaryAccessPass(TemporaryAccessPass {
            value: "PASSPASS".into(),
            start: super::pages::now(),
            lifetime: core::time::Duration::from_secs(1_200),
            once: false,
            used: None,
        }),
    );
    allow(bench, MethodName::TemporaryAccessPass);
}
