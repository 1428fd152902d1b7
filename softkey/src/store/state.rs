//! The state itself. Pure: no files, no clock; randomness only for a new device, from an [`Env`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::credential::{Credential, CredentialId, RpIdHash, WrappingKey, rp_id_hash};
use crate::encoding::base64url;
use crate::env::{Env, random};

/// The serialized large-blob array of an authenticator that was never written to (CTAP 2.3, section 6.10).
pub const EMPTY_LARGE_BLOBS: [u8; 17] = [
    0x80, 0x76, 0xbe, 0x8b, 0x52, 0x8d, 0x00, 0x75, 0xf7, 0xaa, 0xe9, 0x8d, 0x6f, 0xa5, 0x7a, 0x6d,
    0x3c,
];

/// A PIN as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// LEFT(SHA-256(PIN), 16).
    #[serde(with = "base64url")]
    pub hash: [u8; 16],
    /// Its length in Unicode code points.
    pub code_points: u64,
}

/// A finger that the simulated sensor knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The template's id.
    #[serde(with = "base64url")]
    pub id: Vec<u8>,
    /// The name the user gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The settings and secrets of the device itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Device {
    /// Seals credentials that are not stored.
    #[serde(with = "base64url")]
    pub wrapping_key: WrappingKey,
    /// What encIdentifier hides (CTAP 2.3, section 6.4).
    #[serde(with = "base64url")]
    pub identifier: [u8; 16],
    /// What encCredStoreState hides; changes with every change to a discoverable credential.
    #[serde(with = "base64url")]
    pub credential_store_state: [u8; 16],
    /// The persistent PIN/UV token (CTAP 2.3, section 6.5.5.7).
    #[serde(with = "base64url")]
    pub persistent_token: [u8; 32],
    /// The PIN.
    pub pin: Option<Pin>,
    /// Attempts left for the PIN.
    pub pin_retries: u8,
    /// Attempts left for built-in user verification.
    pub uv_retries: u8,
    /// Whether the PIN must be changed before it is of use.
    pub force_pin_change: bool,
    /// The least number of code points of a new PIN.
    pub min_pin_length: u64,
    /// Who may learn it.
    pub min_pin_length_rp_ids: Vec<String>,
    /// Whether every operation needs user verification.
    pub always_uv: bool,
    /// Whether enterprise attestation is switched on.
    pub enterprise_attestation: bool,
    /// Whether simple PINs are refused.
    #[serde(default)]
    pub pin_complexity_policy: bool,
    /// Enrolled fingers.
    pub fingerprints: Vec<Fingerprint>,
    /// How many credentials were ever made; orders them.
    pub created: u64,
}

/// The factory settings that a profile decides.
#[derive(Clone, Debug)]
pub struct Factory {
    /// The least length of a PIN.
    pub min_pin_length: u64,
    /// Who may learn it.
    pub min_pin_length_rp_ids: Vec<String>,
    /// Attempts for the PIN.
    pub pin_retries: u8,
    /// Attempts for built-in user verification.
    pub uv_retries: u8,
    /// Whether every operation needs user verification.
    pub always_uv: bool,
    /// Whether a finger is enrolled from the start.
    pub enrolled: bool,
}

impl Device {
    /// A device as it leaves the factory or a reset.
    pub fn new(factory: &Factory, env: &mut dyn Env) -> Self {
        let finger = Fingerprint {
            id: vec![1],
            name: None,
        };
        Self {
            wrapping_key: random(env),
            identifier: random(env),
            credential_store_state: random(env),
            persistent_token: random(env),
            pin: None,
            pin_retries: factory.pin_retries,
            uv_retries: factory.uv_retries,
            force_pin_change: false,
            min_pin_length: factory.min_pin_length,
            min_pin_length_rp_ids: factory.min_pin_length_rp_ids.clone(),
            always_uv: factory.always_uv,
            enterprise_attestation: false,
            pin_complexity_policy: false,
            fingerprints: if factory.enrolled {
                vec![finger]
            } else {
                Vec::new()
            },
            created: 0,
        }
    }
}

/// The key and certificates that sign attestations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AttestationIdentity {
    /// The P-256 scalar.
    #[serde(with = "base64url")]
    pub secret: [u8; 32],
    /// The certificates, leaf first, without the root; DER in base64url.
    pub chain: Vec<Certificate>,
    /// The same for enterprise attestation, with the serial number in the leaf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enterprise_chain: Vec<Certificate>,
    /// Chains that a relying party must refuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defective: Option<DefectiveChains>,
}

