//! Token requests as `sign_in` steps: by whom, with which proof, for which resource.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::calls::Reader;
use super::{Recorded, RecordedStep};
use crate::language::parse::{CLIENTS, portal_host};
use crate::runner::claims_of;

/// Who holds a token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Actor {
    /// As `as:` names them.
    pub name: String,
    client: Option<&'static str>,
    /// The proof that the player can show again.
    proof: Value,
}

impl Actor {
    /// By an access token's claims; none where the tenant's handout does not know them.
    pub(super) fn of_token(
        handout: &Value,
        token: &str,
        factor: Option<&'static str>,
    ) -> Option<Self> {
        let claims = claims_of(token);
        let app = claims["appid"]
            .as_str()
            .or_else(|| claims["azp"].as_str())?;
        let names = ["upn", "unique_name", "preferred_username"];
        let upn = names.into_iter().find_map(|name| claims[name].as_str());
        if let Some(upn) = upn {
            let is_mfa = claims["amr"]
                .as_array()
                .is_some_and(|amr| amr.iter().any(|one| one == "mfa"));
            let factor = is_mfa.then(|| factor.unwrap_or(USUAL));
            return Self::account(handout, upn, app, factor);
        }
        let identities = handout["managed_identities"]
            .as_object()
            .into_iter()
            .flatten();
        for (name, identity) in identities {
            if identity["client_id"] == app {
                return Some(Self {
                    name: format!("managed identity {name}"),
                    client: None,
                    proof: json!({"managed_identity": name}),
                });
            }
        }
        Self::app(handout, app, "client_secret")
    }

    fn account(
        handout: &Value,
        upn: &str,
        client: &str,
        factor: Option<&'static str>,
    ) -> Option<Self> {
        let accounts = handout["accounts"].as_object()?;
        let (name, _) = accounts.iter().find(|(_, account)| {
            account["upn"]
                .as_str()
                .is_some_and(|known| known.eq_ignore_ascii_case(upn))
        })?;
        let mut proof = json!({"password": "seeded"});
        if let Some(factor) = factor {
            proof["mfa"] = json!(factor);
        }
        Some(Self {
            name: name.clone(),
            client: CLIENTS
                .iter()
                .find(|(_, id)| *id == client)
                .map(|(name, _)| *name),
            proof,
        })
    }

    fn app(handout: &Value, id: &str, proof: &str) -> Option<Self> {
        let apps = handout["apps"].as_object()?;
        let (name, _) = apps.iter().find(|(_, app)| app["client_id"] == id)?;
        let mut says = json!({});
        says[proof] = json!("seeded");
        Some(Self {
            name: format!("app {name}"),
            client: None,
            proof: says,
        })
    }

    /// The step in which they sign in.
    pub(super) fn sign_in(&self) -> RecordedStep {
        RecordedStep {
            actor: Some(self.name.clone()),
            client: self.client,
            action: ("sign_in", self.proof.clone()),
            ..RecordedStep::default()
        }
    }
}

/// What stands for a second factor of which nothing is known but that it was there.
const USUAL: &str = "push";

/// Second factors by the names that the pages have for them, and by those of scenarios.
const FACTORS: [(&str, &str); 7] = [
    ("PhoneAppNotification", "push"),
    ("PhoneAppOTP", "app-code"),
    ("OneWaySMS", "text"),
    ("ConsolidatedTelephony", "call"),
    ("TwoWayVoiceMobile", "call"),
    ("TwoWayVoiceAlternateMobile", "call"),
    ("TwoWayVoiceOffice", "call"),
];

/// Remembers which second factor a page asked for.
pub(super) fn page(reader: &mut Reader<'_>, request: &Recorded) {
    let path = request.url.split('?').next().unwrap_or_default();
    if request.method != "POST" || !path.contains("/SAS/") {
        return;
    }
    let body: Value = serde_json::from_str(&request.sent).unwrap_or_default();
    let form = Form::read(&request.sent);
    let asked = body["AuthMethodId"]
        .as_str()
        .map(str::to_owned)
        .or_else(|| form.get("mfaAuthMethod"));
    let known = |asked: String| {
        let mut factors = FACTORS.iter();
        factors
            .find(|(page, _)| *page == asked)
            .map(|(_, own)| *own)
    };
    if let Some(factor) = asked.and_then(known) {
        reader.factor = Some(factor);
    }
}

