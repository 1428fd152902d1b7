//! The platform's side of CTAP: getInfo, tokens, and the translation of refusals.
//!
//! Source: CTAP 2.3, sections 6.4, 6.5.5 and 6.1.1 / 6.2.1 (platform actions).

use super::options::UserVerification;
use super::{CHANNEL, Client, ClientError};
use crate::authenticator::command;
use crate::cbor::{Value, read};
use crate::pin_uv_auth::{Protocol, ProtocolState, SharedSecret, authenticate, pin_hash};
use crate::status::Status;
use crate::store::Store;

/// What the platform knows of the authenticator.
#[derive(Clone, Debug)]
pub struct PlatformInfo(Value);

impl PlatformInfo {
    /// An option of getInfo; absent means not supported.
    pub fn option(&self, name: &str) -> Option<bool> {
        match self.0.get(4_i64)?.get(name)? {
            Value::Bool(on) => Some(*on),
            _ => None,
        }
    }

    /// Whether an extension is announced.
    pub fn extension(&self, name: &str) -> bool {
        matches!(self.0.get(2_i64), Some(Value::Array(names)) if names.contains(&Value::from(name)))
    }

    /// How long a list of credentials may be.
    pub fn max_list(&self) -> usize {
        self.0
            .get(7_i64)
            .and_then(Value::as_integer)
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count > 0)
            .unwrap_or(8)
    }

    /// How long a message may be (section 6.4: 1024 where it does not say).
    pub fn max_message(&self) -> usize {
        let announced = self.0.get(5_i64).and_then(Value::as_integer);
        announced
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(1024)
    }

    /// Whether it keeps large blobs, and credentials with keys for them.
    pub fn large_blobs(&self) -> bool {
        self.option("largeBlobs") == Some(true) && self.extension("largeBlobKey")
    }

    /// The announced transports.
    pub fn transports(&self) -> Vec<String> {
        match self.0.get(9_i64) {
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_text)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the user can be verified at all, now.
    pub fn can_verify(&self) -> bool {
        self.option("clientPin") == Some(true) || self.option("uv") == Some(true)
    }

    fn protocol(&self) -> Protocol {
        let Some(Value::Array(numbers)) = self.0.get(6_i64) else {
            return Protocol::One;
        };
        let first = numbers.first().and_then(Value::as_integer);
        if first == Some(2) {
            Protocol::Two
        } else {
            Protocol::One
        }
    }
}

/// How the user is verified for one request.
pub(super) enum Proof {
    /// Not at all.
    None,
    /// By the authenticator itself, inside the command.
    BuiltIn,
    /// By a token; these are the parameter and the protocol.
    Token(Vec<u8>, Protocol),
}