/// Certificates for the same key that are wrong on purpose.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DefectiveChains {
    /// Issued by a root that nobody knows.
    pub stranger: Vec<Certificate>,
    /// Expired.
    pub expired: Vec<Certificate>,
    /// For another model.
    pub wrong_aaguid: Vec<Certificate>,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Certificate(#[serde(with = "base64url")] pub Vec<u8>);

/// One recorded step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The device's settings are now these.
    Device(Box<Device>),
    /// This credential is new, or replaces the one with its id.
    Put(Box<Credential>),
    /// This credential is gone.
    Remove(CredentialId),
    /// Signature counters up to this one may have been used.
    Counter {
        /// The credential, if it has a counter of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<CredentialId>,
        /// The last counter that may have been used.
        used: u32,
    },
    /// The large-blob array is now this.
    LargeBlobs(#[serde(with = "base64url")] Vec<u8>),
    /// The attestation key is now this; a reset keeps it.
    Attestation(Box<AttestationIdentity>),
    /// Everything but the attestation key and the global counter is gone; the device starts anew.
    Reset(Box<Device>),
}

/// What an authenticator remembers.
#[derive(Clone, Debug, Default)]
pub struct State {
    device: Option<Box<Device>>,
    credentials: BTreeMap<CredentialId, Arc<Credential>>,
    by_rp: BTreeMap<RpIdHash, BTreeSet<(u64, CredentialId)>>,
    discoverable: usize,
    counters: BTreeMap<Option<CredentialId>, u32>,
    large_blobs: Option<Vec<u8>>,
    attestation: Option<Box<AttestationIdentity>>,
}

impl State {
    /// The device's settings; absent until it is set up.
    pub fn device(&self) -> Option<&Device> {
        self.device.as_deref()
    }

    /// The attestation key, if there is one.
    pub fn attestation(&self) -> Option<&AttestationIdentity> {
        self.attestation.as_deref()
    }

    /// Finds a credential by its id.
    pub fn credential(&self, id: &[u8]) -> Option<&Arc<Credential>> {
        self.credentials.get(&CredentialId::new(id))
    }

    /// All stored credentials, in the order of their ids.
    pub fn credentials(&self) -> impl Iterator<Item = &Arc<Credential>> {
        self.credentials.values()
    }

    /// The discoverable credentials of a relying party, newest first.
    pub fn discoverable(&self, rp: &RpIdHash) -> impl Iterator<Item = &Arc<Credential>> {
        self.by_rp
            .get(rp)
            .into_iter()
            .flatten()
            .rev()
            .filter_map(|(_, id)| self.credentials.get(id))
            .filter(|credential| credential.discoverable)
    }

    /// The hashes of all relying parties with discoverable credentials.
    pub fn relying_parties(&self) -> impl Iterator<Item = &RpIdHash> {
        self.by_rp
            .keys()
            .filter(|rp| self.discoverable(rp).next().is_some())
    }

    /// How many discoverable credentials there are.
    pub fn discoverable_count(&self) -> usize {
        self.discoverable
    }

    /// The last signature counter that may have been used.
    pub fn counter(&self, credential: Option<&CredentialId>) -> u32 {
        self.counters
            .get(&credential.cloned())
            .copied()
            .unwrap_or_default()
    }

    /// The serialized large-blob array.
    pub fn large_blobs(&self) -> &[u8] {
        self.large_blobs.as_deref().unwrap_or(&EMPTY_LARGE_BLOBS)
    }

    /// Takes one step.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Device(device) => self.device = Some(device),
            Change::Put(credential) => self.put(*credential),
            Change::Remove(id) => self.remove(&id),
            Change::Counter { credential, used } => {
                self.counters.insert(credential, used);
            }
            Change::LargeBlobs(bytes) => self.large_blobs = Some(bytes),
            Change::Attestation(identity) => self.attestation = Some(identity),
            Change::Reset(device) => {
                let global = self.counter(None);
                let attestation = self.attestation.take();
                *self = Self {
                    device: Some(device),
                    attestation,
                    ..Self::default()
                };
                // A counter never goes back, not even over a reset.
                self.counters.insert(None, global);
            }
        }
    }

    /// The shortest list of steps that leads here, for export and for compacting a journal.
    pub fn changes(&self) -> Vec<Change> {
        let device = self.device.iter().cloned().map(Change::Device);
        let attestation = self.attestation.iter().cloned().map(Change::Attestation);
        let credentials = self
            .credentials
            .values()
            .map(|one| Change::Put(Box::new((**one).clone())));
        let counters = self
            .counters
            .iter()
            .map(|(credential, used)| Change::Counter {
                credential: credential.clone(),
                used: *used,
            });
        let blobs = self.large_blobs.iter().cloned().map(Change::LargeBlobs);
        device
            .chain(attestation)
            .chain(credentials)
            .chain(counters)
            .chain(blobs)
            .collect()
    }

    fn put(&mut self, credential: Credential) {
        self.forget(&credential.id.clone());
        let place = (credential.created, credential.id.clone());
        self.by_rp
            .entry(rp_id_hash(&credential.rp_id))
            .or_default()
            .insert(place);
        self.discoverable += usize::from(credential.discoverable);
        self.credentials
            .insert(credential.id.clone(), Arc::new(credential));
    }

    fn remove(&mut self, id: &CredentialId) {
        self.forget(id);
        self.counters.remove(&Some(id.clone()));
    }

    fn forget(&mut self, id: &CredentialId) {
        let Some(old) = self.credentials.remove(id) else {
            return;
        };
        self.discoverable -= usize::from(old.discoverable);
        let rp = rp_id_hash(&old.rp_id);
        if let Some(places) = self.by_rp.get_mut(&rp) {
            places.remove(&(old.created, old.id.clone()));
            if places.is_empty() {
                self.by_rp.remove(&rp);
            }
        }
    }
}
