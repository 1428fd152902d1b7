//! Signing keys of the token service, and the crypto provider through which `jsonwebtoken` uses them.
//!
//! The keys that come with the program are public (see `simulator/keys/README.md`); they are parsed once and stay parsed,
//! because parsing costs more than signing.

mod self_signed;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result as JwtResult};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::rsa::PublicKeyComponents;
use ring::signature::{self, VerificationAlgorithm};
use thiserror::Error;

/// A private key with its certificate, ready to sign.
#[derive(Debug)]
pub struct SigningKey {
    /// base64url of the certificate's SHA-1, as `kid` and `x5t`.
    pub id: String,
    pub certificate: Vec<u8>,
    components: (Vec<u8>, Vec<u8>),
    pkcs8: Vec<u8>,
    encoding: OnceLock<Option<EncodingKey>>,
}

/// The keys of one simulator; the first one signs.
#[derive(Debug)]
pub struct SigningKeys {
    keys: Vec<SigningKey>,
}

/// A key that cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("no PEM block `{0}` found; expected a PKCS#8 key (`-----BEGIN PRIVATE KEY-----`)")]
    NoPem(&'static str),
    #[error(
        "the private key cannot be used: {0}; an RSA key of 2048 to 4096 bits in PKCS#8 is expected"
    )]
    Rejected(String),
    #[error("a certificate for the key cannot be made: {0}")]
    Certificate(String),
}

/// The outside world's issuer of the seeded federated credential; also a key that everybody has.
pub static WORKLOAD: OnceLock<SigningKey> = OnceLock::new();

/// PEM text of the seeded app's key and certificate, as `serve` hands it out.
pub const DEPLOY_KEY_PEM: &str = include_str!("../keys/deploy.key.pem");
pub const DEPLOY_CERTIFICATE_PEM: &str = include_str!("../keys/deploy.cert.pem");

impl SigningKeys {
    /// The keys that come with the program.
    pub fn built_in() -> Self {
        let key = |private: &str, certificate: &str| {
            SigningKey::from_pem(private, certificate)
                .expect("the built-in keys are read by a test")
        };
        Self {
            keys: vec![
                key(
                    include_str!("../keys/token-1.key.pem"),
                    include_str!("../keys/token-1.cert.pem"),
                ),
                key(
                    include_str!("../keys/token-2.key.pem"),
                    include_str!("../keys/token-2.cert.pem"),
                ),
            ],
        }
    }

    /// One key of the user's own, with a certificate made for it here.
    pub fn from_private_key_pem(pem: &str) -> Result<Self, KeyError> {
        let pair = rcgen::KeyPair::from_pem(pem).map_err(|e| KeyError::Rejected(e.to_string()))?;
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(
            rcgen::DnType::CommonName,
            "accounts.accesscontrol.windows.net",
        );
        params.distinguished_name.push(
            rcgen::DnType::OrganizationName,
            "entrasim simulator, not Microsoft",
        );
        let certificate = params
            .self_signed(&pair)
            .map_err(|e| KeyError::Certificate(e.to_string()))?;
        let key = SigningKey::new(pem_block(pem, "PRIVATE KEY")?, certificate.der().to_vec())?;
        match key.encoding() {
            Some(_) => Ok(Self { keys: vec![key] }),
            None => Err(KeyError::Rejected(
                "its numbers do not belong together".to_owned(),
            )),
        }
    }

    /// The key that signs now.
    pub fn current(&self) -> &SigningKey {
        self.keys.first().expect("both constructors put a key in")
    }

    /// All keys that verify.
    pub fn all(&self) -> &[SigningKey] {
        &self.keys
    }

    pub fn by_id(&self, id: &str) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// The key of the simulated outside issuer.
pub fn workload() -> &'static SigningKey {
    WORKLOAD.get_or_init(|| {
        SigningKey::from_pem(
            include_str!("../keys/workload.key.pem"),
            include_str!("../keys/workload.cert.pem"),
        )
        .expect("the built-in keys are read by a test")
    })
}

impl SigningKey {
    /// Reads a PKCS#8 key and its certificate.
    pub fn from_pem(private: &str, certificate: &str) -> Result<Self, KeyError> {
        Self::new(
            pem_block(private, "PRIVATE KEY")?,
            pem_block(certificate, "CERTIFICATE")?,
        )
    }

    fn new(pkcs8: Vec<u8>, certificate: Vec<u8>) -> Result<Self, KeyError> {
        install_provider();
        let components = public_components(&certificate)
            .ok_or_else(|| KeyError::Certificate("it holds no RSA key".to_owned()))?;
        let id = thumbprint(&certificate);
        Ok(Self {
            id,
            certificate,
            components,
            pkcs8,
            encoding: OnceLock::new(),
        })
    }

