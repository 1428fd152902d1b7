//! What the tests share: reading answers and tokens.

use crate::testing::Bench;
use entrasim::wire::Reply;
use entrasim::wire::jwt::Unverified;
use entrasim_domain::catalogue;
use serde_json::{Map, Value};

/// The Azure CLI's client id.
pub(crate) const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
/// The scope that the Azure CLI asks for.
pub(crate) const ARM_SCOPE: &str =
    "https://management.core.windows.net//.default offline_access openid profile";

pub(crate) fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// What the audit log of the tenant tells, the oldest activity first.
pub(crate) fn activities(bench: &Bench) -> Vec<&'static str> {
    let tenant = bench.tenant.read();
    let all = tenant.audit.newest_first();
    let mut names: Vec<_> = all.map(|entry| entry.activity.name).collect();
    names.reverse();
    names
}

pub(crate) fn claims(token: &str) -> Map<String, Value> {
    Unverified::parse(token).unwrap().claims
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(crate) fn token(bench: &Bench, fields: &[(&str, &str)]) -> Reply {
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        bench.tenant.id()
    );
    bench.post_form(&url, fields)
}

/// A seeded account's principal name and password.
pub(crate) fn account(bench: &Bench, name: &str) -> (String, String) {
    let tenant = bench.tenant.read();
    let user = tenant.users.by_local_part(name, 0).unwrap();
    (
        tenant.principal_name(user),
        user.password.as_ref().unwrap().value.to_string(),
    )
}

/// Signs a seeded account in with its password, as the Azure CLI does.
pub(crate) fn password_token(bench: &Bench, name: &str, scope: &str) -> Reply {
    let (username, password) = account(bench, name);
    token(
        bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "password"),
            ("username", &username),
            ("password", &password),
            ("scope", scope),
            ("client_info", "1"),
            (
                "claims",
                r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#,
            ),
        ],
    )
}

/// The seeded app's client id and secret.
pub(crate) fn deploy(bench: &Bench) -> (String, String) {
    let tenant = bench.tenant.read();
    let app = tenant
        .applications
        .values()
        .find(|app| app.display_name == "deploy")
        .unwrap();
    (app.app_id.to_string(), app.secrets[0].value.clone())
}

pub(crate) fn app_token(bench: &Bench, scope: &str) -> Reply {
    let (id, secret) = deploy(bench);
    token(
        bench,
        &[
            ("client_id", &id),
            ("client_secret", &secret),
            ("grant_type", "client_credentials"),
            ("scope", scope),
        ],
    )
}

/// Checks an error's envelope and gives its number.
pub(crate) fn aadsts(reply: &Reply) -> u64 {
    let body = json(reply);
    let number = body["error_codes"][0].as_u64().unwrap();
    assert!(text(&body, "error_description").starts_with(&format!("AADSTS{number}: ")));
    assert!(!text(&body, "error_description").contains('{'), "{body}");
    let row = &catalogue::sign_in_errors()[&u32::try_from(number).unwrap()];
    // 401 is for clients that fail to prove themselves.
    let status = if body["error"] == "invalid_client" {
        row.status
    } else {
        400
    };
    assert_eq!(reply.status.as_u16(), status);
    assert_eq!(
        text(&body, "trace_id"),
        reply.headers["x-ms-request-id"].to_str().unwrap()
    );
    number
}

/// A seeded account's token for Resource Manager.
pub(crate) fn arm_token(bench: &Bench, name: &str) -> String {
    text(
        &json(&password_token(bench, name, ARM_SCOPE)),
        "access_token",
    )
    .to_owned()
}

/// A request to Resource Manager; `{sub}` in the path is the subscription.
pub(crate) fn arm(bench: &Bench, token: &str, method: &str, path: &str, body: &str) -> Reply {
    let subscription = bench
        .tenant
        .read()
        .azure
        .subscriptions
        .keys()
        .next()
        .unwrap()
        .to_string();
    let path = path.replace("{sub}", &subscription);
    let mark = if path.contains('?') { '&' } else { '?' };
    let url = format!("https://management.azure.com{path}{mark}api-version=2024-11-01");
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("content-type", "application/json".to_owned()),
    ];
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    bench.send(method, &url, &headers, body)
}
