//! The shipped scenarios against a real simulator, and a deliberately wrong one.

use entrasim_scenarios::catalogue::SHIPPED;
use entrasim_scenarios::report;
use entrasim_scenarios::runner::{self, Outcome, Selection, Source, Subject};

use crate::listener::start;

mod language;
mod mutation;

async fn play(folder: &str, sources: &[Source]) -> Outcome {
    let running = start(folder).await;
    let subject = Subject::new(&running.at.https, &running.at.control, &running.at.ca).unwrap();
    let selection = Selection {
        jobs: 4,
        ..Selection::default()
    };
    let outcome = runner::replay(sources, &selection, &subject, &|_| {}).await;
    running.stop().await;
    outcome
}

fn shipped() -> Vec<Source> {
    SHIPPED
        .iter()
        .map(|(name, text)| Source {
            file: format!("{name}.yaml"),
            text: (*text).to_owned(),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_scenario_goes_as_told_and_twice_gives_the_same_bytes() {
    let first = play("replay-1", &shipped()).await;
    assert_eq!(
        first.exit_code(),
        0,
        "{}",
        report::text::render(
            &first,
            report::text::Style {
                colours: false,
                width: 100
            }
        )
    );
    let second = play("replay-2", &shipped()).await;
    assert_eq!(report::json::render(&first), report::json::render(&second));
    assert!(report::junit::render(&first).contains("failures=\"0\""));
    assert!(report::html::render(&first).contains("phase2.arm-write"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_expectation_fails_with_place_expected_actual_and_trace() {
    let text = SHIPPED[0].1.replace(
        "status: 401, code: RequestDisallowedByAzure",
        "status: 200, code: RequestDisallowedByAzure",
    );
    let outcome = play(
        "replay-wrong",
        &[Source {
            file: "wrong.yaml".to_owned(),
            text,
        }],
    )
    .await;
    assert_eq!(outcome.exit_code(), 1);
    let report = report::text::render(
        &outcome,
        report::text::Style {
            colours: false,
            width: 100,
        },
    );
    let from = report.find("wrong.yaml:").unwrap();
    insta::assert_snapshot!(report[from..].split("  Replaying").next().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_never_spoke_and_an_unreadable_file_are_told() {
    let silent = "scenario: A\nabout: B\nrules: [phase2.arm-delete]\nsteps:\n  - as: bob\n    sign_in: { password: seeded }\n";
    let sources = [("silent.yaml", silent), ("broken.yaml", "scenario: [")];
    let sources = sources.map(|(file, text)| Source {
        file: file.to_owned(),
        text: text.to_owned(),
    });
    let outcome = play("replay-silent", &sources).await;
    assert_eq!(outcome.exit_code(), 2);
    assert_eq!(outcome.unreadable.len(), 1);
    assert_eq!(outcome.scenarios[0].failures[0].place.line, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_approved_denied_reported_or_left_and_replaces_the_password() {
    let text = "scenario: What becomes of a prompt\nabout: Each word of mfa.\nsteps:\n  - as: alice\n    client: azure-cli\n    \
                sign_in: { password: seeded, mfa: report, claims: p1 }\n    expect: { code: AADSTS500121 }\n  \
                - sign_in: { password: seeded, mfa: timeout, claims: p1 }\n    expect: { code: AADSTS500121 }\n  \
                - sign_in: { password: seeded, mfa: app-code, claims: p1 }\n    expect: { granted: { amr: [pwd, mfa] } }\n  \
                - sign_in: { password: seeded, mfa: passwordless }\n    expect: { granted: { amr: [rsa, mfa] } }\n  \
                - sign_in: { password: seeded, mfa: push, claims: p1 }\n    expect: { granted: { amr: [pwd, mfa] } }\n";
    let source = Source {
        file: "prompts.yaml".to_owned(),
        text: text.to_owned(),
    };
    let outcome = play("replay-prompts", &[source]).await;
    let style = report::text::Style {
        colours: false,
        width: 100,
    };
    let said = report::text::render(&outcome, style);
    assert_eq!(outcome.exit_code(), 0, "{said}");
}
