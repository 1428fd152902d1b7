//! The libraries of four languages and a public tool: every flow of theirs succeeds, and stands in `CLIENTS.md`.

use std::collections::BTreeSet;
use std::path::Path;

use client_tests::{
    AFTER, browser_person, go_clients, java_clients, node_clients, python_clients, roadtx, run,
};
use serde_json::Value;

/// The table: a row a flow, sorted.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/CLIENTS.md");

/// Runs a client's script, which prints its rows; each has to be good and to stand in the table.
fn every_flow_succeeds(bin: &Path, script: &str, at_least: usize) {
    let Some(person) = browser_person() else {
        return;
    };
    let script = format!("export PERSON={}/person.mjs\n{script}", person.display());
    let ran = run(&["--at", AFTER], bin, &script);
    let rows: Vec<Value> = ran
        .out
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|row: &Value| row.get("client").is_some())
        .collect();
    assert!(rows.len() >= at_least, "{}\n{}", ran.out, ran.err);
    let table = std::fs::read_to_string(TABLE).unwrap_or_default();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let mut missing = BTreeSet::new();
    for row in &rows {
        assert_eq!(row["ok"], true, "{row}\n{}", ran.err);
        let line = format!(
            "| {} | {} | {} | {} |",
            text(row, "client"),
            text(row, "version"),
            text(row, "flow"),
            text(row, "route")
        );
        if !table.lines().any(|known| known == line) {
            missing.insert(line);
        }
    }
    assert!(
        missing.is_empty(),
        "add to {TABLE}:\n{}",
        missing.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn msal_node_and_azure_identity_for_javascript() {
    if let Some(folder) = node_clients() {
        every_flow_succeeds(folder, &format!("node {}/flows.mjs", folder.display()), 15);
    }
}

#[test]
fn msal_go_and_azidentity() {
    if let Some(folder) = go_clients() {
        every_flow_succeeds(folder, "flows", 13);
    }
}

#[test]
fn msal_java_and_azure_identity_for_java() {
    let Some(folder) = java_clients() else { return };
    let script = format!(
        r#"cd {}
trust="$AZURE_CONFIG_DIR/trust.p12"
keytool -importcert -noprompt -alias entrasim -file "$ENTRASIM_CA" -keystore "$trust" -storetype PKCS12 -storepass entrasim > /dev/null 2>&1
export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStore=$trust -Djavax.net.ssl.trustStorePassword=entrasim"
export AZURE_TENANT_ID="$ENTRASIM_TENANT" AZURE_CLIENT_ID="$ENTRASIM_DEPLOY_CLIENT_ID" AZURE_CLIENT_SECRET="$ENTRASIM_DEPLOY_CLIENT_SECRET"
version() {{ tr ':' '\n' < classpath.txt | sed -n "s|.*/$1-\([0-9.]*\)\.jar|\1|p" | head -1; }}
java -cp "target/classes:$(cat classpath.txt)" Flows "$(version msal4j)" "$(version azure-identity)""#,
        folder.display()
    );
    every_flow_succeeds(folder, &script, 11);
}

#[test]
fn msal_python_and_azure_identity_for_python() {
    if let Some(bin) = python_clients() {
        let script = concat!(
            "python3 ",
            env!("CARGO_MANIFEST_DIR"),
            "/clients/python/flows.py"
        );
        every_flow_succeeds(bin, script, 9);
    }
}

#[test]
fn roadtx_on_the_v1_endpoints() {
    if let Some(bin) = roadtx() {
        let script = concat!(
            "sh ",
            env!("CARGO_MANIFEST_DIR"),
            "/clients/roadtx/flows.sh"
        );
        every_flow_succeeds(bin, script, 3);
    }
}
