use crate::testing::{AFTER_PHASE_2, BEFORE_PHASE_2, Bench};
use entrasim::keys::{DEPLOY_CERTIFICATE_PEM, DEPLOY_KEY_PEM, SigningKey, thumbprint, workload};
use entrasim::wire::Reply;
use entrasim::wire::jwt::{HeaderForm, sign};
use entrasim_domain::directory::user::{PerUserMfa, User};
use serde_json::{Value, json as j};

use crate::support::{
    ARM_SCOPE, AZURE_CLI, aadsts, account, app_token, claims, deploy, json, password_token, text,
    token,
};

fn change_user(bench: &Bench, name: &str, change: impl FnOnce(&mut User)) {
    bench
        .tenant
        .write(|tenant| {
            let mut user = User::clone(tenant.users.by_local_part(name, 0).unwrap());
            change(&mut user);
            tenant.users.put(user);
            Ok::<(), ()>(())
        })
        .unwrap();
}

#[test]
fn a_password_gives_the_azure_cli_everything_it_needs() {
    let bench = Bench::at(AFTER_PHASE_2);
    let body = json(&password_token(&bench, "svc-deploy", ARM_SCOPE));
    let members: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "token_type",
            "scope",
            "expires_in",
            "ext_expires_in",
            "refresh_in",
            "access_token",
            "refresh_token",
            "foci",
            "id_token",
            "client_info"
        ]
    );
    assert_eq!(
        text(&body, "scope"),
        "https://management.core.windows.net//user_impersonation https://management.core.windows.net//.default"
    );
    let claims = claims(text(&body, "access_token"));
    assert_eq!(claims["aud"], "https://management.core.windows.net/");
    assert_eq!(claims["amr"], j!(["pwd"]));
    assert_eq!(claims["idtyp"], "user");
    assert_eq!(claims["xms_cc"], j!(["CP1"]));
    assert_eq!(claims["scp"], "user_impersonation");
    let names: Vec<&str> = claims.keys().map(String::as_str).collect();
    assert_eq!(names[..5], ["aud", "iss", "iat", "nbf", "exp"]);
    assert!(names[5..].is_sorted());
}

#[test]
fn a_refresh_token_serves_another_resource_and_inherits_the_single_factor() {
    let bench = Bench::at(AFTER_PHASE_2);
    let first = json(&password_token(&bench, "alice", ARM_SCOPE));
    let scope = "https://graph.microsoft.com//.default offline_access openid profile";
    let again = |extra: &[(&str, &str)]| {
        let mut fields = vec![
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&first, "refresh_token")),
            ("scope", scope),
        ];
        fields.extend_from_slice(extra);
        token(&bench, &fields)
    };
    let body = json(&again(&[]));
    let graph = claims(text(&body, "access_token"));
    assert_eq!(graph["aud"], "https://graph.microsoft.com/");
    assert_eq!(graph["amr"], j!(["pwd"]));
    assert!(text(&body, "scope").contains("https://graph.microsoft.com//.default"));
    let challenge = (
        "claims",
        r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#,
    );
    let refused = again(&[challenge]);
    assert_eq!(aadsts(&refused), 50076);
    assert_eq!(text(&json(&refused), "suberror"), "basic_action");
}

#[test]
fn who_has_no_method_is_told_to_enrol() {
    let bench = Bench::at(AFTER_PHASE_2);
    for name in ["alice", "bob"] {
        change_user(&bench, name, |user| {
            user.per_user_mfa = PerUserMfa::Enforced;
        });
    }
    assert_eq!(aadsts(&password_token(&bench, "alice", ARM_SCOPE)), 50076);
    assert_eq!(aadsts(&password_token(&bench, "bob", ARM_SCOPE)), 50079);
}

#[test]
fn phase_2_alone_stops_no_password_sign_in() {
    for now in [BEFORE_PHASE_2, AFTER_PHASE_2] {
        assert_eq!(
            password_token(&Bench::at(now), "svc-deploy", ARM_SCOPE).status,
            200
        );
    }
}

