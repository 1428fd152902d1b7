//! One step of the timeline: who did what and what came; the reason and the way out where it was refused; in folds every
//! request, and every rule that was asked.

use core::fmt::Write;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::report::junit::escape;
use crate::report::text::failure_text;
use crate::runner::{CommandResult, Exchange, StepResult};

/// More of a command's output than this is not shown.
const LONGEST_OUTPUT: usize = 4000;

/// The step. `shows_time` where it is not that of the step before.
pub(super) fn item(page: &mut String, step: &StepResult, number: usize, shows_time: bool) {
    let class = match (step.is_fix, step.status, step.failures.is_empty()) {
        (_, _, false) => "wrong",
        (true, _, _) => "fix",
        (false, 400.., _) => "refused",
        (false, 0, _) => "quiet",
        _ => "done",
    };
    let _ = write!(page, "<li class=\"step {class}\">");
    let hidden = if shows_time { "" } else { " class=\"again\"" };
    let _ = write!(
        page,
        "<time datetime=\"{}\"{hidden}>{}</time><div class=\"what\">",
        escape(&step.at),
        escape(&instant(&step.at))
    );
    if let Some(title) = &step.title {
        let fix = if step.is_fix {
            "<span class=\"pill remedy\">fix</span> "
        } else {
            ""
        };
        let _ = write!(page, "<h4>{fix}{}</h4>", escape(title));
    }
    let who = match (step.actor.as_str(), step.client.as_str()) {
        ("", _) => String::new(),
        (actor, "") => format!("<b>{}</b> ", escape(actor)),
        (actor, client) => format!("<b>{}</b> with {} ", escape(actor), escape(client)),
    };
    let _ = write!(
        page,
        "<p class=\"call\">{who}<code>{}</code> {}</p>",
        escape(&step.action),
        answer(step)
    );
    reason(page, step);
    for failure in &step.failures {
        let _ = write!(
            page,
            "<pre class=\"failure\" tabindex=\"0\">{}</pre>",
            escape(&failure_text(failure))
        );
    }
    claims(page, step);
    if let Some(command) = &step.command {
        output(page, command);
    }
    exchanges(page, &step.exchanges, number);
    trace(page, step.decision.as_ref());
    page.push_str("</div></li>");
}

fn answer(step: &StepResult) -> String {
    if let Some(command) = &step.command {
        let class = if command.exit == 0 { "good" } else { "bad" };
        return format!("<span class=\"pill {class}\">exit {}</span>", command.exit);
    }
    if step.status == 0 {
        return String::new();
    }
    let class = if step.status >= 400 { "bad" } else { "good" };
    let code = step.code.as_deref().unwrap_or_default();
    format!(
        "<span class=\"pill {class}\">{} {}</span>",
        step.status,
        escape(code)
    )
}

/// Why it was refused, and what lets it pass.
fn reason(page: &mut String, step: &StepResult) {
    let Some(decision) = step.decision.as_ref().filter(|_| step.status >= 400) else {
        return;
    };
    let text = |name: &str| escape(decision[name].as_str().unwrap_or_default());
    if decision["rule"].is_null() {
        return;
    }
    let _ = write!(
        page,
        "<div class=\"why\"><p><b>Why</b> {}</p><p class=\"rule\"><code>{}</code></p></div>\
         <div class=\"out\"><p><b>The way out</b> {}</p></div>",
        text("message"),
        text("rule"),
        text("fix")
    );
    if !step.remedies.is_empty() {
        page.push_str(
            "<div class=\"passes\"><p><b>Found by deciding again</b> each of these lets it pass:</p><ul>",
        );
        for remedy in &step.remedies {
            let _ = write!(page, "<li>{}</li>", escape(remedy));
        }
        page.push_str("</ul></div>");
    }
}

