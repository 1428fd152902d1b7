//! softkey as the security key of a person in the tests.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entrasim_domain::tenant::authentication::PasskeyRoot;
use serde_json::{Value, json};
use softkey::attestation::authority::Authority;
use softkey::authenticator::Authenticator;
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::persona;
use softkey::store::{Change, MemoryStore, Store};

use crate::testing::Bench;

const ORIGIN: &str = "https://login.microsoft.com";

/// An authenticator that a test holds.
pub(crate) struct Key {
    authority: Authority,
    device: Authenticator<MemoryStore>,
    env: SeededEnv,
    has_pin: bool,
}

impl Key {
    pub(crate) fn new(persona: &str) -> Self {
        let mut env = SeededEnv::new(7);
        // The verifier looks at the dates of certificates, by the machine's clock.
        env.unix_time = softkey::system_env::Clock::default().unix_time();
        let authority = Authority::generate(&mut env);
        let profile = persona::find(persona).unwrap().profile.clone();
        let identity = authority.issue(profile.aaguid, "serial").unwrap();
        let mut device = Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap();
        device
            .store_mut()
            .commit(vec![Change::Attestation(Box::new(identity))])
            .unwrap();
        let mut made = Self {
            authority,
            device,
            env,
            has_pin: false,
        };
        // Platform keys verify their user by themselves.
        made.has_pin = made.client().set_pin(None, "123456").is_ok();
        made
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        let pin = self.has_pin.then_some("123456");
        Client::new(&mut self.device, &mut self.env).pin(pin)
    }

    /// What the key makes of creation options, as Graph takes it.
    pub(crate) fn registration(&mut self, options: &Value) -> Value {
        let mut options = options.clone();
        // A wish of the options that platform keys do not fulfil, and that nobody checks.
        options["authenticatorSelection"]["authenticatorAttachment"].take();
        let made = self.client().register(&options, &Caller::new(ORIGIN));
        let made = made.unwrap();
        let response = &made["response"];
        json!({
            "displayName": "Red key",
            "publicKeyCredential": {
                "id": made["id"],
                "response": {
                    "clientDataJSON": response["clientDataJSON"],
                    "attestationObject": response["attestationObject"],
                },
                "clientExtensionResults": {"hmacCreateSecret": true},
            },
        })
    }

    /// What the key answers to a challenge of the sign-in pages, as they post it.
    pub(crate) fn assertion(&mut self, challenge: &str) -> String {
        let options = json!({
            "rpId": "login.microsoft.com", "challenge": URL_SAFE_NO_PAD.encode(challenge), "userVerification": "required",
        });
        let made = self.client().sign_in(&options, &Caller::new(ORIGIN));
        let made = made.unwrap();
        let response = &made["response"];
        json!({
            "id": made["id"], "clientDataJSON": response["clientDataJSON"], "authenticatorData": response["authenticatorData"],
            "signature": response["signature"], "userHandle": response["userHandle"],
        })
        .to_string()
    }

    pub(crate) fn model(&self) -> String {
        self.device.profile().aaguid.to_string()
    }

    /// The tenant believes the key's own authority about its model.
    pub(crate) fn is_believed(&self, bench: &Bench) {
        let pem = self.authority.root_pem().unwrap();
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("---"))
            .collect();
        let model = self.model().parse().unwrap();
        let root = PasskeyRoot {
            certificate: STANDARD.decode(body).unwrap(),
            name: "test".to_owned(),
        };
        bench
            .tenant
            .write(|tenant| {
                let roots = &mut tenant.authentication.passkey_roots;
                roots.insert(model, Arc::new(root));
                Ok::<(), ()>(())
            })
            .unwrap();
    }
}
