//! One self-contained page: before, after, why, fix.

use core::fmt::Write;

use super::junit::escape;
use crate::runner::{Outcome, ScenarioResult, Side, StepResult};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color-scheme:light dark}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #8884}\
td{overflow-wrap:break-word}td:nth-child(-n+3){white-space:nowrap}.bad{color:#c62828;font-weight:600}.good{color:#2e7d32}.why{border-left:4px solid #c62828;padding:.2rem .8rem;margin:.5rem 0}\
.fix{border-left:4px solid #2e7d32;padding:.2rem .8rem;margin:.5rem 0}.wide{overflow-x:auto}@media(prefers-color-scheme:dark){.bad{color:#ef9a9a}.good{color:#a5d6a7}}";

/// The page.
pub fn render(outcome: &Outcome) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><title>entrasim replay</title><style>{STYLE}</style></head><body><main><h1>What mandatory MFA changes</h1><p>{} of {} scenarios went as told.</p>",
        outcome.passed(),
        outcome.scenarios.len()
    );
    for scenario in &outcome.scenarios {
        section(&mut page, scenario);
    }
    for error in &outcome.unreadable {
        let _ = write!(
            page,
            "<pre class=\"bad\">{}</pre>",
            escape(&error.to_string())
        );
    }
    page.push_str("</main></body></html>\n");
    page
}

fn section(page: &mut String, scenario: &ScenarioResult) {
    let verdict = if scenario.passed() {
        "<span class=\"good\">as told</span>"
    } else {
        "<span class=\"bad\">not as told</span>"
    };
    let _ = write!(
        page,
        "<section><h2>{} — {verdict}</h2><p>{}</p><div class=\"wide\"><table><thead><tr><th>when</th><th></th><th>who</th><th>what</th><th>status</th><th>rule</th></tr></thead><tbody>",
        escape(&scenario.name),
        escape(&scenario.about)
    );
    for step in &scenario.steps {
        row(page, step);
    }
    page.push_str("</tbody></table></div>");
    for step in scenario.steps.iter().filter(|step| step.status >= 400) {
        if let Some(decision) = &step.decision {
            let text = |name: &str| escape(decision[name].as_str().unwrap_or_default());
            let _ = write!(
                page,
                "<div class=\"why\"><b>{}</b>: {}</div><div class=\"fix\">{}</div>",
                escape(&step.action),
                text("message"),
                text("fix")
            );
        }
    }
    for failure in scenario
        .failures
        .iter()
        .chain(scenario.steps.iter().flat_map(|step| &step.failures))
    {
        let _ = write!(
            page,
            "<pre class=\"bad\">{}</pre>",
            escape(&super::text::failure_text(failure))
        );
    }
    page.push_str("</section>");
}

fn row(page: &mut String, step: &StepResult) {
    let side = match step.side {
        Side::Before => "before",
        Side::After => "after",
    };
    let class = if step.status >= 400 { "bad" } else { "good" };
    let status = if step.status == 0 {
        String::new()
    } else {
        format!(
            "{} {}",
            step.status,
            step.code.as_deref().unwrap_or_default()
        )
    };
    let _ = write!(
        page,
        "<tr><td>{}</td><td>{side}</td><td>{}</td><td>{}<br><small>{}</small></td><td class=\"{class}\">{}</td><td>{}</td></tr>",
        escape(&step.at),
        escape(&step.actor),
        escape(step.title.as_deref().unwrap_or_default()),
        escape(&step.action),
        escape(&status),
        escape(step.rule().unwrap_or_default())
    );
}