fn claims(page: &mut String, step: &StepResult) {
    if step.claims.is_empty() {
        return;
    }
    page.push_str("<dl class=\"claims\" aria-label=\"Claims of the token\">");
    for (name, value) in &step.claims {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let words: Vec<String> = items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map_or_else(|| item.to_string(), str::to_owned)
                    })
                    .collect();
                words.join(" ")
            }
            other => other.to_string(),
        };
        let _ = write!(
            page,
            "<div><dt>{}</dt><dd>{}</dd></div>",
            escape(name),
            escape(&value)
        );
    }
    page.push_str("</dl>");
}

fn output(page: &mut String, command: &CommandResult) {
    for (name, text) in [
        ("standard output", &command.stdout),
        ("standard error", &command.stderr),
    ] {
        let text: String = text.trim().chars().take(LONGEST_OUTPUT).collect();
        if !text.is_empty() {
            let _ = write!(
                page,
                "<details class=\"more\"><summary>{name}</summary><pre tabindex=\"0\">{}</pre></details>",
                escape(&text)
            );
        }
    }
}

fn exchanges(page: &mut String, exchanges: &[Exchange], number: usize) {
    if exchanges.is_empty() {
        return;
    }
    let count = match exchanges.len() {
        1 => "1 request".to_owned(),
        count => format!("{count} requests"),
    };
    let _ = write!(
        page,
        "<details class=\"more\"><summary>{count}<span class=\"for\"> of step {}</span></summary>",
        number + 1
    );
    for exchange in exchanges {
        let class = if exchange.status >= 400 {
            "bad"
        } else {
            "good"
        };
        let _ = write!(
            page,
            "<div class=\"exchange\"><p class=\"request\"><b>{}</b> <span>{}</span>{} <span class=\"pill {class}\">{}</span></p>",
            escape(&exchange.method),
            escape(&exchange.host),
            escape(&exchange.target),
            exchange.status
        );
        part(page, "sent", &exchange.sent);
        if !exchange.headers.is_empty() {
            page.push_str("<dl class=\"headers\" aria-label=\"Headers of the answer\">");
            for (name, value) in &exchange.headers {
                let _ = write!(
                    page,
                    "<div><dt>{}</dt><dd>{}</dd></div>",
                    escape(name),
                    escape(value)
                );
            }
            page.push_str("</dl>");
        }
        part(page, "received", &exchange.received);
        page.push_str("</div>");
    }
    page.push_str("</details>");
}

fn part(page: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        let _ = write!(
            page,
            "<details class=\"body\"><summary>{name}</summary><pre tabindex=\"0\">{}</pre></details>",
            escape(text)
        );
    }
}

/// Every rule that was asked, what it said, and where that is written down.
fn trace(page: &mut String, decision: Option<&Value>) {
    let findings = decision.and_then(|decision| decision["findings"].as_array());
    let Some(findings) = findings.filter(|findings| !findings.is_empty()) else {
        return;
    };
    let _ = write!(
        page,
        "<details class=\"more\"><summary>{} rules asked</summary><ul class=\"rules\">",
        findings.len()
    );
    for finding in findings {
        let text = |name: &str| escape(finding[name].as_str().unwrap_or_default());
        let verdict = text("verdict");
        let _ = write!(
            page,
            "<li class=\"{verdict}\"><p><span class=\"verdict-word\">{}</span> <code>{}</code></p><p>{}</p><p class=\"source\">{} ({})</p></li>",
            verdict.replace('-', " "),
            text("rule"),
            text("because"),
            text("source"),
            text("evidence")
        );
    }
    page.push_str("</ul></details>");
}

/// `30 Sep 2025, 22:00`
fn instant(text: &str) -> String {
    OffsetDateTime::parse(text, &Rfc3339).map_or_else(
        |_| text.to_owned(),
        |at| format!("{}, {:02}:{:02}", day(at, 3), at.hour(), at.minute()),
    )
}

/// `1 October 2025`
pub(super) fn date(text: &str) -> String {
    OffsetDateTime::parse(text, &Rfc3339).map_or_else(|_| text.to_owned(), |at| day(at, usize::MAX))
}

/// With so many letters of the month.
fn day(at: OffsetDateTime, letters: usize) -> String {
    let month: String = at.month().to_string().chars().take(letters).collect();
    format!("{} {month} {}", at.day(), at.year())
}
