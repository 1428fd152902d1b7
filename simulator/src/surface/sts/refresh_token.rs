//! Refresh tokens: sealed, so that the server keeps nothing. Opaque to clients, as the real ones.

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::enforcement::{Amr, Authentication};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::time::Timestamp;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use super::error::StsError;
use crate::call::Call;

/// Unused for this long, a refresh token is void (Microsoft Learn, refresh tokens).
pub(super) const INACTIVITY: Duration = Duration::from_secs(90 * 86_400);

/// What is sealed in one.
#[derive(Clone, Debug)]
pub(super) struct RefreshToken {
    /// Where the account lives that the token stands for.
    pub tenant: TenantId,
    pub user: ObjectId,
    pub client: AppId,
    /// Redeemable by every member of the family of client ids.
    pub family: bool,
    pub issued: Timestamp,
    pub authentication: Authentication,
    /// The v2 `scope` it was issued with: a redemption without one means the same.
    pub scope: String,
}

#[derive(Deserialize, Serialize)]
struct Sealed {
    t: String,
    u: String,
    c: String,
    f: bool,
    i: i64,
    m: Vec<String>,
    x: Vec<String>,
    a: Option<i64>,
    s: String,
}

fn key(call: &Call<'_>) -> Option<LessSafeKey> {
    let secret = format!("entrasim refresh token {}", call.app.keys.current().id);
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    UnboundKey::new(&AES_256_GCM, digest.as_ref())
        .ok()
        .map(LessSafeKey::new)
}

impl RefreshToken {
    pub(super) fn seal(&self, call: &Call<'_>) -> Option<String> {
        let sealed = Sealed {
            t: self.tenant.to_string(),
            u: self.user.to_string(),
            c: self.client.to_string(),
            f: self.family,
            i: self.issued.unix_millis(),
            m: self
                .authentication
                .methods
                .iter()
                .map(|amr| amr.as_str().to_owned())
                .collect(),
            x: self.authentication.contexts.clone(),
            a: self.authentication.at.map(Timestamp::unix_millis),
            s: self.scope.clone(),
        };
        let mut bytes = serde_json::to_vec(&sealed).ok()?;
        let nonce: [u8; NONCE_LEN] = call.draw(entrasim_domain::random::Random::bytes);
        let seal = key(call)?;
        seal.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::empty(),
            &mut bytes,
        )
        .ok()?;
        let mut whole = nonce.to_vec();
        whole.extend(bytes);
        Some(format!("1.{}", URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens a token; whatever is not one of ours is malformed (9002313, as `invalid_grant`).
    pub(super) fn open(call: &Call<'_>, text: &str) -> Result<Self, StsError> {
        Self::try_open(call, text)
            .ok_or_else(|| StsError::new(9_002_313).with_error("invalid_grant"))
    }

    fn try_open(call: &Call<'_>, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("1.")?).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let open = key(call)?
            .open_in_place(nonce, Aad::empty(), &mut sealed)
            .ok()?;
        let sealed: Sealed = serde_json::from_slice(open).ok()?;
        Some(Self {
            tenant: sealed.t.parse().ok()?,
            user: sealed.u.parse().ok()?,
            client: sealed.c.parse().ok()?,
            family: sealed.f,
            issued: Timestamp::from_unix_millis(sealed.i),
            authentication: Authentication {
                methods: sealed.m.iter().filter_map(|amr| Amr::parse(amr)).collect(),
                contexts: sealed.x,
                at: sealed.a.map(Timestamp::from_unix_millis),
            },
            scope: sealed.s,
        })
    }
}
