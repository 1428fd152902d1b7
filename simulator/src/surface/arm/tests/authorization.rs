//! Role and policy assignments, and the activity log.

use super::*;

const WRITE_DEFINITION: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/4e6c27d5-a6ee-49cf-b2b4-d8fe90fa2b8b";
const DELETE_DEFINITION: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/db4a9d17-db75-4f46-9fcb-9f9526604417";
const ASSIGNMENT: &str = "{sub}/providers/Microsoft.Authorization/policyAssignments/mfa-write";

fn assign(client: &Client<'_>, path: &str, properties: &Value) {
    let reply = client.put(path, &json!({"properties": properties}));
    assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
}

fn group(client: &Client<'_>, location: &str) -> Reply {
    client.put(
        &format!("{{sub}}/resourcegroups/in-{location}"),
        &json!({"location": location}),
    )
}

#[test]
fn the_tenants_own_policy_refuses_with_its_message_and_its_details() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    assign(
        &admin,
        ASSIGNMENT,
        &json!({
            "displayName": "MFA for writes",
            "policyDefinitionId": WRITE_DEFINITION,
            "parameters": {"effect": {"value": "Deny"}},
            "nonComplianceMessages": [{"message": "MFA is required."}],
        }),
    );
    let alice = Client::user(&bench, "alice", &["pwd"]);
    insta::assert_snapshot!(text(&group(&alice, "westeurope")));
    assert_eq!(
        group(&Client::app(&bench), "westeurope").status,
        StatusCode::CREATED
    );
    assert_eq!(
        alice
            .send("DELETE", "{sub}/resourcegroups/in-westeurope", "")
            .status,
        StatusCode::ACCEPTED
    );
}

#[test]
fn without_a_message_the_refusal_names_the_policy() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let path = "{sub}/resourceGroups/rg-app/providers/Microsoft.Authorization/policyAssignments/d";
    assign(
        &admin,
        path,
        &json!({
            "policyDefinitionId": DELETE_DEFINITION,
            "parameters": {"effect": {"value": "DenyAction"}},
        }),
    );
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let refused = alice.send("DELETE", "{sub}/resourcegroups/rg-app", "");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let message = body(&refused)["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.starts_with("Resource 'rg-app' was disallowed by policy. Policy identifiers: '[{\"policyAssignment\":"), "{message}");
    assert_eq!(
        alice
            .send("DELETE", "{sub}/resourcegroups/rg-shared", "")
            .status,
        StatusCode::ACCEPTED
    );
}

#[test]
fn an_audit_lets_pass_and_leaves_an_event() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    assign(
        &admin,
        ASSIGNMENT,
        &json!({"policyDefinitionId": WRITE_DEFINITION}),
    );
    let alice = Client::user(&bench, "alice", &["pwd"]);
    assert_eq!(group(&alice, "westeurope").status, StatusCode::CREATED);
    let log = "{sub}/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2025-09-30T00:00:00Z' and operations eq 'Microsoft.Authorization/policies/audit/action'";
    let events = admin.get(log);
    assert_eq!(events["value"].as_array().unwrap().len(), 1);
    let event = &events["value"][0];
    assert_eq!(event["caller"], "alice@contoso.onmicrosoft.com");
    let policies: Value =
        serde_json::from_str(event["properties"]["policies"].as_str().unwrap()).unwrap();
    assert_eq!(
        policies[0]["policyDefinitionDisplayName"],
        "Users must authenticate with multi-factor authentication to create or update resources"
    );
    let writes = admin.get("{sub}/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2025-09-30T00:00:00Z' and resourceGroupName eq 'in-westeurope'");
    assert_eq!(writes["value"].as_array().unwrap().len(), 2);
    let none = admin.send(
        "GET",
        "{sub}/providers/Microsoft.Insights/eventtypes/management/values",
        "",
    );
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
}

#[test]
fn an_override_turns_audit_into_deny_region_by_region() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    assign(
        &admin,
        ASSIGNMENT,
        &json!({"policyDefinitionId": WRITE_DEFINITION}),
    );
    let staged = json!({"properties": {"overrides": [{
        "kind": "policyEffect", "value": "Deny",
        "selectors": [{"kind": "resourceLocation", "in": ["eastus", "westus"]}],
    }]}});
    assert_eq!(
        admin.send("PATCH", ASSIGNMENT, &staged.to_string()).status,
        StatusCode::OK
    );
    assert_eq!(group(&alice, "westeurope").status, StatusCode::CREATED);
    assert_eq!(code(&group(&alice, "eastus")), "RequestDisallowedByPolicy");
    let selected = json!({"properties": {"overrides": [], "parameters": {"effect": {"value": "Deny"}},
        "resourceSelectors": [{"name": "s", "selectors": [{"kind": "resourceLocation", "notIn": ["eastus"]}]}]}});
    assert_eq!(
        admin
            .send("PATCH", ASSIGNMENT, &selected.to_string())
            .status,
        StatusCode::OK
    );
    assert_eq!(group(&alice, "eastus").status, StatusCode::CREATED);
    assert_eq!(code(&group(&alice, "westus")), "RequestDisallowedByPolicy");
    let off = json!({"properties": {"enforcementMode": "DoNotEnforce"}});
    admin.send("PATCH", ASSIGNMENT, &off.to_string());
    assert_eq!(group(&alice, "westus").status, StatusCode::CREATED);
    assert_eq!(admin.send("DELETE", ASSIGNMENT, "").status, StatusCode::OK);
    assert_eq!(
        admin.send("DELETE", ASSIGNMENT, "").status,
        StatusCode::NO_CONTENT
    );
}

