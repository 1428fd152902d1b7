//! The phone on the control port, as an API and as a page.

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::surface::control;
use entrasim::wire::{Reply, Request, Scheme};
use entrasim_domain::time::Timestamp;
use http::{HeaderMap, Method};
use serde_json::{Value, json as j};

use crate::control::ask;
use crate::sts::pages::{authorize_url, security_defaults};
use crate::support::{account, json, text};

fn press(bench: &Bench, user: &str, fields: &str) -> Reply {
    control::answer(
        &bench.app,
        &Request {
            method: Method::POST,
            scheme: Scheme::Http,
            authority: "localhost:8900".to_owned(),
            path: format!("/phone/{}/{user}", bench.tenant.id()),
            query: String::new(),
            headers: HeaderMap::new(),
            body: fields.to_owned().into(),
            arrived: Timestamp::UNIX_EPOCH,
            proxy_user: None,
        },
    )
}

fn page(bench: &Bench, user: &str) -> (u16, String) {
    let shown = ask(
        bench,
        "GET",
        &format!("/phone/{}/{user}", bench.tenant.id()),
        &Value::Null,
    );
    let html = String::from_utf8_lossy(&shown.body).into_owned();
    (shown.status.as_u16(), html)
}

fn phone(bench: &Bench) -> String {
    format!("/tenants/{}/users/alice/phone", bench.tenant.id())
}

/// Alice at number matching.
fn waiting(bench: &Bench) -> Browser<'_> {
    security_defaults(bench);
    let (name, password) = account(bench, "alice");
    let mut browser = Browser::new(bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    browser
}

#[test]
fn enter_in_the_number_box_approves() {
    let bench = Bench::at(AFTER_PHASE_2);
    waiting(&bench);
    let (_, html) = page(&bench, "alice");
    let form = html.split("<form ").nth(1).unwrap();
    let first = form.split("name=\"action\" value=\"").nth(1).unwrap();
    assert!(first.starts_with("approve\""), "{form}");
}

#[test]
fn a_wrong_number_or_an_old_prompt_is_said_on_the_page() {
    let bench = Bench::at(AFTER_PHASE_2);
    let mut browser = waiting(&bench);
    let state = json(&ask(&bench, "GET", &phone(&bench), &Value::Null));
    let prompt = text(&state["prompts"][0], "id").to_owned();
    let said = |fields: &str| {
        let reply = press(&bench, "alice", fields);
        assert_eq!(reply.status, 200);
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    for (number, words) in [("7", "7 is not the number"), ("", "Type the number")] {
        let html = said(&format!("action=approve&prompt={prompt}&number={number}"));
        assert!(
            html.contains("role=\"alert\"") && html.contains(words),
            "{html}"
        );
        assert!(html.contains("aria-invalid"), "it can be tried again");
    }
    bench.set_clock("2025-10-02T12:01:00Z");
    let html = said(&format!("action=deny&prompt={prompt}"));
    assert!(html.contains("over or answered"), "{html}");
    browser.submit(&[]);
    assert!(browser.html.contains("not approved in time"));
    let (status, html) = page(&bench, "nobody");
    assert_eq!(status, 404);
    assert!(html.contains("<h1>"), "{html}");
}

#[test]
fn two_prompts_have_boxes_of_their_own() {
    let bench = Bench::at(AFTER_PHASE_2);
    waiting(&bench);
    waiting(&bench);
    let (_, html) = page(&bench, "alice");
    for id in ["number-1", "number-2", "approve-1", "approve-2"] {
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    assert_eq!(html.matches(" autofocus").count(), 1);
}

#[test]
fn the_secrets_of_one_time_codes_are_told() {
    let bench = Bench::at(AFTER_PHASE_2);
    let state = json(&ask(&bench, "GET", &phone(&bench), &Value::Null));
    let codes = state["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 2);
    for code in codes {
        let secret = text(code, "secret");
        assert_eq!(secret.len(), 32);
        assert_eq!(
            text(code, "uri"),
            format!(
                "otpauth://totp/entrasim:alice@contoso.onmicrosoft.com?secret={secret}&issuer=entrasim"
            )
        );
        assert!(page(&bench, "alice").1.contains(secret));
    }
}

#[test]
fn sign_in_without_a_password_is_switched_on_the_phone() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (name, _) = account(&bench, "alice");
    let asks_for_password = || {
        let mut browser = Browser::new(&bench);
        browser
            .get(&authorize_url(""))
            .submit(&[("loginfmt", &name)]);
        browser.html.contains("name=\"passwd\"")
    };
    let state = json(&ask(&bench, "GET", &phone(&bench), &Value::Null));
    assert_eq!(state["phone_sign_in"], false);
    assert!(asks_for_password());
    ask(
        &bench,
        "PATCH",
        &phone(&bench),
        &j!({"automatic": "approve"}),
    );
    let on = ask(
        &bench,
        "PATCH",
        &phone(&bench),
        &j!({"phone_sign_in": true}),
    );
    assert_eq!(json(&on)["phone_sign_in"], true);
    assert_eq!(json(&on)["automatic"], "approve", "what is absent stays");
    assert!(!asks_for_password());
    assert_eq!(
        press(&bench, "alice", "action=passwordless-off").status,
        303
    );
    assert!(asks_for_password());
    let bob = phone(&bench).replace("alice", "bob");
    let refused = ask(&bench, "PATCH", &bob, &j!({"phone_sign_in": true}));
    assert_eq!(refused.status, 409);
}
