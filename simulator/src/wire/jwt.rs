//! JSON Web Tokens on the wire: written in the member order of the real service, read without trusting anything.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::keys::SigningKey;

/// The header's form: v1 tokens name the certificate too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeaderForm {
    /// `typ, alg, x5t, kid`
    V1,
    /// `typ, alg, kid`
    V2,
}

/// Writes and signs a token; the claims keep the order in which they are given.
pub fn sign(form: HeaderForm, claims: &impl Serialize, key: &SigningKey) -> String {
    let id = &key.id;
    let header = match form {
        HeaderForm::V1 => format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{id}","kid":"{id}"}}"#),
        HeaderForm::V2 => format!(r#"{{"typ":"JWT","alg":"RS256","kid":"{id}"}}"#),
    };
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).unwrap_or_default(), &mut token);
    let signature = key.sign(token.as_bytes()).unwrap_or_default();
    token.push('.');
    token.push_str(&signature);
    token
}

/// A token taken apart; nothing in it is verified yet.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    /// What is signed.
    message: &'a str,
    signature: &'a str,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; `None` unless it is three parts of base64url with JSON objects in the first two.
    pub fn parse(token: &'a str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let object = |part: &str| -> Option<Map<String, Value>> {
            let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            message,
            signature,
        })
    }

    /// A text claim.
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A `NumericDate` claim in whole seconds; fractions, which MSAL for Python sends, are dropped.
    pub fn date(&self, name: &str) -> Option<i64> {
        numeric_date(self.claims.get(name)?)
    }

    /// A header member.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// The signature algorithm, if it is one that is known here.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.header("alg")?.parse().ok()
    }

    /// Whether `key` signed this token with the algorithm of its header.
    pub fn is_signed_by(&self, key: &DecodingKey) -> bool {
        self.algorithm().is_some_and(|algorithm| {
            jsonwebtoken::crypto::verify(self.signature, self.message.as_bytes(), key, algorithm)
                .unwrap_or(false)
        })
    }
}

/// Whole seconds of a JSON number, whatever its form; `None` beyond the range of dates.
pub fn numeric_date(value: &Value) -> Option<i64> {
    const LIMIT: f64 = 253_402_300_800.0;
    if let Some(whole) = value.as_i64() {
        Some(whole)
    } else {
        let number = value.as_f64()?.floor();
        if number.abs() < LIMIT {
            format!("{number:.0}").parse().ok()
        } else {
            None
        }
    }
}

/// The key document's members that every key set here has: `kty`, `use`, `kid`, `x5t`, `n`, `e`, `x5c`.
pub fn jwk(key: &SigningKey) -> Map<String, Value> {
    let (modulus, exponent) = key.public_components();
    let members = [
        ("kty", json!("RSA")),
        ("use", json!("sig")),
        ("kid", json!(key.id)),
        ("x5t", json!(key.id)),
        ("n", json!(URL_SAFE_NO_PAD.encode(modulus))),
        ("e", json!(URL_SAFE_NO_PAD.encode(exponent))),
        ("x5c", json!([key.certificate_base64()])),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A JWKS document.
pub fn jwks(keys: &[&SigningKey]) -> Value {
    json!({"keys": keys.iter().map(|key| jwk(key)).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKeys;

    #[test]
    fn a_signed_token_reads_back_and_only_its_key_verifies_it() {
        let keys = SigningKeys::built_in();
        let token = sign(
            HeaderForm::V1,
            &json!({"b": 1, "a": "x", "exp": 12.9}),
            keys.current(),
        );
        let read = Unverified::parse(&token).unwrap();
        assert_eq!(read.claims.keys().collect::<Vec<_>>(), ["b", "a", "exp"]);
        assert_eq!(
            read.header.keys().collect::<Vec<_>>(),
            ["typ", "alg", "x5t", "kid"]
        );
        assert_eq!(read.date("exp"), Some(12));
        assert!(read.is_signed_by(&keys.all()[0].decoding_key()));
        assert!(!read.is_signed_by(&keys.all()[1].decoding_key()));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text: String) {
            if let Some(read) = Unverified::parse(&text) {
                let _ = read.algorithm();
            }
        }
    }
}
