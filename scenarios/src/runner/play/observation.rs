//! What came of a step: the answer, what a command did, what the logs say by then, and what would have let it pass.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;

use super::Play;
use crate::language::model::{CommandLine, Step};
use crate::runner::command::{self, Workplace};
use crate::runner::expectation::at_path;
use crate::runner::{Answer, StepResult, attempt, logs};

impl Play<'_> {
    /// Fills in what came of a step: the answer, or what a command did, and the logs that it asks about.
    pub(super) async fn observe(
        &mut self,
        step: &Step,
        answer: Option<Answer>,
        result: &mut StepResult,
    ) -> io::Result<()> {
        if let Some(answer) = &answer {
            self.describe(answer, result).await;
            if step.attempt.is_some() {
                attempt::describe(answer, result);
            }
        }
        result.answer = answer;
        if let Some(line) = &step.run {
            self.run(step, &line.value, result).await?;
        }
        if let Some(wanted) = step.expect.as_ref().and_then(|expect| expect.log.as_ref()) {
            let now = self.now_seconds();
            // What the step keeps can be looked for in the logs at once.
            let kept = kept(step, result.answer.as_ref());
            result.variables.extend(kept);
            result.logs = logs::read(self.quiet, &self.handout, wanted, now).await?;
        }
        Ok(())
    }

    /// Runs a command; the journal knows what it asked.
    async fn run(
        &mut self,
        step: &Step,
        line: &CommandLine,
        result: &mut StepResult,
    ) -> io::Result<()> {
        let tenant = self.tenant();
        let last = command::last_request(self.quiet, &tenant).await?;
        let files = step.expect.iter().flat_map(|expect| expect.files.keys());
        let files = files.map(String::as_str);
        let line = match line {
            CommandLine::Shell(line) => CommandLine::Shell(self.filled(line)),
            CommandLine::Arguments(words) => {
                CommandLine::Arguments(words.iter().map(|word| self.filled(word)).collect())
            }
        };
        let workplace = match self.workplace.take() {
            Some(workplace) => workplace,
            None => Workplace::new(&tenant)?,
        };
        let workplace = self.workplace.insert(workplace);
        let ran = command::run(self.quiet, &self.handout, &line, workplace, files).await?;
        let asked = command::requests_since(self.quiet, &tenant, last.as_deref()).await?;
        if let Some(entry) = command::telling(&asked) {
            result.tell(entry);
            result.status = command::exchange(entry).status;
            let id = entry["request_id"].as_str().unwrap_or_default().to_owned();
            result.remedies = self.remedies(&id, result).await;
        }
        result.exchanges = asked.iter().map(command::exchange).collect();
        result.answer = Some(Answer {
            status: result.status,
            headers: http::HeaderMap::new(),
            body: ran.stdout.clone().into(),
        });
        result.command = Some(ran);
        Ok(())
    }

    /// What would have let a request pass that was decided against.
    pub(super) async fn remedies(&self, id: &str, result: &StepResult) -> Vec<String> {
        let outcome = result
            .decision
            .as_ref()
            .and_then(|decision| decision["outcome"].as_str());
        if outcome.is_none_or(|outcome| outcome == "grant") {
            return Vec::new();
        }
        let path = format!("/journal/{id}/explain");
        let explained = self
            .quiet
            .control("GET", &path, None)
            .await
            .unwrap_or_default();
        let remedies = explained["remedies"].as_array().map(Vec::as_slice);
        let texts = remedies.unwrap_or_default().iter();
        texts
            .filter_map(|remedy| remedy["text"].as_str().map(str::to_owned))
            .collect()
    }
}

/// What the step wants kept of its answer.
pub(super) fn kept(step: &Step, answer: Option<&Answer>) -> BTreeMap<String, String> {
    let body = answer.map(Answer::json).unwrap_or_default();
    let text = |path: &str| match at_path(&body, path)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    };
    let kept = step.save.iter();
    kept.filter_map(|(name, path)| Some((name.clone(), text(&path.value)?)))
        .collect()
}
