//! The sign-in log: a row for every attempt, and what it says.

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use crate::sts::pages::{authorize_url, redeem, redeem_code};
use crate::support::{
    ARM_SCOPE, AZURE_CLI, aadsts, account, app_token, deploy, json as body, password_token, text,
    token,
};

const CLI: &str = "Microsoft Azure CLI";

/// The rows that a filter finds, the newest first.
pub(super) fn rows(bench: &Bench, version: &str, filter: &str) -> Value {
    let reader = super::token(bench);
    let url = format!("https://graph.microsoft.com/{version}/auditLogs/signIns?$filter={filter}");
    let authorization = format!("Bearer {reader}");
    let reply = bench.send("GET", &url, &[("authorization", &authorization)], "");
    assert_eq!(reply.status, 200, "{}", body(&reply));
    body(&reply)["value"].clone()
}

fn of_kind(bench: &Bench, kind: &str) -> Value {
    let filter = format!("signInEventTypes/any(t:t%20eq%20'{kind}')");
    rows(bench, "beta", &filter)
}

#[test]
fn every_grant_that_fails_has_a_row_of_its_own() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (name, _) = account(&bench, "bob");
    let ropc = |username: &str, password: &str| {
        token(
            &bench,
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "password"),
                ("username", username),
                ("password", password),
                ("scope", ARM_SCOPE),
            ],
        )
    };
    assert_eq!(aadsts(&ropc(&name, "wrong")), 50126);
    let row = rows(&bench, "v1.0", "status/errorCode%20eq%2050126")[0].clone();
    assert_eq!(row["userPrincipalName"], json!(name.to_lowercase()));
    assert_eq!(row["appDisplayName"], CLI);
    assert_eq!(row["ipAddress"], "127.0.0.1");
    assert_eq!(row["clientAppUsed"], "Mobile Apps and Desktop clients");
    assert!(row["resourceDisplayName"].is_string(), "{row}");
    let reason = row["status"]["failureReason"].as_str().unwrap();
    assert!(!reason.is_empty() && !reason.contains("AADSTS"), "{reason}");
    let stranger = name.replace("bob@", "nobody@");
    assert_eq!(aadsts(&ropc(&stranger, "x")), 50034);
    let row = rows(&bench, "v1.0", "status/errorCode%20eq%2050034")[0].clone();
    assert_eq!(row["userPrincipalName"], json!(stranger));
    assert_eq!(row["userId"], "00000000-0000-0000-0000-000000000000");
    for attempt in 0..12 {
        ropc(&name, &format!("wrong {attempt}"));
    }
    let locked = rows(&bench, "v1.0", "status/errorCode%20eq%2050053");
    assert!(!locked.as_array().unwrap().is_empty());
    let (id, _) = deploy(&bench);
    let wrong = token(
        &bench,
        &[
            ("client_id", &id),
            ("client_secret", "wrong"),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ],
    );
    let number = aadsts(&wrong);
    let row = &of_kind(&bench, "servicePrincipal")[1];
    assert_eq!(row["status"]["errorCode"], json!(number), "{row}");
    assert_eq!(row["servicePrincipalName"], "deploy");
}

#[test]
fn a_code_or_a_refresh_token_that_is_refused_has_a_row_with_its_user() {
    let bench = Bench::at(AFTER_PHASE_2);
    let first = body(&password_token(&bench, "bob", ARM_SCOPE));
    bench.set_clock("2026-03-02T12:00:00Z");
    let stale = token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&first, "refresh_token")),
            ("scope", ARM_SCOPE),
        ],
    );
    assert_eq!(aadsts(&stale), 700_082);
    let row = of_kind(&bench, "nonInteractiveUser")[0].clone();
    assert_eq!(row["status"]["errorCode"], 700_082);
    assert!(text(&row, "userPrincipalName").starts_with("bob@"), "{row}");
    assert_eq!(row["appDisplayName"], CLI);
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    browser.sign_in(&name, &password);
    browser.submit(&[]);
    let code = browser.answer("code").expect("a code");
    redeem(&bench, &browser);
    let again = redeem_code(&bench, &code, &[]);
    assert_eq!(aadsts(&again), 54005);
    let row = of_kind(&bench, "nonInteractiveUser")[0].clone();
    assert_eq!(row["status"]["errorCode"], 54005);
    assert!(text(&row, "userPrincipalName").starts_with("bob@"), "{row}");
}

#[test]
fn a_wrong_password_on_the_pages_has_a_row_with_the_app_and_the_address() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (name, _) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    browser.sign_in(&name, "wrong");
    let row = rows(&bench, "v1.0", "status/errorCode%20eq%2050126")[0].clone();
    assert_eq!(row["appDisplayName"], CLI);
    assert_eq!(row["ipAddress"], "127.0.0.1");
    assert!(row["resourceDisplayName"].is_string(), "{row}");
    assert_eq!(row["isInteractive"], true);
    let row = rows(&bench, "beta", "status/errorCode%20eq%2050126")[0].clone();
    assert_eq!(row["authenticationDetails"][0]["succeeded"], false);
}

#[test]
fn version_1_lists_interactive_sign_ins_and_beta_the_kinds_that_the_filter_names() {
    let bench = Bench::at(AFTER_PHASE_2);
    password_token(&bench, "bob", ARM_SCOPE);
    app_token(&bench, ARM_SCOPE.split(' ').next().unwrap());
    let kinds = |rows: Value| -> Vec<Value> {
        let rows = rows.as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["isInteractive"].clone())
            .collect()
    };
    let since = "createdDateTime%20ge%202020-01-01";
    for version in ["v1.0", "beta"] {
        let listed = kinds(rows(&bench, version, since));
        assert_eq!(listed, [json!(true)], "{version}");
    }
    assert!(kinds(of_kind(&bench, "servicePrincipal")).len() >= 2);
    let reader = super::token(&bench);
    let authorization = format!("Bearer {reader}");
    for (version, property, status) in [
        ("v1.0", "riskState", 200),
        ("v1.0", "signInEventTypes", 400),
        ("beta", "signInEventTypes", 200),
        ("beta", "userType", 200),
        ("beta", "mfaDetail", 501),
        ("beta", "weather", 400),
    ] {
        let url =
            format!("https://graph.microsoft.com/{version}/auditLogs/signIns?$select={property}");
        let reply = bench.send("GET", &url, &[("authorization", &authorization)], "");
        assert_eq!(reply.status, status, "{version} {property}");
    }
}

#[test]
fn a_row_tells_what_was_typed_from_what_a_token_remembers_and_what_was_demanded() {
    let bench = Bench::at(AFTER_PHASE_2);
    let first = body(&password_token(&bench, "bob", ARM_SCOPE));
    let row = rows(&bench, "beta", "status/errorCode%20eq%200")[0].clone();
    assert_eq!(
        row["authenticationRequirement"],
        "singleFactorAuthentication"
    );
    let detail = &row["authenticationDetails"][0];
    assert_eq!(detail["authenticationMethod"], "Password");
    assert_eq!(detail["authenticationStepResultDetail"], "Correct password");
    let again = token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&first, "refresh_token")),
            ("scope", ARM_SCOPE),
        ],
    );
    assert_eq!(again.status, 200);
    let row = of_kind(&bench, "nonInteractiveUser")[0].clone();
    let detail = &row["authenticationDetails"][0];
    assert_eq!(detail["authenticationMethod"], "Previously satisfied");
    assert_eq!(
        detail["authenticationStepResultDetail"],
        "First factor requirement satisfied by claim in the token"
    );
}
