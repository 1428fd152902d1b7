//! What a policy and a named location have to be, and what cannot be simulated.

use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use super::{call, mfa, policy};
use crate::control::ask;
use crate::support::{ARM_SCOPE, json as body, password_token, text};

#[test]
fn a_policy_that_makes_no_sense_is_refused() {
    let bench = Bench::at(AFTER_PHASE_2);
    let path = "/identity/conditionalAccess/policies";
    let mut nobody = policy("enabled", &mfa());
    nobody["conditions"]["users"] = json!({"includeUsers": []});
    let mut nothing = policy("enabled", &Value::Null);
    nothing["sessionControls"] = Value::Null;
    let mut both = policy("enabled", &mfa());
    both["grantControls"]["authenticationStrength"] =
        json!({"id": "00000000-0000-0000-0000-000000000002"});
    let mut state = policy("enabled", &mfa());
    state["state"] = json!("on");
    let mut member = policy("enabled", &mfa());
    member["conditions"]["weather"] = json!("rain");
    for wrong in [nobody, nothing, both, state, member] {
        let reply = call(&bench, "POST", path, &wrong);
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(body(&reply)["error"]["message"].is_string());
    }
    let terms = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": [], "termsOfUse": ["x"]}),
    );
    assert_eq!(call(&bench, "POST", path, &terms).status, 501);
}

const POLICIES: &str = "/identity/conditionalAccess/policies";

#[test]
fn what_does_not_go_together_or_does_not_exist_is_refused() {
    let bench = Bench::at(AFTER_PHASE_2);
    let with = |pointer: &str, value: Value| {
        let mut changed = policy("enabled", &mfa());
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let without = |parent: &str, name: &str| {
        let mut changed = policy("enabled", &mfa());
        let parent = changed.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(name);
        changed
    };
    let controls = |list: Value| with("/grantControls/builtInControls", list);
    let nobody = "11111111-2222-3333-4444-555555555555";
    for wrong in [
        without("", "state"),
        without("", "displayName"),
        without("/conditions", "clientAppTypes"),
        with("/conditions/clientAppTypes", json!([])),
        controls(json!(["block", "mfa"])),
        controls(json!(["passwordChange"])),
        controls(json!(["mfa", "passwordChange"])),
        with(
            "/grantControls",
            json!({"operator": "OR", "authenticationStrength": {"id": nobody}}),
        ),
        with("/conditions/users/includeUsers", json!([nobody])),
        with("/conditions/users/excludeUsers", json!([nobody])),
        with(
            "/conditions",
            json!({
                "clientAppTypes": ["all"], "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]},
                "locations": {"includeLocations": [nobody]},
            }),
        ),
        with(
            "/conditions/applications",
            json!({"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]}),
        ),
    ] {
        let reply = call(&bench, "POST", POLICIES, &wrong);
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(body(&reply)["error"]["message"].is_string());
    }
    let mut and = controls(json!(["mfa", "passwordChange"]));
    and["grantControls"]["operator"] = json!("AND");
    assert_eq!(call(&bench, "POST", POLICIES, &and).status, 201);
}

#[test]
fn what_would_have_no_effect_here_is_answered_501_by_name() {
    let bench = Bench::at(AFTER_PHASE_2);
    let path = POLICIES;
    for (controls, name) in [
        (
            json!({"applicationEnforcedRestrictions": {"isEnabled": true}}),
            "applicationEnforcedRestrictions",
        ),
        (
            json!({"cloudAppSecurity": {"isEnabled": true, "cloudAppSecurityType": "monitorOnly"}}),
            "cloudAppSecurity",
        ),
        (
            json!({"secureSignInSession": {"isEnabled": true}}),
            "secureSignInSession",
        ),
        (
            json!({"continuousAccessEvaluation": {"mode": "strictLocation"}}),
            "strictLocation",
        ),
    ] {
        let mut asked = policy("enabled", &mfa());
        asked["sessionControls"] = controls;
        let reply = call(&bench, "POST", path, &asked);
        assert_eq!(reply.status, 501, "{asked}");
        let header = reply.headers["x-entrasim-not-simulated"].to_str().unwrap();
        assert!(header.contains(name), "{header}");
    }
    let remediation = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["riskRemediation"]}),
    );
    assert_eq!(call(&bench, "POST", path, &remediation).status, 501);
    let locations = "/identity/conditionalAccess/namedLocations";
    let by_phone = json!({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "By phone",
        "countriesAndRegions": ["DE"], "countryLookupMethod": "authenticatorAppGps"});
    assert_eq!(call(&bench, "POST", locations, &by_phone).status, 501);
}

#[test]
fn security_defaults_and_enabled_policies_exclude_each_other_both_ways() {
    let bench = Bench::at(AFTER_PHASE_2);
    let defaults = |on: bool| {
        let path = "/tenants/contoso.onmicrosoft.com/policies";
        ask(&bench, "PATCH", path, &json!({"security_defaults": on})).status
    };
    assert_eq!(defaults(true), 200);
    let refused = call(&bench, "POST", POLICIES, &policy("enabled", &mfa()));
    assert_eq!(refused.status, 400);
    assert!(text(&body(&refused)["error"], "message").starts_with("Security Defaults is enabled"));
    let report_only = policy("enabledForReportingButNotEnforced", &mfa());
    let created = call(&bench, "POST", POLICIES, &report_only);
    assert_eq!(created.status, 201, "{}", body(&created));
    assert_eq!(
        call(&bench, "POST", POLICIES, &policy("disabled", &mfa())).status,
        201
    );
    let path = format!("{POLICIES}/{}", text(&body(&created), "id"));
    let enable = json!({"state": "enabled"});
    assert_eq!(call(&bench, "PATCH", &path, &enable).status, 400);
    assert_eq!(defaults(false), 200);
    assert_eq!(call(&bench, "PATCH", &path, &enable).status, 204);
    assert_eq!(defaults(true), 400);
}

#[test]
fn a_trusted_location_has_to_lose_the_trust_before_it_is_deleted() {
    let bench = Bench::at(AFTER_PHASE_2);
    let set = "/identity/conditionalAccess/namedLocations";
    let place = json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "HQ", "isTrusted": true,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}]});
    let created = body(&call(&bench, "POST", set, &place));
    let path = format!("{set}/{}", text(&created, "id"));
    assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 400);
    let change = json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": false});
    assert_eq!(call(&bench, "PATCH", &path, &change).status, 204);
    assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 204);
}

#[test]
fn a_policy_that_switches_continuous_access_evaluation_off_makes_tokens_short_again() {
    let bench = Bench::at(AFTER_PHASE_2);
    let lifetime = || {
        let answer = body(&password_token(&bench, "bob", ARM_SCOPE));
        answer["expires_in"].as_u64().unwrap()
    };
    assert!(lifetime() > 70_000);
    let mut off = policy("enabled", &Value::Null);
    off["sessionControls"] = json!({"continuousAccessEvaluation": {"mode": "disabled"}});
    let created = call(&bench, "POST", POLICIES, &off);
    assert_eq!(created.status, 201, "{}", body(&created));
    assert!(lifetime() < 10_000);
}
