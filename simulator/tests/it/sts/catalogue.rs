//! One test a row of the error catalogue: each number is reached over the wire, or is listed with the reason why not.

use std::sync::Arc;

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim::keys::{DEPLOY_CERTIFICATE_PEM, DEPLOY_KEY_PEM, SigningKey, workload};
use entrasim::wire::Reply;
use entrasim::wire::jwt::{HeaderForm, sign};
use entrasim_domain::catalogue::sign_in_errors;
use entrasim_domain::credential::application_credential::ClientSecret;
use entrasim_domain::credential::method::{MethodKind, TemporaryAccessPass};
use entrasim_domain::directory::application::{AppRole, Application, Scope, SignInAudience};
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::enforcement::UserAction;
use entrasim_domain::id::{AppId, KeyId, ObjectId, PermissionId};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, GrantControl, GrantControls, SignInFrequency,
};
use entrasim_domain::sign_in::phone::PromptState;
use entrasim_domain::tenant::changes::Note;
use serde_json::{Value, json as j};
use uuid::Uuid;

use super::grants::{assertion_reply, certificate_claims};
use super::pages::{
    REDIRECT, VERIFIER, add_method, answer_prompt, authorize_url, change_user, redeem_code,
    security_defaults,
};
use crate::support::{ARM_SCOPE, AZURE_CLI, account, deploy, json, password_token, text, token};

const NOON: &str = "2025-09-30T12:00:00Z";
const LOGIN: &str = "https://login.microsoftonline.com";
pub(crate) const OWN: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub(crate) const API: &str = "aaaaaaaa-0000-4000-8000-000000000002";

/// A row: the number, what reaches it, in words and in requests.
pub(crate) struct Row {
    pub(crate) number: u32,
    pub(crate) condition: &'static str,
    reach: fn(&Bench) -> u32,
}

const fn row(number: u32, condition: &'static str, reach: fn(&Bench) -> u32) -> Row {
    Row {
        number,
        condition,
        reach,
    }
}

/// Numbers of the catalogue that nothing here can lead to, with the reason.
pub(crate) const NOT_REACHABLE: &[(u32, &str)] = &[(
    530_035,
    "security defaults block legacy protocols, and no endpoint of a legacy protocol is simulated; the decision is tested",
)];

fn of_reply(reply: &Reply) -> u32 {
    u32::try_from(json(reply)["error_codes"][0].as_u64().unwrap_or(0)).unwrap()
}

/// The number on the page, or in the answer to the app.
fn of_browser(browser: &Browser<'_>) -> u32 {
    if let Some((_, answer)) = &browser.left {
        let text = answer.get("error_description").unwrap_or_default();
        return text
            .strip_prefix("AADSTS")
            .and_then(|rest| rest.split(':').next())
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
    }
    let config = browser.config();
    let shown = config["iErrorCode"].as_u64().map(|code| code.to_string());
    shown
        .or_else(|| config["sErrorCode"].as_str().map(str::to_owned))
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}

/// Opens a URL and reads the number.
fn opens(bench: &Bench, url: &str) -> u32 {
    let mut browser = Browser::new(bench);
    browser.get(url);
    of_browser(&browser)
}

/// Signs a user in on the pages up to where they stop.
fn signs_in(bench: &Bench, user: &str, url: &str) -> u32 {
    let (name, password) = account(bench, user);
    let mut browser = Browser::new(bench);
    browser.get(url).sign_in(&name, &password);
    of_browser(&browser)
}

/// Alice's session with a second factor, silently two hours later.
fn two_hours_after_a_second_factor(bench: &Bench) -> u32 {
    security_defaults(bench);
    let (name, password) = account(bench, "alice");
    let mut browser = Browser::new(bench);
    browser
        .get(&authorize_url(""))
        .sign_in(&name, &password)
        .submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
    answer_prompt(bench, PromptState::Approved);
    browser.submit(&[]).submit(&[("LoginOptions", "3")]);
    bench.set_clock("2025-09-30T14:00:00Z");
    browser.left = None;
    browser.get(&authorize_url("&prompt=none"));
    of_browser(&browser)
}

/// A finished sign-in of bob, with the answer to the app.
fn finished<'a>(bench: &'a Bench, url: &str) -> Browser<'a> {
    let (name, password) = account(bench, "bob");
    let mut browser = Browser::new(bench);
    browser.get(url).sign_in(&name, &password);
    browser.submit(&[("LoginOptions", "3")]);
    browser
}

