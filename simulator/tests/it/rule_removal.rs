//! The catalogue against a simulator that leaves out one rule of the decision after the other: a rule that no scenario misses
//! is a rule that nobody watches.

use entrasim_domain::enforcement::rules::{RULES, Rule, RulesAsked};
use entrasim_scenarios::catalogue::SHIPPED;
use entrasim_scenarios::language::model::Scenario;
use entrasim_scenarios::language::parse::parse;
use entrasim_scenarios::runner::{self, Outcome, Selection, Source, Subject};

use crate::listener::start_without;

fn scenarios_about(rule: &Rule) -> Vec<Source> {
    let names = |scenario: &Scenario| scenario.rules.iter().any(|named| named.value == rule.id);
    SHIPPED
        .iter()
        .filter(|(name, text)| names(&parse(name, text).unwrap()))
        .map(|(name, text)| Source {
            file: format!("{name}.yaml"),
            text: (*text).to_owned(),
        })
        .collect()
}

/// Whether a scenario notices by what its steps expect. That its rule never spoke is no news here.
fn is_noticed(outcome: &Outcome) -> bool {
    outcome
        .scenarios
        .iter()
        .any(|scenario| scenario.steps.iter().any(|step| !step.failures.is_empty()))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_one_rule_a_scenario_that_names_it_fails() {
    let mut unwatched = Vec::new();
    for rule in RULES {
        let sources = scenarios_about(rule);
        let running =
            start_without(&format!("without-{}", rule.id), RulesAsked::without(rule)).await;
        let at = &running.at;
        let subject = Subject::new(&at.https, &at.control, &at.ca).unwrap();
        let selection = Selection {
            jobs: 4,
            ..Selection::default()
        };
        let outcome = runner::replay(&sources, &selection, &subject, &|_| {}).await;
        running.stop().await;
        if !is_noticed(&outcome) {
            unwatched.push(rule.id);
        }
    }
    assert!(
        unwatched.is_empty(),
        "no scenario misses these rules: {unwatched:?}"
    );
}

#[test]
fn every_rule_is_named_by_a_scenario_and_no_scenario_names_another() {
    let unnamed: Vec<&str> = RULES
        .iter()
        .filter(|rule| scenarios_about(rule).is_empty())
        .map(|rule| rule.id)
        .collect();
    assert!(unnamed.is_empty(), "no scenario names {unnamed:?}");
    for (name, text) in SHIPPED {
        for named in parse(name, text).unwrap().rules {
            assert!(
                RULES.iter().any(|rule| rule.id == named.value),
                "{name} names {}, which is no rule",
                named.value
            );
        }
    }
}
