//! softkey's own test authority: a root and, for each model, a leaf that signs attestations.
//!
//! Sources: WebAuthn Level 3, section 8.2.1 (what a packed attestation certificate contains) and the
//! measurements of webauthn-rs 0.6. Every certificate says that it is a test's; none names a vendor. All keys
//! follow from one secret, so the same authority issues the same bytes.

use hkdf::Hkdf;
use p256::ecdsa::signature::Signer;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, IsCa,
    Issuer, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber,
    SignatureAlgorithm, SigningKey,
};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use time::{Duration, OffsetDateTime};

use crate::encoding::base64url;
use crate::env::{Env, random};
use crate::profile::Aaguid;
use crate::store::{AttestationIdentity, Certificate, DefectiveChains};

/// `id-fido-gen-ce-aaguid` (WebAuthn Level 3, section 8.2.1).
const AAGUID_EXTENSION: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
/// `id-fido-gen-ce-sernum`, in enterprise attestation (same section).
const SERIAL_EXTENSION: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 2];
/// How long a root and its leaves are valid.
const VALIDITY: Duration = Duration::days(20 * 365);

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a certificate: {0}")]
pub struct AuthorityError(#[from] rcgen::Error);

/// A test authority: one secret, from which everything follows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    #[serde(with = "base64url")]
    secret: [u8; 32],
    /// When it was made, in seconds since 1970; certificates are valid from the day before.
    created_at: i64,
}

impl Authority {
    /// Makes a new authority.
    pub fn generate(env: &mut dyn Env) -> Self {
        Self {
            secret: random(env),
            created_at: env.unix_time(),
        }
    }

    /// The root certificate, in DER.
    pub fn root(&self) -> Result<Vec<u8>, AuthorityError> {
        self.root_with("root")
    }

    /// The root certificate, in PEM.
    pub fn root_pem(&self) -> Result<String, AuthorityError> {
        Ok(pem("CERTIFICATE", &self.root()?))
    }

    /// The attestation key and certificates of one model, with those that are wrong on purpose.
    pub fn issue(
        &self,
        aaguid: Aaguid,
        serial: &str,
    ) -> Result<AttestationIdentity, AuthorityError> {
        let key = self.key(&format!("leaf {aaguid}"));
        let leaf = |wanted: &Leaf<'_>| self.leaf(&key, wanted).map(|der| vec![Certificate(der)]);
        let usual = Leaf {
            aaguid,
            issuer: "root",
            expired: false,
            serial: None,
        };
        let other = Aaguid(aaguid.0.map(|byte| !byte));
        Ok(AttestationIdentity {
            secret: key.secret.to_bytes().into(),
            chain: leaf(&usual)?,
            enterprise_chain: leaf(&Leaf {
                serial: Some(serial),
                ..usual
            })?,
            defective: Some(DefectiveChains {
                stranger: leaf(&Leaf {
                    issuer: "stranger",
                    ..usual
                })?,
                expired: leaf(&Leaf {
                    expired: true,
                    ..usual
                })?,
                wrong_aaguid: leaf(&Leaf {
                    aaguid: other,
                    ..usual
                })?,
            }),
        })
    }

    fn root_with(&self, name: &str) -> Result<Vec<u8>, AuthorityError> {
        let key = self.key(name);
        let certificate = self.root_params(name)?.self_signed(&key)?;
        Ok(certificate.der().to_vec())
    }

    fn root_params(&self, name: &str) -> Result<CertificateParams, AuthorityError> {
        let mut params = self.params(name, false)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name = subject("Authenticator Attestation Root", "softkey test root");
        Ok(params)
    }

