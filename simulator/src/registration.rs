//! Between the sign-in pages and security info: the word that a person has to register a method, and the word that they did.

use entrasim_domain::enforcement::{Authentication, Factor};
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::call::Call;
use crate::seal::authentication::SealedAuthentication;
use crate::seal::{Purpose, open, seal};

/// Sent along when a sign-in is interrupted for registration (`evo_code`).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ProofUp {
    /// The sign-in's own `ctx` and `flowToken`, to come back with.
    pub context: String,
    pub flow_token: String,
    /// Where to come back to.
    pub back: String,
    /// The campaign asks for Authenticator, not for any second factor.
    pub campaign: bool,
    pub tenant: Uuid,
    pub user: Uuid,
    /// The app that the person signs in to.
    pub client: Uuid,
    /// What the person has shown so far.
    pub shown: SealedAuthentication,
}

/// Sent back: this user has just registered and shown this.
#[derive(Clone, Debug)]
pub struct Registered {
    pub user: Uuid,
    pub factor: Factor,
    pub at: Timestamp,
}

#[derive(Deserialize, Serialize)]
struct SealedRegistered {
    u: Uuid,
    f: SealedAuthentication,
    a: i64,
}

impl ProofUp {
    pub fn seal(&self, call: &Call<'_>) -> String {
        seal(call, Purpose::Registration, self)
    }

    pub fn open(call: &Call<'_>, text: &str) -> Option<Self> {
        open(call, Purpose::Registration, text)
    }
}

impl Registered {
    pub fn seal(&self, call: &Call<'_>) -> String {
        let shown = Authentication {
            factors: vec![self.factor.clone()],
            ..Authentication::default()
        };
        let sealed = SealedRegistered {
            u: self.user,
            f: (&shown).into(),
            a: self.at.unix_millis(),
        };
        seal(call, Purpose::Registration, &sealed)
    }

    pub fn open(call: &Call<'_>, text: &str) -> Option<Self> {
        let sealed: SealedRegistered = open(call, Purpose::Registration, text)?;
        let shown: Authentication = sealed.f.into();
        Some(Self {
            user: sealed.u,
            factor: shown.factors.first()?.clone(),
            at: Timestamp::from_unix_millis(sealed.a),
        })
    }
}
