//! The way through the pages, without script: every page, every second factor, and what the app gets.

use crate::testing::Bench;
use crate::testing::browser::Browser;
use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, Phone, PhoneKind};
use entrasim_domain::directory::user::User;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::sign_in::phone::{Prompt, PromptState};
use entrasim_domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{AZURE_CLI, account, activities, claims, json, text};

pub(crate) const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCDEFG";
pub(crate) const REDIRECT: &str = "http://localhost:8400";

/// What the Azure CLI asks for, with more parameters at the end.
pub(crate) fn authorize_url(more: &str) -> String {
    format!(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id={AZURE_CLI}&response_type=code\
         &redirect_uri=http%3A%2F%2Flocalhost%3A8400&response_mode=form_post&code_challenge_method=plain&code_challenge={VERIFIER}\
         &scope=https%3A%2F%2Fmanagement.core.windows.net%2F%2F.default%20offline_access%20openid%20profile&state=s1&nonce=n1&client_info=1{more}"
    )
}

/// Redeems the code that the browser left with.
pub(crate) fn redeem(bench: &Bench, browser: &Browser<'_>) -> Value {
    let code = browser.answer("code").expect("a code");
    json(&redeem_code(bench, &code, &[]))
}

pub(crate) fn redeem_code(
    bench: &Bench,
    code: &str,
    more: &[(&str, &str)],
) -> entrasim::wire::Reply {
    let mut fields = vec![
        ("client_id", AZURE_CLI),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("client_info", "1"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(known, _)| known == name));
    fields.extend_from_slice(more);
    bench.post_form(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        &fields,
    )
}

pub(crate) fn change_user(bench: &Bench, name: &str, change: impl FnOnce(&mut User)) {
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

pub(crate) fn add_method(bench: &Bench, name: &str, kind: MethodKind) {
    change_user(bench, name, |user| {
        user.methods.push(AuthenticationMethod {
            id: Uuid::from_u128(u128::try_from(user.methods.len()).unwrap() + 77),
            registered: user.created,
            kind,
        });
    });
}

pub(crate) fn phone() -> MethodKind {
    MethodKind::Phone(Phone {
        number: "+49 15112345678".to_owned(),
        kind: PhoneKind::Mobile,
        sms_sign_in: false,
    })
}

/// Answers what waits on a user's phone.
pub(crate) fn answer_prompt(bench: &Bench, state: PromptState) {
    bench
        .tenant
        .write(|tenant| {
            let mut prompt = Prompt::clone(tenant.sign_in.prompts.values().next().unwrap());
            prompt.state = state;
            tenant.sign_in.prompts.insert(prompt.id, prompt.into());
            Ok::<(), ()>(())
        })
        .unwrap();
}

/// `authorize` of the Azure portal, with a sign-in from the beginning.
pub(crate) const PORTAL: &str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id=c44b4083-3bb0-49c1-b47d-974e53cbdf3c&response_type=code&redirect_uri=https%3A%2F%2Fportal.azure.com%2Fsignin%2Findex%2F&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&prompt=login";

/// Lets everybody use a kind of method.
pub(crate) fn allow(bench: &Bench, method: MethodName) {
    bench
        .tenant
        .write(|tenant| {
            tenant.authentication_methods.set(method, true);
            Ok::<(), ()>(())
        })
        .unwrap();
}

pub(crate) fn turn_campaign_on(bench: &Bench) {
    bench
        .tenant
        .write(|tenant| {
            tenant.authentication_methods.campaign.enabled = true;
            Ok::<(), ()>(())
        })
        .unwrap();
}

pub(crate) fn security_defaults(bench: &Bench) {
    bench
        .tenant
        .write(|tenant| {
            tenant.security_defaults = true;
            Ok::<(), ()>(())
        })
        .unwrap();
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2025-09-30T12:00:00Z").unwrap()
}

#[test]
fn a_password_leads_to_a_code_and_the_code_to_tokens() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    assert_eq!(browser.page(), "ConvergedSignIn");
    browser.submit(&[("loginfmt", &name)]);
    assert!(browser.html.contains("id=\"i0118\""), "{}", browser.html);
    browser.submit(&[("passwd", &password)]);
    assert_eq!(browser.page(), "KmsiInterrupt");
    browser.submit(&[("LoginOptions", "3")]);
    let (address, _) = browser.left.as_ref().unwrap();
    assert_eq!(address, REDIRECT);
    assert_eq!(browser.answer("state").as_deref(), Some("s1"));
    assert!(browser.answer("session_state").is_some());
    assert!(browser.answer("client_info").is_some());
    let tokens = redeem(&bench, &browser);
    let access = claims(text(&tokens, "access_token"));
    assert_eq!(access["amr"], serde_json::json!(["pwd"]));
    assert_eq!(access["idtyp"], "user");
    let id = claims(text(&tokens, "id_token"));
    assert_eq!(id["nonce"], "n1");
    assert_eq!(tokens["foci"], "1");
    assert!(
        tokens["scope"]
            .as_str()
            .unwrap()
            .contains("https://management.core.windows.net//.default")
    );
}

