//! Values that travel through clients sealed, so that the server keeps nothing: refresh tokens, authorization codes,
//! session cookies, the state of a sign-in between two pages. Opaque and tamper-proof, as the real ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::Call;

pub mod authentication;
pub mod sign_in;

/// What a sealed value is for: one kind never opens as another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    RefreshToken,
    AuthorizationCode,
    /// The `aio` of an access token.
    AccessToken,
    DeviceCode,
    Session,
    /// The request behind the sign-in pages (`ctx`).
    SignInRequest,
    /// How far a sign-in has come (`flowToken`).
    SignInProgress,
    /// Against forged posts (`canary`).
    Canary,
    Registration,
    /// What a passkey has to sign (`sFidoChallenge`).
    PasskeyChallenge,
    /// What a new passkey has to sign (`serverChallenge`).
    NewPasskey,
    /// Who manages their methods, and with what proof (`SessionCtxV2`).
    SecurityInfo,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh token",
            Self::AuthorizationCode => "authorization code",
            Self::AccessToken => "access token",
            Self::DeviceCode => "device code",
            Self::Session => "session",
            Self::SignInRequest => "sign-in request",
            Self::SignInProgress => "sign-in progress",
            Self::Canary => "canary",
            Self::Registration => "registration",
            Self::PasskeyChallenge => "passkey challenge",
            Self::NewPasskey => "new passkey",
            Self::SecurityInfo => "security info",
        }
    }
}

fn key(call: &Call<'_>) -> Option<LessSafeKey> {
    let secret = format!("entrasim sealed values {}", call.app.keys.current().id);
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    UnboundKey::new(&AES_256_GCM, digest.as_ref())
        .ok()
        .map(LessSafeKey::new)
}

/// Seals a value. Empty only if the value cannot be written as JSON, which our types can.
pub fn seal(call: &Call<'_>, purpose: Purpose, value: &impl Serialize) -> String {
    try_seal(call, purpose, value).unwrap_or_default()
}

fn try_seal(call: &Call<'_>, purpose: Purpose, value: &impl Serialize) -> Option<String> {
    let mut bytes = serde_json::to_vec(value).ok()?;
    let nonce: [u8; NONCE_LEN] = call.draw(entrasim_domain::random::Random::bytes);
    key(call)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.label()),
            &mut bytes,
        )
        .ok()?;
    let mut whole = nonce.to_vec();
    whole.extend(bytes);
    Some(URL_SAFE_NO_PAD.encode(whole))
}

/// Opens what `seal` made for the same purpose.
pub fn open<T: DeserializeOwned>(call: &Call<'_>, purpose: Purpose, text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let open = key(call)?
        .open_in_place(nonce, Aad::from(purpose.label()), &mut sealed)
        .ok()?;
    serde_json::from_slice(open).ok()
}
