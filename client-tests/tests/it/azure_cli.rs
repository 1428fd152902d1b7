//! The Azure CLI from PyPI. Not one of its options is special to the simulator.

use client_tests::{AFTER, BEFORE, CLIENTS, Ran, python_clients, run};

use crate::table::{Row, record};

pub(crate) const PASSWORD: &str =
    r#"az login -u "$ENTRASIM_SVC_DEPLOY_UPN" -p "$ENTRASIM_SVC_DEPLOY_PASSWORD" -o none"#;
pub(crate) const SERVICE_PRINCIPAL: &str = r#"az login --service-principal -u "$ENTRASIM_DEPLOY_CLIENT_ID" -p "$ENTRASIM_DEPLOY_CLIENT_SECRET" --tenant "$ENTRASIM_TENANT" -o none"#;
/// Alice, by the command that the Azure CLI prints after a refusal, in the browser whose automated person is in `$PAGES`. What she
/// saw goes to standard error: she is done whenever she is, and the script goes on printing.
pub(crate) const MFA_IN_A_BROWSER: &str = r#"export BROWSER="sh -c 'exec node $PAGES/person.mjs \"\$1\" >&2' person %s &" PERSON_USER="$ENTRASIM_ALICE_UPN" PERSON_PASSWORD="$ENTRASIM_ALICE_PASSWORD"
az login --tenant "$ENTRASIM_TENANT" --scope "https://management.core.windows.net//.default" --claims-challenge "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19" -o none"#;
pub(crate) const CREATE: &str =
    "az group create -n nightly -l westeurope --query properties.provisioningState -o tsv";

pub(crate) fn at(day: &str, script: &str) -> Option<Ran> {
    python_clients().map(|bin| run(&["--at", day], bin, script))
}

/// Says in the table what a test of the Azure CLI has reached.
pub(crate) fn reached(test: &str, flow: &str, route: &str, proven: &str) {
    let requirements = std::fs::read_to_string(format!("{CLIENTS}/python/requirements.txt"));
    let version = requirements
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("azure-cli==").map(str::to_owned))
        .unwrap_or_default();
    let row = Row::new("Azure CLI", &version, flow, route, proven, test);
    record(test, vec![row], |_| false);
}

/// As [`reached`], where the client could be installed.
pub(crate) fn says(test: &str, flow: &str, proven: &str) {
    if python_clients().is_some() {
        reached(test, flow, "proxy", proven);
    }
}

pub(crate) fn succeeds(day: &str, script: &str) -> String {
    let Some(ran) = at(day, script) else {
        return String::new();
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    ran.out
}

#[test]
fn a_password_creates_a_group_the_day_before() {
    let out = succeeds(
        BEFORE,
        &format!(
            "{PASSWORD} && {CREATE} && az group list --query '[].name' -o tsv && az group exists -n nightly && az group delete -n nightly -y && az group exists -n nightly"
        ),
    );
    if python_clients().is_some() {
        assert!(
            out.contains("Succeeded")
                && out.contains("rg-shared")
                && out.contains("true")
                && out.ends_with("false\n"),
            "{out}"
        );
    }
    says(
        "a_password_creates_a_group_the_day_before",
        "password, before the mandate",
        "a group made, listed, deleted",
    );
}

#[test]
fn the_day_after_az_prints_its_own_hint_with_the_challenge() {
    let Some(ran) = at(
        AFTER,
        &format!("{PASSWORD} && az group list -o none && {CREATE}"),
    ) else {
        return;
    };
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("az logout"), "{}", ran.err);
    let hint = "--scope \"https://management.core.windows.net//.default\" --claims-challenge \"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19\"";
    assert!(ran.err.contains(hint), "{}", ran.err);
    assert!(ran.err.contains("AADSTS50079"), "{}", ran.err);
    says(
        "the_day_after_az_prints_its_own_hint_with_the_challenge",
        "password, under the mandate",
        "reads; a write is refused with the challenge to repeat",
    );
}

