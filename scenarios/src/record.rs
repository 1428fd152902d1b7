//! From what a simulator was asked to a scenario file: the calls stay, secrets and ids of the moment do not.
//!
//! Tokens are never written down: who acted is read off them, and the player fetches its own. Ids that an earlier answer gave are
//! kept by `save` and named in braces, because another tenant gives others.

use std::collections::BTreeMap;

use serde_json::Value;

mod calls;
mod sign_ins;
mod write;

/// One request and its answer, whole.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Which part of the simulator answered: `sts`, `arm`, `graph`, `managed_identity`, …
    pub surface: String,
    /// The instant, by the tenant's clock.
    pub at: String,
    /// The verb.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The request's body.
    pub sent: String,
    /// The status of the answer.
    pub status: u16,
    /// The error code that the client was shown.
    pub code: Option<String>,
    /// The answer's body.
    pub received: String,
}

/// What was recorded, and in which tenant.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The title of the scenario.
    pub title: String,
    /// The command, as it was typed.
    pub command: String,
    /// The tenant's handout, as the control port gives it.
    pub handout: Value,
    /// Phase 2 was set to begin then.
    pub phase2: Option<String>,
    /// Security defaults were on.
    pub security_defaults: bool,
    /// Options that put more into the tenant than the player's own tenants have.
    pub started_with: Vec<String>,
    /// Everything that was asked, oldest first.
    pub requests: Vec<Recorded>,
}

/// One step, before it is written.
#[derive(Clone, Debug, Default, PartialEq)]
struct RecordedStep {
    at: Option<String>,
    actor: Option<String>,
    client: Option<&'static str>,
    /// `sign_in`, `arm` or `graph`, with what it says as JSON.
    action: (&'static str, Value),
    status: u16,
    code: Option<String>,
    /// What later steps need of the answer: names and paths.
    save: BTreeMap<String, String>,
}

/// The scenario file.
pub fn scenario(recording: &Recording) -> String {
    let mut reader = calls::Reader::new(recording);
    for request in &recording.requests {
        reader.read(request);
    }
    let (steps, left_out) = reader.end();
    write::file(recording, &steps, left_out)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::language::parse::parse;

    fn token(claims: &Value) -> String {
        format!("eyJh.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn request(
        surface: &str,
        method: &str,
        url: &str,
        sent: &str,
        status: u16,
        received: &Value,
    ) -> Recorded {
        Recorded {
            surface: surface.to_owned(),
            at: "2025-09-30T12:00:00Z".to_owned(),
            method: method.to_owned(),
            url: url.to_owned(),
            sent: sent.to_owned(),
            status,
            received: received.to_string(),
            ..Recorded::default()
        }
    }

    #[test]
    fn calls_become_steps_without_a_secret_and_with_ids_kept_by_name() {
        let bob = token(
            &json!({"idtyp": "user", "upn": "bob@contoso.example", "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46"}),
        );
        let login = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token";
        let form = "client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46&grant_type=password&username=bob%40contoso.example&password=p%40ss&scope=https%3A%2F%2Fmanagement.core.windows.net%2F%2F.default";
        let app = "7ea3c6f5-2c0f-4d44-a3ab-04a7f41a7f10";
        let mut requests = vec![
            request(
                "sts",
                "GET",
                "https://login.microsoftonline.com/common/discovery/instance",
                "",
                200,
                &json!({}),
            ),
            request(
                "sts",
                "POST",
                login,
                form,
                200,
                &json!({"access_token": bob}),
            ),
            request(
                "graph",
                "POST",
                "https://graph.microsoft.com/v1.0/applications",
                r#"{"displayName":"x","passwordProfile":{"password":"hidden"}}"#,
                201,
                &json!({"id": app}),
            ),
            request(
                "graph",
                "GET",
                &format!("https://graph.microsoft.com/v1.0/applications/{app}"),
                "",
                200,
                &json!({"id": app}),
            ),
            request(
                "arm",
                "PUT",
                "https://management.azure.com/subscriptions/5ub/resourcegroups/n?api-version=2024-11-01",
                r#"{"location":"westeurope"}"#,
                201,
                &json!({}),
            ),
        ];
        for request in &mut requests[2..] {
            request.authorization = Some(format!("Bearer {bob}"));
        }
        let recording = Recording {
            title: "Recorded".to_owned(),
            command: "az login -p p@ss".to_owned(),
            handout: json!({
                "tenant": {"id": "7enant", "domain": "contoso.example"}, "subscription": "5ub",
                "accounts": {"bob": {"upn": "bob@contoso.example", "password": "p@ss"}},
            }),
            requests,
            ..Recording::default()
        };
        let file = scenario(&recording);
        parse("recorded.yaml", &file).unwrap();
        for secret in ["p@ss", "hidden", "eyJ", app] {
            assert!(!file.contains(secret), "{secret}: {file}");
        }
        insta::assert_snapshot!(file);
    }
}
