//! What would apply: every condition by its name, and the same answer as a sign-in gets.

use serde_json::{Value, json};

use super::{LOCATIONS, POLICIES, SCOPES, mfa};
use crate::graph::client::App;
use crate::support::{ARM_SCOPE, password_token, text};

const EVALUATE: &str = "/identity/conditionalAccess/evaluate";
const ARM: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

fn administrator() -> App {
    App::person("admin", SCOPES)
}

/// Makes a policy that is for everybody and everything but for what is given.
fn make(app: &App, name: &str, state: &str, conditions: &Value) {
    let mut all = json!({
        "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
    });
    for (member, value) in conditions.as_object().unwrap() {
        all[member] = value.clone();
    }
    let policy = json!({
        "displayName": name, "state": state, "conditions": all, "grantControls": mfa(),
    });
    app.write("POST", POLICIES, &policy, 201);
}

fn user(app: &App, name: &str) -> Value {
    json!({"@odata.type": "#microsoft.graph.userSignIn", "userId": app.id(name)})
}

fn application(id: &str) -> Value {
    json!({"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [id]})
}

fn question(identity: &Value, context: &Value, conditions: &Value) -> Value {
    json!({"signInIdentity": identity, "signInContext": context, "signInConditions": conditions})
}

fn evaluate(app: &App, question: &Value) -> Vec<(String, String)> {
    let answer = app.write("POST", EVALUATE, question, 200);
    let rows = answer["value"].as_array().unwrap().iter();
    let mut rows: Vec<(String, String)> = rows
        .map(|row| {
            let reasons = text(row, "analysisReasons");
            assert_eq!(row["policyApplies"], reasons == "notSet");
            (text(row, "displayName").to_owned(), reasons.to_owned())
        })
        .collect();
    rows.sort();
    rows
}

/// What is said of one policy.
fn reasons(app: &App, name: &str, question: &Value) -> String {
    let rows = evaluate(app, question);
    rows.into_iter().find(|row| row.0 == name).unwrap().1
}

#[test]
fn each_condition_that_does_not_hold_is_named() {
    let app = administrator();
    let on = "enabledForReportingButNotEnforced";
    let location = json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Alps",
        "countriesAndRegions": ["AT", "CH"], "includeUnknownCountriesAndRegions": false,
    });
    let alps = text(&app.write("POST", LOCATIONS, &location, 201), "id").to_owned();
    let alice = app.id("alice");
    for (name, conditions) in [
        ("all", json!({})),
        ("alice", json!({"users": {"includeUsers": [alice]}})),
        (
            "graph",
            json!({"applications": {"includeApplications": [GRAPH]}}),
        ),
        (
            "register",
            json!({"applications": {"includeUserActions": ["urn:user:registersecurityinfo"]}}),
        ),
        ("browser", json!({"clientAppTypes": ["browser"]})),
        (
            "alps",
            json!({"locations": {"includeLocations": [alps], "excludeLocations": []}}),
        ),
        (
            "android",
            json!({"platforms": {"includePlatforms": ["android"], "excludePlatforms": []}}),
        ),
        ("risky", json!({"signInRiskLevels": ["high"]})),
        ("compromised", json!({"userRiskLevels": ["high"]})),
        (
            "device code",
            json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}),
        ),
        (
            "transfer",
            json!({"authenticationFlows": {"transferMethods": "authenticationTransfer"}}),
        ),
    ] {
        make(&app, name, on, &conditions);
    }
    make(&app, "off", "disabled", &json!({}));
    let plain = question(
        &user(&app, "bob"),
        &application(ARM),
        &json!({
            "clientAppType": "mobileAppsAndDesktopClients", "devicePlatform": "windows", "country": "DE",
            "ipAddress": "203.0.113.7", "signInRiskLevel": "low", "userRiskLevel": "medium",
        }),
    );
    let expected = [
        ("alice", "users"),
        ("all", "notSet"),
        ("alps", "location"),
        ("android", "devicePlatform"),
        ("browser", "clientApps"),
        ("compromised", "userRisk"),
        ("device code", "authenticationFlow"),
        ("graph", "application"),
        ("off", "policyNotEnabled"),
        ("register", "userActions"),
        ("risky", "signInRisk"),
        ("transfer", "authenticationFlow"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(name, reason)| ((*name).to_owned(), (*reason).to_owned()))
        .collect();
    assert_eq!(evaluate(&app, &plain), expected);
    // Everything else.
    let other = question(
        &user(&app, "alice"),
        &application(GRAPH),
        &json!({
            "clientAppType": "browser", "devicePlatform": "android", "country": "CH", "signInRiskLevel": "high",
            "userRiskLevel": "high", "authenticationFlow": {"transferMethod": "deviceCodeFlow"},
        }),
    );
    let rows = evaluate(&app, &other);
    let applying = rows.iter().filter(|(_, reason)| reason == "notSet");
    assert_eq!(applying.count(), 9, "{rows:?}");
    // Several at once, in their order.
    let mut several = plain.clone();
    several["signInContext"] = application(GRAPH);
    make(
        &app,
        "several",
        on,
        &json!({"users": {"includeUsers": [app.id("alice")]}, "signInRiskLevels": ["high"]}),
    );
    assert_eq!(reasons(&app, "several", &several), "users,signInRisk");
    // What is left open stands for anything; a place that is not named says too little.
    let open = question(&user(&app, "bob"), &application(ARM), &json!({}));
    assert_eq!(reasons(&app, "browser", &open), "notSet");
    assert_eq!(reasons(&app, "android", &open), "notSet");
    assert_eq!(reasons(&app, "alps", &open), "notEnoughInformation");
    assert_eq!(reasons(&app, "risky", &open), "signInRisk");
    // A user action, a transfer, an authentication context.
    let action = json!({
        "@odata.type": "#microsoft.graph.userActionContext", "userAction": "registerSecurityInformation",
    });
    let action = question(&user(&app, "bob"), &action, &json!({}));
    assert_eq!(reasons(&app, "register", &action), "notSet");
    let transfer = json!({"authenticationFlow": {"transferMethod": "authenticationTransfer"}});
    let transfer = question(&user(&app, "bob"), &application(ARM), &transfer);
    assert_eq!(reasons(&app, "transfer", &transfer), "notSet");
    let mut applied = open;
    applied["appliedPoliciesOnly"] = json!(true);
    let names = evaluate(&app, &applied);
    assert!(names.iter().all(|(_, reason)| reason == "notSet"));
    assert!(names.iter().any(|(name, _)| name == "all"));
}

