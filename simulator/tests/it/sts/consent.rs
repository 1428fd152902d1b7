//! Consent: who is asked for what, who may give it, and apps of other tenants, which come in by it.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim::app::TenantOptions;
use entrasim_domain::directory::application::{RequiredResourceAccess, SignInAudience};
use entrasim_domain::id::PermissionId;
use entrasim_domain::time::{Clock, Timestamp};
use serde_json::json as j;

use super::authorize::signed_in;
use super::catalogue::{API, OWN, own_app, own_url};
use crate::support::{activities, claims, json, text};

const NOON: &str = "2025-09-30T12:00:00Z";
const LOGIN: &str = "https://login.microsoftonline.com";
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// `User.Read.All` as an application permission.
const USER_READ_ALL: &str = "df021288-bdef-4463-88db-98f22de89214";

/// The own app asks for Graph's scopes.
fn graph_url(bench: &Bench, scope: &str, more: &str) -> String {
    own_url(bench, more).replace(
        &format!("scope=openid%20api%3A%2F%2F{API}%2Fuse"),
        &format!("scope={scope}"),
    )
}

fn app_token(bench: &Bench, tenant: &str) -> serde_json::Value {
    json(&bench.post_form(
        &format!("{LOGIN}/{tenant}/oauth2/v2.0/token"),
        &[
            ("client_id", OWN),
            ("client_secret", "own-secret"),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ],
    ))
}

#[test]
fn signing_in_is_a_permission_that_somebody_has_to_give() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    let url = graph_url(&bench, "openid%20profile%20offline_access", "");
    let mut browser = signed_in(&bench, "bob", &url);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    assert!(browser.answer("code").is_some());
    browser.left = None;
    browser.get(&url);
    assert!(browser.answer("code").is_some(), "once");
    let other = signed_in(&bench, "student", &url);
    assert_eq!(other.page(), "ConvergedConsent", "for oneself only");
}

#[test]
fn the_everyday_permissions_of_graph_are_known_and_what_is_none_is_said_to_be_none() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    let everyday = "User.Read%20Mail.Read%20Mail.Send%20Calendars.Read%20Files.Read";
    let browser = signed_in(&bench, "bob", &graph_url(&bench, everyday, ""));
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    for strange in ["foo.bar", "https%3A%2F%2Fgraph.microsoft.com%2Ffoo.bar"] {
        let browser = signed_in(&bench, "bob", &graph_url(&bench, strange, ""));
        assert_eq!(browser.answer("error").as_deref(), Some("invalid_client"));
        let said = browser.answer("error_description").unwrap();
        assert!(
            said.starts_with(&format!(
                "AADSTS650053: The application 'Own' asked for scope 'foo.bar' that doesn't exist on the resource '{GRAPH}'."
            )),
            "{said}"
        );
    }
}

#[test]
fn prompt_admin_consent_is_consent_for_everybody_by_an_administrator() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    let url = own_url(&bench, "&prompt=admin_consent");
    let refused = signed_in(&bench, "bob", &url);
    assert_eq!(refused.config()["iErrorCode"], 90_094);
    let mut browser = signed_in(&bench, "breakglass1", &url);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    assert!(browser.answer("code").is_some());
    assert_eq!(browser.answer("admin_consent").as_deref(), Some("True"));
    let student = signed_in(&bench, "student", &own_url(&bench, ""));
    assert_eq!(student.page(), "KmsiInterrupt", "nobody else is asked");
}

#[test]
fn consent_to_one_permission_grants_no_other() {
    let bench = Bench::at(NOON);
    own_app(&bench, |app, _| {
        app.required_resource_access.push(RequiredResourceAccess {
            resource: GRAPH.parse().unwrap(),
            scopes: Vec::new(),
            roles: vec![USER_READ_ALL.parse::<PermissionId>().unwrap()],
        });
    });
    let tenant = bench.tenant.id().to_string();
    for (scope, roles) in [("User.Read", j!(null)), (".default", j!(["User.Read.All"]))] {
        let mut browser = signed_in(
            &bench,
            "breakglass1",
            &format!(
                "{LOGIN}/{tenant}/v2.0/adminconsent?client_id={OWN}&redirect_uri=https%3A%2F%2Fown.example%2Fcb&scope=https%3A%2F%2Fgraph.microsoft.com%2F{scope}"
            ),
        );
        browser
            .submit(&[("acceptConsent", "true")])
            .submit(&[("LoginOptions", "3")]);
        assert_eq!(browser.answer("admin_consent").as_deref(), Some("True"));
        let told = activities(&bench);
        assert!(told.contains(&"Consent to application"), "{told:?}");
        assert!(told.contains(&"Add delegated permission grant"), "{told:?}");
        let robot = app_token(&bench, &tenant);
        let held = claims(text(&robot, "access_token"));
        assert_eq!(held.get("roles").unwrap_or(&j!(null)), &roles, "{scope}");
    }
}

/// A second tenant; what the first has registered stays there.
fn in_another_tenant(mut bench: Bench) -> Bench {
    let options = TenantOptions {
        seed: 7,
        clock: Clock::Manual {
            now: Timestamp::parse(NOON).unwrap(),
        },
        ..TenantOptions::default()
    };
    bench.tenant = bench.app.create_tenant(&options).unwrap();
    bench
}

