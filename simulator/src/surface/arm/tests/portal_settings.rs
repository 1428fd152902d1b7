//! The steps of Microsoft's script that postpones Phase 1.

use super::*;

const SETTINGS: &str = "/providers/Microsoft.PortalServices/settings/default";
const ELEVATE: &str = "/providers/Microsoft.Authorization/elevateAccess";
const OWNER: &str = "/providers/Microsoft.PortalServices/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555";
const SPRING: &str = "2025-05-05T09:00:00Z";

fn opt_out(until: &str) -> Value {
    json!({"properties": {"multiFactorAuthentication": {
        "portalEnforcement": "OptOut", "portalJustification": "locked out", "portalEnforcementDate": until,
    }}})
}

fn ownership(bench: &Bench, name: &str) -> Value {
    let tenant = bench.tenant.read();
    json!({"properties": {
        "principalId": tenant.users.by_local_part(name, 0).unwrap().id.to_string(),
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    }})
}

#[test]
fn a_global_administrator_elevates_owns_the_settings_and_postpones() {
    let bench = Bench::at(SPRING);
    let admin = Client::user(&bench, "admin", &["pwd"]);
    let wish = opt_out("2025-09-30T23:59:59Z");
    assert_eq!(code(&admin.put(SETTINGS, &wish)), "AuthorizationFailed");
    let own = ownership(&bench, "admin");
    assert_eq!(code(&admin.put(OWNER, &own)), "AuthorizationFailed");
    for _ in 0..2 {
        let elevated = admin.send("POST", ELEVATE, "");
        assert_eq!(elevated.status, StatusCode::OK);
        assert!(elevated.body.is_empty());
    }
    let elevated = |bench: &Bench| {
        let tenant = bench.tenant.read();
        let all = tenant.azure.role_assignments.values();
        all.filter(|known| known.scope == "/").count()
    };
    assert_eq!(elevated(&bench), 1);
    let register = "/providers/Microsoft.PortalServices/register";
    assert_eq!(
        code(&admin.send("POST", register, "")),
        "AuthorizationFailed"
    );
    assert_eq!(admin.put(OWNER, &own).status, StatusCode::CREATED);
    assert_eq!(admin.send("POST", register, "").status, StatusCode::OK);
    assert_eq!(code(&admin.send("GET", SETTINGS, "")), "ResourceNotFound");
    let written = admin.put(SETTINGS, &wish);
    assert_eq!(written.status, StatusCode::OK, "{:?}", written.body);
    assert_eq!(
        body(&written)["properties"]["provisioningState"],
        "Succeeded"
    );
    assert_eq!(admin.get(SETTINGS), body(&written));
    let settings = &admin.get(SETTINGS)["properties"]["multiFactorAuthentication"];
    assert_eq!(settings, &wish["properties"]["multiFactorAuthentication"]);
    let until = bench.tenant.read().enforcement.phase1.postponed_until;
    assert_eq!(until.unwrap().to_string(), "2025-09-30T23:59:59Z");
    let own = "/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()";
    let rows = admin.get(own)["value"].as_array().unwrap().clone();
    let elevation = rows.iter().find(|row| row["properties"]["scope"] == "/");
    let id = elevation.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.send("DELETE", &id, "").status, StatusCode::OK);
    assert_eq!(elevated(&bench), 0);
}

#[test]
fn nobody_else_elevates_and_the_mandate_holds_for_the_script_too() {
    let bench = Bench::at(SPRING);
    let alice = Client::user(&bench, "alice", &["pwd"]);
    assert_eq!(
        code(&alice.send("POST", ELEVATE, "")),
        "AuthorizationFailed"
    );
    let get = alice.send("GET", ELEVATE, "");
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    Client::user(&bench, "admin", &["pwd"]).send("POST", ELEVATE, "");
    bench.set_clock(AFTER_PHASE_2);
    let admin = Client::user(&bench, "admin", &["pwd"]);
    for reply in [
        admin.send("POST", ELEVATE, ""),
        admin.put(OWNER, &ownership(&bench, "admin")),
    ] {
        assert_eq!(code(&reply), "RequestDisallowedByAzure");
    }
    let admin = Client::user(&bench, "admin", &["pwd", "mfa"]);
    assert_eq!(admin.send("POST", ELEVATE, "").status, StatusCode::OK);
}

#[test]
fn dates_that_are_not_on_offer_are_refused_and_unknown_settings_named() {
    let bench = Bench::at(SPRING);
    let admin = Client::user(&bench, "admin", &["pwd"]);
    admin.send("POST", ELEVATE, "");
    admin.put(OWNER, &ownership(&bench, "admin"));
    for date in ["2025-10-01T00:00:00Z", "2025-05-05T09:00:00Z"] {
        assert_eq!(code(&admin.put(SETTINGS, &opt_out(date))), "BadRequest");
    }
    let mut wish = opt_out("2025-09-30T23:59:59Z");
    let settings = &mut wish["properties"]["multiFactorAuthentication"];
    settings["portalEnforcement"] = json!("OptIn");
    assert_eq!(code(&admin.put(SETTINGS, &wish)), "NotSimulated");
    let mut wish = opt_out("2025-09-30T23:59:59Z");
    wish["properties"]["multiFactorAuthentication"]["writeEnforcement"] = json!("OptOut");
    assert_eq!(code(&admin.put(SETTINGS, &wish)), "NotSimulated");
    for wish in [json!({}), opt_out("tomorrow")] {
        assert_eq!(code(&admin.put(SETTINGS, &wish)), "InvalidRequestContent");
    }
    assert_eq!(code(&admin.send("DELETE", SETTINGS, "")), "NotSimulated");
    assert_eq!(bench.tenant.read().enforcement.phase1.postponed_until, None);
}
