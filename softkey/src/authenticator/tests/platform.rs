//! A platform for tests: builds requests, holds a key agreement, reads responses.

use crate::authenticator::{Authenticator, Channel, command};
use crate::cbor::{Value, read};
use crate::env::SeededEnv;
use crate::pin_uv_auth::{Protocol, ProtocolState, SharedSecret, authenticate, pin_hash};
use crate::profile::Profile;
use crate::status::Status;
use crate::store::MemoryStore;

pub(super) const HASH: [u8; 32] = [0xcd; 32];
pub(super) const CHANNEL: Channel = Channel(1);

/// An authenticator with everything around it.
pub(super) struct Platform {
    pub(super) key: Authenticator<MemoryStore>,
    pub(super) env: SeededEnv,
    pub(super) protocol: Protocol,
}

/// A map with integer keys.
pub(super) fn map(entries: impl IntoIterator<Item = (i64, Value)>) -> Value {
    Value::map(entries)
}

pub(super) fn text_map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::map(entries)
}

pub(super) fn on() -> Value {
    Value::Bool(true)
}

pub(super) fn descriptor(id: &[u8]) -> Value {
    text_map([("id", Value::from(id)), ("type", Value::from("public-key"))])
}

pub(super) fn rp(id: &str) -> Value {
    text_map([("id", Value::from(id)), ("name", Value::from("Example"))])
}

pub(super) fn user(id: &[u8], name: &str) -> Value {
    text_map([
        ("id", Value::from(id)),
        ("name", Value::from(name)),
        ("displayName", Value::from(name)),
    ])
}

pub(super) fn algorithms(ids: &[i64]) -> Value {
    let entry = |id: &i64| {
        text_map([
            ("alg", Value::from(*id)),
            ("type", Value::from("public-key")),
        ])
    };
    Value::from(ids.iter().map(entry).collect::<Vec<_>>())
}

/// The parameters of a registration, to which others are added.
pub(super) fn creation(rp_id: &str, user_id: &[u8], others: Vec<(i64, Value)>) -> Value {
    let mut entries = vec![
        (1, Value::from(HASH)),
        (2, rp(rp_id)),
        (3, user(user_id, "alice")),
        (4, algorithms(&[-7])),
    ];
    for (key, value) in others {
        entries.retain(|(known, _)| *known != key);
        entries.push((key, value));
    }
    map(entries)
}

pub(super) fn discoverable() -> (i64, Value) {
    (7, text_map([("rk", on())]))
}

pub(super) fn extensions<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    text_map(entries)
}

/// The parameters of a sign-in.
pub(super) fn request(rp_id: &str, others: Vec<(i64, Value)>) -> Value {
    let mut entries = vec![(1, Value::from(rp_id)), (2, Value::from(HASH))];
    entries.extend(others);
    map(entries)
}

impl Platform {
    pub(super) fn new() -> Self {
        Self::with(Profile::default())
    }

    pub(super) fn with(profile: Profile) -> Self {
        let mut env = SeededEnv::new(42);
        let key = Authenticator::new(profile, MemoryStore::default(), &mut env).expect("memory");
        Self {
            key,
            env,
            protocol: Protocol::Two,
        }
    }

    /// One with a certificate of a test authority.
    pub(super) fn attested(profile: Profile) -> Self {
        let mut platform = Self::with(profile);
        let identity = crate::attestation::authority::Authority::generate(&mut platform.env)
            .issue(platform.key.profile().aaguid, "serial")
            .expect("an identity");
        platform
            .key
            .commit(vec![crate::store::Change::Attestation(Box::new(identity))])
            .expect("memory");
        platform
    }

    pub(super) fn bytes(&mut self, channel: Channel, request: &[u8]) -> Result<Value, Status> {
        let response = self.key.handle(channel, request, &mut self.env);
        let (status, body) = response.split_first().expect("a status byte");
        match Status::from_code(*status) {
            Some(status) => {
                assert!(body.is_empty(), "an error says nothing more");
                Err(status)
            }
            None if body.is_empty() => Ok(Value::Null),
            None => Ok(read(body).expect("canonical CBOR")),
        }
    }

