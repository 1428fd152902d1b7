//! Token lifetime policies: made, assigned, and what they make of the next tokens.

use serde_json::{Value, json};

use super::{BETA, message};
use crate::graph::client::App;
use crate::sts::catalogue::{API, OWN, own_app};
use crate::sts::web_app::{on_behalf, password_grant, refresh_web, web};
use crate::support::{activities, app_token, claims, json as read, text};

const POLICIES: &str = "/policies/tokenLifetimePolicies";
const SCOPES: &str = "Policy.Read.All Policy.ReadWrite.ApplicationConfiguration Application.Read.All Application.ReadWrite.All";
const NOBODY: &str = "3d0f5dec-5d3d-455c-8016-e2af1ae4d31a";

fn administrator() -> App {
    App::person("admin", SCOPES)
}

fn definition(lifetime: &str) -> Value {
    let rules = json!({"TokenLifetimePolicy": {"Version": 1, "AccessTokenLifetime": lifetime}});
    json!([rules.to_string()])
}

fn policy(name: &str, lifetime: &str) -> Value {
    json!({"displayName": name, "definition": definition(lifetime)})
}

/// Makes a policy; its id.
fn made(app: &App, policy: &Value) -> String {
    text(&app.write("POST", POLICIES, policy, 201), "id").to_owned()
}

fn reference(policy: &str) -> Value {
    json!({"@odata.id": format!("https://graph.microsoft.com/v1.0{POLICIES}/{policy}")})
}

/// The policies of an app, by its app id.
fn of(set: &str, app: &str) -> String {
    format!("/{set}(appId='{app}')/tokenLifetimePolicies")
}

fn count(app: &App, set: &str) -> String {
    let eventual = [("consistencylevel", "eventual")];
    let reply = app.send("GET", &format!("{set}/$count"), &eventual, "");
    String::from_utf8_lossy(&reply.body).into_owned()
}

fn assign(app: &App, set: &str, to: &str, policy: &str) {
    let path = format!("{}/$ref", of(set, to));
    app.write("POST", &path, &reference(policy), 204);
}

fn unassign(app: &App, set: &str, from: &str, policy: &str) {
    let path = format!("{}/{policy}/$ref", of(set, from));
    app.write("DELETE", &path, &Value::Null, 204);
}

/// Seconds from issue to end of a token.
fn lives(token: &str) -> u64 {
    let claims = claims(token);
    let backdated = 300;
    claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap() - backdated
}

/// How long the tokens of an answer live; what the answer says of it is the same.
fn said(answer: &Value) -> u64 {
    let lifetime = lives(text(answer, "access_token"));
    for member in ["expires_in", "ext_expires_in"] {
        let seconds = answer[member].as_u64().unwrap();
        assert!(lifetime - seconds <= 1, "{member}: {answer}");
    }
    lifetime
}

#[test]
fn a_policy_is_made_read_changed_and_deleted() {
    let app = administrator();
    assert_eq!(app.get(POLICIES)["value"], json!([]));
    // The documented one.
    let mut wanted = policy("Contoso token lifetime policy", "8:00:00");
    wanted["isOrganizationDefault"] = json!(true);
    let shown = app.write("POST", POLICIES, &wanted, 201);
    let id = text(&shown, "id");
    let one = format!("{POLICIES}/{id}");
    assert_eq!(shown["definition"], wanted["definition"]);
    assert_eq!(shown["deletedDateTime"], Value::Null);
    assert!(shown.get("description").is_none(), "{shown}");
    let list = app.get(POLICIES);
    assert!(text(&list, "@odata.context").ends_with("$metadata#policies/tokenLifetimePolicies"));
    assert_eq!(list["value"][0]["isOrganizationDefault"], true);
    let beta = app.get(&format!("{BETA}{one}"));
    assert_eq!(text(&beta, "displayName"), "Contoso token lifetime policy");
    // As the documented PowerShell writes it.
    let other = json!({
        "DisplayName": "Other", "Definition": definition("00:10:00"), "IsOrganizationDefault": false,
    });
    let other = made(&app, &other);
    assert_eq!(count(&app, POLICIES), "2");
    let found = app.get(&format!(
        "{POLICIES}?$filter=displayName eq 'Other'&$select=id"
    ));
    assert_eq!(found["value"], json!([{"id": other}]));
    let change = json!({"definition": definition("5:30:00"), "description": "Short", "isOrganizationDefault": false});
    app.write("PATCH", &one, &change, 204);
    let changed = app.get(&one);
    assert_eq!(changed["definition"], definition("5:30:00"));
    assert_eq!(text(&changed, "description"), "Short");
    assert_eq!(changed["isOrganizationDefault"], false);
    app.write("DELETE", &one, &Value::Null, 204);
    for (method, body) in [
        ("GET", Value::Null),
        ("PATCH", json!({})),
        ("DELETE", Value::Null),
    ] {
        app.write(method, &one, &body, 404);
        app.write(method, &format!("{POLICIES}/x"), &body, 404);
    }
    assert_eq!(
        activities(&app.bench),
        ["Add policy", "Add policy", "Update policy", "Delete policy"]
    );
}

