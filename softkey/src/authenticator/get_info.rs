//! authenticatorGetInfo (0x04): CTAP 2.3, section 6.4. Everything here follows from the profile and the
//! device's settings; nothing is announced that is not done.

use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use cbc::cipher::block_padding::NoPadding;
use hkdf::Hkdf;
use sha2::Sha256;

use super::Authenticator;
use crate::cbor::Value;
use crate::env::{Env, random};
use crate::profile::{AttestationMode, BuiltInUv, Version};
use crate::store::Store;

/// The longest PIN, in bytes (section 6.5.1).
const MAX_PIN_LENGTH: u64 = 63;

impl<S: Store> Authenticator<S> {
    pub(super) fn get_info(&self, env: &mut dyn Env) -> Value {
        let profile = &self.profile;
        let device = self.store.state().device();
        let texts =
            |items: Vec<&str>| Value::from(items.into_iter().map(Value::from).collect::<Vec<_>>());
        let at_least = |version| profile.speaks(version);
        let (ctap21, ctap22) = (at_least(Version::Fido21), at_least(Version::Fido22));
        let mut extensions: Vec<&str> = profile.extensions.iter().map(|one| one.name()).collect();
        extensions.sort_unstable();
        let tokens = self.offers(super::command::CLIENT_PIN);
        let protocols: Vec<Value> = profile
            .pin_uv_auth_protocols
            .iter()
            .map(|one| Value::from(*one))
            .collect();
        let remaining = profile
            .max_discoverable
            .saturating_sub(self.store.state().discoverable_count());
        let forced = device.is_some_and(|device| device.force_pin_change);
        let min_pin_length = device.map_or(profile.min_pin_length, |device| device.min_pin_length);
        let complexity = device.is_some_and(|device| device.pin_complexity_policy);
        let pin21 = ctap21 && profile.client_pin;
        let config = profile.authenticator_config;
        let certifications = &profile.certifications;
        let certifications = (!certifications.is_empty()).then(|| {
            Value::map(
                certifications
                    .iter()
                    .map(|(name, level)| (name.as_str(), Value::from(*level))),
            )
        });
        Value::map_of([
            Some((1_i64, texts(self.versions()))),
            (!extensions.is_empty()).then(|| (2, texts(extensions))),
            Some((3, Value::from(profile.aaguid.0))),
            Some((4, self.options())),
            Some((5, Value::from(profile.max_msg_size))),
            tokens.then(|| (6, Value::from(protocols))),
            ctap21.then(|| (7, Value::from(profile.max_credential_count_in_list))),
            ctap21.then(|| (8, Value::from(profile.max_credential_id_length))),
            ctap21.then(|| {
                (
                    9,
                    texts(profile.transports.iter().map(String::as_str).collect()),
                )
            }),
            ctap21.then(|| (0x0a, self.algorithms())),
            profile
                .large_blobs
                .then(|| (0x0b, Value::from(profile.max_large_blobs))),
            pin21.then_some((0x0c, Value::Bool(forced))),
            pin21.then(|| (0x0d, Value::from(min_pin_length))),
            (ctap21 && profile.firmware_version > 0)
                .then(|| (0x0e, Value::from(profile.firmware_version))),
            profile
                .offers(crate::profile::Extension::CredBlob)
                .then(|| (0x0f, Value::from(profile.max_cred_blob_length))),
            (pin21 && config).then(|| (0x10, Value::from(profile.max_min_pin_length_rp_ids))),
            (ctap21 && profile.has_built_in_uv())
                .then(|| (0x11, Value::from(u64::from(profile.uv_retries)))),
            (ctap21 && profile.has_built_in_uv()).then(|| (0x12, Value::from(profile.uv_modality))),
            certifications.map(|certifications| (0x13, certifications)),
            (ctap21 && profile.discoverable).then(|| (0x14, Value::from(remaining))),
            ctap22.then(|| (0x16, texts(self.attestation_formats()))),
            (ctap22 && profile.persistent_token)
                .then(|| self.hidden("encIdentifier", env).map(|value| (0x19, value)))
                .flatten(),
            (ctap22 && config && profile.client_pin).then_some((0x1b, Value::Bool(complexity))),
            (ctap22 && profile.client_pin).then(|| (0x1d, Value::from(MAX_PIN_LENGTH))),
            (at_least(Version::Fido23) && profile.persistent_token)
                .then(|| {
                    self.hidden("encCredStoreState", env)
                        .map(|value| (0x1e, value))
                })
                .flatten(),
            (at_least(Version::Fido23) && config).then(|| (0x1f, self.config_commands())),
        ])
    }

