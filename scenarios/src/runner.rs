//! Plays scenarios: each in a tenant of its own, several at once. A transport failure is a failed step, never an error.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::language::error::{ParseError, Place, source_line};
use crate::language::model::Scenario;
use crate::language::read::{Telling, read};

mod actor;
mod attempt;
mod browser;
mod command;
mod exchange;
mod expectation;
mod http;
mod logs;
mod pages;
mod passkey;
mod phone;
mod play;
mod recheck;
mod security_info;
pub mod what_if;

pub use crate::language::Source;
pub(crate) use actor::claims_of;
pub use command::CommandResult;
pub use exchange::Exchange;
pub use http::{Answer, Subject};
pub use logs::Logs;
pub use recheck::recheck;

/// What to play and how.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// How many at once; at least one.
    pub jobs: usize,
    /// Only scenarios with one of these tags.
    pub tags: Vec<String>,
    /// Only scenarios that exercise one of these rules.
    pub rules: Vec<String>,
    /// Only scenarios with one of these texts in their title or in the name of their file, whatever the case.
    pub names: Vec<String>,
    /// Begin no other scenario once one has failed.
    pub fail_fast: bool,
}

/// What came of all of them, in the order in which they were given.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Scenarios that were played.
    pub scenarios: Vec<ScenarioResult>,
    /// Files that could not be read.
    pub unreadable: Vec<ParseError>,
    /// How many were to be played: more than were, where the first failure ended it.
    pub selected: usize,
}

/// What came of one scenario.
#[derive(Clone, Debug)]
pub struct ScenarioResult {
    /// Its title.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Which combination of the file's matrix it is.
    pub variant: Option<String>,
    /// Where it was read.
    pub file: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The rules it exercises.
    pub rules: Vec<String>,
    /// Where the story comes from.
    pub source: Option<String>,
    /// Its steps, as far as it came.
    pub steps: Vec<StepResult>,
    /// Failures of the scenario as a whole.
    pub failures: Vec<Failure>,
}

/// On which side of the date a step happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Before Phase 2 binds the tenant.
    Before,
    /// After.
    After,
}

/// What came of one step.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// The file that it stands in: the scenario's, or one that this includes.
    pub file: String,
    /// Where it stands there.
    pub place: Place,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// It begins the remedy.
    pub is_fix: bool,
    /// The tenant's instant.
    pub at: String,
    /// Which side of the date that is.
    pub side: Side,
    /// From when on Phase 2 binds the tenant, as far as it is known by then.
    pub phase2_from: Option<String>,
    /// Who acted.
    pub actor: String,
    /// Through which client; empty for apps and identities.
    pub client: String,
    /// What was done, in short.
    pub action: String,
    /// The HTTP status; 0 if nothing was sent or nothing came back.
    pub status: u16,
    /// The error code that the client was shown.
    pub code: Option<String>,
    /// The simulator's decision, as its control API gives it.
    pub decision: Option<Value>,
    /// What would have let a refused request pass, found by deciding again: each is enough.
    pub remedies: Vec<String>,
    /// The claims of a new access token, without what changes from run to run.
    pub claims: BTreeMap<String, Value>,
    /// The answer that expectations are held against; none where nothing was asked or nothing came back.
    pub answer: Option<Answer>,
    /// What names in braces stand for, in what the step expects as in what it sends.
    pub variables: BTreeMap<String, String>,
    /// What a command did, where the step ran one.
    pub command: Option<CommandResult>,
    /// The entries of the logs that the step asks about.
    pub logs: Logs,
    /// Every request that the step sent, and what came back, with secrets taken out.
    pub exchanges: Vec<Exchange>,
    /// Expectations that were not met.
    pub failures: Vec<Failure>,
}

/// Something that is not as the file says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// The file in which the expectation stands.
    pub file: String,
    /// Where the expectation stands.
    pub place: Place,
    /// That line of the file.
    pub source_line: String,
    /// What it is about: `status`, `code`, …
    pub what: String,
    /// What the file says.
    pub expected: String,
    /// What was.
    pub actual: String,
}

impl Failure {
    /// Something that is not as a line of this file says.
    fn at(source: &Source, place: Place, what: &str, expected: &str, actual: &str) -> Self {
        Self {
            file: source.file.clone(),
            place,
            source_line: source_line(&source.text, place),
            what: what.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        }
    }
}

impl ScenarioResult {
    /// Nothing failed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.steps.iter().all(|step| step.failures.is_empty())
    }
}

