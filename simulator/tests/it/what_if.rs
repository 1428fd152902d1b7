//! `entrasim replay --what-if`, as a person calls it.

use std::process::Command;

use serde_json::Value;

use crate::listener::folder;

fn replay(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_entrasim"))
        .env("ENTRASIM_DATA", folder("what-if"))
        .arg("replay")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn story(name: &str) -> String {
    let text = "scenario: A day of a service account\nabout: Nothing is forbidden yet.\nsteps:\n  - at: 2025-09-10T08:00:00Z\n    as: svc-deploy\n    client: azure-cli\n    \
                sign_in: { password: seeded }\n  - arm: { get: '/subscriptions/{sub}/resourcegroups' }\n  \
                - arm: { put: '/subscriptions/{sub}/resourcegroups/nightly', body: { location: westeurope } }\n  \
                - arm: { get: '/subscriptions/{sub}/resourcegroups/nightly' }\n  \
                - arm: { delete: '/subscriptions/{sub}/resourcegroups/nightly' }\n    expect: { status: 202 }\n";
    let path = folder("what-if").join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn broken(changes: &str, file: &str) -> Vec<(String, String, Value)> {
    let (code, out, err) = replay(&[file, "--what-if", changes, "--report", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let differences = report["scenarios"][0]["differences"]
        .as_array()
        .cloned()
        .unwrap();
    assert_eq!(code, Some(i32::from(!differences.is_empty())), "{out}{err}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    differences
        .iter()
        .map(|one| {
            (
                text(&one["action"]),
                text(&one["rule"]),
                one["passes"].clone(),
            )
        })
        .collect()
}

#[test]
fn phase_2_breaks_exactly_the_writes_and_a_later_date_breaks_nothing() {
    let file = story("phase2.yaml");
    let found = broken("phase2", &file);
    let calls: Vec<(&str, &str)> = found
        .iter()
        .map(|(call, rule, _)| (call.as_str(), rule.as_str()))
        .collect();
    assert_eq!(
        calls,
        [
            ("PUT …/resourcegroups/nightly", "phase2.arm-write"),
            ("DELETE …/resourcegroups/nightly", "phase2.arm-delete"),
        ]
    );
    let passes = found[0].2.to_string();
    assert!(
        passes.contains("sign in as a service principal"),
        "{passes}"
    );
    assert!(broken("phase2=2030-01-01", &file).is_empty());
}

#[test]
fn what_asks_for_a_second_factor_breaks_the_sign_in_and_is_named() {
    let file = story("sign-in.yaml");
    for (changes, rule) in [
        ("security-defaults", "security-defaults.azure-management"),
        ("per-user-mfa", "per-user-mfa.sign-in"),
        ("ca-mfa", "conditional-access.grant-controls"),
    ] {
        let found = broken(changes, &file);
        let calls: Vec<(&str, &str)> = found
            .iter()
            .map(|(call, rule, _)| (call.as_str(), rule.as_str()))
            .collect();
        assert_eq!(calls, [("sign in with password", rule)], "{changes}");
    }
}

#[test]
fn a_change_that_is_not_known_is_told_with_the_nearest_one() {
    let (code, _, err) = replay(&["--what-if", "phase-2"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean `phase2`?"), "{err}");
}
