//! Flow × state for Azure management: what the mandate does to each way of signing in, and what a rule at sign-in does.
//!
//! One row a line of the table; the columns are "Phase 2 alone" and "security defaults, per-user MFA or Conditional Access".

use std::sync::Arc;

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use entrasim_domain::directory::user::PerUserMfa;
use entrasim_domain::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, GrantControl, GrantControls,
};
use entrasim_domain::sign_in::phone::Reaction;
use serde_json::{Value, json};
use uuid::Uuid;

use super::pages::{authorize_url, change_user, redeem, security_defaults};
use crate::support::{
    ARM_SCOPE, AZURE_CLI, account, claims, json as body, password_token, text, token,
};

const P1: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

/// The rules that ask at sign-in.
const RULES: [&str; 3] = ["security-defaults", "per-user-mfa", "conditional-access"];

fn bench(rule: Option<&str>) -> Bench {
    let bench = Bench::at(AFTER_PHASE_2);
    if let Some(rule) = rule {
        switch_on(&bench, rule);
    }
    bench
        .tenant
        .write(|tenant| {
            let alice = tenant.users.by_local_part("alice", 0).unwrap().id;
            tenant.sign_in.reactions.insert(alice, Reaction::Approve);
            Ok::<(), ()>(())
        })
        .unwrap();
    bench
}

fn switch_on(bench: &Bench, rule: &str) {
    match rule {
        "security-defaults" => security_defaults(bench),
        "per-user-mfa" => {
            for name in ["alice", "bob"] {
                change_user(bench, name, |user| {
                    user.per_user_mfa = PerUserMfa::Enforced;
                });
            }
        }
        _ => conditional_access(bench),
    }
}

fn conditional_access(bench: &Bench) {
    bench
        .tenant
        .write(|tenant| {
            let mut policy = ConditionalAccessPolicy::new(
                Uuid::from_u128(0xca),
                "MFA for Azure management",
                tenant.created,
            );
            policy.conditions.users.include.all = true;
            policy.conditions.applications.include = vec![ApplicationRef::App(
                entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER,
            )];
            policy.grant = Some(GrantControls {
                controls: vec![GrantControl::Mfa],
                ..GrantControls::default()
            });
            tenant
                .conditional_access
                .policies
                .insert(policy.id, Arc::new(policy));
            Ok::<(), ()>(())
        })
        .unwrap();
}

fn arm(bench: &Bench, method: &str, token: &str) -> Reply {
    let content = match method {
        "PUT" => r#"{"location":"westeurope"}"#,
        "PATCH" => r#"{"tags":{"by":"truth"}}"#,
        _ => "",
    };
    crate::support::arm(
        bench,
        token,
        method,
        "/subscriptions/{sub}/resourcegroups/truth",
        content,
    )
}

/// Whether a token changes resources. All verbs agree: where it does not, each is refused with the challenge for p1, and
/// reading goes on.
fn writes(bench: &Bench, tokens: &Value) -> bool {
    let access = text(tokens, "access_token");
    assert_ne!(arm(bench, "GET", access).status, 401, "reads go on");
    let replies: Vec<Reply> = ["PUT", "PATCH", "DELETE"]
        .iter()
        .map(|verb| arm(bench, verb, access))
        .collect();
    let refused = replies.iter().filter(|reply| reply.status == 401);
    for reply in refused.clone() {
        let challenge = reply.headers["www-authenticate"].to_str().unwrap();
        let (_, claims) = challenge.split_once("claims=\"").expect(challenge);
        let claims = claims.split('"').next().unwrap();
        let claims = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims, serde_json::from_str::<Value>(P1).unwrap());
    }
    match refused.count() {
        0 => {
            assert!(
                replies.iter().all(|reply| reply.status.is_success()),
                "{:?}",
                replies.iter().map(|reply| reply.status).collect::<Vec<_>>()
            );
            true
        }
        3 => false,
        some => unreachable!("{some} of three verbs are refused"),
    }
}

/// An access token from before the rule.
fn one_factor(user: &str) -> (Bench, Value) {
    let bench = bench(None);
    let reply = password_token(&bench, user, ARM_SCOPE);
    assert_eq!(reply.status, 200);
    (bench, body(&reply))
}

