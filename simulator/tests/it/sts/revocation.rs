//! Revocation: whatever ends a user's sign-ins ends everything that follows from them, at the very instant.

use crate::testing::browser::Browser;
use crate::testing::{BEFORE_PHASE_2, Bench};
use entrasim::wire::Reply;
use serde_json::{Value, json as j};

use super::catalogue::own_app;
use super::pages::authorize_url;
use super::web_app::{Web, allow_api_on_graph, on_behalf, password_grant, refresh_web, web};
use crate::support::{account, json, password_token, text};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";
const NEW_PASSWORD: &str = "Newpass-1234!";

fn as_admin(bench: &Bench, method: &str, path: &str, content: &Value) -> u16 {
    let scope = "https://graph.microsoft.com/.default";
    let token = json(&password_token(bench, "breakglass1", scope));
    let authorization = format!("Bearer {}", text(&token, "access_token"));
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let content = if content.is_null() {
        String::new()
    } else {
        content.to_string()
    };
    let reply = bench.send(method, &format!("{GRAPH}{path}"), &headers, &content);
    reply.status.as_u16()
}

fn me(bench: &Bench, token: &str) -> Reply {
    let authorization = format!("Bearer {token}");
    bench.send(
        "GET",
        &format!("{GRAPH}/me"),
        &[("authorization", &authorization)],
        "",
    )
}

/// What ends bob's sign-ins.
#[derive(Clone, Copy, Debug)]
enum Trigger {
    Revoked,
    Reset,
    Changed,
    Disabled,
    DisabledAndEnabled,
    Deleted,
}

impl Trigger {
    fn pull(self, bench: &Bench) {
        let (name, password) = account(bench, "bob");
        let user = format!("/users/{name}");
        let done = match self {
            Self::Revoked => as_admin(
                bench,
                "POST",
                &format!("{user}/revokeSignInSessions"),
                &Value::Null,
            ),
            Self::Reset => as_admin(
                bench,
                "PATCH",
                &user,
                &j!({"passwordProfile": {"password": NEW_PASSWORD, "forceChangePasswordNextSignIn": false}}),
            ),
            Self::Changed => {
                // Asking for a change ends nothing yet; the change does.
                let asked = j!({"passwordProfile": {"forceChangePasswordNextSignIn": true}});
                let asked = as_admin(bench, "PATCH", &user, &asked);
                let mut browser = Browser::new(bench);
                browser.get(&authorize_url("")).sign_in(&name, &password);
                browser.submit(&[
                    ("currentpasswd", &password),
                    ("newpasswd", NEW_PASSWORD),
                    ("confirmnewpasswd", NEW_PASSWORD),
                ]);
                assert_eq!(browser.page(), "KmsiInterrupt", "the change is made");
                browser.submit(&[("LoginOptions", "3")]);
                assert!(browser.answer("code").is_some(), "and signs in at once");
                asked
            }
            Self::Disabled => as_admin(bench, "PATCH", &user, &j!({"accountEnabled": false})),
            Self::DisabledAndEnabled => {
                as_admin(bench, "PATCH", &user, &j!({"accountEnabled": false}));
                as_admin(bench, "PATCH", &user, &j!({"accountEnabled": true}))
            }
            Self::Deleted => as_admin(bench, "DELETE", &user, &Value::Null),
        };
        assert!((200..300).contains(&done), "{self:?}: {done}");
    }

    /// The error of the token endpoint afterwards.
    fn number(self) -> u64 {
        match self {
            Self::Deleted => 50034,
            _ => 50173,
        }
    }
}

#[test]
fn whatever_ends_sign_ins_ends_every_credential_at_that_instant() {
    for trigger in [
        Trigger::Revoked,
        Trigger::Reset,
        Trigger::Changed,
        Trigger::Disabled,
        Trigger::DisabledAndEnabled,
        Trigger::Deleted,
    ] {
        let bench = Bench::at(BEFORE_PHASE_2);
        own_app(&bench, |_, _| {});
        allow_api_on_graph(&bench);
        let Web {
            mut browser,
            tokens,
            url,
        } = web(&bench, "bob", "1");
        browser.left = None;
        browser.get(&url);
        let code = browser.answer("code").unwrap();
        let graph = "https://graph.microsoft.com/.default";
        let long = password_grant(&bench, "bob", graph, true);
        let short = password_grant(&bench, "bob", graph, false);
        assert_eq!(refresh_web(&bench, &tokens).status, 200);
        assert_eq!(on_behalf(&bench, &tokens, "User.Read").status, 200);
        assert_eq!(me(&bench, text(&long, "access_token")).status, 200);

        trigger.pull(&bench);

        let number = |reply: &Reply| json(reply)["error_codes"][0].as_u64();
        let expected = Some(trigger.number());
        let refused = refresh_web(&bench, &tokens);
        assert_eq!(number(&refused), expected, "{trigger:?}: refresh token");
        assert_eq!(json(&refused)["suberror"], "bad_token");
        let obo = on_behalf(&bench, &tokens, "User.Read");
        assert_eq!(number(&obo), expected, "{trigger:?}: on behalf of");
        let redeemed = super::web_app::redeem_web(&bench, &code);
        assert_eq!(number(&redeemed), expected, "{trigger:?}: code");
        browser.left = None;
        browser.get(&format!("{url}&prompt=none"));
        assert_eq!(
            browser.answer("error").as_deref(),
            Some("login_required"),
            "{trigger:?}: cookie"
        );
        let challenged = me(&bench, text(&long, "access_token"));
        assert_eq!(challenged.status, 401, "{trigger:?}: a token with cp1");
        let challenge = challenged.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("insufficient_claims"), "{challenge}");
        let left = me(&bench, text(&short, "access_token")).status;
        let gone = matches!(trigger, Trigger::Deleted);
        assert_eq!(left == 200, !gone, "{trigger:?}: a short token: {left}");
    }
}

