//! Hardware tokens: the tenant's inventory, and what a user holds of it.

use std::sync::Arc;

use uuid::Uuid;

use super::one_time_code::{Oath, OathHash};
use crate::id::ObjectId;
use crate::time::Timestamp;

/// A token of the inventory (`hardwareOathTokenAuthenticationMethodDevice`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HardwareOathDevice {
    pub id: Uuid,
    pub display_name: Option<String>,
    pub serial_number: String,
    pub manufacturer: String,
    pub model: String,
    pub secret: Arc<[u8]>,
    /// 30 or 60 seconds.
    pub interval: u8,
    pub hash: OathHash,
    /// Who has it, if anybody.
    pub assigned_to: Option<ObjectId>,
    pub status: DeviceStatus,
}

/// `hardwareOathTokenStatus`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceStatus {
    Available,
    Assigned,
    Activated,
    /// A wrong code was given to activate it.
    FailedActivation,
}

/// What a user has of a token; the id of the method is that of the device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HardwareOath {
    pub serial_number: String,
    /// Absent until it is activated: a token that is only assigned proves nothing.
    pub oath: Option<Oath>,
}

impl HardwareOathDevice {
    /// The codes of the token, none of them used.
    pub fn oath(&self) -> Oath {
        Oath {
            interval: self.interval,
            hash: self.hash,
            ..Oath::new(Arc::clone(&self.secret))
        }
    }

    /// The step of a code of the token, if it is one now.
    pub fn accepts(&self, code: &str, now: Timestamp) -> Option<i64> {
        self.oath().accepts(code, now)
    }
}
