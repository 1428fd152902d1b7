//! webauthn-rs as the relying party: registration with our authority, sign-in, and every defect refused for
//! the reason it should be.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;
use softkey::attestation::authority::Authority;
use softkey::authenticator::Authenticator;
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::{Aaguid, AttestationMode, Profile, persona};
use softkey::store::{Change, MemoryStore, Store};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::Credential;
use webauthn_rs_core::proto::{
    AttestationCaList, AttestationCaListBuilder, COSEAlgorithm, UserVerificationPolicy,
};
use webauthn_rs_proto::AttestationConveyancePreference;

const ORIGIN: &str = "https://login.microsoft.com";
/// The length of Entra's user handles.
const HANDLE: [u8; 51] = [7; 51];

struct Setting {
    server: WebauthnCore,
    authority: Authority,
    key: Authenticator<MemoryStore>,
    env: SeededEnv,
}

/// The time of the environment must be the real one: the verifier checks the dates of certificates.
fn env() -> SeededEnv {
    let mut env = SeededEnv::new(7);
    let now = softkey::system_env::Clock::default();
    env.unix_time = now.unix_time();
    env
}

impl Setting {
    fn new(profile: Profile) -> Self {
        let mut env = env();
        let server = WebauthnCore::new_unsafe_experts_only(
            "Microsoft",
            "login.microsoft.com",
            vec![ORIGIN.parse().unwrap()],
            Duration::from_secs(60),
            None,
            None,
        );
        let authority = Authority::generate(&mut env);
        let identity = authority.issue(profile.aaguid, "serial").unwrap();
        let mut key = Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap();
        key.store_mut()
            .commit(vec![Change::Attestation(Box::new(identity))])
            .unwrap();
        let mut setting = Self {
            server,
            authority,
            key,
            env,
        };
        setting.client().set_pin(None, "123456").unwrap();
        setting
    }

    fn yubikey() -> Self {
        Self::new(persona::find("yubikey5-nfc-5.7").unwrap().profile.clone())
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        Client::new(&mut self.key, &mut self.env).pin(Some("123456"))
    }

    /// The root of our authority, for one model.
    fn trust(&self, aaguid: Aaguid) -> AttestationCaList {
        let mut list = AttestationCaListBuilder::new();
        let pem = self.authority.root_pem().unwrap();
        let aaguid = aaguid.to_string().parse().unwrap();
        list.insert_device_pem(pem.as_bytes(), aaguid, "test".to_owned(), BTreeMap::new())
            .unwrap();
        list.build()
    }

    fn trust_own(&self) -> AttestationCaList {
        self.trust(self.key.profile().aaguid)
    }

    fn register(
        &mut self,
        algorithms: Vec<COSEAlgorithm>,
        trust: Option<&AttestationCaList>,
    ) -> Result<Credential, WebauthnError> {
        let builder = self
            .server
            .new_challenge_register_builder(&HANDLE, "alice@example.com", "Alice")
            .unwrap()
            .attestation(AttestationConveyancePreference::Direct)
            .user_verification_policy(UserVerificationPolicy::Required)
            .credential_algorithms(algorithms)
            .require_resident_key(true);
        let (challenge, state) = self.server.generate_challenge_register(builder).unwrap();
        let options = serde_json::to_value(&challenge).unwrap();
        let credential = self
            .client()
            .register(&options, &Caller::new(ORIGIN))
            .unwrap();
        let response = serde_json::from_value(credential).unwrap();
        self.server.register_credential(&response, &state, trust)
    }

    fn sign_in(&mut self, credential: &Credential) -> Result<u32, WebauthnError> {
        let builder = self
            .server
            .new_challenge_authenticate_builder(vec![credential.clone()], None)
            .unwrap();
        let (challenge, state) = self
            .server
            .generate_challenge_authenticate(builder)
            .unwrap();
        let options = serde_json::to_value(&challenge).unwrap();
        let answer: Json = self
            .client()
            .sign_in(&options, &Caller::new(ORIGIN))
            .unwrap();
        let response = serde_json::from_value(answer).unwrap();
        let result = self.server.authenticate_credential(&response, &state)?;
        assert!(result.user_verified());
        Ok(result.counter())
    }
}

#[test]
fn an_attested_registration_and_a_sign_in_are_accepted() {
    for algorithm in [COSEAlgorithm::ES256, COSEAlgorithm::ES384] {
        let mut setting = Setting::yubikey();
        let trust = setting.trust_own();
        let credential = setting.register(vec![algorithm], Some(&trust)).unwrap();
        assert!(credential.user_verified && !credential.backup_eligible);
        assert!(setting.sign_in(&credential).unwrap() > credential.counter);
    }
}

#[test]
fn self_attestation_and_none_are_accepted_where_nobody_insists() {
    for attestation in [AttestationMode::SelfSigned, AttestationMode::None] {
        let mut setting = Setting::new(Profile {
            attestation,
            ..Profile::default()
        });
        let credential = setting.register(vec![COSEAlgorithm::ES256], None).unwrap();
        setting.sign_in(&credential).unwrap();
        let trust = setting.trust_own();
        assert!(
            setting
                .register(vec![COSEAlgorithm::ES256], Some(&trust))
                .is_err()
        );
    }
}

#[test]
fn another_model_is_not_trusted_under_our_root() {
    let mut setting = Setting::yubikey();
    let trust = setting.trust(Aaguid([9; 16]));
    let error = setting
        .register(vec![COSEAlgorithm::ES256], Some(&trust))
        .unwrap_err();
    assert!(
        matches!(error, WebauthnError::AttestationUntrustedAaguid),
        "{error:?}"
    );
}

#[test]
fn each_defect_of_a_registration_is_refused_for_its_own_reason() {
    for (defect, reason) in [
        ("wrong_rp_id_hash", "InvalidRPIDHash"),
        ("hide_user_verification", "UserNotVerified"),
        ("hide_user_presence", "UserNotPresent"),
        ("corrupt_signature", "AttestationStatementSigInvalid"),
        ("broken_chain", "AttestationChainNotTrusted"),
        ("expired_leaf", "AttestationChainNotTrusted"),
        (
            "wrong_certificate_aaguid",
            "AttestationCertificateAAGUIDMismatch",
        ),
    ] {
        let mut setting = Setting::yubikey();
        assert!(setting.key.profile_mut().defects.set(defect, true));
        let trust = setting.trust_own();
        let error = setting
            .register(vec![COSEAlgorithm::ES256], Some(&trust))
            .unwrap_err();
        assert!(
            format!("{error:?}").starts_with(reason),
            "{defect}: {error:?}"
        );
    }
}

#[test]
fn each_defect_of_a_sign_in_is_refused_for_its_own_reason() {
    for (defect, reason) in [
        ("wrong_rp_id_hash", "InvalidRPIDHash"),
        ("hide_user_verification", "UserNotVerified"),
        ("hide_user_presence", "UserNotPresent"),
        ("corrupt_signature", "AuthenticationFailure"),
        ("stale_counter", "CredentialPossibleCompromise"),
        ("flip_backup_flags", "Credential"),
    ] {
        let mut setting = Setting::yubikey();
        let credential = setting.register(vec![COSEAlgorithm::ES256], None).unwrap();
        assert!(setting.key.profile_mut().defects.set(defect, true));
        let error = setting.sign_in(&credential).unwrap_err();
        assert!(
            format!("{error:?}").starts_with(reason),
            "{defect}: {error:?}"
        );
    }
}
