//! Whose methods may be read and written by whom.

use serde_json::{Value, json};

use super::{
    AUTHENTICATION_ADMINISTRATOR, AUTHENTICATION_POLICY_ADMINISTRATOR, GLOBAL_READER,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, USER_ADMINISTRATOR, assign, at,
};
use crate::graph::client::App;
use crate::support::{json as body, password_token, text};

#[test]
fn roles_reach_as_far_as_the_reference_says() {
    // Role, then reads and writes of somebody without a role, then of a Global Administrator.
    for (role, reads, writes, reads_admins, writes_admins) in [
        ("", 403, 403, 403, 403),
        (GLOBAL_READER, 200, 403, 200, 403),
        (AUTHENTICATION_ADMINISTRATOR, 200, 201, 403, 403),
        (PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, 200, 201, 200, 201),
        (AUTHENTICATION_POLICY_ADMINISTRATOR, 403, 403, 403, 403),
        (USER_ADMINISTRATOR, 403, 403, 403, 403),
    ] {
        let app = App::person("bob", "UserAuthenticationMethod.ReadWrite.All");
        if !role.is_empty() {
            assign(&app, "bob", role);
        }
        let phone = json!({"phoneNumber": "+1 2065555555", "phoneType": "mobile"});
        for (name, read, write) in [
            ("alice", reads, writes),
            ("breakglass1", reads_admins, writes_admins),
        ] {
            app.write("GET", &at(name, "methods"), &Value::Null, read);
            app.write("GET", &at(name, "phoneMethods"), &Value::Null, read);
            app.write("POST", &at(name, "phoneMethods"), &phone, write);
        }
    }
}

#[test]
fn permissions_are_those_of_the_kind() {
    for (scopes, phones, passes, all) in [
        ("UserAuthMethod-Phone.Read.All", 200, 403, 403),
        ("UserAuthMethod-Phone.ReadWrite.All", 200, 403, 403),
        ("UserAuthMethod-Phone.Read", 403, 403, 403),
        ("UserAuthMethod-TAP.Read.All", 403, 200, 403),
        ("UserAuthenticationMethod.Read.All", 200, 200, 200),
        ("User.Read.All", 403, 403, 403),
    ] {
        let app = App::person("admin", scopes);
        for (set, status) in [
            ("phoneMethods", phones),
            ("temporaryAccessPassMethods", passes),
            ("methods", all),
        ] {
            app.write("GET", &at("bob", set), &Value::Null, status);
        }
    }
}

#[test]
fn people_change_their_own_after_a_second_factor_only() {
    let app = App::person("admin", "UserAuthenticationMethod.Read.All");
    let list = app.get(&at("alice", "softwareOathMethods"));
    let own = format!(
        "https://graph.microsoft.com/v1.0/me/authentication/softwareOathMethods/{}",
        text(&list["value"][0], "id")
    );
    // A name and a password alone: the list is shown, nothing is deleted.
    let scope = "https://graph.microsoft.com/.default";
    let tokens = body(&password_token(&app.bench, "alice", scope));
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    let send = |method: &str| {
        let headers = [("authorization", bearer.as_str())];
        app.bench.send(method, &own, &headers, "")
    };
    assert_eq!(send("GET").status, 200);
    let refused = send("DELETE");
    assert_eq!(refused.status, 403);
    assert_eq!(text(&body(&refused)["error"], "code"), "accessDenied");
}
