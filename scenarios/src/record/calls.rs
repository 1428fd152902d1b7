//! Requests, one after the other, as steps: who acts by which token, which ids come from which answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::sign_ins::{self, Actor};
use super::{Recorded, RecordedStep, Recording};

/// What has been read so far.
pub(super) struct Reader<'a> {
    pub recording: &'a Recording,
    pub steps: Vec<RecordedStep>,
    pub actor: Option<Actor>,
    /// What the pages asked for beside the password, since the last token.
    pub factor: Option<&'static str>,
    /// Ids that answers gave: the step and the path of each.
    given: BTreeMap<String, (usize, String)>,
    /// Ids that a later step uses, by the name it uses.
    named: BTreeMap<String, String>,
    left_out: usize,
}

/// Answers that tell how a long operation is going have an id in their path that no answer gave by name.
const POLLS: [&str; 3] = [
    "/operationresults/",
    "/operationstatuses/",
    "/asyncoperations/",
];

impl<'a> Reader<'a> {
    pub(super) fn new(recording: &'a Recording) -> Self {
        Self {
            recording,
            steps: Vec::new(),
            actor: None,
            factor: None,
            given: BTreeMap::new(),
            named: BTreeMap::new(),
            left_out: 0,
        }
    }

    /// The steps, and how many requests are none: discovery, pages, polls.
    pub(super) fn end(self) -> (Vec<RecordedStep>, usize) {
        (self.steps, self.left_out)
    }

    pub(super) fn read(&mut self, request: &Recorded) {
        let understood = match request.surface.as_str() {
            "sts" => {
                sign_ins::page(self, request);
                sign_ins::token(self, request)
            }
            "portal" => sign_ins::portal(self, request),
            "managed_identity" | "managed-identity" => sign_ins::identity(self, request),
            "arm" => self.call("arm", request),
            "graph" => self.call("graph", request),
            _ => None,
        };
        match understood {
            Some(step) => self.push(step, request),
            None => self.left_out += 1,
        }
    }

    fn push(&mut self, mut step: RecordedStep, request: &Recorded) {
        if self.steps.is_empty() {
            step.at = Some(request.at.clone());
        }
        step.status = request.status;
        step.code.clone_from(&request.code);
        self.steps.push(step);
        let received: Value = serde_json::from_str(&request.received).unwrap_or_default();
        if request.surface == "arm" || request.surface == "graph" {
            self.remember(&received, "");
        }
    }

    fn call(&mut self, kind: &'static str, request: &Recorded) -> Option<RecordedStep> {
        let token = request.authorization.as_deref()?.strip_prefix("Bearer ")?;
        let (_, target) = request.url.split_once("://")?;
        let target = target.get(target.find('/')?..)?;
        if POLLS
            .iter()
            .any(|poll| target.to_ascii_lowercase().contains(poll))
        {
            return None;
        }
        // Somebody else than before: the player has to sign in as them.
        let actor = Actor::of_token(&self.recording.handout, token, self.factor)?;
        if self
            .actor
            .as_ref()
            .is_none_or(|known| known.name != actor.name)
        {
            let step = actor.sign_in();
            self.actor = Some(actor);
            let quiet = Recorded {
                at: request.at.clone(),
                status: 200,
                ..Recorded::default()
            };
            self.push(step, &quiet);
        }
        let (path, version) = if kind == "graph" {
            let rest = target.trim_start_matches('/');
            let (version, path) = rest.split_at(rest.find('/')?);
            (path.to_owned(), ("version", version.to_owned()))
        } else {
            let (path, version) = without_api_version(target);
            (path, ("api_version", version))
        };
        let verb = request.method.to_ascii_lowercase();
        let mut says = json!({});
        says[verb] = json!(self.general(&path));
        let is_usual = matches!(version.1.as_str(), "" | "v1.0" | "2024-11-01");
        if !is_usual {
            says[version.0] = json!(version.1);
        }
        if let Ok(mut body) = serde_json::from_str::<Value>(&request.sent) {
            without_passwords(&mut body);
            let general = self.general(&body.to_string());
            says["body"] = serde_json::from_str(&general).unwrap_or(body);
        }
        Some(RecordedStep {
            action: (kind, says),
            ..RecordedStep::default()
        })
    }

    /// Keeps where each id of an answer stands; the first answer that has it counts.
    fn remember(&mut self, value: &Value, path: &str) {
        let at = self.steps.len().saturating_sub(1);
        let join = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        match value {
            Value::String(text) if is_id(text) => {
                self.given
                    .entry(text.clone())
                    .or_insert_with(|| (at, path.to_owned()));
            }
            Value::Object(members) => {
                // A name with a full stop in it would be taken for a path.
                for (name, member) in members.iter().filter(|(name, _)| !name.contains('.')) {
                    self.remember(member, &join(name));
                }
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    self.remember(item, &join(&number.to_string()));
                }
            }
            _ => {}
        }
    }

    /// A text with what is this tenant's replaced by what stands for it in any.
    pub(super) fn general(&mut self, text: &str) -> String {
        let handout = &self.recording.handout;
        let own = [
            (&handout["subscription"], "{sub}"),
            (&handout["tenant"]["id"], "{tenant}"),
            (&handout["tenant"]["domain"], "{domain}"),
        ];
        let mut general = text.to_owned();
        for (value, name) in own {
            if let Some(value) = value.as_str().filter(|value| !value.is_empty()) {
                general = general.replace(value, name);
            }
        }
        for (id, (step, path)) in &self.given {
            if general.contains(id.as_str()) {
                let next = format!("id{}", self.named.len() + 1);
                let name = self.named.entry(id.clone()).or_insert(next);
                if let Some(step) = self.steps.get_mut(*step) {
                    step.save.insert(name.clone(), path.clone());
                }
                general = general.replace(id.as_str(), &format!("{{{name}}}"));
            }
        }
        general
    }
}

/// A GUID in its usual form.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

fn without_api_version(target: &str) -> (String, String) {
    let Some((path, query)) = target.split_once('?') else {
        return (target.to_owned(), String::new());
    };
    let mut version = String::new();
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| match pair.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("api-version") => {
                value.clone_into(&mut version);
                false
            }
            _ => true,
        })
        .collect();
    let question = if rest.is_empty() { "" } else { "?" };
    (format!("{path}{question}{}", rest.join("&")), version)
}

fn without_passwords(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if member.is_string() && name.to_ascii_lowercase().ends_with("password") {
                    *member = json!("Recorded-passw0rd");
                } else {
                    without_passwords(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_passwords),
        _ => {}
    }
}
