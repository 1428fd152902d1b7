//! `entrasim explain`, as a person calls it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::listener::{folder, start};

fn policy(file: &str, content: &Value) -> PathBuf {
    let path = folder("explain").join(file);
    std::fs::write(&path, content.to_string()).unwrap();
    path
}

fn explain(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_entrasim"))
        .env("ENTRASIM_DATA", folder("explain"))
        .arg("explain")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

fn browsers_only() -> Value {
    json!({
        "displayName": "No browsers", "state": "enabled",
        "conditions": {"clientAppTypes": ["browser"], "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    })
}

#[test]
fn policies_from_files_are_shown_with_their_result_and_decide() {
    let list = json!({"value": [browsers_only()]});
    let file = policy("explain-policies.json", &list);
    let file = file.to_str().unwrap();
    let (code, text) = explain(&["--user", "bob", "--policy", file]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("GRANT"), "{text}");
    assert!(
        text.contains("notApplied") && text.contains("No browsers"),
        "{text}"
    );
    let browser = ["--client-app-type", "browser", "--json"];
    let (_, text) = explain(&[&["--user", "bob", "--policy", file], browser.as_slice()].concat());
    let decision: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(decision["code"], "AADSTS53003");
    assert_eq!(decision["policies"][0]["result"], "failure");
}

#[test]
fn a_policy_that_graph_refuses_is_named_with_the_reason() {
    let mut wrong = browsers_only();
    wrong["state"] = json!("on");
    let file = policy("explain-wrong.json", &wrong);
    let (code, text) = explain(&["--user", "bob", "--policy", file.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("explain-wrong.json") && text.contains("state"),
        "{text}"
    );
}

#[tokio::test]
async fn a_running_simulator_is_asked_by_its_control_port() {
    let running = start("explain-remote").await;
    let control = running.at.control.clone();
    let asked = move |tenant: &str| {
        explain(&[
            "--user",
            "bob",
            "--operation",
            "sign-in",
            "--control",
            &control,
            "--tenant",
            tenant,
        ])
    };
    let answers = tokio::task::spawn_blocking(move || {
        (asked("contoso.onmicrosoft.com"), asked("nobody.example"))
    });
    let ((code, text), (refused, message)) = answers.await.unwrap();
    running.stop().await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("GRANT"), "{text}");
    assert_eq!(refused, Some(2));
    assert!(message.contains("there is no tenant"), "{message}");
}

#[test]
fn the_smallest_changes_that_let_an_attempt_pass_are_found_by_deciding_again() {
    let (_, text) = explain(&["--user", "bob", "--at", "2025-10-02", "--json"]);
    let decision: Value = serde_json::from_str(&text).unwrap();
    let changes = |decision: &Value| -> Vec<String> {
        let remedies = decision["remedies"].as_array().cloned().unwrap_or_default();
        let word = |change: &Value| change["change"].as_str().unwrap().to_owned();
        let words = |remedy: &Value| {
            remedy["changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(word)
                .collect::<Vec<_>>()
        };
        remedies
            .iter()
            .map(|remedy| words(remedy).join("+"))
            .collect()
    };
    assert_eq!(
        changes(&decision),
        [
            "register-and-pass-mfa",
            "use-passkey",
            "service-principal",
            "managed-identity",
            "before-phase"
        ]
    );
    let (_, text) = explain(&["--user", "bob", "--at", "2025-10-02"]);
    assert!(text.contains("sign in as a service principal"), "{text}");

    let twice = json!([browsers_only(), {
        "displayName": "Second factor", "state": "enabled",
        "conditions": {"clientAppTypes": ["all"], "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }]);
    let file = policy("explain-twice.json", &twice);
    let arguments = [
        "--user",
        "alice",
        "--policy",
        file.to_str().unwrap(),
        "--client-app-type",
        "browser",
        "--json",
    ];
    let (_, text) = explain(&arguments);
    let decision: Value = serde_json::from_str(&text).unwrap();
    let found = changes(&decision);
    assert!(
        found.contains(&"pass-mfa+modern-client".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"exclude-from-policy+exclude-from-policy".to_owned()),
        "{found:?}"
    );
    assert!(found.contains(&"service-principal".to_owned()), "{found:?}");
}
