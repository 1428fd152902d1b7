//! Registration: WebAuthn Level 3, section 5.1.3, and the platform's part of CTAP 2.3, section 6.1.1.

use serde_json::{Value as Json, json};

use super::client_data::{self, Caller, Kind};
use super::extensions::creation_results;
use super::options::{CreationOptions, UserVerification};
use super::origin::Origin;
use super::platform::{PlatformInfo, Proof, translate};
use super::{Client, ClientError};
use crate::authenticator::command;
use crate::cbor::{Value, read, read_prefix};
use crate::encoding::base64url;
use crate::status::Status;
use crate::store::Store;

/// Where the parts of authenticator data begin (WebAuthn Level 3, section 6.1).
const FLAGS: usize = 32;
const AAGUID: std::ops::Range<usize> = 37..53;
const ID_LENGTH: std::ops::Range<usize> = 53..55;
const ID: usize = 55;

/// What the client reads out of authenticator data.
struct Attested {
    aaguid: Vec<u8>,
    id: Vec<u8>,
    public_key: Value,
    extensions: Option<Value>,
}

impl<S: Store> Client<'_, S> {
    /// Registers: creation options in, `RegistrationResponseJSON` out.
    pub fn register(&mut self, options: &Json, caller: &Caller) -> Result<Json, ClientError> {
        let options = CreationOptions::read(options, self.browser_strict)?;
        // Step 5.
        if !(1..=64).contains(&options.user_id.len()) {
            return Err(ClientError::type_error("user.id must have 1 to 64 bytes"));
        }
        // Steps 6 to 8.
        let origin = Origin::parse(&caller.origin)?;
        let rp_id = origin.rp_id(options.rp_id.as_deref())?;
        // Steps 9 and 10.
        if options.algorithms.is_empty() {
            return Err(ClientError::not_supported(
                "pubKeyCredParams names no public-key algorithm",
            ));
        }
        // Steps 11 to 14.
        let data = client_data::write(Kind::Create, &options.challenge, &origin, caller)?;
        let info = self.info()?;
        self.check_selection(&options, &info)?;
        let discoverable = options.discoverable_required
            || (options.discoverable_preferred && info.option("rk") == Some(true));
        let prepared = self.prepare_creation(&options, discoverable, &info)?;
        let exclude = self.preflight(&options.exclude, &rp_id, &info)?;
        // A discoverable credential, or any on a key that says so, needs verification where it is set up.
        let needed =
            info.can_verify() && (discoverable || info.option("makeCredUvNotRqd") != Some(true));
        let wanted = options.user_verification;
        let proof = self.prove(&info, wanted, needed, 0x01, (&rp_id, &data.hash))?;
        let enterprise = options.attestation == "enterprise" && info.option("ep") == Some(true);
        let parameters = parameters(&Parameters {
            options: &options,
            rp_id: &rp_id,
            hash: &data.hash,
            exclude: &exclude,
            extensions: prepared.parameter(),
            discoverable,
            proof: &proof,
            enterprise,
        });
        let response = self
            .call(command::MAKE_CREDENTIAL, Some(&parameters))
            .map_err(translate)?;
        // Step 21.
        let auth_data = response
            .get(2_i64)
            .and_then(Value::as_bytes)
            .ok_or_else(|| translate(Status::Other))?;
        let attested = attested(auth_data).ok_or_else(|| translate(Status::Other))?;
        let (format, statement) = convey(&options.attestation, &response, &attested);
        let object = Value::map([
            ("fmt", format),
            ("attStmt", statement),
            ("authData", Value::from(auth_data)),
        ])
        .to_bytes();
        let results = creation_results(
            &options,
            attested.extensions.as_ref(),
            &prepared,
            (discoverable, response.get(5_i64).is_some()),
        );
        let algorithm = attested.public_key.get(3_i64).and_then(Value::as_integer);
        let id = base64url::encode(&attested.id);
        let mut transports = info.transports();
        transports.sort();
        Ok(json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": self.key.profile().attachment.name(),
            "response": {
                "clientDataJSON": base64url::encode(&data.json),
                "attestationObject": base64url::encode(&object),
                "authenticatorData": base64url::encode(auth_data),
                "transports": transports,
                "publicKey": self.spki(&attested.id, &rp_id).map(base64url::encode),
                "publicKeyAlgorithm": algorithm,
            },
            "clientExtensionResults": results,
        }))
    }

    /// Step 20: whether this authenticator will do.
    fn check_selection(
        &self,
        options: &CreationOptions,
        info: &PlatformInfo,
    ) -> Result<(), ClientError> {
        let attachment = self.key.profile().attachment.name();
        let other = options.attachment.as_deref().filter(|asked| {
            matches!(*asked, "platform" | "cross-platform") && *asked != attachment
        });
        if let Some(asked) = other {
            return Err(ClientError::not_allowed(format!(
                "a {asked} authenticator is wanted, and this key is {attachment}; \
                 choose another persona: softkey personas"
            )));
        }
        if options.discoverable_required && info.option("rk") != Some(true) {
            return Err(ClientError::not_allowed(
                "a discoverable credential is required, and this key holds none",
            ));
        }
        if options.user_verification == UserVerification::Required && !info.can_verify() {
            return Err(ClientError::not_allowed(
                "user verification is required, and this key has neither PIN nor finger; \
                 set a PIN with: softkey pin set",
            ));
        }
        Ok(())
    }

    /// Sorts a list of credentials that is longer than the authenticator takes, by silent requests.
    pub(super) fn preflight(
        &mut self,
        ids: &[Vec<u8>],
        rp_id: &str,
        info: &PlatformInfo,
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        if ids.len() <= info.max_list() {
            return Ok(ids.to_vec());
        }
        for chunk in ids.chunks(info.max_list()) {
            let parameters = Value::map([
                (1_i64, Value::from(rp_id)),
                (2, Value::from([0; 32])),
                (3, descriptors(chunk)),
                (5, Value::map([("up", Value::Bool(false))])),
            ]);
            match self.call(command::GET_ASSERTION, Some(&parameters)) {
                Ok(_) => return Ok(chunk.to_vec()),
                Err(Status::NoCredentials) => {}
                Err(status) => return Err(translate(status)),
            }
        }
        // None is here; the last chunk stands for all, so that the authenticator says so itself.
        Ok(ids
            .chunks(info.max_list())
            .next_back()
            .map(<[_]>::to_vec)
            .unwrap_or_default())
    }

    /// The public key in the form pages get it; absent for algorithms that have no such form here.
    fn spki(&self, id: &[u8], rp_id: &str) -> Option<Vec<u8>> {
        self.key
            .credential(id, rp_id)?
            .key
            .key()
            .ok()?
            .public_spki()
            .ok()
    }
}