    pub(super) fn on(
        &mut self,
        channel: Channel,
        command: u8,
        parameters: &Value,
    ) -> Result<Value, Status> {
        let request = [&[command], parameters.to_bytes().as_slice()].concat();
        self.bytes(channel, &request)
    }

    pub(super) fn send(&mut self, command: u8, parameters: &Value) -> Result<Value, Status> {
        self.on(CHANNEL, command, parameters)
    }

    pub(super) fn create(&mut self, parameters: &Value) -> Result<Value, Status> {
        self.send(command::MAKE_CREDENTIAL, parameters)
    }

    pub(super) fn sign_in(&mut self, parameters: &Value) -> Result<Value, Status> {
        self.send(command::GET_ASSERTION, parameters)
    }

    pub(super) fn next(&mut self) -> Result<Value, Status> {
        self.bytes(CHANNEL, &[command::GET_NEXT_ASSERTION])
    }

    pub(super) fn info(&mut self) -> Value {
        self.bytes(CHANNEL, &[command::GET_INFO]).expect("getInfo")
    }

    pub(super) fn option(&mut self, name: &str) -> Option<bool> {
        match self
            .info()
            .get(4_i64)
            .and_then(|options| options.get(name).cloned())
        {
            Some(Value::Bool(on)) => Some(on),
            _ => None,
        }
    }

    /// Registers and returns the credential's id.
    pub(super) fn register(&mut self, parameters: &Value) -> Vec<u8> {
        let response = self.create(parameters).expect("a registration");
        credential_id(&auth_data(&response))
    }

    /// A fresh key agreement: our COSE key and the shared secret.
    pub(super) fn agree(&mut self) -> (Value, SharedSecret) {
        let number = Value::from(self.protocol.number());
        let response = self
            .send(
                command::CLIENT_PIN,
                &map([(1, number), (2, Value::from(2_i64))]),
            )
            .expect("a key agreement");
        let peer = response.get(1_i64).expect("a COSE key").clone();
        assert_eq!(peer.get(3_i64), Some(&Value::from(-25_i64)));
        let ours = ProtocolState::new(self.protocol, &mut self.env);
        (ours.public_key(), ours.decapsulate(&peer).expect("a point"))
    }

    pub(super) fn set_pin(&mut self, pin: &str) -> Result<Value, Status> {
        let (ours, shared) = self.agree();
        let new = shared.encrypt(&padded(pin), &mut self.env);
        let param = shared.authenticate(&new);
        self.client_pin(
            3,
            vec![(3, ours), (4, Value::from(param)), (5, Value::from(new))],
        )
    }

    pub(super) fn change_pin(&mut self, old: &str, new: &str) -> Result<Value, Status> {
        let (ours, shared) = self.agree();
        let new = shared.encrypt(&padded(new), &mut self.env);
        let old = shared.encrypt(&pin_hash(old.as_bytes()), &mut self.env);
        let param = shared.authenticate(&[new.as_slice(), &old].concat());
        self.client_pin(
            4,
            vec![
                (3, ours),
                (4, Value::from(param)),
                (5, Value::from(new)),
                (6, Value::from(old)),
            ],
        )
    }

    pub(super) fn client_pin(
        &mut self,
        subcommand: i64,
        others: Vec<(i64, Value)>,
    ) -> Result<Value, Status> {
        let mut entries = vec![
            (1, Value::from(self.protocol.number())),
            (2, Value::from(subcommand)),
        ];
        entries.extend(others);
        self.send(command::CLIENT_PIN, &map(entries))
    }

    /// A token by PIN with permissions.
    pub(super) fn token(
        &mut self,
        pin: &str,
        permissions: i64,
        rp_id: Option<&str>,
    ) -> Result<[u8; 32], Status> {
        let (ours, shared) = self.agree();
        let hash = shared.encrypt(&pin_hash(pin.as_bytes()), &mut self.env);
        let mut others = vec![
            (3, ours),
            (6, Value::from(hash)),
            (9, Value::from(permissions)),
        ];
        others.extend(rp_id.map(|rp_id| (10, Value::from(rp_id))));
        let response = self.client_pin(9, others)?;
        Ok(open_token(&shared, &response))
    }

