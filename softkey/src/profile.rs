//! Everything tunable about an authenticator, as one value: what it announces, its limits, and its defects.
//!
//! Named profiles are [`personas`](persona); they are data. The members of `authenticatorGetInfo` (CTAP 2.3,
//! section 6.4) are derived from a profile, so that what is announced and what is done cannot disagree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cose::Algorithm;
use crate::store::Factory;

mod aaguid;
pub mod defects;
pub mod persona;
mod words;

pub use aaguid::Aaguid;
pub use defects::Defects;
pub use words::{Attachment, AttestationMode, BuiltInUv, CounterMode, Extension, Version};

/// A sealed id of a P-384 credential with a credBlob; see [`crate::credential::wrap`].
const LONGEST_SEALED_ID: usize = 112;

/// Everything tunable. The defaults are those of the `softkey` persona: all that is implemented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The persona it came from.
    pub persona: String,
    /// The model.
    pub aaguid: Aaguid,
    /// The firmware version; 0 leaves the member out.
    pub firmware_version: u64,
    /// The versions announced.
    pub versions: Vec<Version>,
    /// The extensions offered.
    pub extensions: Vec<Extension>,
    /// The transports announced.
    pub transports: Vec<String>,
    /// Where it sits.
    pub attachment: Attachment,
    /// The algorithms offered, best first.
    pub algorithms: Vec<Algorithm>,
    /// The PIN/UV auth protocols offered, best first.
    pub pin_uv_auth_protocols: Vec<u64>,
    /// Whether it can have a PIN.
    pub client_pin: bool,
    /// Verification without a PIN.
    pub built_in_uv: BuiltInUv,
    /// The bits of `uvModality` (FIDO Registry of Predefined Values, section 3.1).
    pub uv_modality: u64,
    /// Whether it holds discoverable credentials.
    pub discoverable: bool,
    /// How many.
    pub max_discoverable: usize,
    /// Whether a credential that is not discoverable can be made without user verification.
    pub make_cred_uv_not_rqd: bool,
    /// Whether user verification is always needed, until switched off.
    pub always_uv: bool,
    /// Whether `authenticatorCredentialManagement` is offered.
    pub credential_management: bool,
    /// Whether a persistent read-only token is offered (CTAP 2.2).
    pub persistent_token: bool,
    /// Whether `authenticatorLargeBlobs` is offered.
    pub large_blobs: bool,
    /// Whether `authenticatorConfig` is offered.
    pub authenticator_config: bool,
    /// Whether enterprise attestation can be switched on.
    pub enterprise_attestation: bool,
    /// The relying parties that get enterprise attestation on request (vendor-facilitated).
    pub enterprise_rp_ids: Vec<String>,
    /// The least length of a PIN from the factory.
    pub min_pin_length: u64,
    /// Who may learn it from the factory.
    pub min_pin_length_rp_ids: Vec<String>,
    /// How many relying parties can be set for that.
    pub max_min_pin_length_rp_ids: usize,
    /// Attempts for the PIN.
    pub pin_retries: u8,
    /// Attempts for built-in user verification.
    pub uv_retries: u8,
    /// The longest message.
    pub max_msg_size: usize,
    /// The longest allow or exclude list.
    pub max_credential_count_in_list: usize,
    /// The longest credential id.
    pub max_credential_id_length: usize,
    /// The largest credential blob.
    pub max_cred_blob_length: usize,
    /// The largest serialized large-blob array.
    pub max_large_blobs: usize,
    /// Seconds after power-up in which a reset is allowed; absent for no limit.
    pub reset_window_seconds: Option<u64>,
    /// Seconds a user has to react.
    pub user_action_timeout_seconds: u64,
    /// The BE flag of new credentials.
    pub backup_eligible: bool,
    /// The BS flag of new credentials.
    pub backup_state: bool,
    /// The attestation of registrations.
    pub attestation: AttestationMode,
    /// The signature counter.
    pub counter: CounterMode,
    /// Certifications to announce. Empty in every persona: a simulation is certified by nobody.
    pub certifications: BTreeMap<String, u64>,
    /// Deliberate defects.
    pub defects: Defects,
}

impl Default for Profile {
    fn default() -> Self {
        use Extension::{
            CredBlob, CredProtect, HmacSecret, HmacSecretMc, LargeBlobKey, MinPinLength,
            PinComplexityPolicy, ThirdPartyPayment,
        };
        Self {
            persona: "softkey".to_owned(),
            // "softkey" in ASCII, then the version of this layout: no vendor's number.
            aaguid: Aaguid(*b"softkey\0\0\0\0\0\0\0\0\x01"),
            firmware_version: 1,
            versions: vec![
                Version::U2f,
                Version::Fido20,
                Version::Fido21Pre,
                Version::Fido21,
                Version::Fido22,
                Version::Fido23,
            ],
            extensions: vec![
                CredBlob,
                CredProtect,
                HmacSecret,
                HmacSecretMc,
                LargeBlobKey,
                MinPinLength,
                PinComplexityPolicy,
                ThirdPartyPayment,
            ],
            transports: vec!["usb".to_owned()],
            attachment: Attachment::CrossPlatform,
            algorithms: vec![
                Algorithm::Es256,
                Algorithm::EdDsa,
                Algorithm::Es384,
                Algorithm::Rs256,
            ],
            pin_uv_auth_protocols: vec![2, 1],
            client_pin: true,
            built_in_uv: BuiltInUv::None,
            uv_modality: 0,
            discoverable: true,
            max_discoverable: 100_000,
            make_cred_uv_not_rqd: true,
            always_uv: false,
            credential_management: true,
            persistent_token: true,
            large_blobs: true,
            authenticator_config: true,
            enterprise_attestation: true,
            enterprise_rp_ids: Vec::new(),
            min_pin_length: 4,
            min_pin_length_rp_ids: Vec::new(),
            max_min_pin_length_rp_ids: 8,
            pin_retries: 8,
            uv_retries: 3,
            max_msg_size: 7609,
            max_credential_count_in_list: 16,
            max_credential_id_length: 128,
            max_cred_blob_length: 32,
            max_large_blobs: 4096,
            reset_window_seconds: Some(10),
            user_action_timeout_seconds: 30,
            backup_eligible: false,
            backup_state: false,
            attestation: AttestationMode::Packed,
            counter: CounterMode::Global,
            certifications: BTreeMap::new(),
            defects: Defects::default(),
        }
    }
}

