//! Authorization codes: sealed, short-lived, used once.

use entrasim_domain::id::AppId;
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::StsError;
use super::finish::CODE_LIFETIME;
use super::pkce::Challenge;
use super::redirect_uri::Platform;
use crate::call::Call;
use crate::seal::sign_in::{SealedSignIn, SignIn};
use crate::seal::{Purpose, open, seal};

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationCode {
    pub id: Uuid,
    pub sign_in: SignIn,
    pub client: AppId,
    pub redirect_uri: String,
    /// The sign-in named it, so the redemption has to.
    pub redirect_uri_named: bool,
    pub platform: Platform,
    pub challenge: Option<Challenge>,
    pub scope: String,
    pub resource: Option<String>,
    pub nonce: Option<String>,
    pub expires: Timestamp,
    pub client_info: bool,
    /// The `claims` of the sign-in: what it demanded and met.
    pub claims: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Sealed {
    id: Uuid,
    g: SealedSignIn,
    c: Uuid,
    r: String,
    rn: bool,
    p: Platform,
    k: Option<Challenge>,
    s: String,
    res: Option<String>,
    n: Option<String>,
    e: i64,
    ci: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cl: Option<String>,
}

/// Stands in front, as in the real ones.
const PREFIX: &str = "1.";

impl AuthorizationCode {
    pub(super) fn seal(&self, call: &Call<'_>) -> String {
        let sealed = Sealed {
            id: self.id,
            g: (&self.sign_in).into(),
            c: self.client.0,
            r: self.redirect_uri.clone(),
            rn: self.redirect_uri_named,
            p: self.platform,
            k: self.challenge.clone(),
            s: self.scope.clone(),
            res: self.resource.clone(),
            n: self.nonce.clone(),
            e: self.expires.unix_millis(),
            ci: self.client_info,
            cl: self.claims.clone(),
        };
        format!(
            "{PREFIX}{}",
            seal(call, Purpose::AuthorizationCode, &sealed)
        )
    }

    pub(super) fn issued(&self) -> Timestamp {
        self.expires - CODE_LIFETIME
    }

    /// Opens a code; whatever is not one of ours is malformed (9002313, as `invalid_grant`).
    pub(super) fn open(call: &Call<'_>, text: &str) -> Result<Self, StsError> {
        let malformed = || StsError::new(9_002_313).with_error("invalid_grant");
        let sealed: Sealed = text
            .strip_prefix(PREFIX)
            .and_then(|text| open(call, Purpose::AuthorizationCode, text))
            .ok_or_else(malformed)?;
        Ok(Self {
            id: sealed.id,
            sign_in: sealed.g.into(),
            client: AppId(sealed.c),
            redirect_uri: sealed.r,
            redirect_uri_named: sealed.rn,
            platform: sealed.p,
            challenge: sealed.k,
            scope: sealed.s,
            resource: sealed.res,
            nonce: sealed.n,
            expires: Timestamp::from_unix_millis(sealed.e),
            client_info: sealed.ci,
            claims: sealed.cl,
        })
    }
}
