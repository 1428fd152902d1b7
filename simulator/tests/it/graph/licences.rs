//! Licences: what the tenant owns, and what people hold of it by themselves and through groups.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

const ALL: &str = "Directory.AccessAsUser.All";
const P2: &str = "84a661c4-e949-4bd2-a560-ed7766fcaf2b";
const P2_PLAN: &str = "eec0eb4f-6444-4f95-aba0-50c24d67f998";
const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
/// Not owned: Microsoft Entra ID P1.
const P1: &str = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4";

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

fn sku(app: &App, id: &str) -> Value {
    let list = app.get("/subscribedSkus");
    let mut rows = list["value"].as_array().unwrap().iter();
    rows.find(|row| row["skuId"] == id).unwrap().clone()
}

fn change(add: &[(&str, &[&str])], remove: &[&str]) -> Value {
    let add: Vec<Value> = add
        .iter()
        .map(|(sku, plans)| json!({"skuId": sku, "disabledPlans": plans}))
        .collect();
    json!({"addLicenses": add, "removeLicenses": remove})
}

#[test]
fn what_the_tenant_owns_is_listed_with_its_plans() {
    let app = App::person("admin", "LicenseAssignment.Read.All");
    let list = app.get("/subscribedSkus");
    assert!(text(&list, "@odata.context").ends_with("$metadata#subscribedSkus"));
    let sku = sku(&app, P2);
    assert_eq!(text(&sku, "skuPartNumber"), "AAD_PREMIUM_P2");
    assert_eq!(
        (&sku["consumedUnits"], &sku["prepaidUnits"]["enabled"]),
        (&json!(0), &json!(100))
    );
    let one = app.get(&format!("/subscribedSkus/{}", text(&sku, "id")));
    assert_eq!(one["servicePlans"], sku["servicePlans"]);
    assert_eq!(app.send("GET", "/subscribedSkus/x", &[], "").status, 404);
}

#[test]
fn a_licence_is_given_with_some_plans_off_and_taken_back() {
    let app = App::person("admin", ALL);
    let bob = format!("/users/{}", app.id("bob"));
    let assign = format!("{bob}/assignLicense");
    let give = change(&[(P2, &[P2_PLAN])], &[]);
    let refused = app.write("POST", &assign, &give, 400);
    assert_eq!(
        message(&refused),
        "License assignment cannot be done for user with invalid usage location."
    );
    app.write("PATCH", &bob, &json!({"usageLocation": "AT"}), 204);
    let answer = app.write("POST", &assign, &give, 200);
    assert!(text(&answer, "@odata.context").ends_with("$metadata#users/$entity"));
    assert_eq!(text(&answer, "displayName"), "Bob Okafor");
    let read = app.get(&format!(
        "{bob}?$select=assignedLicenses,assignedPlans,licenseAssignmentStates,provisionedPlans"
    ));
    assert_eq!(
        read["assignedLicenses"],
        json!([{"disabledPlans": [P2_PLAN], "skuId": P2}])
    );
    let plans = read["assignedPlans"].as_array().unwrap();
    assert_eq!(plans.len(), 4);
    assert!(plans.iter().all(|plan| plan["servicePlanId"] != P2_PLAN));
    assert_eq!(
        read["licenseAssignmentStates"][0]["assignedByGroup"],
        Value::Null
    );
    assert_eq!(text(&read["licenseAssignmentStates"][0], "state"), "Active");
    let details = app.get(&format!("{bob}/licenseDetails"));
    let plans = details["value"][0]["servicePlans"].as_array().unwrap();
    let off: Vec<&str> = plans
        .iter()
        .filter(|plan| plan["provisioningStatus"] == "Disabled")
        .map(|plan| text(plan, "servicePlanName"))
        .collect();
    assert_eq!(off, ["AAD_PREMIUM_P2"]);
    assert_eq!(sku(&app, P2)["consumedUnits"], 1);
    let filter =
        format!("/users?$filter=assignedLicenses/any(l:l/skuId%20eq%20{P2})&$select=displayName");
    assert_eq!(
        app.get(&filter)["value"],
        json!([{"displayName": "Bob Okafor"}])
    );
    app.write("POST", &assign, &change(&[], &[P2]), 200);
    assert_eq!(sku(&app, P2)["consumedUnits"], 0);
    let refused = app.write("POST", &assign, &change(&[], &[P2]), 400);
    assert_eq!(
        message(&refused),
        "User does not have a corresponding license."
    );
}

