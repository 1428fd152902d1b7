//! `JUnit` XML, for CI systems: a test suite a scenario, a test case a step.

use core::fmt::Write;

use super::text::failure_text;
use crate::runner::{Outcome, ScenarioResult};

/// The whole document.
pub fn render(outcome: &Outcome) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for scenario in &outcome.scenarios {
        suite(&mut xml, scenario);
    }
    for error in &outcome.unreadable {
        let (name, text) = (escape(&error.file), escape(&error.to_string()));
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"1\" errors=\"1\"><testcase name=\"read\"><error>{text}</error></testcase></testsuite>"
        );
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, scenario: &ScenarioResult) {
    let failed = scenario
        .steps
        .iter()
        .filter(|step| !step.failures.is_empty())
        .count()
        + usize::from(!scenario.failures.is_empty());
    let tests = scenario.steps.len() + 1;
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failed}\">",
        escape(&scenario.name)
    );
    let class = escape(&scenario.file);
    for (number, step) in scenario.steps.iter().enumerate() {
        let name = escape(&format!(
            "{} {}",
            number + 1,
            step.title.as_deref().unwrap_or(&step.action)
        ));
        case(
            xml,
            &class,
            &name,
            &step.failures.iter().map(failure_text).collect::<String>(),
        );
    }
    let whole: String = scenario.failures.iter().map(failure_text).collect();
    case(xml, &class, "the rules that it names have spoken", &whole);
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, class: &str, name: &str, failure: &str) {
    let _ = if failure.is_empty() {
        writeln!(xml, "    <testcase classname=\"{class}\" name=\"{name}\"/>")
    } else {
        writeln!(
            xml,
            "    <testcase classname=\"{class}\" name=\"{name}\"><failure>{}</failure></testcase>",
            escape(failure)
        )
    };
}

/// Escapes text, and drops what XML 1.0 cannot hold.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t' | '\r') => {}
            c => escaped.push(c),
        }
    }
    escaped
}