    /// A token of the legacy kind.
    pub(super) fn legacy_token(&mut self, pin: &str) -> Result<[u8; 32], Status> {
        let (ours, shared) = self.agree();
        let hash = shared.encrypt(&pin_hash(pin.as_bytes()), &mut self.env);
        let response = self.client_pin(5, vec![(3, ours), (6, Value::from(hash))])?;
        Ok(open_token(&shared, &response))
    }

    /// `pinUvAuthParam` and `pinUvAuthProtocol` under the keys that a command has them.
    pub(super) fn proof(
        &self,
        token: &[u8; 32],
        message: &[u8],
        keys: (i64, i64),
    ) -> Vec<(i64, Value)> {
        let param = authenticate(self.protocol, token, message);
        vec![
            (keys.0, Value::from(param)),
            (keys.1, Value::from(self.protocol.number())),
        ]
    }

    /// A subcommand of credential management with its proof.
    pub(super) fn manage(
        &mut self,
        token: &[u8; 32],
        subcommand: u8,
        parameters: Option<Value>,
    ) -> Result<Value, Status> {
        let mut message = vec![subcommand];
        if let Some(parameters) = &parameters {
            message.extend(parameters.to_bytes());
        }
        let mut entries = self.proof(token, &message, (4, 3));
        entries.push((1, Value::from(i64::from(subcommand))));
        entries.extend(parameters.map(|parameters| (2, parameters)));
        self.send(command::CREDENTIAL_MANAGEMENT, &map(entries))
    }

    /// A subcommand of authenticatorConfig with its proof, if there is a token.
    pub(super) fn configure(
        &mut self,
        token: Option<&[u8; 32]>,
        subcommand: u8,
        parameters: Option<Value>,
    ) -> Result<Value, Status> {
        let mut message = vec![0xff; 32];
        message.extend([command::CONFIG, subcommand]);
        if let Some(parameters) = &parameters {
            message.extend(parameters.to_bytes());
        }
        let mut entries = token.map_or_else(Vec::new, |token| self.proof(token, &message, (4, 3)));
        entries.push((1, Value::from(i64::from(subcommand))));
        entries.extend(parameters.map(|parameters| (2, parameters)));
        self.send(command::CONFIG, &map(entries))
    }
}

fn open_token(shared: &SharedSecret, response: &Value) -> [u8; 32] {
    let sealed = response
        .get(2_i64)
        .and_then(Value::as_bytes)
        .expect("a token");
    shared
        .decrypt(sealed)
        .expect("decrypts")
        .try_into()
        .expect("32 bytes")
}

pub(super) fn padded(pin: &str) -> Vec<u8> {
    let mut bytes = pin.as_bytes().to_vec();
    bytes.resize(64, 0);
    bytes
}

pub(super) fn auth_data(response: &Value) -> Vec<u8> {
    response
        .get(2_i64)
        .and_then(Value::as_bytes)
        .expect("authData")
        .to_vec()
}

pub(super) fn flags(response: &Value) -> u8 {
    auth_data(response)[32]
}

pub(super) fn counter(response: &Value) -> u32 {
    u32::from_be_bytes(auth_data(response)[33..37].try_into().expect("four bytes"))
}

pub(super) fn credential_id(auth_data: &[u8]) -> Vec<u8> {
    let length = usize::from(u16::from_be_bytes(
        auth_data[53..55].try_into().expect("two bytes"),
    ));
    auth_data[55..55 + length].to_vec()
}

/// The extension outputs in authenticator data.
pub(super) fn outputs(response: &Value) -> Option<Value> {
    let data = auth_data(response);
    if data[32] & 0x80 == 0 {
        return None;
    }
    let rest = if data[32] & 0x40 == 0 {
        &data[37..]
    } else {
        let after_id = 55 + credential_id(&data).len();
        crate::cbor::read_prefix(&data[after_id..])
            .expect("a public key")
            .1
    };
    Some(read(rest).expect("extension outputs"))
}
