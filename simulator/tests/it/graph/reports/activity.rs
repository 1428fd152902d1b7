//! What was registered, reset and changed.

use serde_json::{Value, json};

use super::{BETA, SCOPE, refused, without_licences};
use crate::graph::client::App;
use crate::support::text;

const ACTIVITY: &str = "/reports/authenticationMethods/userRegistrationActivity";
const EVENTS: &str = "/reports/authenticationMethods/userEventsSummary";
const PASSWORDS: &str = "/reports/authenticationMethods/userPasswordResetsAndChangesSummary";
const METHODS: &str = "UserAuthenticationMethod.ReadWrite.All";

fn beta(path: &str) -> String {
    format!("{BETA}{path}")
}

fn at(app: &mut App, clock: &str, scopes: &str) {
    app.bench.set_clock(clock);
    app.becomes("admin", scopes);
}

/// Feature and method of what happened, and how often.
fn activity(app: &App, period: &str) -> Vec<(String, String, u64)> {
    let answer = app.get(&beta(&format!("{ACTIVITY}(period='{period}')")));
    let rows = answer["value"].as_array().unwrap();
    assert_eq!(rows.len(), 26);
    rows.iter()
        .map(|row| {
            assert_eq!(row["failureActivityCount"], 0);
            let count = row["successfulActivityCount"].as_u64().unwrap();
            let of = |name| text(row, name).to_owned();
            (of("feature"), of("authMethod"), count)
        })
        .filter(|row| row.2 > 0)
        .collect()
}

fn register(app: &App, kind: &str, body: &Value) {
    let path = format!("/users/{}/authentication/{kind}", app.id("bob"));
    app.write("POST", &path, body, 201);
}

#[test]
fn registrations_are_counted_by_method_and_listed_one_by_one() {
    let mut app = App::new();
    at(&mut app, "2025-11-01T12:00:00Z", METHODS);
    let phone = json!({"phoneNumber": "+1 5555550100", "phoneType": "mobile"});
    register(&app, "phoneMethods", &phone);
    at(&mut app, "2025-11-05T12:00:00Z", METHODS);
    register(
        &app,
        "emailMethods",
        &json!({"emailAddress": "bob@example.org"}),
    );
    at(&mut app, "2025-11-05T13:00:00Z", SCOPE);
    let row = |method: &str| ("registration".to_owned(), method.to_owned(), 1);
    assert_eq!(activity(&app, "d1"), [row("email")]);
    assert_eq!(activity(&app, "d7"), [row("email"), row("mobilePhone")]);
    let all = app.get(&beta(EVENTS));
    let events = all["value"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    let newest = &events[0];
    assert_eq!(newest["authMethod"], "email");
    assert_eq!(newest["userDisplayName"], "Bob Okafor");
    assert_eq!(newest["isSuccess"], true);
    assert_eq!(newest["eventDateTime"], "2025-11-05T12:00:00Z");
    let one = app.get(&beta(&format!("{EVENTS}/{}", text(newest, "id"))));
    assert_eq!(one["authMethod"], "email");
    for (filter, count) in [
        ("authMethod%20eq%20'mobilePhone'", 1),
        ("feature%20eq%20'registration'", 2),
        ("feature%20eq%20'reset'", 0),
        ("isSuccess%20eq%20true", 2),
        ("startswith(userPrincipalName,'BOB')", 2),
        ("userDisplayName%20eq%20'Alice'", 0),
    ] {
        let found = app.get(&beta(&format!("{EVENTS}?$filter={filter}")));
        assert_eq!(found["value"].as_array().unwrap().len(), count, "{filter}");
    }
    let first = app.get(&beta(&format!("{EVENTS}?$top=1")));
    let rest = app.get(text(&first, "@odata.nextLink"));
    assert_eq!(rest["value"][0]["authMethod"], "mobilePhone");
    refused(&app, &beta(&format!("{EVENTS}/x")), 404);
    for period in ["(period='d2')", "()", ""] {
        refused(&app, &beta(&format!("{ACTIVITY}{period}")), 400);
    }
}

#[test]
fn resets_and_changes_are_counted_by_day() {
    let mut app = App::new();
    at(
        &mut app,
        "2025-11-01T12:00:00Z",
        "User.ReadWrite.All Directory.AccessAsUser.All",
    );
    assert_eq!(app.get(&beta("/me"))["displayName"], "Ada Admin");
    let bob = format!("/users/{}", app.id("bob"));
    let new = json!({"passwordProfile": {"password": "xWwvJ]6NMw+bWH-d"}});
    app.write("PATCH", &bob, &new, 204);
    at(
        &mut app,
        "2025-11-02T12:00:00Z",
        "User.ReadWrite.All Directory.AccessAsUser.All",
    );
    app.becomes("bob", "Directory.AccessAsUser.All");
    let change = json!({"currentPassword": "xWwvJ]6NMw+bWH-d", "newPassword": "aWwvJ]6NMw+bWH-e"});
    app.write("POST", "/me/changePassword", &change, 204);
    at(&mut app, "2025-11-03T12:00:00Z", SCOPE);
    let list = app.get(&beta(PASSWORDS));
    let rows = list["value"].as_array().unwrap();
    let days: Vec<(&str, [u64; 3])> = rows
        .iter()
        .map(|row| {
            let counts = [
                "passwordResetsByAdminCount",
                "passwordResetsSelfServiceCount",
                "changePasswordSelfServiceCount",
            ];
            let counts = counts.map(|name| row[name].as_u64().unwrap());
            (text(row, "aggregatedDateTime"), counts)
        })
        .collect();
    assert_eq!(
        days,
        [
            ("2025-11-02T00:00:00Z", [0, 0, 1]),
            ("2025-11-01T00:00:00Z", [1, 0, 0]),
        ]
    );
    let one = app.get(&beta(&format!("{PASSWORDS}/{}", text(&rows[1], "id"))));
    assert_eq!(one["passwordResetsByAdminCount"], 1);
    refused(&app, &beta(&format!("{PASSWORDS}/x")), 404);
    at(&mut app, "2025-12-05T12:00:00Z", SCOPE);
    assert_eq!(app.get(&beta(PASSWORDS))["value"], json!([]));
    without_licences(&app);
    for path in [PASSWORDS, EVENTS, &format!("{ACTIVITY}(period='d1')")] {
        refused(&app, &beta(path), 403);
    }
}