#[test]
fn every_way_a_password_fails_has_its_number() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (name, password) = account(&bench, "alice");
    let attempt = |name: &str, password: &str| {
        let grant = [
            ("client_id", AZURE_CLI),
            ("grant_type", "password"),
            ("scope", ARM_SCOPE),
        ];
        token(
            &bench,
            &[&grant[..], &[("username", name), ("password", password)]].concat(),
        )
    };
    assert_eq!(aadsts(&attempt(&name, "wrong")), 50126);
    assert_eq!(
        aadsts(&attempt("nobody@contoso.onmicrosoft.com", "x")),
        50034
    );
    change_user(&bench, "alice", |user| user.account_enabled = false);
    assert_eq!(aadsts(&attempt(&name, &password)), 50057);
    change_user(&bench, "alice", |user| {
        user.password.as_mut().unwrap().must_change = true;
    });
    let expired = attempt(&name, &password);
    assert_eq!(aadsts(&expired), 50055);
    assert_eq!(text(&json(&expired), "suberror"), "user_password_expired");
    change_user(&bench, "alice", |user| user.password = None);
    assert_eq!(aadsts(&attempt(&name, &password)), 50056);
}

#[test]
fn revoked_and_idle_refresh_tokens_are_refused() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let body = json(&password_token(&bench, "alice", ARM_SCOPE));
    let redeem = || {
        let fields = [
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&body, "refresh_token")),
        ];
        token(&bench, &fields)
    };
    assert_eq!(redeem().status, 200);
    bench.set_clock("2026-01-01T00:00:00Z");
    assert_eq!(aadsts(&redeem()), 700_082);
    bench.set_clock("2025-10-10T00:00:00Z");
    let now = bench
        .tenant
        .read()
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH);
    change_user(&bench, "alice", |user| user.revoke_sessions(now));
    assert_eq!(aadsts(&redeem()), 50173);
}

#[test]
fn only_family_members_share_a_refresh_token() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let body = json(&password_token(&bench, "alice", ARM_SCOPE));
    let redeem = |client: &str| {
        token(
            &bench,
            &[
                ("client_id", client),
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&body, "refresh_token")),
            ],
        )
    };
    assert_eq!(redeem("1950a258-227b-4e31-a9cf-717495945fc2").status, 200);
    let stranger = redeem("14d82eec-204b-4c2f-b7e8-296a70dab67e");
    assert_eq!(text(&json(&stranger), "suberror"), "client_mismatch");
}

#[test]
fn an_apps_token_has_its_roles_and_no_scope() {
    let bench = Bench::at(AFTER_PHASE_2);
    let body = json(&app_token(&bench, "https://graph.microsoft.com/.default"));
    assert!(body.get("scope").is_none() && body.get("refresh_token").is_none());
    let claims = claims(text(&body, "access_token"));
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims["appidacr"], "1");
    assert_eq!(claims["oid"], claims["sub"]);
    assert!(
        claims["roles"]
            .as_array()
            .unwrap()
            .contains(&j!("UserAuthenticationMethod.ReadWrite.All"))
    );
    assert!(claims.get("scp").is_none() && claims.get("amr").is_none());
}

#[test]
fn every_way_an_app_fails_has_its_number() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (id, secret) = deploy(&bench);
    let attempt = |id: &str, secret: &str, scope: &str| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", scope),
        ];
        token(&bench, &fields)
    };
    let graph = "https://graph.microsoft.com/.default";
    assert_eq!(aadsts(&attempt(&id, "wrong", graph)), 7_000_215);
    assert_eq!(aadsts(&attempt(&id, "", graph)), 7_000_218);
    assert_eq!(
        aadsts(&attempt(
            "11111111-2222-3333-4444-555555555555",
            &secret,
            graph
        )),
        700_016
    );
    assert_eq!(aadsts(&attempt("not-an-id", &secret, graph)), 700_016);
    assert_eq!(aadsts(&attempt(AZURE_CLI, &secret, graph)), 700_025);
    assert_eq!(
        aadsts(&attempt(
            &id,
            &secret,
            "https://graph.microsoft.com/User.Read.All"
        )),
        1_002_012
    );
    assert_eq!(
        aadsts(&attempt(&id, &secret, "https://nowhere.example/.default")),
        500_011
    );
    bench.set_clock("2101-01-01T00:00:00Z");
    assert_eq!(aadsts(&attempt(&id, &secret, graph)), 7_000_222);
}

