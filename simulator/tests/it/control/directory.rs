use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use super::ask;
use crate::support::{self, account};

fn path(bench: &Bench) -> String {
    format!("/tenants/{}/directory", bench.tenant.id())
}

fn import(bench: &Bench, document: &Value) -> (u16, Value) {
    let reply = ask(bench, "POST", &path(bench), document);
    (reply.status.as_u16(), support::json(&reply))
}

fn export(bench: &Bench) -> Value {
    support::json(&ask(bench, "GET", &path(bench), &Value::Null))
}

/// As `az rest --url 'https://graph.microsoft.com/v1.0/users?$select=…'` prints it, and groups with their members.
fn tailspin() -> Value {
    json!({
        "users": {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users",
            "value": [
                {"id": "11111111-0000-4000-8000-000000000001", "userPrincipalName": "Uma@tailspin.example", "displayName": "Uma Ott",
                 "mail": "uma@tailspin.example", "department": "Flight", "accountEnabled": true, "city": "Linz", "userType": "Member",
                 "passwordProfile": {"password": "Fly-8841-safe", "forceChangePasswordNextSignIn": false},
                 "assignedPlans": [{"service": "exchange"}], "onPremisesDomainName": null,
                 "onPremisesExtensionAttributes": {"extensionAttribute3": "blue"}},
                {"id": "11111111-0000-4000-8000-000000000002", "userPrincipalName": "ben@tailspin.example", "displayName": "Ben Roe",
                 "manager": {"id": "11111111-0000-4000-8000-000000000001"}},
            ],
        },
        "groups": [
            {"id": "22222222-0000-4000-8000-000000000001", "displayName": "Crew", "mailNickname": "crew", "securityEnabled": true,
             "members": [{"@odata.type": "#microsoft.graph.user", "id": "11111111-0000-4000-8000-000000000002"},
                         {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/22222222-0000-4000-8000-000000000002"}],
             "owners": ["11111111-0000-4000-8000-000000000001"]},
            {"id": "22222222-0000-4000-8000-000000000002", "displayName": "Pilots", "mailNickname": "pilots",
             "groupTypes": ["DynamicMembership"], "membershipRule": "user.department -eq \"Flight\"", "membershipRuleProcessingState": "On"},
        ],
        "roleAssignments": [
            {"id": "lAPpYvVpN0KRkAEhdxReEJC2sEqbR_9Hr48lds9SGHI-1", "principalId": "11111111-0000-4000-8000-000000000001",
             "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "directoryScopeId": "/"},
        ],
    })
}

#[test]
fn a_directory_in_graphs_manner_is_read_in_and_its_people_sign_in() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (status, imported) = import(&bench, &tailspin());
    assert_eq!(status, 200, "{imported}");
    assert_eq!(
        imported["objects"],
        json!({"groups": 2, "roleAssignments": 1, "users": 2})
    );
    assert_eq!(imported["ignored"], json!(["users/assignedPlans"]));
    let tenant = bench.tenant.read();
    let uma = tenant
        .user_by_principal_name("uma@TAILSPIN.example")
        .unwrap();
    assert_eq!(uma.profile().kept.text("city"), Some("Linz"));
    assert_eq!(
        tenant.groups_of(uma.id).len(),
        2,
        "a pilot by rule, and crew through the pilots"
    );
    assert_eq!(tenant.roles_of(uma.id).len(), 1);
    let (name, password) = (tenant.principal_name(uma), "Fly-8841-safe");
    drop(tenant);
    let fields = [
        ("client_id", support::AZURE_CLI),
        ("grant_type", "password"),
        ("username", &name),
        ("password", password),
        ("scope", "openid"),
    ];
    assert_eq!(support::token(&bench, &fields).status, 200);
    assert_ne!(account(&bench, "alice").0, "", "the seed's people stay");
}

#[test]
fn what_is_written_out_reads_in_as_the_same() {
    let bench = Bench::at(AFTER_PHASE_2);
    import(&bench, &tailspin());
    let first = export(&bench);
    assert_eq!(first["users"].as_array().unwrap().len(), 10);
    let other = Bench::at(AFTER_PHASE_2);
    let (status, imported) = import(&other, &first);
    assert_eq!(
        (status, &imported["ignored"]),
        (200, &json!([])),
        "{imported}"
    );
    let strip = |mut document: Value| {
        // Assignments get new ids.
        document.as_object_mut().unwrap().remove("roleAssignments");
        document
    };
    assert_eq!(strip(export(&other)), strip(first));
}

#[test]
fn what_cannot_be_read_is_named_and_nothing_is_changed() {
    let bench = Bench::at(AFTER_PHASE_2);
    let before = export(&bench);
    for (document, named) in [
        (json!({"people": []}), "people"),
        (json!({"users": 3}), "users"),
        (
            json!({"users": [{"displayName": "Nameless"}]}),
            "userPrincipalName",
        ),
        (
            json!({"users": [{"id": "x", "userPrincipalName": "a@b.example"}]}),
            "GUID",
        ),
        (
            json!({"users": [{"userPrincipalName": "alice@contoso.onmicrosoft.com"}]}),
            "userPrincipalName",
        ),
        (
            json!({"groups": [{"displayName": "G", "membershipRule": "user.shoeSize -gt 4"}]}),
            "shoeSize",
        ),
        (
            json!({"users": [{"userPrincipalName": "new@b.example"}], "groups": [{"displayName": "G", "members": ["11111111-0000-4000-8000-000000000009"]}]}),
            "11111111",
        ),
    ] {
        let (status, answer) = import(&bench, &document);
        assert_eq!(status, 400, "{document}");
        assert!(answer.to_string().contains(named), "{answer}");
    }
    assert_eq!(export(&bench), before);
}
