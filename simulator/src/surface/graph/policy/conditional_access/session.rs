//! `sessionControls`: how long a sign-in lasts.

use core::time::Duration;

use entrasim_domain::policy::conditional_access::{SessionControls, SignInFrequency};
use serde_json::{Value, json};

use super::members::{CLASS, Members, known, not_simulated, require_unset};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

pub(super) fn read(members: &Members) -> Result<SessionControls, GraphError> {
    known(
        members,
        &[
            "applicationEnforcedRestrictions",
            "cloudAppSecurity",
            "signInFrequency",
            "persistentBrowser",
            "disableResilienceDefaults",
            "continuousAccessEvaluation",
            "secureSignInSession",
        ],
    )?;
    // They act in services that are not simulated; nothing here would show that they are set.
    require_unset(
        members,
        "conditionalAccessSessionControls",
        &[
            "applicationEnforcedRestrictions",
            "cloudAppSecurity",
            "secureSignInSession",
        ],
    )?;
    let enabled = |name: &str| {
        members
            .get(name)
            .filter(|value| !value.is_null() && value.get("isEnabled") != Some(&json!(false)))
    };
    let mut parsed = SessionControls {
        // It only acts while the sign-in service is down.
        disable_resilience_defaults: members.get("disableResilienceDefaults") == Some(&json!(true)),
        ..SessionControls::default()
    };
    if let Some(value) = enabled("signInFrequency") {
        let (frequency, in_days) = frequency(value)?;
        parsed.sign_in_frequency = Some(frequency);
        parsed.frequency_in_days = in_days;
    }
    if let Some(value) = enabled("persistentBrowser") {
        parsed.persistent_browser = match value.get("mode").and_then(Value::as_str) {
            Some("always") => Some(true),
            Some("never") => Some(false),
            _ => return Err(invalid("persistentBrowser", CLASS)),
        };
    }
    if let Some(value) = enabled("continuousAccessEvaluation") {
        parsed.continuous_access_disabled = match value.get("mode").and_then(Value::as_str) {
            Some("disabled") => true,
            Some(mode @ ("strictEnforcement" | "strictLocation")) => {
                return Err(not_simulated(
                    "conditionalAccessSessionControls/continuousAccessEvaluation",
                    mode,
                ));
            }
            _ => return Err(invalid("continuousAccessEvaluation", CLASS)),
        };
    }
    Ok(parsed)
}

/// The frequency, and whether it is said in days.
fn frequency(value: &Value) -> Result<(SignInFrequency, bool), GraphError> {
    let wrong = || invalid("signInFrequency", CLASS);
    let second_factor_only =
        value.get("authenticationType") == Some(&json!("secondaryAuthentication"));
    if value.get("frequencyInterval") == Some(&json!("everyTime")) {
        let frequency = SignInFrequency {
            every: None,
            second_factor_only,
        };
        return Ok((frequency, false));
    }
    let in_days = match value.get("type").and_then(Value::as_str) {
        Some("days") => true,
        Some("hours") => false,
        _ => return Err(wrong()),
    };
    let number = value
        .get("value")
        .and_then(Value::as_u64)
        .filter(|number| (1..=365).contains(number))
        .ok_or_else(wrong)?;
    let unit = if in_days { DAY } else { HOUR };
    let frequency = SignInFrequency {
        every: Some(Duration::from_secs(number * unit)),
        second_factor_only,
    };
    Ok((frequency, in_days))
}

/// As Graph shows them.
pub(super) fn show(session: &SessionControls) -> Value {
    if *session == SessionControls::default() {
        return Value::Null;
    }
    all(session)
}

pub(super) fn all(session: &SessionControls) -> Value {
    let frequency = session
        .sign_in_frequency
        .map(|frequency| show_frequency(frequency, session.frequency_in_days));
    let persistent = session.persistent_browser.map(|always| {
        let mode = if always { "always" } else { "never" };
        json!({"mode": mode, "isEnabled": true})
    });
    json!({
        "disableResilienceDefaults": session.disable_resilience_defaults.then_some(true),
        "applicationEnforcedRestrictions": null,
        "cloudAppSecurity": null,
        "secureSignInSession": null,
        "signInFrequency": frequency,
        "persistentBrowser": persistent,
        "continuousAccessEvaluation": session.continuous_access_disabled.then(|| json!({"mode": "disabled"})),
    })
}

fn show_frequency(frequency: SignInFrequency, in_days: bool) -> Value {
    let (unit, word) = if in_days {
        (DAY, "days")
    } else {
        (HOUR, "hours")
    };
    let authentication = if frequency.second_factor_only {
        "secondaryAuthentication"
    } else {
        "primaryAndSecondaryAuthentication"
    };
    let every = frequency.every.map(|every| every.as_secs() / unit);
    json!({
        "value": every, "type": every.map(|_| word), "authenticationType": authentication,
        "frequencyInterval": if every.is_some() { "timeBased" } else { "everyTime" }, "isEnabled": true,
    })
}
