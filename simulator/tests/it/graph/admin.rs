//! A Global Administrator at Graph, and apps made through it.

use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use super::{V1, administrator};
use crate::support::{account, json as read, text, token};

pub(super) struct Admin {
    pub(super) bench: Bench,
    bearer: String,
}

/// A registration and its service principal.
#[derive(Clone)]
pub(super) struct Registered {
    /// The registration's id.
    pub(super) id: String,
    pub(super) app_id: String,
    /// The service principal's id.
    pub(super) principal: String,
}

impl Admin {
    pub(super) fn new() -> Self {
        let bench = Bench::at(AFTER_PHASE_2);
        let bearer = format!("Bearer {}", administrator(&bench));
        Self { bench, bearer }
    }

    /// Status and body; `path` is a URL, or what follows `v1.0`.
    pub(super) fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send_with(method, path, &[], body)
    }

    pub(super) fn send_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let url = if path.starts_with("https:") {
            path.to_owned()
        } else {
            format!("{V1}{path}")
        };
        let mut all = vec![
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
        ];
        all.extend_from_slice(headers);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.bench.send(method, &url, &all, &body);
        let value = if reply.body.is_empty() {
            Value::Null
        } else {
            read(&reply)
        };
        (reply.status.as_u16(), value)
    }

    /// A request that must be answered with this status.
    pub(super) fn expect(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let (got, value) = self.send(method, path, body);
        assert_eq!(got, status, "{method} {path} {body}: {value}");
        value
    }

    pub(super) fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null)
    }

    /// A refusal: its code and its message.
    pub(super) fn refused(
        &self,
        status: u16,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (String, String) {
        let value = self.expect(status, method, path, body);
        let error = &value["error"];
        (
            text(error, "code").to_owned(),
            text(error, "message").to_owned(),
        )
    }

    /// Registers an app and makes its service principal.
    pub(super) fn register(&self, members: &Value) -> Registered {
        let app = self.expect(201, "POST", "/applications", members);
        let app_id = text(&app, "appId").to_owned();
        let principal = self.expect(201, "POST", "/servicePrincipals", &json!({"appId": app_id}));
        Registered {
            id: text(&app, "id").to_owned(),
            app_id,
            principal: text(&principal, "id").to_owned(),
        }
    }

    /// An API with one delegated permission, `Read`, and one role for users and apps, `Reader`.
    pub(super) fn api(&self) -> Registered {
        self.register(&json!({
            "displayName": "API",
            "api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{
                "id": SCOPE, "value": "Read", "type": "User", "isEnabled": true,
                "adminConsentDisplayName": "Read", "adminConsentDescription": "Read everything",
            }]},
            "appRoles": [{
                "id": ROLE, "value": "Reader", "displayName": "Reader", "description": "Reads",
                "isEnabled": true, "allowedMemberTypes": ["User", "Application"],
            }],
        }))
    }

    /// A client that needs no secret.
    pub(super) fn public_client(&self) -> Registered {
        self.register(&json!({"displayName": "Client", "isFallbackPublicClient": true}))
    }

    /// A token for an account with its password: the claims, or the error's number.
    pub(super) fn user_token(
        &self,
        client: &Registered,
        name: &str,
        scope: &str,
    ) -> Result<Value, u64> {
        let (username, password) = account(&self.bench, name);
        self.claims(&[
            ("client_id", &client.app_id),
            ("grant_type", "password"),
            ("username", &username),
            ("password", &password),
            ("scope", scope),
        ])
    }

    /// A token for an app with a secret.
    pub(super) fn app_token(
        &self,
        client: &Registered,
        secret: &str,
        scope: &str,
    ) -> Result<Value, u64> {
        self.claims(&[
            ("client_id", &client.app_id),
            ("client_secret", secret),
            ("grant_type", "client_credentials"),
            ("scope", scope),
        ])
    }

    pub(super) fn claims(&self, fields: &[(&str, &str)]) -> Result<Value, u64> {
        let reply = read(&token(&self.bench, fields));
        match reply["access_token"].as_str() {
            Some(token) => Ok(Value::Object(crate::support::claims(token))),
            None => Err(reply["error_codes"][0].as_u64().unwrap()),
        }
    }

    /// A new secret of an app or of a service principal: `applications/{id}` or `servicePrincipals/{id}`.
    pub(super) fn secret(&self, of: &str) -> String {
        let body = json!({"passwordCredential": {"displayName": "test"}});
        let made = self.expect(200, "POST", &format!("/{of}/addPassword"), &body);
        text(&made, "secretText").to_owned()
    }

    pub(super) fn user(&self, name: &str) -> String {
        let tenant = self.bench.tenant.read();
        tenant.users.by_local_part(name, 0).unwrap().id.to_string()
    }
}

pub(super) const SCOPE: &str = "11111111-0000-0000-0000-000000000001";
pub(super) const ROLE: &str = "22222222-0000-0000-0000-000000000001";
