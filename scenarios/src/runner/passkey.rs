//! The security keys of a scenario: softkey in process, made for a user through Microsoft Graph, used on the pages.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use softkey::attestation::authority::Authority;
use softkey::attestation::metadata;
use softkey::authenticator::{Authenticator, Channel, command};
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::{Attachment, AttestationMode, persona};
use softkey::store::{Change, MemoryStore, Store};

use super::actor::{Session, bad};
use super::http::{Answer, Subject};
use crate::language::model::{PasskeyAttestation, PasskeyStep};

/// The relying party of Entra's passkeys.
const ORIGIN: &str = "https://login.microsoft.com";
/// What unlocks every key of a scenario.
const PIN: &str = "123456";

/// The keys that a scenario has made, by name.
#[derive(Debug, Default)]
pub(super) struct Keyring(BTreeMap<String, Key>);

#[derive(Debug)]
struct Key {
    authority: Authority,
    device: Authenticator<MemoryStore>,
    env: SeededEnv,
    has_pin: bool,
}

impl Key {
    /// A key out of its box. `number` decides its randomness: the same scenario makes the same keys.
    fn new(wish: &PasskeyStep, number: u64, now: i64) -> io::Result<Self> {
        let model = wish.model.as_deref().unwrap_or("yubikey5-nfc-5.7");
        let known = persona::find(model).ok_or_else(|| {
            let near = persona::similar(model).join(", ");
            bad(format!("softkey knows no model {model}; near: {near}"))
        })?;
        let mut profile = known.profile.clone();
        match wish.attestation {
            Some(PasskeyAttestation::None) => profile.attestation = AttestationMode::None,
            Some(PasskeyAttestation::SelfSigned) => {
                profile.attestation = AttestationMode::SelfSigned;
            }
            Some(PasskeyAttestation::Packed) => profile.attestation = AttestationMode::Packed,
            None => {}
        }
        for defect in &wish.defects {
            if !profile.defects.set(defect, true) {
                return Err(bad(format!("softkey knows no defect {defect}")));
            }
        }
        let mut env = SeededEnv::new(number);
        env.unix_time = now;
        let authority = Authority::generate(&mut env);
        let identity = authority
            .issue(profile.aaguid, "scenario")
            .map_err(io::Error::other)?;
        let mut device =
            Authenticator::new(profile, MemoryStore::default(), &mut env).map_err(said)?;
        device
            .store_mut()
            .commit(vec![Change::Attestation(Box::new(identity))])
            .map_err(said)?;
        let mut key = Self {
            authority,
            device,
            env,
            has_pin: false,
        };
        // Platform keys verify their user by themselves.
        key.has_pin = key.client().set_pin(None, PIN).is_ok();
        Ok(key)
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        let pin = self.has_pin.then_some(PIN);
        Client::new(&mut self.device, &mut self.env).pin(pin)
    }

    /// A new credential, as Graph takes it.
    fn credential(&mut self, options: &Value, display_name: &str) -> io::Result<Value> {
        let mut options = options.clone();
        if self.device.profile().attachment == Attachment::Platform {
            // Graph asks for a key apart from the machine; nobody checks it, and platform keys could not be made otherwise.
            options["authenticatorSelection"]["authenticatorAttachment"].take();
        }
        let made = self
            .client()
            .register(&options, &Caller::new(ORIGIN))
            .map_err(said)?;
        let response = &made["response"];
        Ok(json!({
            "displayName": display_name,
            "publicKeyCredential": {
                "id": made["id"],
                "response": {
                    "clientDataJSON": response["clientDataJSON"],
                    "attestationObject": response["attestationObject"],
                },
                "clientExtensionResults": {"hmacCreateSecret": true},
            },
        }))
    }
}

fn said(error: impl core::fmt::Debug) -> io::Error {
    io::Error::other(format!("softkey: {error:?}"))
}

