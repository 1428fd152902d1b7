//! Azure Resource Manager and its gate.

use crate::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, Bench};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim::wire::jwt::{HeaderForm, Unverified, sign};
use proptest::prelude::*;
use serde_json::json as j;

use crate::support::{app_token, arm, arm_token, json, text};

const GROUP: &str = "/subscriptions/{sub}/resourcegroups/nightly";
const WEST: &str = r#"{"location":"West Europe"}"#;

/// The same token with other claims, signed by the same key.
fn with_claims(
    bench: &Bench,
    token: &str,
    change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>),
) -> String {
    let mut claims = Unverified::parse(token).unwrap().claims;
    change(&mut claims);
    sign(HeaderForm::V1, &claims, bench.app.keys.current())
}

fn challenge(reply: &entrasim::wire::Reply) -> String {
    let header = reply.headers["www-authenticate"].to_str().unwrap();
    assert!(header.starts_with("Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\""));
    let claims = header
        .split("claims=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    String::from_utf8(STANDARD.decode(claims).unwrap()).unwrap()
}

#[test]
fn a_password_writes_before_phase_2_and_only_reads_after() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let token = arm_token(&bench, "svc-deploy");
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 201);
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 200);
    bench.set_clock("2025-10-01T00:00:00Z");
    let refused = arm(&bench, &token, "PUT", GROUP, WEST);
    assert_eq!(refused.status, 401);
    let body = json(&refused);
    assert_eq!(text(&body["error"], "code"), "RequestDisallowedByAzure");
    assert_eq!(text(&body["error"], "target"), "nightly");
    assert!(
        text(&body["error"], "message").starts_with("Resource 'nightly' was disallowed by Azure: ")
    );
    assert_eq!(
        challenge(&refused),
        r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#
    );
    assert_eq!(arm(&bench, &token, "GET", GROUP, "").status, 200);
    assert_eq!(arm(&bench, &token, "DELETE", GROUP, "").status, 401);
    assert_eq!(
        arm(&bench, &token, "PATCH", GROUP, r#"{"tags":{}}"#).status,
        401
    );
}

#[test]
fn the_gate_reads_claims_and_nothing_else() {
    let bench = Bench::at(AFTER_PHASE_2);
    let token = arm_token(&bench, "alice");
    let put = |token: &str| arm(&bench, token, "PUT", GROUP, WEST).status.as_u16();
    assert_eq!(put(&token), 401);
    for (name, value) in [
        ("amr", j!(["pwd", "mfa"])),
        ("acrs", j!(["p1"])),
        ("idtyp", j!("app")),
    ] {
        let other = with_claims(&bench, &token, |claims| {
            claims.insert(name.to_owned(), value.clone());
        });
        assert!(put(&other) < 300, "{name}");
    }
    let without = with_claims(&bench, &token, |claims| {
        claims.remove("idtyp");
    });
    assert!(
        put(&without) < 300,
        "a token without idtyp escapes the definition"
    );
    let ngcmfa = with_claims(&bench, &token, |claims| {
        claims.insert("amr".to_owned(), j!(["rsa", "ngcmfa"]));
    });
    assert_eq!(put(&ngcmfa), 401, "only the literal mfa counts");
}

#[test]
fn roles_come_before_the_gate() {
    let bench = Bench::at(AFTER_PHASE_2);
    let refused = arm(&bench, &arm_token(&bench, "student"), "PUT", GROUP, WEST);
    assert_eq!(refused.status, 403);
    assert_eq!(
        text(&json(&refused)["error"], "code"),
        "AuthorizationFailed"
    );
    let nobody = arm(
        &bench,
        &arm_token(&bench, "breakglass1"),
        "GET",
        "/subscriptions",
        "",
    );
    assert_eq!(json(&nobody)["value"], j!([]));
}

