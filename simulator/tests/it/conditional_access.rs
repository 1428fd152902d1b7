//! Conditional Access written through Graph, acting at sign-in at once, and shown in the sign-in log; revocation too.

use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use serde_json::{Value, json};

use crate::support::{ARM_SCOPE, aadsts, app_token, arm_token, json as body, password_token, text};

mod conditions;
mod explain;
mod log;
mod pages;
mod strengths;
mod table;
mod validation;

const GRAPH: &str = "https://graph.microsoft.com/v1.0";

fn token(bench: &Bench) -> String {
    let reply = app_token(bench, "https://graph.microsoft.com/.default");
    text(&body(&reply), "access_token").to_owned()
}

fn call(bench: &Bench, method: &str, path: &str, content: &Value) -> Reply {
    call_with(bench, &token(bench), method, path, content)
}

fn call_with(bench: &Bench, token: &str, method: &str, path: &str, content: &Value) -> Reply {
    let authorization = format!("Bearer {token}");
    let content = if content.is_null() {
        String::new()
    } else {
        content.to_string()
    };
    bench.send(
        method,
        &format!("{GRAPH}{path}"),
        &[
            ("authorization", &authorization),
            ("content-type", "application/json"),
        ],
        &content,
    )
}

fn policy(state: &str, controls: &Value) -> Value {
    json!({
        "displayName": "MFA for Azure management", "state": state,
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

#[test]
fn a_policy_written_through_graph_acts_at_the_next_sign_in() {
    let bench = Bench::at(AFTER_PHASE_2);
    let created = call(
        &bench,
        "POST",
        "/identity/conditionalAccess/policies",
        &policy("enabled", &mfa()),
    );
    assert_eq!(created.status, 201, "{}", body(&created));
    let id = text(&body(&created), "id").to_owned();
    let refused = password_token(&bench, "alice", ARM_SCOPE);
    assert_eq!(aadsts(&refused), 50076);
    assert!(body(&refused)["claims"].as_str().unwrap().contains(&id));
    // Graph is another resource.
    assert_eq!(
        password_token(&bench, "alice", "https://graph.microsoft.com/.default").status,
        200
    );
    let path = format!("/identity/conditionalAccess/policies/{id}");
    let shown = body(&call(&bench, "GET", &path, &Value::Null));
    assert_eq!(shown["state"], "enabled");
    assert_eq!(shown["grantControls"]["builtInControls"], json!(["mfa"]));
    assert_eq!(shown["conditions"]["users"]["includeUsers"], json!(["All"]));
    let report_only = json!({"state": "enabledForReportingButNotEnforced"});
    assert_eq!(call(&bench, "PATCH", &path, &report_only).status, 204);
    assert_eq!(password_token(&bench, "alice", ARM_SCOPE).status, 200);
    assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 204);
    assert_eq!(call(&bench, "GET", &path, &Value::Null).status, 404);
}

#[test]
fn the_sign_in_log_shows_what_each_policy_did_report_only_too() {
    let bench = Bench::at(AFTER_PHASE_2);
    let report_only = policy("enabledForReportingButNotEnforced", &mfa());
    call(
        &bench,
        "POST",
        "/identity/conditionalAccess/policies",
        &report_only,
    );
    assert_eq!(password_token(&bench, "bob", ARM_SCOPE).status, 200);
    let rows = |filter: &str| log::rows(&bench, "beta", filter);
    let bob = rows("startswith(userPrincipalName,'bob@')");
    assert_eq!(bob[0]["status"]["errorCode"], 0);
    assert_eq!(
        bob[0]["appliedConditionalAccessPolicies"][0]["result"],
        "reportOnlyInterrupted"
    );
    assert_eq!(bob[0]["conditionalAccessStatus"], "notApplied");
    assert_eq!(
        bob[0]["authenticationRequirement"],
        "singleFactorAuthentication"
    );
    let block = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    call(
        &bench,
        "POST",
        "/identity/conditionalAccess/policies",
        &block,
    );
    assert_eq!(aadsts(&password_token(&bench, "bob", ARM_SCOPE)), 53003);
    let bob = rows("startswith(userPrincipalName,'bob@')");
    assert_eq!(bob[0]["status"]["errorCode"], 53003);
    assert_eq!(bob[0]["conditionalAccessStatus"], "failure");
    assert_eq!(bob.as_array().unwrap().len(), 2);
    // The rows of the app that reads are there too, and bear its principal.
    let all = rows("signInEventTypes/any(t:t%20eq%20'servicePrincipal')");
    assert!(all[0]["servicePrincipalId"] != "" && all[0]["userId"] == "");
}

#[test]
fn a_named_location_keeps_a_blocked_country_out() {
    let bench = Bench::at(AFTER_PHASE_2);
    let created = call(
        &bench,
        "POST",
        "/identity/conditionalAccess/namedLocations",
        &json!({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Far", "countriesAndRegions": ["kp"]}),
    );
    assert_eq!(created.status, 201, "{}", body(&created));
    let place = text(&body(&created), "id").to_owned();
    let mut block = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    block["conditions"]["locations"] = json!({"includeLocations": [place]});
    assert_eq!(
        call(
            &bench,
            "POST",
            "/identity/conditionalAccess/policies",
            &block
        )
        .status,
        201
    );
    assert_eq!(password_token(&bench, "bob", ARM_SCOPE).status, 200);
    bench
        .tenant
        .write(|tenant| {
            tenant.location.country = Some("KP".to_owned());
            Ok::<(), ()>(())
        })
        .unwrap();
    assert_eq!(aadsts(&password_token(&bench, "bob", ARM_SCOPE)), 53003);
    let in_use = call(
        &bench,
        "DELETE",
        &format!("/identity/conditionalAccess/namedLocations/{place}"),
        &Value::Null,
    );
    assert_eq!(in_use.status, 400);
}

#[test]
fn a_revoked_session_is_challenged_by_graph_and_resource_manager_where_the_client_handles_it() {
    let bench = Bench::at(AFTER_PHASE_2);
    let cp1 = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;
    let (name, password) = crate::support::account(&bench, "alice");
    let sign_in = |scope: &str, claims: &str| {
        let reply = crate::support::token(
            &bench,
            &[
                ("client_id", crate::support::AZURE_CLI),
                ("grant_type", "password"),
                ("username", &name),
                ("password", &password),
                ("scope", scope),
                ("claims", claims),
            ],
        );
        text(&body(&reply), "access_token").to_owned()
    };
    let graph = sign_in("https://graph.microsoft.com/.default", cp1);
    let arm = sign_in(ARM_SCOPE, cp1);
    let short = sign_in(ARM_SCOPE, "");
    let me = |token: &str| {
        let authorization = format!("Bearer {token}");
        bench.send(
            "GET",
            &format!("{GRAPH}/me"),
            &[("authorization", &authorization)],
            "",
        )
    };
    let groups = |token: &str| {
        let path = "/subscriptions/{sub}/resourcegroups";
        crate::support::arm(&bench, token, "GET", path, "")
    };
    assert_eq!(me(&graph).status, 200);
    bench.set_clock("2025-10-02T12:05:00Z");
    let user = me(&graph);
    let id = text(&body(&user), "id").to_owned();
    let revoked = call(
        &bench,
        "POST",
        &format!("/users/{id}/revokeSignInSessions"),
        &Value::Null,
    );
    assert_eq!(revoked.status, 200);
    let refused = me(&graph);
    assert_eq!(refused.status, 401);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_claims\", claims=\""),
        "{challenge}"
    );
    let refused = groups(&arm);
    assert_eq!(refused.status, 401);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_claims\"")
            && challenge.contains("User session has been revoked")
    );
    // A client that did not say it handles challenges keeps its short token.
    assert_eq!(groups(&short).status, 200);
    let again = sign_in(ARM_SCOPE, cp1);
    assert_eq!(groups(&again).status, 200);
    assert!(!arm_token(&bench, "alice").is_empty());
}
