//! What the language can say beyond single requests, played: matrices, included steps, commands, logs.

use entrasim_scenarios::report::text::{Style, render};
use entrasim_scenarios::runner::{Outcome, Source};

use super::play;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/tests/fixtures");

pub(super) fn fixture(name: &str) -> Source {
    let file = format!("{FIXTURES}/{name}");
    let text = std::fs::read_to_string(&file).unwrap();
    Source { file, text }
}

fn told(outcome: &Outcome) -> String {
    let style = Style {
        colours: false,
        width: 100,
    };
    render(outcome, style)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_story_is_played_for_every_combination_with_steps_of_another_file() {
    let outcome = play("replay-matrix", &[fixture("matrix.yaml")]).await;
    assert_eq!(outcome.exit_code(), 0, "{}", told(&outcome));
    let titles: Vec<&str> = outcome
        .scenarios
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(titles.len(), 4);
    assert_eq!(
        titles[1],
        "Whoever has one factor reads and does not write (who: bob, group: bobs, client: azure-powershell)"
    );
    assert!(
        outcome.scenarios[3].steps[1]
            .file
            .ends_with("shared/morning.yaml")
    );
    assert_eq!(outcome.scenarios[3].steps[1].actor, "svc-deploy");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_asked_for_entries_and_tell_what_the_nearest_one_lacks() {
    let source = fixture("logs.yaml");
    let outcome = play("replay-logs", std::slice::from_ref(&source)).await;
    assert_eq!(outcome.exit_code(), 0, "{}", told(&outcome));
    let text = source.text.replace("result: success", "result: failure");
    let file = source.file.clone();
    let outcome = play("replay-logs-wrong", &[Source { file, text }]).await;
    let failures: Vec<_> = outcome.scenarios[0]
        .steps
        .iter()
        .flat_map(|step| &step.failures)
        .collect();
    assert_eq!(failures.len(), 1, "{}", told(&outcome));
    assert_eq!(
        (failures[0].place.line, failures[0].actual.as_str()),
        (20, "\"success\"")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_an_included_step_points_into_its_own_file() {
    let mut source = fixture("matrix.yaml");
    source.text = source
        .text
        .replace("{ who: bob, group: bobs }", "{ who: nobody, group: bobs }");
    let outcome = play("replay-included", &[source]).await;
    let failure = &outcome.scenarios[0].steps[1].failures[0];
    assert!(failure.file.ends_with("shared/morning.yaml"));
    assert_eq!(failure.place.line, 3);
    assert!(
        failure.actual.contains("no account nobody"),
        "{}",
        failure.actual
    );
}

#[cfg(unix)]
fn has_curl() -> bool {
    let asked = std::process::Command::new("curl").arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_finds_the_tenant_and_is_held_to_its_exit_output_and_files() {
    let mut source = fixture("command.yaml");
    if !has_curl() {
        // Nothing but Rust and a shell has to be installed: what remains tells of the shell.
        let shell_only = source
            .text
            .split("  - step: A line for the shell")
            .next()
            .unwrap()
            .to_owned();
        let (_, arguments) = source.text.split_once("  - step: A program").unwrap();
        source.text = format!("{shell_only}  - step: A program{arguments}");
        let outcome = play("replay-command", &[source]).await;
        assert_eq!(outcome.exit_code(), 0, "{}", told(&outcome));
        return;
    }
    let outcome = play("replay-command", &[source.clone()]).await;
    assert_eq!(outcome.exit_code(), 0, "{}", told(&outcome));
    let curl = &outcome.scenarios[0].steps[1];
    assert_eq!(curl.exchanges[0].host, "login.microsoftonline.com");
    let wrong = [
        ("stdout: '^200$'", "stdout: '^500$'"),
        ("token.json: '\"access_token\"'", "other.json: x"),
        ("exit: 3", "exit: 0"),
    ];
    for (right, wrong) in wrong {
        let text = source.text.replace(right, wrong);
        assert_ne!(text, source.text);
        let file = source.file.clone();
        let outcome = play("replay-command-wrong", &[Source { file, text }]).await;
        assert_eq!(outcome.exit_code(), 1, "{wrong}");
    }
}
