//! What a deployment would do.

use super::*;

const DEPLOYMENT: &str =
    "{sub}/resourcegroups/rg-app/providers/Microsoft.Resources/deployments/main";

fn store(sku: &str, tags: &Value) -> Value {
    json!({"resources": [{
        "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "store",
        "location": "West Europe", "sku": {"name": sku}, "kind": "StorageV2", "tags": tags,
        "identity": {"type": "SystemAssigned"},
    }]})
}

fn asked(template: &Value) -> Value {
    json!({"properties": {"mode": "Incremental", "template": template, "parameters": {}}})
}

/// Asks, follows the address of the answer, gives what is there.
fn result_of(client: &Client<'_>, deployment: &str, content: &Value) -> Value {
    let reply = client.send(
        "POST",
        &format!("{deployment}/whatIf"),
        &content.to_string(),
    );
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{:?}", reply.body);
    assert_eq!(reply.headers["retry-after"], "0");
    let location = reply.headers["location"].to_str().unwrap();
    let path = location
        .strip_prefix("https://management.azure.com")
        .unwrap();
    assert!(path.ends_with("?api-version=2024-11-01"), "{path}");
    client.get(path.split('?').next().unwrap())
}

fn changes(client: &Client<'_>, deployment: &str, content: &Value) -> Vec<Value> {
    let result = result_of(client, deployment, content);
    assert_eq!(result["status"], "Succeeded", "{result}");
    result["properties"]["changes"].as_array().unwrap().clone()
}

/// `Create store`, in order.
fn kinds(changes: &[Value]) -> Vec<String> {
    let name = |change: &Value| {
        let id = change["resourceId"].as_str().unwrap();
        id.rsplit('/').next().unwrap().to_owned()
    };
    changes
        .iter()
        .map(|change| {
            format!(
                "{} {}",
                change["changeType"].as_str().unwrap(),
                name(change)
            )
        })
        .collect()
}

#[test]
fn nothing_happens_but_what_would_is_told() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let plain = asked(&store("Standard_LRS", &json!({"team": "a"})));
    let created = changes(&alice, DEPLOYMENT, &plain);
    assert_eq!(kinds(&created), ["Create store"]);
    assert!(created[0].get("before").is_none() && created[0].get("delta").is_none());
    let id = created[0]["resourceId"].as_str().unwrap().to_owned();
    let after = json!({
        "apiVersion": "2023-01-01", "id": id, "identity": {"type": "SystemAssigned"},
        "kind": "StorageV2", "location": "westeurope", "name": "store",
        "sku": {"name": "Standard_LRS"}, "tags": {"team": "a"},
        "type": "Microsoft.Storage/storageAccounts",
    });
    assert_eq!(created[0]["after"], after);
    assert_eq!(
        alice.get("{sub}/resourcegroups/rg-app/resources")["value"],
        json!([])
    );
    assert_eq!(
        code(&alice.send("GET", DEPLOYMENT, "")),
        "DeploymentNotFound"
    );
    let identities = bench.tenant.read().service_principals.values().count();

    // What is foretold is what comes.
    assert_eq!(alice.put(DEPLOYMENT, &plain).status, StatusCode::CREATED);
    assert_eq!(
        bench.tenant.read().service_principals.values().count(),
        identities + 1
    );
    let same = changes(&alice, DEPLOYMENT, &plain);
    assert_eq!(kinds(&same), ["NoChange store"]);
    assert!(same[0].get("delta").is_none());
    assert_eq!(same[0]["before"], same[0]["after"]);

    let other = asked(&store("Standard_GRS", &json!({"owner": "b"})));
    let changed = changes(&alice, DEPLOYMENT, &other);
    assert_eq!(kinds(&changed), ["Modify store"]);
    assert_eq!(changed[0]["before"], after);
    let delta = json!([
        {"path": "sku.name", "propertyChangeType": "Modify", "before": "Standard_LRS", "after": "Standard_GRS"},
        {"path": "tags.team", "propertyChangeType": "Delete", "before": "a"},
        {"path": "tags.owner", "propertyChangeType": "Create", "after": "b"},
    ]);
    assert_eq!(changed[0]["delta"], delta);
    assert_eq!(alice.get(&id)["tags"], json!({"team": "a"}));
}