impl Profile {
    /// The algorithms this build can really offer.
    pub fn offered_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.algorithms
            .iter()
            .copied()
            .filter(|algorithm| algorithm.available())
    }

    /// Whether an extension is offered.
    pub fn offers(&self, extension: Extension) -> bool {
        self.extensions.contains(&extension)
    }

    /// Whether it has a way to verify the user without a PIN at all.
    pub fn has_built_in_uv(&self) -> bool {
        self.built_in_uv != BuiltInUv::None
    }

    /// Whether it speaks at least this version.
    pub fn speaks(&self, version: Version) -> bool {
        self.versions.iter().any(|announced| *announced >= version)
    }

    /// Whether the commands of the preview of CTAP 2.1 are answered. Older platforms, libfido2 up to 1.12 among
    /// them, know credential management and enrolment by these numbers only.
    pub fn preview_commands(&self) -> bool {
        self.versions.contains(&Version::Fido21Pre)
    }

    /// Whether PIN/UV tokens with permissions are offered, which came with CTAP 2.1.
    pub fn pin_uv_auth_token(&self) -> bool {
        self.speaks(Version::Fido21)
    }

    /// The settings of a new or reset device.
    pub fn factory(&self) -> Factory {
        Factory {
            min_pin_length: self.min_pin_length,
            min_pin_length_rp_ids: self.min_pin_length_rp_ids.clone(),
            pin_retries: self.pin_retries,
            uv_retries: self.uv_retries,
            always_uv: self.always_uv,
            enrolled: self.built_in_uv == BuiltInUv::AlwaysReady,
        }
    }

    /// What about this profile contradicts itself or the standard; empty if nothing.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |holds: bool, problem: &str| {
            if !holds {
                problems.push(problem.to_owned());
            }
        };
        check(
            self.offered_algorithms().next().is_some(),
            "no algorithm of `algorithms` is available in this build",
        );
        check(
            !self.versions.contains(&Version::U2f)
                || self.offered_algorithms().any(|one| one == Algorithm::Es256),
            "U2F knows ES256 only, and `algorithms` is without it",
        );
        check(
            (1024..=7609).contains(&self.max_msg_size),
            "`max_msg_size` must lie between 1024 and 7609",
        );
        check(
            (4..=63).contains(&self.min_pin_length),
            "`min_pin_length` must lie between 4 and 63",
        );
        check(
            (1..=8).contains(&self.pin_retries),
            "`pin_retries` must lie between 1 and 8",
        );
        check(
            (1..=25).contains(&self.uv_retries),
            "`uv_retries` must lie between 1 and 25",
        );
        check(
            self.max_large_blobs >= 1024,
            "`max_large_blobs` must be at least 1024",
        );
        check(
            self.max_cred_blob_length >= 32,
            "`max_cred_blob_length` must be at least 32",
        );
        check(
            self.backup_eligible || !self.backup_state,
            "`backup_state` needs `backup_eligible`",
        );
        check(
            (LONGEST_SEALED_ID..=1023).contains(&self.max_credential_id_length),
            "`max_credential_id_length` must lie between 112 and 1023: sealed ids are that long",
        );
        check(!self.versions.is_empty(), "`versions` must not be empty");
        check(
            !self.client_pin && !self.has_built_in_uv()
                || self
                    .pin_uv_auth_protocols
                    .iter()
                    .all(|one| matches!(one, 1 | 2))
                    && !self.pin_uv_auth_protocols.is_empty(),
            "`pin_uv_auth_protocols` must list 1, 2 or both",
        );
        check(
            !self.offers(Extension::LargeBlobKey) || self.large_blobs,
            "`largeBlobKey` needs `large_blobs`",
        );
        check(
            !self.offers(Extension::HmacSecretMc) || self.offers(Extension::HmacSecret),
            "`hmac-secret-mc` needs `hmac-secret`",
        );
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn the_default_profile_has_no_problems() {
        assert_eq!(Profile::default().problems(), Vec::<String>::new());
        let profile = Profile {
            backup_state: true,
            ..Profile::default()
        };
        assert_eq!(
            profile.problems(),
            ["`backup_state` needs `backup_eligible`"]
        );
    }
}
