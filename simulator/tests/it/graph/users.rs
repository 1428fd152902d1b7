//! Users: everything that clients write of them, passwords, sessions, conversion.

use serde_json::{Value, json};

use super::client::{App, GRAPH};
use crate::support::{json as body, password_token, text, token};

const ALL: &str = "Directory.AccessAsUser.All";
const BETA: &str = "https://graph.microsoft.com/beta";

fn newcomer(name: &str) -> Value {
    json!({
        "accountEnabled": true, "displayName": name, "mailNickname": name,
        "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"),
        "passwordProfile": {"forceChangePasswordNextSignIn": false, "password": "xWwvJ]6NMw+bWH-d"},
    })
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

/// What clients write of a user, and what nothing here acts on.
fn everything() -> Value {
    json!({
        "aboutMe": "Likes bridges.", "ageGroup": "adult", "birthday": "1990-05-04T00:00:00Z",
        "businessPhones": ["+1 425 555 0109"], "city": "Linz", "companyName": "Contoso",
        "consentProvidedForMinor": null, "country": "Austria", "department": "Sales",
        "employeeHireDate": "2024-01-02T00:00:00Z", "employeeId": "E-17",
        "employeeOrgData": {"costCenter": "200", "division": "West"}, "employeeType": "Contractor",
        "faxNumber": "+1 425 555 0110", "givenName": "Una", "interests": ["chess"], "jobTitle": "Nomad",
        "mobilePhone": "+1 425 555 0111", "mySite": "https://una.example", "officeLocation": "18/2111",
        "onPremisesExtensionAttributes": {"extensionAttribute3": "blue"},
        "onPremisesImmutableId": "aW1tdXRhYmxl", "otherMails": ["una@home.example"],
        "passwordPolicies": "DisablePasswordExpiration", "pastProjects": ["Apollo"], "postalCode": "4020",
        "preferredDataLocation": "EUR", "preferredLanguage": "de-AT", "preferredName": "Una",
        "responsibilities": ["bridges"], "schools": ["TU"], "showInAddressList": false, "skills": ["welding"],
        "state": "OÖ", "streetAddress": "Hauptplatz 1", "surname": "Uhl", "usageLocation": "AT",
    })
}