/// Somebody comes back to a portal from the sign-in pages.
pub(super) fn portal(reader: &mut Reader<'_>, request: &Recorded) -> Option<RecordedStep> {
    let form = Form::read(&request.sent);
    let token = form.get("id_token").filter(|_| request.status == 200)?;
    let claims = claims_of(&token);
    let name = claims["preferred_username"].as_str()?;
    let (_, address) = request.url.split_once("://")?;
    let host = address.split(['/', ':']).next()?;
    let client = CLIENTS
        .iter()
        .find(|(client, _)| portal_host(client) == Some(host))?;
    let factor = reader.factor.take();
    let mut actor = Actor::account(&reader.recording.handout, name, client.1, factor)?;
    actor.client = Some(client.0);
    let step = actor.sign_in();
    reader.actor = Some(actor);
    Some(step)
}

/// `POST …/token`, unless it only asks whether a device code has been approved.
pub(super) fn token(reader: &mut Reader<'_>, request: &Recorded) -> Option<RecordedStep> {
    let path = request.url.split('?').next().unwrap_or_default();
    if request.method != "POST" || !path.ends_with("/token") {
        return None;
    }
    let form = Form::read(&request.sent);
    let handout = &reader.recording.handout;
    let client = form.get("client_id").unwrap_or_default();
    let resource = form
        .get("scope")
        .or_else(|| form.get("resource"))
        .unwrap_or_default();
    let actor = match form.get("grant_type")?.as_str() {
        "password" => {
            let upn = form.get("username")?;
            let mut actor = Actor::account(handout, &upn, &client, None)?;
            let seeded = &handout["accounts"][&actor.name]["password"];
            if *seeded != form.get("password").unwrap_or_default() {
                actor.proof = json!({"password": "a wrong password"});
            }
            actor
        }
        "client_credentials" => {
            let proof = match form.get("client_assertion") {
                None => "client_secret",
                Some(assertion) if claims_of(&assertion)["iss"] == client => "certificate",
                Some(_) => "federated",
            };
            Actor::app(handout, &client, proof)?
        }
        "refresh_token" => {
            reader.actor.as_ref()?;
            let step = RecordedStep {
                action: ("sign_in", says(json!({"refresh": true}), &resource, &form)),
                ..RecordedStep::default()
            };
            return Some(step);
        }
        // What the pages showed is not seen here; the token tells what came of it.
        _ if request.status == 200 => {
            let answer: Value = serde_json::from_str(&request.received).unwrap_or_default();
            let token = answer["access_token"].as_str()?;
            Actor::of_token(handout, token, reader.factor.take())?
        }
        _ => return None,
    };
    let step = actor.sign_in();
    let says = says(step.action.1, &resource, &form);
    reader.actor = Some(actor);
    Some(RecordedStep {
        action: ("sign_in", says),
        ..step
    })
}

/// The identity endpoints of a machine.
pub(super) fn identity(reader: &mut Reader<'_>, request: &Recorded) -> Option<RecordedStep> {
    let query = Form::read(request.url.split_once('?').map_or("", |(_, query)| query));
    let resource = query.get("resource")?;
    let which = if query.get("client_id").is_some() {
        "user"
    } else {
        "system"
    };
    let actor = Actor {
        name: format!("managed identity {which}"),
        client: None,
        proof: json!({"managed_identity": which}),
    };
    let step = actor.sign_in();
    let says = says(step.action.1, &resource, &query);
    reader.actor = Some(actor);
    Some(RecordedStep {
        action: ("sign_in", says),
        ..step
    })
}

/// The proof, with the resource and the challenge where the request names one.
fn says(mut proof: Value, resource: &str, form: &Form) -> Value {
    let resource = resource
        .split_whitespace()
        .find(|scope| scope.contains("://"))
        .unwrap_or_default();
    if resource.contains("graph.microsoft.com") {
        proof["resource"] = json!("graph");
    } else if !resource.is_empty() && !resource.contains("management") {
        proof["resource"] = json!(resource.trim_end_matches("/.default"));
    }
    let claims = form.get("claims").unwrap_or_default();
    if claims.contains("\"p1\"") {
        proof["claims"] = json!("p1");
    }
    proof
}

/// Pairs of a form or a query.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(text: &str) -> Self {
        let word = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        Self(
            text.split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (word(name), word(value)))
                .collect(),
        )
    }

    fn get(&self, wanted: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    }
}
