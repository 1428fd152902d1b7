//! Who is believed about the models of keys: roots, each for a model.

use std::collections::BTreeMap;

use thiserror::Error;
use uuid::Uuid;
use webauthn_rs_core::proto::{AttestationCaList, AttestationCaListBuilder};

/// A list of roots, as the FIDO metadata service has them; the default believes nobody.
#[derive(Debug, Default)]
pub struct TrustList(Option<AttestationCaList>);

/// A root and what it is believed about.
#[derive(Clone, Copy, Debug)]
pub struct Root<'a> {
    /// The certificate, as DER.
    pub certificate: &'a [u8],
    pub model: Uuid,
    pub name: &'a str,
}

/// Why a root is not taken.
#[derive(Debug, Error)]
#[error("the certificate of the model {model} cannot be read: {reason}")]
pub struct TrustError {
    pub model: Uuid,
    reason: String,
}

impl TrustList {
    /// Believes these roots.
    ///
    /// # Errors
    /// If a certificate cannot be read.
    pub fn new<'a>(roots: impl IntoIterator<Item = Root<'a>>) -> Result<Self, TrustError> {
        let mut builder = AttestationCaListBuilder::new();
        for root in roots {
            let name = root.name.to_owned();
            builder
                .insert_device_der(root.certificate, root.model, name, BTreeMap::new())
                .map_err(|error| TrustError {
                    model: root.model,
                    reason: format!("{error:?}"),
                })?;
        }
        Ok(Self(Some(builder.build())))
    }

    pub(crate) fn list(&self) -> Option<&AttestationCaList> {
        self.0.as_ref().filter(|list| !list.is_empty())
    }
}
