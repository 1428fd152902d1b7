//! authenticatorConfig (0x0D): CTAP 2.3, section 6.11.

use super::Authenticator;
use super::parameters::PinUvAuth;
use crate::cbor::{Fields, Value};
use crate::env::Env;
use crate::pin_uv_auth::Permissions;
use crate::status::Status;
use crate::store::Store;

const ENABLE_ENTERPRISE_ATTESTATION: u8 = 0x01;
const TOGGLE_ALWAYS_UV: u8 = 0x02;
const SET_MIN_PIN_LENGTH: u8 = 0x03;
/// No PIN can be longer.
const MAX_MIN_PIN_LENGTH: u64 = 63;

impl<S: Store> Authenticator<S> {
    pub(super) fn authenticator_config(
        &mut self,
        fields: Fields<'_>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        // Steps 1 to 3.
        let number = fields.unsigned(1_i64)?.ok_or(Status::MissingParameter)?;
        let subcommand = u8::try_from(number).map_err(|_| Status::InvalidParameter)?;
        let parameters = fields.map(2_i64)?;
        let auth = PinUvAuth {
            param: fields.bytes(4_i64)?,
            protocol: fields.unsigned(3_i64)?,
        };
        let offered = match subcommand {
            ENABLE_ENTERPRISE_ATTESTATION => self.profile.enterprise_attestation,
            TOGGLE_ALWAYS_UV => true,
            SET_MIN_PIN_LENGTH => self.profile.client_pin,
            _ => false,
        };
        if !offered {
            return Err(Status::InvalidParameter);
        }
        // Step 4: without any verification set up, alwaysUv can still be switched off.
        let exempt = subcommand == TOGGLE_ALWAYS_UV && !self.is_protected();
        if (self.is_protected() || self.always_uv()) && !exempt {
            let mut message = vec![0xff; 32];
            message.extend_from_slice(&[super::command::CONFIG, subcommand]);
            if let Some(parameters) = fields.value(2_i64) {
                message.extend_from_slice(&parameters.to_bytes());
            }
            self.require_token(auth, &message, Permissions::ACFG)?;
        }
        // Step 5.
        match subcommand {
            ENABLE_ENTERPRISE_ATTESTATION => {
                self.change_device(|device| device.enterprise_attestation = true, Vec::new())
            }
            TOGGLE_ALWAYS_UV => {
                self.change_device(|device| device.always_uv = !device.always_uv, Vec::new())
            }
            _ => self.set_min_pin_length(parameters.ok_or(Status::MissingParameter)?, env),
        }
    }

    /// Section 6.11.4.
    fn set_min_pin_length(
        &mut self,
        parameters: Fields<'_>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let length = parameters.unsigned(1_i64)?;
        let rp_ids = parameters.array(2_i64)?.map(texts).transpose()?;
        let mut force = parameters.boolean(3_i64)?.unwrap_or(false);
        let complexity = parameters.boolean(4_i64)?.unwrap_or(false);
        let device = self.device()?;
        let length = length.unwrap_or(device.min_pin_length);
        if length < device.min_pin_length || length > MAX_MIN_PIN_LENGTH {
            return Err(Status::PinPolicyViolation);
        }
        if force && device.pin.is_none() {
            return Err(Status::PinNotSet);
        }
        if let Some(pin) = &device.pin {
            // A PIN that is too short, or was never checked against the policy, must be changed.
            let stricter = complexity && !device.pin_complexity_policy;
            force |= pin.code_points < length || stricter;
        }
        if rp_ids
            .as_ref()
            .is_some_and(|ids| ids.len() > self.profile.max_min_pin_length_rp_ids)
        {
            return Err(Status::KeyStoreFull);
        }
        self.change_device(
            |device| {
                device.min_pin_length = length;
                device.force_pin_change |= force;
                device.pin_complexity_policy |= complexity;
                if let Some(rp_ids) = rp_ids {
                    device.min_pin_length_rp_ids = rp_ids;
                }
            },
            Vec::new(),
        )?;
        if force {
            self.session.reset_tokens(env);
            self.renew_persistent_token(env)?;
        }
        Ok(())
    }
}

fn texts(list: &[Value]) -> Result<Vec<String>, Status> {
    list.iter()
        .map(|text| {
            text.as_text()
                .map(str::to_owned)
                .ok_or(Status::CborUnexpectedType)
        })
        .collect()
}
