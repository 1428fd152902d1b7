//! Graph as its clients see it: whole requests against the seeded tenant.

use core::fmt::Write as _;

use entrasim_domain::id::ObjectId;
use serde_json::{Value, json};

use crate::app::TenantOptions;
use crate::testing::{BEFORE_PHASE_2, Bench};
use crate::wire::Reply;
use crate::wire::jwt::{self, HeaderForm};

mod applications;
mod directory;
mod filters;
mod framework;
mod operations;
mod paging;
mod permissions;
mod users;

pub(super) const V1: &str = "https://graph.microsoft.com/v1.0";
/// The delegated permissions that the Azure CLI holds.
pub(super) const AZURE_CLI: &str = "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All AuditLog.Read.All DelegatedPermissionGrant.ReadWrite.All Directory.AccessAsUser.All email Group.ReadWrite.All openid profile User.Read.All User.ReadWrite.All";

/// A simulator and a caller.
pub(super) struct Client {
    pub(super) bench: Bench,
    pub(super) token: String,
}

impl Client {
    /// A seeded person with these scopes.
    pub(super) fn person(name: &str, scopes: &str) -> Self {
        let mut client = Self {
            bench: Bench::at(BEFORE_PHASE_2),
            token: String::new(),
        };
        client.become_person(name, scopes);
        client
    }

    /// App `deploy` with these app roles.
    pub(super) fn app(roles: &[&str]) -> Self {
        let bench = Bench::at(BEFORE_PHASE_2);
        let tenant = bench.tenant.read();
        let principal = tenant
            .service_principals
            .values()
            .find(|p| p.display_name == "deploy")
            .unwrap();
        let claims = json!({"oid": principal.id.to_string(), "appid": principal.app_id.to_string(), "idtyp": "app", "roles": roles});
        let token = token(&bench, claims);
        Self { bench, token }
    }

    pub(super) fn admin() -> Self {
        Self::person("admin", AZURE_CLI)
    }

    pub(super) fn become_person(&mut self, name: &str, scopes: &str) {
        let claims = json!({"oid": self.user(name).to_string(), "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "idtyp": "user", "scp": scopes});
        self.token = token(&self.bench, claims);
    }

    /// The id of a seeded person.
    pub(super) fn user(&self, name: &str) -> ObjectId {
        let tenant = self.bench.tenant.read();
        let user = tenant.users.iter().find(|user| {
            user.local_part.starts_with(name) || (name == "guest" && user.home.is_some())
        });
        user.unwrap().id
    }

    pub(super) fn send_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        let url = if path.starts_with("https:") {
            path.to_owned()
        } else {
            format!("{V1}{path}")
        };
        self.bench.send(method, &url, &all, body)
    }

    pub(super) fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send_with(method, path, &[("content-type", "application/json")], &body)
    }

    pub(super) fn get(&self, path: &str) -> Value {
        body(&self.send("GET", path, &Value::Null))
    }

    /// With `ConsistencyLevel: eventual`.
    pub(super) fn get_eventually(&self, path: &str) -> Value {
        body(&self.send_with("GET", path, &[("consistencylevel", "eventual")], ""))
    }
}

fn token(bench: &Bench, mut claims: Value) -> String {
    let tenant = bench.tenant.read();
    let now = tenant
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    let frame = json!({
        "aud": "https://graph.microsoft.com",
        "iss": format!("https://sts.windows.net/{}/", tenant.id),
        "tid": tenant.id.to_string(), "iat": now, "nbf": now, "exp": now + 3600,
    });
    for (name, value) in frame.as_object().unwrap() {
        claims
            .as_object_mut()
            .unwrap()
            .entry(name.clone())
            .or_insert(value.clone());
    }
    jwt::sign(HeaderForm::V1, &claims, bench.app.keys.current())
}

pub(super) fn body(reply: &Reply) -> Value {
    if reply.body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("not JSON: {reply:?}"))
}

/// A whole answer as text.
pub(super) fn shown(reply: &Reply) -> String {
    let mut text = format!("{}\n", reply.status.as_u16());
    for (name, value) in &reply.headers {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    match serde_json::from_slice::<Value>(&reply.body) {
        Ok(value) => writeln!(text, "\n{}", serde_json::to_string_pretty(&value).unwrap()).unwrap(),
        Err(_) => writeln!(text, "\n{}", String::from_utf8_lossy(&reply.body)).unwrap(),
    }
    text
}

/// `status code message` of an error.
pub(super) fn error(reply: &Reply) -> String {
    let document = body(reply);
    let part = |name: &str| document["error"][name].as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {}",
        reply.status.as_u16(),
        part("code"),
        part("message")
    )
}

/// One property of every row.
pub(super) fn column(list: &Value, name: &str) -> Vec<String> {
    let rows = list["value"]
        .as_array()
        .unwrap_or_else(|| panic!("not a list: {list}"));
    rows.iter()
        .map(|row| row[name].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// A simulator with made-up users.
pub(super) fn crowd(users: u32) -> Client {
    let mut client = Client::admin();
    let options = TenantOptions {
        seed: 5,
        users,
        clock: entrasim_domain::time::Clock::Manual {
            now: entrasim_domain::time::Timestamp::parse(BEFORE_PHASE_2).unwrap(),
        },
        ..TenantOptions::default()
    };
    client.bench.tenant = client.bench.app.create_tenant(&options).unwrap();
    client.become_person("admin", AZURE_CLI);
    client
}
