//! `explain` decides what the sign-in decides, one case for every condition, and says why of every policy.

use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use super::{call, policy};
use crate::control::ask;
use crate::support::{ARM_SCOPE, aadsts, app_token, json as body, password_token, text};

fn explain(bench: &Bench, attempt: &Value) -> Value {
    let path = "/tenants/contoso.onmicrosoft.com/explain";
    let reply = ask(bench, "POST", path, attempt);
    assert_eq!(reply.status, 200, "{}", body(&reply));
    body(&reply)
}

fn block(conditions: Value) -> Value {
    let mut block = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    let into = block["conditions"].as_object_mut().unwrap();
    for (name, value) in conditions.as_object().unwrap() {
        into.insert(name.clone(), value.clone());
    }
    block
}

#[test]
fn explain_decides_what_the_sign_in_decides() {
    let bench = Bench::at(AFTER_PHASE_2);
    let reader = super::token(&bench);
    let send = |method: &str, path: &str, content: &Value| {
        super::call_with(&bench, &reader, method, path, content)
    };
    let place = json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Home", "isTrusted": true,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "127.0.0.0/8"}]});
    let place = body(&call(
        &bench,
        "POST",
        "/identity/conditionalAccess/namedLocations",
        &place,
    ));
    let place = text(&place, "id");
    let workloads = json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]});
    for (name, conditions, who) in [
        (
            "an excluded address",
            json!({"locations": {"includeLocations": ["All"], "excludeLocations": [place]}}),
            "bob",
        ),
        (
            "an included address",
            json!({"locations": {"includeLocations": [place]}}),
            "bob",
        ),
        ("sign-in risk", json!({"signInRiskLevels": ["high"]}), "bob"),
        ("user risk", json!({"userRiskLevels": ["medium"]}), "bob"),
        (
            "the client app type",
            json!({"clientAppTypes": ["mobileAppsAndDesktopClients"]}),
            "bob",
        ),
        (
            "another client app type",
            json!({"clientAppTypes": ["browser"]}),
            "bob",
        ),
        (
            "device code",
            json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}),
            "bob",
        ),
        (
            "a workload",
            json!({"users": {"includeUsers": ["None"]}, "clientApplications": workloads}),
            "deploy",
        ),
        ("users only", json!({}), "deploy"),
    ] {
        let risky = json!({"users": {"bob": {"sign_in_risk": "high", "user_risk": "medium"}}});
        let set = ask(
            &bench,
            "PATCH",
            "/tenants/contoso.onmicrosoft.com/circumstances",
            &risky,
        );
        assert_eq!(set.status, 200);
        let path = "/identity/conditionalAccess/policies";
        let created = send("POST", path, &block(conditions));
        assert_eq!(created.status, 201, "{name}: {}", body(&created));
        let (wire, said) = if who == "deploy" {
            let scope = ARM_SCOPE.split(' ').next().unwrap();
            (
                app_token(&bench, scope),
                explain(&bench, &json!({"app": "deploy"})),
            )
        } else {
            (
                password_token(&bench, who, ARM_SCOPE),
                explain(&bench, &json!({"user": who})),
            )
        };
        if wire.status == 200 {
            assert_eq!(said["outcome"], "grant", "{name}: {said}");
        } else {
            assert_eq!(
                said["code"],
                json!(format!("AADSTS{}", aadsts(&wire))),
                "{name}: {said}"
            );
        }
        // The journal has the same of every policy.
        let request = wire.headers["x-ms-request-id"].to_str().unwrap();
        let entry = body(&ask(
            &bench,
            "GET",
            &format!("/journal/{request}"),
            &Value::Null,
        ));
        assert_eq!(entry["decision"]["policies"], said["policies"], "{name}");
        assert_eq!(entry["decision"]["findings"], said["findings"], "{name}");
        let path = format!("{path}/{}", text(&body(&created), "id"));
        assert_eq!(send("DELETE", &path, &Value::Null).status, 204);
    }
}

#[test]
fn what_the_attempt_says_takes_the_place_of_what_the_tenant_was_told() {
    let bench = Bench::at(AFTER_PHASE_2);
    let country = json!({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Far", "countriesAndRegions": ["KP"]});
    let country = body(&call(
        &bench,
        "POST",
        "/identity/conditionalAccess/namedLocations",
        &country,
    ));
    let far = json!({"includeLocations": [text(&country, "id")]});
    for (conditions, hits, misses) in [
        (
            json!({"locations": far}),
            json!({"country": "KP"}),
            json!({"country": "DE"}),
        ),
        (
            json!({"clientAppTypes": ["browser"]}),
            json!({"client_app_type": "browser"}),
            json!({"client_app_type": "other"}),
        ),
        (
            json!({"clientAppTypes": ["browser"]}),
            json!({"client": "azure-portal"}),
            json!({"client": "azure-cli"}),
        ),
        (
            json!({"platforms": {"includePlatforms": ["iOS"]}}),
            json!({"platform": "iOS"}),
            json!({"platform": "macOS"}),
        ),
        (
            json!({"signInRiskLevels": ["high"]}),
            json!({"sign_in_risk": "high"}),
            json!({"sign_in_risk": "low"}),
        ),
        (
            json!({"userRiskLevels": ["high"]}),
            json!({"user_risk": "high"}),
            json!({"user_risk": "low"}),
        ),
        (
            json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}),
            json!({"device_code": true}),
            json!({"silent": true}),
        ),
        (
            json!({"applications": {"includeAuthenticationContextClassReferences": ["c1"]}}),
            json!({"demanded": ["c1"]}),
            json!({"demanded": ["c2"]}),
        ),
    ] {
        let path = "/identity/conditionalAccess/policies";
        let mut report = block(conditions);
        report["state"] = json!("enabledForReportingButNotEnforced");
        let created = body(&call(&bench, "POST", path, &report));
        for (mut attempt, result) in [
            (hits, "reportOnlyFailure"),
            (misses, "reportOnlyNotApplied"),
        ] {
            attempt["user"] = json!("bob");
            let said = explain(&bench, &attempt);
            assert_eq!(said["policies"][0]["result"], result, "{attempt}: {said}");
            assert!(!text(&said["policies"][0], "because").is_empty());
        }
        let path = format!("{path}/{}", text(&created, "id"));
        assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 204);
    }
}

#[test]
fn what_was_shown_satisfies_a_strength_by_amr_or_by_factors() {
    let bench = Bench::at(AFTER_PHASE_2);
    let strength = |id: &str| json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": id}});
    let multifactor = "00000000-0000-0000-0000-000000000002";
    let resistant = "00000000-0000-0000-0000-000000000004";
    for (id, attempt, outcome) in [
        (multifactor, json!({"amr": ["pwd", "mfa"]}), "grant"),
        (multifactor, json!({"amr": ["pwd"]}), "interrupt"),
        (
            multifactor,
            json!({"factors": ["password", "sms"]}),
            "grant",
        ),
        (
            resistant,
            json!({"factors": ["password", "sms"]}),
            "interrupt",
        ),
        (resistant, json!({"factors": ["fido2"]}), "grant"),
    ] {
        let path = "/identity/conditionalAccess/policies";
        let created = body(&call(
            &bench,
            "POST",
            path,
            &policy("enabled", &strength(id)),
        ));
        let mut attempt = attempt;
        attempt["user"] = json!("bob");
        assert_eq!(explain(&bench, &attempt)["outcome"], outcome, "{attempt}");
        let path = format!("{path}/{}", text(&created, "id"));
        assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 204);
    }
}
