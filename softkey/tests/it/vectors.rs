//! The test vectors of WebAuthn Level 3, reproduced byte for byte through the authenticator's commands.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use softkey::authenticator::{Authenticator, Channel, command};
use softkey::cbor::{Value, read};
use softkey::client::client_data::{Kind, write};
use softkey::client::{Caller, origin::Origin};
use softkey::cose::{Algorithm, KeyMaterial};
use softkey::credential::{Credential, CredentialId, User};
use softkey::encoding::{base64url, hex};
use softkey::env::{Env, Gesture, Prompt, Verification};
use softkey::profile::{Aaguid, AttestationMode, BuiltInUv, CounterMode, Profile};
use softkey::store::{AttestationIdentity, Certificate, Change, MemoryStore, Store};

const RP_ID: &str = "example.org";

/// Randomness that was written down beforehand; zeros after that.
struct Scripted(VecDeque<Vec<u8>>);

impl Env for Scripted {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_time(&self) -> i64 {
        0
    }

    fn fill_random(&mut self, buffer: &mut [u8]) {
        match self.0.pop_front() {
            Some(bytes) => buffer.copy_from_slice(&bytes),
            // A scalar must not be zero.
            None => buffer.fill(1),
        }
    }

    fn user_presence(&mut self, _prompt: &Prompt<'_>) -> Gesture {
        Gesture::Approved
    }

    fn user_verification(&mut self, _prompt: &Prompt<'_>) -> Verification {
        Verification::Verified
    }
}

struct Vector(Json);

impl Vector {
    fn all() -> Vec<Self> {
        let file: Json = serde_json::from_str(include_str!("webauthn_l3_vectors.json")).unwrap();
        let vectors: Vec<Self> = file["vectors"]
            .as_array()
            .unwrap()
            .iter()
            .cloned()
            .map(Self)
            .collect();
        assert_eq!(vectors.len(), 8);
        vectors
    }

    fn title(&self) -> &str {
        self.0["title"].as_str().unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        hex::decode(self.0[name].as_str().unwrap()).unwrap()
    }

    fn assertion(&self, name: &str) -> Vec<u8> {
        hex::decode(self.0["authentication"][name].as_str().unwrap()).unwrap()
    }

    fn algorithm(&self) -> Algorithm {
        serde_json::from_value(self.0["algorithm"].clone()).unwrap()
    }

    fn object(&self) -> Value {
        read(&self.bytes("attestationObject")).unwrap()
    }

    fn registration_flags(&self) -> u8 {
        self.object()
            .get("authData")
            .and_then(Value::as_bytes)
            .unwrap()[32]
    }

    fn profile(&self, flags: u8) -> Profile {
        let object = self.object();
        let statement = object.get("attStmt").unwrap();
        Profile {
            aaguid: Aaguid(self.bytes("aaguid").try_into().unwrap()),
            algorithms: vec![self.algorithm()],
            attestation: match (
                object.get("fmt").and_then(Value::as_text),
                statement.get("x5c"),
            ) {
                (Some("packed"), Some(_)) => AttestationMode::Packed,
                (Some("packed"), None) => AttestationMode::SelfSigned,
                _ => AttestationMode::None,
            },
            built_in_uv: BuiltInUv::AlwaysReady,
            backup_eligible: flags & 0x08 != 0,
            backup_state: flags & 0x10 != 0,
            counter: CounterMode::Zero,
            max_credential_id_length: 1023,
            ..Profile::default()
        }
    }

    /// The attestation key of the vector, with the certificate that it publishes.
    fn identity(&self) -> Option<AttestationIdentity> {
        let object = self.object();
        let Some(Value::Array(chain)) = object.get("attStmt").unwrap().get("x5c") else {
            return None;
        };
        let chain = chain
            .iter()
            .map(|one| Certificate(one.as_bytes().unwrap().to_vec()))
            .collect();
        Some(AttestationIdentity {
            secret: self.bytes("attestation_private_key").try_into().unwrap(),
            chain,
            enterprise_chain: Vec::new(),
            defective: None,
        })
    }
}

fn powered_up(profile: Profile) -> Authenticator<MemoryStore> {
    let mut env = Scripted(VecDeque::new());
    Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap()
}

fn call(
    key: &mut Authenticator<MemoryStore>,
    env: &mut Scripted,
    command: u8,
    parameters: &Value,
) -> Value {
    let request = [&[command], parameters.to_bytes().as_slice()].concat();
    let response = key.handle(Channel(1), &request, env);
    assert_eq!(response[0], 0, "status {:02x}", response[0]);
    read(&response[1..]).unwrap()
}

fn text_map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::map(entries)
}

