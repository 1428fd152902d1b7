//! Secrets, certificates and federations of an application registration.

use crate::id::KeyId;
use crate::time::Timestamp;

/// A client secret (`passwordCredential` in Graph).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientSecret {
    pub key_id: KeyId,
    pub display_name: Option<String>,
    pub value: String,
    /// `customKeyIdentifier`
    pub custom_id: Option<Vec<u8>>,
    pub start: Timestamp,
    pub end: Timestamp,
}

impl ClientSecret {
    /// The first three characters, all that a later read shows.
    pub fn hint(&self) -> String {
        self.value.chars().take(3).collect()
    }
}

/// A certificate (`keyCredential` in Graph): its public half.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Certificate {
    pub key_id: KeyId,
    pub display_name: Option<String>,
    /// `customKeyIdentifier`; the certificate's thumbprint if nothing else is said.
    pub custom_id: Option<Vec<u8>>,
    pub usage: KeyUsage,
    /// The X.509 certificate in DER, with its private key where that is kept.
    pub der: Vec<u8>,
    pub start: Timestamp,
    pub end: Timestamp,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyUsage {
    /// The app proves itself with it.
    #[default]
    Verify,
    /// Tokens for the app are signed with it (`X509CertAndPassword`).
    Sign,
}

/// A federated identity credential: trust in one subject of one outside issuer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FederatedCredential {
    pub id: KeyId,
    pub name: String,
    pub issuer: String,
    pub subject: String,
    pub audience: String,
    pub description: Option<String>,
}
