//! Devices that are registered or joined.

use uuid::Uuid;

use super::kept::Kept;
use crate::id::ObjectId;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    pub id: ObjectId,
    /// `deviceId`, which the registration service gives.
    pub device_id: Uuid,
    pub display_name: String,
    pub account_enabled: bool,
    pub operating_system: String,
    pub operating_system_version: String,
    /// `AzureAd` (joined), `ServerAd` (hybrid), `Workplace` (registered).
    pub trust_type: Option<String>,
    /// `SecureVM`, `RegisteredDevice`, …
    pub profile_type: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub is_compliant: Option<bool>,
    pub is_managed: Option<bool>,
    /// `approximateLastSignInDateTime`
    pub last_sign_in: Option<Timestamp>,
    pub created: Timestamp,
    /// What only membership rules act on, and what nothing does.
    pub kept: Kept,
}

impl Device {
    /// `extensionAttributes/extensionAttribute{number}`
    pub fn extension_attribute(&self, number: usize) -> Option<&str> {
        let attributes = self.kept.get("extensionAttributes")?;
        attributes
            .get(format!("extensionAttribute{number}"))?
            .as_str()
    }

    /// An enabled device with a name and nothing else.
    pub fn new(id: ObjectId, device_id: Uuid, display_name: String, created: Timestamp) -> Self {
        Self {
            id,
            device_id,
            display_name,
            account_enabled: true,
            operating_system: String::new(),
            operating_system_version: String::new(),
            trust_type: None,
            profile_type: None,
            manufacturer: None,
            model: None,
            is_compliant: None,
            is_managed: None,
            last_sign_in: None,
            created,
            kept: Kept::default(),
        }
    }
}