struct Parameters<'a> {
    options: &'a CreationOptions,
    rp_id: &'a str,
    hash: &'a [u8; 32],
    exclude: &'a [Vec<u8>],
    extensions: Option<Value>,
    discoverable: bool,
    proof: &'a Proof,
    enterprise: bool,
}

/// The parameters of authenticatorMakeCredential.
fn parameters(wanted: &Parameters<'_>) -> Value {
    let options = wanted.options;
    let entity = |id: Value, name: &str, display: Option<&str>| {
        Value::map_of([
            Some(("id", id)),
            Some(("name", Value::from(name))),
            display.map(|display| ("displayName", Value::from(display))),
        ])
    };
    let algorithms: Vec<Value> = options
        .algorithms
        .iter()
        .map(|id| {
            Value::map([
                ("alg", Value::from(*id)),
                ("type", Value::from("public-key")),
            ])
        })
        .collect();
    let built_in = matches!(wanted.proof, Proof::BuiltIn);
    let switches = Value::map_of([
        wanted.discoverable.then_some(("rk", Value::Bool(true))),
        built_in.then_some(("uv", Value::Bool(true))),
    ]);
    let user = entity(
        Value::from(options.user_id.as_slice()),
        &options.user_name,
        Some(&options.user_display_name),
    );
    let (param, protocol) = token(wanted.proof);
    Value::map_of([
        Some((1_i64, Value::from(*wanted.hash))),
        Some((2, entity(Value::from(wanted.rp_id), &options.rp_name, None))),
        Some((3, user)),
        Some((4, Value::from(algorithms))),
        (!wanted.exclude.is_empty()).then(|| (5, descriptors(wanted.exclude))),
        wanted.extensions.clone().map(|extensions| (6, extensions)),
        (wanted.discoverable || built_in).then_some((7, switches)),
        param.map(|param| (8, param)),
        protocol.map(|protocol| (9, protocol)),
        wanted.enterprise.then(|| (0x0a, Value::from(1_u64))),
    ])
}

/// `pinUvAuthParam` and `pinUvAuthProtocol`.
pub(super) fn token(proof: &Proof) -> (Option<Value>, Option<Value>) {
    match proof {
        Proof::Token(param, protocol) => (
            Some(Value::from(param.as_slice())),
            Some(Value::from(protocol.number())),
        ),
        Proof::None | Proof::BuiltIn => (None, None),
    }
}

/// A list of credential descriptors.
pub(super) fn descriptors(ids: &[Vec<u8>]) -> Value {
    let descriptor = |id: &Vec<u8>| {
        Value::map([
            ("id", Value::from(id.as_slice())),
            ("type", Value::from("public-key")),
        ])
    };
    Value::from(ids.iter().map(descriptor).collect::<Vec<_>>())
}

fn attested(data: &[u8]) -> Option<Attested> {
    let length: [u8; 2] = data.get(ID_LENGTH)?.try_into().ok()?;
    let (id, rest) = data
        .get(ID..)?
        .split_at_checked(u16::from_be_bytes(length).into())?;
    let (public_key, rest) = read_prefix(rest).ok()?;
    let extensions = if data.get(FLAGS)? & 0x80 == 0 {
        None
    } else {
        Some(read(rest).ok()?)
    };
    let aaguid = data.get(AAGUID)?.to_vec();
    Some(Attested {
        aaguid,
        id: id.to_vec(),
        public_key,
        extensions,
    })
}

/// Step 21, attestation conveyance: `none` leaves nothing but a self attestation of a model without number.
fn convey(preference: &str, response: &Value, attested: &Attested) -> (Value, Value) {
    let none = || (Value::from("none"), Value::Map(Vec::new()));
    let (Some(format), Some(statement)) = (response.get(1_i64), response.get(3_i64)) else {
        return none();
    };
    let anonymous = attested.aaguid.iter().all(|byte| *byte == 0)
        && *format == Value::from("packed")
        && statement.get("x5c").is_none();
    let conveyed = matches!(preference, "indirect" | "direct" | "enterprise") || anonymous;
    if conveyed {
        (format.clone(), statement.clone())
    } else {
        none()
    }
}
