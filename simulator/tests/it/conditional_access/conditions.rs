//! Each condition from Graph's JSON to the sign-in that it is about, and back.

use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use entrasim_domain::directory::application::{Application, SignInAudience};
use entrasim_domain::directory::user::UserType;
use entrasim_domain::tenant::changes::Note;
use serde_json::{Value, json};

use super::{call, policy};
use crate::sts::pages::change_user;
use crate::support::{
    ARM_SCOPE, AZURE_CLI, aadsts, account, app_token, json as body, password_token, text, token,
};

const POLICIES: &str = "/identity/conditionalAccess/policies";
const GUEST: &str = "pat_fabrikam.example#EXT#";

fn block(conditions: &[(&str, Value)]) -> Value {
    let mut block = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    for (name, value) in conditions {
        block["conditions"][name] = value.clone();
    }
    block
}

/// Creates the policy with a token from before it, and gives its conditions as they are read back.
fn put(bench: &Bench, policy: &Value) -> Value {
    let created = call(bench, "POST", POLICIES, policy);
    assert_eq!(created.status, 201, "{}", body(&created));
    body(&created)["conditions"].clone()
}

fn sign_in(bench: &Bench, name: &str, headers: &[(&str, &str)], more: &str) -> Reply {
    let (name, password) = account(bench, name);
    let encode = |text: &str| {
        text.replace('#', "%23")
            .replace('@', "%40")
            .replace('+', "%2B")
    };
    let content = format!(
        "client_id={AZURE_CLI}&grant_type=password&username={}&password={}&scope=https%3A%2F%2Fmanagement.core.windows.net%2F%2F.default{more}",
        encode(&name),
        encode(&password)
    );
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        bench.tenant.id()
    );
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    bench.send("POST", &url, &all, &content)
}

#[test]
fn blocking_authentication_transfer_touches_no_other_flow() {
    let bench = Bench::at(AFTER_PHASE_2);
    let read = put(
        &bench,
        &block(&[(
            "authenticationFlows",
            json!({"transferMethods": "deviceCodeFlow,authenticationTransfer"}),
        )]),
    );
    assert_eq!(
        read["authenticationFlows"],
        json!({"transferMethods": "deviceCodeFlow,authenticationTransfer"})
    );
    assert_eq!(password_token(&bench, "alice", ARM_SCOPE).status, 200);
    let wrong = block(&[(
        "authenticationFlows",
        json!({"transferMethods": "carrierPigeon"}),
    )]);
    assert_eq!(call(&bench, "POST", POLICIES, &wrong).status, 400);
}

#[test]
fn an_excluded_service_principal_goes_on_and_the_others_are_blocked() {
    let bench = Bench::at(AFTER_PHASE_2);
    let deploy = {
        let tenant = bench.tenant.read();
        let app = tenant
            .applications
            .values()
            .find(|app| app.display_name == "deploy")
            .unwrap();
        tenant.service_principal(app.app_id).unwrap().id.to_string()
    };
    let workloads = |excluded: &[&str]| {
        let mut policy = block(&[(
            "clientApplications",
            json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"], "excludeServicePrincipals": excluded}),
        )]);
        policy["conditions"]["users"] = json!({"includeUsers": ["None"]});
        policy
    };
    let mut filtered = workloads(&[]);
    filtered["conditions"]["clientApplications"]["servicePrincipalFilter"] =
        json!({"mode": "exclude", "rule": "CustomSecurityAttribute.A_B -eq \"C\""});
    assert_eq!(call(&bench, "POST", POLICIES, &filtered).status, 501);
    let read = put(&bench, &workloads(&[&deploy]));
    assert_eq!(
        read["clientApplications"]["excludeServicePrincipals"],
        json!([deploy])
    );
    assert_eq!(app_token(&bench, ARM_WORKLOAD).status, 200);
    put(&bench, &workloads(&[]));
    assert_eq!(aadsts(&app_token(&bench, ARM_WORKLOAD)), 53003);
    // Apps of several tenants are out of reach.
    bench
        .tenant
        .write(|tenant| {
            let app = tenant
                .applications
                .values()
                .find(|app| app.display_name == "deploy")
                .unwrap();
            let mut app = Application::clone(app);
            app.sign_in_audience = SignInAudience::AzureADMultipleOrgs;
            tenant
                .put_application(app, &Note::by_service(tenant.created))
                .unwrap();
            Ok::<(), ()>(())
        })
        .unwrap();
    assert_eq!(app_token(&bench, ARM_WORKLOAD).status, 200);
}