#[test]
fn what_is_no_policy_is_refused_and_there_is_one_default() {
    let app = administrator();
    for (member, value) in [
        ("definition", json!("4:00:00")),
        ("definition", json!([])),
        ("definition", json!(["x"])),
        (
            "definition",
            json!([definition("4:00:00")[0], definition("4:00:00")[0]]),
        ),
        ("definition", definition("00:09:59")),
        ("definition", definition("2.00:00:00")),
        ("definition", Value::Null),
        ("displayName", json!("")),
        ("displayName", Value::Null),
        ("isOrganizationDefault", json!("yes")),
    ] {
        let mut wrong = policy("Wrong", "4:00:00");
        wrong[member] = value;
        let refused = app.write("POST", POLICIES, &wrong, 400);
        assert!(message(&refused).contains(member), "{refused}");
        assert_eq!(text(&refused["error"], "code"), "Request_BadRequest");
    }
    let unknown = json!({"displayName": "x", "definition": definition("4:00:00"), "weather": 1});
    app.write("POST", POLICIES, &unknown, 400);
    let mut default = policy("Default", "4:00:00");
    default["isOrganizationDefault"] = json!(true);
    let id = made(&app, &default);
    let second = app.write("POST", POLICIES, &default, 409);
    let code = "Request_MultipleObjectsWithSameKeyValue";
    assert_eq!(text(&second["error"], "code"), code);
    let other = made(&app, &policy("Other", "4:00:00"));
    let on = json!({"isOrganizationDefault": true});
    app.write("PATCH", &format!("{POLICIES}/{other}"), &on, 409);
    app.write("PATCH", &format!("{POLICIES}/{id}"), &on, 204);
}

