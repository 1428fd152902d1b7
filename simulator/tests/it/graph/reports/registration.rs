//! The registration report: its rows, who reads them, and its sums.

use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::{Value, json};

use super::{BETA, SCOPE, administrator, code, refused, without_licences};
use crate::control::ask;
use crate::graph::client::App;
use crate::graph::fixture::Fixture;
use crate::support::{json as read, text};

const DETAILS: &str = "/reports/authenticationMethods/userRegistrationDetails";
const FEATURES: &str = "/reports/authenticationMethods/usersRegisteredByFeature";
const METHODS: &str = "/reports/authenticationMethods/usersRegisteredByMethod";

fn row(app: &App, name: &str) -> Value {
    app.get(&format!("{DETAILS}/{}", app.id(name)))
}

fn set(app: &App, name: MethodName, enabled: bool) {
    let done = app.bench.tenant.write(|tenant| {
        tenant.authentication_methods.set(name, enabled);
        Ok::<(), core::convert::Infallible>(())
    });
    done.unwrap();
}

fn names(list: &Value) -> Vec<&str> {
    let rows = list["value"].as_array().unwrap().iter();
    rows.map(|row| text(row, "userDisplayName")).collect()
}

#[test]
fn a_row_says_what_is_registered_and_what_the_policy_makes_of_it() {
    let app = administrator();
    let alice = row(&app, "alice");
    assert!(
        text(&alice, "@odata.context")
            .ends_with("$metadata#reports/authenticationMethods/userRegistrationDetails/$entity")
    );
    assert_eq!(
        alice["methodsRegistered"],
        json!(["microsoftAuthenticatorPush", "softwareOneTimePasscode"])
    );
    assert_eq!(alice["isMfaRegistered"], true);
    assert_eq!(alice["isMfaCapable"], true);
    assert_eq!(alice["isPasswordlessCapable"], false);
    assert_eq!(
        alice["systemPreferredAuthenticationMethods"],
        json!(["push"])
    );
    assert_eq!(
        alice["userPreferredMethodForSecondaryAuthentication"],
        "push"
    );
    assert_eq!(alice["userType"], "member");
    assert!(alice["lastUpdatedDateTime"].is_string());
    assert_eq!(alice.get("defaultMfaMethod"), None);
    let beta = app.get(&format!("{BETA}{DETAILS}/{}", app.id("alice")));
    assert_eq!(beta["defaultMfaMethod"], "microsoftAuthenticatorPush");
    let admin = row(&app, "admin");
    assert_eq!(admin["isAdmin"], true);
    assert_eq!(admin["isPasswordlessCapable"], true);
    // What the policy switches off stays registered.
    set(&app, MethodName::MicrosoftAuthenticator, false);
    set(&app, MethodName::SoftwareOath, false);
    let alice = row(&app, "alice");
    assert_eq!(alice["isMfaRegistered"], true);
    assert_eq!(alice["isMfaCapable"], false);
    assert_eq!(alice["systemPreferredAuthenticationMethods"], json!([]));
    set(&app, MethodName::Fido2, false);
    assert_eq!(row(&app, "admin")["isPasswordlessCapable"], false);
    // Nobody has nothing.
    let bob = row(&app, "bob");
    assert_eq!(bob["methodsRegistered"], json!([]));
    assert_eq!(bob["userPreferredMethodForSecondaryAuthentication"], "none");
}

#[test]
fn a_method_that_is_registered_and_deleted_is_seen_at_once() {
    let mut app = App::person("admin", "UserAuthenticationMethod.ReadWrite.All");
    let phones = format!("/users/{}/authentication/phoneMethods", app.id("bob"));
    let phone = json!({"phoneNumber": "+1 5555550100", "phoneType": "mobile"});
    let made = app.write("POST", &phones, &phone, 201);
    app.becomes("admin", SCOPE);
    let bob = row(&app, "bob");
    assert_eq!(bob["methodsRegistered"], json!(["mobilePhone"]));
    assert_eq!(bob["isMfaCapable"], true);
    assert_eq!(bob["isSsprRegistered"], true);
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    app.write(
        "DELETE",
        &format!("{phones}/{}", text(&made, "id")),
        &Value::Null,
        204,
    );
    app.becomes("admin", SCOPE);
    assert_eq!(row(&app, "bob")["isMfaRegistered"], false);
}