#[test]
fn everything_that_is_written_of_a_user_is_read_back() {
    let app = App::person("admin", ALL);
    let mut asked = newcomer("una");
    for (name, value) in everything().as_object().unwrap() {
        asked[name] = value.clone();
    }
    let made = app.write("POST", "/users", &asked, 201);
    let path = format!("/users/{}", text(&made, "id"));
    let names: Vec<String> = everything().as_object().unwrap().keys().cloned().collect();
    let read = app.get(&format!("{path}?$select={}", names.join(",")));
    let mut expected = everything();
    expected["ageGroup"] = json!("Adult");
    for (name, value) in expected.as_object().unwrap() {
        match value.as_object() {
            // A record comes with all its members.
            Some(members) => {
                for (inner, value) in members {
                    assert_eq!(read[name][inner], *value, "{name}/{inner}");
                }
            }
            None => assert_eq!(read[name], *value, "{name}"),
        }
    }
    assert_eq!(
        read["onPremisesExtensionAttributes"]
            .as_object()
            .unwrap()
            .len(),
        15
    );
    let more = json!({
        "onPremisesExtensionAttributes": {"extensionAttribute1": "red"},
        "employeeOrgData": {"division": "East"}, "city": null, "businessPhones": [],
    });
    app.write("PATCH", &path, &more, 204);
    let read = app.get(&format!(
        "{path}?$select=onPremisesExtensionAttributes,employeeOrgData,city,businessPhones,legalAgeGroupClassification"
    ));
    assert_eq!(
        read["onPremisesExtensionAttributes"]["extensionAttribute3"],
        "blue"
    );
    assert_eq!(
        read["onPremisesExtensionAttributes"]["extensionAttribute1"],
        "red"
    );
    assert_eq!(
        read["employeeOrgData"],
        json!({"costCenter": "200", "division": "East"})
    );
    assert_eq!(
        (&read["city"], &read["businessPhones"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(read["legalAgeGroupClassification"], "Adult");
    for filter in [
        "employeeId eq 'E-17'",
        "usageLocation eq 'AT'",
        "otherMails/any(m:m eq 'UNA@home.example')",
    ] {
        let list = app.get(&format!(
            "/users?$filter={}&$select=id",
            filter.replace(' ', "%20")
        ));
        assert_eq!(
            list["value"],
            json!([{"id": text(&made, "id")}]),
            "{filter}"
        );
    }
}

#[test]
fn values_that_do_not_fit_are_refused_by_name() {
    let app = App::person("admin", ALL);
    let bob = format!("/users/{}", app.id("bob"));
    for (name, value) in [
        ("usageLocation", json!("AUT")),
        ("usageLocation", Value::Null),
        ("businessPhones", json!(["+1 1", "+1 2"])),
        ("otherMails", json!(["nobody"])),
        ("passwordPolicies", json!("DisableEverything")),
        ("ageGroup", json!("old")),
        ("employeeId", json!("x".repeat(17))),
        ("mailNickname", json!("a b")),
        ("showInAddressList", json!("no")),
        ("birthday", json!("yesterday")),
        ("userType", json!("Robot")),
        (
            "identities",
            json!([{"signInType": "emailAddress", "issuer": "elsewhere.example", "issuerAssignedId": "a@b.example"}]),
        ),
    ] {
        let refused = app.write("PATCH", &bob, &json!({name: value}), 400);
        assert_eq!(
            message(&refused),
            format!("Invalid value specified for property '{name}' of resource 'User'.")
        );
        assert_eq!(text(&refused["error"]["details"][0], "target"), name);
    }
    for name in [
        "onPremisesSyncEnabled",
        "createdDateTime",
        "assignedLicenses",
        "imAddresses",
    ] {
        let value = if name == "imAddresses" {
            json!(["x"])
        } else {
            json!(true)
        };
        let refused = app.write("PATCH", &bob, &json!({name: value}), 400);
        assert_eq!(
            message(&refused),
            format!("Property '{name}' of resource 'User' is read-only and cannot be set.")
        );
    }
}

#[test]
fn a_user_comes_with_a_manager_and_sponsors() {
    let app = App::person("admin", ALL);
    let mut asked = newcomer("una");
    let url = |name: &str| format!("{GRAPH}/users/{}", app.id(name));
    asked["manager@odata.bind"] = json!(url("alice"));
    asked["sponsors@odata.bind"] = json!([url("bob")]);
    let made = app.write("POST", "/users", &asked, 201);
    let path = format!("/users/{}", text(&made, "id"));
    let id = |path: &str| text(&app.get(path), "id").to_owned();
    assert_eq!(id(&format!("{path}/manager")), app.id("alice"));
    assert_eq!(
        text(&app.get(&format!("{path}/sponsors"))["value"][0], "id"),
        app.id("bob")
    );
    let reports = format!("/users/{}/directReports", app.id("alice"));
    assert_eq!(app.get(&reports)["value"][0]["id"], made["id"]);
    app.write(
        "PATCH",
        &path,
        &json!({"manager@odata.bind": url("bob")}),
        204,
    );
    assert_eq!(id(&format!("{path}/manager")), app.id("bob"));
    assert_eq!(app.get(&reports)["value"], json!([]));
}

#[test]
fn an_account_may_sign_in_by_identities_of_its_own() {
    let app = App::person("admin", ALL);
    // The documented example.
    let asked = json!({
        "displayName": "John Smith",
        "identities": [
            {"signInType": "userName", "issuer": "contoso.onmicrosoft.com", "issuerAssignedId": "johnsmith"},
            {"signInType": "emailAddress", "issuer": "contoso.onmicrosoft.com", "issuerAssignedId": "jsmith@yahoo.com"},
            {"signInType": "federated", "issuer": "facebook.com", "issuerAssignedId": "5eecb0cd"},
        ],
        "passwordProfile": {"password": "xWwvJ]6NMw+bWH-d", "forceChangePasswordNextSignIn": false},
        "passwordPolicies": "DisablePasswordExpiration",
    });
    let made = app.write("POST", "/users", &asked, 201);
    let path = format!(
        "/users/{}?$select=identities,userPrincipalName",
        text(&made, "id")
    );
    let read = app.get(&path);
    assert_eq!(read["identities"].as_array().unwrap().len(), 4);
    assert_eq!(read["identities"][0], asked["identities"][0]);
    assert!(text(&read, "userPrincipalName").starts_with(text(&made, "id")));
    let twin = app.write("POST", "/users", &asked, 400);
    assert_eq!(
        message(&twin),
        "Another object with the same value for property identities already exists."
    );
}

#[test]
fn a_weak_password_suffices_where_the_policy_says_so() {
    let app = App::person("admin", ALL);
    let mut asked = newcomer("una");
    asked["passwordProfile"] = json!({"password": "weak"});
    let refused = app.write("POST", "/users", &asked, 400);
    assert!(message(&refused).contains("password complexity requirements"));
    asked["passwordPolicies"] = json!("DisableStrongPassword, DisablePasswordExpiration");
    app.write("POST", "/users", &asked, 201);
}

#[test]
fn people_change_their_own_password_knowing_the_old_one() {
    let app = App::person("bob", ALL);
    let old = {
        let tenant = app.bench.tenant.read();
        let bob = tenant.users.by_local_part("bob", 0).unwrap();
        bob.password.as_ref().unwrap().value.to_string()
    };
    let change = |path: &str, current: &str, new: &str, status| {
        let body = json!({"currentPassword": current, "newPassword": new});
        app.write("POST", path, &body, status)
    };
    let new = "0eM85N54wFxWwvJ]";
    change("/me/changePassword", "wrong", new, 400);
    change("/me/changePassword", &old, &old, 400);
    assert!(message(&change("/me/changePassword", &old, "weak", 400)).contains("complexity"));
    app.write(
        "POST",
        "/me/changePassword",
        &json!({"newPassword": new}),
        400,
    );
    let alice = format!("/users/{}/changePassword", app.id("alice"));
    change(&alice, &old, new, 403);
    change("/me/changePassword", &old, new, 204);
    let signed_in = |password: &str| {
        let fields = [
            ("client_id", crate::support::AZURE_CLI),
            ("grant_type", "password"),
            ("username", "bob@contoso.onmicrosoft.com"),
            ("password", password),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        token(&app.bench, &fields).status.as_u16()
    };
    assert_eq!((signed_in(&old), signed_in(new)), (400, 200));
}

#[test]
fn a_password_is_judged_before_it_is_used() {
    let app = App::person("bob", "User.ReadWrite");
    let judge = |password: &str| {
        let url = format!("{BETA}/users/validatePassword");
        app.write("POST", &url, &json!({"password": password}), 200)
    };
    let bad = judge("1234567890");
    assert_eq!(bad["isValid"], false);
    assert_eq!(
        bad["validationResults"],
        json!([{
            "ruleName": "password_not_meet_complexity", "validationPassed": false,
            "message": "Password does not meet complexity requirements.",
        }])
    );
    assert_eq!(judge("xWwvJ]6NMw+bWH-d")["isValid"], true);
    let v1 = json!({"password": "x"});
    app.write("POST", "/users/validatePassword", &v1, 400);
}

#[test]
fn sessions_end_for_oneself_and_by_those_who_may() {
    let mut app = App::person("bob", "User.ReadWrite User.RevokeSessions.All");
    let valid_from = |app: &App| {
        let path = format!(
            "/users/{}?$select=signInSessionsValidFromDateTime",
            app.id("bob")
        );
        text(&app.get(&path), "signInSessionsValidFromDateTime").to_owned()
    };
    let before = valid_from(&app);
    let answer = app.write("POST", "/me/revokeSignInSessions", &Value::Null, 200);
    assert_eq!(answer["value"], true);
    assert!(text(&answer, "@odata.context").ends_with("$metadata#Edm.Boolean"));
    app.becomes("bob", "User.Read");
    assert_ne!(valid_from(&app), before);
    app.becomes("alice", "User.RevokeSessions.All");
    let path = format!("/users/{}/revokeSignInSessions", app.id("bob"));
    app.write("POST", &path, &Value::Null, 403);
    app.becomes("admin", "User.RevokeSessions.All");
    app.write("POST", &path, &Value::Null, 200);
    let old = format!("{BETA}/users/{}/invalidateAllRefreshTokens", app.id("bob"));
    app.write("POST", &old, &Value::Null, 204);
    let old = format!("/users/{}/invalidateAllRefreshTokens", app.id("bob"));
    app.write("POST", &old, &Value::Null, 400);
}

#[test]
fn a_guest_becomes_a_member_with_a_password() {
    let app = App::person("admin", ALL);
    let guest = app.id("pat_fabrikam.example#EXT#");
    let url = format!("{BETA}/users/{guest}/convertExternalToInternalMemberUser");
    let asked = json!({
        "userPrincipalName": "pat@contoso.onmicrosoft.com", "mail": "pat@contoso.onmicrosoft.com",
        "passwordProfile": {"password": "xWwvJ]6NMw+bWH-d", "forceChangePasswordNextSignIn": false},
    });
    let answer = app.write("POST", &url, &asked, 200);
    assert_eq!(
        text(&answer, "userPrincipalName"),
        "pat@contoso.onmicrosoft.com"
    );
    let read = app.get(&format!(
        "/users/{guest}?$select=userType,externalUserState,mail"
    ));
    assert_eq!(
        (text(&read, "userType"), &read["externalUserState"]),
        ("Member", &Value::Null)
    );
    app.write("POST", &url, &asked, 400);
}

#[test]
fn when_somebody_signed_in_last_is_for_those_who_read_the_log() {
    let app = App::new();
    let path = format!("/users/{}?$select=id,signInActivity", app.id("bob"));
    assert_eq!(app.get(&path)["signInActivity"], Value::Null);
    assert_eq!(
        password_token(&app.bench, "bob", "https://graph.microsoft.com/.default").status,
        200
    );
    let activity = &app.get(&path)["signInActivity"];
    assert_eq!(text(activity, "lastSignInDateTime"), "2025-10-02T12:00:00Z");
    assert_eq!(
        activity["lastSuccessfulSignInDateTime"],
        activity["lastSignInDateTime"]
    );
    let person = App::person("admin", "User.Read.All");
    let path = path.replace(&app.id("bob"), &person.id("bob"));
    assert_eq!(person.send("GET", &path, &[], "").status, 403);
    let list = person.send("GET", "/users?$select=signInActivity", &[], "");
    assert_eq!(
        text(&body(&list)["error"], "code"),
        "Authorization_RequestDenied"
    );
}

#[test]
fn a_property_that_an_app_defines_is_written_and_selected() {
    let app = App::person("admin", ALL);
    let made = app.write("POST", "/applications", &json!({"displayName": "x"}), 201);
    let path = format!("/applications/{}/extensionProperties", text(&made, "id"));
    let defined = json!({"name": "jobGroup", "dataType": "String", "targetObjects": ["User"]});
    let defined = app.write("POST", &path, &defined, 201);
    let name = text(&defined, "name");
    let bob = format!("/users/{}", app.id("bob"));
    app.write("PATCH", &bob, &json!({name: "welders"}), 204);
    let read = app.get(&format!("{bob}?$select=id,{name}"));
    assert_eq!(text(&read, name), "welders");
    assert!(text(&read, "@odata.context").ends_with(&format!("users(id,{name})/$entity")));
    assert!(app.get(&bob).get(name).is_none());
    app.write("PATCH", &bob, &json!({name: 1}), 400);
    app.write("PATCH", &bob, &json!({name: null}), 204);
    assert!(
        app.get(&format!("{bob}?$select={name}"))
            .get(name)
            .is_none()
    );
    let strange = name.replace("jobGroup", "other");
    app.write("PATCH", &bob, &json!({strange.as_str(): "x"}), 400);
    let refused = app.send("GET", &format!("{bob}?$select={strange}"), &[], "");
    assert_eq!(refused.status, 400);
    let available = app.write(
        "POST",
        "/directoryObjects/getAvailableExtensionProperties",
        &json!({"isSyncedFromOnPremises": false}),
        200,
    );
    assert_eq!(text(&available["value"][0], "name"), name);
}
