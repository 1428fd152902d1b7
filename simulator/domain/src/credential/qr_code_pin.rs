//! A QR code to scan and a PIN to type: how people at shared devices sign in.

use std::sync::Arc;

use uuid::Uuid;

use crate::time::Timestamp;

/// The method of one user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QrCodePin {
    pub standard: Option<QrCode>,
    /// For hours, beside the standard one.
    pub temporary: Option<QrCode>,
    pub pin: Option<QrPin>,
}

/// `qrCode`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QrCode {
    pub id: Uuid,
    pub created: Timestamp,
    pub start: Timestamp,
    pub expires: Timestamp,
    pub last_used: Option<Timestamp>,
    /// What the picture says beside the user's name and the id.
    pub secret: Arc<str>,
}

/// `qrPin`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QrPin {
    pub id: Uuid,
    pub code: Arc<str>,
    /// A PIN that somebody else gave: it must be changed at the next sign-in.
    pub must_change: bool,
    pub created: Timestamp,
    pub updated: Timestamp,
}

impl QrCode {
    pub fn has_expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}