const ARM_WORKLOAD: &str = "https://management.azure.com/.default";

#[test]
fn the_platform_is_what_the_client_says_of_itself() {
    let bench = Bench::at(AFTER_PHASE_2);
    put(
        &bench,
        &block(&[("platforms", json!({"includePlatforms": ["windows"]}))]),
    );
    let edge =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Edg/126.0";
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0";
    assert_eq!(
        aadsts(&sign_in(&bench, "bob", &[("user-agent", edge)], "")),
        53003
    );
    assert_eq!(
        sign_in(&bench, "bob", &[("user-agent", firefox)], "").status,
        200
    );
    assert_eq!(sign_in(&bench, "bob", &[], "").status, 200, "unknown");
    // Libraries name their own kind in the user agent.
    let python = [
        ("user-agent", "python-requests/2.32.3"),
        ("x-client-os", "win32"),
    ];
    assert_eq!(aadsts(&sign_in(&bench, "bob", &python, "")), 53003);
    assert_eq!(
        aadsts(&sign_in(&bench, "bob", &[], "&x-client-OS=win32")),
        53003
    );
}

#[test]
fn an_excluded_platform_is_not_meant() {
    let bench = Bench::at(AFTER_PHASE_2);
    put(
        &bench,
        &block(&[(
            "platforms",
            json!({"includePlatforms": ["all"], "excludePlatforms": ["windows"]}),
        )]),
    );
    assert_eq!(
        sign_in(
            &bench,
            "bob",
            &[("user-agent", "Mozilla/5.0 (Windows NT 10.0)")],
            ""
        )
        .status,
        200
    );
    assert_eq!(aadsts(&sign_in(&bench, "bob", &[], "")), 53003);
}

#[test]
fn guests_are_meant_by_their_kind() {
    for (kind, guest, local) in [
        ("b2bCollaborationGuest", 53003, 0),
        ("internalGuest", 0, 53003),
        ("b2bCollaborationMember,serviceProvider", 0, 0),
        ("internalGuest,b2bCollaborationGuest", 53003, 53003),
    ] {
        let bench = Bench::at(AFTER_PHASE_2);
        change_user(&bench, "bob", |user| user.user_type = UserType::Guest);
        let read = put(
            &bench,
            &block(&[(
                "users",
                json!({"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": kind, "externalTenants": {"membershipKind": "all"}}}),
            )]),
        );
        assert_eq!(
            read["users"]["includeGuestsOrExternalUsers"]["guestOrExternalUserTypes"],
            kind
        );
        for (user, expected) in [(GUEST, guest), ("bob", local), ("alice", 0)] {
            let reply = sign_in(&bench, user, &[], "");
            let found = body(&reply)["error_codes"][0].as_u64().unwrap_or(0);
            assert_eq!(found, expected, "{kind} {user}: {}", body(&reply));
        }
    }
}

#[test]
fn the_word_for_guests_means_every_kind_and_stays_where_it_was_written() {
    let bench = Bench::at(AFTER_PHASE_2);
    change_user(&bench, "bob", |user| user.user_type = UserType::Guest);
    let read = put(
        &bench,
        &block(&[("users", json!({"includeUsers": ["GuestsOrExternalUsers"]}))]),
    );
    assert_eq!(
        read["users"]["includeUsers"],
        json!(["GuestsOrExternalUsers"])
    );
    assert_eq!(read["users"]["includeGuestsOrExternalUsers"], Value::Null);
    assert_eq!(aadsts(&sign_in(&bench, GUEST, &[], "")), 53003);
    assert_eq!(aadsts(&sign_in(&bench, "bob", &[], "")), 53003);
    assert_eq!(sign_in(&bench, "alice", &[], "").status, 200);
}