/// A web app of the tenant's own with a secret, and an API that it calls.
pub(crate) fn own_app(bench: &Bench, change: impl FnOnce(&mut Application, &mut ServicePrincipal)) {
    bench
        .tenant
        .write(|tenant| {
            let created = tenant.created;
            let principal = |id: u128, app: AppId, name: &str| {
                ServicePrincipal::new(
                    ObjectId::from_u128(id),
                    app,
                    name.to_owned(),
                    tenant.id,
                    created,
                )
            };
            let (own, api): (AppId, AppId) = (OWN.parse().unwrap(), API.parse().unwrap());
            let mut app =
                Application::new(ObjectId::from_u128(0xa1), own, "Own".to_owned(), created);
            app.web_redirect_uris = vec!["https://own.example/cb".to_owned()];
            app.spa_redirect_uris = vec!["https://spa.example/cb".to_owned()];
            app.public_client_redirect_uris = vec!["http://localhost".to_owned()];
            app.secrets.push(ClientSecret {
                key_id: KeyId::from_u128(1),
                display_name: None,
                value: "own-secret".to_owned(),
                custom_id: None,
                start: created,
                end: created + core::time::Duration::from_secs(10 * 365 * 86_400),
            });
            let mut own_principal = principal(0xa2, own, "Own");
            change(&mut app, &mut own_principal);
            let mut resource =
                Application::new(ObjectId::from_u128(0xa3), api, "API".to_owned(), created);
            resource.identifier_uris = vec![format!("api://{API}")];
            resource.scopes = ["use", "admin"]
                .iter()
                .enumerate()
                .map(|(number, name)| {
                    let id = PermissionId::from_u128(u128::try_from(number).unwrap() + 1);
                    Scope {
                        admin_only: *name == "admin",
                        ..Scope::new(id, (*name).to_owned(), format!("{name} the API"))
                    }
                })
                .collect();
            resource.app_roles.push(AppRole {
                id: PermissionId::from_u128(9),
                value: "Robot".to_owned(),
                display_name: "Robot".to_owned(),
                description: String::new(),
                for_users: false,
                for_applications: true,
                enabled: true,
            });
            resource.secrets.push(ClientSecret {
                key_id: KeyId::from_u128(2),
                display_name: None,
                value: "api-secret".to_owned(),
                custom_id: None,
                start: created,
                end: created + core::time::Duration::from_secs(10 * 365 * 86_400),
            });
            let resource_principal = principal(0xa4, api, "API");
            let note = Note::by_service(created);
            tenant.put_application(app, &note)?;
            tenant.put_service_principal(own_principal, &note)?;
            tenant.put_application(resource, &note)?;
            tenant.put_service_principal(resource_principal, &note)
        })
        .unwrap();
}

fn plain(_: &mut Application, _: &mut ServicePrincipal) {}

/// It may have tokens without a code.
pub(crate) fn implicit(app: &mut Application, _: &mut ServicePrincipal) {
    app.implicit_grant.id_tokens = true;
    app.implicit_grant.access_tokens = true;
}

pub(crate) fn own_url(bench: &Bench, more: &str) -> String {
    format!(
        "{LOGIN}/{}/oauth2/v2.0/authorize?client_id={OWN}&response_type=code&redirect_uri=https%3A%2F%2Fown.example%2Fcb\
         &scope=openid%20api%3A%2F%2F{API}%2Fuse{more}",
        bench.tenant.id()
    )
}

fn spa_url(bench: &Bench, more: &str) -> String {
    format!(
        "{LOGIN}/{}/oauth2/v2.0/authorize?client_id={OWN}&response_type=code&redirect_uri=https%3A%2F%2Fspa.example%2Fcb\
         &scope=openid%20offline_access%20api%3A%2F%2F{API}%2Fuse{more}",
        bench.tenant.id()
    )
}

fn pkce() -> String {
    format!("&code_challenge={VERIFIER}&code_challenge_method=plain")
}

/// Bob signs in to the own app and consents.
fn consented<'a>(bench: &'a Bench, url: &str) -> Browser<'a> {
    let (name, password) = account(bench, "bob");
    let mut browser = Browser::new(bench);
    browser.get(url).sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedConsent", "{}", browser.html);
    browser.submit(&[("acceptConsent", "true")]);
    browser.submit(&[("LoginOptions", "3")]);
    browser
}

fn spa_token(bench: &Bench, code: &str, origin: Option<&str>) -> Reply {
    let body = format!(
        "client_id={OWN}&grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fspa.example%2Fcb&code_verifier={VERIFIER}"
    );
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(origin.map(|origin| ("origin", origin)));
    bench.send(
        "POST",
        &format!("{LOGIN}/{}/oauth2/v2.0/token", bench.tenant.id()),
        &headers,
        &body,
    )
}