impl StepResult {
    /// The rule that decided, or one that recorded the request.
    pub fn rule(&self) -> Option<&str> {
        let decision = self.decision.as_ref()?;
        decision["rule"]
            .as_str()
            .or_else(|| self.rules_saying("audited").next())
    }

    /// What a rule said: `fired: …`.
    pub fn said(&self, rule: &str) -> Option<String> {
        let decision = self.decision.as_ref()?;
        let findings = decision["findings"].as_array()?;
        let finding = findings.iter().find(|finding| finding["rule"] == rule)?;
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        Some(format!("{}: {}", text("verdict"), text("because")))
    }

    /// The rules with this verdict.
    pub fn rules_saying<'a>(&'a self, verdict: &'a str) -> impl Iterator<Item = &'a str> {
        let findings = self
            .decision
            .as_ref()
            .and_then(|decision| decision["findings"].as_array());
        findings
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter(move |finding| finding["verdict"] == verdict)
            .filter_map(|finding| finding["rule"].as_str())
    }
}

impl Outcome {
    /// 0: all passed; 1: a scenario failed; 2: a file could not be read, or nothing was selected.
    pub fn exit_code(&self) -> u8 {
        if !self.unreadable.is_empty() || self.scenarios.is_empty() {
            2
        } else {
            u8::from(!self.scenarios.iter().all(ScenarioResult::passed))
        }
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.scenarios
            .iter()
            .filter(|scenario| scenario.passed())
            .count()
    }
}

/// Reads and plays. `progress` hears of each scenario that has ended.
pub async fn replay(
    sources: &[Source],
    selection: &Selection,
    subject: &Subject,
    progress: &(dyn Fn(&ScenarioResult) + Sync),
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut selected: Vec<Telling> = Vec::new();
    for source in sources {
        match read(source) {
            Err(error) => outcome.unreadable.push(error),
            Ok(tellings) => selected.extend(
                tellings
                    .into_iter()
                    .filter(|telling| is_selected(&telling.scenario, &source.file, selection)),
            ),
        }
    }
    let fail_fast = selection.fail_fast;
    outcome.selected = selected.len();
    let selected = Arc::new(selected);
    let next = Arc::new(AtomicUsize::new(0));
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..selection.jobs.clamp(1, selected.len().max(1)) {
        let (selected, next, subject, send) = (
            Arc::clone(&selected),
            Arc::clone(&next),
            subject.clone(),
            send.clone(),
        );
        tokio::spawn(async move {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(telling) = selected.get(at) else {
                    return;
                };
                let result = play::play(telling, &subject, &[]).await;
                if fail_fast && !result.passed() {
                    next.store(usize::MAX / 2, Ordering::Relaxed);
                }
                let _ = send.send((at, result));
            }
        });
    }
    drop(send);
    let mut results = BTreeMap::new();
    while let Some((at, result)) = receive.recv().await {
        progress(&result);
        results.insert(at, result);
    }
    outcome.scenarios = results.into_values().collect();
    outcome
}

/// The titles and tags of the scenarios in these files that a selection names, with the file of each.
///
/// # Errors
/// A file cannot be read.
pub fn list(sources: &[Source], selection: &Selection) -> Result<Vec<Listed>, ParseError> {
    let mut listed = Vec::new();
    for source in sources {
        for telling in read(source)? {
            if is_selected(&telling.scenario, &source.file, selection) {
                listed.push(Listed {
                    file: source.file.clone(),
                    title: telling.scenario.scenario,
                    tags: telling.scenario.tags,
                });
            }
        }
    }
    Ok(listed)
}

/// A scenario in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// Where it was read.
    pub file: String,
    /// Its title.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
}

fn is_selected(scenario: &Scenario, file: &str, selection: &Selection) -> bool {
    let (file, title) = (file.to_lowercase(), scenario.scenario.to_lowercase());
    let is_named = |name: &String| {
        let name = name.to_lowercase();
        file.contains(&name) || title.contains(&name)
    };
    if !selection.names.is_empty() && !selection.names.iter().any(is_named) {
        return false;
    }
    let tagged =
        selection.tags.is_empty() || selection.tags.iter().any(|tag| scenario.tags.contains(tag));
    let exercises = |wanted: &String| scenario.rules.iter().any(|rule| rule.value == *wanted);
    tagged && (selection.rules.is_empty() || selection.rules.iter().any(exercises))
}
