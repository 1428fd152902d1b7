//! Proof Key for Code Exchange (RFC 7636): the challenge of the sign-in and the verifier of the redemption.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::error::StsError;
use crate::wire::Form;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Challenge {
    pub value: String,
    pub s256: bool,
}

/// Sections 4.1 and 4.2 allow the same to both.
fn is_well_formed(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

impl Challenge {
    pub(super) fn read(form: &Form) -> Result<Option<Self>, StsError> {
        let Some(value) = form.get("code_challenge").filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let s256 = match form.get("code_challenge_method").unwrap_or("plain") {
            "S256" => true,
            "plain" | "" => false,
            _ => return Err(StsError::new(50_149)),
        };
        if !is_well_formed(value) {
            return Err(StsError::new(501_491));
        }
        Ok(Some(Self {
            value: value.to_owned(),
            s256,
        }))
    }

    /// Checks the verifier of the redemption. One that is malformed matches nothing.
    pub(super) fn verify(&self, verifier: Option<&str>) -> Result<(), StsError> {
        let verifier = verifier
            .filter(|verifier| !verifier.is_empty())
            .ok_or_else(|| StsError::new(50_148))?;
        let shown = if self.s256 {
            let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
            URL_SAFE_NO_PAD.encode(digest.as_ref())
        } else {
            verifier.to_owned()
        };
        if is_well_formed(verifier) && shown == self.value {
            Ok(())
        } else {
            Err(StsError::new(501_481))
        }
    }
}