#[test]
fn the_tenants_own_policy_audits_then_denies() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let admin = arm_token(&bench, "admin");
    let assignment = "/subscriptions/{sub}/providers/Microsoft.Authorization/policyAssignments/mfa";
    let assign = |effect: &str| {
        let body = j!({"properties": {
            "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/4e6c27d5-a6ee-49cf-b2b4-d8fe90fa2b8b",
            "parameters": {"effect": {"value": effect}},
            "nonComplianceMessages": [{"message": "MFA is required."}],
        }});
        arm(&bench, &admin, "PUT", assignment, &body.to_string())
    };
    assert_eq!(assign("Audit").status, 201);
    let token = arm_token(&bench, "svc-deploy");
    assert_eq!(arm(&bench, &token, "PUT", GROUP, WEST).status, 201);
    let log = "/subscriptions/{sub}/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp%20ge%20'2025-09-01'";
    let events = json(&arm(&bench, &admin, "GET", log, ""));
    let audit = events["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| {
            event["operationName"]["value"] == "Microsoft.Authorization/policies/audit/action"
        })
        .unwrap();
    assert_eq!(text(audit, "caller"), "svc-deploy@contoso.onmicrosoft.com");
    assert!(text(&audit["properties"], "policies").contains("policyDefinitionDisplayName"));
    assert_eq!(assign("Sometimes").status, 400);
    assert_eq!(assign("Deny").status, 201);
    assert_eq!(
        assign("Audit").status,
        401,
        "who denies without a second factor is denied, too"
    );
    let refused = arm(&bench, &token, "PUT", GROUP, WEST);
    assert_eq!(refused.status, 401);
    let body = json(&refused);
    assert_eq!(text(&body["error"], "code"), "RequestDisallowedByPolicy");
    assert_eq!(
        text(&body["error"], "message"),
        "Resource 'nightly' was disallowed by policy. Reasons: 'MFA is required.'. See error details for policy resource IDs."
    );
    assert_eq!(
        body["error"]["additionalInfo"][0]["type"],
        "PolicyViolation"
    );
    assert_eq!(
        arm(&bench, &token, "DELETE", GROUP, "").status,
        202,
        "the definition is about create and update"
    );
}

#[test]
fn a_deleted_group_is_followed_by_its_location_and_takes_its_resources_along() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let token = arm_token(&bench, "svc-deploy");
    arm(&bench, &token, "PUT", GROUP, WEST);
    let account = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/one");
    let made = arm(
        &bench,
        &token,
        "PUT",
        &account,
        r#"{"location":"westeurope","properties":{"a":1}}"#,
    );
    assert_eq!(made.status, 201);
    assert_eq!(
        json(&made)["properties"],
        j!({"a": 1, "provisioningState": "Succeeded"})
    );
    let deleted = arm(&bench, &token, "DELETE", GROUP, "");
    assert_eq!(deleted.status, 202);
    let location = deleted.headers["location"].to_str().unwrap();
    let bearer = format!("Bearer {token}");
    assert_eq!(
        bench
            .send("GET", location, &[("authorization", &bearer)], "")
            .status,
        200
    );
    assert_eq!(arm(&bench, &token, "HEAD", GROUP, "").status, 404);
    let gone = arm(&bench, &token, "GET", &account, "");
    assert_eq!(text(&json(&gone)["error"], "code"), "ResourceGroupNotFound");
}

#[test]
fn a_role_assignment_takes_effect_at_once() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let (admin, student) = (arm_token(&bench, "admin"), arm_token(&bench, "student"));
    let id = bench
        .tenant
        .read()
        .users
        .by_local_part("student", 0)
        .unwrap()
        .id;
    let path = "/subscriptions/{sub}/providers/Microsoft.Authorization/roleAssignments/0b7f4d4c-3c3e-4b0e-8f4a-111111111111";
    let role = "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c";
    let body =
        j!({"properties": {"roleDefinitionId": role, "principalId": id.to_string()}}).to_string();
    assert_eq!(arm(&bench, &student, "PUT", path, &body).status, 403);
    assert_eq!(arm(&bench, &admin, "PUT", path, &body).status, 201);
    assert_eq!(arm(&bench, &admin, "PUT", path, &body).status, 200);
    let other = path.replace("111111111111", "222222222222");
    let again = arm(&bench, &admin, "PUT", &other, &body);
    assert_eq!(
        (again.status.as_u16(), text(&json(&again)["error"], "code")),
        (409, "RoleAssignmentExists")
    );
    assert_eq!(arm(&bench, &student, "PUT", GROUP, WEST).status, 201);
    assert_eq!(arm(&bench, &admin, "DELETE", path, "").status, 200);
    assert_eq!(arm(&bench, &student, "PUT", GROUP, WEST).status, 403);
}

