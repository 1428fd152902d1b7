//! Terraform itself, with a small provider that signs in and writes by the library of the azurerm provider: what becomes of
//! `plan`, `apply` and `destroy` on the day before Phase 2 and on the day after, as a user and as a service principal.
//!
//! Building Terraform takes minutes, so these tests run when they are asked for by name.

use client_tests::{AFTER, BEFORE, CLIENTS, Ran, browser_person, python_clients, run, terraform};

use crate::azure_cli::{MFA_IN_A_BROWSER, PASSWORD, SERVICE_PRINCIPAL};
use crate::table::{Row, record};

/// A pipeline's service principal in the settings that azurerm reads.
const AS_SERVICE_PRINCIPAL: &str = r#"export ARM_CLIENT_ID="$ENTRASIM_DEPLOY_CLIENT_ID" ARM_CLIENT_SECRET="$ENTRASIM_DEPLOY_CLIENT_SECRET""#;
/// What the provider says of the refusal, as azurerm would.
const REFUSED: &str = "unexpected status 401 (401 Unauthorized) with error: RequestDisallowedByAzure: Resource 'nightly' was disallowed by Azure: You are receiving this error because you tried to create, update or delete Azure resources without authenticating through MFA.";

/// Runs a script beside the built programs and the Azure CLI; `None` where one of them cannot be had.
fn at(day: &str, script: &str) -> Option<Ran> {
    let (programs, python) = (terraform()?, python_clients()?);
    let script = format!(
        "PROGRAMS={} SOURCE={CLIENTS}/terraform\n. \"$SOURCE/stage.sh\"\n{script}",
        programs.display()
    );
    Some(run(&["--at", day], python, &script))
}

/// What an exit code was of, as the scripts print it.
fn ended(ran: &Ran, verb: &str) -> Option<i32> {
    let line = format!("{verb} ended with ");
    let code = ran.out.lines().find_map(|text| text.strip_prefix(&line))?;
    code.parse().ok()
}

fn says(test: &str, flow: &str, proven: &str) {
    let version = std::fs::read_to_string(format!("{CLIENTS}/terraform/go.mod"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            let found = line
                .trim()
                .strip_prefix("github.com/hashicorp/terraform v")?;
            found.split(' ').next().map(str::to_owned)
        })
        .unwrap_or_default();
    let row = Row::new("Terraform", &version, flow, "proxy", proven, test);
    record(test, vec![row], |_| false);
}

#[test]
#[ignore = "builds Terraform, which takes minutes"]
fn a_user_applies_and_destroys_the_day_before() {
    let Some(ran) = at(
        BEFORE,
        &format!(
            "set -e\n{PASSWORD}\ntf apply -auto-approve\nthere\ntf plan -detailed-exitcode\ntf destroy -auto-approve\naz group exists -n nightly"
        ),
    ) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    for expected in [
        "Apply complete! Resources: 2 added, 0 changed, 0 destroyed.",
        "group nightly\nresource contosostore\n",
        "No changes. Your infrastructure matches the configuration.",
        "Destroy complete! Resources: 2 destroyed.\nfalse\n",
    ] {
        assert!(ran.out.contains(expected), "{expected}\n{}", ran.out);
    }
    says(
        "a_user_applies_and_destroys_the_day_before",
        "Azure CLI with a password, before the mandate",
        "apply, plan without a difference, destroy",
    );
}