pub(crate) fn assertion_reply(bench: &Bench, assertion: &str) -> Reply {
    let (id, _) = deploy(bench);
    token(
        bench,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
            ("scope", "https://management.azure.com/.default"),
        ],
    )
}

/// An assertion in the form of MSAL for Python: dates with fractions.
pub(crate) fn certificate_claims(bench: &Bench, change: impl FnOnce(&mut Value)) -> Value {
    let (id, _) = deploy(bench);
    let now = bench
        .tenant
        .read()
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    let audience = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        bench.tenant.id()
    );
    let mut claims = j!({
        "iss": id, "sub": id, "aud": audience, "jti": "1", "iat": f64::from(i32::try_from(now).unwrap()) + 0.2,
        "exp": f64::from(i32::try_from(now).unwrap()) + 600.25,
    });
    change(&mut claims);
    claims
}

#[test]
fn a_certificate_signs_an_app_in_and_its_failures_have_numbers() {
    let bench = Bench::at(AFTER_PHASE_2);
    let key = SigningKey::from_pem(DEPLOY_KEY_PEM, DEPLOY_CERTIFICATE_PEM).unwrap();
    let attempt = |change: &dyn Fn(&mut Value)| {
        assertion_reply(
            &bench,
            &sign(HeaderForm::V1, &certificate_claims(&bench, change), &key),
        )
    };
    let body = json(&attempt(&|_| {}));
    assert_eq!(claims(text(&body, "access_token"))["appidacr"], "2");
    assert_eq!(
        aadsts(&attempt(
            &|claims| claims["aud"] = j!("https://login.example/x")
        )),
        700_023
    );
    assert_eq!(
        aadsts(&attempt(&|claims| claims["sub"] = j!("someone"))),
        700_021
    );
    assert_eq!(
        aadsts(&attempt(&|claims| claims["exp"] = j!(86_400))),
        700_024
    );
    let stranger = sign(
        HeaderForm::V1,
        &certificate_claims(&bench, |_| {}),
        workload(),
    );
    assert_eq!(aadsts(&assertion_reply(&bench, &stranger)), 700_027);
    assert_eq!(aadsts(&assertion_reply(&bench, "garbage")), 50027);
    assert_eq!(key.id, thumbprint(&key.certificate));
}

#[test]
fn a_federated_token_signs_an_app_in_if_all_three_parts_match() {
    let bench = Bench::at(AFTER_PHASE_2);
    let now = bench
        .tenant
        .read()
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    let attempt = |issuer: &str, subject: &str, audience: &str| {
        let claims =
            j!({"iss": issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + 300});
        assertion_reply(&bench, &sign(HeaderForm::V2, &claims, workload()))
    };
    let (issuer, subject) = (
        "https://workload.entrasim.example",
        "repo:contoso/infrastructure:environment:production",
    );
    assert_eq!(
        attempt(issuer, subject, "api://AzureADTokenExchange").status,
        200
    );
    assert_eq!(
        aadsts(&attempt(
            "https://other.example",
            subject,
            "api://AzureADTokenExchange"
        )),
        700_211
    );
    assert_eq!(
        aadsts(&attempt(issuer, "repo:else", "api://AzureADTokenExchange")),
        700_213
    );
    assert_eq!(aadsts(&attempt(issuer, subject, "api://else")), 700_212);
}

#[test]
fn the_same_seed_signs_the_same_bytes() {
    let bytes = || password_token(&Bench::at(AFTER_PHASE_2), "alice", ARM_SCOPE).body;
    assert_eq!(bytes(), bytes());
}

#[test]
fn the_v1_endpoint_answers_in_strings() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (username, password) = account(&bench, "alice");
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/token",
        bench.tenant.id()
    );
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "password"),
        ("username", username.as_str()),
        ("password", password.as_str()),
        ("resource", "https://management.azure.com"),
    ];
    let body = json(&bench.post_form(&url, &fields));
    assert!(body["expires_in"].is_string() && body["expires_on"].is_string());
    assert_eq!(text(&body, "resource"), "https://management.azure.com");
    assert_eq!(text(&body, "scope"), "user_impersonation");
}
