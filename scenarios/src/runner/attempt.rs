//! Steps that speak to the control port: the circumstances of sign-ins, and attempts that are only thought of.

use std::collections::BTreeMap;
use std::io;

use http::HeaderMap;
use serde_json::{Value, json};

use super::StepResult;
use super::http::{Answer, Subject};
use crate::language::model::Circumstances;

/// Changes where sign-ins come from, how risky they are, and what else nobody on one machine can show.
pub(super) async fn change_circumstances(
    subject: &Subject,
    tenant: &str,
    wish: &Circumstances,
    filled: impl Fn(&str) -> String,
) -> io::Result<()> {
    let mut patch = json!({});
    let texts = [
        ("address", &wish.address),
        ("country", &wish.country),
        ("platform", &wish.platform),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            patch[name] = json!(text);
        }
    }
    for (name, on) in [
        ("trusts_home_mfa", wish.trusts_home_mfa),
        ("registration_campaign", wish.registration_campaign),
    ] {
        if let Some(on) = on {
            patch[name] = json!(on);
        }
    }
    let mut users = json!({});
    for (name, risk) in &wish.users {
        let mut row = json!({});
        for (member, word) in [
            ("user_risk", &risk.user_risk),
            ("sign_in_risk", &risk.sign_in_risk),
        ] {
            if let Some(word) = word {
                row[member] = json!(word);
            }
        }
        if let Some(passed) = risk.home_mfa {
            row["home_mfa"] = json!(passed);
        }
        users[filled(name)] = row;
    }
    patch["users"] = users;
    if let Some(knobs) = &wish.knobs {
        patch["knobs"] = json!(knobs);
    }
    subject
        .control(
            "PATCH",
            &format!("/tenants/{tenant}/circumstances"),
            Some(&patch),
        )
        .await
        .map(|_| ())
}

/// Asks for the decision on an attempt that nobody makes.
pub(super) async fn explain(
    subject: &Subject,
    tenant: &str,
    attempt: &BTreeMap<String, Value>,
) -> io::Result<Answer> {
    let decision = subject
        .control(
            "POST",
            &format!("/tenants/{tenant}/explain"),
            Some(&json!(attempt)),
        )
        .await?;
    Ok(Answer {
        status: 200,
        headers: HeaderMap::new(),
        body: decision.to_string().into(),
    })
}

/// The answer to such a question is the decision itself.
pub(super) fn describe(answer: &Answer, result: &mut StepResult) {
    let decision = answer.json();
    result.code = decision["code"].as_str().map(str::to_owned);
    result.decision = Some(decision);
}
