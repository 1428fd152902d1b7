//! The keys, and the check of what one answers without anything around it.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_webauthn::{ORIGIN, RP_ID, Registration, RelyingParty, TrustList};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use softkey::attestation::authority::Authority;
use softkey::authenticator::Authenticator;
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::persona;
use softkey::store::{Change, MemoryStore, Store};
use softkey::system_env::Clock;

const PIN: &str = "123456";

fn said(error: impl std::fmt::Debug) -> io::Error {
    io::Error::other(format!("{error:?}"))
}

/// A softkey with a PIN.
pub(super) struct Key {
    device: Authenticator<MemoryStore>,
    env: SeededEnv,
}

impl Key {
    pub(super) fn new(number: usize) -> io::Result<Self> {
        let mut env = SeededEnv::new(7 + u64::try_from(number).map_err(said)?);
        env.unix_time = Clock::default().unix_time();
        let found = persona::find("yubikey5-nfc-5.7");
        let profile = found
            .ok_or_else(|| said("the persona is gone"))?
            .profile
            .clone();
        let identity = Authority::generate(&mut env).issue(profile.aaguid, "bench");
        let store = MemoryStore::default();
        let mut device = Authenticator::new(profile, store, &mut env).map_err(said)?;
        let change = Change::Attestation(Box::new(identity.map_err(said)?));
        device.store_mut().commit(vec![change]).map_err(said)?;
        let mut key = Self { device, env };
        key.client().set_pin(None, PIN).map_err(said)?;
        Ok(key)
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        Client::new(&mut self.device, &mut self.env).pin(Some(PIN))
    }

    /// What it makes of creation options.
    pub(super) fn registration(&mut self, options: &Value) -> io::Result<Value> {
        let caller = Caller::new(ORIGIN);
        self.client().register(options, &caller).map_err(said)
    }

    /// What it answers to a challenge.
    pub(super) fn assertion(&mut self, challenge: &[u8]) -> io::Result<Value> {
        let options = json!({
            "rpId": RP_ID, "challenge": URL_SAFE_NO_PAD.encode(challenge), "userVerification": "required",
        });
        let caller = Caller::new(ORIGIN);
        self.client().sign_in(&options, &caller).map_err(said)
    }
}

/// One answer of a key that is checked again and again.
pub(super) struct Checks {
    verifier: RelyingParty,
    key: String,
    counter: u32,
    assertion: Value,
    public: VerifyingKey,
    signature: Signature,
}

const CHALLENGE: &[u8] = b"the challenge of the benchmark";

impl Checks {
    pub(super) fn new() -> io::Result<Self> {
        let mut key = Key::new(99)?;
        let verifier = RelyingParty::default();
        let options = json!({
            "rp": {"id": RP_ID, "name": "Microsoft"},
            "user": {"id": "AAAA", "name": "a", "displayName": "a"},
            "challenge": URL_SAFE_NO_PAD.encode(CHALLENGE),
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "attestation": "direct",
        });
        let made = key.registration(&options)?;
        let trust = TrustList::default();
        let expected = Registration {
            challenge: CHALLENGE,
            exclude: &[],
            trust: &trust,
        };
        let made = verifier.register(&expected, &made).map_err(said)?;
        let signing = SigningKey::from_slice(&[7; 32]).map_err(said)?;
        Ok(Self {
            verifier,
            key: made.key,
            counter: made.counter,
            assertion: key.assertion(CHALLENGE)?,
            public: *signing.verifying_key(),
            signature: signing.sign(CHALLENGE),
        })
    }

    /// What the sign-in asks the verifier.
    pub(super) fn whole(&self) -> io::Result<()> {
        let shown = self
            .verifier
            .authenticate(CHALLENGE, &self.key, self.counter, &self.assertion);
        shown.map(drop).map_err(said)
    }

    /// The signature alone, by the library that the verifier uses.
    pub(super) fn bare(&self) -> io::Result<()> {
        self.public.verify(CHALLENGE, &self.signature).map_err(said)
    }
}
