//! softkey as the security key of a person in the tests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

    /// What the key makes of the data that security info begins a passkey with, as its pages and tools send it.
    pub(crate) fn proof(&mut self, data: &Value, name: &str) -> Value {
        let wish = &data["requestData"];
        let challenge = wish["serverChallenge"].as_str().unwrap();
        let options = json!({
            "rp": {"id": "login.microsoft.com", "name": "Microsoft"},
            "user": {"id": wish["userId"], "name": wish["memberName"], "displayName": wish["userDisplayName"]},
            "challenge": URL_SAFE_NO_PAD.encode(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "attestation": "direct",
        });
        let made = self.client().register(&options, &Caller::new(ORIGIN));
        let made = made.unwrap();
        let response = &made["response"];
        json!({
            "Name": name, "Canary": wish["canary"], "AttestationObject": response["attestationObject"],
            "ClientDataJson": response["clientDataJSON"], "CredentialId": made["id"], "ClientExtensionResults": "",
            "PostInfo": "", "AAGuid": self.model(), "CredentialDeviceType": "singleDevice",
        })
    }

    /// Switches a deliberate defect of softkey on or off.
    pub(crate) fn set_defect(&mut self, name: &str, on: bool) {
        assert!(self.device.profile_mut().defects.set(name, on), "{name}");
    }

    pub(crate) fn model(&self) -> String {
        self.device.profile().aaguid.to_string()
    }

    /// The metadata statement of the key's model, as softkey prints it.
    pub(crate) fn statement(&mut self) -> Value {
        let info = self
            .device
            .handle(softkey::authenticator::Channel(9), &[4], &mut self.env);
        let profile = self.device.profile();
        softkey::attestation::metadata::statement(profile, &self.authority, &info[1..]).unwrap()
    }

    /// The tenant believes the key's own authority about its model.
    pub(crate) fn is_believed(&mut self, bench: &Bench) {
        let path = format!("/tenants/{}/trust-list", bench.tenant.id());
        let added = crate::control::ask(bench, "POST", &path, &self.statement());
        assert_eq!(added.status, 200, "{:?}", added.body);
    }
}