pub(crate) fn policy(bench: &Bench, change: impl FnOnce(&mut ConditionalAccessPolicy)) {
    bench
        .tenant
        .write(|tenant| {
            let mut policy = ConditionalAccessPolicy::new(Uuid::from_u128(5), "P", tenant.created);
            policy.conditions.users.include.all = true;
            policy.conditions.applications.include = vec![ApplicationRef::All];
            change(&mut policy);
            tenant
                .conditional_access
                .policies
                .insert(policy.id, Arc::new(policy));
            Ok::<(), ()>(())
        })
        .unwrap();
}

fn demands(bench: &Bench, control: GrantControl) {
    policy(bench, |policy| {
        policy.grant = Some(GrantControls {
            controls: vec![control],
            ..GrantControls::default()
        });
    });
}

fn by_password(bench: &Bench, user: &str) -> u32 {
    of_reply(&password_token(bench, user, ARM_SCOPE))
}

fn grant(bench: &Bench, fields: &[(&str, &str)]) -> u32 {
    of_reply(&token(bench, fields))
}

fn as_deploy(bench: &Bench, change: &[(&str, &str)]) -> u32 {
    let (id, secret) = deploy(bench);
    let mut fields = vec![
        ("client_id", id.as_str()),
        ("client_secret", &secret),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    fields.retain(|(name, _)| !change.iter().any(|(known, _)| known == name));
    fields.extend_from_slice(change);
    grant(bench, &fields)
}

fn certificate(bench: &Bench, change: impl FnOnce(&mut Value)) -> u32 {
    let key = SigningKey::from_pem(DEPLOY_KEY_PEM, DEPLOY_CERTIFICATE_PEM).unwrap();
    of_reply(&assertion_reply(
        bench,
        &sign(HeaderForm::V1, &certificate_claims(bench, change), &key),
    ))
}

fn federated(bench: &Bench, issuer: &str, subject: &str, audience: &str) -> u32 {
    let now = bench
        .tenant
        .read()
        .now(entrasim_domain::time::Timestamp::UNIX_EPOCH)
        .unix_seconds();
    let claims = j!({"iss": issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + 300});
    of_reply(&assertion_reply(
        bench,
        &sign(HeaderForm::V2, &claims, workload()),
    ))
}

const ISSUER: &str = "https://workload.entrasim.example";
const SUBJECT: &str = "repo:contoso/infrastructure:environment:production";
const AUDIENCE: &str = "api://AzureADTokenExchange";

fn refresh(bench: &Bench, user: &str, then: impl FnOnce()) -> u32 {
    let tokens = json(&password_token(bench, user, ARM_SCOPE));
    then();
    grant(
        bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
        ],
    )
}

fn device(bench: &Bench) -> Value {
    json(&bench.post_form(
        &format!("{LOGIN}/organizations/oauth2/v2.0/devicecode"),
        &[("client_id", AZURE_CLI), ("scope", ARM_SCOPE)],
    ))
}

/// Bob types the code of a device and signs in, up to the page that names the app.
pub(crate) fn confirming<'a>(bench: &'a Bench, code: &str) -> Browser<'a> {
    let (name, password) = account(bench, "bob");
    let mut browser = Browser::new(bench);
    browser
        .get("https://login.microsoft.com/device")
        .submit(&[("otc", code)])
        .sign_in(&name, &password);
    browser.submit(&[("LoginOptions", "3")]);
    browser
}

fn poll(bench: &Bench, code: &str) -> u32 {
    grant(
        bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "device_code"),
            ("device_code", code),
        ],
    )
}

