//! What a step must come to, held against what came.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::http::Answer;
use super::play::fill;
use super::{CommandResult, Failure, Source, StepResult};
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
        variables: &result.variables,
        list: Vec::new(),
    };
    let nothing = Expect::default();
    let says_nothing = expect.is_none();
    let expect = expect.unwrap_or(&nothing);
    if let Some(ran) = &result.command {
        failures.command(here, expect, ran);
    } else if result.status >= 400 && expect.status.is_none() && expect.code.is_none() {
        // A refusal that nobody expected is a failure, whatever else was expected.
        let expected = if says_nothing {
            "success (the step expects nothing else)"
        } else {
            "success"
        };
        failures.add(here, "status", expected, &describe(result, answer));
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
    let challenge = challenge(answer).unwrap_or_else(|| "none".to_owned());
    failures.text_is("challenge", expect.challenge.as_ref(), Some(&challenge));
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
        if !body.contains(&fill(&wanted.value, &result.variables)) {
            let shown: String = body.chars().take(200).collect();
            failures.add(wanted.referenced, "text", &wanted.value, &shown);
        }
    }
    failures.headers(expect, answer);
    failures.reasons(expect, result);
    if let Some(log) = &expect.log {
        failures.log("sign_in", &log.sign_in, result);
        failures.log("audit", &log.audit, result);
        failures.log("activity", &log.activity, result);
    }
    failures.list
}

struct Failures<'a> {
    source: &'a Source,
    variables: &'a BTreeMap<String, String>,
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

    /// A command ends with 0 unless something else is expected.
    fn command(&mut self, here: Location, expect: &Expect, ran: &CommandResult) {
        let wanted = expect.exit.as_ref().map_or(0, |exit| exit.value);
        if ran.exit != wanted {
            let at = expect.exit.as_ref().map_or(here, |exit| exit.referenced);
            let said = ran.stderr.trim().lines().last().unwrap_or_default();
            let actual = format!("{}: {said}", ran.exit);
            self.add(at, "exit", &wanted.to_string(), &actual);
        }
        self.matches("stdout", expect.stdout.as_ref(), &ran.stdout);
        self.matches("stderr", expect.stderr.as_ref(), &ran.stderr);
        for (name, pattern) in &expect.files {
            let what = format!("file {name}");
            match ran.files.get(name) {
                Some(text) => self.matches(&what, Some(pattern), text),
                None => self.add(pattern.referenced, &what, &pattern.value, "(no such file)"),
            }
        }
    }

    fn matches(&mut self, what: &str, pattern: Option<&Spanned<String>>, text: &str) {
        let Some(pattern) = pattern else { return };
        // The parser has refused what is no pattern.
        if !regex::Regex::new(&pattern.value).is_ok_and(|known| known.is_match(text)) {
            let shown: String = text.trim().chars().take(200).collect();
            self.add(pattern.referenced, what, &pattern.value, &shown);
        }
    }

    fn headers(&mut self, expect: &Expect, answer: &Answer) {
        for (name, wanted) in &expect.headers {
            let actual = answer.header(name);
            let is_met = match (&wanted.value, actual) {
                (Some(part), Some(actual)) => actual.contains(part.as_str()),
                (None, actual) => actual.is_none(),
                (Some(_), None) => false,
            };
            if !is_met {
                let expected = wanted.value.as_deref().unwrap_or("(no such header)");
                let actual = actual.unwrap_or("(no such header)");
                self.add(
                    wanted.referenced,
                    &format!("header {name}"),
                    expected,
                    actual,
                );
            }
        }
    }

    fn reasons(&mut self, expect: &Expect, result: &StepResult) {
        for (rule, wanted) in &expect.reasons {
            let said = result.said(rule);
            if !said
                .as_deref()
                .is_some_and(|said| said.contains(&wanted.value))
            {
                let actual = said.as_deref().unwrap_or("(the rule was not asked)");
                self.add(
                    wanted.referenced,
                    &format!("reason {rule}"),
                    &wanted.value,
                    actual,
                );
            }
        }
    }

    /// One entry has to have all the members. What the nearest entry does not have is told.
    fn log(
        &mut self,
        log: &'static str,
        wanted: &BTreeMap<String, Spanned<Value>>,
        result: &StepResult,
    ) {
        let nothing = Vec::new();
        let entries = result.logs.get(log).unwrap_or(&nothing);
        let has = |entry: &Value, (path, value): (&String, &Spanned<Value>)| {
            at_path(entry, path) == Some(&filled(&value.value, &result.variables))
        };
        let met = |entry: &&Value| wanted.iter().filter(|member| has(entry, *member)).count();
        // The first of the nearest: the newest.
        let nearest = entries.iter().rev().max_by_key(met);
        for (path, value) in wanted {
            if !nearest.is_some_and(|entry| has(entry, (path, value))) {
                let actual = match nearest {
                    Some(entry) => at_path(entry, path)
                        .cloned()
                        .unwrap_or_default()
                        .to_string(),
                    None => "(the log is empty)".to_owned(),
                };
                let what = format!("log {log} {path}");
                let expected = filled(&value.value, &result.variables).to_string();
                self.add(value.referenced, &what, &expected, &actual);
            }
        }
    }

    fn same(&mut self, wanted: &Spanned<Value>, what: &str, actual: &Value) {
        let expected = filled(&wanted.value, self.variables);
        if expected != *actual {
            self.add(
                wanted.referenced,
                what,
                &expected.to_string(),
                &actual.to_string(),
            );
        }
    }
}

/// A value with names in braces replaced, however deep they are.
fn filled(value: &Value, variables: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, variables)),
        Value::Array(items) => items.iter().map(|item| filled(item, variables)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), filled(member, variables)))
            .collect(),
        other => other.clone(),
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