#[test]
fn an_app_for_every_tenant_comes_in_by_consent_and_is_there_as_itself_afterwards() {
    let bench = Bench::at(NOON);
    own_app(&bench, |app, _| {
        app.sign_in_audience = SignInAudience::AzureADMultipleOrgs;
    });
    let home = bench.tenant.id();
    let bench = in_another_tenant(bench);
    let here = bench.tenant.id().to_string();
    let not_yet = app_token(&bench, &here);
    assert_eq!(not_yet["error_codes"], j!([7_000_229]));
    let url = graph_url(&bench, "openid%20User.Read", "").replace(&here, "organizations");
    let mut browser = signed_in(&bench, "bob", &url);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    assert!(
        bench
            .tenant
            .read()
            .service_principal(OWN.parse().unwrap())
            .is_none()
    );
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    let tokens = json(&bench.post_form(
        &format!("{LOGIN}/organizations/oauth2/v2.0/token"),
        &[
            ("client_id", OWN),
            ("client_secret", "own-secret"),
            ("grant_type", "authorization_code"),
            ("code", &browser.answer("code").unwrap()),
            ("redirect_uri", "https://own.example/cb"),
        ],
    ));
    assert_eq!(claims(text(&tokens, "access_token"))["tid"], here);
    let tenant = bench.tenant.read();
    let principal = tenant.service_principal(OWN.parse().unwrap()).unwrap();
    assert_eq!(principal.app_owner, home);
    let robot = claims(text(&app_token(&bench, &here), "access_token"));
    assert_eq!(
        (&robot["tid"], &robot["oid"]),
        (&j!(here), &j!(principal.id.to_string()))
    );
}

#[test]
fn an_administrator_lets_an_app_of_another_tenant_in_for_everybody() {
    let bench = Bench::at(NOON);
    own_app(&bench, |app, _| {
        app.sign_in_audience = SignInAudience::AzureADMultipleOrgs;
        app.required_resource_access.push(RequiredResourceAccess {
            resource: GRAPH.parse().unwrap(),
            scopes: Vec::new(),
            roles: vec![USER_READ_ALL.parse::<PermissionId>().unwrap()],
        });
    });
    let bench = in_another_tenant(bench);
    let here = bench.tenant.id().to_string();
    let mut browser = signed_in(
        &bench,
        "breakglass1",
        &format!(
            "{LOGIN}/organizations/adminconsent?client_id={OWN}&redirect_uri=https%3A%2F%2Fown.example%2Fcb"
        ),
    );
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    assert_eq!(browser.answer("tenant"), Some(here.clone()));
    let robot = claims(text(&app_token(&bench, &here), "access_token"));
    assert_eq!(robot["roles"], j!(["User.Read.All"]));
}

#[test]
fn an_app_of_one_tenant_is_unknown_in_the_others() {
    let bench = Bench::at(NOON);
    own_app(&bench, |_, _| {});
    let bench = in_another_tenant(bench);
    let mut browser = Browser::new(&bench);
    browser.get(&own_url(&bench, ""));
    assert_eq!(browser.config()["iErrorCode"], 700_016);
}

/// Microsoft's own tools for Graph get what people consent to; other clients of Microsoft's have what Microsoft has settled.
#[test]
fn people_consent_to_what_graph_powershell_asks_for() {
    const TOOL: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
    let bench = Bench::at(NOON);
    let url = |scope: &str| {
        format!(
            "{LOGIN}/organizations/oauth2/v2.0/authorize?client_id={TOOL}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope={scope}"
        )
    };
    let wish = url("openid%20https%3A%2F%2Fgraph.microsoft.com%2FUser.ReadWrite");
    let mut browser = signed_in(&bench, "bob", &wish);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser
        .submit(&[("acceptConsent", "true")])
        .submit(&[("LoginOptions", "3")]);
    let code = browser.answer("code").unwrap();
    let redeemed = json(&bench.post_form(
        &format!("{LOGIN}/organizations/oauth2/v2.0/token"),
        &[
            ("client_id", TOOL),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "http://localhost"),
            ("code", &code),
        ],
    ));
    let scopes = claims(text(&redeemed, "access_token"))["scp"].clone();
    let scopes: Vec<&str> = scopes.as_str().unwrap().split(' ').collect();
    assert!(
        scopes.contains(&"User.ReadWrite") && scopes.contains(&"User.Read"),
        "{scopes:?}"
    );
    // What only an administrator may grant is refused to others, and granted by one for everybody.
    let wish = url("https%3A%2F%2Fgraph.microsoft.com%2FUserAuthenticationMethod.ReadWrite");
    assert_eq!(signed_in(&bench, "bob", &wish).error_code(), "90094");
    let mut browser = signed_in(&bench, "admin", &wish);
    browser.submit(&[
        ("acceptConsent", "true"),
        ("consentOnBehalfOfOrganization", "true"),
    ]);
    assert_eq!(signed_in(&bench, "bob", &wish).page(), "KmsiInterrupt");
}