#[test]
fn a_service_principal_works_on_both_days() {
    for day in [BEFORE, AFTER] {
        succeeds(day, &format!("{SERVICE_PRINCIPAL} && {CREATE}"));
    }
    says(
        "a_service_principal_works_on_both_days",
        "service principal, secret",
        "a group made before and under the mandate",
    );
}

#[test]
fn a_certificate_signs_a_service_principal_in() {
    succeeds(
        AFTER,
        &format!(
            r#"az login --service-principal -u "$ENTRASIM_DEPLOY_CLIENT_ID" --certificate "$ENTRASIM_DEPLOY_CERTIFICATE" --tenant "$ENTRASIM_DOMAIN" -o none && {CREATE}"#
        ),
    );
    says(
        "a_certificate_signs_a_service_principal_in",
        "service principal, certificate",
        "a group made under the mandate",
    );
}

#[test]
fn a_federated_token_signs_a_service_principal_in() {
    succeeds(
        AFTER,
        &format!(
            r#"az login --service-principal -u "$ENTRASIM_DEPLOY_CLIENT_ID" --federated-token "$ENTRASIM_DEPLOY_FEDERATED_TOKEN" --tenant "$ENTRASIM_TENANT" -o none && {CREATE}"#
        ),
    );
    says(
        "a_federated_token_signs_a_service_principal_in",
        "service principal, federated token",
        "a group made under the mandate",
    );
}

#[test]
fn a_managed_identity_works_on_both_days() {
    for day in [BEFORE, AFTER] {
        succeeds(day, &format!("az login --identity -o none && {CREATE}"));
    }
    says(
        "a_managed_identity_works_on_both_days",
        "managed identity",
        "a group made before and under the mandate",
    );
}

#[test]
fn the_directory_is_read_and_apps_are_made() {
    let script = format!(
        "{PASSWORD} && az account show --query name -o tsv && az ad user list --query '[].displayName' -o tsv \
         && az ad signed-in-user show --query userPrincipalName -o tsv && az rest --url https://graph.microsoft.com/v1.0/organization --query 'value[0].displayName' -o tsv \
         && az ad sp create-for-rbac -n made-here --query displayName -o tsv && az ad app list --display-name made-here --query '[0].displayName' -o tsv \
         && az role assignment list --query '[].roleDefinitionName' -o tsv"
    );
    let out = succeeds(BEFORE, &script);
    if python_clients().is_some() {
        for expected in [
            "Contoso production",
            "Alice Fernandez",
            "svc-deploy@contoso.onmicrosoft.com",
            "made-here",
            "Contributor",
        ] {
            assert!(out.contains(expected), "{expected} is not in\n{out}");
        }
    }
    says(
        "the_directory_is_read_and_apps_are_made",
        "password, directory",
        "users, apps, role assignments; create-for-rbac",
    );
}