#[test]
fn resets_follow_the_policy_of_the_portal_and_that_of_administrators() {
    let mut app = administrator();
    let sspr = |app: &App, name: &str| {
        let row = row(app, name);
        ["isSsprEnabled", "isSsprRegistered", "isSsprCapable"].map(|column| row[column] == true)
    };
    assert_eq!(sspr(&app, "alice"), [false, true, false]);
    let path = format!("/tenants/{}/circumstances", app.bench.tenant.id());
    let wish = |wish: Value| {
        let reply = ask(&app.bench, "PATCH", &path, &json!({"password_reset": wish}));
        assert_eq!(reply.status, 200, "{}", read(&reply));
    };
    wish(json!({"everyone": true}));
    assert_eq!(sspr(&app, "alice"), [true, true, true]);
    wish(json!({"methods_required": 2}));
    assert_eq!(
        sspr(&app, "alice"),
        [true, false, false],
        "app and codes are one"
    );
    wish(json!({"everyone": false}));
    assert_eq!(sspr(&app, "admin"), [true, true, true]);
    app.becomes("admin", "Policy.ReadWrite.Authorization");
    let off = json!({"allowedToUseSSPR": false});
    app.write("PATCH", "/policies/authorizationPolicy", &off, 204);
    app.becomes("admin", SCOPE);
    assert_eq!(sspr(&app, "admin"), [false, true, false]);
}

