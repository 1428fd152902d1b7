//! Conditional Access beside policies and locations themselves: templates, what was deleted, what would apply.

use serde_json::{Value, json};

mod deleted;
mod evaluate;
mod templates;

const POLICIES: &str = "/identity/conditionalAccess/policies";
const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
const SCOPES: &str = "Policy.Read.All Policy.ReadWrite.ConditionalAccess Application.Read.All";

/// A policy on Azure management for everybody.
fn policy(state: &str, controls: &Value) -> Value {
    json!({
        "displayName": "Azure management", "state": state,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["797f4846-ba00-4fd7-ba43-dac1f8f63013"]},
            "users": {"includeUsers": ["All"], "excludeUsers": []},
        },
        "grantControls": controls,
    })
}

fn mfa() -> Value {
    json!({"operator": "OR", "builtInControls": ["mfa"]})
}