fn code(reply: &Reply) -> Value {
    body(reply)["error_codes"][0].clone()
}

fn refresh(bench: &Bench, tokens: &Value, more: &[(&str, &str)]) -> Reply {
    let mut fields = vec![
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(tokens, "refresh_token")),
        ("scope", ARM_SCOPE),
    ];
    fields.extend_from_slice(more);
    token(bench, &fields)
}

/// Signs alice in on the pages, with whatever they ask for.
fn in_browser<'a>(bench: &'a Bench, more: &str) -> (Browser<'a>, bool) {
    let (name, password) = account(bench, "alice");
    let mut browser = Browser::new(bench);
    browser.get(&authorize_url(more)).sign_in(&name, &password);
    let challenged = browser.page() == "ConvergedTFA";
    if challenged {
        browser
            .submit(&[("mfaAuthMethod", "PhoneAppNotification")])
            .submit(&[]);
    }
    browser.submit(&[("LoginOptions", "3")]);
    (browser, challenged)
}

/// The same for a device.
fn by_device(bench: &Bench, more: &[(&str, &str)]) -> (Value, bool) {
    let mut fields = vec![("client_id", AZURE_CLI), ("scope", ARM_SCOPE)];
    fields.extend_from_slice(more);
    let begun = body(&bench.post_form(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode",
        &fields,
    ));
    let (name, password) = account(bench, "alice");
    let mut browser = Browser::new(bench);
    browser.get("https://login.microsoft.com/device");
    browser
        .submit(&[("otc", text(&begun, "user_code"))])
        .sign_in(&name, &password);
    let challenged = browser.page() == "ConvergedTFA";
    if challenged {
        browser
            .submit(&[("mfaAuthMethod", "PhoneAppNotification")])
            .submit(&[]);
    }
    browser
        .submit(&[("LoginOptions", "3")])
        .submit(&[("ContinueAuth", "true")]);
    let tokens = body(&token(
        bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", text(&begun, "device_code")),
        ],
    ));
    (tokens, challenged)
}

#[test]
fn a_password_sent_by_the_client_reads_and_does_not_write() {
    let (bench, tokens) = one_factor("bob");
    assert_eq!(claims(text(&tokens, "access_token"))["amr"], json!(["pwd"]));
    assert!(!writes(&bench, &tokens));
}

#[test]
fn a_password_sent_by_the_client_fails_where_a_rule_asks() {
    for rule in RULES {
        let bench = bench(Some(rule));
        for (user, number) in [("alice", 50076), ("bob", 50079)] {
            let reply = password_token(&bench, user, ARM_SCOPE);
            assert_eq!(reply.status, 400);
            assert_eq!(code(&reply), number, "{rule}");
            let answer = body(&reply);
            assert_eq!(answer["suberror"], "basic_action");
            assert_eq!(answer["error"], "invalid_grant");
            let challenge = answer["claims"].as_str().unwrap_or_default();
            assert_eq!(
                challenge.contains("capolids"),
                rule == "conditional-access",
                "{rule}"
            );
        }
    }
}

#[test]
fn a_device_code_without_claims_gets_one_factor_and_does_not_write() {
    let bench = bench(None);
    let (tokens, challenged) = by_device(&bench, &[]);
    assert!(!challenged);
    assert!(!writes(&bench, &tokens));
}

#[test]
fn a_device_code_is_challenged_in_the_browser_where_a_rule_asks() {
    for rule in RULES {
        let bench = bench(Some(rule));
        let (tokens, challenged) = by_device(&bench, &[]);
        assert!(challenged, "{rule}");
        assert_eq!(
            claims(text(&tokens, "access_token"))["amr"],
            json!(["pwd", "mfa"])
        );
        assert!(writes(&bench, &tokens));
    }
}

#[test]
fn a_device_code_with_the_challenge_is_challenged_and_writes() {
    for rule in [None].into_iter().chain(RULES.map(Some)) {
        let bench = bench(rule);
        let (tokens, challenged) = by_device(&bench, &[("claims", P1)]);
        assert!(challenged);
        assert!(writes(&bench, &tokens));
    }
}

