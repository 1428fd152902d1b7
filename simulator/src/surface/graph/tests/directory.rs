//! Groups, roles, the tenant and its domains, objects of any type.

use serde_json::json;

use super::{Client, body, column, error, shown};

#[test]
fn groups_and_their_members_are_read() {
    let client = Client::admin();
    let list = client.send(
        "GET",
        "/groups?$filter=displayName eq 'Phones and keys only'",
        &json!(null),
    );
    insta::assert_snapshot!(shown(&list));
    let id = body(&list)["value"][0]["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(shown(&client.send(
        "GET",
        &format!("/groups/{id}/members"),
        &json!(null)
    )));
    assert_eq!(
        client.get(&format!("/groups/{id}"))["mailNickname"],
        "phones-and-keys"
    );
    let missing = client.send(
        "GET",
        "/groups/00000000-0000-0000-0000-000000000001/members",
        &json!(null),
    );
    assert_eq!(missing.status, 404);
    let unsupported = client.send(
        "GET",
        &format!("/groups/{id}/members?$filter=id eq 'x'"),
        &json!(null),
    );
    assert_eq!(
        error(&unsupported),
        "400 Request_UnsupportedQuery The specified filter to the reference property query is currently not supported."
    );
}

#[test]
fn the_tenant_describes_itself() {
    let client = Client::admin();
    let id = client.bench.tenant.id().to_string();
    let replies = ["/organization", "/domains", "/directoryRoles"]
        .map(|path| shown(&client.send("GET", path, &json!(null))));
    insta::assert_snapshot!(replies.join("\n"));
    assert_eq!(
        client.get(&format!("/organization/{id}"))["displayName"],
        "Contoso"
    );
    assert_eq!(
        client.get("/domains/contoso.onmicrosoft.com")["isDefault"],
        true
    );
}

#[test]
fn those_who_hold_a_role_are_listed() {
    let client = Client::admin();
    let template = "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')";
    let id = client.get(template)["id"].as_str().unwrap().to_owned();
    let members = client.get(&format!("/directoryRoles/{id}/members"));
    let mut names = column(&members, "userPrincipalName");
    names.sort();
    assert_eq!(names.len(), 3);
    assert!(names[0].starts_with("admin@"));
}

#[test]
fn ids_of_any_type_are_resolved() {
    let client = Client::admin();
    let alice = client.user("alice").to_string();
    let deploy =
        client.get("/servicePrincipals?$filter=displayName eq 'deploy'")["value"][0]["id"].clone();
    let unknown = "00000000-0000-0000-0000-000000000001";
    let found = |types: serde_json::Value| {
        let reply = client.send(
            "POST",
            "/directoryObjects/getByIds",
            &json!({"ids": [alice, deploy, unknown], "types": types}),
        );
        assert_eq!(reply.headers["location"], "https://graph.microsoft.com");
        column(&body(&reply), "@odata.type")
    };
    let all = ["#microsoft.graph.user", "#microsoft.graph.servicePrincipal"];
    assert_eq!(found(json!(null)), all);
    assert_eq!(
        found(json!([
            "user",
            "group",
            "servicePrincipal",
            "directoryObjectPartnerReference"
        ])),
        all
    );
    assert_eq!(found(json!(["user"])), all[..1]);
    assert_eq!(
        client.get(&format!("/directoryObjects/{alice}"))["@odata.type"],
        all[0]
    );
    let bad = [
        json!({}),
        json!({"ids": "x"}),
        json!({"ids": ["x"]}),
        json!({"ids": vec![unknown; 1001]}),
    ];
    let text = bad.map(|bad| error(&client.send("POST", "/directoryObjects/getByIds", &bad)));
    insta::assert_snapshot!(text.join("\n"));
}
