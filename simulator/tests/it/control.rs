//! The control API.

use crate::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, Bench};
use entrasim::surface::control;
use entrasim::wire::{Reply, Request, Scheme};
use entrasim_domain::time::Timestamp;
use http::{HeaderMap, Method};
use serde_json::{Value, json as j};

use crate::support::{ARM_SCOPE, arm, arm_token, json, password_token, text};

mod directory;

pub(crate) fn ask(bench: &Bench, method: &str, path: &str, body: &Value) -> Reply {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    control::answer(
        &bench.app,
        &Request {
            method: Method::try_from(method).unwrap(),
            scheme: Scheme::Http,
            authority: "localhost:8900".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: body.into(),
            arrived: Timestamp::UNIX_EPOCH,
            proxy_user: None,
        },
    )
}

const GROUP: &str = "/subscriptions/{sub}/resourcegroups/x";
const WEST: &str = r#"{"location":"westeurope"}"#;

#[test]
fn the_description_names_every_route_and_every_schema_it_refers_to() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let document = json(&ask(&bench, "GET", "/openapi.json", &Value::Null));
    for path in [
        "/tenants",
        "/tenants/{tenant}/fork",
        "/tenants/{tenant}/clock",
        "/journal/{request_id}",
        "/tenants/{tenant}/explain",
    ] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    let text = document.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[test]
fn phase_2_starts_and_is_postponed_while_a_client_holds_its_token() {
    let bench = Bench::at(AFTER_PHASE_2);
    let id = bench.tenant.id();
    let token = arm_token(&bench, "svc-deploy");
    let patch = |starts: Value, until: Value| {
        let body = j!({"phase2": {"starts": starts, "postponed_until": until}});
        ask(
            &bench,
            "PATCH",
            &format!("/tenants/{id}/enforcement"),
            &body,
        )
    };
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 401);
    assert_eq!(
        text(
            &json(&patch(j!("2025-10-01"), j!("2026-01-01")))["phase2"],
            "effective"
        ),
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 201);
    patch(Value::Null, Value::Null);
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 200);
    assert_eq!(
        patch(j!("2025-10-01"), j!("2027-01-01")).status,
        400,
        "no postponement beyond the limit"
    );
    assert_eq!(patch(j!("soon"), Value::Null).status, 400);
}

#[test]
fn clocks_move_and_bad_ones_are_refused() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let clock = format!("/tenants/{}/clock", bench.tenant.id());
    let moved = json(&ask(
        &bench,
        "POST",
        &format!("{clock}/advance"),
        &j!({"seconds": 3600}),
    ));
    assert_eq!(text(&moved, "now"), "2025-09-30T13:00:00Z");
    let running = json(&ask(
        &bench,
        "PUT",
        &clock,
        &j!({"mode": "system", "now": "2030-01-01"}),
    ));
    assert_eq!(text(&running, "now"), "2030-01-01T00:00:00Z");
    for bad in [
        j!({"mode": "manual"}),
        j!({"mode": "fast"}),
        j!({"mode": "manual", "now": "x"}),
        j!({"mode": "system", "hour": 1}),
    ] {
        assert_eq!(ask(&bench, "PUT", &clock, &bad).status, 400, "{bad}");
    }
}

#[test]
fn forks_snapshots_and_resets_leave_others_alone() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let id = bench.tenant.id();
    let token = arm_token(&bench, "svc-deploy");
    let kept = json(&ask(
        &bench,
        "POST",
        &format!("/tenants/{id}/snapshots"),
        &j!({"name": "clean"}),
    ));
    arm(&bench, &token, "PUT", GROUP, WEST);
    let fork = ask(&bench, "POST", &format!("/tenants/{id}/fork"), &Value::Null);
    assert_eq!(fork.status, 201);
    let fork = json(&fork);
    assert_ne!(text(&fork["tenant"], "id"), id.to_string());
    assert!(text(&fork["accounts"]["alice"], "upn").ends_with(text(&fork["tenant"], "domain")));
    let restore = format!("/tenants/{id}/snapshots/{}/restore", kept["id"]);
    assert_eq!(ask(&bench, "POST", &restore, &Value::Null).status, 200);
    assert_eq!(arm(&bench, &token, "HEAD", GROUP, "").status, 404);
    arm(&bench, &token, "PUT", GROUP, WEST);
    ask(
        &bench,
        "POST",
        &format!("/tenants/{id}/reset"),
        &Value::Null,
    );
    assert_eq!(arm(&bench, &token, "HEAD", GROUP, "").status, 404);
    let forked = text(&fork["tenant"], "id");
    let cell = bench.app.tenant(forked).unwrap();
    assert!(
        cell.read()
            .azure
            .resource_groups
            .keys()
            .any(|key| key.ends_with("/x")),
        "the fork has kept its group"
    );
    assert_eq!(
        ask(
            &bench,
            "DELETE",
            &format!("/tenants/{forked}"),
            &Value::Null
        )
        .status,
        204
    );
    assert_eq!(
        ask(&bench, "GET", &format!("/tenants/{forked}"), &Value::Null).status,
        404
    );
}

