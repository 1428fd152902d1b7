//! Changes: groups, resources, and the gate before them.

use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::relations::Relation;

use super::*;

const GROUP: &str = "{sub}/resourcegroups/nightly";

#[test]
fn a_group_lives_from_put_to_the_poll_of_its_deletion() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let west = json!({"location": "West Europe", "tags": {"a": "b"}});
    assert_eq!(alice.send("HEAD", GROUP, "").status, StatusCode::NOT_FOUND);
    assert_eq!(alice.put(GROUP, &west).status, StatusCode::CREATED);
    assert_eq!(alice.put(GROUP, &west).status, StatusCode::OK);
    assert_eq!(alice.send("HEAD", GROUP, "").status, StatusCode::NO_CONTENT);
    assert_eq!(
        code(&alice.put(GROUP, &json!({"location": "eastus"}))),
        "InvalidResourceGroupLocation"
    );
    let group = alice.get("{sub}/resourceGroups/NIGHTLY");
    assert_eq!(group["location"], "westeurope");
    assert_eq!(group["name"], "nightly");
    let patched = alice.send("PATCH", GROUP, r#"{"tags":{"c":"d"}}"#);
    assert_eq!(body(&patched)["tags"], json!({"c": "d"}));
    let found = alice.get("{sub}/resourcegroups?$filter=tagName eq 'c' and tagValue eq 'd'");
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    let deleted = alice.send("DELETE", GROUP, "");
    assert_eq!(deleted.status, StatusCode::ACCEPTED);
    let poll = deleted.headers["location"].to_str().unwrap();
    let polled = bench.send("GET", poll, &[("authorization", &alice.token)], "");
    assert_eq!(polled.status, StatusCode::OK);
    assert_eq!(code(&alice.send("GET", GROUP, "")), "ResourceGroupNotFound");
    assert_eq!(
        code(&alice.send("DELETE", GROUP, "")),
        "ResourceGroupNotFound"
    );
}

#[test]
fn bad_groups_are_refused_in_the_services_words() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let long = format!("{{sub}}/resourcegroups/{}", "x".repeat(91));
    for (path, content, expected) in [
        (GROUP, "{", "InvalidRequestContent"),
        (GROUP, "[]", "InvalidRequestContent"),
        (GROUP, "", "InvalidRequestContent"),
        (GROUP, "{}", "LocationRequired"),
        (
            GROUP,
            r#"{"location":"mars"}"#,
            "LocationNotAvailableForResourceGroup",
        ),
        (
            GROUP,
            r#"{"location":"westeurope","tags":[]}"#,
            "InvalidRequestContent",
        ),
        (
            "{sub}/resourcegroups/a.",
            r#"{"location":"westeurope"}"#,
            "InvalidResourceGroup",
        ),
        (
            "{sub}/resourcegroups/a%2Ab",
            r#"{"location":"westeurope"}"#,
            "InvalidResourceGroup",
        ),
        (
            &long,
            r#"{"location":"westeurope"}"#,
            "InvalidResourceGroup",
        ),
    ] {
        let reply = alice.send("PUT", path, content);
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {content}");
        assert_eq!(code(&reply), expected, "{path} {content}");
    }
}