    /// U2F cannot verify users, so it is not announced while that is always wanted.
    fn versions(&self) -> Vec<&'static str> {
        let u2f = self.has_u2f() && !self.always_uv();
        let versions = self.profile.versions.iter();
        versions
            .filter(|version| u2f || **version != Version::U2f)
            .map(|version| version.name())
            .collect()
    }

    fn algorithms(&self) -> Value {
        let algorithm = |id: i64| {
            Value::map([
                ("alg", Value::from(id)),
                ("type", Value::from("public-key")),
            ])
        };
        Value::from(
            self.profile
                .offered_algorithms()
                .map(|one| algorithm(one.id()))
                .collect::<Vec<_>>(),
        )
    }

    fn attestation_formats(&self) -> Vec<&'static str> {
        match self.profile.attestation {
            AttestationMode::None => vec!["none"],
            AttestationMode::Packed | AttestationMode::SelfSigned => vec!["packed", "none"],
        }
    }

    /// The subcommands of authenticatorConfig that are done.
    fn config_commands(&self) -> Value {
        let commands = [
            (1_u64, self.profile.enterprise_attestation),
            (2, true),
            (3, self.profile.client_pin),
        ];
        Value::from(
            commands
                .into_iter()
                .filter(|(_, offered)| *offered)
                .map(|(command, _)| Value::from(command))
                .collect::<Vec<_>>(),
        )
    }

    /// Section 6.4, table of options. Absent means not supported, `false` not configured.
    fn options(&self) -> Value {
        let profile = &self.profile;
        let ctap21 = profile.pin_uv_auth_token();
        let device = self.store.state().device();
        let enrolled = device.is_some_and(|device| !device.fingerprints.is_empty());
        let enterprise = device.is_some_and(|device| device.enterprise_attestation);
        let fingerprint = profile.built_in_uv == BuiltInUv::Fingerprint;
        let preview = profile.preview_commands();
        let config = profile.authenticator_config;
        let tokens = self.offers(super::command::CLIENT_PIN);
        Value::map_of([
            Some((
                "plat",
                Value::Bool(profile.attachment == crate::profile::Attachment::Platform),
            )),
            Some(("rk", Value::Bool(profile.discoverable))),
            profile
                .client_pin
                .then(|| ("clientPin", Value::Bool(self.pin_is_set()))),
            Some(("up", Value::Bool(true))),
            profile
                .has_built_in_uv()
                .then(|| ("uv", Value::Bool(self.uv_enabled()))),
            (ctap21 && tokens).then_some(("pinUvAuthToken", Value::Bool(true))),
            profile
                .large_blobs
                .then_some(("largeBlobs", Value::Bool(true))),
            (config && profile.enterprise_attestation).then_some(("ep", Value::Bool(enterprise))),
            fingerprint.then_some(("bioEnroll", Value::Bool(enrolled))),
            config.then_some(("authnrCfg", Value::Bool(true))),
            (config && profile.has_built_in_uv()).then_some(("uvAcfg", Value::Bool(true))),
            (ctap21 && profile.credential_management).then_some(("credMgmt", Value::Bool(true))),
            (preview && profile.credential_management)
                .then_some(("credentialMgmtPreview", Value::Bool(true))),
            (preview && fingerprint)
                .then_some(("userVerificationMgmtPreview", Value::Bool(enrolled))),
            self.offers_persistent_token()
                .then_some(("perCredMgmtRO", Value::Bool(true))),
            (config && profile.client_pin).then_some(("setMinPINLength", Value::Bool(true))),
            (ctap21 && profile.make_cred_uv_not_rqd)
                .then(|| ("makeCredUvNotRqd", Value::Bool(self.make_cred_uv_not_rqd()))),
            (config || self.always_uv()).then(|| ("alwaysUv", Value::Bool(self.always_uv()))),
        ])
    }

    /// Whether a persistent token can be had and is of use.
    pub(super) fn offers_persistent_token(&self) -> bool {
        self.profile.persistent_token
            && self.profile.credential_management
            && self.profile.speaks(Version::Fido22)
    }

    /// `encIdentifier` and `encCredStoreState`: hidden from everybody without the persistent token, and
    /// different at every look.
    fn hidden(&self, member: &str, env: &mut dyn Env) -> Option<Value> {
        let device = self.store.state().device()?;
        let plain = match member {
            "encIdentifier" => &device.identifier,
            _ => &device.credential_store_state,
        };
        let mut key = [0_u8; 16];
        Hkdf::<Sha256>::new(Some(&[0; 32]), &device.persistent_token)
            .expand(member.as_bytes(), &mut key)
            .ok()?;
        let iv: [u8; 16] = random(env);
        let sealed = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &iv.into())
            .encrypt_padded_vec::<NoPadding>(plain);
        Some(Value::from([iv.as_slice(), &sealed].concat()))
    }
}