#[test]
fn the_journal_tells_the_decision_behind_an_answer() {
    let bench = Bench::at(AFTER_PHASE_2);
    let token = arm_token(&bench, "svc-deploy");
    let refused = arm(&bench, &token, "PUT", GROUP, WEST);
    let id = refused.headers["x-ms-request-id"].to_str().unwrap();
    let entry = json(&ask(&bench, "GET", &format!("/journal/{id}"), &Value::Null));
    assert_eq!(text(&entry["decision"], "rule"), "phase2.arm-write");
    assert_eq!(text(&entry["decision"], "challenge"), "p1");
    let list = json(&ask(&bench, "GET", "/journal?limit=1", &Value::Null));
    assert_eq!(list["value"].as_array().unwrap().len(), 1);
}

#[test]
fn explain_decides_as_the_surfaces_do() {
    let bench = Bench::at(AFTER_PHASE_2);
    let explain = |body: Value| {
        ask(
            &bench,
            "POST",
            "/tenants/contoso.onmicrosoft.com/explain",
            &body,
        )
    };
    let decision = |body: Value| json(&explain(body));
    let write = decision(j!({"user": "bob", "operation": "create-or-update"}));
    assert_eq!(
        (text(&write, "outcome"), text(&write, "code")),
        ("deny", "RequestDisallowedByAzure")
    );
    assert_eq!(
        text(
            &decision(j!({"user": "bob", "operation": "create-or-update", "at": "2025-09-30"})),
            "outcome"
        ),
        "grant"
    );
    assert_eq!(
        text(
            &decision(j!({"app": "deploy", "operation": "delete"})),
            "outcome"
        ),
        "grant"
    );
    let portal =
        decision(j!({"user": "breakglass1", "client": "azure-portal", "resource": "portal"}));
    assert_eq!(
        (text(&portal, "rule"), text(&portal, "code")),
        ("phase1.portal-sign-in", "AADSTS50079")
    );
    for bad in [
        j!({}),
        j!({"user": "nobody"}),
        j!({"user": "bob", "client": "x"}),
        j!({"user": "bob", "amr": ["magic"]}),
        j!({"user": "bob", "app": "deploy"}),
    ] {
        assert!(explain(bad.clone()).status.is_client_error(), "{bad}");
    }
}

#[test]
fn policies_take_effect_at_the_next_sign_in() {
    let bench = Bench::at(AFTER_PHASE_2);
    let path = format!("/tenants/{}/policies", bench.tenant.id());
    assert_eq!(password_token(&bench, "alice", ARM_SCOPE).status, 200);
    ask(&bench, "PATCH", &path, &j!({"security_defaults": true}));
    assert_eq!(password_token(&bench, "alice", ARM_SCOPE).status, 400);
    let graph = "https://graph.microsoft.com//.default openid";
    assert_eq!(
        password_token(&bench, "alice", graph).status,
        200,
        "security defaults ask members for Azure management only"
    );
    assert_eq!(password_token(&bench, "admin", graph).status, 400);
    ask(
        &bench,
        "PATCH",
        &path,
        &j!({"security_defaults": false, "per_user_mfa": {"alice": "enforced"}}),
    );
    assert_eq!(password_token(&bench, "alice", graph).status, 400);
}

#[test]
fn a_phone_is_answered_over_the_control_port_and_on_its_page() {
    use crate::testing::browser::Browser;
    let bench = Bench::at(AFTER_PHASE_2);
    super::sts::pages::security_defaults(&bench);
    let path = format!("/tenants/{}/users/alice/phone", bench.tenant.id());
    let (name, password) = crate::support::account(&bench, "alice");
    let wait = || {
        let mut browser = Browser::new(&bench);
        browser
            .get(&super::sts::pages::authorize_url(""))
            .sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
        let number: u32 = browser
            .html
            .split("DisplaySign\">")
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .and_then(|text| text.parse().ok())
            .unwrap();
        (browser, number)
    };
    let prompt = || {
        let phone = json(&ask(&bench, "GET", &path, &Value::Null));
        let prompts = phone["prompts"].as_array().unwrap().clone();
        let waiting = prompts.iter().find(|prompt| prompt["state"] == "pending");
        text(waiting.unwrap(), "id").to_owned()
    };
    let (mut browser, number) = wait();
    let answer = |body: Value| {
        ask(
            &bench,
            "POST",
            &format!("{path}/prompts/{}", prompt()),
            &body,
        )
    };
    let wrong = answer(j!({"action": "approve", "number": number + 1}));
    assert_eq!(wrong.status, 400, "the number has to match");
    assert_eq!(
        answer(j!({"action": "approve", "number": number})).status,
        200
    );
    browser.submit(&[]);
    assert_eq!(browser.page(), "KmsiInterrupt");
    // The same on the page that a student sees.
    let (mut browser, number) = wait();
    let page = format!("/phone/{}/alice", bench.tenant.id());
    let shown = ask(&bench, "GET", &page, &Value::Null);
    let html = String::from_utf8_lossy(&shown.body).into_owned();
    assert!(
        html.contains("Approve the sign-in?") && html.contains("Microsoft Azure CLI"),
        "{html}"
    );
    let pressed = control::answer(
        &bench.app,
        &Request {
            method: Method::POST,
            scheme: Scheme::Http,
            authority: "localhost:8900".to_owned(),
            path: page,
            query: String::new(),
            headers: HeaderMap::new(),
            body: format!("action=approve&prompt={}&number={number}", prompt()).into(),
            arrived: Timestamp::UNIX_EPOCH,
            proxy_user: None,
        },
    );
    assert_eq!(pressed.status, 303);
    browser.submit(&[]);
    assert_eq!(browser.page(), "KmsiInterrupt");
    // By itself.
    assert_eq!(
        ask(&bench, "PATCH", &path, &j!({"automatic": "deny"})).status,
        200
    );
    let (mut browser, _) = wait();
    browser.submit(&[]);
    assert!(browser.html.contains("not approved"));
}