#[test]
fn what_is_signed_in_after_a_revocation_at_the_same_instant_counts() {
    let bench = Bench::at(BEFORE_PHASE_2);
    own_app(&bench, |_, _| {});
    allow_api_on_graph(&bench);
    Trigger::Revoked.pull(&bench);
    Trigger::Revoked.pull(&bench);
    let Web {
        mut browser,
        tokens,
        url,
    } = web(&bench, "bob", "3");
    assert_eq!(refresh_web(&bench, &tokens).status, 200);
    assert_eq!(on_behalf(&bench, &tokens, "User.Read").status, 200);
    browser.left = None;
    browser.get(&format!("{url}&prompt=none"));
    assert!(browser.answer("code").is_some());
    let graph = "https://graph.microsoft.com/.default";
    let long = password_grant(&bench, "bob", graph, true);
    assert_eq!(me(&bench, text(&long, "access_token")).status, 200);
}

#[test]
fn high_risk_and_mfa_turned_on_challenge_access_tokens_and_leave_sessions() {
    use entrasim_domain::directory::user::PerUserMfa;
    use entrasim_domain::enforcement::facts::Risk;
    for risky in [true, false] {
        let bench = Bench::at(BEFORE_PHASE_2);
        let graph = "https://graph.microsoft.com/.default";
        let long = password_grant(&bench, "bob", graph, true);
        let short = password_grant(&bench, "bob", graph, false);
        super::pages::change_user(&bench, "bob", |user| {
            if risky {
                user.set_risk(Risk::High, user.created);
            } else {
                user.set_per_user_mfa(PerUserMfa::Enabled, user.created);
            }
        });
        assert_eq!(me(&bench, text(&long, "access_token")).status, 401);
        assert_eq!(me(&bench, text(&short, "access_token")).status, 200);
        super::pages::change_user(&bench, "bob", |user| {
            user.set_per_user_mfa(PerUserMfa::Disabled, user.created);
        });
        // The policies decide what a new one takes; none does here.
        let fields = [
            ("client_id", crate::support::AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&long, "refresh_token")),
            ("scope", graph),
            ("claims", super::web_app::CP1),
        ];
        let again = crate::support::token(&bench, &fields);
        assert_eq!(again.status, 200);
        let again = json(&again);
        assert_eq!(me(&bench, text(&again, "access_token")).status, 200);
    }
}

#[test]
fn the_box_of_the_current_password_counts_toward_lockout() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let (name, password) = account(&bench, "bob");
    super::pages::change_user(&bench, "bob", |user| {
        user.password.as_mut().unwrap().must_change = true;
    });
    let mut browser = Browser::new(&bench);
    browser.get(&authorize_url("")).sign_in(&name, &password);
    let mut change = |current: &str| {
        browser.submit(&[
            ("currentpasswd", current),
            ("newpasswd", NEW_PASSWORD),
            ("confirmnewpasswd", NEW_PASSWORD),
        ]);
        browser.html.contains("locked")
    };
    for wrong in 0..10 {
        assert!(!change(&format!("wrong{wrong}")), "{wrong}");
    }
    assert!(change(&password), "the right one comes too late");
}

#[test]
fn deleting_a_pass_revokes_sessions_only_where_the_knob_says_so() {
    for revokes in [false, true] {
        let bench = Bench::at(BEFORE_PHASE_2);
        bench
            .tenant
            .write(|tenant| {
                tenant.knobs.tap_delete_revokes_sessions = revokes;
                Ok::<(), ()>(())
            })
            .unwrap();
        let tokens = password_grant(&bench, "bob", "https://graph.microsoft.com/.default", false);
        super::web_app::give_pass(&bench, "bob");
        let (name, _) = account(&bench, "bob");
        let pass = bench
            .tenant
            .read()
            .users
            .by_local_part("bob", 0)
            .unwrap()
            .methods
            .iter()
            .find(|method| {
                matches!(
                    method.kind,
                    entrasim_domain::credential::method::MethodKind::TemporaryAccessPass(_)
                )
            })
            .unwrap()
            .id;
        let path = format!("{GRAPH}/users/{name}/authentication/temporaryAccessPassMethods/{pass}");
        let app = json(&crate::support::app_token(
            &bench,
            "https://graph.microsoft.com/.default",
        ));
        let authorization = format!("Bearer {}", text(&app, "access_token"));
        let deleted = bench.send("DELETE", &path, &[("authorization", &authorization)], "");
        assert_eq!(deleted.status, 204);
        let fields = [
            ("client_id", crate::support::AZURE_CLI),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
        ];
        let again = crate::support::token(&bench, &fields);
        assert_eq!(again.status == 200, !revokes, "revokes: {revokes}");
    }
}
