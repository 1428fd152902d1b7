//! What several commands do about user verification: check tokens, ask the built-in sensor, insist on either.
//!
//! Sources: CTAP 2.3, sections 6.1.2 and 6.2.2 (steps 1, 2, 6 and 11 are common to both), 6.5.3.

use super::Authenticator;
use super::parameters::PinUvAuth;
use crate::env::{Env, Gesture, Prompt, Verification};
use crate::pin_uv_auth::{Permissions, Protocol};
use crate::profile::BuiltInUv;
use crate::status::Status;
use crate::store::Store;

/// Why `performBuiltInUv` failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UvFailure {
    /// Too many wrong attempts.
    Blocked,
    /// A wrong attempt.
    Invalid,
    /// Nobody reacted.
    TimedOut,
    /// The platform cancelled.
    Cancelled,
}

/// What user verification a request ends up with.
pub(super) struct Verified {
    /// The `uv` bit of the response.
    pub(super) user_verified: bool,
    /// Evidence of user interaction came with it.
    pub(super) user_present: bool,
}

impl<S: Store> Authenticator<S> {
    /// Whether built-in user verification is set up.
    pub(super) fn uv_enabled(&self) -> bool {
        match self.profile.built_in_uv {
            BuiltInUv::None => false,
            BuiltInUv::AlwaysReady => true,
            BuiltInUv::Fingerprint => self
                .device()
                .is_ok_and(|device| !device.fingerprints.is_empty()),
        }
    }

    pub(super) fn pin_is_set(&self) -> bool {
        self.profile.client_pin && self.device().is_ok_and(|device| device.pin.is_some())
    }

    /// "Protected by some form of user verification".
    pub(super) fn is_protected(&self) -> bool {
        self.pin_is_set() || self.uv_enabled()
    }

    pub(super) fn always_uv(&self) -> bool {
        self.device().is_ok_and(|device| device.always_uv)
    }

    /// Whether a token could be had: by PIN, or by built-in verification.
    fn token_possible(&self) -> bool {
        self.profile.client_pin
            || (self.profile.has_built_in_uv() && self.profile.pin_uv_auth_token())
    }

    /// The refusal when user verification is needed and did not come.
    pub(super) fn verification_needed(&self) -> Status {
        if self.token_possible() {
            Status::PuatRequired
        } else {
            Status::OperationDenied
        }
    }

    /// A `pinUvAuthProtocol` that this authenticator offers.
    pub(super) fn offered_protocol(&self, protocol: Option<u64>) -> Result<Protocol, Status> {
        let number = protocol.ok_or(Status::MissingParameter)?;
        if !self.profile.pin_uv_auth_protocols.contains(&number) {
            return Err(Status::InvalidParameter);
        }
        Protocol::from_number(number).ok_or(Status::InvalidParameter)
    }

    /// Steps 1 and 2 of makeCredential and getAssertion.
    pub(super) fn check_pin_uv_auth(
        &self,
        auth: PinUvAuth<'_>,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<Option<Protocol>, Status> {
        let Some(param) = auth.param else {
            return Ok(None);
        };
        // 1. A zero-length parameter asks, in the way of CTAP 2.0, to be chosen among several.
        if param.is_empty() && self.token_possible() {
            Self::touch(prompt, env)?;
            return Err(if self.pin_is_set() {
                Status::PinInvalid
            } else {
                Status::PinNotSet
            });
        }
        // 2. The protocol must be there and be offered.
        self.offered_protocol(auth.protocol).map(Some)
    }

    /// `verify(pinUvAuthToken, message, pinUvAuthParam)` and the check of a permission.
    pub(super) fn check_token(
        &mut self,
        protocol: Protocol,
        message: &[u8],
        param: &[u8],
        permissions: Permissions,
    ) -> Result<(), Status> {
        let token = *self.session.protocol(protocol).token();
        let valid = self.session.token.use_with(protocol)
            && crate::pin_uv_auth::verify_with_token(protocol, &token, message, param);
        if valid && self.session.token.permits(permissions) {
            Ok(())
        } else {
            Err(Status::PinAuthInvalid)
        }
    }

