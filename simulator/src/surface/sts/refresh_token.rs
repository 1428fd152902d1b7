//! Refresh tokens: sealed, so that the server keeps nothing. Opaque to clients, as the real ones.

use core::time::Duration;

use entrasim_domain::id::AppId;
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::StsError;
use super::redirect_uri::Platform;
use crate::call::Call;
use crate::seal::sign_in::{SealedSignIn, SignIn};
use crate::seal::{Purpose, open, seal};

/// Unused for this long, a refresh token is void (Microsoft Learn, refresh tokens).
pub(super) const INACTIVITY: Duration = Duration::from_secs(90 * 86_400);

/// What is sealed in one.
#[derive(Clone, Debug)]
pub(super) struct RefreshToken {
    pub sign_in: SignIn,
    pub client: AppId,
    /// Redeemable by every member of the family of client ids.
    pub family: bool,
    pub issued: Timestamp,
    /// When the chain of a single-page application's tokens began: it ends 24 hours later, whatever happens.
    pub single_page_since: Option<Timestamp>,
    /// That of the redirect URI in the beginning: it decides how the client proves itself. Without one, its registration does.
    pub platform: Option<Platform>,
    /// The v2 `scope` it was issued with: a redemption without one means the same.
    pub scope: String,
    /// The resource it was issued with, which v1 requests do not repeat.
    pub resource: String,
}

#[derive(Deserialize, Serialize)]
struct Sealed {
    g: SealedSignIn,
    c: String,
    f: bool,
    i: i64,
    /// The first issue of a chain that ends a fixed time after it: tokens of single-page applications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Platform>,
    s: String,
    r: String,
}

/// Stands in front, as in the real ones.
const PREFIX: &str = "1.";

impl RefreshToken {
    pub(super) fn seal(&self, call: &Call<'_>) -> String {
        let sealed = Sealed {
            g: (&self.sign_in).into(),
            c: self.client.to_string(),
            f: self.family,
            i: self.issued.unix_millis(),
            p: self.single_page_since.map(Timestamp::unix_millis),
            w: self.platform,
            s: self.scope.clone(),
            r: self.resource.clone(),
        };
        format!("{PREFIX}{}", seal(call, Purpose::RefreshToken, &sealed))
    }

    /// Opens a token; whatever is not one of ours is malformed (9002313, as `invalid_grant`).
    pub(super) fn open(call: &Call<'_>, text: &str) -> Result<Self, StsError> {
        Self::try_open(call, text)
            .ok_or_else(|| StsError::new(9_002_313).with_error("invalid_grant"))
    }

    fn try_open(call: &Call<'_>, text: &str) -> Option<Self> {
        let sealed: Sealed = open(call, Purpose::RefreshToken, text.strip_prefix(PREFIX)?)?;
        Some(Self {
            sign_in: sealed.g.into(),
            client: sealed.c.parse().ok()?,
            family: sealed.f,
            issued: Timestamp::from_unix_millis(sealed.i),
            single_page_since: sealed.p.map(Timestamp::from_unix_millis),
            platform: sealed.w,
            scope: sealed.s,
            resource: sealed.r,
        })
    }
}
