//! Template deployments.

use super::*;

const DEPLOYMENT: &str =
    "{sub}/resourcegroups/rg-app/providers/Microsoft.Resources/deployments/main";

fn template() -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "prefix": {"type": "string", "allowedValues": ["st", "xx"]},
            "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
            "secret": {"type": "securestring", "defaultValue": "x"},
        },
        "variables": {"name": "[toLower(format('{0}{1}', parameters('prefix'), uniqueString(resourceGroup().id)))]"},
        "resources": [{
            "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[variables('name')]",
            "location": "[parameters('location')]", "sku": {"name": "Standard_LRS"},
            "resources": [{
                "type": "blobServices", "apiVersion": "2023-01-01", "name": "default",
                "dependsOn": ["[resourceId('Microsoft.Storage/storageAccounts', variables('name'))]"],
            }],
        }],
        "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Storage/storageAccounts', variables('name'))]"}},
    })
}

fn body_of(template: &Value, parameters: &Value) -> Value {
    json!({"properties": {"mode": "Incremental", "template": template, "parameters": parameters}})
}

#[test]
fn a_templates_resources_appear() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let content = body_of(&template(), &json!({"prefix": {"value": "st"}}));
    let validated = alice.send(
        "POST",
        &format!("{DEPLOYMENT}/validate"),
        &content.to_string(),
    );
    assert_eq!(validated.status, StatusCode::OK, "{:?}", validated.body);
    assert_eq!(
        alice.get("{sub}/resourcegroups/rg-app/resources")["value"],
        json!([])
    );
    let created = alice.put(DEPLOYMENT, &content);
    assert_eq!(created.status, StatusCode::CREATED, "{:?}", created.body);
    let properties = body(&created)["properties"].clone();
    assert_eq!(properties["provisioningState"], "Succeeded");
    assert_eq!(
        properties["parameters"]["secret"],
        json!({"type": "Securestring"})
    );
    let id = properties["outputs"]["id"]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(alice.get(&id)["location"], "westeurope");
    alice.get(&format!("{id}/blobServices/default"));
    assert_eq!(alice.put(DEPLOYMENT, &content).status, StatusCode::OK);
    let operations = "{sub}/resourcegroups/rg-app/deployments/main/operations";
    assert_eq!(alice.get(operations)["value"].as_array().unwrap().len(), 2);
    assert_eq!(
        alice.get("{sub}/resourcegroups/rg-app/providers/Microsoft.Resources/deployments")["value"]
            [0]["name"],
        "main"
    );
    assert_eq!(alice.send("DELETE", DEPLOYMENT, "").status, StatusCode::OK);
    assert_eq!(
        code(&alice.send("GET", DEPLOYMENT, "")),
        "DeploymentNotFound"
    );
    alice.get(&id);
}

#[test]
fn bad_templates_are_refused_and_unsimulated_ones_named() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let ask = |content: Value| code(&alice.put(DEPLOYMENT, &content));
    assert_eq!(ask(body_of(&template(), &json!({}))), "InvalidTemplate");
    assert_eq!(
        ask(body_of(&template(), &json!({"prefix": {"value": "no"}}))),
        "InvalidTemplate"
    );
    assert_eq!(
        ask(body_of(&template(), &json!({"prefix": {"value": 1}}))),
        "InvalidTemplate"
    );
    assert_eq!(
        ask(body_of(
            &template(),
            &json!({"prefix": {"value": "st"}, "more": {"value": 1}})
        )),
        "InvalidTemplate"
    );
    assert_eq!(
        ask(json!({"properties": {"mode": "Incremental"}})),
        "InvalidTemplate"
    );
    assert_eq!(ask(json!({})), "InvalidRequestContent");
    let resource = |resource: Value| body_of(&json!({"resources": [resource]}), &json!({}));
    assert_eq!(
        ask(resource(json!({"type": "A.B/c", "name": "x/y"}))),
        "InvalidTemplate"
    );
    assert_eq!(
        ask(resource(
            json!({"type": "A.B/c", "name": "[reference('x')]"})
        )),
        "NotSimulated"
    );
    assert_eq!(
        ask(resource(json!({"type": "A.B/c", "name": "x", "copy": {}}))),
        "NotSimulated"
    );
    assert_eq!(ask(resource(json!(1))), "InvalidTemplate");
}

