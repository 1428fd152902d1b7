//! `/reports`: who has registered what, and how people sign in.

use serde_json::{Value, json};

use super::client::App;
use crate::support::text;

mod activity;
mod credentials;
mod registration;
mod sign_ins;

const BETA: &str = "https://graph.microsoft.com/beta";
const SCOPE: &str = "AuditLog.Read.All";

fn administrator() -> App {
    App::person("admin", SCOPE)
}

fn code(answer: &Value) -> &str {
    text(&answer["error"], "code")
}

/// Takes the tenant's licences away.
fn without_licences(app: &App) {
    let done = app.bench.tenant.write(|tenant| {
        tenant.subscribed_skus.clear();
        Ok::<(), core::convert::Infallible>(())
    });
    done.unwrap();
}

/// What is asked for, refused with this code.
fn refused(app: &App, path: &str, status: u16) -> String {
    let answer = app.write("GET", path, &json!({}), status);
    code(&answer).to_owned()
}
