//! One scenario from its first step to its last.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use serde_json::{Value, json};

use action::{action, policy_call};
use changed::{Original, begin};
use observation::kept;

use super::actor::{Session, claims_of};
use super::attempt;
use super::command::Workplace;
use super::http::{Answer, Subject};
use super::logs::Logs;
use super::recheck::{judge, unspoken};
use super::what_if::Change;
use super::{Failure, ScenarioResult, Side, StepResult};
use crate::language::Placed;
use crate::language::error::Place;
use crate::language::model::{HttpCall, PasskeyStep, PhaseChange, Step, TenantChange, Through};
use crate::language::parse::instant;
use crate::language::read::Telling;

mod action;
mod changed;
mod observation;

/// Where the clock stands until a step sets it: the month before Phase 2.
const BEGINNING: &str = "2025-09-01T08:00:00Z";
/// Claims that tell the same in every run.
const SHOWN_CLAIMS: [&str; 10] = [
    "aud", "amr", "acrs", "appidacr", "idtyp", "roles", "scp", "ver", "wids", "xms_cc",
];

struct Play<'a> {
    subject: &'a Subject,
    /// The same simulator, for what no report shows.
    quiet: &'a Subject,
    /// The tenant as it was, while it is changed.
    original: Option<Original>,
    /// An instant before the first step.
    begin: String,
    /// Where commands run, once one has.
    workplace: Option<Workplace>,
    /// The tenant's handout; `enforcement` in it is kept up to date.
    handout: Value,
    session: Session,
    now: String,
    /// What steps kept, by name.
    saved: BTreeMap<String, String>,
}

/// Plays a scenario in a tenant of its own.
///
/// With changes, the tenant is another than the file says; what is refused there is done once more in the tenant as it was,
/// so that what comes after it is judged by itself.
pub(super) async fn play(telling: &Telling, quiet: &Subject, changes: &[Change]) -> ScenarioResult {
    let Telling {
        scenario, source, ..
    } = telling;
    let subject = &quiet.recording();
    let mut result = ScenarioResult {
        name: scenario.scenario.clone(),
        about: scenario.about.clone(),
        variant: telling.variant.clone(),
        file: source.file.clone(),
        tags: scenario.tags.clone(),
        rules: scenario
            .rules
            .iter()
            .map(|rule| rule.value.clone())
            .collect(),
        source: scenario.source.clone(),
        steps: Vec::new(),
        failures: Vec::new(),
    };
    let handout = match create_tenant(telling, subject).await {
        Ok(handout) => handout,
        Err(error) => {
            result.failures.push(Failure::at(
                source,
                Place { line: 1, column: 1 },
                "tenant",
                "a tenant",
                &error.to_string(),
            ));
            return result;
        }
    };
    let tenant = handout["tenant"]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut play = Play {
        subject,
        quiet,
        original: None,
        begin: begin(telling),
        workplace: None,
        handout,
        session: Session::default(),
        now: BEGINNING.to_owned(),
        saved: BTreeMap::new(),
    };
    if let Err(error) = play.change(changes).await {
        let place = Place { line: 1, column: 1 };
        let actual = error.to_string();
        result
            .failures
            .push(Failure::at(source, place, "tenant", "the changes", &actual));
    }
    for placed in &telling.steps {
        let step = play.step_of_changed(placed, changes).await;
        let stop = step.answer.is_none() && !step.failures.is_empty() && changes.is_empty();
        result.steps.push(step);
        if stop {
            break;
        }
    }
    result.failures = unspoken(source, scenario, &result.steps);
    let _ = subject
        .control("DELETE", &format!("/tenants/{tenant}"), None)
        .await;
    result
}

async fn create_tenant(telling: &Telling, subject: &Subject) -> io::Result<Value> {
    let scenario = &telling.scenario;
    // FNV-1a of the file's name and the combination: the same scenario has the same ids in every run.
    let seed = telling
        .source
        .file
        .bytes()
        .chain(telling.variant.iter().flat_map(|variant| variant.bytes()))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    let wish =
        json!({"seed": seed, "name": "Contoso", "clock": {"mode": "manual", "now": BEGINNING}});
    let handout = subject.control("POST", "/tenants", Some(&wish)).await?;
    if let Some(change) = &scenario.tenant {
        let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
        change_tenant(subject, tenant, &change.value).await?;
        return subject
            .control("GET", &format!("/tenants/{tenant}"), None)
            .await;
    }
    Ok(handout)
}

