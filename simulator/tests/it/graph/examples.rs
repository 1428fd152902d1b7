//! Every documented request is sent as documented, with the ids of what is in the tenant, and its answer has the documented
//! status and shape. What is not simulated is counted; what cannot hold stands in a table with the reason.

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use entrasim_domain::tenant::Tenant;
use serde_json::Value;

use self::furniture::Furnished;
use super::published::PUBLISHED;
use super::unauthorized::scopes;
use crate::contract::Version;
use crate::contract::paths::Found;
use crate::contract::schema::Contract;

mod compare;
mod exceptions;
mod furniture;
mod request;

use exceptions::EXCEPTIONS;

/// One documented request and what is documented of its answer.
pub(crate) struct Example {
    pub(crate) doc: String,
    pub(crate) version: Version,
    /// The place among those of the same page and version.
    pub(crate) number: usize,
    operation: String,
    pub(crate) method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Value,
    status: u16,
    shape: Value,
}

/// What became of an example.
enum Outcome {
    Holds,
    NotSimulated,
    Differs(String),
}

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let mut numbers: BTreeMap<(String, Version), usize> = BTreeMap::new();
    let lines = include_str!("../../data/graph_examples.jsonl")
        .lines()
        .skip(1);
    let read = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let version = Version::of(&text("v")).unwrap();
        let number = numbers.entry((text("doc"), version)).or_default();
        *number += 1;
        let headers = line["headers"].as_object().into_iter().flatten();
        Example {
            doc: text("doc"),
            version,
            number: *number,
            operation: text("op"),
            method: text("method"),
            url: text("url"),
            headers: headers
                .map(|(name, value)| {
                    (
                        name.to_ascii_lowercase(),
                        value.as_str().unwrap_or_default().to_owned(),
                    )
                })
                .collect(),
            body: line["body"].clone(),
            status: u16::try_from(line["status"].as_u64().unwrap()).unwrap(),
            shape: line["shape"].clone(),
        }
    };
    lines.map(read).collect()
});

impl Example {
    /// `/users/{user-id}`
    fn path(&self) -> &str {
        self.operation.split_once(' ').map_or("", |(_, path)| path)
    }

    fn name(&self) -> String {
        format!("{} {} #{}", self.doc, self.version.as_str(), self.number)
    }

    fn exception(&self) -> Option<&'static str> {
        let mut known = EXCEPTIONS.iter();
        let found = known.find(|(doc, version, number, _)| {
            *doc == self.doc
                && (version.is_empty() || *version == self.version.as_str())
                && (*number == 0 || *number == self.number)
        });
        found.map(|(.., why)| *why)
    }

    fn run(&self, furnished: &Furnished) -> Outcome {
        let operation = PUBLISHED
            .iter()
            .find(|operation| format!("{} {}", operation.method, operation.path) == self.operation);
        let bearer = furnished.bearer(&operation.map(scopes).unwrap_or_default());
        let mut headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .filter(|(name, _)| name != "authorization" && name != "content-length")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        headers.push(("authorization", &bearer));
        let body = if self.body.is_null() {
            String::new()
        } else {
            furnished.body(self).to_string()
        };
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", "application/json"));
        }
        let url = request::url(self, furnished);
        let (reply, faults) = furnished.bench.sent(&self.method, &url, &headers, &body);
        let status = reply.status.as_u16();
        if status == 501 {
            return Outcome::NotSimulated;
        }
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if status != self.status {
            let message = answer["error"]["message"].as_str().unwrap_or_default();
            return Outcome::Differs(format!(
                "{status} and not {}: {message} ({} {url} {body})",
                self.status, self.method
            ));
        }
        let contract = Contract::of(self.version);
        let segments: Vec<String> = self
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        let kind = match contract.find(&self.method, &segments) {
            Found::Operation(operation) => operation.ok.get(&status).cloned().flatten(),
            Found::Derived(kind) => Some(kind),
            Found::Nothing => None,
        };
        let differences = compare::differences(contract, kind.as_ref(), &self.shape, &answer);
        let differences: Vec<String> = faults.into_iter().chain(differences).collect();
        if differences.is_empty() {
            Outcome::Holds
        } else {
            Outcome::Differs(differences.join(", "))
        }
    }
}

/// Every example with what became of it.
fn outcomes() -> &'static [(&'static Example, Outcome)] {
    static OUTCOMES: LazyLock<Vec<(&Example, Outcome)>> = LazyLock::new(|| {
        let furnished = Furnished::new();
        let before = furnished.bench.tenant.read();
        let run = |example: &'static Example| {
            let outcome = example.run(&furnished);
            let restored = furnished.bench.tenant.write(|tenant| {
                *tenant = Tenant::clone(&before);
                Ok::<(), core::convert::Infallible>(())
            });
            restored.unwrap();
            (example, outcome)
        };
        EXAMPLES.iter().map(run).collect()
    });
    &OUTCOMES
}

/// The part of `COVERAGE.md` about the examples.
pub(crate) fn written(text: &mut String) {
    let outcomes = outcomes();
    let not_simulated: Vec<&Example> = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::NotSimulated))
        .map(|(example, _)| *example)
        .collect();
    let excepted: Vec<&Example> = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Differs(_)))
        .map(|(example, _)| *example)
        .collect();
    let hold = outcomes.len() - not_simulated.len() - excepted.len();
    writeln!(
        text,
        "\n### Documented examples\n\nOf {} documented requests {hold} are answered with the documented status and shape, {} are not simulated (501), and {} cannot hold:\n",
        outcomes.len(),
        not_simulated.len(),
        excepted.len()
    )
    .unwrap();
    text.push_str("| example | why it does not hold |\n| --- | --- |\n");
    for example in excepted {
        writeln!(
            text,
            "| {} | {} |",
            example.name(),
            example.exception().unwrap_or_default()
        )
        .unwrap();
    }
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for example in not_simulated {
        *pages.entry(&example.doc).or_default() += 1;
    }
    let pages = pages
        .iter()
        .map(|(page, count)| format!("{page} ({count})"));
    writeln!(
        text,
        "\nNot simulated: {}.",
        pages.collect::<Vec<_>>().join(", ")
    )
    .unwrap();
}

#[test]
fn documented_requests_are_answered_as_documented() {
    let mut wrong = Vec::new();
    for (example, outcome) in outcomes() {
        match (outcome, example.exception()) {
            (Outcome::Differs(how), None) => wrong.push(format!("{}: {how}", example.name())),
            (Outcome::Holds, Some(_)) => {
                wrong.push(format!("{} holds: take it off the list", example.name()));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
