//! Tokens that an app signs with a key it has registered: which certificate a token names, and whether that one signed it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::application_credential::Certificate;

use crate::keys;
use crate::wire::jwt::Unverified;

/// Whether the header names this certificate: by `x5t`, `x5t#S256`, or a `kid` that is its thumbprint, with or without
/// padding (Terraform pads it), in base64url or in hexadecimal.
pub fn is_named(token: &Unverified<'_>, certificate: &Certificate) -> bool {
    let sha1 = keys::thumbprint(&certificate.der);
    let sha256 = URL_SAFE_NO_PAD.encode(ring::digest::digest(
        &ring::digest::SHA256,
        &certificate.der,
    ));
    let matches = |given: &str| {
        // MSAL Go writes standard base64, with its other two letters.
        let bare = given
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        bare == sha1
            || bare == sha256
            || from_hex(&bare).is_some_and(|bytes| URL_SAFE_NO_PAD.encode(bytes) == sha1)
    };
    ["x5t#S256", "x5t", "kid"]
        .iter()
        .filter_map(|name| token.header(name))
        .any(matches)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// RS256 and PS256 are accepted (Microsoft Learn, certificate credentials), and ES256, which Terraform can send.
pub fn is_signed_by(token: &Unverified<'_>, certificate: &[u8]) -> bool {
    let der = certificate.into();
    let Ok(certificate) = webpki::EndEntityCert::try_from(&der) else {
        return false;
    };
    let spki = certificate.subject_public_key_info();
    keys::decoding_key_from_spki(&spki).is_some_and(|key| token.is_signed_by(&key))
}