#[test]
fn not_scopes_and_lists_keep_to_their_scopes() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let excluded = format!(
        "/subscriptions/{}/resourceGroups/in-westeurope",
        admin.subscription
    );
    assign(
        &admin,
        ASSIGNMENT,
        &json!({
            "policyDefinitionId": WRITE_DEFINITION, "notScopes": [excluded],
            "parameters": {"effect": {"value": "deny"}},
        }),
    );
    assert_eq!(group(&alice, "westeurope").status, StatusCode::CREATED);
    assert_eq!(code(&group(&alice, "eastus")), "RequestDisallowedByPolicy");
    let count = |path: &str| admin.get(path)["value"].as_array().unwrap().len();
    let list = "providers/Microsoft.Authorization/policyAssignments";
    assert_eq!(count(&format!("{{sub}}/{list}?$filter=atExactScope()")), 1);
    assert_eq!(
        count(&format!(
            "{{sub}}/resourceGroups/rg-app/{list}?$filter=atExactScope()"
        )),
        0
    );
    assert_eq!(
        count(&format!(
            "{{sub}}/resourceGroups/rg-app/{list}?$filter=atScope()"
        )),
        1
    );
    assert_eq!(
        count("/providers/Microsoft.Authorization/policyDefinitions"),
        2
    );
}

#[test]
fn bad_policy_assignments_are_refused() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let ask = |properties: Value| {
        let reply = admin.put(ASSIGNMENT, &json!({"properties": properties}));
        (reply.status.as_u16(), code(&reply))
    };
    let other =
        "/providers/Microsoft.Authorization/policyDefinitions/00000000-0000-4000-8000-000000000000";
    assert_eq!(ask(json!({"policyDefinitionId": other})).0, 501);
    assert_eq!(ask(json!({})).0, 400);
    assert_eq!(ask(json!({"policyDefinitionId": WRITE_DEFINITION, "parameters": {"effect": {"value": "DenyAction"}}})).1, "PolicyParameterValueNotAllowed");
    assert_eq!(
        ask(json!({"policyDefinitionId": WRITE_DEFINITION, "parameters": {"x": {"value": 1}}})).1,
        "UndefinedPolicyParameter"
    );
    let alice = Client::user(&bench, "alice", &["pwd", "mfa"]);
    let reply = alice.put(
        ASSIGNMENT,
        &json!({"properties": {"policyDefinitionId": WRITE_DEFINITION}}),
    );
    assert_eq!(code(&reply), "AuthorizationFailed");
}

#[test]
fn roles_are_found_assigned_listed_and_taken_away() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let roles = admin.get(
        "{sub}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Reader'",
    );
    let reader = roles["value"][0]["id"].clone();
    let user = bench
        .tenant
        .read()
        .users
        .by_local_part("breakglass1", 0)
        .unwrap()
        .id
        .to_string();
    let path = |name: u128| {
        format!(
            "{{sub}}/providers/Microsoft.Authorization/roleAssignments/{}",
            uuid::Uuid::from_u128(name)
        )
    };
    let content = json!({"properties": {"roleDefinitionId": reader, "principalId": user, "principalType": "User"}});
    assert_eq!(admin.put(&path(1), &content).status, StatusCode::CREATED);
    assert_eq!(admin.put(&path(1), &content).status, StatusCode::OK);
    let twice = admin.put(&path(2), &content);
    assert_eq!(
        (twice.status, code(&twice)),
        (StatusCode::CONFLICT, "RoleAssignmentExists".to_owned())
    );
    let list = "{sub}/providers/Microsoft.Authorization/roleAssignments";
    let count = |filter: &str| {
        admin.get(&format!("{list}?$filter={filter}"))["value"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(&format!("principalId eq '{user}'")), 1);
    assert_eq!(count(&format!("atScope() and assignedTo('{user}')")), 1);
    assert_eq!(count("atScope()"), 10);
    let client = Client::user(&bench, "breakglass1", &["pwd"]);
    client.get("{sub}/resourcegroups/rg-app");
    assert_eq!(
        client.get("{sub}/providers/Microsoft.Authorization/permissions")["value"][0]["actions"],
        json!(["*/read"])
    );
    assert_eq!(admin.send("DELETE", &path(1), "").status, StatusCode::OK);
    assert_eq!(
        admin.send("DELETE", &path(1), "").status,
        StatusCode::NO_CONTENT
    );
    let mut bad = content.clone();
    bad["properties"]["principalId"] = json!("00000000-0000-4000-8000-000000000000");
    assert_eq!(code(&admin.put(&path(3), &bad)), "PrincipalNotFound");
    bad["properties"] =
        json!({"roleDefinitionId": "/x/00000000-0000-4000-8000-000000000000", "principalId": user});
    assert_eq!(
        code(&admin.put(&path(3), &bad)),
        "RoleDefinitionDoesNotExist"
    );
    assert_eq!(
        code(&admin.put(&format!("{list}/x"), &content)),
        "InvalidRoleAssignmentId"
    );
    bench.set_clock(AFTER_PHASE_2);
    let password = Client::user(&bench, "admin", &["pwd"]);
    assert_eq!(
        code(&password.put(&path(4), &content)),
        "RequestDisallowedByAzure"
    );
}
