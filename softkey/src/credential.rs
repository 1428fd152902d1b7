//! A credential source as the authenticator keeps it (WebAuthn Level 3, section 4 "Public Key Credential
//! Source"), and the identifiers around it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cbor::Value;
use crate::cose::KeyMaterial;
use crate::encoding::{base64url, optional_base64url};

mod wrapped;

pub use wrapped::{WrappingKey, unwrap, wrap};

/// The identifier of a credential.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(#[serde(with = "base64url")] Vec<u8>);

impl CredentialId {
    /// Takes the bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The descriptor a response carries.
    pub fn descriptor(&self) -> Value {
        Value::map([
            ("id", Value::from(self.as_bytes())),
            ("type", Value::from("public-key")),
        ])
    }
}

impl std::fmt::Debug for CredentialId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CredentialId({self})")
    }
}

impl std::fmt::Display for CredentialId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&base64url::encode(&self.0))
    }
}

/// SHA-256 of a relying party's id.
pub type RpIdHash = [u8; 32];

/// Hashes a relying party's id.
pub fn rp_id_hash(rp_id: &str) -> RpIdHash {
    Sha256::digest(rp_id.as_bytes()).into()
}

/// The user account a credential is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user handle.
    #[serde(with = "base64url")]
    pub id: Vec<u8>,
    /// The account name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// An address of a picture; gone since CTAP 2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

impl User {
    /// The entity a response carries; without the names if the user was not verified.
    pub fn entity(&self, identifiable: bool) -> Value {
        let name =
            |name: &Option<String>| name.as_deref().filter(|_| identifiable).map(Value::from);
        Value::map_of([
            Some(("id", Value::from(self.id.as_slice()))),
            name(&self.name).map(|name| ("name", name)),
            name(&self.display_name).map(|name| ("displayName", name)),
            name(&self.icon).map(|icon| ("icon", icon)),
        ])
    }
}

/// When a credential may be used (CTAP 2.3, section 12.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredProtect {
    /// Level 1: always.
    #[default]
    UserVerificationOptional,
    /// Level 2: without user verification only if the platform names it.
    UserVerificationOptionalWithCredentialIdList,
    /// Level 3: only with user verification.
    UserVerificationRequired,
}

impl CredProtect {
    /// The number on the wire.
    pub const fn level(self) -> u8 {
        match self {
            Self::UserVerificationOptional => 1,
            Self::UserVerificationOptionalWithCredentialIdList => 2,
            Self::UserVerificationRequired => 3,
        }
    }

    /// Reads the number on the wire.
    pub const fn from_level(level: u64) -> Option<Self> {
        match level {
            1 => Some(Self::UserVerificationOptional),
            2 => Some(Self::UserVerificationOptionalWithCredentialIdList),
            3 => Some(Self::UserVerificationRequired),
            _ => None,
        }
    }
}

/// One credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credential {
    /// Its identifier.
    pub id: CredentialId,
    /// The relying party it is bound to.
    pub rp_id: String,
    /// The relying party's name, as told at registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_name: Option<String>,
    /// The account it is for.
    pub user: User,
    /// The private key.
    pub key: KeyMaterial,
    /// Whether it is found without being named.
    pub discoverable: bool,
    /// When it may be used.
    #[serde(default)]
    pub cred_protect: CredProtect,
    /// The secret of the hmac-secret extension when the user was verified.
    #[serde(with = "base64url")]
    pub cred_random_with_uv: [u8; 32],
    /// The secret of the hmac-secret extension when the user was not verified.
    #[serde(with = "base64url")]
    pub cred_random_without_uv: [u8; 32],
    /// What the credBlob extension stored.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_base64url"
    )]
    pub cred_blob: Option<Vec<u8>>,
    /// The key of the largeBlobKey extension.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_base64url"
    )]
    pub large_blob_key: Option<[u8; 32]>,
    /// Whether it may be used for payments on other sites (CTAP 2.2, section 12.10).
    #[serde(default)]
    pub third_party_payment: bool,
    /// The BE flag, fixed at creation (WebAuthn Level 3, section 6.1.3).
    #[serde(default)]
    pub backup_eligible: bool,
    /// The BS flag.
    #[serde(default)]
    pub backup_state: bool,
    /// Its place in the order of creation; the newest answers first.
    pub created: u64,
    /// When it was made, in seconds since 1970.
    #[serde(default)]
    pub created_at: i64,
}

impl Credential {
    /// Whether it may be used, given how the platform asked (CTAP 2.3, section 6.2.2, step 7).
    pub fn usable(&self, user_verified: bool, named: bool) -> bool {
        match self.cred_protect {
            CredProtect::UserVerificationOptional => true,
            CredProtect::UserVerificationOptionalWithCredentialIdList => named || user_verified,
            CredProtect::UserVerificationRequired => user_verified,
        }
    }
}