#[test]
#[ignore = "builds Terraform, which takes minutes"]
fn what_a_user_applied_is_still_planned_the_day_after_and_neither_changed_nor_lost() {
    let Some(ran) = at(
        BEFORE,
        &format!(
            r#"{PASSWORD} && tf apply -auto-approve || exit 9
the_day_after
{PASSWORD} || exit 9
tf plan -detailed-exitcode; echo "plan ended with $?"
tf plan -detailed-exitcode -var team=other; echo "plan of a change ended with $?"
tf apply -auto-approve -var team=other; echo "apply ended with $?"
tf destroy -auto-approve; echo "destroy ended with $?"
there
"$PROGRAMS/terraform" state list"#
        ),
    ) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let all = format!("{}\n{}", ran.out, ran.err);
    assert_eq!(ended(&ran, "plan"), Some(0), "{all}");
    assert_eq!(ended(&ran, "plan of a change"), Some(2), "{all}");
    assert_eq!(ended(&ran, "apply"), Some(1), "{all}");
    assert_eq!(ended(&ran, "destroy"), Some(1), "{all}");
    assert!(
        ran.err
            .contains("Error: updating Resource Group (Subscription:")
            && ran
                .err
                .contains(&format!("performing CreateOrUpdate: {REFUSED}")),
        "{all}"
    );
    let resource = "performing Delete: unexpected status 401 (401 Unauthorized) with error: RequestDisallowedByAzure: Resource 'contosostore' was disallowed by Azure";
    assert!(ran.err.contains(resource), "{all}");
    let kept =
        "group nightly\nresource contosostore\narm_resource.store\narm_resource_group.nightly\n";
    assert!(ran.out.ends_with(kept), "{all}");
    says(
        "what_a_user_applied_is_still_planned_the_day_after_and_neither_changed_nor_lost",
        "Azure CLI with a password, under the mandate, over what is there",
        "plan; a change and destroy are refused, nothing is lost",
    );
}

#[test]
#[ignore = "builds Terraform, which takes minutes"]
fn a_user_cannot_apply_the_day_after_and_a_service_principal_can() {
    let Some(ran) = at(
        AFTER,
        &format!(
            r#"{PASSWORD} || exit 9
tf plan -detailed-exitcode; echo "plan ended with $?"
tf apply -auto-approve; echo "apply ended with $?"
az group exists -n nightly
{AS_SERVICE_PRINCIPAL}
tf apply -auto-approve; echo "apply of the service principal ended with $?"
{SERVICE_PRINCIPAL} && there
tf destroy -auto-approve; echo "destroy of the service principal ended with $?"
az group exists -n nightly"#
        ),
    ) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let all = format!("{}\n{}", ran.out, ran.err);
    assert_eq!(ended(&ran, "plan"), Some(2), "{all}");
    assert_eq!(ended(&ran, "apply"), Some(1), "{all}");
    assert!(
        ran.err
            .contains("Error: creating Resource Group (Subscription:"),
        "{all}"
    );
    assert!(
        ran.err
            .contains(&format!("performing CreateOrUpdate: {REFUSED}")),
        "{all}"
    );
    assert!(ran.out.contains("apply ended with 1\nfalse\n"), "{all}");
    assert_eq!(
        ended(&ran, "apply of the service principal"),
        Some(0),
        "{all}"
    );
    assert!(
        ran.out.contains("group nightly\nresource contosostore\n"),
        "{all}"
    );
    assert_eq!(
        ended(&ran, "destroy of the service principal"),
        Some(0),
        "{all}"
    );
    assert!(ran.out.ends_with("false\n"), "{all}");
    says(
        "a_user_cannot_apply_the_day_after_and_a_service_principal_can",
        "Azure CLI with a password, then a service principal with a secret, under the mandate",
        "the user plans, apply says RequestDisallowedByAzure; the service principal applies and destroys",
    );
}

#[test]
#[ignore = "builds Terraform, which takes minutes"]
fn a_user_with_a_second_factor_applies_the_day_after() {
    let Some(browser) = browser_person() else {
        return;
    };
    let Some(ran) = at(
        AFTER,
        &format!(
            "set -e\nPAGES={}\n{MFA_IN_A_BROWSER}\ntf apply -auto-approve\nthere",
            browser.display()
        ),
    ) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(
        ran.out.ends_with("group nightly\nresource contosostore\n"),
        "{}",
        ran.out
    );
    says(
        "a_user_with_a_second_factor_applies_the_day_after",
        "Azure CLI with `--claims-challenge`, browser with MFA",
        "apply under the mandate",
    );
}
