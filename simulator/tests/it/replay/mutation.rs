//! No expectation of a shipped scenario is decoration: each is made wrong in turn, and the scenario has to fail on its line.

use std::collections::BTreeMap;

use entrasim_scenarios::catalogue::SHARED;
use entrasim_scenarios::language::error::Place;
use entrasim_scenarios::language::mutation::{Mutation, mutations, with};
use entrasim_scenarios::runner::{Failure, ScenarioResult, Source, recheck};

use super::language::fixture;
use super::{play, shipped};

#[tokio::test(flavor = "multi_thread")]
async fn every_expectation_of_every_shipped_scenario_fails_on_its_line_once_it_is_wrong() {
    // Beside the catalogue, what the language can say that the catalogue may not.
    let mut sources = shipped();
    sources.extend(["matrix.yaml", "logs.yaml"].map(fixture));
    let played = play("replay-mutation", &sources).await.scenarios;
    let mut survivors = Vec::new();
    let mut count = 0;
    for played in &played {
        let source = sources
            .iter()
            .find(|source| source.file == played.file)
            .unwrap();
        count += break_each_in_turn(source, played, &mut survivors);
        count += refuse_each_in_turn(source, played, &mut survivors);
    }
    assert!(
        SHARED.is_empty(),
        "the expectations of included files are broken by nobody"
    );
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    assert!(count > 10 * sources.len(), "{count} expectations in all");
}

/// The expectations of one step are broken one after the other; those of different steps do not touch each other, so each
/// round breaks one of every step.
fn break_each_in_turn(
    source: &Source,
    played: &ScenarioResult,
    survivors: &mut Vec<String>,
) -> usize {
    let all = mutations(&source.file, &source.text).unwrap();
    let mut by_step: BTreeMap<Option<(u64, u64)>, Vec<&Mutation>> = BTreeMap::new();
    for mutation in &all {
        let step = mutation.step.map(|place| (place.line, place.column));
        by_step.entry(step).or_default().push(mutation);
    }
    let rounds = by_step.values().map(Vec::len).max().unwrap_or_default();
    for round in 0..rounds {
        let broken: Vec<&Mutation> = by_step
            .values()
            .filter_map(|step| step.get(round).copied())
            .collect();
        let checked = refused_by_the_parser_aside(source, played, broken, survivors);
        for (mutation, failures) in checked {
            let lines: Vec<u64> = failures.iter().map(|failure| failure.place.line).collect();
            if lines != [mutation.place.line] {
                let Mutation {
                    what, place, wrong, ..
                } = mutation;
                survivors.push(format!(
                    "{}:{}: {what} made {wrong}: fails on lines {lines:?}",
                    source.file, place.line
                ));
            }
        }
    }
    all.len()
}

/// The failures of each mutation's step. A word that the language does not know is refused before anything is played; that
/// has to happen on its line, too.
fn refused_by_the_parser_aside<'a>(
    source: &Source,
    played: &ScenarioResult,
    mut broken: Vec<&'a Mutation>,
    survivors: &mut Vec<String>,
) -> Vec<(&'a Mutation, Vec<Failure>)> {
    loop {
        let changed = Source {
            file: source.file.clone(),
            text: with(&source.text, &broken),
        };
        match recheck(&changed, played) {
            Ok(result) => {
                return broken
                    .into_iter()
                    .map(|mutation| {
                        let failures = match mutation.step {
                            Some(place) => steps_at(&result, place),
                            None => result.failures.clone(),
                        };
                        (mutation, failures)
                    })
                    .collect();
            }
            Err(error) => {
                let before = broken.len();
                broken.retain(|mutation| mutation.place.line != error.place.line);
                if broken.len() == before {
                    survivors.push(format!("not on the line of a wrong word: {error}"));
                    return Vec::new();
                }
            }
        }
    }
}

/// The failures of the step that stands there.
fn steps_at(result: &ScenarioResult, place: Place) -> Vec<Failure> {
    let here = result
        .steps
        .iter()
        .filter(|step| step.file == result.file && step.place == place);
    here.flat_map(|step| step.failures.clone()).collect()
}

/// A step that expects no refusal has to fail when it is refused.
fn refuse_each_in_turn(
    source: &Source,
    played: &ScenarioResult,
    survivors: &mut Vec<String>,
) -> usize {
    let mut refused = played.clone();
    let mut wanted = Vec::new();
    for (at, step) in refused.steps.iter_mut().enumerate() {
        if let Some(ran) = &mut step.command {
            ran.exit = ran.exit.wrapping_add(1);
            wanted.push(at);
        } else if (200..400).contains(&step.status) {
            step.status = 418;
            wanted.push(at);
        }
    }
    let checked = recheck(source, &refused).unwrap();
    for at in &wanted {
        if checked.steps[*at].failures.is_empty() {
            survivors.push(format!("{}: step {} takes a refusal", source.file, at + 1));
        }
    }
    wanted.len()
}

/// The same over sockets, for one expectation of each scenario: what is checked in memory is what the player does.
#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_expectation_a_scenario_fails_when_it_is_played() {
    let mut broken = Vec::new();
    let sources: Vec<Source> = shipped()
        .into_iter()
        .enumerate()
        .map(|(number, source)| {
            let all = mutations(&source.file, &source.text).unwrap();
            let steps: Vec<&Mutation> = all.iter().filter(|one| one.step.is_some()).collect();
            let chosen = steps[number % steps.len()];
            broken.push(chosen.clone());
            Source {
                text: with(&source.text, &[chosen]),
                ..source
            }
        })
        .collect();
    let outcome = play("replay-mutation-played", &sources).await;
    for (source, mutation) in sources.iter().zip(&broken) {
        let played = outcome
            .scenarios
            .iter()
            .find(|played| played.file == source.file)
            .unwrap();
        let first = played.steps.iter().find_map(|step| step.failures.first());
        let line = first.map(|failure| failure.place.line);
        assert_eq!(
            line,
            Some(mutation.place.line),
            "{}: {}",
            played.file,
            mutation.what
        );
    }
    assert_eq!(outcome.exit_code(), 1);
}