impl Keyring {
    /// The key of this name; a new one if there is none yet.
    fn key(&mut self, wish: &PasskeyStep, now: i64) -> io::Result<&mut Key> {
        let number = u64::try_from(self.0.len()).map_err(io::Error::other)?;
        match self.0.entry(wish.create.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(Key::new(wish, number.wrapping_add(7), now)?)),
        }
    }

    /// What a key makes of the data that security info begins a passkey with.
    pub(super) fn proof(
        &mut self,
        wish: &PasskeyStep,
        data: &Value,
        now: i64,
    ) -> io::Result<Value> {
        let key = self.key(wish, now)?;
        let asked = &data["requestData"];
        let challenge = asked["serverChallenge"].as_str().unwrap_or_default();
        let options = json!({
            "rp": {"id": "login.microsoft.com", "name": "Microsoft"},
            "user": {"id": asked["userId"], "name": asked["memberName"], "displayName": asked["userDisplayName"]},
            "challenge": URL_SAFE_NO_PAD.encode(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "attestation": "direct",
        });
        let made = key
            .client()
            .register(&options, &Caller::new(ORIGIN))
            .map_err(said)?;
        let response = &made["response"];
        Ok(json!({
            "Name": wish.display_name.as_deref().unwrap_or(&wish.create), "Canary": asked["canary"],
            "AttestationObject": response["attestationObject"], "ClientDataJson": response["clientDataJSON"],
            "CredentialId": made["id"],
        }))
    }

    /// The metadata statement of a key's model.
    pub(super) fn statement(&mut self, name: &str) -> io::Result<Value> {
        let key = self
            .0
            .get_mut(name)
            .ok_or_else(|| bad(format!("no step has made a passkey {name}")))?;
        let info = key
            .device
            .handle(Channel(9), &[command::GET_INFO], &mut key.env);
        let info = info.get(1..).unwrap_or_default();
        metadata::statement(key.device.profile(), &key.authority, info).map_err(io::Error::other)
    }

    /// What a key answers to a challenge of the sign-in pages, as they post it.
    pub(super) fn assertion(&mut self, name: &str, challenge: &str) -> io::Result<String> {
        let known: Vec<String> = self.0.keys().cloned().collect();
        let key = self.0.get_mut(name).ok_or_else(|| {
            bad(format!(
                "no step has made a passkey {name}; made: {}",
                known.join(", ")
            ))
        })?;
        let options = json!({
            "rpId": "login.microsoft.com", "challenge": URL_SAFE_NO_PAD.encode(challenge),
            "userVerification": "required",
        });
        let made = key
            .client()
            .sign_in(&options, &Caller::new(ORIGIN))
            .map_err(said)?;
        let response = &made["response"];
        let assertion = json!({
            "id": made["id"], "clientDataJSON": response["clientDataJSON"],
            "authenticatorData": response["authenticatorData"],
            "signature": response["signature"], "userHandle": response["userHandle"],
        });
        Ok(assertion.to_string())
    }
}

impl Session {
    /// Makes a passkey for a user as an administrator does: creation options from Graph, the key, and back to Graph. The answer
    /// is Graph's last one.
    pub(super) async fn provision(
        &mut self,
        subject: &Subject,
        handout: &Value,
        wish: &PasskeyStep,
        now: i64,
    ) -> io::Result<Answer> {
        let upn = match handout["accounts"][&wish.user]["upn"].as_str() {
            Some(upn) => upn.to_owned(),
            None => wish.user.clone(),
        };
        let methods = format!(
            "/v1.0/users/{}/authentication/fido2Methods",
            super::actor::percent(&upn)
        );
        let token = self.token(subject, handout, "graph", now).await?;
        let send = |method: &str, path: String, body: String| {
            let request = http::Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(Bytes::from(body))
                .map_err(io::Error::other);
            async { subject.send("graph.microsoft.com", request?).await }
        };
        let options = send("GET", format!("{methods}/creationOptions()"), String::new()).await?;
        if options.status != 200 {
            return Ok(options);
        }
        let key = self.belongings.keys.key(wish, now)?;
        let name = wish.display_name.as_deref().unwrap_or(&wish.create);
        let credential = key.credential(&options.json()["publicKey"], name)?;
        send("POST", methods, credential.to_string()).await
    }
}
