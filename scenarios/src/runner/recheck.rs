//! What was played, held against its file again: nothing is sent. The player judges each step with the same functions.

use serde_json::Value;
use serde_saphyr::Location;

use super::expectation::{at_path, check};
use super::http::Answer;
use super::{Failure, ScenarioResult, Source, StepResult};
use crate::language::Placed;
use crate::language::error::{ParseError, Place};
use crate::language::model::{Scenario, Step};
use crate::language::read::read;

/// Holds what was played against another version of its file: what is expected, what is kept, which rules are named. The
/// steps themselves have to be those that were played.
///
/// # Errors
/// The file cannot be read.
pub fn recheck(source: &Source, played: &ScenarioResult) -> Result<ScenarioResult, ParseError> {
    let mut result = played.clone();
    for telling in read(source)? {
        if telling.variant == played.variant {
            for (Placed { step, origin }, played) in telling.steps.iter().zip(&mut result.steps) {
                played.failures = judge(origin, step.referenced, &step.value, played);
            }
            result.failures = unspoken(&telling.source, &telling.scenario, &result.steps);
        }
    }
    Ok(result)
}

/// What is not as the step says.
pub(super) fn judge(
    source: &Source,
    here: Location,
    step: &Step,
    result: &StepResult,
) -> Vec<Failure> {
    let Some(answer) = &result.answer else {
        return unanswered(source, here, step);
    };
    let failures = check(source, here, step.expect.as_ref(), result, answer);
    if failures.is_empty() {
        unkept(source, step, answer)
    } else {
        failures
    }
}

/// A step without an answer cannot meet an expectation, and keeps nothing.
fn unanswered(source: &Source, here: Location, step: &Step) -> Vec<Failure> {
    if step.expect.is_none() && step.save.is_empty() {
        return Vec::new();
    }
    let (expected, actual) = ("an answer", "the step asks for none");
    vec![Failure::at(source, here.into(), "expect", expected, actual)]
}

/// What the step wants kept and the answer does not have.
fn unkept(source: &Source, step: &Step, answer: &Answer) -> Vec<Failure> {
    let body = answer.json();
    let is_kept = |path: &str| {
        matches!(
            at_path(&body, path),
            Some(Value::String(_) | Value::Number(_) | Value::Bool(_))
        )
    };
    let missing = step.save.values().filter(|path| !is_kept(&path.value));
    missing
        .map(|path| {
            let expected = format!("a text, a number or a truth value at `{}`", path.value);
            let actual = "nothing of the kind in the answer";
            Failure::at(source, path.referenced.into(), "save", &expected, actual)
        })
        .collect()
}

/// The rules that the scenario names and that never spoke.
pub(super) fn unspoken(source: &Source, scenario: &Scenario, steps: &[StepResult]) -> Vec<Failure> {
    let spoke = |rule: &str| {
        steps.iter().any(|step| {
            let said = |verdict| step.rules_saying(verdict).any(|said| said == rule);
            said("fired") || said("audited")
        })
    };
    let silent = scenario.rules.iter().filter(|rule| !spoke(&rule.value));
    silent
        .map(|rule| {
            let place = Place::from(rule.referenced);
            Failure::at(source, place, "rules", &rule.value, "the rule never spoke")
        })
        .collect()
}
