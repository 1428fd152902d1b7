//! What paths mean: casts, references, sizes, values, expanded navigations, keys in all their forms.

use crate::testing::{BEFORE_PHASE_2, Bench};
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::error::DirectoryError;
use entrasim_domain::tenant::relations::Relation;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{V1, administrator};

struct Client {
    bench: Bench,
    token: String,
}

impl Client {
    fn new() -> Self {
        let bench = Bench::at(BEFORE_PHASE_2);
        let token = administrator(&bench);
        Self { bench, token }
    }

    fn send(&self, method: &str, path: &str, eventual: bool, body: &str) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        headers.extend(eventual.then_some(("consistencylevel", "eventual")));
        let reply = self
            .bench
            .send(method, &format!("{V1}{path}"), &headers, body);
        let value = if reply.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&reply.body)
                .unwrap_or_else(|_| json!(String::from_utf8_lossy(&reply.body)))
        };
        (reply.status.as_u16(), value)
    }

    fn get(&self, path: &str) -> Value {
        let (status, value) = self.send("GET", path, false, "");
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    fn refused(&self, path: &str) -> String {
        let (status, value) = self.send("GET", path, false, "");
        format!("{status} {}", value["error"]["message"].as_str().unwrap())
    }

    fn group(&self) -> String {
        let list = self.get(
            "/groups?$filter=displayName eq 'Phones and keys only'"
                .replace(' ', "%20")
                .as_str(),
        );
        list["value"][0]["id"].as_str().unwrap().to_owned()
    }

    fn user(&self, name: &str) -> String {
        let tenant = self.bench.tenant.read();
        tenant.users.by_local_part(name, 0).unwrap().id.to_string()
    }

    /// Makes bob the manager of alice and admin that of bob.
    fn with_managers(self) -> Self {
        let id = |name: &str| self.user(name).parse().unwrap();
        let (alice, bob, admin) = (id("alice"), id("bob"), id("admin"));
        let linked: Result<(), DirectoryError> = self.bench.tenant.write(|tenant| {
            let note = Note::by_service(Timestamp::UNIX_EPOCH);
            tenant.link(Relation::Manager, alice, bob, &note)?;
            tenant.link(Relation::Manager, bob, admin, &note)
        });
        linked.unwrap();
        self
    }
}

