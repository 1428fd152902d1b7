//! Template deployments by the Azure CLI across the date: `az deployment group create`, `validate` and `what-if`.

use client_tests::{AFTER, BEFORE, browser_person, python_clients};

use crate::azure_cli::{CREATE, MFA_IN_A_BROWSER, PASSWORD, SERVICE_PRINCIPAL, at, says, succeeds};

const STORE: &str = r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","parameters":{"name":{"type":"string"},"sku":{"type":"string","defaultValue":"Standard_LRS"}},"resources":[{"type":"Microsoft.Storage/storageAccounts","apiVersion":"2023-01-01","name":"[parameters('name')]","location":"[resourceGroup().location]","sku":{"name":"[parameters('sku')]"},"kind":"StorageV2"}]}"#;
const DEPLOY: &str = r#"az deployment group create -g nightly -n first --template-file "$AZURE_CONFIG_DIR/t.json" --parameters name=contosostore --query properties.provisioningState -o tsv"#;
const WHAT_IF: &str = r#"az deployment group what-if -g nightly -n first --template-file "$AZURE_CONFIG_DIR/t.json" --no-prompt --parameters name=contosostore"#;
const RESOURCES: &str = "az resource list -g nightly --query '[].name' -o tsv";
/// The group and the template, made by a service principal, whom no date stops.
const STAGED: &str = "staged";

/// A script after the group is there and the template lies in `t.json`.
fn staged(script: &str) -> String {
    let template = STORE.replace('\'', r"'\''");
    format!(
        "{SERVICE_PRINCIPAL} && {CREATE} > /dev/null || exit 9\nprintf '%s' '{template}' > \"$AZURE_CONFIG_DIR/t.json\"\necho {STAGED}\n{script}"
    )
}

/// What the script itself printed.
fn after_staging(out: &str) -> &str {
    out.split_once(&format!("{STAGED}\n"))
        .map_or(out, |(_, rest)| rest)
}

#[test]
fn a_template_deployment_makes_its_resources() {
    let out = succeeds(AFTER, &staged(&format!("{DEPLOY} && {RESOURCES}")));
    if python_clients().is_some() {
        assert_eq!(after_staging(&out), "Succeeded\ncontosostore\n");
    }
    says(
        "a_template_deployment_makes_its_resources",
        "service principal, template deployment",
        "the resource is there",
    );
}

#[test]
fn a_user_deploys_a_template_the_day_before() {
    let script = format!("{PASSWORD} && {DEPLOY} && {RESOURCES}");
    let out = succeeds(BEFORE, &staged(&script));
    if python_clients().is_some() {
        assert_eq!(after_staging(&out), "Succeeded\ncontosostore\n");
    }
    says(
        "a_user_deploys_a_template_the_day_before",
        "password, template deployment before the mandate",
        "the resource is there",
    );
}

#[test]
fn a_user_deploys_validates_and_previews_nothing_the_day_after() {
    let validate = DEPLOY
        .replace("group create", "group validate")
        .replace("--query properties.provisioningState ", "");
    let script = format!(
        "{PASSWORD} || exit 9\n\
         {DEPLOY} 2> create.txt; echo \"create $?\"\n\
         {validate} 2> validate.txt; echo \"validate $?\"\n\
         {WHAT_IF} 2> what-if.txt; echo \"what-if $?\"\n\
         az group show -n nightly --query name -o tsv\n{RESOURCES}\n\
         az deployment group list -g nightly --query '[].name' -o tsv\n\
         for verb in create validate what-if; do echo \"== $verb\" >&2; cat $verb.txt >&2; done"
    )
    .replace(" 2> ", " 2> \"$AZURE_CONFIG_DIR\"/")
    .replace("cat $verb.txt", "cat \"$AZURE_CONFIG_DIR/$verb.txt\"");
    let Some(ran) = at(AFTER, &staged(&script)) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert_eq!(
        after_staging(&ran.out),
        "create 1\nvalidate 1\nwhat-if 1\nnightly\n",
        "{}",
        ran.err
    );
    for verb in ["create", "validate", "what-if"] {
        let said = ran.err.split(&format!("== {verb}\n")).nth(1);
        let said = said.and_then(|rest| rest.split("\n== ").next());
        let said = said.unwrap_or_default();
        assert!(
            said.contains("AADSTS50079") && said.contains("az logout"),
            "{verb}: {}",
            ran.err
        );
        let hint = "--scope \"https://management.core.windows.net//.default\" --claims-challenge \"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19\"";
        assert!(said.contains(hint), "{verb}: {}", ran.err);
    }
    says(
        "a_user_deploys_validates_and_previews_nothing_the_day_after",
        "password, template deployment under the mandate",
        "create, validate and what-if end with 1 and the challenge to repeat; nothing is deployed",
    );
}

