//! The Conditional Access table over the wire: policies as Graph JSON, attempts at the token endpoint; the outcome, its
//! code, and what the journal and the sign-in log say of the policy.

use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use serde_json::{Value, json};

use super::call;
use crate::control::ask;
use crate::support::{ARM_SCOPE, aadsts, app_token, json as body, password_token, text};

const POLICIES: &str = "/identity/conditionalAccess/policies";
const ARM: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";

/// Who tries what.
#[derive(Clone, Copy)]
enum Attempt {
    /// Bob, with his password, at Resource Manager.
    Bob,
    /// The same at Graph.
    BobAtGraph,
    /// The seeded app as itself.
    App,
}

/// One row: what is changed in the blocking policy on everybody and everything, where the tenant is, what is tried, and
/// what comes of it: an AADSTS number (0 is a token), and what the policy's reason contains.
type Row = (&'static str, Value, Value, Attempt, u64, &'static str);

fn rows(bench: &Bench) -> Vec<Row> {
    use Attempt::{App, Bob, BobAtGraph};
    let id = |name: &str| {
        let tenant = bench.tenant.read();
        tenant.users.by_local_part(name, 0).unwrap().id.to_string()
    };
    let (bob, alice) = (id("bob"), id("alice"));
    let here = || json!({});
    let at = |address: &str| json!({"address": address});
    let place = |name: &str, trusted: bool, range: &str| {
        let body = json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": name, "isTrusted": trusted,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": range}]});
        let created = call(
            bench,
            "POST",
            "/identity/conditionalAccess/namedLocations",
            &body,
        );
        text(&crate::support::json(&created), "id").to_owned()
    };
    let hq = place("HQ", true, "203.0.113.0/24");
    let users = |users: Value| json!({"conditions": {"users": users}});
    let apps = |apps: Value| json!({"conditions": {"applications": apps}});
    let condition = |name: &str, value: Value| json!({"conditions": {name: value}});
    vec![
        (
            "everybody is blocked",
            json!({}),
            here(),
            Bob,
            53003,
            "blocks",
        ),
        (
            "a disabled policy does nothing",
            json!({"state": "disabled"}),
            here(),
            Bob,
            0,
            "disabled",
        ),
        (
            "report-only blocks nobody",
            json!({"state": "enabledForReportingButNotEnforced"}),
            here(),
            Bob,
            0,
            "blocks",
        ),
        (
            "nobody is meant",
            users(json!({"includeUsers": ["None"]})),
            here(),
            Bob,
            0,
            "not included",
        ),
        (
            "another user is meant",
            users(json!({"includeUsers": [alice]})),
            here(),
            Bob,
            0,
            "not included",
        ),
        (
            "the user is meant",
            users(json!({"includeUsers": [bob]})),
            here(),
            Bob,
            53003,
            "blocks",
        ),
        (
            "exclusion wins",
            users(json!({"excludeUsers": [bob]})),
            here(),
            Bob,
            0,
            "excluded",
        ),
        (
            "no app is meant",
            apps(json!({"includeApplications": ["None"]})),
            here(),
            Bob,
            0,
            "not included",
        ),
        (
            "another app is meant",
            apps(json!({"includeApplications": [ARM]})),
            here(),
            BobAtGraph,
            0,
            "not included",
        ),
        (
            "the app is meant",
            apps(json!({"includeApplications": [ARM]})),
            here(),
            Bob,
            53003,
            "blocks",
        ),
        (
            "an excluded app",
            apps(json!({"excludeApplications": [ARM]})),
            here(),
            Bob,
            0,
            "excluded",
        ),
        (
            "of a user action",
            apps(
                json!({"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]}),
            ),
            here(),
            Bob,
            0,
            "user action",
        ),
        (
            "of a context nobody demands",
            apps(
                json!({"includeApplications": [], "includeAuthenticationContextClassReferences": ["c1"]}),
            ),
            here(),
            Bob,
            0,
            "context",
        ),
        (
            "browsers only",
            condition("clientAppTypes", json!(["browser"])),
            here(),
            Bob,
            0,
            "another type",
        ),
        (
            "apps and desktops",
            condition("clientAppTypes", json!(["mobileAppsAndDesktopClients"])),
            here(),
            Bob,
            53003,
            "blocks",
        ),
        (
            "from anywhere but trusted places: inside",
            condition(
                "locations",
                json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
            ),
            at("203.0.113.9"),
            Bob,
            0,
            "location is excluded",
        ),
        (
            "from anywhere but trusted places: outside",
            condition(
                "locations",
                json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
            ),
            at("198.51.100.1"),
            Bob,
            53003,
            "blocks",
        ),
        (
            "from a named place: inside",
            condition("locations", json!({"includeLocations": [hq]})),
            at("203.0.113.9"),
            Bob,
            53003,
            "blocks",
        ),
        (
            "from a named place: outside",
            condition("locations", json!({"includeLocations": [hq]})),
            at("198.51.100.1"),
            Bob,
            0,
            "location is not included",
        ),
        (
            "high sign-in risk: none is there",
            condition("signInRiskLevels", json!(["high"])),
            here(),
            Bob,
            0,
            "sign-in risk",
        ),
        (
            "high sign-in risk",
            condition("signInRiskLevels", json!(["high"])),
            json!({"users": {"bob": {"sign_in_risk": "high"}}}),
            Bob,
            53003,
            "blocks",
        ),
        (
            "high user risk",
            condition("userRiskLevels", json!(["high"])),
            json!({"users": {"bob": {"user_risk": "high"}}}),
            Bob,
            53003,
            "blocks",
        ),
        (
            "device code only",
            condition(
                "authenticationFlows",
                json!({"transferMethods": "deviceCodeFlow"}),
            ),
            here(),
            Bob,
            0,
            "another flow",
        ),
        (
            "apps as themselves are not users",
            json!({}),
            here(),
            App,
            0,
            "workload",
        ),
        (
            "apps as themselves",
            json!({"conditions": {"users": {"includeUsers": ["None"]}, "clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}}}),
            here(),
            App,
            53003,
            "blocks",
        ),
        (
            "users are not workloads",
            json!({"conditions": {"users": {"includeUsers": ["None"]}, "clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}}}),
            here(),
            Bob,
            0,
            "workload",
        ),
        (
            "mfa",
            json!({"grantControls": {"builtInControls": ["mfa"]}}),
            here(),
            Bob,
            50079,
            "multifactor",
        ),
        (
            "a compliant device",
            json!({"grantControls": {"builtInControls": ["compliantDevice"]}}),
            here(),
            Bob,
            53000,
            "compliant",
        ),
        (
            "a domain-joined device",
            json!({"grantControls": {"builtInControls": ["domainJoinedDevice"]}}),
            here(),
            Bob,
            53001,
            "domain-joined",
        ),
        (
            "an approved app",
            json!({"grantControls": {"builtInControls": ["approvedApplication"]}}),
            here(),
            Bob,
            53009,
            "approved",
        ),
        (
            "a device or mfa: what a person can do",
            json!({"grantControls": {"builtInControls": ["compliantDevice", "mfa"]}}),
            here(),
            Bob,
            50079,
            "multifactor",
        ),
        (
            "a strength",
            json!({"grantControls": {"builtInControls": [], "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}}}),
            here(),
            Bob,
            50079,
            "Phishing resistant",
        ),
    ]
}

fn base() -> Value {
    json!({
        "displayName": "The policy", "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": {"includeUsers": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    })
}

fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

fn attempt(bench: &Bench, attempt: Attempt) -> Reply {
    match attempt {
        Attempt::Bob => password_token(bench, "bob", ARM_SCOPE),
        Attempt::BobAtGraph => password_token(bench, "bob", GRAPH_SCOPE),
        Attempt::App => app_token(bench, ARM_SCOPE.split(' ').next().unwrap()),
    }
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().all(|(name, part)| {
            let whole = whole.get(name).unwrap_or(&Value::Null);
            contains(whole, part)
        }),
        (whole, part) => whole == part,
    }
}

#[test]
fn policies_written_as_graph_json_decide_as_documented_and_are_read_back_as_written() {
    let bench = Bench::at(AFTER_PHASE_2);
    // Reading the log takes a token: that of before the policies.
    let log_reader = super::token(&bench);
    for (name, change, circumstances, tried, number, because) in rows(&bench) {
        let mut policy = base();
        merge(&mut policy, &change);
        let put = json!({"address": "127.0.0.1", "users": {"bob": {"user_risk": "none", "sign_in_risk": "none"}}});
        for patch in [&put, &circumstances] {
            let set = ask(
                &bench,
                "PATCH",
                "/tenants/contoso.onmicrosoft.com/circumstances",
                patch,
            );
            assert_eq!(set.status, 200, "{name}");
        }
        let created = super::call_with(&bench, &log_reader, "POST", POLICIES, &policy);
        assert_eq!(created.status, 201, "{name}: {}", body(&created));
        let id = text(&body(&created), "id").to_owned();
        let path = format!("{POLICIES}/{id}");
        let shown = body(&super::call_with(
            &bench,
            &log_reader,
            "GET",
            &path,
            &Value::Null,
        ));
        assert!(contains(&shown, &policy), "{name}: {shown}");
        let reply = attempt(&bench, tried);
        if number == 0 {
            assert_eq!(reply.status, 200, "{name}: {}", body(&reply));
        } else {
            assert_eq!(aadsts(&reply), number, "{name}");
        }
        let request = reply.headers["x-ms-request-id"].to_str().unwrap();
        let entry = body(&ask(
            &bench,
            "GET",
            &format!("/journal/{request}"),
            &Value::Null,
        ));
        let said = &entry["decision"]["policies"][0];
        assert_eq!(said["id"], json!(id), "{name}: {entry}");
        assert!(text(said, "because").contains(because), "{name}: {said}");
        let row = format!("/auditLogs/signIns/{request}");
        let row = body(&super::call_with(
            &bench,
            &log_reader,
            "GET",
            &row,
            &Value::Null,
        ));
        assert_eq!(row["status"]["errorCode"], json!(number), "{name}: {row}");
        let applied = &row["appliedConditionalAccessPolicies"][0];
        assert_eq!(applied["result"], said["result"], "{name}");
        let deleted = super::call_with(&bench, &log_reader, "DELETE", &path, &Value::Null);
        assert_eq!(deleted.status, 204, "{name}");
    }
}

#[test]
fn every_member_of_a_policy_is_read_back_as_it_was_written() {
    let bench = Bench::at(AFTER_PHASE_2);
    let whole = json!({
        "displayName": "Everything", "description": "All of it", "state": "disabled",
        "conditions": {
            "clientAppTypes": ["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"],
            "applications": {"includeApplications": ["All"], "excludeApplications": ["Office365", "MicrosoftAdminPortals", ARM],
                "includeUserActions": [], "includeAuthenticationContextClassReferences": [], "applicationFilter": null},
            "users": {"includeUsers": ["None"], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
                "includeRoles": ["62e90394-69f5-4237-9190-012177145e10"], "excludeRoles": ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"]},
            "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
            "platforms": {"includePlatforms": ["all"], "excludePlatforms": ["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]},
            "signInRiskLevels": ["high", "medium", "low", "none"], "userRiskLevels": ["high"],
            "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
            "servicePrincipalRiskLevels": [],
        },
        "grantControls": {"operator": "AND", "builtInControls": ["mfa", "compliantDevice", "domainJoinedDevice",
            "approvedApplication", "compliantApplication", "passwordChange"], "customAuthenticationFactors": [], "termsOfUse": []},
        "sessionControls": {
            "disableResilienceDefaults": true, "applicationEnforcedRestrictions": null, "cloudAppSecurity": null,
            "signInFrequency": {"value": 24, "type": "hours", "authenticationType": "secondaryAuthentication",
                "frequencyInterval": "timeBased", "isEnabled": true},
            "persistentBrowser": {"mode": "never", "isEnabled": true},
            "continuousAccessEvaluation": {"mode": "disabled"},
        },
    });
    let created = call(&bench, "POST", POLICIES, &whole);
    assert_eq!(created.status, 201, "{}", body(&created));
    let path = format!("{POLICIES}/{}", text(&body(&created), "id"));
    let shown = body(&call(&bench, "GET", &path, &Value::Null));
    assert!(contains(&shown, &whole), "{shown}");
    // What was read can be written back, and changes nothing.
    let mut again = shown.clone();
    again.as_object_mut().unwrap().remove("@odata.context");
    assert_eq!(call(&bench, "PATCH", &path, &again).status, 204);
    let mut after = body(&call(&bench, "GET", &path, &Value::Null));
    after["modifiedDateTime"] = shown["modifiedDateTime"].clone();
    assert_eq!(after, shown);
    for (frequency, value) in [("days", json!(1)), ("hours", json!(25))] {
        let change =
            json!({"sessionControls": {"signInFrequency": {"type": frequency, "value": value}}});
        assert_eq!(call(&bench, "PATCH", &path, &change).status, 204);
        let shown = body(&call(&bench, "GET", &path, &Value::Null));
        assert!(contains(&shown, &change), "{shown}");
    }
}

#[test]
fn a_change_of_a_nested_object_leaves_its_other_members_alone() {
    let bench = Bench::at(AFTER_PHASE_2);
    let mut policy = base();
    policy["sessionControls"] = json!({"persistentBrowser": {"mode": "never", "isEnabled": true}});
    policy["grantControls"]["builtInControls"] = json!(["mfa"]);
    let created = body(&call(&bench, "POST", POLICIES, &policy));
    let path = format!("{POLICIES}/{}", text(&created, "id"));
    // The example of the reference (conditionalAccessPolicy, update).
    let change = json!({"conditions": {"signInRiskLevels": ["high", "medium", "low"]}});
    assert_eq!(call(&bench, "PATCH", &path, &change).status, 204);
    let shown = body(&call(&bench, "GET", &path, &Value::Null));
    assert!(
        contains(&shown, &policy) && contains(&shown, &change),
        "{shown}"
    );
    let change = json!({"grantControls": {"operator": "AND"}, "sessionControls": {"persistentBrowser": null,
        "signInFrequency": {"frequencyInterval": "everyTime", "isEnabled": true}}});
    assert_eq!(call(&bench, "PATCH", &path, &change).status, 204);
    let shown = body(&call(&bench, "GET", &path, &Value::Null));
    assert_eq!(shown["grantControls"]["builtInControls"], json!(["mfa"]));
    assert_eq!(shown["sessionControls"]["persistentBrowser"], Value::Null);
    // A list is written whole.
    let change = json!({"conditions": {"signInRiskLevels": []}});
    assert_eq!(call(&bench, "PATCH", &path, &change).status, 204);
    let shown = body(&call(&bench, "GET", &path, &Value::Null));
    assert_eq!(shown["conditions"]["signInRiskLevels"], json!([]));
}