#[test]
fn complete_mode_takes_away_what_the_template_has_not() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    for (name, location) in [("kept", "westeurope"), ("gone", "westeurope")] {
        let path = format!("{{sub}}/resourcegroups/rg-app/providers/A.B/c/{name}");
        alice.put(&path, &json!({"location": location}));
    }
    alice.put(
        "{sub}/resourcegroups/rg-app/providers/A.B/c/gone/d/child",
        &json!({}),
    );
    let template =
        json!({"resources": [{"type": "A.B/c", "name": "kept", "location": "westeurope"}]});
    let mut content = body_of(&template, &json!({}));
    content["properties"]["mode"] = json!("Complete");
    let landing = "{sub}/providers/Microsoft.Resources/deployments/landing";
    let mut wide = content.clone();
    wide["location"] = json!("westeurope");
    assert_eq!(code(&alice.put(landing, &wide)), "NotSimulated");
    let assignment = "{sub}/providers/Microsoft.Authorization/policyAssignments/keep";
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let reply = admin.put(assignment, &json!({"properties": {
        "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/db4a9d17-db75-4f46-9fcb-9f9526604417",
        "parameters": {"effect": {"value": "DenyAction"}},
    }}));
    assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
    let refused = alice.put(DEPLOYMENT, &content);
    assert_eq!(
        body(&refused)["error"]["target"],
        "gone",
        "{:?}",
        refused.body
    );
    let names = || -> Vec<Value> {
        let found = alice.get("{sub}/resourcegroups/rg-app/resources");
        let found = found["value"].as_array().unwrap().clone();
        found.iter().map(|row| row["name"].clone()).collect()
    };
    assert_eq!(names(), ["gone", "kept"]);
    admin.send("DELETE", assignment, "");
    assert_eq!(alice.put(DEPLOYMENT, &content).status, StatusCode::CREATED);
    assert_eq!(names(), ["kept"]);
    let child = "{sub}/resourcegroups/rg-app/providers/A.B/c/gone/d/child";
    assert_eq!(alice.send("GET", child, "").status, StatusCode::NOT_FOUND);
}

#[test]
fn every_resource_of_a_deployment_passes_the_gate_or_none_is_written() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let assignment = "{sub}/providers/Microsoft.Authorization/policyAssignments/east";
    let reply = admin.put(assignment, &json!({"properties": {
        "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/4e6c27d5-a6ee-49cf-b2b4-d8fe90fa2b8b",
        "parameters": {"effect": {"value": "Deny"}},
        "resourceSelectors": [{"name": "east", "selectors": [{"kind": "resourceLocation", "in": ["eastus"]}]}],
    }}));
    assert_eq!(reply.status, StatusCode::CREATED);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let two = json!({"resources": [
        {"type": "A.B/c", "name": "west", "location": "westeurope"},
        {"type": "A.B/c", "name": "east", "location": "eastus"},
    ]});
    let refused = alice.put(DEPLOYMENT, &body_of(&two, &json!({})));
    assert_eq!(
        (refused.status, code(&refused)),
        (
            StatusCode::UNAUTHORIZED,
            "RequestDisallowedByPolicy".to_owned()
        )
    );
    assert_eq!(body(&refused)["error"]["target"], "east");
    assert_eq!(
        alice.get("{sub}/resourcegroups/rg-app/resources")["value"],
        json!([])
    );
    bench.set_clock(AFTER_PHASE_2);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let refused = alice.put(DEPLOYMENT, &body_of(&json!({"resources": []}), &json!({})));
    assert_eq!(code(&refused), "RequestDisallowedByAzure");
}

#[test]
fn a_subscription_deployment_makes_groups_and_fills_them() {
    let bench = before();
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    let path = "{sub}/providers/Microsoft.Resources/deployments/landing";
    let principal = bench
        .tenant
        .read()
        .users
        .by_local_part("student", 0)
        .unwrap()
        .id
        .to_string();
    let content = json!({"resources": [
        {"type": "Microsoft.Resources/resourceGroups", "name": "made", "location": "westeurope", "apiVersion": "2022-09-01"},
        {"type": "Microsoft.Authorization/roleAssignments", "name": "[guid('x')]", "properties": {
            "principalId": principal,
            "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]",
        }},
    ]});
    let mut content = body_of(&content, &json!({}));
    assert_eq!(code(&admin.put(path, &content)), "LocationRequired");
    content["location"] = json!("westeurope");
    let reply = admin.put(path, &content);
    assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
    admin.get("{sub}/resourcegroups/made");
    let nested = json!({"resources": [{
        "type": "Microsoft.Resources/deployments", "name": "module", "resourceGroup": "made",
        "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"name": {"value": "[concat('a', 'b')]"}},
            "template": {"parameters": {"name": {"type": "string"}}, "resources": [
                {"type": "A.B/c", "name": "[parameters('name')]", "location": "[resourceGroup().location]"},
            ]}},
    }]});
    let mut nested = body_of(&nested, &json!({}));
    nested["location"] = json!("westeurope");
    let reply = admin.put(path, &nested);
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    assert_eq!(
        admin.get("{sub}/resourcegroups/made/providers/A.B/c/ab")["location"],
        "westeurope"
    );
    let student = Client::user(&bench, "student", &["pwd"]);
    assert_eq!(
        student
            .put(
                "{sub}/resourcegroups/more",
                &json!({"location": "westeurope"})
            )
            .status,
        StatusCode::CREATED
    );
}
