//! What only somebody with rights of their own can read or write: the tenant's logs, a policy. The seeded app has them.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::actor::{Session, percent};
use super::http::Subject;
use crate::language::model::{LogExpect, SignIn};

/// The entries of each log that was asked for, newest first.
pub type Logs = BTreeMap<&'static str, Vec<Value>>;

/// Reads the logs that are asked about.
pub(super) async fn read(
    subject: &Subject,
    handout: &Value,
    wanted: &LogExpect,
    now: i64,
) -> io::Result<Logs> {
    const GRAPH: &str = "graph.microsoft.com";
    let mut logs = Logs::new();
    if !wanted.sign_in.is_empty() {
        let path = "/v1.0/auditLogs/signIns?$top=100";
        logs.insert(
            "sign_in",
            list(subject, handout, "graph", GRAPH, path, now).await?,
        );
    }
    if !wanted.audit.is_empty() {
        let path = "/v1.0/auditLogs/directoryAudits?$top=100";
        logs.insert(
            "audit",
            list(subject, handout, "graph", GRAPH, path, now).await?,
        );
    }
    if !wanted.activity.is_empty() {
        const DAY: i64 = 86_400;
        let since = OffsetDateTime::from_unix_timestamp(now.saturating_sub(DAY)).ok();
        let since = since
            .and_then(|since| since.format(&Rfc3339).ok())
            .unwrap_or_default();
        let subscription = handout["subscription"].as_str().unwrap_or_default();
        let filter = percent(&format!("eventTimestamp ge '{since}'"));
        let path = format!(
            "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter={filter}"
        );
        logs.insert(
            "activity",
            list(subject, handout, "arm", "management.azure.com", &path, now).await?,
        );
    }
    Ok(logs)
}

const POLICIES: &str = "/v1.0/identity/conditionalAccess/policies";

/// Puts a Conditional Access policy into the tenant that demands multifactor authentication of everybody for everything, and
/// tells its id.
pub(super) async fn demand_mfa(subject: &Subject, handout: &Value, now: i64) -> io::Result<String> {
    let policy = json!({
        "displayName": "Multifactor authentication for everybody", "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    let token = token(subject, handout, "graph", now).await?;
    let request = http::Request::builder()
        .method("POST")
        .uri(POLICIES)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Bytes::from(policy.to_string()))
        .map_err(io::Error::other)?;
    let answer = subject.send("graph.microsoft.com", request).await?;
    if let Some(id) = answer.json()["id"]
        .as_str()
        .filter(|_| answer.status == 201)
    {
        return Ok(id.to_owned());
    }
    let reason = String::from_utf8_lossy(&answer.body).into_owned();
    Err(io::Error::other(format!(
        "the policy is refused: {} {reason}",
        answer.status
    )))
}

/// Takes that policy out again.
pub(super) async fn withdraw(
    subject: &Subject,
    handout: &Value,
    policy: &str,
    now: i64,
) -> io::Result<()> {
    let token = token(subject, handout, "graph", now).await?;
    let request = http::Request::builder()
        .method("DELETE")
        .uri(format!("{POLICIES}/{policy}"))
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new())
        .map_err(io::Error::other)?;
    subject.send("graph.microsoft.com", request).await.map(drop)
}

/// A token of the seeded app's.
async fn token(subject: &Subject, handout: &Value, resource: &str, now: i64) -> io::Result<String> {
    let mut reader = Session::default();
    reader.become_actor("app deploy");
    let wish = SignIn {
        client_secret: Some("seeded".to_owned()),
        resource: Some(resource.to_owned()),
        ..SignIn::default()
    };
    reader.sign_in(subject, handout, &wish, now).await?;
    reader.token(subject, handout, resource, now).await
}

async fn list(
    subject: &Subject,
    handout: &Value,
    resource: &str,
    host: &str,
    path: &str,
    now: i64,
) -> io::Result<Vec<Value>> {
    let token = token(subject, handout, resource, now).await?;
    let request = http::Request::builder()
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new())
        .map_err(io::Error::other)?;
    let answer = subject.send(host, request).await?;
    if answer.status != 200 {
        let reason = String::from_utf8_lossy(&answer.body).into_owned();
        return Err(io::Error::other(format!(
            "the log cannot be read: {} {reason}",
            answer.status
        )));
    }
    let mut body = answer.json();
    Ok(body["value"]
        .as_array_mut()
        .map(core::mem::take)
        .unwrap_or_default())
}