#[test]
fn members_are_selected_cast_counted_and_referenced() {
    let client = Client::new();
    let path = format!("/groups/{}/members", client.group());
    let mixed = client.get(&format!("{path}?$select=displayName,id"));
    assert_eq!(
        mixed["@odata.context"],
        format!("{V1}/$metadata#directoryObjects(displayName,id)")
    );
    let first = mixed["value"][0].as_object().unwrap();
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["@odata.type", "displayName", "id"]
    );
    let users = client.get(&format!("{path}/microsoft.graph.user?$select=id"));
    assert_eq!(users["@odata.context"], format!("{V1}/$metadata#users(id)"));
    assert_eq!(users["value"][0].as_object().unwrap().len(), 1);
    let groups = client.get(&format!("{path}/graph.group"));
    assert_eq!(groups["value"], json!([]));
    assert_eq!(
        client.send("GET", &format!("{path}/$count"), true, "").1,
        json!(users["value"].as_array().unwrap().len())
    );
    assert_eq!(
        client.refused(&format!("{path}/$count")),
        "400 $count is not currently supported."
    );
    let references = client.get(&format!("{path}/$ref"));
    let id = users["value"][0]["id"].as_str().unwrap();
    assert!(
        references["value"][0]["@odata.id"]
            .as_str()
            .unwrap()
            .contains(id)
    );
    let (_, filtered) = client.send(
        "GET",
        &format!("{path}?$count=true&$filter=displayName%20eq%20'nobody'"),
        true,
        "",
    );
    assert_eq!(
        (&filtered["@odata.count"], &filtered["value"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(
        client.get(&format!("{path}/{id}"))["@odata.type"],
        "#microsoft.graph.user"
    );
}

#[test]
fn navigations_expand_with_options_of_their_own() {
    let client = Client::new().with_managers();
    let path = format!("/users/{}", client.user("alice"));
    let plain = client.get(&format!("{path}?$expand=manager&$select=id"));
    assert_eq!(
        plain["@odata.context"],
        format!("{V1}/$metadata#users(id,manager())/$entity")
    );
    assert_eq!(plain["manager"]["id"], json!(client.user("bob")));
    let deep = client.get(&format!(
        "{path}?$select=id&$expand=manager($levels=max;$select=id,displayName)"
    ));
    assert_eq!(
        deep["manager"]["manager"]["id"],
        json!(client.user("admin"))
    );
    assert!(deep["manager"]["manager"].get("manager").is_none());
    let reports = client.get(&format!(
        "/users/{}?$expand=directReports($select=id)",
        client.user("bob")
    ));
    assert_eq!(
        reports["directReports"][0]["id"],
        json!(client.user("alice"))
    );
    let (status, _) = client.send("GET", "/users?$count=true&$expand=manager", true, "");
    assert_eq!(status, 400);
    assert_eq!(
        client.refused("/users?$expand=displayName"),
        "400 Parsing OData Select and Expand failed: Property 'displayName' on type 'microsoft.graph.user' is not a navigation property or complex property. Only navigation properties can be expanded."
    );
}

#[test]
fn one_object_is_reached_through_another() {
    let client = Client::new().with_managers();
    let alice = client.user("alice");
    let manager = client.get(&format!("/users/{alice}/manager"));
    assert_eq!(
        manager["@odata.context"],
        format!("{V1}/$metadata#directoryObjects/$entity")
    );
    assert_eq!(manager["@odata.type"], "#microsoft.graph.user");
    let nobody = format!("/users/{}/manager", client.user("admin"));
    assert_eq!(client.send("GET", &nobody, false, "").0, 404);
    let reference = client.get(&format!("/users/{alice}/manager/$ref"));
    assert!(
        reference["@odata.id"]
            .as_str()
            .unwrap()
            .contains(&client.user("bob"))
    );
    assert_eq!(
        client
            .send("PUT", &format!("/users/{alice}/manager"), false, "{}")
            .0,
        405
    );
}

#[test]
fn properties_are_read_alone_and_as_bare_values() {
    let client = Client::new();
    let path = format!("/users/{}/userPrincipalName", client.user("alice"));
    assert_eq!(client.get(&path)["value"], "alice@contoso.onmicrosoft.com");
    assert_eq!(
        client.get(&format!("{path}/$value")),
        "alice@contoso.onmicrosoft.com"
    );
    assert_eq!(
        client
            .send(
                "GET",
                &format!("/users/{}/jobTitle/$value", client.user("alice")),
                false,
                ""
            )
            .0,
        204
    );
}

#[test]
fn keys_stand_in_parentheses_and_bare() {
    let client = Client::new();
    let role = client.get("/directoryRoles/roleTemplateId=62e90394-69f5-4237-9190-012177145e10");
    assert_eq!(role["displayName"], "Global Administrator");
    let members = client
        .get("/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members/$ref");
    assert!(!members["value"].as_array().unwrap().is_empty());
    assert_eq!(
        client.refused("/users/x/manager()x"),
        "400 Resource not found for the segment 'manager()x'."
    );
}

#[test]
fn an_option_is_given_once() {
    let client = Client::new();
    assert_eq!(
        client.refused("/users?$top=1&$top=2"),
        "400 Query option '$top' was specified more than once, but it must be specified at most once."
    );
}

#[test]
fn the_actions_of_directory_objects_are_those_of_every_set() {
    let client = Client::new();
    let body = json!({"ids": [client.user("alice")]}).to_string();
    let (status, found) = client.send("POST", "/applications/getByIds", false, &body);
    assert_eq!((status, found["value"].as_array().unwrap().len()), (200, 1));
    let body = json!({"securityEnabledOnly": false}).to_string();
    let path = format!(
        "/directoryObjects/{}/microsoft.graph.getMemberGroups",
        client.user("student")
    );
    let (status, groups) = client.send("POST", &path, false, &body);
    assert_eq!(
        (status, groups["value"].as_array().unwrap().len()),
        (200, 1)
    );
}

#[test]
fn functions_are_called_with_and_without_parentheses_and_with_their_qualified_names() {
    let client = Client::new();
    for path in [
        "/users/delta",
        "/users/delta()",
        "/users/microsoft.graph.delta",
        "//users//Delta()",
    ] {
        let (status, _) = client.send("GET", path, false, "");
        assert_ne!(status, 400, "{path}");
    }
}

#[test]
fn the_token_of_a_page_serves_no_other_query() {
    let client = Client::new();
    let page = client.get("/users?$top=2&$select=id");
    let next = page["@odata.nextLink"]
        .as_str()
        .unwrap()
        .strip_prefix(V1)
        .unwrap();
    assert_eq!(client.send("GET", next, false, "").0, 200);
    for other in [
        next.replace("/users?", "/groups?"),
        next.replace("$select=id", "$select=id,mail"),
    ] {
        let reply = client.refused(&other);
        assert!(
            reply.starts_with("400 The specified page token value has expired"),
            "{reply}"
        );
    }
}