    fn leaf(&self, key: &Key, leaf: &Leaf<'_>) -> Result<Vec<u8>, AuthorityError> {
        let name = format!(
            "{} {} {} {:?}",
            leaf.issuer, leaf.aaguid, leaf.expired, leaf.serial
        );
        let mut params = self.params(&name, leaf.expired)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.distinguished_name = subject(
            "Authenticator Attestation",
            &format!("softkey test model {}", leaf.aaguid),
        );
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(
                AAGUID_EXTENSION,
                octet_string(&leaf.aaguid.0),
            ));
        if let Some(serial) = leaf.serial {
            params
                .custom_extensions
                .push(CustomExtension::from_oid_content(
                    SERIAL_EXTENSION,
                    octet_string(serial.as_bytes()),
                ));
        }
        let issuer = Issuer::new(self.root_params(leaf.issuer)?, self.key(leaf.issuer));
        Ok(params.signed_by(key, &issuer)?.der().to_vec())
    }

    /// What every certificate has: validity, a serial number that follows from its name, no aliases.
    fn params(&self, name: &str, expired: bool) -> Result<CertificateParams, AuthorityError> {
        let mut params = CertificateParams::new(Vec::new())?;
        let from = OffsetDateTime::from_unix_timestamp(self.created_at)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            - Duration::days(1);
        (params.not_before, params.not_after) = if expired {
            (from - Duration::days(730), from - Duration::days(365))
        } else {
            (from, from + VALIDITY)
        };
        let mut serial = [0; 16];
        self.derive(&format!("serial number of {name}"), &mut serial);
        // Positive, and of one length whatever the draw.
        let [first, ..] = &mut serial;
        *first = (*first & 0x3f) | 0x40;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        Ok(params)
    }

    fn key(&self, name: &str) -> Key {
        let mut attempt = 0_u32;
        loop {
            let mut bytes = [0; 32];
            self.derive(&format!("key of {name} {attempt}"), &mut bytes);
            if let Ok(secret) = p256::ecdsa::SigningKey::from_slice(&bytes) {
                return Key::new(secret);
            }
            attempt += 1;
        }
    }

    fn derive(&self, info: &str, output: &mut [u8]) {
        let expanded = Hkdf::<Sha256>::new(Some(b"softkey test authority"), &self.secret)
            .expand(info.as_bytes(), output);
        debug_assert!(expanded.is_ok(), "a few bytes are below HKDF's limit");
    }
}

#[derive(Clone, Copy)]
struct Leaf<'a> {
    aaguid: Aaguid,
    issuer: &'a str,
    expired: bool,
    serial: Option<&'a str>,
}

fn subject(unit: &str, name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    // Section 8.2.1 wants a two-letter country in a PrintableString. ZZ is assigned to nobody.
    if let Ok(country) = "ZZ".try_into() {
        subject.push(DnType::CountryName, DnValue::PrintableString(country));
    }
    subject.push(DnType::OrganizationName, "softkey test authority");
    subject.push(DnType::OrganizationalUnitName, unit);
    subject.push(DnType::CommonName, name);
    subject
}

/// DER of an OCTET STRING of fewer than 128 bytes.
fn octet_string(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).unwrap_or(127).min(127);
    let mut der = vec![0x04, length];
    der.extend(bytes.iter().take(usize::from(length)));
    der
}

/// PEM with lines of 64 characters.
pub fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut output = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        output.push_str(line);
        output.push('\n');
        rest = after;
    }
    output.push_str(&format!("-----END {label}-----\n"));
    output
}

/// A key that signs certificates without randomness.
struct Key {
    secret: p256::ecdsa::SigningKey,
    public: Vec<u8>,
}

impl Key {
    fn new(secret: p256::ecdsa::SigningKey) -> Self {
        let public = secret
            .verifying_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec();
        Self { secret, public }
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: p256::ecdsa::Signature = self
            .secret
            .try_sign(message)
            .map_err(|_| rcgen::Error::RemoteKeyError)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SeededEnv;

    #[test]
    fn the_same_secret_issues_the_same_bytes() {
        let issue = || {
            let authority = Authority::generate(&mut SeededEnv::new(1));
            let aaguid = Aaguid([7; 16]);
            (
                authority.root().expect("a root"),
                authority.issue(aaguid, "1").expect("a leaf").chain,
            )
        };
        assert_eq!(issue(), issue());
    }

    #[test]
    fn a_leaf_carries_the_aaguid_as_an_octet_string_in_its_extension() {
        let authority = Authority::generate(&mut SeededEnv::new(1));
        let identity = authority.issue(Aaguid([7; 16]), "42").expect("a leaf");
        let oid = [0x2b, 6, 1, 4, 1, 0x82, 0xe5, 0x1c, 1, 1, 4];
        let content = [oid.as_slice(), &[0x04, 0x12, 0x04, 0x10], &[7; 16]].concat();
        let holds = |der: &[u8]| der.windows(content.len()).any(|window| window == content);
        assert!(holds(&identity.chain[0].0));
        let defective = identity.defective.expect("defective chains");
        assert!(!holds(&defective.wrong_aaguid[0].0));
    }

    #[test]
    fn no_certificate_names_a_vendor_and_every_one_says_that_it_is_a_test() {
        let authority = Authority::generate(&mut SeededEnv::new(1));
        let pem = authority.root_pem().expect("a root");
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
        let root = authority.root().expect("a root");
        let mark = b"softkey test authority";
        assert!(root.windows(mark.len()).any(|window| window == mark));
    }
}