#[test]
fn a_licence_that_is_not_there_or_used_up_is_refused() {
    let app = App::person("admin", ALL);
    let bob = format!("/users/{}", app.id("bob"));
    app.write("PATCH", &bob, &json!({"usageLocation": "AT"}), 204);
    let assign = format!("{bob}/assignLicense");
    let refused = app.write("POST", &assign, &change(&[(P1, &[])], &[]), 400);
    assert_eq!(
        message(&refused),
        format!("License {P1} does not correspond to a valid company License.")
    );
    app.write("POST", &assign, &change(&[(P2, &[P1])], &[]), 400);
    app.write("POST", &assign, &json!({"addLicenses": []}), 400);
    app.write(
        "POST",
        &assign,
        &json!({"addLicenses": [{"skuId": "x"}], "removeLicenses": []}),
        400,
    );
    // Twenty-five licences, then none.
    for number in 0..26 {
        let user = json!({
            "accountEnabled": true, "displayName": "x", "mailNickname": "x", "usageLocation": "AT",
            "userPrincipalName": format!("x{number}@contoso.onmicrosoft.com"),
            "passwordProfile": {"password": "xWwvJ]6NMw+bWH-d"},
        });
        let made = app.write("POST", "/users", &user, 201);
        let path = format!("/users/{}/assignLicense", text(&made, "id"));
        let status = if number < 25 { 200 } else { 400 };
        let answer = app.write("POST", &path, &change(&[(E5, &[])], &[]), status);
        if number == 25 {
            assert_eq!(
                message(&answer),
                format!("Subscription with SKU {E5} does not have any available licenses.")
            );
        }
    }
}

#[test]
fn members_have_what_their_group_has() {
    let app = App::person("admin", ALL);
    let bob = app.id("bob");
    let made = app.write(
        "POST",
        "/groups",
        &json!({
            "displayName": "Licensed", "mailNickname": "licensed", "mailEnabled": false, "securityEnabled": true,
            "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{bob}")],
        }),
        201,
    );
    let group = format!("/groups/{}", text(&made, "id"));
    // The plans of the documented example.
    let reply = app.send(
        "POST",
        &format!("{group}/assignLicense"),
        &[],
        &change(
            &[
                (
                    "b05e124f-c7cc-45a0-a6aa-8cf78c946968",
                    &[
                        "113feb6c-3fe4-4440-bddc-54d774bf0318",
                        "14ab5db5-e6c4-4b20-b4bc-13e36fd2227f",
                    ],
                ),
                (
                    "c7df2760-2c81-4ef7-b578-5b5392b571df",
                    &["a413a9ff-720c-4822-98ef-2f37c2a21f4c"],
                ),
            ],
            &[],
        )
        .to_string(),
    );
    assert_eq!(reply.status, 202);
    assert!(
        reply.headers["location"]
            .to_str()
            .unwrap()
            .ends_with("Microsoft.DirectoryServices.Group")
    );
    let user = format!("/users/{bob}");
    let states = || {
        app.get(&format!("{user}?$select=licenseAssignmentStates"))["licenseAssignmentStates"]
            .clone()
    };
    assert_eq!(states().as_array().unwrap().len(), 2);
    assert_eq!(states()[0]["assignedByGroup"], made["id"]);
    let ems = "b05e124f-c7cc-45a0-a6aa-8cf78c946968";
    assert_eq!(sku(&app, ems)["consumedUnits"], 1);
    app.write("PATCH", &user, &json!({"usageLocation": "AT"}), 204);
    let refused = app.write(
        "POST",
        &format!("{user}/assignLicense"),
        &change(&[], &[ems]),
        400,
    );
    assert!(message(&refused).starts_with("User license is inherited from a group membership"));
    assert_eq!(
        app.write(
            "POST",
            &format!("{user}/reprocessLicenseAssignment"),
            &Value::Null,
            200
        )["id"],
        bob.as_str()
    );
    let read = app.get(&format!(
        "{group}?$select=assignedLicenses,licenseProcessingState"
    ));
    assert_eq!(read["assignedLicenses"].as_array().unwrap().len(), 2);
    let refused = app.write("DELETE", &group, &Value::Null, 400);
    assert!(message(&refused).contains("active license"));
    app.write(
        "DELETE",
        &format!("{group}/members/{bob}/$ref"),
        &Value::Null,
        204,
    );
    assert_eq!(states(), json!([]));
    assert_eq!(sku(&app, ems)["consumedUnits"], 0);
}

#[test]
fn licences_are_given_by_those_who_may() {
    let app = App::person("bob", ALL);
    let alice = format!("/users/{}", app.id("alice"));
    app.write(
        "POST",
        &format!("{alice}/assignLicense"),
        &change(&[], &[]),
        403,
    );
    assert_eq!(app.send("GET", "/me/licenseDetails", &[], "").status, 200);
}
