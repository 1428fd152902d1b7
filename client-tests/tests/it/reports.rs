//! What others make of what entrasim writes: a manager's browser, a CI system's reader of reports, an editor's validator; and a
//! real run of the Azure CLI, recorded.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files has failed"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use client_tests::{AFTER, CLIENTS, Ran, browser_person, entrasim, python_clients, report_readers};
use serde_json::Value;

/// A folder for files of these tests, beside the clients.
pub(crate) fn folder(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.ancestors().nth(3).unwrap().join("reports").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a program that prints one JSON object.
fn said(command: &mut Command) -> Value {
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn check(bin: &Path, arguments: &[&str]) -> Value {
    said(
        Command::new(bin.join("python"))
            .arg(format!("{CLIENTS}/reports/check.py"))
            .args(arguments),
    )
}

/// A story that fails at its second step.
const WRONG: &str = "scenario: A story that is wrong\nabout: It expects what does not happen.\ntags: [wrong]\nsteps:\n  - as: bob\n    client: azure-cli\n    \
                     sign_in: { password: seeded }\n  - graph: { get: /me }\n    expect: { status: 404 }\n";

#[test]
fn the_report_opens_in_a_browser_without_an_error_or_a_request_at_any_size_in_light_and_dark() {
    let Some(browser) = browser_person() else {
        return;
    };
    let folder = folder("html");
    std::fs::write(folder.join("wrong.yaml"), WRONG).unwrap();
    let page = folder.join("report.html");
    let arguments = [
        "replay",
        "password-pipeline",
        "second-factor",
        "own-policy",
        "wrong.yaml",
        "--report",
        "html",
        "-o",
    ];
    let ran = entrasim(
        &folder,
        &[arguments.as_slice(), &[page.to_str().unwrap()]].concat(),
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    let seen = said(
        Command::new("node")
            .arg(browser.join("report.mjs"))
            .arg(&page)
            .args(["--find", "pipeline", "--pictures"])
            .arg(&folder),
    );
    for nothing in ["console", "outside", "violations", "wide"] {
        assert_eq!(seen[nothing], serde_json::json!([]), "{seen}");
    }
    assert_eq!(seen["stories"], 4, "{seen}");
    assert!(
        seen["found"]
            .as_u64()
            .is_some_and(|found| (1..4).contains(&found)),
        "{seen}"
    );
}

#[test]
fn a_common_reader_of_junit_reports_counts_what_passed_and_what_failed() {
    let Some(bin) = report_readers() else {
        return;
    };
    let folder = folder("junit");
    std::fs::write(folder.join("wrong.yaml"), WRONG).unwrap();
    let report = folder.join("report.xml");
    let report = report.to_str().unwrap();
    let ran = entrasim(
        &folder,
        &[
            "replay",
            "password-pipeline",
            "wrong.yaml",
            "--report",
            "junit",
            "-o",
            report,
        ],
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    let read = check(bin, &["junit", report]);
    assert_eq!(read["suites"], 2);
    assert_eq!(read["failed"].as_array().map(Vec::len), Some(1), "{read}");
    assert_eq!(read["failed"][0][0], "A story that is wrong");
    assert!(
        read["failed"][0][2]
            .as_str()
            .is_some_and(|text| text.contains("wrong.yaml:9:")),
        "{read}"
    );
}

#[test]
fn every_shipped_scenario_fits_the_schema_by_an_independent_validator() {
    let Some(bin) = report_readers() else {
        return;
    };
    let scenarios = Path::new(CLIENTS).join("../../scenarios");
    let mut files = Vec::new();
    for area in std::fs::read_dir(scenarios.join("catalogue")).unwrap() {
        let area = area.unwrap().path();
        for file in std::fs::read_dir(&area).unwrap() {
            files.push(file.unwrap().path().to_str().unwrap().to_owned());
        }
    }
    let schema = scenarios.join("schema.json");
    let mut arguments = vec!["schema", schema.to_str().unwrap()];
    arguments.extend(files.iter().map(String::as_str));
    let read = check(bin, &arguments);
    assert_eq!(read["errors"], serde_json::json!([]));
    assert_eq!(read["files"], serde_json::json!(files.len()));
}

/// A person at the portal's door, in a real Chromium: what is written down is who came in, with which second factor.
#[test]
fn a_recorded_visit_to_the_portal_replays() {
    let Some(browser) = browser_person() else {
        return;
    };
    let folder = folder("record-browser");
    let script = format!(
        "node {}/person.mjs https://portal.azure.com/ --user \"$ENTRASIM_ALICE_UPN\" --password \"$ENTRASIM_ALICE_PASSWORD\" --method PhoneAppOTP",
        browser.display()
    );
    let command = ["--users", "3", "--at", AFTER, "-o", "visit.yaml", "--"];
    let mut arguments = vec!["record"];
    arguments.extend(command);
    arguments.extend(["sh", "-c", &script]);
    let ran = entrasim(&folder, &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let file = std::fs::read_to_string(folder.join("visit.yaml")).unwrap();
    assert!(
        file.contains("client: azure-portal\n    sign_in: { password: seeded, mfa: app-code }"),
        "{file}"
    );
    assert!(file.contains("`entrasim serve --users 3`"), "{file}");
    assert!(!file.contains("eyJ"), "{file}");
    let ran = entrasim(&folder, &["replay", "visit.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn a_recorded_session_of_az_replays_and_phase_2_breaks_exactly_its_writes() {
    let Some(bin) = python_clients() else {
        return;
    };
    let folder = folder("record");
    let script = format!(
        "set -e\nPATH={}:$PATH\nexport PATH\naz login -u \"$ENTRASIM_SVC_DEPLOY_UPN\" -p \"$ENTRASIM_SVC_DEPLOY_PASSWORD\" -o none 2> /dev/null\n\
         az group list -o none\naz group create -n nightly -l westeurope -o none\naz group update -n nightly --set tags.a=b -o none\n\
         az group show -n nightly -o none\naz group delete -n nightly --yes -o none\n",
        bin.display()
    );
    let ran = entrasim(
        &folder,
        &["record", "-o", "az.yaml", "--", "sh", "-c", &script],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let file = std::fs::read_to_string(folder.join("az.yaml")).unwrap();
    assert!(
        !file.contains("eyJ") && !file.contains("onmicrosoft"),
        "{file}"
    );
    let ran = entrasim(&folder, &["replay", "az.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let ran = entrasim(
        &folder,
        &[
            "replay",
            "az.yaml",
            "--what-if",
            "phase2",
            "--report",
            "json",
        ],
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let broken: Vec<&str> = report["scenarios"][0]["differences"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["action"].as_str())
        .collect();
    assert_eq!(
        broken,
        [
            "PUT …/resourcegroups/nightly",
            "PUT …/resourcegroups/nightly",
            "DELETE …/resourcegroups/nightly"
        ],
        "{}",
        ran.out
    );
}
