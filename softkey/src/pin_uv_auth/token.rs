//! The state of the PIN/UV token: whether it is in use, for what, for whom, and until when.
//!
//! Source: CTAP 2.3, section 6.5.2.1 and the functions of section 6.5.3.

use std::time::Duration;

use super::{INITIAL_USAGE_LIMIT, MAX_USAGE, Protocol, USER_PRESENT_LIMIT};

/// What a token may be used for; the bits of section 6.5.5.7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u8);

impl Permissions {
    /// Make credentials.
    pub const MC: Self = Self(0x01);
    /// Get assertions.
    pub const GA: Self = Self(0x02);
    /// Manage credentials.
    pub const CM: Self = Self(0x04);
    /// Enrol fingers.
    pub const BE: Self = Self(0x08);
    /// Write large blobs.
    pub const LBW: Self = Self(0x10);
    /// Configure the authenticator.
    pub const ACFG: Self = Self(0x20);
    /// Read credentials, with a token that outlives the power cycle.
    pub const PCMR: Self = Self(0x40);

    /// Reads the bits; undefined ones are ignored, as section 6.5.5.7.2 says.
    pub fn from_bits(bits: u64) -> Self {
        let [.., low] = bits.to_be_bytes();
        Self(low & 0x7f)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other are in here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of the other is in here.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether nothing is in here.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The state of the token; `None` inside means that no token is in use.
#[derive(Debug, Default)]
pub struct TokenState(Option<InUse>);

#[derive(Debug)]
struct InUse {
    protocol: Protocol,
    permissions: Permissions,
    rp_id: Option<String>,
    user_verified: bool,
    user_present: bool,
    since: Duration,
    used: bool,
}

impl TokenState {
    /// `beginUsingPinUvAuthToken(userIsPresent)` together with the permissions the token gets.
    pub fn begin(
        &mut self,
        protocol: Protocol,
        user_present: bool,
        permissions: Permissions,
        rp_id: Option<String>,
        now: Duration,
    ) {
        self.0 = Some(InUse {
            protocol,
            permissions,
            rp_id,
            user_verified: true,
            user_present,
            since: now,
            used: false,
        });
    }

    /// `stopUsingPinUvAuthToken()`.
    pub fn stop(&mut self) {
        self.0 = None;
    }

    /// `pinUvAuthTokenUsageTimerObserver()`, looked at when a command arrives.
    pub fn observe(&mut self, now: Duration) {
        let Some(token) = &mut self.0 else { return };
        let age = now.saturating_sub(token.since);
        if age >= USER_PRESENT_LIMIT {
            token.user_present = false;
        }
        if age >= MAX_USAGE || (!token.used && age >= INITIAL_USAGE_LIMIT) {
            self.0 = None;
        }
    }

    /// Whether a token of this protocol is in use; marks it as used.
    pub fn use_with(&mut self, protocol: Protocol) -> bool {
        match &mut self.0 {
            Some(token) if token.protocol == protocol => {
                token.used = true;
                true
            }
            _ => false,
        }
    }

    /// Whether the token may be used for this.
    pub fn permits(&self, permissions: Permissions) -> bool {
        self.0
            .as_ref()
            .is_some_and(|token| token.permissions.contains(permissions))
    }

    /// The relying party the token is bound to.
    pub fn rp_id(&self) -> Option<&str> {
        self.0.as_ref().and_then(|token| token.rp_id.as_deref())
    }

    /// Binds the token to a relying party, if it is not bound yet.
    pub fn bind(&mut self, rp_id: &str) {
        if let Some(token) = &mut self.0 {
            token.rp_id.get_or_insert_with(|| rp_id.to_owned());
        }
    }

    /// `getUserVerifiedFlagValue()`.
    pub fn user_verified(&self) -> bool {
        self.0.as_ref().is_some_and(|token| token.user_verified)
    }

    /// `getUserPresentFlagValue()`.
    pub fn user_present(&self) -> bool {
        self.0.as_ref().is_some_and(|token| token.user_present)
    }

    /// `clearUserPresentFlag()`, `clearUserVerifiedFlag()`, `clearPinUvAuthTokenPermissionsExceptLbw()`.
    pub fn consume(&mut self) {
        if let Some(token) = &mut self.0 {
            token.user_present = false;
            token.user_verified = false;
            token.permissions = Permissions(token.permissions.0 & Permissions::LBW.0);
        }
    }
}