    /// The check of commands that need a token whenever the authenticator is protected: config, large blobs.
    pub(super) fn require_token(
        &mut self,
        auth: PinUvAuth<'_>,
        message: &[u8],
        permissions: Permissions,
    ) -> Result<(), Status> {
        let param = auth.param.ok_or(Status::PuatRequired)?;
        let protocol = self.offered_protocol(auth.protocol)?;
        self.check_token(protocol, message, param, permissions)
    }

    /// Step 11.1 of makeCredential, 6.1 of getAssertion: the token is valid, permits this, and is for this
    /// relying party.
    pub(super) fn use_token(
        &mut self,
        protocol: Protocol,
        client_data_hash: &[u8; 32],
        param: &[u8],
        permissions: Permissions,
        rp_id: &str,
    ) -> Result<(), Status> {
        self.check_token(protocol, client_data_hash, param, permissions)?;
        if self
            .session
            .token
            .rp_id()
            .is_some_and(|bound| bound != rp_id)
        {
            return Err(Status::PinAuthInvalid);
        }
        if !self.session.token.user_verified() {
            return Err(Status::PinAuthInvalid);
        }
        if self.profile.pin_uv_auth_token() {
            self.session.token.bind(rp_id);
        }
        Ok(())
    }

    /// `performBuiltInUv(internalRetry)`, with one try for each request: the platform may ask again.
    pub(super) fn perform_built_in_uv(
        &mut self,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<(), UvFailure> {
        if self.device().is_ok_and(|device| device.uv_retries == 0) {
            return Err(UvFailure::Blocked);
        }
        match env.user_verification(prompt) {
            Verification::Verified => self.set_uv_retries(self.profile.uv_retries),
            Verification::Failed => {
                let left = self
                    .device()
                    .map_or(0, |device| device.uv_retries.saturating_sub(1));
                self.set_uv_retries(left)?;
                Err(if left == 0 {
                    UvFailure::Blocked
                } else {
                    UvFailure::Invalid
                })
            }
            Verification::TimedOut => Err(UvFailure::TimedOut),
            Verification::Cancelled => Err(UvFailure::Cancelled),
        }
    }

    fn set_uv_retries(&mut self, retries: u8) -> Result<(), UvFailure> {
        if self
            .device()
            .is_ok_and(|device| device.uv_retries == retries)
        {
            return Ok(());
        }
        self.change_device(|device| device.uv_retries = retries, Vec::new())
            .map_err(|_| UvFailure::Invalid)
    }

    /// Built-in verification inside makeCredential (step 11.2) and getAssertion (step 6.2).
    pub(super) fn verify_in_command(
        &mut self,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<Verified, Status> {
        match self.perform_built_in_uv(prompt, env) {
            Ok(()) => Ok(Verified {
                user_verified: true,
                user_present: true,
            }),
            Err(UvFailure::Cancelled) => Err(Status::KeepaliveCancel),
            Err(UvFailure::TimedOut) => Err(Status::UserActionTimeout),
            // With a PIN the platform can still get a token; without one this is the end.
            Err(UvFailure::Blocked | UvFailure::Invalid) if self.pin_is_set() => {
                Err(Status::PuatRequired)
            }
            Err(UvFailure::Blocked | UvFailure::Invalid) => Err(Status::OperationDenied),
        }
    }

    /// Steps 14 and 9: asks for a touch unless one came with the verification or the token, then uses up
    /// what the token carried.
    pub(super) fn ensure_user_present(
        &mut self,
        with_token: bool,
        already: bool,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let cached = with_token && self.session.token.user_present();
        if !cached && !already {
            Self::touch(prompt, env)?;
        }
        self.use_up_token();
        Ok(())
    }

    /// After the touch a token is good for large blobs only (section 6.5.3). Before CTAP 2.1 a token had no flags
    /// and no end but a new one or the power's.
    fn use_up_token(&mut self) {
        if self.profile.pin_uv_auth_token() {
            self.session.token.consume();
        }
    }

    /// Asks for a touch before an excluded credential is admitted to, whatever the answer is.
    pub(super) fn touch_before_refusal(
        &mut self,
        with_token: bool,
        already: bool,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let cached = with_token && self.session.token.user_present();
        if !cached && !already && env.user_presence(prompt) == Gesture::Cancelled {
            return Err(Status::KeepaliveCancel);
        }
        Ok(())
    }
}