#[test]
fn resources_beside_the_template_are_ignored_or_deleted_by_the_mode() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let beside = "{sub}/resourcegroups/rg-app/providers/A.B/c/beside";
    alice.put(
        beside,
        &json!({"location": "westeurope", "properties": {"x": 1}}),
    );
    alice.put(&format!("{beside}/d/child"), &json!({}));
    let mut content = asked(&store("Standard_LRS", &json!({})));
    let ignored = changes(&alice, DEPLOYMENT, &content);
    assert_eq!(kinds(&ignored), ["Create store", "Ignore beside"]);
    assert_eq!(ignored[1]["before"], ignored[1]["after"]);
    content["properties"]["mode"] = json!("Complete");
    let deleted = changes(&alice, DEPLOYMENT, &content);
    assert_eq!(kinds(&deleted), ["Create store", "Delete beside"]);
    assert_eq!(deleted[1]["before"]["location"], "westeurope");
    assert!(deleted[1].get("after").is_none());
    alice.get(beside);
    alice.put(DEPLOYMENT, &content);
    let there = "{sub}/resourcegroups/rg-app/resources";
    assert_eq!(alice.get(there)["value"].as_array().unwrap().len(), 1);
}

#[test]
fn ids_alone_do_not_tell_whether_something_changes() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let mut content = asked(&store("Standard_LRS", &json!({})));
    content["properties"]["whatIfSettings"] = json!({"resultFormat": "ResourceIdOnly"});
    let created = changes(&alice, DEPLOYMENT, &content);
    assert_eq!(kinds(&created), ["Create store"]);
    assert_eq!(created[0].as_object().unwrap().len(), 2);
    alice.put(DEPLOYMENT, &content);
    let known = changes(&alice, DEPLOYMENT, &content);
    assert_eq!(kinds(&known), ["Deploy store"]);
    assert_eq!(known[0].as_object().unwrap().len(), 2);
    let whatif = format!("{DEPLOYMENT}/whatIf");
    for (member, value) in [
        ("whatIfSettings", json!({"resultFormat": "Everything"})),
        ("validationLevel", json!(7)),
        ("mode", json!("Half")),
    ] {
        let mut wrong = content.clone();
        wrong["properties"][member] = value;
        let reply = alice.send("POST", &whatif, &wrong.to_string());
        assert_eq!(code(&reply), "InvalidRequestContent", "{member}");
    }
}

