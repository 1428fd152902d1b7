//! Temporary Access Passes through Graph: who gives them to whom, within which bounds, and what they open.

use crate::testing::browser::Browser;
use crate::testing::{AFTER_PHASE_2, Bench};
use entrasim::wire::Reply;
use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::{Value, json};

use crate::sts::pages::{allow, authorize_url, security_defaults};
use crate::support::{app_token, json as body, password_token, text};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";

fn call(bench: &Bench, token: &str, method: &str, path: &str, content: &Value) -> Reply {
    let authorization = format!("Bearer {token}");
    let content = if content.is_null() {
        String::new()
    } else {
        content.to_string()
    };
    bench.send(
        method,
        &format!("{GRAPH}{path}"),
        &[
            ("authorization", &authorization),
            ("content-type", "application/json"),
        ],
        &content,
    )
}

fn app(bench: &Bench) -> String {
    text(
        &body(&app_token(bench, "https://graph.microsoft.com/.default")),
        "access_token",
    )
    .to_owned()
}

fn enabled(bench: &Bench) {
    allow(bench, MethodName::TemporaryAccessPass);
}

const PASSES: &str =
    "/users/breakglass1@contoso.onmicrosoft.com/authentication/temporaryAccessPassMethods";

#[test]
fn a_pass_is_shown_once_opens_the_door_and_is_gone_when_it_is_deleted() {
    let bench = Bench::at(AFTER_PHASE_2);
    security_defaults(&bench);
    enabled(&bench);
    let token = app(&bench);
    let wish = json!({"@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethod", "lifetimeInMinutes": 60, "isUsableOnce": false});
    let made = call(&bench, &token, "POST", PASSES, &wish);
    assert_eq!(made.status, 201, "{}", body(&made));
    let made = body(&made);
    let value = text(&made, "temporaryAccessPass");
    assert_eq!(value.len(), 8);
    assert_eq!(made["isUsable"], true);
    assert_eq!(made["methodUsabilityReason"], "EnabledByPolicy");
    let listed = body(&call(&bench, &token, "GET", PASSES, &Value::Null));
    assert_eq!(listed["value"][0]["temporaryAccessPass"], Value::Null);
    let mut browser = Browser::new(&bench);
    browser
        .get(&authorize_url(""))
        .submit(&[("loginfmt", "breakglass1@contoso.onmicrosoft.com")]);
    browser.submit(&[("accesspass", value)]);
    assert_eq!(
        browser.page(),
        "KmsiInterrupt",
        "strong enough for security defaults"
    );
    // A new one takes the place of the old.
    let again = body(&call(&bench, &token, "POST", PASSES, &Value::Null));
    assert_ne!(again["id"], made["id"]);
    let listed = body(&call(&bench, &token, "GET", PASSES, &Value::Null));
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    let one = format!("{PASSES}/{}", text(&again, "id"));
    assert_eq!(
        call(&bench, &token, "DELETE", &one, &Value::Null).status,
        204
    );
    assert_eq!(call(&bench, &token, "GET", &one, &Value::Null).status, 404);
}

#[test]
fn the_policys_bounds_and_the_administrators_reach_are_kept() {
    let bench = Bench::at(AFTER_PHASE_2);
    let token = app(&bench);
    for wrong in [
        json!({"lifetimeInMinutes": 5}),
        json!({"lifetimeInMinutes": 500}),
        json!({"lifetimeInMinutes": "long"}),
        json!({"colour": "red"}),
    ] {
        assert_eq!(
            call(&bench, &token, "POST", PASSES, &wrong).status,
            400,
            "{wrong}"
        );
    }
    let disabled = call(&bench, &token, "POST", PASSES, &Value::Null);
    assert_eq!(disabled.status, 400, "passes are off");
    // People: a user without a role gives nobody a pass, an administrator not to themselves.
    let scope = "https://graph.microsoft.com/.default";
    let bob = body(&password_token(&bench, "bob", scope));
    assert_eq!(
        call(
            &bench,
            text(&bob, "access_token"),
            "POST",
            PASSES,
            &Value::Null
        )
        .status,
        403
    );
    let own = body(&password_token(&bench, "breakglass1", scope));
    assert_eq!(
        call(
            &bench,
            text(&own, "access_token"),
            "POST",
            PASSES,
            &Value::Null
        )
        .status,
        403
    );
}