async fn change_tenant(subject: &Subject, tenant: &str, change: &TenantChange) -> io::Result<()> {
    let phase = |phase: &PhaseChange| {
        let mut patch = json!({});
        for (name, value) in [
            ("starts", &phase.starts),
            ("postponed_until", &phase.postponed_until),
        ] {
            if let Some(value) = value {
                patch[name] = json!(value);
            }
        }
        patch
    };
    let mut enforcement = json!({});
    for (name, wish) in [("phase1", &change.phase1), ("phase2", &change.phase2)] {
        if let Some(wish) = wish {
            enforcement[name] = phase(wish);
        }
    }
    subject
        .control(
            "PATCH",
            &format!("/tenants/{tenant}/enforcement"),
            Some(&enforcement),
        )
        .await?;
    let mut policies = json!({"per_user_mfa": change.per_user_mfa});
    if let Some(on) = change.security_defaults {
        policies["security_defaults"] = json!(on);
    }
    subject
        .control(
            "PATCH",
            &format!("/tenants/{tenant}/policies"),
            Some(&policies),
        )
        .await?;
    Ok(())
}

impl Play<'_> {
    fn tenant(&self) -> String {
        self.handout["tenant"]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn now_seconds(&self) -> i64 {
        instant(&self.now).unwrap_or_default()
    }

    fn side(&self) -> Side {
        let start = self.handout["enforcement"]["phase2"]["effective"]
            .as_str()
            .and_then(instant);
        if start.is_some_and(|start| start <= self.now_seconds()) {
            Side::After
        } else {
            Side::Before
        }
    }

    async fn step(&mut self, Placed { step, origin }: &Placed) -> StepResult {
        let here = step.referenced;
        let step = &step.value;
        let outcome = self.act(step).await;
        let client = if self.session.is_user() {
            self.session.client.clone()
        } else {
            String::new()
        };
        let mut result = StepResult {
            file: origin.file.clone(),
            place: here.into(),
            title: step.fix.clone().or_else(|| step.step.clone()),
            is_fix: step.fix.is_some(),
            at: self.now.clone(),
            side: self.side(),
            phase2_from: self.handout["enforcement"]["phase2"]["effective"]
                .as_str()
                .map(str::to_owned),
            actor: self.session.actor.clone(),
            client,
            action: action(step),
            status: 0,
            code: None,
            decision: None,
            remedies: Vec::new(),
            claims: BTreeMap::new(),
            answer: None,
            variables: self.variables(),
            command: None,
            logs: Logs::new(),
            exchanges: Vec::new(),
            failures: Vec::new(),
        };
        let outcome = match outcome {
            Ok(answer) => self.observe(step, answer, &mut result).await,
            Err(error) => Err(error),
        };
        result.exchanges.extend(self.subject.take_exchanges());
        match outcome {
            Ok(()) => {
                result.failures = judge(origin, here, step, &result);
                self.saved.extend(kept(step, result.answer.as_ref()));
            }
            Err(error) => {
                let actual = error.to_string();
                let failure = Failure::at(origin, here.into(), "step", "an answer", &actual);
                result.failures.push(failure);
            }
        }
        result
    }

    async fn act(&mut self, step: &Step) -> io::Result<Option<Answer>> {
        if let Some(at) = &step.at {
            self.now.clone_from(&at.value);
            let clock = json!({"mode": "manual", "now": at.value});
            self.subject
                .control(
                    "PUT",
                    &format!("/tenants/{}/clock", self.tenant()),
                    Some(&clock),
                )
                .await?;
        }
        if let Some(actor) = &step.actor {
            let actor = self.filled(&actor.value);
            self.session.become_actor(&actor);
        }
        if let Some(client) = &step.client {
            self.session.client.clone_from(&client.value);
        }
        if let Some(wish) = &step.sign_in {
            let now = self.now_seconds();
            let answer = self
                .session
                .sign_in(self.subject, &self.handout, &wish.value, now)
                .await?;
            return Ok(Some(answer));
        }
        if let Some(wish) = &step.passkey {
            let now = self.now_seconds();
            let user = self.filled(&wish.value.user);
            let wish = PasskeyStep {
                user,
                ..wish.value.clone()
            };
            let made = if wish.through == Some(Through::SecurityInfo) {
                self.session
                    .register(self.subject, &self.handout, &wish, now)
                    .await
            } else {
                self.session
                    .provision(self.subject, &self.handout, &wish, now)
                    .await
            };
            return made.map(Some);
        }
        if let Some(call) = &step.security_info {
            let (verb, path) = call.value.verbs().first().copied().unwrap_or(("GET", "/"));
            let (path, body) = (self.filled(path), call.value.body.as_ref());
            let body = body.map(|body| self.filled(&body.to_string()));
            let now = self.now_seconds();
            let answer = self
                .session
                .security_info(self.subject, &self.handout, now, (verb, &path, body))
                .await?;
            return Ok(Some(answer));
        }
        if let Some(call) = &step.trust_list {
            let key = self.filled(&call.value);
            self.session
                .trust(self.subject, &self.handout, &key)
                .await?;
            return Ok(None);
        }
        if let Some(wish) = &step.circumstances {
            let tenant = self.tenant();
            let filled = |text: &str| self.filled(text);
            attempt::change_circumstances(self.subject, &tenant, &wish.value, filled).await?;
            return Ok(None);
        }
        if let Some(wish) = &step.attempt {
            return attempt::explain(self.subject, &self.tenant(), &wish.value)
                .await
                .map(Some);
        }
        if let Some(call) = &step.arm {
            let version = call.value.api_version.as_deref().unwrap_or("2024-11-01");
            return self
                .call("arm", &call.value, &format!("api-version={version}"), "")
                .await
                .map(Some);
        }
        if let Some(call) = &step.graph {
            let version = format!("/{}", call.value.version.as_deref().unwrap_or("v1.0"));
            let answer = self.call("graph", &call.value, "", &version).await?;
            if let Some(pass) = answer.json()["temporaryAccessPass"].as_str() {
                self.handout["access_pass"] = json!(pass);
            }
            return Ok(Some(answer));
        }
        if let Some(wish) = &step.policy {
            let call = policy_call(&wish.value);
            return self
                .call("arm", &call, "api-version=2023-04-01", "")
                .await
                .map(Some);
        }
        if let Some(change) = &step.tenant {
            change_tenant(self.subject, &self.tenant(), &change.value).await?;
            let view = self
                .subject
                .control(
                    "GET",
                    &format!("/tenants/{}/enforcement", self.tenant()),
                    None,
                )
                .await?;
            self.handout["enforcement"] = view;
        }
        Ok(None)
    }

    /// Calls a resource with the actor's token for it.
    async fn call(
        &mut self,
        resource: &str,
        call: &HttpCall,
        parameter: &str,
        prefix: &str,
    ) -> io::Result<Answer> {
        let now = self.now_seconds();
        let token = self
            .session
            .token(self.subject, &self.handout, resource, now)
            .await?;
        let (verb, path) = call.verbs().first().copied().unwrap_or(("GET", "/"));
        let mut target = format!("{prefix}{}", self.filled(path)).replace(' ', "%20");
        if !parameter.is_empty() {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(parameter);
        }
        let body = call
            .body
            .as_ref()
            .map(|body| self.filled(&body.to_string()))
            .unwrap_or_default();
        let host = if resource == "graph" {
            "graph.microsoft.com"
        } else {
            "management.azure.com"
        };
        let request = http::Request::builder()
            .method(verb)
            .uri(target)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .map_err(io::Error::other)?;
        self.subject.send(host, request).await
    }

    /// What names in braces stand for at the moment.
    fn variables(&self) -> BTreeMap<String, String> {
        let value = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let own = [
            ("sub", value(&self.handout["subscription"])),
            ("tenant", value(&self.handout["tenant"]["id"])),
            ("domain", value(&self.handout["tenant"]["domain"])),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        self.saved.clone().into_iter().chain(own).collect()
    }

    fn filled(&self, text: &str) -> String {
        fill(text, &self.variables())
    }

    /// Fills in what the answer and the journal tell.
    async fn describe(&self, answer: &Answer, result: &mut StepResult) {
        result.status = answer.status;
        let body = answer.json();
        if let Some(token) = body["access_token"].as_str() {
            let claims = claims_of(token);
            let shown = SHOWN_CLAIMS
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), claims.get(*name)?.clone())));
            result.claims = shown.collect();
        }
        let id = answer
            .header("x-ms-request-id")
            .or_else(|| answer.header("request-id"))
            .or_else(|| answer.header("x-ms-correlation-id"));
        if let Some(id) = id
            && let Ok(entry) = self
                .subject
                .control("GET", &format!("/journal/{id}"), None)
                .await
        {
            result.tell(&entry);
            result.remedies = self.remedies(id, result).await;
        }
    }
}

impl StepResult {
    /// What the journal's entry tells of it.
    fn tell(&mut self, entry: &Value) {
        self.code = entry["code"].as_str().map(str::to_owned);
        self.decision = Some(entry["decision"].clone()).filter(|decision| !decision.is_null());
        // A page that asks for more bears no error; what it asks for has a number all the same.
        let asked = || entry["decision"]["code"].as_str().map(str::to_owned);
        self.code = self.code.take().or_else(asked);
    }
}

/// The text with names in braces replaced.
pub(super) fn fill(text: &str, variables: &BTreeMap<String, String>) -> String {
    let put = |text: String, (name, value): (&String, &String)| {
        text.replace(&format!("{{{name}}}"), value)
    };
    variables.iter().fold(text.to_owned(), put)
}