#[test]
fn contexts_guests_and_workload_identities_are_asked_about() {
    let mut app = administrator();
    let context = json!({
        "id": "c7", "displayName": "Secrets", "description": "What is secret", "isAvailable": true,
    });
    app.becomes(
        "admin",
        "AuthenticationContext.ReadWrite.All Policy.Read.All Policy.ReadWrite.ConditionalAccess",
    );
    let contexts = "/identity/conditionalAccess/authenticationContextClassReferences";
    app.write("POST", contexts, &context, 200);
    app.becomes("admin", SCOPES);
    let on = "enabledForReportingButNotEnforced";
    make(&app, "all", on, &json!({}));
    make(
        &app,
        "secrets",
        on,
        &json!({"applications": {"includeAuthenticationContextClassReferences": ["c7"]}}),
    );
    let guests = json!({"includeGuestsOrExternalUsers": {
        "guestOrExternalUserTypes": "b2bCollaborationGuest,serviceProvider",
        "externalTenants": {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"},
    }});
    make(&app, "guests", on, &json!({"users": guests}));
    let asked = |value: &str| {
        let context = json!({
            "@odata.type": "#microsoft.graph.authContext", "authenticationContextValue": value,
        });
        question(&user(&app, "bob"), &context, &json!({}))
    };
    assert_eq!(reasons(&app, "secrets", &asked("c7")), "notSet");
    assert_eq!(
        reasons(&app, "secrets", &asked("c8")),
        "authenticationContext"
    );
    assert_eq!(reasons(&app, "all", &asked("c7")), "application");
    // Somebody of another tenant who has no account here.
    let of = |kind: &str| {
        let identity = json!({
            "@odata.type": "#microsoft.graph.userSignIn", "externalUserType": kind,
            "externalTenantId": "11111111-2222-3333-4444-555555555555",
        });
        question(&identity, &application(ARM), &json!({}))
    };
    assert_eq!(reasons(&app, "guests", &of("serviceProvider")), "notSet");
    assert_eq!(reasons(&app, "guests", &of("otherExternalUser")), "users");
    let bob = question(&user(&app, "bob"), &application(ARM), &json!({}));
    assert_eq!(reasons(&app, "guests", &bob), "users");
    // An app as itself, by either id.
    let deploy = {
        let tenant = app.bench.tenant.read();
        let mut all = tenant.service_principals.values();
        let found = all.find(|principal| principal.display_name == "deploy");
        let found = found.unwrap();
        [found.id.to_string(), found.app_id.to_string()]
    };
    for id in &deploy {
        let identity = json!({
            "@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": id,
        });
        let question = question(&identity, &application(ARM), &json!({}));
        assert_eq!(reasons(&app, "all", &question), "users");
    }
}

#[test]
fn a_sign_in_gets_what_was_said() {
    let app = administrator();
    make(
        &app,
        "azure",
        "enabledForReportingButNotEnforced",
        &json!({"applications": {"includeApplications": [ARM]}}),
    );
    make(
        &app,
        "graph",
        "enabledForReportingButNotEnforced",
        &json!({"applications": {"includeApplications": [GRAPH]}}),
    );
    make(
        &app,
        "browser",
        "enabledForReportingButNotEnforced",
        &json!({"clientAppTypes": ["browser"]}),
    );
    assert_eq!(password_token(&app.bench, "bob", ARM_SCOPE).status, 200);
    let said = evaluate(
        &app,
        &question(
            &user(&app, "bob"),
            &application(ARM),
            &json!({"clientAppType": "mobileAppsAndDesktopClients", "ipAddress": "127.0.0.1"}),
        ),
    );
    let tenant = app.bench.tenant.read();
    let applied = &tenant.sign_in.log.last().unwrap().applied;
    assert_eq!(applied.len(), 3);
    for policy in applied {
        let (_, reason) = said
            .iter()
            .find(|(name, _)| *name == policy.display_name)
            .unwrap();
        let applies = policy.result.as_str() != "reportOnlyNotApplied";
        assert_eq!(applies, reason == "notSet", "{}", policy.display_name);
    }
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let mut app = administrator();
    let bob = user(&app, "bob");
    let stranger = json!({
        "@odata.type": "#microsoft.graph.userSignIn", "userId": "00000000-0000-0000-0000-000000000001",
    });
    let good = question(&bob, &application(ARM), &json!({}));
    app.write("POST", EVALUATE, &good, 200);
    for (wrong, status) in [
        (json!({}), 400),
        (json!({"signInIdentity": bob}), 400),
        (
            question(&json!({"userId": "x"}), &application(ARM), &json!({})),
            400,
        ),
        (question(&stranger, &application(ARM), &json!({})), 404),
        (question(&bob, &application("All"), &json!({})), 400),
        (
            question(
                &bob,
                &json!({"@odata.type": "#microsoft.graph.applicationContext"}),
                &json!({}),
            ),
            400,
        ),
        (
            question(
                &bob,
                &json!({"@odata.type": "#microsoft.graph.authContext", "authenticationContextValue": "c100"}),
                &json!({}),
            ),
            400,
        ),
        (
            question(&bob, &application(ARM), &json!({"country": "Germany"})),
            400,
        ),
        (
            question(&bob, &application(ARM), &json!({"ipAddress": "here"})),
            400,
        ),
        (
            question(
                &bob,
                &application(ARM),
                &json!({"clientAppType": "toaster"}),
            ),
            400,
        ),
        (
            question(
                &bob,
                &application(ARM),
                &json!({"signInRiskLevel": "hidden"}),
            ),
            501,
        ),
        (
            question(&bob, &application(ARM), &json!({"weather": "rain"})),
            400,
        ),
        (
            json!({"signInIdentity": bob, "signInContext": application(ARM), "signInConditions": {}, "mood": 1}),
            400,
        ),
    ] {
        app.write("POST", EVALUATE, &wrong, status);
    }
    // Devices are not told apart.
    let device = json!({"deviceInfo": {"isCompliant": true}});
    let about_a_device = question(&bob, &application(ARM), &device);
    app.write("POST", EVALUATE, &about_a_device, 200);
    let filter = json!({"devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}}});
    make(
        &app,
        "compliant",
        "enabledForReportingButNotEnforced",
        &filter,
    );
    assert_eq!(reasons(&app, "compliant", &good), "devices");
    app.write("POST", EVALUATE, &about_a_device, 501);
    app.becomes("bob", "Policy.Read.ConditionalAccess");
    app.write("POST", EVALUATE, &good, 403);
    app.becomes("admin", "Policy.Read.ConditionalAccess");
    app.write("POST", EVALUATE, &good, 200);
    app.becomes("admin", "User.Read");
    app.write("POST", EVALUATE, &good, 403);
}

#[test]
fn the_documented_questions_are_understood() {
    let app = administrator();
    make(&app, "all", "enabledForReportingButNotEnforced", &json!({}));
    let answer = app.write(
        "POST",
        "https://graph.microsoft.com/beta/identity/conditionalAccess/evaluate",
        &json!({
            "signInIdentity": user(&app, "bob"),
            "signInContext": application("00000003-0000-0ff1-ce00-000000000000"),
            "signInConditions": {
                "devicePlatform": "android", "clientAppType": "browser", "signInRiskLevel": "high", "userRiskLevel": "high",
                "country": "US", "ipAddress": "40.77.182.32", "insiderRiskLevel": "elevated",
                "authenticationFlow": {"transferMethod": "deviceCodeFlow"}, "deviceInfo": {"isCompliant": true},
            },
            "appliedPoliciesOnly": true,
        }),
        200,
    );
    assert!(
        text(&answer, "@odata.context")
            .ends_with("$metadata#Collection(microsoft.graph.whatIfAnalysisResult)")
    );
    let row = &answer["value"][0];
    assert_eq!(row["conditions"]["users"]["includeUsers"], json!(["All"]));
    assert_eq!(row["analysisReasons"], "notSet");
}
