//! The other methods: added, made the default, deleted; and the password.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::credential::one_time_code;
use entrasim_domain::sign_in::phone::{Prompt, PromptState};
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{Person, With, pass_for};
use crate::sts::pages::{allow, change_user};
use crate::support::{account, activities, text};
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim_domain::policy::authentication_methods::MethodName;

/// The code that somebody's Authenticator shows.
pub(super) fn code_of_app(bench: &Bench, name: &str) -> String {
    let tenant = bench.tenant.read();
    let user = tenant.users.by_local_part(name, 0).unwrap();
    let secret = user.methods.iter().find_map(|method| match &method.kind {
        MethodKind::MicrosoftAuthenticator(app) => app.oath.clone(),
        MethodKind::SoftwareOath(oath) => Some(oath.clone()),
        _ => None,
    });
    secret.unwrap().code(tenant.now(Timestamp::UNIX_EPOCH))
}

/// Answers the newest prompt.
fn answer(bench: &Bench, state: PromptState) {
    bench
        .tenant
        .write(|tenant| {
            let newest = tenant
                .sign_in
                .prompts
                .values()
                .max_by_key(|prompt| prompt.created);
            let mut prompt = Prompt::clone(newest.unwrap());
            prompt.state = state;
            let now = prompt.created;
            tenant.sign_in.put_prompt(prompt, now);
            Ok::<(), ()>(())
        })
        .unwrap();
}

fn newest_code(bench: &Bench) -> String {
    let tenant = bench.tenant.read();
    tenant
        .sign_in
        .messages
        .back()
        .unwrap()
        .code
        .clone()
        .unwrap()
}

fn app_data(person: &Person<'_>, kind: i64) -> (Vec<u8>, String) {
    let app = person.post(
        "authenticationmethods/initializemobileapp",
        &json!({"securityInfoType": kind}),
    );
    let secret = text(&app, "SecretKey").to_owned();
    assert!(text(&app, "QrCode").starts_with("iVBOR"), "a PNG");
    let data = json!({"secretKey": secret, "affinityRegion": null, "isResendNotificationChallenge": false});
    (
        one_time_code::from_base32(&secret).unwrap(),
        data.to_string(),
    )
}