/// Everything that `az ad` does with registrations, service principals, users and groups, but for consent in the portal's name.
#[test]
fn the_directory_is_written_by_its_own_commands() {
    let script = r#"set -e
az login -u "$ENTRASIM_BREAKGLASS1_UPN" -p "$ENTRASIM_BREAKGLASS1_PASSWORD" --allow-no-subscriptions -o none
graph=00000003-0000-0000-c000-000000000000
id=$(az ad app create --display-name Orders --sign-in-audience AzureADMyOrg --identifier-uris "api://$ENTRASIM_TENANT/orders" --web-home-page-url https://x.example/ --web-redirect-uris https://x.example/cb --enable-id-token-issuance true --app-roles '[{"allowedMemberTypes":["Application","User"],"description":"Reads","displayName":"Reader","isEnabled":true,"value":"Orders.Read"}]' --query appId -o tsv)
az ad app update --id $id --set displayName="Orders of today" notes=hello
az ad app update --id $id --public-client-redirect-uris http://localhost --is-fallback-public-client true
az ad app show --id $id --query "[displayName,notes,web.homePageUrl,publicClient.redirectUris[0],appRoles[0].value]" -o tsv
az ad app credential reset --id $id --append --display-name second --years 1 -o none
az ad app credential list --id $id --query "[].displayName" -o tsv
alice=$(az ad user list --query "[?displayName=='Alice Fernandez'].id" -o tsv)
az ad app owner add --id $id --owner-object-id $alice
az ad app owner list --id $id --query "[].displayName" -o tsv
az ad sp create --id $id -o none
az ad app permission add --id $id --api $graph --api-permissions e1fe6dd8-ba31-4d61-89e7-88639da4683d=Scope 9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30=Role
az ad app permission list --id $id --query "[].resourceAccess[].type" -o tsv
az ad app permission grant --id $id --api $graph --scope User.Read -o none
az ad app permission list-grants --id $id --query "[].scope" -o tsv
az ad app federated-credential create --id $id --parameters '{"name":"pipeline","issuer":"https://token.actions.githubusercontent.com","subject":"repo:a/b:ref:refs/heads/main","audiences":["api://AzureADTokenExchange"]}' -o none
az ad app federated-credential list --id $id --query "[].name" -o tsv
az ad app federated-credential delete --id $id --federated-credential-id pipeline
az ad sp update --id $id --set notes=kept appRoleAssignmentRequired=true
az ad sp show --id $id --query "[notes,to_string(appRoleAssignmentRequired)]" -o tsv
secret=$(az ad sp credential reset --id $id --query password -o tsv)
az ad group create --display-name made --mail-nickname made -o none
az ad group member add -g made --member-id $alice
az ad group member list -g made --query "[].displayName" -o tsv
az ad user create --display-name New --user-principal-name new@contoso.onmicrosoft.com --password Xk9-plumvera-2251 -o none
az ad user update --id new@contoso.onmicrosoft.com --display-name Newer
az ad user show --id new@contoso.onmicrosoft.com --query displayName -o tsv
az ad user delete --id new@contoso.onmicrosoft.com
az rest --method post --url https://graph.microsoft.com/v1.0/domains --body '{"id":"fabrikam.test"}' -o none
az rest --method post --url https://graph.microsoft.com/v1.0/domains/fabrikam.test/verify --query isVerified -o tsv
az login --service-principal -u $id -p "$secret" --tenant "$ENTRASIM_TENANT" --allow-no-subscriptions --query "[0].user.type" -o tsv"#;
    let out = succeeds(BEFORE, script);
    if python_clients().is_some() {
        let lines: Vec<&str> = out.lines().collect();
        let expected = [
            "Orders of today",
            "hello",
            "https://x.example/",
            "http://localhost",
            "Orders.Read",
            "second",
            "Alice Fernandez",
            "Break Glass One",
            "Scope",
            "Role",
            "User.Read",
            "pipeline",
            "kept",
            "true",
            "Alice Fernandez",
            "Newer",
            "true",
            "servicePrincipal",
        ];
        assert_eq!(lines, expected);
    }
    says(
        "the_directory_is_written_by_its_own_commands",
        "password, az ad",
        "apps, owners, permissions, grants, secrets, federated credentials, service principals, groups, users, domains",
    );
}

/// Without a proxy: a cloud of one's own, described by the metadata document of the simulator's own address.
#[test]
fn a_cloud_of_its_own_is_registered_by_its_metadata() {
    let script = format!(
        r#"unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy
set -e
az config set core.instance_discovery=false core.collect_telemetry=false --only-show-errors -o none
az cloud register -n Sim --endpoint-resource-manager "$(echo "$ENTRASIM_HTTPS" | sed s/127.0.0.1/localhost/)" -o none
az cloud set -n Sim -o none 2> /dev/null
{SERVICE_PRINCIPAL}
{CREATE}
az ad sp show --id "$ENTRASIM_DEPLOY_CLIENT_ID" --query displayName -o tsv
az group delete -n nightly -y
az group exists -n nightly"#
    );
    let out = succeeds(AFTER, &script);
    if python_clients().is_some() {
        assert!(
            out.contains("Succeeded") && out.ends_with("false\n"),
            "{out}"
        );
        reached(
            "a_cloud_of_its_own_is_registered_by_its_metadata",
            "service principal, secret",
            "custom host",
            "`az cloud register`; a group made and deleted, the directory read",
        );
    }
}