#[test]
fn resources_of_any_type_are_kept_and_listed() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let account = "{sub}/resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/st1";
    let created = alice.put(
        account,
        &json!({"location": "West Europe", "sku": {"name": "Standard_LRS"}, "tags": {"x": "y"}}),
    );
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(
        body(&created)["properties"]["provisioningState"],
        "Succeeded"
    );
    let container = format!("{account}/blobServices/default/containers/c");
    assert_eq!(
        alice.put(&container, &json!({})).status,
        StatusCode::CREATED
    );
    let lock = format!("{account}/providers/Microsoft.Insights/diagnosticSettings/d");
    assert_eq!(
        alice.put(&lock, &json!({"properties": {}})).status,
        StatusCode::CREATED
    );
    let orphan =
        "{sub}/resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/no/queues/q";
    assert_eq!(
        code(&alice.put(orphan, &json!({}))),
        "ParentResourceNotFound"
    );
    let listed =
        alice.get("{sub}/resources?$filter=resourceType eq 'microsoft.storage/storageaccounts'");
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    assert_eq!(
        alice.get("{sub}/providers/Microsoft.Storage/storageAccounts")["value"][0]["name"],
        "st1"
    );
    let patched = alice.send("PATCH", account, r#"{"properties":{"a":1}}"#);
    assert_eq!(body(&patched)["sku"]["name"], "Standard_LRS");
    let moved = alice.put(account, &json!({"location": "eastus"}));
    assert_eq!(code(&moved), "InvalidResourceLocation");
    assert_eq!(
        alice
            .send("POST", &format!("{account}/listKeys"), "")
            .status,
        StatusCode::NOT_IMPLEMENTED
    );
    assert_eq!(alice.send("DELETE", account, "").status, StatusCode::OK);
    assert_eq!(
        alice.send("DELETE", account, "").status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(code(&alice.send("GET", &container, "")), "ResourceNotFound");
    let nowhere = "{sub}/resourceGroups/none/providers/Microsoft.Storage/storageAccounts/st1";
    assert_eq!(
        code(&alice.put(nowhere, &json!({}))),
        "ResourceGroupNotFound"
    );
}

#[test]
fn a_reader_reads_and_may_not_write() {
    let bench = before();
    let student = Client::user(&bench, "student", &["pwd", "mfa"]);
    student.get("{sub}/resourcegroups/rg-app");
    let reply = student.put(GROUP, &json!({"location": "westeurope"}));
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(code(&reply), "AuthorizationFailed");
}

#[test]
fn roles_of_groups_count_for_their_members() {
    let bench = before();
    let user = Client::user(&bench, "breakglass1", &["pwd"]);
    assert_eq!(
        user.send("GET", "{sub}/resourcegroups/rg-app", "").status,
        StatusCode::FORBIDDEN
    );
    bench
        .tenant
        .write(|tenant| {
            let member = tenant.users.by_local_part("breakglass1", 0).unwrap().id;
            let mut assignment = (**tenant.azure.role_assignments.values().next().unwrap()).clone();
            let group = tenant.groups.values().next().unwrap().id;
            let note = Note::by_service(tenant.created);
            let _ = tenant.link(Relation::Member, group, member, &note);
            assignment.principal = group;
            assignment.name = uuid::Uuid::from_u128(1);
            tenant
                .azure
                .role_assignments
                .insert(assignment.name, std::sync::Arc::new(assignment));
            Ok::<(), core::convert::Infallible>(())
        })
        .unwrap();
    user.get("{sub}/resourcegroups/rg-app");
}

#[test]
fn phase_2_refuses_a_password_and_lets_the_rest_pass() {
    let bench = after();
    let content = json!({"location": "westeurope"});
    let password = Client::user(&bench, "svc-deploy", &["pwd"]);
    insta::assert_snapshot!(text(&password.put(GROUP, &content)));
    password.get("{sub}/resourcegroups");
    let delete = password.send("DELETE", "{sub}/resourcegroups/rg-app", "");
    assert_eq!(code(&delete), "RequestDisallowedByAzure");
    let patch = password.send("PATCH", "{sub}/resourcegroups/rg-app", "{}");
    assert_eq!(code(&patch), "RequestDisallowedByAzure");
    let post = password.send("POST", "{sub}/providers/Microsoft.Storage/register", "");
    assert_eq!(post.status, StatusCode::OK);
    assert_eq!(
        Client::app(&bench).put(GROUP, &content).status,
        StatusCode::CREATED
    );
    let multifactor = Client::user(&bench, "svc-deploy", &["pwd", "mfa"]);
    assert_eq!(multifactor.put(GROUP, &content).status, StatusCode::OK);
    let mut claims = user_claims(&bench, "svc-deploy", &["pwd"]);
    claims["acrs"] = json!(["p1"]);
    let context = Client::with_claims(&bench, &claims);
    assert_eq!(context.put(GROUP, &content).status, StatusCode::OK);
}

#[test]
fn a_knob_decides_which_check_comes_first_and_who_gets_the_claims() {
    let bench = after();
    let student = Client::user(&bench, "student", &["pwd"]);
    let content = json!({"location": "westeurope"});
    assert_eq!(code(&student.put(GROUP, &content)), "AuthorizationFailed");
    bench
        .tenant
        .write(|tenant| {
            tenant.knobs.rbac_before_mfa = false;
            tenant.knobs.claims_only_for_cp1 = true;
            Ok::<(), core::convert::Infallible>(())
        })
        .unwrap();
    let reply = student.put(GROUP, &content);
    assert_eq!(code(&reply), "RequestDisallowedByAzure");
    let challenge = |reply: &Reply| {
        reply.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(!challenge(&reply).contains("claims=\""));
    let mut claims = user_claims(&bench, "student", &["pwd"]);
    claims["xms_cc"] = json!(["CP1"]);
    let reply = Client::with_claims(&bench, &claims).put(GROUP, &content);
    assert!(challenge(&reply).contains(", claims=\"eyJ"));
}

#[test]
fn a_managed_identity_lives_with_its_resource() {
    let bench = before();
    let alice = Client::user(&bench, "alice", &["pwd"]);
    let path = "{sub}/resourceGroups/rg-app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-1";
    let created = alice.put(path, &json!({"location": "westeurope"}));
    let client = body(&created)["properties"]["clientId"]
        .as_str()
        .unwrap()
        .to_owned();
    let ask = || {
        let url = format!(
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/&client_id={client}"
        );
        bench.send("GET", &url, &[("metadata", "true")], "").status
    };
    assert_eq!(ask(), StatusCode::OK);
    let again = alice.put(path, &json!({"location": "westeurope"}));
    assert_eq!(body(&again)["properties"]["clientId"], client);
    alice.send("DELETE", "{sub}/resourcegroups/rg-app", "");
    assert_eq!(ask(), StatusCode::BAD_REQUEST);
    let machine = "{sub}/resourceGroups/rg-shared/providers/Microsoft.Compute/virtualMachines/vm-2";
    let own = json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}});
    let principal: entrasim_domain::id::ObjectId =
        body(&alice.put(machine, &own))["identity"]["principalId"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
    assert!(
        bench
            .tenant
            .read()
            .service_principals
            .contains_key(&principal)
    );
    alice.send("PATCH", machine, r#"{"identity": {"type": "None"}}"#);
    assert!(
        !bench
            .tenant
            .read()
            .service_principals
            .contains_key(&principal)
    );
}
