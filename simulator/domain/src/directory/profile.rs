//! What few users of a big directory have: kept apart, so that the others do not pay for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::kept::Kept;
use super::licence::Licence;

/// The rarer properties of a user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The mail alias, where it differs from the local part of the principal name.
    pub mail_nickname: Option<Arc<str>>,
    pub employee_id: Option<Arc<str>>,
    /// `onPremisesImmutableId`
    pub immutable_id: Option<Arc<str>>,
    /// Values of extension properties by their full names, `extension_{appId}_{name}`.
    pub extensions: BTreeMap<String, Value>,
    /// Those of its own, without those of its groups.
    pub licences: Vec<Licence>,
    /// What only membership rules act on, and what nothing does.
    pub kept: Kept,
}

impl Profile {
    /// `onPremisesExtensionAttributes/extensionAttribute{number}`
    pub fn extension_attribute(&self, number: usize) -> Option<&str> {
        let attributes = self.kept.get("onPremisesExtensionAttributes")?;
        attributes
            .get(format!("extensionAttribute{number}"))?
            .as_str()
    }
}