#[test]
fn who_has_only_a_password_registers_apps_phones_and_addresses() {
    let bench = Bench::at(AFTER_PHASE_2);
    allow(&bench, MethodName::Voice);
    let person = Person::signed_in(&bench, "breakglass1", With::Password, "");
    // Each is begun before the first is there: from then on the password alone changes nothing.
    let text_data = json!({"phoneNumber": "1511 2345678", "countryCode": "49"}).to_string();
    let call_data = json!({"phoneNumber": "3012345", "countryCode": "49"}).to_string();
    assert_eq!(person.begin(6, r#"{"phoneNumber": "1"}"#)["ErrorCode"], 29);
    assert_eq!(person.begin(8, "no address")["ErrorCode"], 4);
    assert_eq!(person.begin(14, "")["ErrorCode"], 4);
    let email = person.begin(8, "me@example.org");
    assert_eq!(
        person.verify(8, &email["VerificationContext"], "no")["ErrorCode"],
        24
    );
    let done = person.verify(8, &email["VerificationContext"], &newest_code(&bench));
    assert_eq!(
        done["VerificationState"], 2,
        "an address is no second factor"
    );
    let office = person.begin(7, &call_data);
    let waiting = person.verify(7, &office["VerificationContext"], "");
    assert_eq!(waiting["VerificationState"], 5);
    assert_eq!(waiting["ErrorCode"], 0);
    let mobile = person.begin(6, &text_data);
    let code = newest_code(&bench);
    assert_eq!(
        person.verify(6, &mobile["VerificationContext"], &code)["VerificationState"],
        2
    );
    let names = activities(&bench);
    assert!(
        names.contains(&"User registered security info"),
        "{names:?}"
    );
    let methods = {
        let tenant = bench.tenant.read();
        let user = tenant.users.by_local_part("breakglass1", 0).unwrap();
        format!("{:?}", user.methods)
    };
    assert!(methods.contains("+49 15112345678"), "{methods}");
    // Now there is a second factor, and it has to be shown.
    let later = Person::signed_in(&bench, "breakglass1", With::Password, "");
    assert_eq!(later.session["isAuthorized"], false);
    assert_eq!(later.session["requireMfa"], true);
    assert_eq!(later.session["sessionCtxV2"], Value::Null);
    assert_eq!(
        later.session["reason"]["rule"],
        "security-info.second-factor"
    );
    answer(&bench, PromptState::Approved);
    assert_eq!(
        person.verify(7, &office["VerificationContext"], "")["ErrorCode"],
        6
    );
}

#[test]
fn apps_prove_themselves_by_a_code_or_an_approved_notification() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (pass, _) = pass_for(&bench, "breakglass1", false);
    let mut person = Person::with_pass(&bench, "breakglass1", &pass);
    person.freshen().unwrap();
    let (secret, data) = app_data(&person, 3);
    let begun = person.begin(3, &data);
    assert_eq!(begun["VerificationState"], 1);
    let context = &begun["VerificationContext"];
    assert_eq!(person.verify(3, context, "000000")["ErrorCode"], 24);
    let code = one_time_code::code(&secret, bench.tenant.read().now(Timestamp::UNIX_EPOCH));
    assert_eq!(person.verify(3, context, &code)["VerificationState"], 2);
    for state in [PromptState::Denied, PromptState::Approved] {
        let (_, data) = app_data(&person, 2);
        let begun = person.begin(2, &data);
        let shown: Value = serde_json::from_str(text(&begun, "Data")).unwrap();
        assert!((10..100).contains(&shown["entropy"].as_i64().unwrap()));
        let context = &begun["VerificationContext"];
        assert_eq!(person.verify(2, context, "")["VerificationState"], 5);
        answer(&bench, state);
        let done = person.verify(2, context, "");
        if state == PromptState::Denied {
            assert_eq!(done["ErrorCode"], 31);
        } else {
            assert_eq!(done["VerificationState"], 2, "{done}");
            assert_eq!(
                person.verify(2, context, "")["ErrorCode"],
                27,
                "it counts once"
            );
        }
    }
    let methods = person.methods();
    let apps = methods["AuthenticatorApp"]["Data"].as_array().unwrap();
    assert_eq!(apps.len(), 2);
    // What was registered first is the default, and stays while there are others.
    let first = apps.iter().find(|app| app["IsDefault"] == true).unwrap();
    assert_eq!(person.delete(1, &first["Id"])["ErrorCode"], 34);
    let changed = person.post("authenticationmethods/setdefault", &json!({"Data": "push"}));
    assert_eq!(changed["ErrorCode"], 0);
    assert_eq!(
        person.post("authenticationmethods/setdefault", &json!({"Data": "sms"}))["ErrorCode"],
        5
    );
    assert_eq!(person.delete(1, &first["Id"])["Deleted"], true);
    assert_eq!(person.delete(1, &first["Id"])["ErrorCode"], 5);
    // Five of a kind are the most.
    for _ in 0..5 {
        let (secret, data) = app_data(&person, 3);
        let begun = person.begin(3, &data);
        let code = one_time_code::code(&secret, bench.tenant.read().now(Timestamp::UNIX_EPOCH));
        assert_eq!(
            person.verify(3, &begun["VerificationContext"], &code)["ErrorCode"],
            0
        );
    }
    let (_, data) = app_data(&person, 3);
    let refused = person.begin(3, &data);
    assert_eq!(refused["reason"]["rule"], "security-info.limit");
    // Their own pass goes, too, and with it what it opened.
    let pass = person.methods()["TemporaryAccessPass"]["Data"][0]["Id"].clone();
    assert_eq!(person.delete(14, &pass)["Deleted"], true);
}

#[test]
fn the_password_is_changed_with_the_old_one() {
    let bench = Bench::at(AFTER_PHASE_2);
    let (_, old) = account(&bench, "breakglass1");
    let person = Person::signed_in(&bench, "breakglass1", With::Password, "");
    let change = |current: &str, new: &str| {
        person.post(
            "password/change",
            &json!({"currentPassword": current, "newPassword": new}),
        )["ErrorCode"]
            .clone()
    };
    assert_eq!(change("wrong", "Xx12345678"), 24);
    assert_eq!(change(&old, &old), 4);
    assert_eq!(change(&old, "simple"), 4);
    assert_eq!(change(&old, "Xx12345678"), 0);
    // What was signed in before is over.
    let context = person.session["sessionCtxV2"].as_str().unwrap();
    let reply = bench.send(
        "GET",
        "https://mysignins.microsoft.com/api/authenticationmethods/availablemethods",
        &[("sessionctxv2", context)],
        "",
    );
    assert_eq!(reply.status, 401);
}

#[test]
fn nobody_is_let_in_without_a_token_for_security_info() {
    let bench = Bench::at(AFTER_PHASE_2);
    let authorize = "https://mysignins.microsoft.com/api/session/authorize";
    let other = format!("Bearer {}", crate::support::arm_token(&bench, "alice"));
    for header in ["", "Bearer x", other.as_str()] {
        let reply = bench.send("POST", authorize, &[("authorization", header)], "{}");
        assert_eq!(reply.status, 401, "{header}");
    }
    let person = Person::signed_in(&bench, "breakglass1", With::Password, "");
    change_user(&bench, "breakglass1", |user| user.account_enabled = false);
    let context = person.session["sessionCtxV2"].as_str().unwrap();
    for context in ["", "x", context] {
        let reply = bench.send(
            "POST",
            "https://mysignins.microsoft.com/api/authenticationmethods/new",
            &[("sessionctxv2", context)],
            r#"{"Type": 18}"#,
        );
        assert_eq!(reply.status, 401, "{context}");
    }
}