#[test]
fn an_application_or_service_principal_has_one_policy() {
    let app = administrator();
    own_app(&app.bench, |_, _| {});
    let (long, short) = (
        made(&app, &policy("Long", "23:59:59")),
        made(&app, &policy("Short", "00:10:00")),
    );
    for set in ["applications", "servicePrincipals"] {
        let policies = of(set, API);
        assert_eq!(app.get(&policies)["value"], json!([]));
        let refs = format!("{policies}/$ref");
        app.write("POST", &refs, &reference(NOBODY), 404);
        app.write("POST", &refs, &json!({}), 400);
        assign(&app, set, API, &long);
        app.write("POST", &refs, &reference(&long), 400);
        // As observed (microsoftgraph/microsoft-graph-docs#21746).
        let second = app.write("POST", &refs, &reference(&short), 409);
        assert_eq!(
            text(&second["error"], "code"),
            "Request_MultipleObjectsWithSameKeyValue"
        );
        assert_eq!(text(&app.get(&policies)["value"][0], "id"), long);
        assert_eq!(count(&app, &policies), "1");
        let url = app.get(&refs);
        let url = text(&url["value"][0], "@odata.id").to_owned();
        assert_eq!(text(&app.get(&url), "displayName"), "Long");
        app.write(
            "DELETE",
            &format!("{policies}/{short}/$ref"),
            &Value::Null,
            404,
        );
    }
    let expanded = app.get(&format!(
        "/applications(appId='{API}')?$select=id&$expand=tokenLifetimePolicies"
    ));
    assert_eq!(text(&expanded["tokenLifetimePolicies"][0], "id"), long);
    let holders = app.get(&format!("{POLICIES}/{long}/appliesTo"));
    let types: Vec<&str> = holders["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|holder| text(holder, "@odata.type"))
        .collect();
    let (application, principal) = (
        "#microsoft.graph.application",
        "#microsoft.graph.servicePrincipal",
    );
    assert_eq!(types, [application, principal]);
    unassign(&app, "applications", API, &long);
    assert_eq!(app.get(&of("applications", API))["value"], json!([]));
    // With the policy goes what it was assigned to.
    app.write("DELETE", &format!("{POLICIES}/{long}"), &Value::Null, 204);
    assert_eq!(app.get(&of("servicePrincipals", API))["value"], json!([]));
    let told = activities(&app.bench);
    let told: Vec<&str> = told
        .into_iter()
        .filter(|name| name.contains(" policy "))
        .collect();
    assert_eq!(
        told,
        [
            "Add policy to application",
            "Add policy to service principal",
            "Remove policy from application",
            "Remove policy from service principal",
        ]
    );
}

#[test]
fn the_resources_policy_decides_of_access_tokens_and_the_clients_of_id_tokens() {
    let app = administrator();
    own_app(&app.bench, |_, _| {});
    crate::sts::web_app::allow_api_on_graph(&app.bench);
    let robot = || {
        said(&read(&app_token(
            &app.bench,
            &format!("api://{API}/.default"),
        )))
    };
    let tokens = web(&app.bench, "bob", "1").tokens;
    let refreshed = || {
        let tokens = read(&refresh_web(&app.bench, &tokens));
        (said(&tokens), lives(text(&tokens, "id_token")))
    };
    assert_eq!(robot(), 3_600);
    let (access, id) = refreshed();
    assert!((3_600..5_400).contains(&access) && id == 3_600);

    let hours = |hours: u32| made(&app, &policy("Hours", &format!("{hours}:00:00")));
    let (two, three, four, five) = (hours(2), hours(3), hours(4), hours(5));
    let default = |on: bool| {
        let change = json!({"isOrganizationDefault": on});
        app.write("PATCH", &format!("{POLICIES}/{three}"), &change, 204);
    };
    // The registration's, below the organization's, below the service principal's.
    assign(&app, "applications", API, &two);
    assert_eq!((robot(), refreshed()), (7_200, (7_200, 3_600)));
    default(true);
    assert_eq!((robot(), refreshed()), (10_800, (10_800, 10_800)));
    assign(&app, "servicePrincipals", API, &four);
    assert_eq!((robot(), refreshed()), (14_400, (14_400, 10_800)));
    assign(&app, "applications", OWN, &five);
    assert_eq!(refreshed(), (14_400, 10_800));
    default(false);
    assert_eq!((robot(), refreshed()), (14_400, (14_400, 18_000)));
    // What the API gets on behalf of the user is for Graph, of which nothing is said.
    let behalf = read(&on_behalf(&app.bench, &tokens, "User.Read"));
    assert!((3_600..5_400).contains(&said(&behalf)));
    unassign(&app, "servicePrincipals", API, &four);
    app.write("DELETE", &format!("{POLICIES}/{two}"), &Value::Null, 204);
    app.write("DELETE", &format!("{POLICIES}/{five}"), &Value::Null, 204);
    assert_eq!((robot(), refreshed().1), (3_600, 3_600));
}

#[test]
fn a_policy_may_name_retired_lifetimes_and_nothing_follows() {
    let app = administrator();
    own_app(&app.bench, |_, _| {});
    let tokens = web(&app.bench, "bob", "1").tokens;
    let rules = json!({"TokenLifetimePolicy": {
        "Version": 1, "AccessTokenLifetime": "00:10:00", "MaxInactiveTime": "00:10:00",
        "MaxAgeSingleFactor": "00:10:00", "MaxAgeSessionSingleFactor": "until-revoked",
    }});
    let retired = json!({
        "displayName": "Old", "definition": [rules.to_string()], "isOrganizationDefault": true,
    });
    made(&app, &retired);
    app.bench.set_clock("2025-11-11T12:00:00Z");
    let again = read(&refresh_web(&app.bench, &tokens));
    assert_eq!(said(&again), 600);
    assert!(again["refresh_token"].is_string());
}

#[test]
fn long_tokens_and_those_of_managed_identities_stay_as_they_are() {
    let app = administrator();
    let mut short = policy("Short", "00:10:00");
    short["isOrganizationDefault"] = json!(true);
    let short = made(&app, &short);
    let graph = "https://graph.microsoft.com/.default";
    let asked = |cp1| said(&password_grant(&app.bench, "bob", graph, cp1));
    assert_eq!(asked(false), 600);
    // Continuous access evaluation instead.
    assert!(asked(true) >= 72_000);
    let url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.core.windows.net/";
    let machine = read(&app.bench.send("GET", url, &[("metadata", "true")], ""));
    assert_eq!(lives(text(&machine, "access_token")), 86_400);
    let identities =
        app.get("/servicePrincipals?$filter=servicePrincipalType eq 'ManagedIdentity'");
    let identity = text(&identities["value"][0], "id");
    let refs = format!("/servicePrincipals/{identity}/tokenLifetimePolicies/$ref");
    app.write("POST", &refs, &reference(&short), 400);
}

#[test]
fn a_deleted_application_comes_back_with_its_policy() {
    let app = App::person("admin", "Directory.AccessAsUser.All");
    own_app(&app.bench, |_, _| {});
    let short = made(&app, &policy("Short", "00:10:00"));
    assign(&app, "applications", API, &short);
    let applies = format!("{POLICIES}/{short}/appliesTo");
    let id = text(&app.get(&applies)["value"][0], "id").to_owned();
    app.write("DELETE", &format!("/applications/{id}"), &Value::Null, 204);
    assert_eq!(app.get(&applies)["value"], json!([]));
    let restore = format!("/directory/deletedItems/{id}/restore");
    app.write("POST", &restore, &json!({}), 200);
    assert_eq!(text(&app.get(&applies)["value"][0], "id"), id);
}

#[test]
fn who_assigns_a_policy_may_read_it_and_write_the_application() {
    let mut app = administrator();
    own_app(&app.bench, |_, _| {});
    let short = made(&app, &policy("Short", "00:10:00"));
    let refs = format!("{}/$ref", of("applications", API));
    app.becomes("admin", "Application.ReadWrite.All");
    app.write("POST", &refs, &reference(&short), 403);
    app.write("POST", POLICIES, &policy("Other", "00:10:00"), 403);
    app.becomes("admin", "Policy.Read.All");
    app.get(POLICIES);
    app.write("POST", &refs, &reference(&short), 403);
    app.becomes("bob", SCOPES);
    app.write("POST", &refs, &reference(&short), 403);
    app.write("POST", POLICIES, &policy("Other", "00:10:00"), 403);
    app.becomes("admin", "Policy.Read.All Application.ReadWrite.All");
    app.write("POST", &refs, &reference(&short), 204);
}

#[test]
fn the_audit_log_tells_what_changed_in_a_policy() {
    let app = App::person("admin", "Directory.AccessAsUser.All AuditLog.Read.All");
    own_app(&app.bench, |_, _| {});
    let short = made(&app, &policy("Short", "00:10:00"));
    let change = json!({"displayName": "Shorter"});
    app.write("PATCH", &format!("{POLICIES}/{short}"), &change, 204);
    assign(&app, "servicePrincipals", API, &short);
    let log = app.get("/auditLogs/directoryAudits");
    let told: Vec<[&str; 3]> = log["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let members = ["loggedByService", "category", "activityDisplayName"];
            members.map(|member| text(entry, member))
        })
        .collect();
    let service = "Core Directory";
    assert_eq!(
        told,
        [
            [
                service,
                "ApplicationManagement",
                "Add policy to service principal"
            ],
            [service, "Policy", "Update policy"],
            [service, "Policy", "Add policy"],
        ]
    );
    let update = &log["value"][1]["targetResources"][0];
    assert_eq!(text(update, "type"), "Policy");
    assert_eq!(text(update, "id"), short);
    assert_eq!(
        update["modifiedProperties"][0],
        json!({
            "displayName": "DisplayName", "oldValue": "[\"Short\"]", "newValue": "[\"Shorter\"]",
        })
    );
    let assigned = &log["value"][0]["targetResources"];
    assert_eq!(text(&assigned[0], "type"), "ServicePrincipal");
    assert_eq!(text(&assigned[1], "id"), short);
}