fn pass(bench: &Bench, change: impl FnOnce(&mut TemporaryAccessPass), enabled: bool) -> u32 {
    let now = entrasim_domain::time::Timestamp::parse(NOON).unwrap();
    let mut pass = TemporaryAccessPass {
        value: "PASSPASS".into(),
        start: now,
        lifetime: core::time::Duration::from_secs(3600),
        once: false,
        used: None,
    };
    change(&mut pass);
    let typed = if pass.used.is_some() && pass.once && pass.lifetime.is_zero() {
        "WRONG"
    } else {
        "PASSPASS"
    };
    add_method(bench, "bob", MethodKind::TemporaryAccessPass(pass));
    bench
        .tenant
        .write(|tenant| {
            tenant
                .authentication_methods
                .set(MethodName::TemporaryAccessPass, enabled);
            Ok::<(), ()>(())
        })
        .unwrap();
    let (name, _) = account(bench, "bob");
    let mut browser = Browser::new(bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", &name)]);
    browser.submit(&[("accesspass", typed)]);
    of_browser(&browser)
}

/// A token of bob's for the API, as the own app gets it.
fn api_token(bench: &Bench) -> String {
    own_app(bench, plain);
    let browser = consented(bench, &own_url(bench, ""));
    let tokens = json(&token(
        bench,
        &[
            ("client_id", OWN),
            ("client_secret", "own-secret"),
            ("grant_type", "authorization_code"),
            ("code", &browser.answer("code").unwrap()),
            ("redirect_uri", "https://own.example/cb"),
        ],
    ));
    text(&tokens, "access_token").to_owned()
}

fn on_behalf(bench: &Bench, assertion: &str, client: &str, secret: &str) -> u32 {
    grant(
        bench,
        &[
            ("client_id", client),
            ("client_secret", secret),
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", assertion),
            ("scope", "https://graph.microsoft.com/User.Read"),
        ],
    )
}

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row(16000, "prompt=none with two accounts signed in", |b| {
        let mut browser = finished(b, &authorize_url(""));
        let (name, password) = account(b, "student");
        browser.left = None;
        browser.get(&authorize_url("&prompt=login")).sign_in(&name, &password);
        browser.submit(&[("LoginOptions", "3")]);
        browser.left = None;
        browser.get(&authorize_url("&prompt=none"));
        of_browser(&browser)
    }),
    row(28000, "a scope with two resources", |b| grant(b, &[("client_id", AZURE_CLI), ("grant_type", "password"), ("username", &account(b, "bob").0), ("password", &account(b, "bob").1), ("scope", "https://graph.microsoft.com/.default https://vault.azure.net/.default")])),
    row(50011, "a redirect URI that is not registered", |b| opens(b, &authorize_url("").replace("localhost%3A8400", "evil.example"))),
    row(50013, "an on-behalf-of assertion with a broken signature", |b| { let mut token = api_token(b); token.truncate(token.len() - 8); token.push_str("AAAAAAAA"); on_behalf(b, &token, API, "api-secret") }),
    row(50020, "a refresh token in a tenant that does not know its account", |b| {
        let tokens = json(&password_token(b, "bob", ARM_SCOPE));
        let other = b.app.create_tenant(&entrasim::app::TenantOptions { seed: 7, ..entrasim::app::TenantOptions::default() }).unwrap();
        of_reply(&b.post_form(&format!("{LOGIN}/{}/oauth2/v2.0/token", other.id()), &[("client_id", AZURE_CLI), ("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))]))
    }),
    row(50027, "a client assertion that is no JWT", |b| of_reply(&assertion_reply(b, "garbage"))),
    row(50034, "a name that is not in the directory", |b| { let mut browser = Browser::new(b); browser.get(&authorize_url("")).submit(&[("loginfmt", "nobody@contoso.onmicrosoft.com")]); of_browser(&browser) }),
    row(50049, "instance discovery for an unknown host", |b| of_reply(&b.send("GET", &format!("{LOGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint=https://evil.example/common/oauth2/authorize"), &[], ""))),
    row(50053, "ten different wrong passwords", |b| { let (name, _) = account(b, "bob"); (0..11).map(|n| { let wrong = format!("wrong{n}"); grant(b, &[("client_id", AZURE_CLI), ("grant_type", "password"), ("username", &name), ("password", &wrong), ("scope", ARM_SCOPE)]) }).last().unwrap() }),
    row(50055, "a temporary password at the password grant", |b| { change_user(b, "bob", |u| u.password.as_mut().unwrap().must_change = true); by_password(b, "bob") }),
    row(50056, "the password grant for an account without a password", |b| { let (name, _) = account(b, "bob"); change_user(b, "bob", |u| u.password = None); grant(b, &[("client_id", AZURE_CLI), ("grant_type", "password"), ("username", &name), ("password", "x"), ("scope", ARM_SCOPE)]) }),
    row(50057, "a disabled account", |b| { change_user(b, "bob", |u| u.account_enabled = false); signs_in(b, "bob", &authorize_url("")) }),
    row(50058, "prompt=none and nobody signed in", |b| opens(b, &authorize_url("&prompt=none"))),
    row(50059, "client credentials where no tenant is named", |b| { let (id, secret) = deploy(b); of_reply(&b.post_form(&format!("{LOGIN}/organizations/oauth2/v2.0/token"), &[("client_id", &id), ("client_secret", &secret), ("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default")])) }),
    row(50074, "the page that asks for a second factor", |b| { security_defaults(b); signs_in(b, "alice", &authorize_url("")) }),
    row(50076, "a rule asks for a second factor that is registered", |b| { security_defaults(b); by_password(b, "alice") }),
    row(50078, "a second factor older than a policy's frequency for it", |b| {
        policy(b, |p| p.session.sign_in_frequency = Some(SignInFrequency { every: Some(core::time::Duration::from_secs(3600)), second_factor_only: true }));
        two_hours_after_a_second_factor(b)
    }),
    row(50079, "a rule asks for a second factor and none is registered", |b| { security_defaults(b); by_password(b, "bob") }),
    row(50089, "a page left open for more than an hour", |b| { let (name, password) = account(b, "bob"); let mut browser = Browser::new(b); browser.get(&authorize_url("")).submit(&[("loginfmt", &name)]); b.set_clock("2025-09-30T13:00:01Z"); browser.submit(&[("passwd", &password)]); of_browser(&browser) }),
    row(50105, "an app that demands an assignment", |b| { own_app(b, |_, principal| principal.assignment_required = true); signs_in(b, "bob", &own_url(b, "")) }),
    row(50126, "a wrong password", |b| { let (name, _) = account(b, "bob"); let mut browser = Browser::new(b); browser.get(&authorize_url("")).sign_in(&name, "wrong"); of_browser(&browser) }),
    row(50140, "the page that asks whether to stay signed in", |b| signs_in(b, "bob", &authorize_url(""))),
    row(50142, "a policy demands a password change, at the token endpoint", |b| {
        let mut browser = Browser::new(b);
        let (name, password) = account(b, "alice");
        security_defaults(b);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("mfaAuthMethod", "PhoneAppNotification")]);
        answer_prompt(b, PromptState::Approved);
        browser.submit(&[]).submit(&[("LoginOptions", "3")]);
        demands(b, GrantControl::PasswordChange);
        of_reply(&redeem_code(b, &browser.answer("code").unwrap(), &[]))
    }),
    row(50143, "prompt=none with a domain_hint of another tenant than the session's", |b| {
        let other = b.app.create_tenant(&entrasim::app::TenantOptions { seed: 7, ..entrasim::app::TenantOptions::default() }).unwrap();
        let mut browser = finished(b, &authorize_url(""));
        browser.left = None;
        browser.get(&authorize_url(&format!("&prompt=none&domain_hint={}", other.read().initial_domain())));
        of_browser(&browser)
    }),
    row(50148, "a code with a challenge redeemed without a verifier", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); of_reply(&redeem_code(b, &code, &[("code_verifier", "")])) }),
    row(50149, "a code_challenge_method that does not exist", |b| opens(b, &authorize_url("").replace("code_challenge_method=plain", "code_challenge_method=S1"))),
    row(50173, "a refresh token from before a revocation", |b| refresh(b, "bob", || change_user(b, "bob", |u| u.revoke_sessions(u.created)))),
    row(50194, "an app of one tenant on /organizations", |b| { own_app(b, |app, _| app.sign_in_audience = SignInAudience::AzureADMyOrg); opens(b, &own_url(b, "").replace(&b.tenant.id().to_string(), "organizations")) }),
    row(50199, "the page that asks whether the app is the right one", |b| of_browser(&confirming(b, text(&device(b), "user_code")))),
    row(50203, "the page that asks to register security information", |b| { security_defaults(b); signs_in(b, "bob", &authorize_url("")) }),
    row(53000, "a policy demands a compliant device", |b| { demands(b, GrantControl::CompliantDevice); signs_in(b, "bob", &authorize_url("")) }),
    row(53001, "a policy demands a domain-joined device", |b| { demands(b, GrantControl::DomainJoinedDevice); signs_in(b, "bob", &authorize_url("")) }),
    row(53003, "a policy blocks", |b| { demands(b, GrantControl::Block); signs_in(b, "bob", &authorize_url("")) }),
    row(53009, "a policy demands a protected app", |b| { demands(b, GrantControl::CompliantApplication); by_password(b, "bob") }),
    row(53010, "a policy blocks registering security information", |b| {
        security_defaults(b);
        policy(b, |p| { p.conditions.applications.include.clear(); p.conditions.applications.user_actions = vec![UserAction::RegisterSecurityInformation]; p.grant = Some(GrantControls { controls: vec![GrantControl::Block], ..GrantControls::default() }); });
        signs_in(b, "bob", &authorize_url(""))
    }),
    row(54005, "a code redeemed twice", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); redeem_code(b, &code, &[]); of_reply(&redeem_code(b, &code, &[])) }),
    row(65001, "a scope that nobody has consented to, with prompt=none", |b| { own_app(b, plain); let mut browser = finished(b, &authorize_url("")); browser.left = None; browser.get(&own_url(b, "&prompt=none")); of_browser(&browser) }),
    row(65002, "a first-party client and a Graph permission that it does not hold", |b| grant(b, &[("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"), ("grant_type", "password"), ("username", &account(b, "bob").0), ("password", &account(b, "bob").1), ("scope", "https://graph.microsoft.com/Directory.ReadWrite.All")])),
    row(65004, "the person declines to consent", |b| { own_app(b, plain); let (name, password) = account(b, "bob"); let mut browser = Browser::new(b); browser.get(&own_url(b, "")).sign_in(&name, &password); browser.submit(&[("acceptConsent", "false")]); of_browser(&browser) }),
    row(70000, "a refresh token of another client", |b| { let tokens = json(&password_token(b, "bob", ARM_SCOPE)); grant(b, &[("client_id", "14d82eec-204b-4c2f-b7e8-296a70dab67e"), ("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))]) }),
    row(70003, "a grant that does not exist", |b| grant(b, &[("client_id", AZURE_CLI), ("grant_type", "telepathy")])),
    row(70005, "a response_type that does not exist", |b| opens(b, &authorize_url("").replace("response_type=code", "response_type=magic"))),
    row(70007, "response_mode=query with an id token", |b| opens(b, &authorize_url("").replace("response_type=code", "response_type=code%20id_token").replace("form_post", "query"))),
    row(70008, "a code that is eleven minutes old", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); b.set_clock("2025-09-30T12:11:00Z"); of_reply(&redeem_code(b, &code, &[])) }),
    row(70011, "a scope of blanks", |b| of_reply(&password_token(b, "bob", " "))),
    row(70016, "a device code that nobody has approved yet", |b| poll(b, text(&device(b), "device_code"))),
    row(70018, "a device code that is none", |b| poll(b, "garbage")),
    row(70019, "a device code that is fifteen minutes old", |b| { let begun = device(b); b.set_clock("2025-09-30T12:15:00Z"); poll(b, text(&begun, "device_code")) }),
    row(70020, "a device code that the person declined", |b| { let begun = device(b); let (name, password) = account(b, "bob"); let mut browser = Browser::new(b); browser.get("https://login.microsoft.com/device").submit(&[("otc", text(&begun, "user_code"))]).sign_in(&name, &password); browser.submit(&[("LoginOptions", "3")]).submit(&[("ContinueAuth", "false")]); poll(b, text(&begun, "device_code")) }),
    row(70043, "a refresh token older than a policy's sign-in frequency", |b| refresh(b, "bob", || { policy(b, |p| p.session.sign_in_frequency = Some(SignInFrequency { every: Some(core::time::Duration::from_secs(3600)), second_factor_only: false })); b.set_clock("2025-09-30T14:00:00Z"); })),
    row(90002, "a tenant that does not exist", |b| of_reply(&b.post_form(&format!("{LOGIN}/nowhere.example/oauth2/v2.0/token"), &[("grant_type", "password")]))),
    row(90015, "a query of more than 32 KiB", |b| opens(b, &authorize_url(&format!("&x={}", "x".repeat(33_000))))),
    row(90023, "a prompt that does not exist", |b| opens(b, &authorize_url("&prompt=shout"))),
    row(90094, "a user without a role and a permission that only administrators grant", |b| { own_app(b, plain); signs_in(b, "bob", &own_url(b, "").replace("%2Fuse", "%2Fadmin")) }),
    row(90120, "a device code confirmed in two windows", |b| {
        let begun = device(b);
        let (mut first, mut second) = (confirming(b, text(&begun, "user_code")), confirming(b, text(&begun, "user_code")));
        first.submit(&[("ContinueAuth", "true")]);
        second.submit(&[("ContinueAuth", "true")]);
        of_browser(&second)
    }),
    row(130_005, "a passkey that signs another challenge", |b| super::passkeys::refusals(b)[0]),
    row(130_500, "a pass that the policy does not allow", |b| pass(b, |_| {}, false)),
    row(130_501, "a pass before its start", |b| pass(b, |p| p.start = p.start + core::time::Duration::from_secs(60), true)),
    row(130_502, "a pass after its end", |b| pass(b, |p| p.lifetime = core::time::Duration::from_secs(0), true)),
    row(130_503, "a wrong pass", |b| pass(b, |p| { p.once = true; p.used = Some(p.start); p.lifetime = core::time::Duration::ZERO; }, true)),
    row(135_010, "a passkey that nobody has", |b| super::passkeys::refusals(b)[1]),
    row(160_021, "prompt=none with a sid that names no session", |b| opens(b, &authorize_url("&prompt=none&sid=cccccccc-0000-4000-8000-000000000001"))),
    row(165_000, "a page without its context", |b| { let reply = b.post_form(&format!("{LOGIN}/common/login"), &[("ctx", "garbage"), ("flowToken", "x"), ("loginfmt", "a@b")]); number_of_page(&reply) }),
    row(500_011, "a resource that does not exist", |b| as_deploy(b, &[("scope", "https://nowhere.example/.default")])),
    row(500_112, "a code redeemed with another redirect URI", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); of_reply(&redeem_code(b, &code, &[("redirect_uri", "http://localhost:1")])) }),
    row(500_113, "an app without any redirect URI", |b| { own_app(b, |app, _| { app.web_redirect_uris.clear(); app.spa_redirect_uris.clear(); app.public_client_redirect_uris.clear(); }); opens(b, &own_url(b, "").replace("&redirect_uri=https%3A%2F%2Fown.example%2Fcb", "")) }),
    row(500_121, "a second factor that was denied", |b| {
        security_defaults(b);
        let (name, password) = account(b, "alice");
        let mut browser = Browser::new(b);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        let config = browser.config();
        let call = |url: &Value, body: Value| json(&b.send("POST", url.as_str().unwrap(), &[("content-type", "application/json")], &body.to_string()));
        let begun = call(&config["urlBeginAuth"], j!({"AuthMethodId": "PhoneAppNotification", "Ctx": config["sCtx"], "FlowToken": config["sFT"]}));
        answer_prompt(b, PromptState::Denied);
        let end = call(&config["urlEndAuth"], j!({"AuthMethodId": "PhoneAppNotification", "Ctx": begun["Ctx"], "FlowToken": begun["FlowToken"]}));
        u32::try_from(end["ErrCode"].as_u64().unwrap()).unwrap()
    }),
    row(500_131, "an on-behalf-of assertion for another app", |b| { let token = api_token(b); on_behalf(b, &token, OWN, "own-secret") }),
    row(501_051, "an app without a role at a resource that demands one", |b| { own_app(b, |_, principal| principal.assignment_required = true); let (id, secret) = deploy(b); grant(b, &[("client_id", &id), ("client_secret", &secret), ("grant_type", "client_credentials"), ("scope", &format!("{OWN}/.default"))]) }),
    row(500_133, "an on-behalf-of assertion that has expired", |b| { let token = api_token(b); b.set_clock("2025-09-30T15:00:00Z"); on_behalf(b, &token, API, "api-secret") }),
    row(501_481, "a verifier that does not match", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); of_reply(&redeem_code(b, &code, &[("code_verifier", &VERIFIER.replace('a', "b"))])) }),
    row(501_491, "a code_challenge that is too short", |b| opens(b, &authorize_url("").replace(VERIFIER, "short"))),
    row(650_053, "a permission that the resource does not have", |b| signs_in(b, "bob", &authorize_url("").replace("%2F%2F.default", "%2F%2Fnothing_such"))),
    row(700_005, "a code redeemed at another tenant", |b| {
        let code = finished(b, &authorize_url("")).answer("code").unwrap();
        let other = b.app.create_tenant(&entrasim::app::TenantOptions { seed: 7, ..entrasim::app::TenantOptions::default() }).unwrap();
        of_reply(&b.post_form(&format!("{LOGIN}/{}/oauth2/v2.0/token", other.id()), &[("client_id", AZURE_CLI), ("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]))
    }),
    row(700_016, "a client that does not exist", |b| opens(b, &authorize_url("").replace(AZURE_CLI, "bbbbbbbb-0000-4000-8000-000000000000"))),
    row(700_021, "a client assertion whose subject is not the client", |b| certificate(b, |c| c["sub"] = j!("x"))),
    row(700_023, "a client assertion for another audience", |b| certificate(b, |c| c["aud"] = j!("https://x.example/"))),
    row(700_024, "a client assertion that has expired", |b| certificate(b, |c| c["exp"] = j!(86_400))),
    row(700_025, "a public client that shows a secret", |b| as_deploy(b, &[("client_id", AZURE_CLI)])),
    row(700_027, "a client assertion signed by an unknown key", |b| of_reply(&assertion_reply(b, &sign(HeaderForm::V1, &certificate_claims(b, |_| {}), workload())))),
    row(700_051, "a token without a code, and the registration does not allow it", |b| { own_app(b, plain); opens(b, &own_url(b, "").replace("response_type=code", "response_type=token")) }),
    row(700_054, "an id token without a code, and the registration does not allow it", |b| { own_app(b, plain); opens(b, &own_url(b, "&nonce=n").replace("response_type=code", "response_type=id_token")) }),
    row(700_082, "a refresh token that was idle for 90 days", |b| refresh(b, "bob", || b.set_clock("2026-01-10T00:00:00Z"))),
    row(700_084, "a single-page application's refresh token a day later", |b| {
        own_app(b, plain);
        let code = consented(b, &spa_url(b, &pkce())).answer("code").unwrap();
        let tokens = json(&spa_token(b, &code, Some("https://spa.example")));
        b.set_clock("2025-10-01T12:00:00Z");
        let body = format!("client_id={OWN}&grant_type=refresh_token&refresh_token={}", text(&tokens, "refresh_token"));
        of_reply(&b.send("POST", &format!("{LOGIN}/{}/oauth2/v2.0/token", b.tenant.id()), &[("content-type", "application/x-www-form-urlencoded"), ("origin", "https://spa.example")], &body))
    }),
    row(700_211, "a federated token of another issuer", |b| federated(b, "https://other.example", SUBJECT, AUDIENCE)),
    row(700_212, "a federated token for another audience", |b| federated(b, ISSUER, SUBJECT, "api://else")),
    row(700_213, "a federated token of another subject", |b| federated(b, ISSUER, "repo:else", AUDIENCE)),
    row(900_023, "a tenant segment that is neither an id nor a name", |b| of_reply(&b.post_form(&format!("{LOGIN}/no_tenant/oauth2/v2.0/token"), &[("grant_type", "password")]))),
    row(900_144, "a token request without grant_type", |b| grant(b, &[("client_id", AZURE_CLI)])),
    row(900_561, "a token request by GET", |b| of_reply(&b.send("GET", &format!("{LOGIN}/common/oauth2/v2.0/token"), &[], ""))),
    row(901_002, "resource at a v2 endpoint", |b| grant(b, &[("client_id", AZURE_CLI), ("grant_type", "password"), ("resource", "https://graph.microsoft.com")])),
    row(1_002_012, "client credentials for a scope that is not .default", |b| as_deploy(b, &[("scope", "https://graph.microsoft.com/User.Read.All")])),
    row(7_000_112, "a service principal that is disabled", |b| { own_app(b, |_, principal| principal.account_enabled = false); signs_in(b, "bob", &own_url(b, "")) }),
    row(7_000_215, "a wrong client secret", |b| as_deploy(b, &[("client_secret", "wrong")])),
    row(7_000_218, "a confidential client without a secret", |b| as_deploy(b, &[("client_secret", "")])),
    row(7_000_222, "a client secret that has expired", |b| { b.set_clock("2101-01-01T00:00:00Z"); as_deploy(b, &[]) }),
    row(7_000_229, "an app without a service principal", |b| { own_app(b, plain); b.tenant.write(|t| { t.remove_service_principal(ObjectId::from_u128(0xa2)); Ok::<(), ()>(()) }).unwrap(); grant(b, &[("client_id", OWN), ("client_secret", "own-secret"), ("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default")]) }),
    row(9_000_411, "a page without its flow token", |b| { let mut browser = Browser::new(b); browser.get(&authorize_url("")); let config = browser.config(); let reply = b.post_form(&format!("{LOGIN}/common/login"), &[("ctx", config["sCtx"].as_str().unwrap()), ("loginfmt", "a@b")]); number_of_page(&reply) }),
    row(9_001_023, "the password grant on /common", |b| of_reply(&b.post_form(&format!("{LOGIN}/common/oauth2/v2.0/token"), &[("client_id", AZURE_CLI), ("grant_type", "password"), ("username", "a@b"), ("password", "x"), ("scope", "openid")]))),
    row(9_002_313, "a refresh token that is none", |b| grant(b, &[("client_id", AZURE_CLI), ("grant_type", "refresh_token"), ("refresh_token", "garbage")])),
    row(9_002_325, "a single-page application without PKCE", |b| { own_app(b, plain); opens(b, &spa_url(b, "")) }),
    row(9_002_326, "a web app's code redeemed by a browser", |b| { let code = finished(b, &authorize_url("")).answer("code").unwrap(); let body = format!("client_id={AZURE_CLI}&grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2Flocalhost%3A8400&code_verifier={VERIFIER}"); of_reply(&b.send("POST", &format!("{LOGIN}/organizations/oauth2/v2.0/token"), &[("content-type", "application/x-www-form-urlencoded"), ("origin", "https://x.example")], &body)) }),
    row(9_002_327, "a single-page application's code redeemed by a server", |b| { own_app(b, plain); let code = consented(b, &spa_url(b, &pkce())).answer("code").unwrap(); of_reply(&spa_token(b, &code, None)) }),
    row(9_002_332, "an app for work accounts on /consumers", |b| { own_app(b, |app, _| app.sign_in_audience = SignInAudience::AzureADMultipleOrgs); opens(b, &own_url(b, "").replace(&b.tenant.id().to_string(), "consumers")) }),
];

fn number_of_page(reply: &Reply) -> u32 {
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    html.split("\"iErrorCode\":")
        .nth(1)
        .and_then(|rest| rest.split([',', '}']).next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[test]
fn every_row_is_reached_over_the_wire_or_says_why_not() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let bench = Bench::at(NOON);
        let found = (row.reach)(&bench);
        if found != row.number {
            wrong.push(format!("{} ({}): {found}", row.number, row.condition));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let covered = |number: u32| {
        ROWS.iter().any(|row| row.number == number)
            || NOT_REACHABLE.iter().any(|(known, _)| *known == number)
    };
    let missing: Vec<&u32> = sign_in_errors()
        .keys()
        .filter(|number| !covered(**number))
        .collect();
    assert!(missing.is_empty(), "rows without a test: {missing:?}");
}
