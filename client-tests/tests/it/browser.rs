//! A person in a real Chromium, automated: every page at two widths, by keyboard, checked by axe-core; and the Azure CLI
//! whose printed command a person completes.

use std::path::PathBuf;

use client_tests::{AFTER, BEFORE, Ran, SecurityKey, browser_person, python_clients, run};
use serde_json::Value;

use crate::azure_cli::reached;

/// Runs a script with `person` as the command that acts in Chromium; `None` where there is no browser.
fn with_person(at: &str, script: &str) -> Option<(Ran, PathBuf)> {
    let folder = browser_person()?;
    let script = format!(
        "PAGES={0}/pages\nperson() {{ node {0}/person.mjs \"$@\"; }}\nset -e\n{script}",
        folder.display()
    );
    let bin = python_clients().unwrap_or(folder);
    Some((run(&["--at", at], bin, &script), folder.to_owned()))
}

/// What the person saw: the last line that is a JSON object.
fn seen(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let line = ran.out.lines().rev().find(|line| line.starts_with('{'));
    serde_json::from_str(line.unwrap_or_default()).unwrap_or_default()
}

fn pages(seen: &Value) -> Vec<&str> {
    seen["pages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn is_clean(seen: &Value) {
    assert_eq!(seen["violations"], serde_json::json!([]), "{seen}");
    assert_eq!(seen["console"], serde_json::json!([]), "{seen}");
}

/// Turns a policy of the tenant on, over the control port.
const SECURITY_DEFAULTS: &str = r#"node -e 'fetch(`${process.env.ENTRASIM_CONTROL}/tenants/${process.env.ENTRASIM_TENANT}/policies`, {method: "PATCH", body: JSON.stringify({security_defaults: true})}).then(r => process.exit(r.ok ? 0 : 1))'"#;

#[test]
fn the_portals_door_asks_for_a_second_factor_after_phase_1() {
    let script = r#"person https://portal.azure.com/ --user "$ENTRASIM_ADMIN_UPN" --password "$ENTRASIM_ADMIN_PASSWORD" --keyboard --audit "$PAGES/portal""#;
    let Some((ran, _)) = with_person(AFTER, script) else {
        return;
    };
    let seen = seen(&ran);
    is_clean(&seen);
    assert_eq!(
        pages(&seen),
        [
            "Identifier",
            "Password",
            "ChooseMethod",
            "NumberMatch",
            "StaySignedIn",
            "AfterSignIn"
        ]
    );
    assert!(
        seen["text"]
            .as_str()
            .unwrap_or_default()
            .contains("Signed in"),
        "{seen}"
    );
}

#[test]
fn who_has_no_method_registers_one_at_the_portals_door() {
    for kind in ["totp", "authenticator", "phone"] {
        let script = format!(
            r#"person https://entra.microsoft.com/ --user "$ENTRASIM_BREAKGLASS1_UPN" --password "$ENTRASIM_BREAKGLASS1_PASSWORD" --keyboard --register {kind} --audit "$PAGES/register-{kind}""#
        );
        let Some((ran, _)) = with_person(AFTER, &script) else {
            return;
        };
        let seen = seen(&ran);
        is_clean(&seen);
        assert!(
            pages(&seen).contains(&"ProofUp") && pages(&seen).contains(&"RegisterChoose"),
            "{seen}"
        );
        assert!(
            seen["text"]
                .as_str()
                .unwrap_or_default()
                .contains("Signed in"),
            "{seen}"
        );
    }
}

/// `authorize` of the Azure CLI, whose answer nobody takes: the browser stops before localhost.
const AUTHORIZE: &str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A1&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id=";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const P1: &str = "%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22p1%22%5D%7D%7D%7D";

#[test]
fn consent_the_choice_of_accounts_signing_out_and_an_error_are_pages_too() {
    if python_clients().is_none() {
        return;
    }
    let script = format!(
        r#"az login -u "$ENTRASIM_ADMIN_UPN" -p "$ENTRASIM_ADMIN_PASSWORD" -o none 2> /dev/null
app=$(az ad app create --display-name "Expenses" --web-redirect-uris http://localhost:1/cb --query appId -o tsv)
az ad sp create --id "$app" -o none
consent="https://login.microsoftonline.com/$ENTRASIM_TENANT/oauth2/v2.0/authorize?response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb&scope=openid%20User.Read&client_id=$app"
person "$consent" --user "$ENTRASIM_BOB_UPN" --password "$ENTRASIM_BOB_PASSWORD" --keyboard --audit "$PAGES/tour"   --next "{AUTHORIZE}{CLI}&prompt=select_account https://login.microsoftonline.com/common/oauth2/v2.0/logout {AUTHORIZE}11111111-2222-3333-4444-555555555555""#
    );
    let Some((ran, _)) = with_person(BEFORE, &script) else {
        return;
    };
    let seen = seen(&ran);
    assert_eq!(seen["violations"], serde_json::json!([]), "{seen}");
    let pages = pages(&seen);
    for page in [
        "Consent",
        "AccountPicker",
        "ConvergedSignOut",
        "ConvergedError",
    ] {
        assert!(pages.contains(&page), "{page}: {seen}");
    }
}

#[test]
fn a_temporary_password_is_changed_on_the_way() {
    if python_clients().is_none() {
        return;
    }
    let script = format!(
        r#"az login -u "$ENTRASIM_ADMIN_UPN" -p "$ENTRASIM_ADMIN_PASSWORD" -o none 2> /dev/null
az ad user create --display-name "New Hire" --user-principal-name "new@$ENTRASIM_DOMAIN" --password "Temp-passw0rd" --force-change-password-next-sign-in true -o none
person "{AUTHORIZE}{CLI}" --user "new@$ENTRASIM_DOMAIN" --password "Temp-passw0rd" --keyboard --audit "$PAGES/change-password""#
    );
    let Some((ran, _)) = with_person(BEFORE, &script) else {
        return;
    };
    let seen = seen(&ran);
    assert_eq!(seen["violations"], serde_json::json!([]), "{seen}");
    assert_eq!(
        pages(&seen),
        ["Identifier", "Password", "ChangePassword", "StaySignedIn"]
    );
}

#[test]
fn a_temporary_access_pass_opens_the_portals_door_for_a_break_glass_account() {
    if python_clients().is_none() {
        return;
    }
    let script = r#"node -e 'fetch(`${process.env.ENTRASIM_CONTROL}/tenants/${process.env.ENTRASIM_TENANT}/circumstances`, {method: "PATCH", body: JSON.stringify({methods: {temporaryAccessPass: true}})}).then(r => process.exit(r.ok ? 0 : 1))'
az login --service-principal -u "$ENTRASIM_DEPLOY_CLIENT_ID" -p "$ENTRASIM_DEPLOY_CLIENT_SECRET" --tenant "$ENTRASIM_TENANT" -o none
pass=$(az rest --method post --url "https://graph.microsoft.com/v1.0/users/$ENTRASIM_BREAKGLASS1_UPN/authentication/temporaryAccessPassMethods" --body '{"isUsableOnce": true}' --query temporaryAccessPass -o tsv)
person https://portal.azure.com/ --user "$ENTRASIM_BREAKGLASS1_UPN" --password "$pass" --keyboard --audit "$PAGES/access-pass""#;
    let Some((ran, _)) = with_person(AFTER, script) else {
        return;
    };
    let seen = seen(&ran);
    is_clean(&seen);
    assert_eq!(
        pages(&seen),
        ["Identifier", "AccessPass", "StaySignedIn", "AfterSignIn"]
    );
    assert!(
        seen["text"]
            .as_str()
            .unwrap_or_default()
            .contains("Signed in"),
        "{seen}"
    );
}

#[test]
fn a_text_message_is_asked_for_and_typed() {
    let script = format!(
        r#"person https://portal.azure.com/ --user "$ENTRASIM_BOB_UPN" --password "$ENTRASIM_BOB_PASSWORD" --register phone --method OneWaySMS --keyboard --audit "$PAGES/text-message" --next "{AUTHORIZE}{CLI}&prompt=login&claims={P1}""#
    );
    let Some((ran, _)) = with_person(AFTER, &script) else {
        return;
    };
    let seen = seen(&ran);
    assert_eq!(seen["violations"], serde_json::json!([]), "{seen}");
    assert!(
        pages(&seen).contains(&"RegisterCode") && pages(&seen).contains(&"ChooseMethod"),
        "{seen}"
    );
    assert!(pages(&seen).contains(&"TextCode"), "{seen}");
}

#[test]
fn the_command_that_az_prints_after_the_refusal_works_as_printed() {
    if python_clients().is_none() {
        return;
    }
    let script = r#"
export BROWSER="node $PERSON %s &"
export PERSON_USER="$ENTRASIM_ALICE_UPN" PERSON_PASSWORD="$ENTRASIM_ALICE_PASSWORD"
az login -u "$ENTRASIM_ALICE_UPN" -p "$ENTRASIM_ALICE_PASSWORD" -o none
printed=$(az group create -n nightly -l westeurope 2>&1) && exit 9
printf '%s\n' "$printed" | grep '^az login' > "$AZURE_CONFIG_DIR/printed.sh"
cat "$AZURE_CONFIG_DIR/printed.sh"
az logout
sh "$AZURE_CONFIG_DIR/printed.sh" > /dev/null
az group create -n nightly -l westeurope --query properties.provisioningState -o tsv
az logout
"#;
    let Some(folder) = browser_person() else {
        return;
    };
    let script = format!("export PERSON={}/person.mjs{script}", folder.display());
    let Some((ran, _)) = with_person(AFTER, &script) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("--claims-challenge"), "{}", ran.out);
    assert!(ran.out.contains("Succeeded"), "{}", ran.out);
    reached(
        "the_command_that_az_prints_after_the_refusal_works_as_printed",
        "`--claims-challenge` as printed, browser with MFA",
        "proxy",
        "a group made under the mandate",
    );
}

#[test]
fn a_device_code_of_az_is_approved_in_the_browser() {
    if python_clients().is_none() {
        return;
    }
    let script = format!(
        r#"{SECURITY_DEFAULTS}
az login --use-device-code -o none 2> "$AZURE_CONFIG_DIR/message.txt" &
login=$!
code=""
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  code=$(sed -n 's/.*enter the code \([A-Z0-9]*\) to.*/\1/p' "$AZURE_CONFIG_DIR/message.txt")
  [ -n "$code" ] && break
  sleep 0.5
done
person https://login.microsoft.com/device --user "$ENTRASIM_ALICE_UPN" --password "$ENTRASIM_ALICE_PASSWORD" --method PhoneAppOTP --code "$code" --keyboard --audit "$PAGES/device-code"
wait $login
az account show --query user.name -o tsv >&2
az group create -n by-device -l westeurope --query properties.provisioningState -o tsv >&2
"#
    );
    let Some((ran, _)) = with_person(AFTER, &script) else {
        return;
    };
    let seen = seen(&ran);
    is_clean(&seen);
    assert!(
        pages(&seen).contains(&"DeviceCode")
            && pages(&seen).contains(&"AppCode")
            && pages(&seen).contains(&"ConfirmApp"),
        "{seen}"
    );
    assert!(
        ran.err.contains("Succeeded") && ran.err.contains("alice@"),
        "{}",
        ran.err
    );
    reached(
        "a_device_code_of_az_is_approved_in_the_browser",
        "device code with MFA",
        "proxy",
        "a group made under the mandate",
    );
}

#[test]
fn az_signs_in_with_a_browser_and_one_factor_before_the_mandate() {
    if python_clients().is_none() {
        return;
    }
    let Some(folder) = browser_person() else {
        return;
    };
    let script = format!(
        r#"export BROWSER="node {}/person.mjs %s &"
export PERSON_USER="$ENTRASIM_BOB_UPN" PERSON_PASSWORD="$ENTRASIM_BOB_PASSWORD"
az login -o none
az account show --query user.name -o tsv
az group create -n by-browser -l westeurope --query properties.provisioningState -o tsv"#,
        folder.display()
    );
    let Some((ran, _)) = with_person(BEFORE, &script) else {
        return;
    };
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(
        ran.out.contains("bob@") && ran.out.contains("Succeeded"),
        "{}",
        ran.out
    );
    reached(
        "az_signs_in_with_a_browser_and_one_factor_before_the_mandate",
        "browser",
        "proxy",
        "a group made before the mandate",
    );
}

/// Chromium's own virtual authenticator is the key: registered through Graph, and then all that Bob signs in with.
#[test]
fn a_passkey_signs_in_on_the_real_host_names() {
    let script = r#"node "$PAGES/../passkey.mjs" "$PAGES/passkey""#;
    let Some((ran, _)) = with_person(AFTER, script) else {
        return;
    };
    let seen = seen(&ran);
    for way in ["named", "nameless", "autofill"] {
        let amr = serde_json::json!(["fido", "mfa"]);
        assert_eq!(seen[way]["amr"], amr, "{way}: {seen}\n{}", ran.err);
        let upn = seen[way]["upn"].as_str().unwrap_or_default();
        assert!(upn.starts_with("bob@"), "{way}: {seen}");
    }
    assert_eq!(seen["method"]["attestationLevel"], "notAttested", "{seen}");
    assert_eq!(seen["console"], serde_json::json!([]), "{seen}");
    let refused = seen["refused"].as_str().unwrap_or_default();
    assert!(refused.starts_with("That did not work"), "{seen}");
}

/// The story that administrators are told: a pass, security info, a passkey, the passkey alone, the pass deleted. It runs after
/// Phase 1, and shows what who has only a password is offered. Chromium's own virtual authenticator is the key.
#[test]
fn from_a_pass_to_a_passkey_in_security_info() {
    let script = r#"node "$PAGES/../break-glass.mjs" "$PAGES/break-glass""#;
    let Some((ran, _)) = with_person(AFTER, script) else {
        return;
    };
    is_told_whole(&ran);
}

/// The same with softkey as the browser's security key. It shows the model that it poses as.
#[test]
fn from_a_pass_to_a_passkey_with_softkey() {
    if browser_person().is_none() {
        return;
    }
    let key = SecurityKey::for_a_browser("yubikey5-nfc-5.7", Some("123456"));
    let script = format!(
        r#"SOFTKEY_EXTENSION="{}" node "$PAGES/../break-glass.mjs" "$PAGES/break-glass-softkey""#,
        key.extension().display()
    );
    let Some((ran, _)) = with_person(AFTER, &script) else {
        return;
    };
    let seen = is_told_whole(&ran);
    // What softkey's persona says it is.
    let model = serde_json::json!(["a25342c0-3cdc-4414-8e46-f4807fca511c"]);
    assert_eq!(seen["models"], model, "{seen}");
}

fn is_told_whole(ran: &Ran) -> Value {
    let seen = seen(ran);
    let told = format!("{seen}\n{}", ran.err);
    assert_eq!(seen["amr"], serde_json::json!(["fido", "mfa"]), "{told}");
    assert_eq!(seen["console"], serde_json::json!([]), "{told}");
    assert_eq!(seen["outside"], serde_json::json!([]), "{told}");
    let methods = [
        "#microsoft.graph.fido2AuthenticationMethod",
        "#microsoft.graph.passwordAuthenticationMethod",
    ];
    let mut left: Vec<&str> = seen["methods"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    left.sort_unstable();
    assert_eq!(left, methods, "the pass is gone: {told}");
    let withheld = seen["withheld"].as_str().unwrap_or_default();
    assert!(
        withheld.contains("A password alone does not let anybody register a passkey."),
        "{told}"
    );
    assert!(withheld.contains("Temporary Access Pass"), "{told}");
    let offered = seen["offered"].to_string();
    assert!(!offered.contains("add-passkey"), "{told}");
    assert!(offered.contains("add-authenticator"), "{told}");
    seen
}