#[test]
fn registrations_of_webauthn_level_3() {
    if cfg!(feature = "aws-lc") {
        return; // Its signatures are not reproducible.
    }
    for vector in Vector::all() {
        let id = vector.bytes("credential_id");
        if id.len() != 32 {
            continue; // softkey chooses the length of its ids; the assertion below covers this vector.
        }
        let flags = vector.registration_flags();
        let mut key = powered_up(vector.profile(flags));
        if let Some(identity) = vector.identity() {
            key.store_mut()
                .commit(vec![Change::Attestation(Box::new(identity))])
                .unwrap();
        }
        // The private key is drawn first, then the id.
        let mut env = Scripted(VecDeque::from([vector.bytes("credential_private_key"), id]));
        let algorithm = Value::from(vector.algorithm().id());
        let algorithm = text_map([("alg", algorithm), ("type", Value::from("public-key"))]);
        let verified = flags & 0x04 != 0;
        let parameters = Value::map([
            (
                1_i64,
                Value::from(Sha256::digest(vector.bytes("clientDataJSON")).as_slice()),
            ),
            (2, text_map([("id", Value::from(RP_ID))])),
            (3, text_map([("id", Value::from([1]))])),
            (4, Value::from(vec![algorithm])),
            (
                7,
                text_map([("rk", Value::Bool(true)), ("uv", Value::Bool(true))]),
            ),
        ]);
        key.profile_mut().defects.hide_user_verification = !verified;
        let response = call(&mut key, &mut env, command::MAKE_CREDENTIAL, &parameters);
        // CTAP names the members by number, WebAuthn by text.
        let object = text_map([
            ("fmt", response.get(1_i64).unwrap().clone()),
            ("attStmt", response.get(3_i64).unwrap().clone()),
            ("authData", response.get(2_i64).unwrap().clone()),
        ]);
        assert_eq!(
            hex::encode(object.to_bytes()),
            vector.0["attestationObject"].as_str().unwrap(),
            "{}",
            vector.title()
        );
    }
}

#[test]
fn assertions_of_webauthn_level_3() {
    if cfg!(feature = "aws-lc") {
        return;
    }
    for vector in Vector::all() {
        let flags = vector.assertion("authenticatorData")[32];
        let mut key = powered_up(vector.profile(flags));
        let secret = vector.bytes("credential_private_key");
        let id = vector.bytes("credential_id");
        let credential = Credential {
            id: CredentialId::new(id.clone()),
            rp_id: RP_ID.to_owned(),
            rp_name: None,
            user: User::default(),
            key: KeyMaterial::new(vector.algorithm(), &secret).unwrap(),
            discoverable: true,
            cred_protect: softkey::credential::CredProtect::default(),
            cred_random_with_uv: [0; 32],
            cred_random_without_uv: [0; 32],
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            backup_eligible: flags & 0x08 != 0,
            backup_state: flags & 0x10 != 0,
            created: 1,
            created_at: 0,
        };
        key.store_mut()
            .commit(vec![Change::Put(Box::new(credential))])
            .unwrap();
        let descriptor = text_map([("id", Value::from(id)), ("type", Value::from("public-key"))]);
        let parameters = Value::map([
            (1_i64, Value::from(RP_ID)),
            (
                2,
                Value::from(Sha256::digest(vector.assertion("clientDataJSON")).as_slice()),
            ),
            (3, Value::from(vec![descriptor])),
            (5, text_map([("uv", Value::Bool(flags & 0x04 != 0))])),
        ]);
        let mut env = Scripted(VecDeque::new());
        let response = call(&mut key, &mut env, command::GET_ASSERTION, &parameters);
        let bytes = |key: i64| {
            response
                .get(key)
                .and_then(Value::as_bytes)
                .unwrap()
                .to_vec()
        };
        assert_eq!(
            bytes(2),
            vector.assertion("authenticatorData"),
            "{}",
            vector.title()
        );
        assert_eq!(
            bytes(3),
            vector.assertion("signature"),
            "{}",
            vector.title()
        );
    }
}

#[test]
fn client_data_of_webauthn_level_3() {
    for vector in Vector::all() {
        for (kind, challenge, expected) in [
            (
                Kind::Create,
                vector.bytes("challenge"),
                vector.bytes("clientDataJSON"),
            ),
            (
                Kind::Get,
                vector.assertion("challenge"),
                vector.assertion("clientDataJSON"),
            ),
        ] {
            let json: Json = serde_json::from_slice(&expected).unwrap();
            assert_eq!(json["challenge"], base64url::encode(&challenge));
            let caller = Caller {
                origin: json["origin"].as_str().unwrap().to_owned(),
                cross_origin: json["crossOrigin"].as_bool().unwrap(),
                top_origin: json["topOrigin"].as_str().map(str::to_owned),
            };
            let origin = Origin::parse(&caller.origin).unwrap();
            let written = write(kind, &challenge, &origin, &caller).unwrap().json;
            // Some vectors carry one more member, to show that there may be.
            let text = String::from_utf8(expected).unwrap();
            let common = text
                .split(",\"extraData\"")
                .next()
                .unwrap()
                .trim_end_matches('}');
            assert_eq!(String::from_utf8(written).unwrap(), format!("{common}}}"));
        }
    }
}
