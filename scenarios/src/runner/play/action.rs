//! What steps do, in words; and the assignment of a policy as the call that it is.

use serde_json::json;

use crate::language::model::{
    CommandLine, HttpCall, PolicyAssignment, PolicyEffect, PolicyName, Step,
};

/// So much of a command's line is shown in reports.
const SHOWN: usize = 60;

/// What a step does, in a few words.
pub(super) fn action(step: &Step) -> String {
    if let Some(wish) = &step.sign_in {
        let wish = &wish.value;
        let proof = wish
            .proofs()
            .into_iter()
            .find(|(set, _)| *set)
            .map_or("", |(_, name)| name);
        let proof = match wish.mfa.as_deref() {
            Some("deny") => format!("{proof}, the prompt denied,"),
            Some("report") => format!("{proof}, the prompt reported,"),
            Some("timeout") => format!("{proof}, the prompt unanswered,"),
            Some("passwordless") => "Authenticator instead of the password".to_owned(),
            Some("access-pass") => "a Temporary Access Pass".to_owned(),
            Some("none") => format!("{proof} on the pages"),
            Some(word) if word.starts_with("register-") => format!("{proof}, registering"),
            Some(_) => format!("{proof}, second factor,"),
            None => proof.to_owned(),
        };
        let challenge = if wish.claims.is_some() {
            " and the challenge"
        } else {
            ""
        };
        return format!("sign in with {proof}{challenge}");
    }
    let call = step.arm.as_ref().or(step.graph.as_ref());
    if let Some(call) = call.or(step.security_info.as_ref()) {
        let (verb, path) = call
            .value
            .verbs()
            .first()
            .map_or(("", String::new()), |(verb, path)| {
                (*verb, (*path).to_owned())
            });
        let path = path
            .split('?')
            .next()
            .unwrap_or_default()
            .replace("/subscriptions/{sub}", "…");
        return format!("{verb} {path}");
    }
    if let Some(wish) = &step.policy {
        return format!(
            "assign {} in {:?}",
            definition(wish.value.assign).0,
            wish.value.effect
        );
    }
    if let Some(run) = &step.run {
        let line = match &run.value {
            CommandLine::Shell(line) => line.clone(),
            CommandLine::Arguments(words) => words.join(" "),
        };
        let line = line.lines().next().unwrap_or_default();
        let cut = if line.chars().count() > SHOWN {
            "…"
        } else {
            ""
        };
        let shown: String = line.chars().take(SHOWN).collect();
        return format!("run {shown}{cut}");
    }
    if step.tenant.is_some() {
        return "change the tenant".to_owned();
    }
    if let Some(wish) = &step.passkey {
        return format!("make a passkey for {}", wish.value.user);
    }
    if step.trust_list.is_some() {
        return "believe the authority of a key".to_owned();
    }
    if step.circumstances.is_some() {
        return "change the circumstances".to_owned();
    }
    if step.attempt.is_some() {
        return "ask what would be decided".to_owned();
    }
    "wait".to_owned()
}

/// The assignment's name, and the built-in definition's id.
fn definition(name: PolicyName) -> (&'static str, &'static str) {
    match name {
        PolicyName::MfaWrite => ("mfa-write", "4e6c27d5-a6ee-49cf-b2b4-d8fe90fa2b8b"),
        PolicyName::MfaDelete => ("mfa-delete", "db4a9d17-db75-4f46-9fcb-9f9526604417"),
    }
}

pub(super) fn policy_call(wish: &PolicyAssignment) -> HttpCall {
    let (name, id) = definition(wish.assign);
    let effect = match (wish.assign, wish.effect) {
        (_, PolicyEffect::Disabled) => "Disabled",
        (PolicyName::MfaWrite, PolicyEffect::Audit) => "Audit",
        (PolicyName::MfaWrite, PolicyEffect::Deny) => "Deny",
        (PolicyName::MfaDelete, PolicyEffect::Audit) => "AuditAction",
        (PolicyName::MfaDelete, PolicyEffect::Deny) => "DenyAction",
    };
    let mut properties = json!({
        "policyDefinitionId": format!("/providers/Microsoft.Authorization/policyDefinitions/{id}"),
        "parameters": {"effect": {"value": effect}},
    });
    if let Some(message) = &wish.message {
        properties["nonComplianceMessages"] = json!([{"message": message}]);
    }
    HttpCall {
        put: Some(format!(
            "/subscriptions/{{sub}}/providers/Microsoft.Authorization/policyAssignments/{name}"
        )),
        body: Some(json!({"properties": properties})),
        ..HttpCall::default()
    }
}
