//! Authentication strengths and authentication contexts through Graph, and what they do at sign-in.

use crate::testing::{AFTER_PHASE_2, Bench};
use serde_json::{Value, json};

use super::{call, call_with, policy};
use crate::graph::administrator;
use crate::support::{ARM_SCOPE, aadsts, json as body, password_token, text};

const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";
const ROOT: &str = "/identity/conditionalAccess/authenticationStrength";
const CONTEXTS: &str = "/identity/conditionalAccess/authenticationContextClassReferences";
const MFA: &str = "00000000-0000-0000-0000-000000000002";

#[test]
fn the_built_in_strengths_are_there_in_full_and_cannot_be_changed() {
    let bench = Bench::at(AFTER_PHASE_2);
    let all = body(&call(&bench, "GET", STRENGTHS, &Value::Null));
    let names: Vec<&str> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(one, "displayName"))
        .collect();
    assert_eq!(
        names,
        [
            "Multifactor authentication",
            "Passwordless MFA",
            "Phishing resistant MFA"
        ]
    );
    let built_in = format!("{STRENGTHS}/{MFA}");
    let mfa = body(&call(&bench, "GET", &built_in, &Value::Null));
    assert_eq!(mfa["policyType"], "builtIn");
    assert_eq!(mfa["requirementsSatisfied"], "mfa");
    for combination in [
        "fido2",
        "password,sms",
        "password,x509CertificateSingleFactor",
        "sms,federatedSingleFactor",
    ] {
        assert!(
            mfa["allowedCombinations"]
                .as_array()
                .unwrap()
                .contains(&json!(combination)),
            "{combination}"
        );
    }
    let same = body(&call(
        &bench,
        "GET",
        &format!("{ROOT}/policies/{MFA}"),
        &Value::Null,
    ));
    assert_eq!(same["allowedCombinations"], mfa["allowedCombinations"]);
    assert_eq!(
        call(&bench, "PATCH", &built_in, &json!({"displayName": "Mine"})).status,
        400
    );
    assert_eq!(call(&bench, "DELETE", &built_in, &Value::Null).status, 400);
    let own = format!("{STRENGTHS}?$filter=policyType%20eq%20'custom'");
    assert_eq!(
        body(&call(&bench, "GET", &own, &Value::Null))["value"],
        json!([])
    );
    let combinations = body(&call(
        &bench,
        "GET",
        &format!("{ROOT}/combinations"),
        &Value::Null,
    ));
    assert!(
        combinations["value"]
            .as_array()
            .unwrap()
            .contains(&json!("password"))
    );
    let modes = body(&call(
        &bench,
        "GET",
        &format!("{ROOT}/authenticationMethodModes"),
        &Value::Null,
    ));
    assert!(
        modes["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|mode| mode["id"] == "deviceBasedPush"
                && mode["authenticationMethod"] == "microsoftAuthenticator")
    );
    let one = |id: &str| {
        let path = format!("{ROOT}/authenticationMethodModes/{id}");
        call(&bench, "GET", &path, &Value::Null)
    };
    assert_eq!(body(&one("fido2"))["authenticationMethod"], "fido2");
    assert_eq!(one("smoke").status, 404);
}

