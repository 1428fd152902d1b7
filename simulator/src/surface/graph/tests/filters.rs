//! `$filter`, `$search`, `$orderby`, `$count`.

use serde_json::json;

use super::{Client, column, error};

fn names(client: &Client, query: &str) -> Vec<String> {
    let list = client.get_eventually(&format!("/users?{query}"));
    let mut names: Vec<String> = column(&list, "userPrincipalName")
        .iter()
        .map(|name| name.split('@').next().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn filters_find_users() {
    let client = Client::admin();
    let found = |filter: &str| names(&client, &format!("$count=true&$filter={filter}"));
    assert_eq!(
        found("userPrincipalName eq 'ALICE@contoso.onmicrosoft.com'"),
        ["alice"]
    );
    assert_eq!(found("startswith(displayName,'bob')"), ["bob"]);
    assert_eq!(
        found("startsWith(displayName, 'bob') eq true or mailNickname eq 'alice'"),
        ["alice", "bob"]
    );
    assert_eq!(
        found("userType eq 'Guest' and accountEnabled eq true").len(),
        1
    );
    assert_eq!(found("not startswith(userPrincipalName,'b') and userType ne 'Guest' and not (surname in ('Okafor','Student'))").len(), 3);
    assert_eq!(found("endswith(mail,'fabrikam.example')").len(), 1);
    assert_eq!(found("department eq null").len(), 8);
    assert_eq!(found("createdDateTime ge 2030-01-01T00:00:00Z").len(), 0);
    assert_eq!(
        found("proxyAddresses/any(p:startswith(p,'SMTP:alice'))"),
        ["alice"]
    );
    assert_eq!(found(&format!("id eq '{}'", client.user("bob"))), ["bob"]);
    assert_eq!(found(&format!("id in ('{}')", client.user("bob"))), ["bob"]);
    assert_eq!(found("accountEnabled").len(), 8);
    assert_eq!(
        found("onPremisesSyncEnabled eq true or city eq 'Ghent'").len(),
        0
    );
}

#[test]
fn the_queries_of_the_azure_cli_find_applications() {
    let client = Client::admin();
    let app =
        client.get("/applications?$filter=startswith(displayName,'deploy')")["value"][0].clone();
    let app_id = app["appId"].as_str().unwrap();
    for query in [
        format!("applications?$filter=appId%20eq%20'{app_id}'"),
        format!("servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'{app_id}')"),
        "servicePrincipals?$filter=displayName%20eq%20%27deploy%27".to_owned(),
        format!("servicePrincipals?$filter=appId eq '{app_id}'"),
    ] {
        assert_eq!(
            column(&client.get(&format!("/{query}")), "appId"),
            [app_id],
            "{query}"
        );
    }
    let arm = client.get("/servicePrincipals?$filter=servicePrincipalNames/any(x:x eq 'https://management.azure.com')");
    assert_eq!(
        column(&arm, "appId"),
        ["797f4846-ba00-4fd7-ba43-dac1f8f63013"]
    );
    assert_eq!(
        client.get("/applications?$filter=appId eq 'no-guid'")["value"],
        json!([])
    );
}

#[test]
fn refusals_name_what_is_wrong() {
    let client = Client::admin();
    let rows = [
        "$filter=frob eq 'x'",
        "$filter=displayName eq",
        "$filter=displayName eq 'x",
        "$filter=displayName eq bob",
        "$filter=displayName eq 1",
        "$filter=accountEnabled eq 'true'",
        "$filter=displayName",
        "$filter=frob(displayName,'x')",
        "$filter=contains(displayName,'x')",
        "$filter=displayName ne 'x'",
        "$filter=not startswith(displayName,'x')",
        "$filter=endswith(mail,'x')",
        "$filter=endswith(displayName,'x')",
        "$filter=officeLocation eq 'x'",
        "$filter=businessPhones/any(p:p eq 'x')",
        "$filter=displayName/any(p:p eq 'x')",
        "$filter=identities/any(c:c/issuer eq 'x')",
        "$filter=proxyAddresses/all(p:p eq 'x')",
        "$filter=manager/id eq 'x'",
        "$filter=assignedLicenses/any()",
        "$filter=otherMails eq 'x'",
        "$filter=createdDateTime ge yesterday",
        "$filter=startswith(displayName,'a')&$orderby=displayName",
        "$orderby=createdDateTime desc",
        "$orderby=givenName",
        "$orderby=frob",
        "$orderby=displayName up",
        "$orderby=",
        "$select=frob",
        "$select=id,,displayName",
        "$select=@odata.type",
        "$top=0",
        "$top=1000",
        "$top=x",
        "$count=maybe",
        "$skip=1",
        "$skiptoken=x",
        "$search=\"displayName:a\"",
        "$search=displayName:a",
    ];
    let text = rows.map(|query| {
        format!(
            "{query}\n    {}",
            error(&client.send("GET", &format!("/users?{query}"), &json!(null)))
        )
    });
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn counting_needs_the_consistency_level() {
    let client = Client::admin();
    assert!(
        client
            .get("/users?$count=true")
            .get("@odata.count")
            .is_none()
    );
    assert_eq!(
        client.get_eventually("/users?$count=true&$top=1")["@odata.count"],
        8
    );
    assert_eq!(client.get_eventually("/users/$count"), json!(8));
    assert_eq!(
        client.get_eventually("/users/$count?$filter=userType ne 'Guest'"),
        json!(7)
    );
    let reply = client.send("GET", "/users/$count", &json!(null));
    assert_eq!(
        error(&reply),
        "400 Request_BadRequest $count is not currently supported."
    );
}

#[test]
fn search_finds_words_by_their_beginning() {
    let client = Client::admin();
    assert_eq!(names(&client, "$search=\"displayName:okaf\""), ["bob"]);
    assert_eq!(
        names(
            &client,
            "$search=\"displayName:bob\" OR \"displayName:stu\""
        ),
        ["bob", "student"]
    );
    assert_eq!(
        names(
            &client,
            "$search=\"displayName:bob\" AND \"displayName:stu\""
        )
        .len(),
        0
    );
    assert_eq!(
        names(
            &client,
            "$search=\"displayName:bob\"&$filter=userType eq 'Guest'&$count=true"
        )
        .len(),
        0
    );
}

#[test]
fn sorting_goes_both_ways_and_pages() {
    let client = Client::admin();
    let up = column(&client.get("/users?$orderby=displayName"), "displayName");
    let mut sorted = up.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    assert_eq!(up, sorted);
    let mut down = Vec::new();
    let mut next = "/users?$orderby=displayName%20desc&$top=3".to_owned();
    loop {
        let page = client.get(&next);
        down.extend(column(&page, "displayName"));
        match page["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    sorted.reverse();
    assert_eq!(down, sorted);
}

#[test]
fn a_selection_shows_in_the_context() {
    let client = Client::admin();
    let list = client.get("/users?$select=displayName,ID&$top=1");
    assert_eq!(
        list["@odata.context"],
        "https://graph.microsoft.com/v1.0/$metadata#users(displayName,id)"
    );
    assert_eq!(
        list["value"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["displayName", "id"]
    );
    let one = client.get("/me?$select=userPrincipalName");
    assert_eq!(
        one["@odata.context"],
        "https://graph.microsoft.com/v1.0/$metadata#users(userPrincipalName)/$entity"
    );
}