#[test]
fn a_user_with_a_second_factor_deploys_a_template_the_day_after() {
    let Some(browser) = browser_person() else {
        return;
    };
    let script = format!(
        "PAGES={}\n{MFA_IN_A_BROWSER} && {WHAT_IF} && {DEPLOY} && {RESOURCES}",
        browser.display()
    );
    let out = succeeds(AFTER, &staged(&script));
    if python_clients().is_some() {
        let said = after_staging(&out);
        assert!(said.contains("Resource changes: 1 to create."), "{said}");
        assert!(said.ends_with("Succeeded\ncontosostore\n"), "{said}");
    }
    says(
        "a_user_with_a_second_factor_deploys_a_template_the_day_after",
        "`--claims-challenge`, browser with MFA, template deployment",
        "previewed and deployed under the mandate",
    );
}

#[test]
fn what_if_prints_what_a_deployment_creates_modifies_and_leaves() {
    let script = format!(
        "set -e\naz resource create -g nightly -n beside --resource-type Microsoft.Storage/storageAccounts --properties '{{}}' -o none\n\
         {WHAT_IF}\n{DEPLOY}\necho == same\n{WHAT_IF}\necho == modified\n{WHAT_IF} sku=Standard_GRS\n\
         echo == complete\n{WHAT_IF} --mode Complete\necho == ids\n{WHAT_IF} --result-format ResourceIdOnly\n{RESOURCES}"
    );
    let out = succeeds(AFTER, &staged(&script));
    if python_clients().is_none() {
        return;
    }
    let said = after_staging(&out);
    let parts: Vec<&str> = said.split("== ").collect();
    let store = "Microsoft.Storage/storageAccounts/contosostore";
    let beside = "* Microsoft.Storage/storageAccounts/beside";
    for (part, expected) in parts.iter().zip([
        [
            format!("+ {store} [2023-01-01]"),
            "Resource changes: 1 to create, 1 to ignore.".to_owned(),
        ],
        [
            format!("= {store} [2023-01-01]"),
            "Resource changes: 1 no change, 1 to ignore.".to_owned(),
        ],
        [
            format!("~ {store} [2023-01-01]"),
            "~ sku.name: \"Standard_LRS\" => \"Standard_GRS\"".to_owned(),
        ],
        [
            "- Microsoft.Storage/storageAccounts/beside".to_owned(),
            "Resource changes: 1 to delete, 1 no change.".to_owned(),
        ],
        [format!("! {store}"), beside.to_owned()],
    ]) {
        for expected in expected {
            assert!(part.contains(&expected), "{expected}\n{said}");
        }
    }
    assert_eq!(parts.len(), 5, "{said}");
    assert!(
        parts[0].contains(beside) && said.ends_with("beside\ncontosostore\n"),
        "{said}"
    );
    says(
        "what_if_prints_what_a_deployment_creates_modifies_and_leaves",
        "service principal, what-if",
        "+ Create, = NoChange, ~ Modify with its members, - Delete in mode Complete, ! Deploy, * Ignore",
    );
}