#[test]
fn a_subscription_is_foretold_with_its_groups() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let path = "{sub}/providers/Microsoft.Resources/deployments/landing";
    let inner = json!({"resources": [{"type": "A.B/c", "apiVersion": "1", "name": "x", "location": "westeurope"}]});
    let mut content = asked(&json!({"resources": [
        {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2022-09-01", "name": "made", "location": "westeurope"},
        {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2022-09-01", "name": "rg-app", "location": "westeurope", "tags": {"a": "b"}},
        {"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('x')]", "properties": {
            "principalId": bench.tenant.read().users.by_local_part("student", 0).unwrap().id.to_string(),
            "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]",
        }},
        {"type": "Microsoft.Resources/deployments", "name": "module", "resourceGroup": "rg-app", "properties": {
            "mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "template": inner}},
    ]}));
    let whatif = format!("{path}/whatIf");
    let reply = admin.send("POST", &whatif, &content.to_string());
    assert_eq!(code(&reply), "LocationRequired");
    content["location"] = json!("westeurope");
    let foretold = changes(&admin, path, &content);
    let kinds = kinds(&foretold);
    assert_eq!(kinds[..2], ["Create made", "Modify rg-app"]);
    assert!(
        kinds[2].starts_with("Create ") && kinds[3] == "Create x",
        "{kinds:?}"
    );
    let tag = json!([{"path": "tags.a", "propertyChangeType": "Create", "after": "b"}]);
    assert_eq!(foretold[1]["delta"], tag);
    let properties = foretold[2]["after"]["properties"].as_object().unwrap();
    assert_eq!(properties.len(), 2, "{properties:?}");
    assert_eq!(
        admin.send("GET", "{sub}/resourcegroups/made", "").status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(admin.put(path, &content).status, StatusCode::CREATED);
    let again = changes(&admin, path, &content);
    assert!(
        again
            .iter()
            .all(|change| change["changeType"] == "NoChange"),
        "{again:?}"
    );
}

#[test]
fn what_would_fail_is_the_result() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let invalid = result_of(&alice, DEPLOYMENT, &asked(&json!({"resources": [1]})));
    assert_eq!(
        (&invalid["status"], &invalid["error"]["code"]),
        (&json!("Failed"), &json!("InvalidTemplate"))
    );
    let child = json!({"resources": [{"type": "A.B/c/d", "name": "no/child"}]});
    let orphan = result_of(&alice, DEPLOYMENT, &asked(&child));
    assert_eq!(orphan["error"]["code"], "ParentResourceNotFound");
    let unsimulated = json!({"resources": [{"type": "A.B/c", "name": "x", "copy": {}}]});
    let reply = alice.send(
        "POST",
        &format!("{DEPLOYMENT}/whatIf"),
        &asked(&unsimulated).to_string(),
    );
    assert_eq!(reply.status, StatusCode::NOT_IMPLEMENTED);
    let elsewhere = "{sub}/resourcegroups/none/providers/Microsoft.Resources/deployments/x/whatIf";
    let reply = alice.send("POST", elsewhere, "{}");
    assert_eq!(code(&reply), "ResourceGroupNotFound");

    // Alice contributes, and gives nobody a role.
    let template = json!({"resources": [{"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01",
        "name": "[guid('x')]", "properties": {"principalId": bench.tenant.read().users.by_local_part("student", 0).unwrap().id.to_string(),
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]"}}]});
    let mut content = asked(&template);
    let refused = result_of(&alice, DEPLOYMENT, &content);
    assert_eq!(refused["error"]["code"], "InvalidTemplateDeployment");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("The template deployment failed with error: 'Authorization failed for template resource '")
            && message.contains("does not have permission to perform action 'Microsoft.Authorization/roleAssignments/write'"),
        "{message}"
    );
    content["properties"]["validationLevel"] = json!("ProviderNoRbac");
    assert_eq!(changes(&alice, DEPLOYMENT, &content).len(), 1);
}

#[test]
fn the_mandate_and_the_tenants_own_policies_come_first() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let assignment = "{sub}/providers/Microsoft.Authorization/policyAssignments/west";
    admin.put(assignment, &json!({"properties": {
        "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/4e6c27d5-a6ee-49cf-b2b4-d8fe90fa2b8b",
        "parameters": {"effect": {"value": "Deny"}},
        "resourceSelectors": [{"name": "west", "selectors": [{"kind": "resourceLocation", "in": ["westeurope"]}]}],
    }}));
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let content = asked(&store("Standard_LRS", &json!({})));
    let whatif = format!("{DEPLOYMENT}/whatIf");
    let refused = alice.send("POST", &whatif, &content.to_string());
    assert_eq!(code(&refused), "RequestDisallowedByPolicy");
    let mut shallow = content.clone();
    shallow["properties"]["validationLevel"] = json!("Template");
    assert_eq!(changes(&alice, DEPLOYMENT, &shallow).len(), 1);

    bench.set_clock(AFTER_PHASE_2);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let refused = alice.send("POST", &whatif, &shallow.to_string());
    assert_eq!(
        (refused.status, code(&refused)),
        (
            StatusCode::UNAUTHORIZED,
            "RequestDisallowedByAzure".to_owned()
        )
    );
    let with_mfa = Client::user(&bench, "alice", &["pwd", "mfa"]);
    assert_eq!(
        kinds(&changes(&with_mfa, DEPLOYMENT, &content)),
        ["Create store"]
    );
    let app = Client::app(&bench);
    assert_eq!(
        kinds(&changes(&app, DEPLOYMENT, &content)),
        ["Create store"]
    );
}

#[test]
fn only_who_may_ask_reads_the_result_and_old_ones_are_forgotten() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let content = asked(&store("Standard_LRS", &json!({}))).to_string();
    let ask = || {
        let reply = alice.send("POST", &format!("{DEPLOYMENT}/whatIf"), &content);
        let location = reply.headers["location"].to_str().unwrap().to_owned();
        let path = location.strip_prefix("https://management.azure.com");
        path.unwrap().split('?').next().unwrap().to_owned()
    };
    let first = ask();
    alice.get(&first);
    let student = Client::user(&bench, "student", &["pwd"]);
    assert_eq!(
        student.send("GET", &first, "").status,
        StatusCode::FORBIDDEN
    );
    assert_ne!(first, ask());
    for _ in 0..99 {
        ask();
    }
    assert_eq!(bench.tenant.read().azure.operation_results.len(), 100);
    let forgotten = alice.send("GET", &first, "");
    assert_eq!(code(&forgotten), "OperationResultNotFound");
}
