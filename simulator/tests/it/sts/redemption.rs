//! Redeeming codes, refresh tokens and assertions: who may, where, and what is meant by what is left out.

use crate::testing::browser::Browser;
use crate::testing::{BEFORE_PHASE_2, Bench};
use serde_json::{Value, json as j};

use super::catalogue::{API, OWN, own_app};
use super::pages::change_user;
use super::web_app::{CALLBACK, LOGIN, on_behalf, password_grant, web};
use crate::support::{AZURE_CLI, account, claims, json, text, token};

#[test]
fn a_refresh_proves_the_client_as_its_platform_does_and_keeps_the_resource() {
    let bench = Bench::at(BEFORE_PHASE_2);
    own_app(&bench, |_, _| {});
    let tenant = bench.tenant.id();
    let (name, password) = account(&bench, "bob");
    let post = |fields: &str, origin: Option<&str>| {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let url = format!("{LOGIN}/{tenant}/oauth2/v2.0/token");
        json(&bench.send("POST", &url, &headers, fields))
    };
    let origin = Some("https://spa.example");
    for (address, right, wrong, number) in [
        ("https%3A%2F%2Fspa.example%2Fcb", origin, None, 9_002_327),
        ("http%3A%2F%2Flocalhost", None, origin, 9_002_326),
    ] {
        let mut browser = Browser::new(&bench);
        let verifier = super::pages::VERIFIER;
        browser
            .get(&format!(
                "{LOGIN}/{tenant}/oauth2/v2.0/authorize?client_id={OWN}&response_type=code&redirect_uri={address}\
                 &scope=openid%20offline_access%20User.Read&code_challenge={verifier}"
            ))
            .sign_in(&name, &password);
        if browser.page() == "ConvergedConsent" {
            browser.submit(&[("acceptConsent", "true")]);
        }
        browser.submit(&[("LoginOptions", "3")]);
        let code = browser.answer("code").unwrap();
        let redeemed = post(
            &format!(
                "client_id={OWN}&grant_type=authorization_code&code={code}&redirect_uri={address}&code_verifier={verifier}"
            ),
            right,
        );
        let again = format!(
            "client_id={OWN}&grant_type=refresh_token&refresh_token={}",
            text(&redeemed, "refresh_token")
        );
        assert!(
            post(&again, right)["refresh_token"].is_string(),
            "{address}"
        );
        assert_eq!(post(&again, wrong)["error_codes"][0], number, "{address}");
    }
}

#[test]
fn a_v1_refresh_without_a_resource_means_that_of_the_sign_in_and_v2_its_default_scope() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let arm = "https://management.core.windows.net/";
    let (name, password) = account(&bench, "bob");
    let v1 = format!("{LOGIN}/{}/oauth2/token", bench.tenant.id());
    let first = json(&bench.post_form(
        &v1,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "password"),
            ("username", &name),
            ("password", &password),
            ("resource", arm),
        ],
    ));
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let again = json(&bench.post_form(&v1, &fields));
    assert_eq!(again["resource"], arm);
    let at_v2 = json(&token(&bench, &fields));
    assert_eq!(claims(text(&at_v2, "access_token"))["aud"], arm);
    // And back: a v2 refresh token at v1.
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&at_v2, "refresh_token")),
    ];
    assert_eq!(json(&bench.post_form(&v1, &fields))["resource"], arm);
}

#[test]
fn what_the_token_endpoint_refuses_has_its_own_number_and_status() {
    let bench = Bench::at(BEFORE_PHASE_2);
    own_app(&bench, |app, _| {
        app.sign_in_audience =
            entrasim_domain::directory::application::SignInAudience::AzureADMyOrg;
    });
    let mut web = web(&bench, "bob", "3");
    web.browser.left = None;
    web.browser.get(&web.url);
    let code = web.browser.answer("code").unwrap();
    let at = |authority: &str, fields: &[(&str, &str)]| {
        bench.post_form(&format!("{LOGIN}/{authority}/oauth2/v2.0/token"), fields)
    };
    let own = |refresh: &Value| {
        [
            ("client_id", OWN.to_owned()),
            ("client_secret", "own-secret".to_owned()),
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", text(refresh, "refresh_token").to_owned()),
        ]
    };
    let fields = own(&web.tokens);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(json(&at("common", &fields))["error_codes"][0], 50194);
    assert_eq!(json(&at("consumers", &fields))["error_codes"][0], 9_002_332);
    let work = password_grant(&bench, "bob", "https://graph.microsoft.com/.default", false);
    let fields = [
        ("client_id", AZURE_CLI),
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&work, "refresh_token")),
    ];
    let stranger = json(&at("consumers", &fields));
    assert_eq!(stranger["error_codes"][0], 50020);
    let (name, _) = account(&bench, "bob");
    let home = format!("https://sts.windows.net/{}/", bench.tenant.id());
    let said = text(&stranger, "error_description");
    assert!(said.contains(&name) && said.contains(&home), "{said}");
    // A code of another client is not a matter of the family.
    let stolen = json(&token(
        &bench,
        &[
            ("client_id", AZURE_CLI),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ],
    ));
    assert_eq!(stolen["error_codes"][0], 70000);
    assert!(stolen.get("suberror").is_none());
    // What is wrong with the assertion is no failure of the client.
    let mut wrong = web.tokens.clone();
    wrong["access_token"] = j!("x");
    let refused = on_behalf(&bench, &wrong, "User.Read");
    assert_eq!(refused.status, 400);
    assert_eq!(json(&refused)["error_codes"][0], 50027);
    let saml = token(
        &bench,
        &[
            ("client_id", API),
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:saml2",
            ),
        ],
    );
    assert_eq!(saml.status, 501);
}

#[test]
fn an_account_of_one_tenant_refreshes_in_another_where_it_is_a_guest() {
    use entrasim_domain::directory::user::{Home, User, UserType};
    use entrasim_domain::id::ObjectId;
    let bench = Bench::at(BEFORE_PHASE_2);
    let options = entrasim::app::TenantOptions {
        seed: 7,
        clock: bench.tenant.read().clock,
        ..entrasim::app::TenantOptions::default()
    };
    let other = bench.app.create_tenant(&options).unwrap();
    let work = password_grant(&bench, "bob", "https://graph.microsoft.com/.default", true);
    let (name, _) = account(&bench, "bob");
    let home = Home {
        tenant: bench.tenant.id(),
        object_id: bench
            .tenant
            .read()
            .users
            .by_local_part("bob", 0)
            .unwrap()
            .id,
        principal_name: name,
        multifactor: false,
    };
    let guest = ObjectId::from_u128(0xb0b);
    other
        .write(|tenant| {
            let mut user = User::new(guest, "bob#EXT#", "Bob", tenant.created);
            user.user_type = UserType::Guest;
            user.home = Some(Box::new(home));
            tenant.users.put(user);
            Ok::<(), ()>(())
        })
        .unwrap();
    let refresh = || {
        json(&bench.post_form(
            &format!("{LOGIN}/{}/oauth2/v2.0/token", other.id()),
            &[
                ("client_id", AZURE_CLI),
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&work, "refresh_token")),
            ],
        ))
    };
    let there = refresh();
    let shown = claims(text(&there, "access_token"));
    assert_eq!(shown["oid"], guest.to_string());
    assert_eq!(shown["tid"], other.id().to_string());
    // At home it is revoked, and so everywhere.
    change_user(&bench, "bob", |user| user.revoke_sessions(user.created));
    assert_eq!(refresh()["error_codes"][0], 50173);
}
