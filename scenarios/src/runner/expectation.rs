//! What a step must come to, held against what came.

use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::http::Answer;
use super::{Failure, Source, StepResult};
use crate::language::error::Place;
use crate::language::model::Expect;

/// Compares; `source` is the scenario's file, `here` the step.
pub(super) fn check(
    source: &Source,
    here: Location,
    expect: Option<&Expect>,
    result: &StepResult,
    answer: &Answer,
) -> Vec<Failure> {
    let mut failures = Failures {
        source,
        list: Vec::new(),
    };
    let Some(expect) = expect else {
        if result.status >= 400 {
            failures.add(
                here,
                "status",
                "success (the step expects nothing else)",
                &describe(result, answer),
            );
        }
        return failures.list;
    };
    // A refusal that nobody expected is a failure, whatever else was expected.
    let tolerates = expect.status.is_some() || expect.code.is_some();
    if result.status >= 400 && !tolerates {
        failures.add(here, "status", "success", &describe(result, answer));
    }
    if let Some(wanted) = &expect.status {
        let words = wanted
            .value
            .as_str()
            .map_or_else(|| wanted.value.to_string(), str::to_owned);
        let actual = result.status.to_string();
        let same = words.len() == actual.len()
            && words
                .chars()
                .zip(actual.chars())
                .all(|(w, a)| w == 'x' || w == a);
        if !same {
            failures.add(
                wanted.referenced,
                "status",
                &words,
                &describe(result, answer),
            );
        }
    }
    failures.text_is("code", expect.code.as_ref(), result.code.as_deref());
    let challenge = challenge(answer);
    failures.text_is("challenge", expect.challenge.as_ref(), challenge.as_deref());
    let decision = result.decision.as_ref();
    let member = |name: &str| decision.and_then(|decision| decision[name].as_str());
    failures.text_is("rule", expect.rule.as_ref(), member("rule"));
    failures.text_is("decision", expect.decision.as_ref(), member("outcome"));
    if let Some(wanted) = &expect.audited {
        let audited: Vec<&str> = result.rules_saying("audited").collect();
        if !audited.contains(&wanted.value.as_str()) {
            failures.add(
                wanted.referenced,
                "audited",
                &wanted.value,
                &format!("{audited:?}"),
            );
        }
    }
    for (name, wanted) in &expect.granted {
        let actual = result.claims.get(name).cloned().unwrap_or_default();
        failures.same(wanted, &format!("claim {name}"), &actual);
    }
    let body = answer.json();
    for (path, wanted) in &expect.body {
        let actual = at_path(&body, path).cloned().unwrap_or_default();
        failures.same(wanted, &format!("body {path}"), &actual);
    }
    if let Some(wanted) = &expect.text {
        let body = String::from_utf8_lossy(&answer.body);
        if !body.contains(&wanted.value) {
            let shown: String = body.chars().take(200).collect();
            failures.add(wanted.referenced, "text", &wanted.value, &shown);
        }
    }
    failures.list
}

struct Failures<'a> {
    source: &'a Source,
    list: Vec<Failure>,
}

impl Failures<'_> {
    fn add(&mut self, at: Location, what: &str, expected: &str, actual: &str) {
        let place = Place::from(at);
        self.list
            .push(Failure::at(self.source, place, what, expected, actual));
    }

    fn text_is(&mut self, what: &str, wanted: Option<&Spanned<String>>, actual: Option<&str>) {
        if let Some(wanted) = wanted.filter(|wanted| actual != Some(wanted.value.as_str())) {
            self.add(
                wanted.referenced,
                what,
                &wanted.value,
                actual.unwrap_or("(none)"),
            );
        }
    }

    fn same(&mut self, wanted: &Spanned<Value>, what: &str, actual: &Value) {
        if wanted.value != *actual {
            self.add(
                wanted.referenced,
                what,
                &wanted.value.to_string(),
                &actual.to_string(),
            );
        }
    }
}

fn describe(result: &StepResult, answer: &Answer) -> String {
    let code = result
        .code
        .as_deref()
        .map_or(String::new(), |code| format!(" {code}"));
    let body = answer.json();
    let reason = body["error"]["message"]
        .as_str()
        .or_else(|| body["error_description"].as_str());
    let reason = reason.map_or(String::new(), |reason| {
        format!(": {}", reason.chars().take(160).collect::<String>())
    });
    format!("{}{code}{reason}", result.status)
}

/// `value.0.name`; a name with full stops in it is tried whole first.
pub(super) fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    let inner = match value {
        Value::Array(items) => items.get(first.parse::<usize>().ok()?)?,
        other => other.get(first)?,
    };
    rest.map_or(Some(inner), |rest| at_path(inner, rest))
}

/// The first context that a claims challenge asks for.
pub(super) fn challenge(answer: &Answer) -> Option<String> {
    use base64::Engine;
    let header = answer.header("www-authenticate")?;
    let claims = header.split_once("claims=\"")?.1.split_once('"')?.0;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(claims)
        .ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    claims["access_token"]["acrs"]["values"][0]
        .as_str()
        .map(str::to_owned)
}
