//! Steps as YAML that a person can read on and change.

use core::fmt::Write;

use serde_json::Value;

use super::{RecordedStep, Recording};

/// The whole file.
pub(super) fn file(recording: &Recording, steps: &[RecordedStep], left_out: usize) -> String {
    let command = without_secrets(&recording.command, &recording.handout);
    let mut out = format!(
        "# Recorded by `entrasim record -- {}`; secrets are the seed's, tokens are fetched anew.\n",
        command.replace('\n', " ")
    );
    let title = without_secrets(&recording.title, &recording.handout);
    let _ = writeln!(out, "scenario: {}", scalar(&title));
    let mut about = format!(
        "The calls of `{command}`. {left_out} requests that a client makes beside them (discovery, pages, polls) are left out."
    );
    if !recording.started_with.is_empty() {
        let options = recording.started_with.join(" ");
        let _ = write!(
            about,
            " The tenant had more in it than others: play this with `replay --against` the control port of `entrasim serve {options}`."
        );
    }
    let _ = writeln!(out, "about: {}", scalar(&about));
    out.push_str("tags: [recorded]\n");
    let mut tenant = Vec::new();
    if let Some(phase2) = &recording.phase2 {
        tenant.push(format!("phase2: {{ starts: {} }}", scalar(phase2)));
    }
    if recording.security_defaults {
        tenant.push("security_defaults: true".to_owned());
    }
    if !tenant.is_empty() {
        let _ = writeln!(out, "tenant: {{ {} }}", tenant.join(", "));
    }
    out.push_str("steps:\n");
    for step in steps {
        write_step(&mut out, step);
    }
    if steps.is_empty() {
        out.push_str("  []\n");
    }
    out
}

fn write_step(out: &mut String, step: &RecordedStep) {
    let mut lines = Vec::new();
    if let Some(at) = &step.at {
        lines.push(format!("at: {at}"));
    }
    if let Some(actor) = &step.actor {
        lines.push(format!("as: {actor}"));
    }
    if let Some(client) = step.client {
        lines.push(format!("client: {client}"));
    }
    let (kind, says) = &step.action;
    lines.push(format!("{kind}: {}", flow(says)));
    let mut expect = Vec::new();
    // A token's success is the default, and 200 of it says no more.
    if *kind != "sign_in" || step.status >= 400 {
        expect.push(format!("status: {}", step.status));
    }
    if let Some(code) = step.code.as_ref().filter(|_| step.status >= 400) {
        expect.push(format!("code: {}", scalar(code)));
    }
    if !expect.is_empty() {
        lines.push(format!("expect: {{ {} }}", expect.join(", ")));
    }
    if !step.save.is_empty() {
        let kept = step
            .save
            .iter()
            .map(|(name, path)| format!("{name}: {}", scalar(path)));
        lines.push(format!(
            "save: {{ {} }}",
            kept.collect::<Vec<_>>().join(", ")
        ));
    }
    for (at, line) in lines.iter().enumerate() {
        let dash = if at == 0 { "-" } else { " " };
        let _ = writeln!(out, "  {dash} {line}");
    }
}

/// A value in flow style; keys without quotes where they are plain words.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                let name = if is_plain(name) {
                    name.clone()
                } else {
                    quoted(name)
                };
                format!("{name}: {}", flow(member))
            });
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items = items.iter().map(flow);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// Plain where no reader of YAML could take it for anything but this text.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Single quotes where they do, because paths are easier to read so; else as JSON writes it.
fn quoted(text: &str) -> String {
    if text.contains(['\'', '\\']) || text.chars().any(char::is_control) {
        Value::String(text.to_owned()).to_string()
    } else {
        format!("'{text}'")
    }
}

fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "y"];
    let lower = text.to_ascii_lowercase();
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !WORDS.contains(&lower.as_str())
        && lower != "n"
}

/// The seed's passwords and secrets in a command line.
fn without_secrets(text: &str, handout: &Value) -> String {
    let accounts = handout["accounts"].as_object().into_iter().flatten();
    let apps = handout["apps"].as_object().into_iter().flatten();
    let secrets = accounts
        .filter_map(|(_, account)| account["password"].as_str())
        .chain(apps.filter_map(|(_, app)| app["client_secret"].as_str()));
    let text = secrets
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(secret, "…"));
    // A token that was typed or made on the command line.
    text.split(' ')
        .map(|word| if word.contains("eyJ") { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}
