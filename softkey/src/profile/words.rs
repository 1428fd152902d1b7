//! The words a profile is made of, with their spelling on the wire and in files.

use serde::{Deserialize, Serialize};

/// A version of the protocol that getInfo announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    /// U2F, which is CTAP1.
    #[serde(rename = "U2F_V2")]
    U2f,
    /// CTAP 2.0.
    #[serde(rename = "FIDO_2_0")]
    Fido20,
    /// The preview of CTAP 2.1 that many keys still announce, for its commands 0x40 and 0x41.
    #[serde(rename = "FIDO_2_1_PRE")]
    Fido21Pre,
    /// CTAP 2.1.
    #[serde(rename = "FIDO_2_1")]
    Fido21,
    /// CTAP 2.2.
    #[serde(rename = "FIDO_2_2")]
    Fido22,
    /// CTAP 2.3.
    #[serde(rename = "FIDO_2_3")]
    Fido23,
}

impl Version {
    /// The string on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U2f => "U2F_V2",
            Self::Fido20 => "FIDO_2_0",
            Self::Fido21Pre => "FIDO_2_1_PRE",
            Self::Fido21 => "FIDO_2_1",
            Self::Fido22 => "FIDO_2_2",
            Self::Fido23 => "FIDO_2_3",
        }
    }
}

/// An extension of makeCredential and getAssertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Extension {
    /// Section 12.1.
    #[serde(rename = "credProtect")]
    CredProtect,
    /// Section 12.2.
    #[serde(rename = "credBlob")]
    CredBlob,
    /// Section 12.3.
    #[serde(rename = "largeBlobKey")]
    LargeBlobKey,
    /// Section 12.4.
    #[serde(rename = "minPinLength")]
    MinPinLength,
    /// CTAP 2.2.
    #[serde(rename = "pinComplexityPolicy")]
    PinComplexityPolicy,
    /// Section 12.7.
    #[serde(rename = "hmac-secret")]
    HmacSecret,
    /// CTAP 2.2: hmac-secret already at registration.
    #[serde(rename = "hmac-secret-mc")]
    HmacSecretMc,
    /// CTAP 2.2.
    #[serde(rename = "thirdPartyPayment")]
    ThirdPartyPayment,
}

impl Extension {
    /// The identifier on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CredProtect => "credProtect",
            Self::CredBlob => "credBlob",
            Self::LargeBlobKey => "largeBlobKey",
            Self::MinPinLength => "minPinLength",
            Self::PinComplexityPolicy => "pinComplexityPolicy",
            Self::HmacSecret => "hmac-secret",
            Self::HmacSecretMc => "hmac-secret-mc",
            Self::ThirdPartyPayment => "thirdPartyPayment",
        }
    }
}

/// Which attestation a registration carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttestationMode {
    /// `packed` with a certificate of softkey's own test authority.
    Packed,
    /// `packed` signed by the credential itself.
    #[serde(rename = "self")]
    SelfSigned,
    /// `none`.
    None,
}

/// Where the authenticator sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    /// In the device the browser runs on.
    Platform,
    /// Apart from it.
    CrossPlatform,
}

impl Attachment {
    /// The word of WebAuthn Level 3, section 5.4.5.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::CrossPlatform => "cross-platform",
        }
    }
}

/// The signature counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CounterMode {
    /// Always zero, as synced passkeys do.
    Zero,
    /// One counter for all credentials.
    Global,
    /// One counter for each stored credential; credentials that are not stored share the global one.
    PerCredential,
}

/// How the user is verified without a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuiltInUv {
    /// Not at all.
    None,
    /// By a fingerprint that must be enrolled first, with `authenticatorBioEnrollment`.
    Fingerprint,
    /// By something that is always set up, as on a phone or a laptop.
    AlwaysReady,
}
