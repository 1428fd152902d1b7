//! Exchanges with Resource Manager, through routing as a client would have them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, Bench};
use crate::wire::Reply;
use crate::wire::jwt::{HeaderForm, sign};

mod authorization;
mod change;
mod deployment;
mod entry;
mod portal_settings;
mod what_if;

pub(super) const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// A client with a token, at a subscription.
pub(super) struct Client<'b> {
    pub(super) bench: &'b Bench,
    pub(super) token: String,
    pub(super) subscription: String,
}

pub(super) fn user_claims(bench: &Bench, name: &str, amr: &[&str]) -> Value {
    let tenant = bench.tenant.read();
    let user = tenant.users.by_local_part(name, 0).unwrap();
    let now = tenant
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    json!({
        "aud": "https://management.core.windows.net/",
        "iss": format!("https://sts.windows.net/{}/", tenant.id),
        "iat": now - 300, "nbf": now - 300, "exp": now + 3600,
        "amr": amr, "appid": AZURE_CLI, "idtyp": "user", "oid": user.id.to_string(),
        "scp": "user_impersonation", "tid": tenant.id.to_string(),
        "upn": tenant.principal_name(user), "ver": "1.0",
    })
}

impl<'b> Client<'b> {
    pub(super) fn with_claims(bench: &'b Bench, claims: &Value) -> Self {
        let subscription = bench
            .tenant
            .read()
            .azure
            .subscriptions
            .keys()
            .next()
            .unwrap()
            .to_string();
        Self {
            bench,
            token: format!(
                "Bearer {}",
                sign(HeaderForm::V1, claims, bench.app.keys.current())
            ),
            subscription,
        }
    }

    /// A user with this `amr`.
    pub(super) fn user(bench: &'b Bench, name: &str, amr: &[&str]) -> Self {
        Self::with_claims(bench, &user_claims(bench, name, amr))
    }

    /// The seeded app `deploy`.
    pub(super) fn app(bench: &'b Bench) -> Self {
        let mut claims = user_claims(bench, "admin", &[]);
        let tenant = bench.tenant.read();
        let deploy = tenant
            .service_principals
            .values()
            .find(|p| p.display_name == "deploy")
            .unwrap();
        claims["idtyp"] = json!("app");
        claims["oid"] = json!(deploy.id.to_string());
        claims["appid"] = json!(deploy.app_id.to_string());
        Self::with_claims(bench, &claims)
    }

    /// `{sub}` in the path stands for the subscription's path.
    pub(super) fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        let path = path.replace("{sub}", &format!("/subscriptions/{}", self.subscription));
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("https://management.azure.com{path}{separator}api-version=2024-11-01");
        self.bench
            .send(method, &url, &[("authorization", &self.token)], body)
    }

    pub(super) fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, "");
        assert_eq!(reply.status, StatusCode::OK, "{path}: {:?}", reply.body);
        body(&reply)
    }

    pub(super) fn put(&self, path: &str, content: &Value) -> Reply {
        self.send("PUT", path, &content.to_string())
    }
}

pub(super) fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

pub(super) fn code(reply: &Reply) -> String {
    body(reply)["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// A whole answer for a snapshot.
pub(super) fn text(reply: &Reply) -> String {
    let mut lines = vec![reply.status.to_string()];
    for (name, value) in &reply.headers {
        lines.push(format!("{name}: {}", value.to_str().unwrap()));
    }
    lines.push(serde_json::to_string_pretty(&body(reply)).unwrap());
    lines.join("\n")
}

pub(super) fn before() -> Bench {
    Bench::at(BEFORE_PHASE_2)
}

pub(super) fn after() -> Bench {
    Bench::at(AFTER_PHASE_2)
}
