//! What a change of the tenant would break, for people and for programs.

use core::fmt::Write;

use serde_json::{Value, json};

use super::text::Style;
use crate::runner::StepResult;
use crate::runner::what_if::{Change, Compared, Comparison, Difference};

/// For people.
pub fn text(comparison: &Comparison, changes: &[Change], style: Style) -> String {
    let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let mut out = format!("What if: {}\n\n", words.join(", "));
    for scenario in &comparison.scenarios {
        story(&mut out, scenario, style);
    }
    for error in &comparison.unreadable {
        let _ = writeln!(out, "{error}");
    }
    out
}

fn story(out: &mut String, scenario: &Compared, style: Style) {
    let differences = scenario.differences();
    let broken = differences
        .iter()
        .filter(|difference| difference.breaks())
        .count();
    let _ = writeln!(out, "{}", style.paint("1", &scenario.before.name));
    let count = format!("{broken} of {} calls break", scenario.calls());
    let colour = if broken == 0 { "32" } else { "31" };
    let _ = writeln!(out, "  {}", style.paint(colour, &count));
    for difference in &differences {
        call(out, difference, style);
    }
    out.push('\n');
}

fn call(out: &mut String, difference: &Difference<'_>, style: Style) {
    let Difference { before, after } = difference;
    let colour = if difference.breaks() { "31" } else { "33" };
    let line = format!("{}  {} → {}", before.action, answer(before), answer(after));
    let _ = writeln!(out, "\n  {}", style.paint(colour, &line));
    let mut row = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "    {name:<8}{text}");
        }
    };
    row("who", &who(before));
    row("line", &format!("{}:{}", before.file, before.place.line));
    if let Some(finding) = deciding(after) {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        row("rule", &format!("{}: {}", text("rule"), text("title")));
        row("why", text("because"));
        row(
            "source",
            &format!("{} ({})", text("source"), text("evidence")),
        );
    } else if let Some(failure) = after.failures.first().filter(|_| after.answer.is_none()) {
        row("why", &failure.actual);
    }
    for (at, remedy) in after.remedies.iter().enumerate() {
        row(if at == 0 { "passes" } else { "" }, remedy);
    }
}

fn who(step: &StepResult) -> String {
    if step.client.is_empty() {
        step.actor.clone()
    } else {
        format!("{} ({})", step.actor, step.client)
    }
}

fn answer(step: &StepResult) -> String {
    if let Some(ran) = &step.command {
        return format!("exit {}", ran.exit);
    }
    match (step.status, &step.code) {
        (0, _) => "not sent".to_owned(),
        (status, Some(code)) => format!("{status} {code}"),
        (status, None) => status.to_string(),
    }
}

/// What the rule that decided said.
fn deciding(step: &StepResult) -> Option<&Value> {
    let decision = step.decision.as_ref()?;
    let rule = decision["rule"].as_str()?;
    let findings = decision["findings"].as_array()?;
    findings.iter().find(|finding| finding["rule"] == rule)
}

/// For programs.
pub fn json(comparison: &Comparison, changes: &[Change]) -> String {
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let scenarios: Vec<Value> = comparison
        .scenarios
        .iter()
        .map(|scenario| {
            let differences: Vec<Value> = scenario.differences().iter().map(difference).collect();
            json!({
                "name": scenario.before.name, "file": scenario.before.file, "variant": scenario.before.variant,
                "calls": scenario.calls(), "differences": differences,
            })
        })
        .collect();
    let unreadable: Vec<String> = comparison
        .unreadable
        .iter()
        .map(ToString::to_string)
        .collect();
    let report = json!({"what_if": changes, "scenarios": scenarios, "unreadable": unreadable});
    format!("{report}\n")
}

fn difference(difference: &Difference<'_>) -> Value {
    let Difference { before, after } = difference;
    let came = |step: &StepResult| json!({"status": step.status, "code": step.code, "exit": step.command.as_ref().map(|ran| ran.exit)});
    let finding = deciding(after).cloned().unwrap_or_default();
    json!({
        "action": before.action, "actor": before.actor, "client": before.client, "file": before.file,
        "line": before.place.line, "breaks": difference.breaks(), "before": came(before), "after": came(after),
        "rule": finding["rule"], "because": finding["because"], "source": finding["source"],
        "evidence": finding["evidence"], "passes": after.remedies,
    })
}