impl<S: Store> Client<'_, S> {
    /// Sends one command.
    pub(super) fn call(
        &mut self,
        command: u8,
        parameters: Option<&Value>,
    ) -> Result<Value, Status> {
        let mut request = vec![command];
        request.extend(parameters.iter().flat_map(|value| value.to_bytes()));
        let response = self.key.handle(CHANNEL, &request, self.env);
        match response.split_first() {
            Some((0, [])) => Ok(Value::Null),
            Some((0, body)) => read(body).map_err(|_| Status::InvalidCbor),
            Some((code, _)) => Err(Status::from_code(*code).unwrap_or(Status::Other)),
            None => Err(Status::Other),
        }
    }

    /// Asks the authenticator what it is.
    pub fn info(&mut self) -> Result<PlatformInfo, ClientError> {
        self.call(command::GET_INFO, None)
            .map(PlatformInfo)
            .map_err(translate)
    }

    /// Chooses how to verify the user, and does what comes before the command.
    ///
    /// `needed` is set when the authenticator itself will insist, whatever the relying party wants.
    pub(super) fn prove(
        &mut self,
        info: &PlatformInfo,
        wanted: UserVerification,
        needed: bool,
        permission: u64,
        (rp_id, hash): (&str, &[u8; 32]),
    ) -> Result<Proof, ClientError> {
        let insist = needed || info.option("alwaysUv") == Some(true);
        if wanted == UserVerification::Required && !info.can_verify() {
            return Err(ClientError::not_allowed(
                "user verification is required, and this key has neither PIN nor finger; \
                 set a PIN with: softkey pin set",
            ));
        }
        if wanted == UserVerification::Discouraged && !insist {
            return Ok(Proof::None);
        }
        if info.option("uv") == Some(true) && self.pin.is_none() {
            return Ok(Proof::BuiltIn);
        }
        if info.option("clientPin") == Some(true) {
            return match self.pin.clone() {
                Some(pin) => {
                    let protocol = info.protocol();
                    let token = self.token(info, &pin, permission, Some(rp_id))?;
                    Ok(Proof::Token(authenticate(protocol, &token, hash), protocol))
                }
                None if wanted == UserVerification::Required || insist => Err(
                    ClientError::not_allowed("this key has a PIN; give it with --pin"),
                ),
                None => Ok(Proof::None),
            };
        }
        Ok(Proof::None)
    }

    /// A token by PIN, for one purpose and perhaps one relying party, where the authenticator knows of such.
    pub(super) fn token(
        &mut self,
        info: &PlatformInfo,
        pin: &str,
        permission: u64,
        rp_id: Option<&str>,
    ) -> Result<[u8; 32], ClientError> {
        let protocol = info.protocol();
        let (ours, shared) = self.agree(protocol)?;
        let hash = shared.encrypt(&pin_hash(pin.as_bytes()), self.env);
        let mut entries = vec![
            (1_i64, Value::from(protocol.number())),
            (2, Value::from(5_u64)),
            (3, ours),
            (6, Value::from(hash)),
        ];
        if info.option("pinUvAuthToken") == Some(true) {
            entries.retain(|(key, _)| *key != 2);
            entries.extend([(2, Value::from(9_u64)), (9, Value::from(permission))]);
            entries.extend(rp_id.map(|rp_id| (10, Value::from(rp_id))));
        }
        let response = self
            .call(command::CLIENT_PIN, Some(&Value::map(entries)))
            .map_err(translate)?;
        response
            .get(2_i64)
            .and_then(Value::as_bytes)
            .and_then(|sealed| shared.decrypt(sealed))
            .and_then(|token| token.try_into().ok())
            .ok_or_else(|| ClientError::not_allowed("the key sent a token that cannot be read"))
    }

    /// A key agreement: our COSE key, and the shared secret.
    pub(super) fn agree(
        &mut self,
        protocol: Protocol,
    ) -> Result<(Value, SharedSecret), ClientError> {
        let ask = Value::map([
            (1_i64, Value::from(protocol.number())),
            (2, Value::from(2_u64)),
        ]);
        let response = self
            .call(command::CLIENT_PIN, Some(&ask))
            .map_err(translate)?;
        let peer = response
            .get(1_i64)
            .ok_or_else(|| translate(Status::Other))?;
        let ours = ProtocolState::new(protocol, self.env);
        let shared = ours.decapsulate(peer).map_err(translate)?;
        Ok((ours.public_key(), shared))
    }

    /// The protocol to use.
    pub(super) fn protocol(info: &PlatformInfo) -> Protocol {
        info.protocol()
    }

    /// Sets or changes the PIN.
    pub fn set_pin(&mut self, old: Option<&str>, new: &str) -> Result<(), ClientError> {
        let info = self.info()?;
        match (info.option("clientPin"), old) {
            (None, _) => return Err(ClientError::not_supported("this key takes no PIN")),
            (Some(true), None) => {
                return Err(ClientError::invalid_state(
                    "this key has a PIN already; change it with: softkey pin change",
                ));
            }
            (Some(false), Some(_)) => {
                return Err(ClientError::invalid_state(
                    "this key has no PIN yet; set one with: softkey pin set",
                ));
            }
            _ => {}
        }
        if new.len() > 63 {
            return Err(ClientError::not_allowed("a PIN has at most 63 bytes"));
        }
        let protocol = info.protocol();
        let (ours, shared) = self.agree(protocol)?;
        let mut padded = new.as_bytes().to_vec();
        padded.resize(64, 0);
        let new = shared.encrypt(&padded, self.env);
        let old = old.map(|old| shared.encrypt(&pin_hash(old.as_bytes()), self.env));
        let message = [new.as_slice(), old.as_deref().unwrap_or_default()].concat();
        let parameters = Value::map_of([
            Some((1_i64, Value::from(protocol.number()))),
            Some((2, Value::from(if old.is_some() { 4_u64 } else { 3 }))),
            Some((3, ours)),
            Some((4, Value::from(shared.authenticate(&message)))),
            Some((5, Value::from(new))),
            old.map(|old| (6, Value::from(old))),
        ]);
        self.call(command::CLIENT_PIN, Some(&parameters))
            .map(|_| ())
            .map_err(translate)
    }

    /// Erases the key, as the user would right after plugging it in.
    pub fn reset(&mut self) -> Result<(), ClientError> {
        self.call(command::RESET, None)
            .map(|_| ())
            .map_err(translate)
    }
}

/// A refusal by the authenticator, in the words of a browser.
pub(super) fn translate(status: Status) -> ClientError {
    let message = match status {
        Status::CredentialExcluded => {
            return ClientError::invalid_state(
                "this key already holds a credential of excludeCredentials",
            );
        }
        Status::UnsupportedAlgorithm => {
            return ClientError::not_supported("this key has none of the algorithms asked for");
        }
        Status::PinInvalid => "the PIN is wrong, or must be changed first",
        Status::PinAuthBlocked => "the PIN was wrong three times; power-cycle the key",
        Status::PinBlocked => "the PIN was wrong too often; only a reset helps: softkey reset",
        Status::PinPolicyViolation => "the PIN is too short, too long, or too simple for this key",
        Status::NoCredentials => "this key holds no credential for this relying party",
        Status::OperationDenied => "the user did not agree",
        Status::UserActionTimeout => "the user did not react in time",
        Status::KeepaliveCancel => "the request was cancelled",
        Status::KeyStoreFull => "this key has no room for another discoverable credential",
        Status::PuatRequired => "this key wants its PIN; give it with --pin",
        Status::NotAllowed => "not now; a reset is possible only shortly after power-up",
        other => return ClientError::not_allowed(format!("the key refused: {other}")),
    };
    ClientError::not_allowed(format!("{message} ({status})"))
}