#[test]
fn a_strength_of_the_tenants_own_is_made_changed_demanded_and_deleted() {
    let bench = Bench::at(AFTER_PHASE_2);
    let wish = json!({"displayName": "Contoso level", "description": "For secret apps", "allowedCombinations": ["password, hardwareOath", "password, sms"]});
    let created = call(&bench, "POST", STRENGTHS, &wish);
    assert_eq!(created.status, 201, "{}", body(&created));
    let created = body(&created);
    assert_eq!(
        created["allowedCombinations"],
        json!(["password,hardwareOath", "password,sms"])
    );
    assert_eq!(created["combinationConfigurations"], json!([]));
    let id = text(&created, "id").to_owned();
    let path = format!("{STRENGTHS}/{id}");
    assert_eq!(
        call(
            &bench,
            "PATCH",
            &path,
            &json!({"description": "For the vault"})
        )
        .status,
        204
    );
    assert_eq!(
        body(&call(&bench, "GET", &path, &Value::Null))["description"],
        "For the vault"
    );
    // Combinations are changed by their action.
    assert_eq!(
        call(
            &bench,
            "PATCH",
            &path,
            &json!({"allowedCombinations": ["fido2"]})
        )
        .status,
        501
    );
    let demand = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": id}}),
    );
    let demanding = body(&call(
        &bench,
        "POST",
        "/identity/conditionalAccess/policies",
        &demand,
    ));
    assert_eq!(
        demanding["grantControls"]["authenticationStrength"]["displayName"],
        "Contoso level"
    );
    assert_eq!(aadsts(&password_token(&bench, "bob", ARM_SCOPE)), 50079);
    let usage = body(&call(
        &bench,
        "GET",
        &format!("{path}/usage()"),
        &Value::Null,
    ));
    assert_eq!(usage["mfa"][0]["id"], demanding["id"]);
    assert_eq!(usage["none"], json!([]));
    // A password alone is enough now.
    let update = format!("{path}/updateAllowedCombinations");
    let changed = body(&call(
        &bench,
        "POST",
        &update,
        &json!({"allowedCombinations": ["password"]}),
    ));
    assert_eq!(
        changed["previousCombinations"],
        json!(["password,hardwareOath", "password,sms"])
    );
    assert_eq!(changed["currentCombinations"], json!(["password"]));
    assert_eq!(
        changed["conditionalAccessReferences"],
        json!([demanding["id"]])
    );
    assert_eq!(password_token(&bench, "bob", ARM_SCOPE).status, 200);
    let usage = body(&call(
        &bench,
        "GET",
        &format!("{path}/usage()"),
        &Value::Null,
    ));
    assert_eq!(usage["none"][0]["id"], demanding["id"]);
    assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 400);
    let policy = format!(
        "/identity/conditionalAccess/policies/{}",
        text(&demanding, "id")
    );
    assert_eq!(call(&bench, "DELETE", &policy, &Value::Null).status, 204);
    assert_eq!(call(&bench, "DELETE", &path, &Value::Null).status, 204);
    assert_eq!(call(&bench, "GET", &path, &Value::Null).status, 404);
}

#[test]
fn a_strength_that_mixes_kinds_or_names_unknown_combinations_is_refused() {
    let bench = Bench::at(AFTER_PHASE_2);
    let make = |combinations: Value| {
        let wish = json!({"displayName": "Mixed", "allowedCombinations": combinations});
        call(&bench, "POST", STRENGTHS, &wish).status
    };
    assert_eq!(make(json!(["password", "fido2"])), 400);
    assert_eq!(make(json!([])), 400);
    assert_eq!(make(json!(["sms,voice"])), 400);
    assert_eq!(make(json!(["email"])), 501);
    for _ in 0..15 {
        assert_eq!(make(json!(["fido2"])), 201);
    }
    assert_eq!(make(json!(["fido2"])), 400);
}