    /// The private key, parsed on the first use: its check takes ten times as long as the rest of the start.
    fn encoding(&self) -> Option<&EncodingKey> {
        self.encoding
            .get_or_init(|| {
                KeyPair::from_pkcs8(&self.pkcs8)
                    .ok()
                    .map(|pair| enrolled::enrol(Arc::new(pair)))
            })
            .as_ref()
    }

    /// Signs with RS256; base64url without padding.
    pub fn sign(&self, message: &[u8]) -> Option<String> {
        jsonwebtoken::crypto::sign(message, self.encoding()?, Algorithm::RS256).ok()
    }

    /// The modulus and the exponent, big-endian.
    pub fn public_components(&self) -> (&[u8], &[u8]) {
        (&self.components.0, &self.components.1)
    }

    /// For `jsonwebtoken`'s verification.
    pub fn decoding_key(&self) -> DecodingKey {
        let (n, e) = self.public_components();
        DecodingKey::from_rsa_raw_components(n, e)
    }

    /// The certificate as `x5c` has it.
    pub fn certificate_base64(&self) -> String {
        STANDARD.encode(&self.certificate)
    }
}

/// The key inside a certificate's `SubjectPublicKeyInfo`, for `jsonwebtoken`: RSA, or a point on P-256.
///
/// In both forms the key's bytes end the structure: an RSA key is the sequence inside the bit string, a point its last 65.
pub fn decoding_key_from_spki(spki: &[u8]) -> Option<DecodingKey> {
    const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    if let Some(key) = rsa_key(spki) {
        return Some(DecodingKey::from_rsa_der(key));
    }
    find(spki, &P256)
        .and_then(|_| spki.len().checked_sub(65))
        .and_then(|at| spki.get(at..))
        .map(DecodingKey::from_ec_der)
}

fn find(spki: &[u8], oid: &[u8]) -> Option<usize> {
    spki.windows(oid.len())
        .take(40)
        .position(|window| window == oid)
}

/// The PKCS#1 key inside the bit string.
fn rsa_key(spki: &[u8]) -> Option<&[u8]> {
    const RSA: [u8; 11] = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
    ];
    // After the algorithm: NULL, then the bit string's tag, length and its count of unused bits (zero).
    match spki.get(find(spki, &RSA)? + RSA.len() + 2..)? {
        [0x03, 0x82, _, _, 0, key @ ..] | [0x03, 0x81, _, 0, key @ ..] => Some(key),
        _ => None,
    }
}

/// Modulus and exponent of a certificate's RSA key: two integers in a sequence.
fn public_components(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let der = certificate.into();
    let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
    let spki = certificate.subject_public_key_info();
    let key = rsa_key(&spki)?;
    let (sequence, _) = der_value(key, 0x30)?;
    let (modulus, rest) = der_value(sequence, 0x02)?;
    let (exponent, _) = der_value(rest, 0x02)?;
    let unsigned = |number: &[u8]| {
        number
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect()
    };
    Some((unsigned(modulus), unsigned(exponent)))
}

