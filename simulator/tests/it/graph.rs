//! Microsoft Graph from outside.

use core::fmt::Write as _;

use crate::testing::Bench;
use entrasim::wire::Reply;
use entrasim::wire::jwt::{self, HeaderForm};
use serde_json::{Value, json};

mod admin;
mod administrative_units;
mod app_role_assignments;
mod applications;
mod authentication;
mod batch;
pub(crate) mod client;
mod conditional_access;
mod consent;
mod contract;
pub(crate) mod coverage;
mod deleted_items;
mod delta;
mod devices;
mod directory_audits;
mod directory_objects;
mod domains;
pub(crate) mod examples;
mod filters;
pub(crate) mod fixture;
mod groups;
mod invitations;
mod licences;
mod members;
mod metadata;
mod organization;
mod paths;
mod policies;
pub(crate) mod published;
mod reach;
mod reports;
mod roles;
mod service_principals;
mod throttling;
pub(crate) mod unauthorized;
mod users;

pub(crate) const V1: &str = "https://graph.microsoft.com/v1.0";

/// A token for Graph with the permissions of an administrator's client.
pub(crate) fn administrator(bench: &Bench) -> String {
    person(bench, "admin", "Directory.AccessAsUser.All")
}

/// A token for Graph that stands for a person.
pub(crate) fn person(bench: &Bench, name: &str, scopes: &str) -> String {
    let tenant = bench.tenant.read();
    let user = tenant.users.iter().find(|user| {
        let is_guest = name == "guest" && user.home.is_some();
        is_guest || *user.local_part == *name
    });
    let claims = json!({
        "oid": user.unwrap().id.to_string(), "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "idtyp": "user", "scp": scopes,
    });
    token(bench, &claims)
}

/// A token for Graph with these claims beside what every token has; they win.
pub(crate) fn token(bench: &Bench, claims: &Value) -> String {
    let tenant = bench.tenant.read();
    let now = tenant
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    let mut all = json!({
        "aud": "https://graph.microsoft.com",
        "iss": format!("https://sts.windows.net/{}/", tenant.id),
        "tid": tenant.id.to_string(), "iat": now, "nbf": now, "exp": now + 3600,
    });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    jwt::sign(HeaderForm::V1, &all, bench.app.keys.current())
}

/// A GET with advanced queries on.
pub(crate) fn get_eventually(bench: &Bench, token: &str, url: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    bench.send("GET", url, &headers, "")
}

/// A text as part of a query.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}
