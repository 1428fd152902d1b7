//! Handing out PIN/UV tokens: CTAP 2.3, section 6.5.5.7.

use super::super::Authenticator;
use super::super::user_verification::UvFailure;
use super::Request;
use crate::cbor::Value;
use crate::env::{Env, Prompt, Reason};
use crate::pin_uv_auth::{Permissions, Protocol, SharedSecret};
use crate::profile::BuiltInUv;
use crate::status::Status;
use crate::store::Store;

impl<S: Store> Authenticator<S> {
    /// getPinToken, superseded but still used: section 6.5.5.7.1.
    pub(super) fn get_pin_token(
        &mut self,
        request: &Request<'_>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let (Some(peer), Some(pin_hash_enc)) = (request.key_agreement, request.pin_hash_enc) else {
            return Err(Status::MissingParameter);
        };
        let protocol = self.offered_protocol(request.protocol)?;
        if request.permissions.is_some() || request.rp_id.is_some() {
            return Err(Status::InvalidParameter);
        }
        let shared = self.prove_pin(protocol, peer, pin_hash_enc, env)?;
        self.session.reset_tokens(env);
        // The default permissions; the token is bound to the first relying party that it is used for. Before
        // there were permissions, the preview's commands took this token too.
        let mut permissions = Permissions::MC.and(Permissions::GA);
        if !self.profile.pin_uv_auth_token() && self.profile.preview_commands() {
            permissions = permissions.and(Permissions::CM).and(Permissions::BE);
        }
        Ok(self.hand_out(protocol, &shared, false, permissions, None, env))
    }

    /// getPinUvAuthTokenUsingPinWithPermissions: section 6.5.5.7.2.
    pub(super) fn get_token_using_pin(
        &mut self,
        request: &Request<'_>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let (Some(peer), Some(pin_hash_enc)) = (request.key_agreement, request.pin_hash_enc) else {
            return Err(Status::MissingParameter);
        };
        let protocol = self.offered_protocol(request.protocol)?;
        let permissions = self.check_permissions(request, false)?;
        let shared = self.prove_pin(protocol, peer, pin_hash_enc, env)?;
        self.issue(protocol, &shared, false, permissions, request.rp_id, env)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions: section 6.5.5.7.3.
    pub(super) fn get_token_using_uv(
        &mut self,
        request: &Request<'_>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let peer = request.key_agreement.ok_or(Status::MissingParameter)?;
        let protocol = self.offered_protocol(request.protocol)?;
        let permissions = self.check_permissions(request, true)?;
        if !self.uv_enabled() {
            return Err(Status::NotAllowed);
        }
        if self.device()?.uv_retries == 0 {
            return Err(Status::UvBlocked);
        }
        let shared = self.session.protocol(protocol).decapsulate(peer)?;
        let prompt = Prompt {
            reason: Reason::Token,
            rp_id: request.rp_id,
            user: None,
        };
        match self.perform_built_in_uv(&prompt, env) {
            Ok(()) => {}
            Err(UvFailure::TimedOut) => return Err(Status::UserActionTimeout),
            Err(UvFailure::Cancelled) => return Err(Status::KeepaliveCancel),
            Err(UvFailure::Blocked) => return Err(Status::UvBlocked),
            Err(UvFailure::Invalid) => return Err(Status::UvInvalid),
        }
        // A finger on the sensor is a touch as well.
        self.issue(protocol, &shared, true, permissions, request.rp_id, env)
    }

    /// Which permissions were asked for, and whether this authenticator can give them.
    fn check_permissions(&self, request: &Request<'_>, by_uv: bool) -> Result<Permissions, Status> {
        let bits = request.permissions.ok_or(Status::MissingParameter)?;
        if bits == 0 {
            return Err(Status::InvalidParameter);
        }
        let permissions = Permissions::from_bits(bits);
        let profile = &self.profile;
        let persistent = self.offers_persistent_token();
        for (permission, possible) in [
            (Permissions::CM, profile.credential_management),
            (
                Permissions::BE,
                profile.built_in_uv == BuiltInUv::Fingerprint && !by_uv,
            ),
            (Permissions::LBW, profile.large_blobs),
            (Permissions::ACFG, profile.authenticator_config),
            (Permissions::PCMR, persistent),
        ] {
            if permissions.contains(permission) && !possible {
                return Err(Status::UnauthorizedPermission);
            }
        }
        // Platforms must name the relying party when they ask to make or use credentials. Keys take it that they
        // do not: the token is bound to the one that it is first used for (steps 11 of section 6.1.2 and 6 of 6.2.2).
        // The persistent token is another token; it cannot come together with this one.
        if permissions.contains(Permissions::PCMR) && bits != 0x40 {
            return Err(Status::InvalidParameter);
        }
        Ok(permissions)
    }

    fn prove_pin(
        &mut self,
        protocol: Protocol,
        peer: &Value,
        pin_hash_enc: &[u8],
        env: &mut dyn Env,
    ) -> Result<SharedSecret, Status> {
        self.check_pin_usable()?;
        let shared = self.session.protocol(protocol).decapsulate(peer)?;
        self.check_pin_hash(protocol, &shared, pin_hash_enc, env)?;
        // The PIN was right, but it is no longer good for anything but changing it.
        if self.device()?.force_pin_change {
            return Err(Status::PinInvalid);
        }
        Ok(shared)
    }

    fn issue(
        &mut self,
        protocol: Protocol,
        shared: &SharedSecret,
        user_present: bool,
        permissions: Permissions,
        rp_id: Option<&str>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        if permissions.contains(Permissions::PCMR) {
            let token = self.device()?.persistent_token;
            return Ok(Value::map([(
                2_i64,
                Value::from(shared.encrypt(&token, env)),
            )]));
        }
        self.session.reset_tokens(env);
        let rp_id = rp_id.map(str::to_owned);
        Ok(self.hand_out(protocol, shared, user_present, permissions, rp_id, env))
    }

    fn hand_out(
        &mut self,
        protocol: Protocol,
        shared: &SharedSecret,
        user_present: bool,
        permissions: Permissions,
        rp_id: Option<String>,
        env: &mut dyn Env,
    ) -> Value {
        let now = env.monotonic();
        self.session
            .token
            .begin(protocol, user_present, permissions, rp_id, now);
        let token = *self.session.protocol(protocol).token();
        Value::map([(2_i64, Value::from(shared.encrypt(&token, env)))])
    }
}