#[test]
fn a_code_without_claims_has_mfa_only_if_the_session_has() {
    let bench = bench(None);
    let (browser, challenged) = in_browser(&bench, "");
    assert!(!challenged);
    assert!(!writes(&bench, &redeem(&bench, &browser)));
    // A session that has passed it hands it on.
    let encoded = "%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22p1%22%5D%7D%7D%7D";
    let (mut browser, challenged) = in_browser(&bench, &format!("&claims={encoded}"));
    assert!(challenged);
    browser.left = None;
    browser.get(&authorize_url(""));
    assert!(writes(&bench, &redeem(&bench, &browser)));
}

#[test]
fn a_code_is_challenged_where_a_rule_asks() {
    for rule in RULES {
        let bench = bench(Some(rule));
        let (browser, challenged) = in_browser(&bench, "");
        assert!(challenged, "{rule}");
        assert!(writes(&bench, &redeem(&bench, &browser)));
    }
}

#[test]
fn a_refresh_without_claims_keeps_the_original_sign_in() {
    let (bench, tokens) = one_factor("alice");
    let again = refresh(&bench, &tokens, &[]);
    assert_eq!(again.status, 200);
    let again = body(&again);
    assert_eq!(claims(text(&again, "access_token"))["amr"], json!(["pwd"]));
    assert!(!writes(&bench, &again));
}

#[test]
fn a_refresh_fails_where_a_rule_asks() {
    for rule in RULES {
        for (user, number) in [("alice", 50076), ("bob", 50079)] {
            for more in [&[][..], &[("claims", P1)]] {
                let (bench, tokens) = one_factor(user);
                switch_on(&bench, rule);
                let refused = refresh(&bench, &tokens, more);
                assert_eq!(code(&refused), number, "{rule} {user} {more:?}");
                let answer = body(&refused);
                assert_eq!(answer["suberror"], "basic_action");
                assert_eq!(
                    answer["claims"]
                        .as_str()
                        .unwrap_or_default()
                        .contains("capolids"),
                    rule == "conditional-access",
                    "{rule} {user} {more:?}: {answer}"
                );
            }
        }
    }
}

#[test]
fn a_refresh_with_the_challenge_cannot_step_up_silently() {
    for (user, number) in [("alice", 50076), ("bob", 50079)] {
        let (bench, tokens) = one_factor(user);
        assert_eq!(code(&refresh(&bench, &tokens, &[("claims", P1)])), number);
    }
}

#[test]
fn a_cached_token_without_mfa_reads_until_it_expires_and_a_rule_at_sign_in_does_not_reach_it() {
    for rule in RULES {
        let bench = Bench::at("2025-09-30T23:59:00Z");
        let tokens = body(&password_token(&bench, "bob", ARM_SCOPE));
        assert!(writes(&bench, &tokens), "before the date");
        switch_on(&bench, rule);
        assert!(
            writes(&bench, &tokens),
            "no event reaches the token: {rule}"
        );
        bench.set_clock("2025-10-01T00:10:00Z");
        assert!(!writes(&bench, &tokens), "from the date on: {rule}");
    }
}

#[test]
fn a_cached_token_with_mfa_is_unaffected() {
    for rule in RULES {
        let bench = bench(Some(rule));
        let (browser, _) = in_browser(&bench, "");
        let tokens = redeem(&bench, &browser);
        assert!(writes(&bench, &tokens), "{rule}");
        bench.set_clock("2025-10-02T12:30:00Z");
        assert!(writes(&bench, &tokens), "{rule}");
    }
}

#[test]
fn workloads_are_unaffected() {
    for rule in [None].into_iter().chain(RULES.map(Some)) {
        let bench = bench(rule);
        let tenant = bench.tenant.read();
        let deploy = tenant
            .applications
            .values()
            .find(|app| app.display_name == "deploy")
            .unwrap();
        let tokens = body(&token(
            &bench,
            &[
                ("client_id", &deploy.app_id.to_string()),
                ("client_secret", &deploy.secrets[0].value),
                ("grant_type", "client_credentials"),
                ("scope", "https://management.azure.com/.default"),
            ],
        ));
        assert_eq!(claims(text(&tokens, "access_token"))["idtyp"], "app");
        assert!(writes(&bench, &tokens));
        let identity = body(&bench.send(
            "GET",
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/",
            &[("metadata", "true")],
            "",
        ));
        assert!(writes(&bench, &identity));
    }
}