/// The content of a DER value with this tag, and what follows it.
fn der_value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match bytes {
        [first, 0x82, high, low, rest @ ..] if *first == tag => {
            (usize::from(*high) << 8 | usize::from(*low), rest)
        }
        [first, 0x81, length, rest @ ..] if *first == tag => (usize::from(*length), rest),
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => {
            (usize::from(*length), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// base64url of the SHA-1 of a certificate: `kid` and `x5t`.
pub fn thumbprint(certificate: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    URL_SAFE_NO_PAD.encode(digest)
}

/// The DER inside the first PEM block of this kind.
pub fn pem_block(pem: &str, kind: &'static str) -> Result<Vec<u8>, KeyError> {
    let (begin, end) = (
        format!("-----BEGIN {kind}-----"),
        format!("-----END {kind}-----"),
    );
    let body = pem
        .split_once(begin.as_str())
        .and_then(|(_, rest)| rest.split_once(end.as_str()))
        .map(|(body, _)| body.split_whitespace().collect::<String>())
        .ok_or(KeyError::NoPem(kind))?;
    STANDARD.decode(body).map_err(|_| KeyError::NoPem(kind))
}

/// Parsed keys, found again by the place that an `EncodingKey` carries in its bytes: `jsonwebtoken` hands a signer
/// factory nothing else, and would parse a real key anew for every token.
mod enrolled {
    use super::{Arc, EncodingKey, KeyPair, PoisonError, RwLock};

    static KEYS: RwLock<Vec<Arc<KeyPair>>> = RwLock::new(Vec::new());

    pub(super) fn enrol(pair: Arc<KeyPair>) -> EncodingKey {
        let mut keys = KEYS.write().unwrap_or_else(PoisonError::into_inner);
        keys.push(pair);
        EncodingKey::from_rsa_der(&(keys.len() - 1).to_be_bytes())
    }

    pub(super) fn find(key: &EncodingKey) -> Option<Arc<KeyPair>> {
        let place = usize::from_be_bytes(key.as_bytes().try_into().ok()?);
        KEYS.read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(place)
            .cloned()
    }
}

const ENCODING: &dyn RsaEncoding = &RSA_PKCS1_SHA256;

struct Signer(Arc<KeyPair>, SystemRandom);

impl ::signature::Signer<Vec<u8>> for Signer {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, ::signature::Error> {
        let mut bytes = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(ENCODING, &self.1, message, &mut bytes)
            .map_err(|_| ::signature::Error::new())?;
        Ok(bytes)
    }
}

impl JwtSigner for Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

struct Verifier {
    algorithm: Algorithm,
    key: VerificationKey,
}

enum VerificationKey {
    Rsa(
        PublicKeyComponents<Vec<u8>>,
        &'static signature::RsaParameters,
    ),
    /// A PKCS#1 public key or a point.
    Bytes(Vec<u8>, &'static dyn VerificationAlgorithm),
}

impl ::signature::Verifier<Vec<u8>> for Verifier {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), ::signature::Error> {
        let result = match &self.key {
            VerificationKey::Rsa(components, parameters) => {
                components.verify(parameters, message, signed)
            }
            VerificationKey::Bytes(point, algorithm) => {
                signature::UnparsedPublicKey::new(*algorithm, point).verify(message, signed)
            }
        };
        result.map_err(|_| ::signature::Error::new())
    }
}

impl JwtVerifier for Verifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that jsonwebtoken calls"
)]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> JwtResult<Box<dyn JwtSigner>> {
    match (algorithm, enrolled::find(key)) {
        (Algorithm::RS256, Some(pair)) => Ok(Box::new(Signer(pair, SystemRandom::new()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that jsonwebtoken calls"
)]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> JwtResult<Box<dyn JwtVerifier>> {
    use jsonwebtoken::DecodingKeyKind;
    let rsa = |parameters: &'static signature::RsaParameters| -> JwtResult<VerificationKey> {
        match key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => Ok(VerificationKey::Rsa(
                PublicKeyComponents {
                    n: n.clone(),
                    e: e.clone(),
                },
                parameters,
            )),
            DecodingKeyKind::SecretOrDer(bytes) => {
                Ok(VerificationKey::Bytes(bytes.clone(), parameters))
            }
        }
    };
    let point = |parameters| -> JwtResult<VerificationKey> {
        match key.kind() {
            DecodingKeyKind::SecretOrDer(bytes) => {
                Ok(VerificationKey::Bytes(bytes.clone(), parameters))
            }
            DecodingKeyKind::RsaModulusExponent { .. } => Err(ErrorKind::InvalidKeyFormat.into()),
        }
    };
    let key = match algorithm {
        Algorithm::RS256 => rsa(&signature::RSA_PKCS1_2048_8192_SHA256)?,
        Algorithm::PS256 => rsa(&signature::RSA_PSS_2048_8192_SHA256)?,
        Algorithm::ES256 => point(&signature::ECDSA_P256_SHA256_FIXED)?,
        Algorithm::ES384 => point(&signature::ECDSA_P384_SHA384_FIXED)?,
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    Ok(Box::new(Verifier {
        algorithm: *algorithm,
        key,
    }))
}

fn install_provider() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: signer,
        verifier_factory: verifier,
        key_utils: KeyUtils::new_unimplemented(),
    };
    // A second call finds the same provider installed; nothing else in the process installs one.
    let _ = PROVIDER.install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_keys_sign_and_verify() {
        let keys = SigningKeys::built_in();
        for key in keys.all().iter().chain([workload()]) {
            let signed = key.sign(b"message").unwrap();
            let verify = |message: &[u8]| {
                jsonwebtoken::crypto::verify(
                    &signed,
                    message,
                    &key.decoding_key(),
                    Algorithm::RS256,
                )
                .unwrap()
            };
            assert!(verify(b"message"));
            assert!(!verify(b"another message"));
        }
        assert_ne!(keys.all()[0].id, keys.all()[1].id);
    }

    #[test]
    fn a_key_of_the_users_own_is_taken_and_garbage_is_refused() {
        let keys = SigningKeys::from_private_key_pem(DEPLOY_KEY_PEM).unwrap();
        assert!(keys.current().sign(b"x").is_some());
        assert!(SigningKeys::from_private_key_pem("garbage").is_err());
    }
}