#[test]
fn tools_post_name_and_password_at_once() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url(""));
    let config = browser.config();
    let fields = [
        ("login", name.as_str()),
        ("loginfmt", &name),
        ("passwd", &password),
        ("type", "11"),
        ("ps", "2"),
        ("LoginOptions", "1"),
        ("ctx", config["sCtx"].as_str().unwrap()),
        ("flowToken", config["sFT"].as_str().unwrap()),
        ("canary", config["canary"].as_str().unwrap()),
        ("i13", "0"),
        ("PPSX", ""),
    ];
    let reply = bench.post_form(config["urlPost"].as_str().unwrap(), &fields);
    let html = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(html.contains("name=\"hiddenform\""), "{html}");
    assert!(html.contains("name=\"code\""));
}

#[test]
fn a_session_answers_the_next_app_without_asking() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    browser.submit(&[("LoginOptions", "3")]);
    browser.left = None;
    browser.get(&authorize_url(""));
    assert!(browser.answer("code").is_some());
    // Silent, too.
    browser.left = None;
    browser.get(&authorize_url("&prompt=none"));
    assert!(browser.answer("code").is_some());
    // Asked to choose, the person sees the account.
    browser.left = None;
    browser.get(&authorize_url("&prompt=select_account"));
    assert_eq!(browser.config()["arrSessions"][0]["name"], name.as_str());
    browser.follow(&name);
    assert!(browser.answer("code").is_some());
    // Asked to sign in again, the person does.
    browser.left = None;
    browser.get(&authorize_url("&prompt=login"));
    assert!(browser.left.is_none());
    assert_eq!(browser.page(), "ConvergedSignIn");
}

#[test]
fn only_who_stays_signed_in_is_known_after_the_window_closes() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    for (option, known) in [("3", false), ("1", true)] {
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("LoginOptions", option)]);
        browser.left = None;
        browser.close_window().get(&authorize_url("&prompt=none"));
        assert_eq!(browser.answer("code").is_some(), known);
        if !known {
            assert_eq!(browser.answer("error").as_deref(), Some("login_required"));
        }
    }
}

#[test]
fn sessions_end_by_revocation_and_by_a_disabled_account() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    for end in ["revoked", "disabled"] {
        let mut browser = Browser::new(&bench);
        browser.get(&authorize_url("")).sign_in(&name, &password);
        browser.submit(&[("LoginOptions", "1")]);
        browser.left = None;
        change_user(&bench, "bob", |user| match end {
            "revoked" => user.revoke_sessions(now()),
            _ => user.set_enabled(false, now()),
        });
        browser.get(&authorize_url("&prompt=none"));
        assert_eq!(
            browser.answer("error").as_deref(),
            Some("login_required"),
            "{end}"
        );
        change_user(&bench, "bob", |user| {
            user.account_enabled = true;
        });
    }
}

#[test]
fn a_temporary_password_is_changed_before_anything_else() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    change_user(&bench, "bob", |user| {
        user.password.as_mut().unwrap().must_change = true;
    });
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_eq!(browser.page(), "ConvergedChangePassword");
    for (current, new, again, said) in [
        ("wrong", "New-passw0rd", "New-passw0rd", "incorrect"),
        (&*password, "New-passw0rd", "Other-passw0rd", "do not match"),
        (&*password, "short", "short", "8 characters"),
    ] {
        browser.submit(&[
            ("currentpasswd", current),
            ("newpasswd", new),
            ("confirmnewpasswd", again),
        ]);
        assert!(browser.html.contains(said), "{said}: {}", browser.html);
    }
    browser.submit(&[
        ("currentpasswd", &password),
        ("newpasswd", "New-passw0rd"),
        ("confirmnewpasswd", "New-passw0rd"),
    ]);
    assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
    browser.submit(&[("LoginOptions", "3")]);
    assert!(redeem(&bench, &browser).get("access_token").is_some());
    assert_eq!(&*account(&bench, "bob").1, "New-passw0rd");
    assert!(activities(&bench).contains(&"Change user password"));
}

#[test]
fn five_accounts_with_six_apps_each_fit_into_a_cookie() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let mut browser = Browser::new(&bench);
    for user in [
        "admin",
        "alice",
        "bob",
        "student",
        "svc-deploy",
        "breakglass1",
    ] {
        let (name, password) = account(&bench, user);
        browser.left = None;
        browser
            .get(&authorize_url("&prompt=login"))
            .sign_in(&name, &password);
        browser.submit(&[("LoginOptions", "1")]);
        assert!(browser.answer("code").is_some(), "{user}");
    }
    for (name, value) in browser.cookies() {
        // Six apps would add at most this to each of five accounts.
        let with_apps = value.len() + 5 * 6 * 52;
        assert!(with_apps < 4_096, "{name}: {}", value.len());
    }
    browser.left = None;
    browser.get(&authorize_url("&prompt=select_account"));
    assert_eq!(browser.config()["arrSessions"].as_array().unwrap().len(), 5);
}

#[test]
fn a_page_from_before_a_revocation_asks_again() {
    let bench = Bench::at("2025-09-30T12:00:00Z");
    let (name, password) = account(&bench, "bob");
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    assert_eq!(browser.page(), "KmsiInterrupt");
    bench.set_clock("2025-09-30T12:01:00Z");
    change_user(&bench, "bob", |user| {
        user.revoke_sessions(Timestamp::parse("2025-09-30T12:00:30Z").unwrap());
    });
    browser.submit(&[("LoginOptions", "3")]);
    assert!(browser.left.is_none(), "nothing goes to the app");
    assert!(browser.html.contains("id=\"i0118\""), "{}", browser.html);
}