#[test]
fn address_country_risk_methods_and_knobs_are_set_from_outside() {
    let bench = Bench::at(AFTER_PHASE_2);
    let path = format!("/tenants/{}/circumstances", bench.tenant.id());
    let change = j!({
        "address": "198.51.100.7", "country": "de", "users": {"bob": {"user_risk": "high", "sign_in_risk": "medium"}},
        "methods": {"temporaryAccessPass": true, "sms": false}, "knobs": {"p1_in_acrs_after_stepup": false, "amr_for_tap": "otp", "tap_delete_revokes_sessions": true, "description_separator": "line_break"},
    });
    let shown = json(&ask(&bench, "PATCH", &path, &change));
    assert_eq!(shown["country"], "DE");
    assert_eq!(
        shown["users"]["bob@contoso.onmicrosoft.com"]["user_risk"],
        "high"
    );
    assert_eq!(shown["methods"]["temporaryAccessPass"], true);
    assert_eq!(shown["methods"]["fido2"], true, "what is absent stays");
    assert_eq!(shown["knobs"]["p1_in_acrs_after_stepup"], false);
    assert_eq!(shown["knobs"]["amr_for_tap"], "otp");
    assert_eq!(shown["knobs"]["tap_delete_revokes_sessions"], true);
    assert_eq!(shown["knobs"]["description_separator"], "line_break");
    let token = arm_token(&bench, "alice");
    assert_eq!(crate::support::claims(&token)["ipaddr"], "198.51.100.7");
    let change = j!({
        "platform": "windows", "trusts_home_mfa": true, "users": {"pat_fabrikam.example#EXT#": {"home_mfa": true}},
    });
    let shown = json(&ask(&bench, "PATCH", &path, &change));
    assert_eq!(shown["platform"], "windows");
    assert_eq!(shown["trusts_home_mfa"], true);
    assert_eq!(
        shown["users"]["pat_fabrikam.example#EXT#@contoso.onmicrosoft.com"]["home_mfa"],
        true
    );
    let guest = arm_token(&bench, "pat_fabrikam.example#EXT#");
    assert_eq!(crate::support::claims(&guest)["amr"], j!(["pwd", "mfa"]));
    let shown = json(&ask(&bench, "PATCH", &path, &j!({"platform": null})));
    assert_eq!(shown["platform"], Value::Null);
    assert_eq!(
        shown["password_reset"]["groups"],
        j!([]),
        "it is for nobody"
    );
    let reset = |wish: Value| json(&ask(&bench, "PATCH", &path, &j!({"password_reset": wish})));
    let shown = reset(j!({"everyone": true, "methods_required": 2}));
    assert_eq!(
        shown["password_reset"],
        j!({"everyone": true, "groups": null, "methods_required": 2})
    );
    let group = bench
        .tenant
        .read()
        .groups
        .keys()
        .next()
        .unwrap()
        .to_string();
    let shown = reset(j!({"groups": [group]}));
    assert_eq!(
        shown["password_reset"],
        j!({"everyone": false, "groups": [group], "methods_required": 2})
    );
    for wrong in [
        j!({"password_reset": {"methods_required": 3}}),
        j!({"password_reset": {"groups": ["x"]}}),
        j!({"password_reset": {"everyone": true, "groups": []}}),
        j!({"platform": "toaster"}),
        j!({"users": {"bob": {"home_mfa": true}}}),
        j!({"address": "here"}),
        j!({"country": "Germany"}),
        j!({"methods": {"telepathy": true}}),
        j!({"users": {"nobody": {}}}),
        j!({"weather": "rain"}),
    ] {
        assert!(
            ask(&bench, "PATCH", &path, &wrong).status.is_client_error(),
            "{wrong}"
        );
    }
}