#[test]
fn a_configuration_names_the_models_of_keys_that_count() {
    let bench = Bench::at(AFTER_PHASE_2);
    let wish = json!({"displayName": "Our keys", "allowedCombinations": ["fido2"]});
    let strength = body(&call(&bench, "POST", STRENGTHS, &wish));
    let set = format!(
        "{STRENGTHS}/{}/combinationConfigurations",
        text(&strength, "id")
    );
    let model = "486c3b50-889c-480a-abc5-c04ef7c873e0";
    let wish = json!({"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "allowedAAGUIDs": [model], "appliesToCombinations": ["fido2"]});
    let created = call(&bench, "POST", &set, &wish);
    assert_eq!(created.status, 201, "{}", body(&created));
    let created = body(&created);
    assert_eq!(created["allowedAAGUIDs"], json!([model]));
    let one = format!("{set}/{}", text(&created, "id"));
    let other = "c042882f-a621-40c8-94d3-9cde3a826fed";
    let change = json!({"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "allowedAAGUIDs": [other]});
    assert_eq!(call(&bench, "PATCH", &one, &change).status, 204);
    assert_eq!(
        body(&call(&bench, "GET", &one, &Value::Null))["allowedAAGUIDs"],
        json!([other])
    );
    let id = text(&strength, "id").parse().unwrap();
    let allows = |model: &str| {
        use entrasim_domain::enforcement::Factor;
        let tenant = bench.tenant.read();
        let strength = tenant.conditional_access.strength(id).unwrap();
        strength.is_satisfied_by(&[Factor::Fido2 {
            aaguid: Some(model.parse().unwrap()),
        }])
    };
    assert!(allows(other) && !allows(model));
    let certificate = json!({"@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration", "appliesToCombinations": ["x509CertificateMultiFactor"]});
    assert_eq!(call(&bench, "POST", &set, &certificate).status, 501);
    let password = json!({"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "allowedAAGUIDs": [model], "appliesToCombinations": ["password"]});
    assert_eq!(call(&bench, "POST", &set, &password).status, 400);
    assert_eq!(call(&bench, "DELETE", &one, &Value::Null).status, 204);
    assert!(allows(model));
}

#[test]
fn authentication_contexts_have_ids_from_c1_to_c99_and_stay_while_they_are_used() {
    let bench = Bench::at(AFTER_PHASE_2);
    let admin = administrator(&bench);
    let wish = json!({"id": "c1", "displayName": "Contoso medium", "description": "Medium", "isAvailable": true});
    let created = call(&bench, "POST", CONTEXTS, &wish);
    assert_eq!(created.status, 200, "{}", body(&created));
    assert_eq!(body(&created)["displayName"], "Contoso medium");
    assert_eq!(call(&bench, "POST", CONTEXTS, &wish).status, 400);
    for id in ["c0", "c100", "p1", "c01", ""] {
        assert_eq!(
            call(
                &bench,
                "POST",
                CONTEXTS,
                &json!({"id": id, "displayName": "x"})
            )
            .status,
            400,
            "{id}"
        );
    }
    // A change makes what is not there yet.
    let second = format!("{CONTEXTS}/c25");
    assert_eq!(
        call(
            &bench,
            "PATCH",
            &second,
            &json!({"displayName": "High", "isAvailable": false})
        )
        .status,
        204
    );
    let all = body(&call(&bench, "GET", CONTEXTS, &Value::Null));
    assert_eq!(all["value"].as_array().unwrap().len(), 2);
    let first = format!("{CONTEXTS}/c1");
    assert_eq!(
        call_with(&bench, &admin, "DELETE", &first, &Value::Null).status,
        400
    );
    assert_eq!(
        call(&bench, "PATCH", &first, &json!({"isAvailable": false})).status,
        204
    );
    let mut demand = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["mfa"]}),
    );
    demand["conditions"]["applications"] =
        json!({"includeAuthenticationContextClassReferences": ["c1"]});
    let demanding = body(&call(
        &bench,
        "POST",
        "/identity/conditionalAccess/policies",
        &demand,
    ));
    assert_eq!(
        call_with(&bench, &admin, "DELETE", &first, &Value::Null).status,
        400
    );
    let policy = format!(
        "/identity/conditionalAccess/policies/{}",
        text(&demanding, "id")
    );
    assert_eq!(
        call_with(&bench, &admin, "DELETE", &policy, &Value::Null).status,
        204
    );
    assert_eq!(
        call_with(&bench, &admin, "DELETE", &first, &Value::Null).status,
        204
    );
    assert_eq!(
        call_with(&bench, &admin, "GET", &first, &Value::Null).status,
        404
    );
    assert_eq!(
        call_with(&bench, &admin, "DELETE", &second, &Value::Null).status,
        204
    );
}
