//! Adding a passkey: the challenge, the way over the relying party's page, and the proof.

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind};
use entrasim_domain::policy::passkey::Unfit;
use entrasim_domain::random::Random;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Failure, Kind, Refused, Step, register};
use super::page;
use super::session::Session;
use crate::call::Call;
use crate::origins;
use crate::passkey::{self, NotRegistered};
use crate::seal::{Purpose, open, seal};
use crate::wire::html::escape;
use crate::wire::{Form, Reply};

/// As long as the page waits for the authenticator.
const LIFETIME: Duration = Duration::from_secs(600);

/// What a new passkey signs, sealed; its text is what is signed.
#[derive(Deserialize, Serialize)]
struct Challenge {
    id: Uuid,
    user: Uuid,
    /// Milliseconds since 1970.
    at: i64,
}

impl Challenge {
    /// The first instant at which it is void.
    fn ends(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.at) + LIFETIME
    }
}

/// Where the pages live for who asks: the public origins, or the simulator's own.
fn origin<'c>(call: &Call<'_>, public: &'c str) -> std::borrow::Cow<'c, str> {
    let own = call.request.origin();
    if own == origins::SECURITY_INFO {
        public.into()
    } else {
        own.into()
    }
}

/// The wire of public tools: a JSON text in `Data`, for a form that the browser posts to `provisionUrl`.
pub(super) fn begin(session: &Session<'_>, kind: Kind) -> Step {
    let (call, tenant, user) = (session.call, session.tenant, &session.user);
    let challenge = |purpose| {
        let challenge = Challenge {
            id: call.draw(Random::guid),
            user: user.id.0,
            at: call.now().unix_millis(),
        };
        seal(call, purpose, &challenge)
    };
    let exclude: Vec<Value> = passkey::passkeys(user)
        .map(|key| json!({"type": "public-key", "id": URL_SAFE_NO_PAD.encode(&key.credential_id)}))
        .collect();
    let data = json!({
        "provisionUrl": format!("{}/{}/fido/create", origin(call, origins::PASSKEY), tenant.id),
        "requestData": {
            "canary": challenge(Purpose::Canary),
            "serverChallenge": challenge(Purpose::NewPasskey),
            "postBackUrl": format!("{}/api/post/newfido", origin(call, origins::SECURITY_INFO)),
            "userId": passkey::handle(tenant, user),
            "memberName": session.name(),
            "userDisplayName": &*user.display_name,
            "userIconUrl": "",
            // Older pages ask for security keys only.
            "authenticator": if kind == Kind::FIDO { "cross-platform" } else { "" },
            "ExcludeNextGenCredentialsJSON": json!(exclude).to_string(),
        },
    });
    Step::Begun {
        data: Some(data.to_string()),
        context: None,
    }
}

/// What comes back as the proof: a JSON text. Base64url, with or without padding.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Proof {
    name: String,
    canary: String,
    attestation_object: String,
    client_data_json: String,
    credential_id: String,
}

/// Checks what the authenticator made, against the policy as it is now.
pub(super) fn verify(session: &Session<'_>, data: &str) -> Result<Step, Refused> {
    let (call, user) = (session.call, &session.user);
    let proof: Proof = serde_json::from_str(data).map_err(|_| Failure::BadRequest)?;
    let given = [
        &proof.attestation_object,
        &proof.client_data_json,
        &proof.credential_id,
    ];
    if given.iter().any(|text| text.is_empty()) {
        return Err(Failure::ParameterMissing.into());
    }
    let canary: Option<Challenge> = open(call, Purpose::Canary, &proof.canary);
    canary
        .filter(|canary| canary.user == user.id.0)
        .ok_or(Failure::InvalidCanary)?;
    let (text, challenge) = given_challenge(call, &proof.client_data_json)?;
    if challenge.user != user.id.0 {
        return Err(Failure::InvalidKeyData.into());
    }
    let (now, ends) = (call.now(), challenge.ends());
    let member = |text: &str| json!(text.trim_end_matches('='));
    let credential = json!({
        "id": member(&proof.credential_id),
        "response": {
            "clientDataJSON": member(&proof.client_data_json),
            "attestationObject": member(&proof.attestation_object),
        },
    });
    let name = if proof.name.trim().is_empty() {
        "Passkey"
    } else {
        proof.name.trim()
    };
    let key = passkey::register(
        session.tenant,
        user.id,
        text.as_bytes(),
        &credential,
        name.chars().take(30).collect(),
    )
    .map_err(|why| refused(&why))?;
    let id = call.draw(Random::guid);
    let mut fresh = false;
    register(session, |tenant, _| {
        fresh = tenant.sign_in.redeem(challenge.id, ends, now);
        fresh.then_some(AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::Passkey(key),
        })
    });
    if fresh {
        Ok(Step::Done)
    } else {
        Err(Failure::ChallengeExpired.into())
    }
}

/// The challenge that the client says it was given.
fn given_challenge(call: &Call<'_>, client_data: &str) -> Result<(String, Challenge), Failure> {
    let text = passkey::challenge_of(client_data.trim_end_matches('='))
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or(Failure::InvalidKeyData)?;
    let challenge: Challenge =
        open(call, Purpose::NewPasskey, &text).ok_or(Failure::InvalidKeyData)?;
    if call.now() >= challenge.ends() {
        return Err(Failure::ChallengeExpired);
    }
    Ok((text, challenge))
}

/// Which number a refusal has is assumed where the list of tools does not say it.
fn refused(why: &NotRegistered) -> Refused {
    let failure = match why {
        NotRegistered::Unfit(reasons)
            if matches!(reasons.as_slice(), [(_, Unfit::NotAttested(_))]) =>
        {
            Failure::AttestationInvalid
        }
        NotRegistered::Unfit(_) => Failure::KeyDisallowedByPolicy,
        NotRegistered::Refused(_) => Failure::InvalidKeyData,
        NotRegistered::Taken | NotRegistered::Full => Failure::BadRequest,
    };
    Refused::because(failure, &format!("The passkey is not accepted: {why}."))
}

/// What the relying party's page posts.
const RETURNED: [(&str, &str); 6] = [
    ("canary", "Canary"),
    ("attestationObject", "AttestationObject"),
    ("clientDataJson", "ClientDataJson"),
    ("credentialId", "CredentialId"),
    ("clientExtensionResults", "ClientExtensionResults"),
    ("credentialDeviceType", "CredentialDeviceType"),
];

/// `POST /api/post/newfido`: the browser comes back from the relying party. The page hands what it brings to the script of
/// security info, which asks for a name and sends the proof.
pub(super) fn returned(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let mut context = serde_json::Map::new();
    for (field, name) in RETURNED {
        let value = form.get(field).unwrap_or_default();
        context.insert(name.to_owned(), json!(value));
    }
    context.insert(
        "AAGuid".to_owned(),
        json!(form.get("aaguid").unwrap_or_default()),
    );
    context.insert("PostInfo".to_owned(), json!(""));
    let error = form.get("error_code").unwrap_or_default();
    context.insert("ErrorCode".to_owned(), json!(error));
    let context = Value::Object(context).to_string();
    let back = format!("{}/security-info", call.request.origin());
    Reply::html(
        StatusCode::OK,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Security info</title></head><body>\
             <div id=\"context\" data-content=\"{}\"></div><div id=\"redirectUrl\" data-content=\"{}\"></div>\
             <noscript>Passkeys need script.</noscript><script>{}</script></body></html>",
            escape(&context),
            escape(&back),
            page::RETURNED,
        ),
    )
    .fixed_headers(&super::session::HEADERS)
}
