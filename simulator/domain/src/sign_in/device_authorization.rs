//! Device codes: a device that waits while its user signs in elsewhere.

use core::time::Duration;

use crate::enforcement::facts::Authentication;
use crate::id::{AppId, ObjectId, TenantId};
use crate::time::Timestamp;

/// Fifteen minutes (MicrosoftDocs/entra-docs v2-oauth2-device-code.md).
pub const LIFETIME: Duration = Duration::from_secs(900);
/// For this long after its end a code is known as expired; later it is unknown.
const MEMORY: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    pub user_code: String,
    pub client: AppId,
    /// The tenant segment of the request: who signs in has to belong there.
    pub authority: String,
    /// The v2 `scope` or the v1 `resource`, as the device asked.
    pub scope: String,
    /// It was asked for at the v1 endpoint.
    pub v1: bool,
    /// The `claims` parameter of the device.
    pub claims: Option<String>,
    /// Its `amr_values` parameter.
    pub amr_values: Vec<String>,
    pub created: Timestamp,
    pub state: DeviceState,
}

#[derive(Clone, Debug)]
pub enum DeviceState {
    Pending,
    Declined,
    Approved {
        tenant: TenantId,
        user: ObjectId,
        authentication: Box<Authentication>,
    },
    /// The device has its tokens.
    Redeemed,
}

impl DeviceAuthorization {
    pub fn has_expired(&self, now: Timestamp) -> bool {
        now >= self.created + LIFETIME
    }

    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        now >= self.created + LIFETIME + MEMORY
    }
}
