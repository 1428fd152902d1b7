//! How people sign in, counted: by day and factor, and by method.

use serde_json::{Value, json};

use super::{BETA, SCOPE, refused, without_licences};
use crate::graph::client::App;
use crate::sts::pages::{add_method, authorize_url, phone, redeem, security_defaults};
use crate::support::{ARM_SCOPE, account, password_token, text};
use crate::testing::browser::Browser;

const DAYS: &str = "/reports/authenticationMethods/userMfaSignInSummary";
const METHODS: &str = "/reports/authenticationMethods/userSignInsByAuthMethodSummary";

fn beta(path: &str) -> String {
    format!("{BETA}{path}")
}

fn by_method(app: &App, period: &str) -> Vec<(String, u64)> {
    let answer = app.get(&beta(&format!("{METHODS}(period='{period}')")));
    let rows = answer["value"].as_array().unwrap().iter();
    rows.map(|row| {
        let count = row["successActivityCount"].as_u64().unwrap();
        (text(row, "authenticationMethod").to_owned(), count)
    })
    .filter(|(_, count)| *count > 0)
    .collect()
}

fn days(app: &App) -> Vec<(String, [u64; 3])> {
    let answer = app.get(&beta(DAYS));
    let rows = answer["value"].as_array().unwrap().iter();
    rows.map(|row| {
        let counts = ["totalSignIns", "singleFactorSignIns", "multiFactorSignIns"];
        (
            text(row, "createdDateTime").to_owned(),
            counts.map(|name| row[name].as_u64().unwrap()),
        )
    })
    .collect()
}

/// Signs alice in on the pages with a text message, which security defaults ask for.
fn with_a_text(app: &App) {
    let (name, password) = account(&app.bench, "alice");
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    let sms = "OneWaySMS";
    browser.submit_form(&format!("value=\"{sms}\""), &[("mfaAuthMethod", sms)]);
    let code = {
        let tenant = app.bench.tenant.read();
        let sent = tenant.sign_in.messages.last().unwrap();
        sent.code.clone().unwrap()
    };
    browser.submit(&[("otc", &code)]);
    browser.submit(&[("LoginOptions", "3")]);
    redeem(&app.bench, &browser);
}

#[test]
fn sign_ins_are_counted_by_day_and_by_method() {
    let mut app = App::new();
    let at = |app: &mut App, clock: &str| {
        app.bench.set_clock(clock);
        app.becomes("admin", SCOPE);
    };
    at(&mut app, "2025-11-01T23:00:00Z");
    assert_eq!(days(&app), []);
    assert_eq!(by_method(&app, "d30"), []);
    assert_eq!(password_token(&app.bench, "bob", ARM_SCOPE).status, 200);
    assert_eq!(password_token(&app.bench, "alice", ARM_SCOPE).status, 200);
    at(&mut app, "2025-11-02T01:00:00Z");
    security_defaults(&app.bench);
    add_method(&app.bench, "alice", phone());
    // Refused: it counts for nothing.
    assert_ne!(password_token(&app.bench, "alice", ARM_SCOPE).status, 200);
    with_a_text(&app);
    assert_eq!(
        days(&app),
        [
            ("2025-11-02T00:00:00Z".to_owned(), [1, 0, 1]),
            ("2025-11-01T00:00:00Z".to_owned(), [2, 2, 0]),
        ]
    );
    let sum = |password, sms| {
        let of = |name: &str, count| (name.to_owned(), count);
        if sms == 0 {
            vec![of("password", password)]
        } else {
            vec![of("password", password), of("sms", sms)]
        }
    };
    assert_eq!(by_method(&app, "d1"), sum(3, 1));
    at(&mut app, "2025-11-02T23:30:00Z");
    assert_eq!(by_method(&app, "d1"), sum(1, 1));
    assert_eq!(by_method(&app, "D7"), sum(3, 1));
    at(&mut app, "2025-12-01T23:59:00Z");
    assert_eq!(by_method(&app, "d7"), []);
    assert_eq!(days(&app).len(), 1);
    at(&mut app, "2026-01-01T00:00:00Z");
    assert_eq!(by_method(&app, "d30"), []);
}

#[test]
fn a_day_is_read_by_its_id_and_options_are_refused_by_name() {
    let mut app = App::new();
    app.becomes("admin", SCOPE);
    password_token(&app.bench, "bob", ARM_SCOPE);
    let list = app.get(&beta(DAYS));
    let day = &list["value"][0];
    let one = app.get(&beta(&format!("{DAYS}/{}", text(day, "id"))));
    assert_eq!(one["totalSignIns"], 1);
    assert_eq!(
        app.get(&beta(DAYS))["value"][0]["id"],
        day["id"],
        "the id of a day stays"
    );
    let count = app.send("GET", &beta(&format!("{DAYS}/$count")), &[], "");
    assert_eq!(count.body, b"1".as_slice());
    refused(&app, &beta(&format!("{DAYS}/x")), 404);
    refused(
        &app,
        &beta(&format!("{DAYS}?$filter=totalSignIns%20gt%201")),
        501,
    );
    // Not in v1.0.
    refused(&app, DAYS, 400);
}

#[test]
fn a_period_is_one_of_three_and_a_licence_is_needed() {
    let mut app = App::new();
    app.becomes("admin", SCOPE);
    for period in ["(period='d2')", "(period='')", "(days='d1')", "()", ""] {
        let answer = app.write("GET", &beta(&format!("{METHODS}{period}")), &json!({}), 400);
        assert_eq!(text(&answer["error"], "code"), "BadRequest", "{period}");
    }
    without_licences(&app);
    for path in [DAYS, &format!("{METHODS}(period='d1')")] {
        let answer: Value = app.write("GET", &beta(path), &json!({}), 403);
        assert_eq!(
            text(&answer["error"], "code"),
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        );
    }
}