#[test]
fn rows_are_filtered_sorted_and_cut_into_pages() {
    let app = administrator();
    let capable = app.get(&format!("{DETAILS}?$filter=isMfaCapable%20eq%20true"));
    assert_eq!(names(&capable).len(), 2);
    let with_key = format!(
        "{DETAILS}?$filter=methodsRegistered/any(m:m%20eq%20'passKeyDeviceBound')%20and%20isAdmin%20eq%20true"
    );
    assert_eq!(names(&app.get(&with_key)), ["Ada Admin"]);
    let guests = app.get(&format!("{DETAILS}?$filter=userType%20eq%20'guest'"));
    assert_eq!(names(&guests).len(), 1);
    let named = app.get(&format!(
        "{DETAILS}?$filter=startswith(userPrincipalName,'bo')"
    ));
    assert_eq!(names(&named), ["Bob Okafor"]);
    // A filter and an order together, in pages.
    let mut url = format!(
        "{DETAILS}?$filter=isMfaCapable%20eq%20false&$orderby=userDisplayName%20desc&$top=2"
    );
    let mut all: Vec<String> = Vec::new();
    loop {
        let page = app.get(&url);
        assert!(page.get("@odata.count").is_none());
        all.extend(names(&page).into_iter().map(str::to_owned));
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    let mut sorted = all.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert!(all.len() > 4);
    assert_eq!(all, sorted);
    let count = app.send("GET", &format!("{DETAILS}/$count"), &[], "");
    let whole = app.get(&format!("{DETAILS}?$count=true"));
    assert_eq!(
        String::from_utf8_lossy(&count.body),
        whole["@odata.count"].to_string()
    );
    let selected = app.get(&format!("{DETAILS}?$select=id,isMfaCapable&$top=1"));
    assert_eq!(selected["value"][0].as_object().unwrap().len(), 2);
    for wrong in [
        "$filter=isMfaCapable%20ne%20true",
        "$filter=lastUpdatedDateTime%20eq%202025-01-01T00:00:00Z",
        "$filter=contains(userDisplayName,'a')",
        "$filter=isRich%20eq%20true",
        "$orderby=isAdmin",
    ] {
        refused(&app, &format!("{DETAILS}?{wrong}"), 400);
    }
}

#[test]
fn readers_of_reports_read_and_others_are_told_why_not() {
    let mut app = App::person("bob", SCOPE);
    for path in [DETAILS, &format!("{FEATURES}()"), METHODS] {
        assert_eq!(
            refused(&app, path, 403),
            "Authentication_RequestFromUnsupportedUserRole"
        );
    }
    // Not even one's own row.
    let own = format!("{DETAILS}/{}", app.id("bob"));
    assert_eq!(
        refused(&app, &own, 403),
        "Authentication_RequestFromUnsupportedUserRole"
    );
    app.becomes("admin", "User.Read.All");
    assert_eq!(
        refused(&app, DETAILS, 403),
        "Authentication_MSGraphPermissionMissing"
    );
    for role in [
        "4a5d8f65-41da-4de4-8968-e035b65339cf",
        "5d6b6bb7-de71-4623-b4af-96380a352509",
        "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f",
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
    ] {
        app.becomes("admin", "RoleManagement.ReadWrite.Directory");
        let given = json!({
            "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
            "roleDefinitionId": role, "principalId": app.id("bob"), "directoryScopeId": "/",
        });
        let assignments = "/roleManagement/directory/roleAssignments";
        let made = app.write("POST", assignments, &given, 201);
        app.becomes("bob", SCOPE);
        app.get(DETAILS);
        app.becomes("admin", "RoleManagement.ReadWrite.Directory");
        let one = format!("{assignments}/{}", text(&made, "id"));
        app.write("DELETE", &one, &Value::Null, 204);
    }
}

#[test]
fn a_tenant_without_a_licence_has_no_reports() {
    let app = administrator();
    without_licences(&app);
    for path in [
        DETAILS,
        &format!("{DETAILS}/{}", app.id("bob")),
        FEATURES,
        METHODS,
    ] {
        let answer = app.write("GET", path, &json!({}), 403);
        assert_eq!(
            code(&answer),
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        );
        assert_eq!(
            text(&answer["error"], "message"),
            "Tenant is not a B2C tenant and doesn't have premium licenses"
        );
    }
}

#[test]
fn users_are_counted_by_feature_and_by_method() {
    let app = administrator();
    let count = |list: &Value, by: &str, name: &str| {
        let rows = list.as_array().unwrap();
        let row = rows.iter().find(|row| row[by] == name).unwrap();
        row["userCount"].as_u64().unwrap()
    };
    let all = app.get(FEATURES);
    assert_eq!(all["userTypes"], "all");
    let features =
        |answer: &Value, name| count(&answer["userRegistrationFeatureCounts"], "feature", name);
    assert_eq!(features(&all, "mfaCapable"), 2);
    assert_eq!(features(&all, "passwordlessCapable"), 1);
    let parameters = |types: &str, roles: &str| {
        format!("(includedUserTypes='{types}',includedUserRoles='{roles}')")
    };
    assert_eq!(
        app.get(&format!("{FEATURES}{}", parameters("all", "all"))),
        all
    );
    assert_eq!(app.get(&format!("{FEATURES}()")), all);
    let of = |types: &str, roles: &str| app.get(&format!("{FEATURES}{}", parameters(types, roles)));
    assert_eq!(of("guest", "all")["totalUserCount"], 1);
    assert_eq!(of("all", "admin")["totalUserCount"], 3);
    assert_eq!(of("all", "privilegedAdmin")["totalUserCount"], 3);
    assert_eq!(features(&of("all", "admin"), "mfaCapable"), 1);
    assert_eq!(features(&of("all", "admin"), "ssprEnabled"), 3);
    assert_eq!(
        of("all", "user")["totalUserCount"].as_u64().unwrap() + 3,
        all["totalUserCount"].as_u64().unwrap()
    );
    let methods = app.get(&format!("{METHODS}{}", parameters("member", "user")));
    let of_method = |name| {
        count(
            &methods["userRegistrationMethodCounts"],
            "authenticationMethod",
            name,
        )
    };
    assert_eq!(of_method("microsoftAuthenticatorPush"), 1);
    assert_eq!(of_method("passKeyDeviceBound"), 0);
    assert_eq!(
        methods["totalUserCount"].as_u64().unwrap(),
        of_method("password")
    );
    for wrong in [
        parameters("robot", "all"),
        parameters("all", "king"),
        "(includedUserTypes='all')".to_owned(),
        "(period='d1')".to_owned(),
    ] {
        refused(&app, &format!("{FEATURES}{wrong}"), 400);
    }
}

#[test]
fn an_app_reads_the_rows_but_not_the_sums() {
    let app = App::new();
    let bench = &app.bench;
    let token = |roles: Value| {
        let robot = Fixture::of(bench);
        let claims = json!({
            "oid": robot.service_principal, "appid": robot.app, "idtyp": "app", "roles": roles,
        });
        format!("Bearer {}", crate::graph::token(bench, &claims))
    };
    let get = |roles: Value, path: &str| {
        let url = format!("{}{path}", crate::graph::V1);
        bench.send("GET", &url, &[("authorization", &token(roles))], "")
    };
    assert_eq!(get(json!([SCOPE]), DETAILS).status, 200);
    assert_eq!(get(json!([SCOPE]), FEATURES).status, 403);
    let reply = get(json!(["User.Read.All"]), DETAILS);
    assert_eq!(
        code(&read(&reply)),
        "Authentication_MSGraphPermissionMissing"
    );
}
