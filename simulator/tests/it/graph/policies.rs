//! Policies through Graph, and what they change at the next sign-in.

use serde_json::{Value, json};

use super::client::App;
use crate::sts::pages::authorize_url;
use crate::support::{account, text};
use crate::testing::browser::Browser;

mod authorization_policy;
mod configurations;
mod cross_tenant_access;
mod effects;
mod methods_policy;
mod passkey_profiles;
mod security_defaults;
mod token_lifetime;

const BETA: &str = "https://graph.microsoft.com/beta";
const POLICY: &str = "/policies/authenticationMethodsPolicy";
const CONFIGURATIONS: &str =
    "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
const SCOPE: &str = "Policy.ReadWrite.AuthenticationMethod";

/// Who serves the policy of methods.
fn administrator() -> App {
    App::person("admin", SCOPE)
}

fn configuration(id: &str) -> String {
    format!("{CONFIGURATIONS}/{id}")
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

/// The ids of the groups of the seed.
fn group(app: &App) -> String {
    let tenant = app.bench.tenant.read();
    tenant.groups.keys().next().unwrap().to_string()
}

/// `{"@odata.type": …, …}`
fn typed(kind: &str, mut members: Value) -> Value {
    members["@odata.type"] = json!(format!(
        "#microsoft.graph.{kind}AuthenticationMethodConfiguration"
    ));
    members
}

fn target(id: &str) -> Value {
    json!({"targetType": "group", "id": id})
}

/// The page after name and password.
fn page_after_password(app: &App, user: &str) -> (String, Value) {
    let (name, password) = account(&app.bench, user);
    let mut browser = Browser::new(&app.bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    (browser.page(), browser.config())
}

/// The ways to pass that the page offers, in their order.
fn offered(app: &App, user: &str) -> Vec<String> {
    let (_, config) = page_after_password(app, user);
    let proofs = config["arrUserProofs"].as_array().cloned();
    let proofs = proofs.unwrap_or_default();
    proofs
        .iter()
        .map(|proof| text(proof, "authMethodId").to_owned())
        .collect()
}
