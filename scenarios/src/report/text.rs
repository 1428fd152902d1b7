//! The report for people: a table a scenario, the reason and the fix where it breaks, the whole trace where it fails.

use core::fmt::Write;

use serde_json::Value;

use crate::language::error::caret;
use crate::runner::{Failure, Outcome, ScenarioResult, Side, StepResult};

/// How it is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With terminal colours.
    pub colours: bool,
    /// How many columns there are.
    pub width: usize,
}

impl Style {
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The whole report.
pub fn render(outcome: &Outcome, style: Style) -> String {
    let mut out = String::new();
    for scenario in &outcome.scenarios {
        section(&mut out, scenario, style);
    }
    for error in &outcome.unreadable {
        let _ = writeln!(out, "{}", style.paint("31", &error.to_string()));
    }
    let failed = outcome.scenarios.len() - outcome.passed();
    let colour = if failed == 0 && outcome.unreadable.is_empty() {
        "32"
    } else {
        "31"
    };
    let unreadable = match outcome.unreadable.len() {
        0 => String::new(),
        count => format!(", {count} unreadable"),
    };
    let not_played = match outcome.selected.saturating_sub(outcome.scenarios.len()) {
        0 => String::new(),
        count => format!(", {count} not played"),
    };
    let summary = format!(
        "{} passed, {failed} failed{unreadable}{not_played}",
        outcome.passed()
    );
    let _ = writeln!(out, "{}", style.paint(colour, &summary));
    out
}

fn section(out: &mut String, scenario: &ScenarioResult, style: Style) {
    let _ = writeln!(out, "{}", style.paint("1", &scenario.name));
    for line in wrap(&scenario.about, style.width.saturating_sub(2)) {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
    let rows: Vec<[String; 6]> = scenario.steps.iter().map(cells).collect();
    let heads = ["when", "Phase 2", "who", "what", "status", "rule"].map(str::to_owned);
    let widths: Vec<usize> = (0..5)
        .map(|column| {
            rows.iter()
                .chain([&heads])
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let _ = writeln!(out, "  {}", style.paint("2", &line(&heads, &widths)));
    for (step, row) in scenario.steps.iter().zip(&rows) {
        if let Some(title) = &step.title {
            let title = if step.is_fix {
                format!("FIX  {title}")
            } else {
                title.clone()
            };
            let _ = writeln!(
                out,
                "  {}",
                style.paint(if step.is_fix { "1;32" } else { "1" }, &title)
            );
        }
        let colour = if step.status >= 400 { "31" } else { "0" };
        let _ = writeln!(out, "  {}", style.paint(colour, &line(row, &widths)));
        if step.status >= 400 {
            reason(out, step, style);
        }
        failures(out, step, style);
    }
    for failure in &scenario.failures {
        let _ = write!(out, "{}", style.paint("31", &failure_text(failure)));
    }
    out.push('\n');
}

fn cells(step: &StepResult) -> [String; 6] {
    let side = match step.side {
        Side::Before => "before",
        Side::After => "after",
    };
    let who = if step.client.is_empty() {
        step.actor.clone()
    } else {
        format!("{} ({})", step.actor, step.client)
    };
    let status = match (step.status, &step.code) {
        (0, _) => String::new(),
        (status, Some(code)) => format!("{status} {code}"),
        (status, None) => status.to_string(),
    };
    [
        step.at.clone(),
        side.to_owned(),
        who,
        step.action.clone(),
        status,
        step.rule().unwrap_or_default().to_owned(),
    ]
}

fn line(row: &[String; 6], widths: &[usize]) -> String {
    let mut text = String::new();
    for (column, cell) in row.iter().enumerate() {
        let width = widths.get(column).copied().unwrap_or_default();
        let _ = write!(text, "{cell:<width$}  ");
    }
    text.trim_end().to_owned()
}

/// Why it was refused, and what lets it pass.
fn reason(out: &mut String, step: &StepResult, style: Style) {
    let Some(decision) = &step.decision else {
        return;
    };
    for (head, name, colour) in [("why  ", "message", "33"), ("fix  ", "fix", "32")] {
        if let Some(text) = decision[name].as_str() {
            for (at, line) in wrap(text, style.width.saturating_sub(9))
                .into_iter()
                .enumerate()
            {
                let head = if at == 0 { head } else { "     " };
                let _ = writeln!(out, "    {}", style.paint(colour, &format!("{head}{line}")));
            }
        }
    }
}

fn failures(out: &mut String, step: &StepResult, style: Style) {
    for failure in &step.failures {
        let _ = write!(out, "{}", style.paint("31", &failure_text(failure)));
    }
    if !step.failures.is_empty() {
        let _ = write!(out, "{}", trace(step.decision.as_ref()));
    }
}

/// `FILE:LINE:COLUMN`, the line, what was expected, what was.
pub(super) fn failure_text(failure: &Failure) -> String {
    let file = &failure.file;
    let (line, column) = (failure.place.line, failure.place.column);
    format!(
        "{file}:{line}:{column}: {} is not as expected\n{}    expected: {}\n    actual:   {}\n",
        failure.what,
        caret(&failure.source_line, failure.place),
        failure.expected,
        failure.actual
    )
}

/// Every rule that was asked, and what it said.
fn trace(decision: Option<&Value>) -> String {
    let mut out = String::new();
    let Some(decision) = decision else { return out };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let _ = writeln!(out, "    decision: {}", text(&decision["outcome"]));
    for finding in decision["findings"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
    {
        let _ = writeln!(
            out,
            "      {:<15} {:<32} {}",
            text(&finding["verdict"]),
            text(&finding["rule"]),
            text(&finding["because"])
        );
        let _ = writeln!(out, "      {:<15} source: {}", "", text(&finding["source"]));
    }
    out
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else {
            continue;
        };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width.max(20) {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
