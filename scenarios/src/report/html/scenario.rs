//! One story: what it is about, three tiles that tell it in short, and its timeline.

use core::fmt::Write;

use super::step;
use crate::report::junit::escape;
use crate::report::text::failure_text;
use crate::runner::{ScenarioResult, Side, StepResult};

/// A part of the story, for a tile.
struct Part<'a> {
    name: &'static str,
    steps: Vec<&'a StepResult>,
}

/// The story, closed unless it did not go as told or is alone.
pub(super) fn article(page: &mut String, scenario: &ScenarioResult, number: usize) {
    let passed = scenario.passed();
    let (class, verdict) = if passed {
        ("good", "as told")
    } else {
        ("bad", "not as told")
    };
    let _ = write!(
        page,
        "<article class=\"story\" data-tags=\"{}\" data-failed=\"{}\" aria-labelledby=\"story-{number}\">\
         <h2 id=\"story-{number}\">{}</h2><p class=\"marks\"><span class=\"pill {class}\">{verdict}</span>",
        escape(&scenario.tags.join(" ")),
        !passed,
        escape(&scenario.name)
    );
    for tag in &scenario.tags {
        let _ = write!(page, "<span class=\"mark\">{}</span>", escape(tag));
    }
    let _ = write!(
        page,
        "</p><p class=\"about\">{}</p>",
        escape(&scenario.about)
    );
    tiles(page, scenario);
    for failure in &scenario.failures {
        let _ = write!(
            page,
            "<pre class=\"failure\" tabindex=\"0\">{}</pre>",
            escape(&failure_text(failure))
        );
    }
    let open = if passed { "" } else { " open" };
    let _ = write!(
        page,
        "<details class=\"whole\"{open}><summary>The story step by step</summary>"
    );
    timeline(page, &scenario.steps);
    let _ = write!(page, "<p class=\"origin\">{}", escape(&scenario.file));
    if let Some(source) = &scenario.source {
        let _ = write!(page, " · after {}", escape(source));
    }
    page.push_str("</p></details></article>");
}

/// Before, after and the fix; a story that knows no date has one part only.
fn parts(steps: &[StepResult]) -> Vec<Part<'_>> {
    let fix = steps
        .iter()
        .position(|step| step.is_fix)
        .unwrap_or(steps.len());
    let (told, remedy) = steps.split_at(fix);
    let on = |side: Side| {
        told.iter()
            .filter(|step| step.side == side && step.status > 0)
            .collect()
    };
    let parts = [
        Part {
            name: "Before the date",
            steps: on(Side::Before),
        },
        Part {
            name: "After the date",
            steps: on(Side::After),
        },
        Part {
            name: "The fix",
            steps: remedy.iter().collect(),
        },
    ];
    parts
        .into_iter()
        .filter(|part| !part.steps.is_empty())
        .collect()
}

fn tiles(page: &mut String, scenario: &ScenarioResult) {
    page.push_str("<div class=\"tiles\">");
    for part in parts(&scenario.steps) {
        let is_fix = part.steps.first().is_some_and(|step| step.is_fix);
        let refused = telling_refusal(scenario, &part);
        let answered = part.steps.iter().filter(|step| step.status > 0);
        let through = answered.clone().filter(|step| step.status < 400).count();
        let (class, headline) = match (is_fix, refused) {
            (true, _) => {
                let title = part.steps.first().and_then(|step| step.title.clone());
                ("remedy", title.unwrap_or_default())
            }
            (false, Some(step)) => {
                let code = step.code.clone().unwrap_or_else(|| step.status.to_string());
                ("bad", format!("Refused: {}", words_of_code(&code)))
            }
            (false, None) => ("good", "Everything goes through".to_owned()),
        };
        let _ = write!(
            page,
            "<section class=\"tile {class}\"><h3>{}</h3><p class=\"headline\">{}</p><p>{through} of {} steps went through</p>",
            part.name,
            escape(&headline),
            answered.count()
        );
        if let Some(decision) = refused
            .filter(|_| !is_fix)
            .and_then(|step| step.decision.as_ref())
        {
            let because = decision["message"].as_str().unwrap_or_default();
            let _ = write!(page, "<p class=\"because\">{}</p>", escape(because));
        }
        page.push_str("</section>");
    }
    page.push_str("</div>");
}

/// The refusal that the story is about: by a rule that it names, else the first.
fn telling_refusal<'a>(scenario: &ScenarioResult, part: &Part<'a>) -> Option<&'a StepResult> {
    let refused = || part.steps.iter().copied().filter(|step| step.status >= 400);
    let named = |step: &&StepResult| {
        let rule = step.rule().unwrap_or_default();
        scenario.rules.iter().any(|named| named == rule)
    };
    refused().find(named).or_else(|| refused().next())
}

/// A long code breaks where its words do.
fn words_of_code(code: &str) -> String {
    let mut text = String::new();
    for (at, character) in code.chars().enumerate() {
        if at > 0
            && character.is_ascii_uppercase()
            && !text.ends_with(|c: char| c.is_ascii_uppercase())
        {
            text.push('\u{200b}');
        }
        text.push(character);
    }
    text
}

/// Every step, with a line where Phase 2 begins to bind the tenant.
fn timeline(page: &mut String, steps: &[StepResult]) {
    page.push_str("<ol class=\"timeline\">");
    let mut side = None;
    let mut at = "";
    for (number, step) in steps.iter().enumerate() {
        if side.is_some_and(|side| side != step.side)
            || (side.is_none() && step.side == Side::After)
        {
            let (words, class) = match step.side {
                Side::After => ("Phase 2 binds the tenant", "line"),
                Side::Before => ("Phase 2 does not bind the tenant", "line before"),
            };
            let from = step
                .phase2_from
                .as_deref()
                .map(step::date)
                .unwrap_or_default();
            let from = if step.side == Side::After && !from.is_empty() {
                format!(" from {from} on")
            } else {
                String::new()
            };
            let _ = write!(
                page,
                "<li class=\"{class}\"><span>{words}{}</span></li>",
                escape(&from)
            );
        }
        side = Some(step.side);
        step::item(page, step, number, step.at != at);
        at = &step.at;
    }
    page.push_str("</ol>");
}
