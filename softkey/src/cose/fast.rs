//! Keys in AWS-LC: several times as fast, and the only source of RSA keys. Signatures of P-256 are not
//! reproducible here, which is why a deterministic run uses the default build.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use p256::pkcs8::EncodePrivateKey;

use super::private_key::ec2_from_point;
use super::{Algorithm, KeyError};
use crate::cbor::Value;

/// A key pair held by AWS-LC.
#[derive(Clone)]
pub struct FastKey {
    secret: Vec<u8>,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    Es256(Arc<EcdsaKeyPair>),
    Rs256(Arc<RsaKeyPair>),
}

/// The length of a P-256 scalar.
const P256_SCALAR: usize = 32;
/// PKCS#8 (RFC 5208) with an `ECPrivateKey` (RFC 5915) for P-256, up to the scalar, which ends it.
const P256_PKCS8_HEAD: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01,
    0x01, 0x04, 0x20,
];

impl FastKey {
    pub(super) fn es256(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() != P256_SCALAR {
            return Err(KeyError::Invalid);
        }
        // Without the public point, which AWS-LC computes several times as fast as anybody else here.
        let der = [&P256_PKCS8_HEAD, secret].concat();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der)
            .map_err(|_| KeyError::Invalid)?;
        Ok(Self {
            secret: secret.to_vec(),
            pair: Pair::Es256(Arc::new(pair)),
        })
    }

    pub(super) fn rs256(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Invalid)?;
        Ok(Self {
            secret: pkcs8.to_vec(),
            pair: Pair::Rs256(Arc::new(pair)),
        })
    }

    pub(super) fn generate_rs256() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Invalid)?;
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| KeyError::Invalid)?;
        Ok(Self {
            secret: der.as_ref().to_vec(),
            pair: Pair::Rs256(Arc::new(pair)),
        })
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Es256(_) => Algorithm::Es256,
            Pair::Rs256(_) => Algorithm::Rs256,
        }
    }

    pub(super) fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Es256(_) => p256::SecretKey::from_slice(&self.secret)
                .ok()
                .and_then(|key| key.to_pkcs8_der().ok())
                .map(|der| der.as_bytes().to_vec())
                .ok_or(KeyError::Invalid),
            Pair::Rs256(_) => Ok(self.secret.clone()),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => pair
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| KeyError::Invalid),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| KeyError::Invalid)?;
                Ok(signature)
            }
        }
    }

    pub(super) fn public_cose(&self) -> Value {
        match &self.pair {
            Pair::Es256(pair) => ec2_from_point(-7, 1, pair.public_key().as_ref()),
            Pair::Rs256(pair) => {
                let (modulus, exponent) =
                    modulus_and_exponent(pair.public_key().as_ref()).unwrap_or_default();
                Value::map([
                    (1_i64, Value::from(3_i64)),
                    (3, Value::from(-257_i64)),
                    (-1, Value::from(modulus)),
                    (-2, Value::from(exponent)),
                ])
            }
        }
    }

    pub(super) fn public_spki(&self) -> Result<Vec<u8>, KeyError> {
        let der = match &self.pair {
            Pair::Es256(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()),
            Pair::Rs256(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()),
        };
        der.map(|der| der.as_ref().to_vec())
            .map_err(|_| KeyError::Invalid)
    }
}

/// The two integers of an `RSAPublicKey` (RFC 8017, appendix A.1.1), without leading zeros.
fn modulus_and_exponent(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, _) = element(der, 0x30)?;
    let (modulus, rest) = element(body, 0x02)?;
    let (exponent, _) = element(rest, 0x02)?;
    Some((modulus.strip_prefix(&[0]).unwrap_or(modulus), exponent))
}

/// The content of a DER element with this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else {
        return None;
    };
    if *found != tag {
        return None;
    }
    match length {
        0..=0x7f => rest.split_at_checked(usize::from(*length)),
        0x81 | 0x82 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            rest.split_at_checked(length)
        }
        _ => None,
    }
}