#[test]
fn guests_of_other_tenants_than_the_listed_are_not_meant() {
    let bench = Bench::at(AFTER_PHASE_2);
    let home = {
        let tenant = bench.tenant.read();
        let guest = tenant.users.by_local_part(GUEST, 0).unwrap();
        guest.home.as_ref().unwrap().tenant.to_string()
    };
    let of = |tenant: &str| {
        block(&[(
            "users",
            json!({"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest",
                "externalTenants": {"@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants", "membershipKind": "enumerated", "members": [tenant]}}}),
        )])
    };
    put(&bench, &of("11111111-2222-4333-8444-555555555555"));
    assert_eq!(sign_in(&bench, GUEST, &[], "").status, 200);
    put(&bench, &of(&home));
    assert_eq!(aadsts(&sign_in(&bench, GUEST, &[], "")), 53003);
}

#[test]
fn a_filter_for_devices_reads_its_rule() {
    for (mode, rule, code) in [
        ("include", "device.isCompliant -ne True", 53003),
        ("include", "device.isCompliant -eq True", 0),
        ("exclude", "device.extensionAttribute1 -ne \"SAW\"", 0),
        ("exclude", "device.extensionAttribute1 -eq \"SAW\"", 53003),
    ] {
        let bench = Bench::at(AFTER_PHASE_2);
        let filter = json!({"deviceFilter": {"mode": mode, "rule": rule}});
        let read = put(&bench, &block(&[("devices", filter.clone())]));
        assert_eq!(read["devices"], filter);
        let reply = sign_in(&bench, "bob", &[], "");
        let found = body(&reply)["error_codes"][0].as_u64().unwrap_or(0);
        assert_eq!(found, code, "{mode} {rule}");
    }
    let bench = Bench::at(AFTER_PHASE_2);
    let wrong = json!({"deviceFilter": {"mode": "include", "rule": "device.weather -eq \"rain\""}});
    assert_eq!(
        call(&bench, "POST", POLICIES, &block(&[("devices", wrong)])).status,
        400
    );
}

#[test]
fn only_grant_controls_challenge_with_their_policies() {
    let bench = Bench::at(AFTER_PHASE_2);
    let asks = policy(
        "enabled",
        &json!({"operator": "OR", "builtInControls": ["mfa"]}),
    );
    put(&bench, &asks);
    let refused = body(&password_token(&bench, "alice", ARM_SCOPE));
    assert!(text(&refused, "claims").contains("capolids"));
    change_user(&bench, "alice", |user| user.account_enabled = false);
    let refused = password_token(&bench, "alice", ARM_SCOPE);
    assert_eq!(aadsts(&refused), 50057);
    assert_eq!(body(&refused)["claims"], Value::Null);
}

#[test]
fn a_sign_in_that_is_too_old_bears_no_challenge() {
    let bench = Bench::at(AFTER_PHASE_2);
    let tokens = body(&password_token(&bench, "alice", ARM_SCOPE));
    let mut hourly = policy("enabled", &Value::Null);
    hourly["sessionControls"] =
        json!({"signInFrequency": {"isEnabled": true, "type": "hours", "value": 1}});
    put(&bench, &hourly);
    bench.set_clock("2025-10-02T14:00:00Z");
    let refused = token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
            ("scope", ARM_SCOPE),
        ],
    );
    assert_eq!(aadsts(&refused), 70043);
    let refused = body(&refused);
    assert_eq!(refused["claims"], Value::Null);
    assert!(refused.get("error_uri").is_none(), "{refused}");
}
