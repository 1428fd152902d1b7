//! The predecessors of the reports, which ended in June 2024.

use serde_json::{Value, json};

use super::{BETA, refused};
use crate::graph::client::App;

const DETAILS: &str = "/reports/credentialUserRegistrationDetails";
const COUNT: &str = "/reports/getCredentialUserRegistrationCount()";
const USAGE: &str = "/reports/getCredentialUsageSummary(period='D30')";
const USAGE_DETAILS: &str = "/reports/userCredentialUsageDetails";

fn beta(path: &str) -> String {
    format!("{BETA}{path}")
}

fn reader(clock: &str) -> App {
    let mut app = App::new();
    app.bench.set_clock(clock);
    app.becomes("admin", "Reports.Read.All");
    app
}

#[test]
fn until_they_ended_they_said_the_same_in_their_own_words() {
    let app = reader("2024-06-29T00:00:00Z");
    let filter = "?$filter=isMfaRegistered%20eq%20true";
    let rows = app.get(&beta(&format!("{DETAILS}{filter}")));
    let rows = rows["value"].as_array().unwrap();
    let alice = rows
        .iter()
        .find(|row| row["userDisplayName"] == "Alice Fernandez")
        .unwrap();
    assert_eq!(alice["authMethods"], json!(["appNotification", "appCode"]));
    assert_eq!(alice["isEnabled"], false);
    assert_eq!(rows.len(), 2);
    let sums = app.get(&beta(COUNT));
    let counts = sums["value"][0]["userRegistrationCounts"]
        .as_array()
        .unwrap();
    let of = |status: &str| {
        let row = counts
            .iter()
            .find(|row| row["registrationStatus"] == status);
        row.unwrap()["registrationCount"].clone()
    };
    assert_eq!(of("mfaRegistered"), 2);
    assert_eq!(of("enabled"), 3, "the administrators");
    refused(&app, &beta(USAGE), 501);
    refused(&app, &beta(USAGE_DETAILS), 501);
}

#[test]
fn since_then_they_are_empty() {
    let app = reader("2024-07-01T00:00:00Z");
    for path in [DETAILS, COUNT, USAGE, USAGE_DETAILS] {
        assert_eq!(app.get(&beta(path))["value"], Value::Array(Vec::new()));
    }
    let count = app.send("GET", &beta(&format!("{DETAILS}/$count")), &[], "");
    assert_eq!(count.body, b"0".as_slice());
    refused(
        &app,
        &beta(&format!("{DETAILS}?$filter=isRich%20eq%20true")),
        400,
    );
    refused(
        &app,
        &beta("/reports/getCredentialUsageSummary(period='D2')"),
        400,
    );
}
