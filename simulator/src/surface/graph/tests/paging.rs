//! Pages and their links.

use std::collections::BTreeSet;

use serde_json::json;

use super::{column, crowd, error};

fn walk(client: &super::Client, first: &str) -> (usize, Vec<String>) {
    let (mut pages, mut ids, mut next) = (0, Vec::new(), Some(first.to_owned()));
    while let Some(link) = next {
        let page = client.get_eventually(&link);
        assert_eq!(
            page.get("@odata.count").is_some(),
            first.contains("$count") && pages == 0
        );
        ids.extend(column(&page, "id"));
        pages += 1;
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    (pages, ids)
}

#[test]
fn pages_hold_every_user_once() {
    let client = crowd(250);
    let (pages, ids) = walk(&client, "/users");
    assert_eq!((pages, ids.len()), (3, 258));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 258);
    assert_eq!(walk(&client, "/users?$top=999").0, 1);
    assert_eq!(walk(&client, "/users?$top=86").0, 3);
    let (_, members) = walk(
        &client,
        "/users?$count=true&$top=50&$filter=userType%20ne%20'Guest'&$select=id",
    );
    assert_eq!(members.len(), 257);
}

#[test]
fn a_user_who_comes_between_two_pages_moves_nobody() {
    let client = crowd(20);
    let first = client.get("/users?$top=10");
    let next = first["@odata.nextLink"].as_str().unwrap().to_owned();
    let last = column(&first, "id").pop().unwrap();
    assert_eq!(
        client
            .send("DELETE", &format!("/users/{last}"), &json!(null))
            .status,
        204
    );
    assert_eq!(column(&client.get(&next), "id").len(), 10);
}

#[test]
fn the_token_of_a_page_is_for_that_list() {
    let client = crowd(20);
    let sorted = client.get("/users?$top=5&$orderby=displayName");
    let link = sorted["@odata.nextLink"]
        .as_str()
        .unwrap()
        .replace("&$orderby=displayName", "");
    let expected = "400 Directory_ExpiredPageToken The specified page token value has expired and can no longer be included in your request.";
    assert_eq!(error(&client.send("GET", &link, &json!(null))), expected);
}
