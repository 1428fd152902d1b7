//! One self-contained page for people: before, after, why, fix, with every exchange and every rule behind them.
//!
//! The page asks nobody for anything: its policy forbids it. Without scripts everything is there, only the filter is not.

use core::fmt::Write;
use std::collections::BTreeMap;

use super::junit::escape;
use crate::runner::{Outcome, ScenarioResult};

mod scenario;
mod step;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// Nothing is loaded, nothing is sent.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The page.
pub fn render(outcome: &Outcome) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"data:,\"><title>What mandatory MFA changes</title><style>{STYLE}</style></head><body>"
    );
    head(&mut page, outcome);
    page.push_str("<main>");
    filter(&mut page, outcome);
    for error in &outcome.unreadable {
        let _ = write!(
            page,
            "<section class=\"unreadable\"><h2>A file cannot be read</h2><pre>{}</pre></section>",
            escape(&error.to_string())
        );
    }
    for (number, scenario) in outcome.scenarios.iter().enumerate() {
        scenario::article(&mut page, scenario, number);
    }
    let _ = writeln!(
        page,
        "</main><footer><p>Played by entrasim against a simulated tenant: not Microsoft, and not made by Microsoft.</p></footer>\
         <script>{SCRIPT}</script></body></html>"
    );
    page
}

fn head(page: &mut String, outcome: &Outcome) {
    let (total, passed) = (outcome.scenarios.len(), outcome.passed());
    let failed = total - passed;
    let (class, verdict) = match (failed, outcome.unreadable.len()) {
        (0, 0) => ("good", "Every story went as told".to_owned()),
        (0, count) => ("bad", format!("{count} of the files cannot be read")),
        (1, _) => ("bad", "One story did not go as told".to_owned()),
        (count, _) => ("bad", format!("{count} stories did not go as told")),
    };
    let steps = || {
        outcome
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.steps)
    };
    let figures = [
        (total, "stories"),
        (steps().map(|step| step.exchanges.len()).sum(), "requests"),
        (
            steps().filter(|step| step.status >= 400).count(),
            "refusals",
        ),
        (
            outcome
                .scenarios
                .iter()
                .filter(|scenario| is_remedied(scenario))
                .count(),
            "stories with a fix that works",
        ),
    ];
    let _ = write!(
        page,
        "<header class=\"top\"><div><p class=\"kicker\">entrasim replay</p><h1>What mandatory MFA changes</h1>\
         <p class=\"verdict {class}\">{}</p>",
        escape(&verdict)
    );
    let wrong = outcome
        .scenarios
        .iter()
        .enumerate()
        .filter(|(_, story)| !story.passed());
    if failed > 0 {
        page.push_str("<ul class=\"wrong-list\">");
        for (number, story) in wrong {
            let name = escape(&story.name);
            let _ = write!(page, "<li><a href=\"#story-{number}\">{name}</a></li>");
        }
        page.push_str("</ul>");
    }
    page.push_str("</div><dl class=\"figures\">");
    for (count, what) in figures {
        let _ = write!(page, "<div><dt>{what}</dt><dd>{count}</dd></div>");
    }
    page.push_str("</dl></header>");
}

/// There is a fix, and the last thing done under it went through.
fn is_remedied(scenario: &ScenarioResult) -> bool {
    let fix = scenario.steps.iter().position(|step| step.is_fix);
    let after = fix.and_then(|fix| scenario.steps.get(fix..));
    after
        .and_then(<[_]>::last)
        .is_some_and(|last| last.status < 400 && last.failures.is_empty())
}

/// Tags by how many stories bear them, the most first.
fn tags(outcome: &Outcome) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in outcome.scenarios.iter().flat_map(|scenario| &scenario.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(tag, count)| (core::cmp::Reverse(*count), *tag));
    counts
}

fn filter(page: &mut String, outcome: &Outcome) {
    if outcome.scenarios.len() < 2 {
        return;
    }
    page.push_str(
        "<form class=\"filter\" role=\"search\" aria-label=\"Stories\" hidden><div class=\"row\">\
         <input type=\"search\" name=\"words\" placeholder=\"Find a story, a person, a rule …\" aria-label=\"Find\" autocomplete=\"off\">\
         <label class=\"switch\"><input type=\"checkbox\" name=\"failed\"> not as told</label>\
         <button type=\"button\" name=\"all\" aria-expanded=\"false\">Open all</button></div>\
         <div class=\"tags\" role=\"group\" aria-label=\"Tags\">",
    );
    for (tag, count) in tags(outcome) {
        let tag = escape(tag);
        let _ = write!(
            page,
            "<button type=\"button\" class=\"tag\" aria-pressed=\"false\" data-tag=\"{tag}\">{tag} <span>{count}</span></button>"
        );
    }
    page.push_str("</div><p class=\"shown\" role=\"status\"></p></form>");
}
