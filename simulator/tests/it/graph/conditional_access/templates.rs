//! Templates: the same everywhere, and good to begin with.

use serde_json::{Value, json};

use super::{POLICIES, SCOPES};
use crate::graph::client::App;
use crate::support::text;

const TEMPLATES: &str = "/identity/conditionalAccess/templates";
const BLOCK_LEGACY: &str = "0b2282f9-2862-4178-88b5-d79340b36cb8";

#[test]
fn templates_have_fixed_ids_and_their_details() {
    let app = App::person("admin", "Policy.Read.All");
    let all = app.get(TEMPLATES);
    let rows = all["value"].as_array().unwrap();
    assert_eq!(rows.len(), 17);
    let block = app.get(&format!("{TEMPLATES}/{BLOCK_LEGACY}"));
    assert_eq!(block["name"], "Block legacy authentication");
    let details = &block["details"];
    assert_eq!(
        details["conditions"]["clientAppTypes"],
        json!(["exchangeActiveSync", "other"])
    );
    assert_eq!(
        details["grantControls"]["builtInControls"],
        json!(["block"])
    );
    assert_eq!(details["sessionControls"], Value::Null);
    let resistant = app.get(&format!("{TEMPLATES}/76c03f19-ea37-4656-a772-a183b4ddb81d"));
    let strength = &resistant["details"]["grantControls"]["authenticationStrength"];
    assert_eq!(strength["displayName"], "Phishing resistant MFA");
    app.write(
        "GET",
        &format!("{TEMPLATES}/00000000-0000-0000-0000-000000000000"),
        &Value::Null,
        404,
    );
}

#[test]
fn templates_are_found_by_their_scenarios() {
    let app = App::person("admin", "Policy.Read.All");
    let found = app.get(&format!(
        "{TEMPLATES}?$select=name,description,id,scenarios&$filter=scenarios%20has%20'protectAdmins'"
    ));
    assert!(
        text(&found, "@odata.context")
            .ends_with("#identity/conditionalAccess/templates(name,description,id,scenarios)")
    );
    let rows = found["value"].as_array().unwrap();
    assert!(rows.len() > 3 && rows.len() < 17);
    for row in rows {
        assert!(text(row, "scenarios").contains("protectAdmins"));
        assert_eq!(row.get("details"), None);
    }
    let none = app.get(&format!("{TEMPLATES}?$filter=scenarios%20has%20'protect'"));
    assert_eq!(none["value"], json!([]));
    let refused = App::person("bob", "Policy.Read.All");
    refused.write("GET", TEMPLATES, &Value::Null, 403);
}

#[test]
fn a_template_makes_a_policy() {
    let app = App::person("admin", SCOPES);
    let template = app.get(&format!("{TEMPLATES}/{BLOCK_LEGACY}"));
    let mut policy = template["details"].clone();
    policy["displayName"] = template["name"].clone();
    policy["templateId"] = json!(BLOCK_LEGACY);
    policy["state"] = json!("enabledForReportingButNotEnforced");
    policy["conditions"]["users"]["excludeUsers"] = json!([app.id("admin")]);
    let made = app.write("POST", POLICIES, &policy, 201);
    assert_eq!(made["grantControls"]["builtInControls"], json!(["block"]));
    assert_eq!(made["templateId"], BLOCK_LEGACY);
    let one = format!("{POLICIES}/{}", text(&made, "id"));
    assert_eq!(app.get(&one)["templateId"], BLOCK_LEGACY);
    policy["templateId"] = json!("the one against legacy authentication");
    app.write("POST", POLICIES, &policy, 400);
}
