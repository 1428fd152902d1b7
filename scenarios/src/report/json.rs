//! The report for programs. Two runs give the same bytes.

use serde_json::{Map, Value, json};

use crate::runner::{Exchange, Failure, Outcome, ScenarioResult, Side, StepResult};

/// `{"scenarios":[…],"passed":n,"failed":n}`
pub fn render(outcome: &Outcome) -> String {
    let scenarios: Vec<Value> = outcome.scenarios.iter().map(scenario).collect();
    let unreadable: Vec<Value> = outcome
        .unreadable
        .iter()
        .map(|error| json!(error.to_string()))
        .collect();
    let mut report = Map::new();
    report.insert("scenarios".to_owned(), json!(scenarios));
    report.insert("passed".to_owned(), json!(outcome.passed()));
    report.insert(
        "failed".to_owned(),
        json!(outcome.scenarios.len() - outcome.passed()),
    );
    if !unreadable.is_empty() {
        report.insert("unreadable".to_owned(), json!(unreadable));
    }
    format!("{}\n", Value::Object(report))
}

fn scenario(result: &ScenarioResult) -> Value {
    json!({
        "name": result.name, "variant": result.variant, "file": result.file, "tags": result.tags, "rules": result.rules, "passed": result.passed(),
        "failures": result.failures.iter().map(failure).collect::<Vec<_>>(),
        "steps": result.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &StepResult) -> Value {
    json!({
        "title": step.title, "fix": step.is_fix, "at": step.at,
        "side": match step.side { Side::Before => "before", Side::After => "after" },
        "actor": step.actor, "client": step.client, "action": step.action, "status": step.status, "code": step.code,
        "exchanges": step.exchanges.iter().map(exchange).collect::<Vec<_>>(), "exit": step.command.as_ref().map(|ran| ran.exit),
        "rule": step.rule(), "claims": step.claims, "decision": step.decision, "passes": step.remedies, "passed": step.failures.is_empty(),
        "failures": step.failures.iter().map(failure).collect::<Vec<_>>(),
    })
}

fn exchange(exchange: &Exchange) -> Value {
    json!({
        "method": exchange.method, "host": exchange.host, "target": exchange.target, "status": exchange.status,
    })
}

fn failure(failure: &Failure) -> Value {
    json!({
        "file": failure.file, "line": failure.place.line, "column": failure.place.column, "what": failure.what,
        "expected": failure.expected, "actual": failure.actual,
    })
}