#[test]
fn a_template_makes_its_resources_and_the_gate_sees_each() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let token = arm_token(&bench, "svc-deploy");
    arm(&bench, &token, "PUT", GROUP, WEST);
    let template = r#"{"properties":{"mode":"Incremental", template:{
        // as the Azure CLI sends it
        "parameters":{"name":{"type":"string","defaultValue":"[concat('st', uniqueString(resourceGroup().id))]"}},
        "resources":[{"type":"Microsoft.Storage/storageAccounts","apiVersion":"2023-01-01","name":"[parameters('name')]","location":"[resourceGroup().location]"}],
        "outputs":{"id":{"type":"string","value":"[resourceId('Microsoft.Storage/storageAccounts', parameters('name'))]"}}}}}"#;
    let path = format!("{GROUP}/providers/Microsoft.Resources/deployments/First");
    let made = arm(&bench, &token, "PUT", &path, template);
    assert_eq!(made.status, 201, "{}", json(&made));
    let id = json(&made)["properties"]["outputs"]["id"]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(arm(&bench, &token, "GET", &id, "").status, 200);
    let unknown = template.replace("uniqueString", "newGuid");
    assert_eq!(arm(&bench, &token, "PUT", &path, &unknown).status, 501);
    bench.set_clock(AFTER_PHASE_2);
    let token = arm_token(&bench, "svc-deploy");
    assert_eq!(arm(&bench, &token, "PUT", &path, template).status, 401);
}

#[test]
fn tokens_that_do_not_let_in_have_their_errors() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let token = arm_token(&bench, "alice");
    let code = |token: &str| {
        text(
            &json(&arm(&bench, token, "GET", "/subscriptions", ""))["error"],
            "code",
        )
        .to_owned()
    };
    assert_eq!(code("garbage"), "InvalidAuthenticationToken");
    let graph = json(&app_token(&bench, "https://graph.microsoft.com/.default"));
    assert_eq!(
        code(text(&graph, "access_token")),
        "InvalidAuthenticationTokenAudience"
    );
    let forged = format!("{}x", &token[..token.len() - 3]);
    assert_eq!(code(&forged), "InvalidAuthenticationToken");
    let missing = bench.send(
        "GET",
        "https://management.azure.com/subscriptions?api-version=2022-12-01",
        &[],
        "",
    );
    assert_eq!(missing.status, 401);
    assert!(
        missing.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("missing 'Authorization' header")
    );
    bench.set_clock("2025-10-05T00:00:00Z");
    assert_eq!(code(&token), "ExpiredAuthenticationToken");
}

#[test]
fn strange_requests_get_the_real_errors() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let token = arm_token(&bench, "admin");
    let code = |method: &str, path: &str, body: &str| {
        text(
            &json(&arm(&bench, &token, method, path, body))["error"],
            "code",
        )
        .to_owned()
    };
    assert_eq!(code("PUT", GROUP, "{"), "InvalidRequestContent");
    assert_eq!(
        code("PUT", GROUP, &"[".repeat(100_000)),
        "InvalidRequestContent"
    );
    assert_eq!(code("PUT", GROUP, "{}"), "LocationRequired");
    assert_eq!(
        code(
            "GET",
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups",
            ""
        ),
        "SubscriptionNotFound"
    );
    assert_eq!(code("GET", GROUP, ""), "ResourceGroupNotFound");
    let bearer = format!("Bearer {token}");
    let without = bench.send(
        "GET",
        "https://management.azure.com/subscriptions",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(
        text(&json(&without)["error"], "code"),
        "MissingApiVersionParameter"
    );
    let other = r#"{"properties":{"policyDefinitionId":"/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"}}"#;
    let reply = arm(
        &bench,
        &token,
        "PUT",
        "/subscriptions/{sub}/providers/Microsoft.Authorization/policyAssignments/x",
        other,
    );
    assert_eq!(reply.status, 501);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_path_or_body_breaks_it(path in "(/[a-zA-Z%. {}é]{0,12}){0,8}", body in ".{0,80}", method in "GET|PUT|PATCH|POST|DELETE|HEAD") {
        let bench = Bench::at(BEFORE_PHASE_2);
        let token = arm_token(&bench, "admin");
        for prefix in ["", "/subscriptions/{sub}", "/subscriptions/{sub}/resourcegroups/rg-app/providers/Microsoft.Resources/deployments"] {
            arm(&bench, &token, &method, &format!("{prefix}{path}"), &body);
        }
    }
}
