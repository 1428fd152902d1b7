//! The table of operations, walked whole.

use serde_json::json;

use super::{Client, error};
use crate::surface::graph::operation::{self, Operation};
use crate::surface::graph::schema::Version;

const NOBODY: &str = "00000000-0000-0000-0000-0000000000aa";

fn url(row: &Operation) -> String {
    let version = row.allowed().only().unwrap_or_default();
    let path = row.template.replace("{id}", NOBODY);
    format!("https://graph.microsoft.com/{}{path}", version.as_str())
}

#[test]
fn no_operation_of_the_real_service_leads_nowhere() {
    let client = Client::admin();
    let lost: Vec<String> = operation::rows()
        .map(|row| (row, error(&client.send(row.method, &url(row), &json!({})))))
        .filter(|(_, answer)| answer.contains("for the segment") || answer.starts_with("405"))
        .map(|(row, answer)| format!("{} {}: {answer}", row.method, row.template))
        .collect();
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn no_operation_answers_without_its_permission() {
    let mut client = Client::person("guest", "openid profile");
    let open = |client: &Client| {
        let mut open: Vec<String> = Vec::new();
        for row in operation::rows() {
            let status = client.send(row.method, &url(row), &json!({})).status;
            if status != 403 {
                open.push(format!("{} {}: {status}", row.method, row.template));
            }
        }
        open
    };
    assert_eq!(open(&client), Vec::<String>::new());
    client.become_person("admin", "openid profile");
    assert_eq!(open(&client), Vec::<String>::new());
}

#[test]
fn an_operation_of_the_other_version_is_not_there() {
    let client = Client::admin();
    let mut rows = operation::rows().filter(|row| row.allowed().only() == Some(Version::V1));
    let row = rows.next().unwrap();
    let beta = url(row).replace("/v1.0/", "/beta/");
    let answer = error(&client.send(row.method, &beta, &json!({})));
    assert!(
        answer.starts_with("400 BadRequest Resource not found"),
        "{answer}"
    );
}
