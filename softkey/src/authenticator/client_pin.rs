//! authenticatorClientPIN (0x06): CTAP 2.3, section 6.5. Setting and changing a PIN, and the counters; the
//! tokens are in [`token`].

use super::Authenticator;
use crate::cbor::{Fields, Value};
use crate::env::Env;
use crate::pin_uv_auth::{Protocol, SharedSecret, pin_hash, same};
use crate::status::Status;
use crate::store::{Pin, Store};

mod token;

/// Wrong PINs in a row after which the power must be cycled (section 6.5.5.6).
const MISMATCHES_PER_POWER_CYCLE: u8 = 3;
/// The length of a padded PIN (section 6.5.5.5).
const PADDED_PIN: usize = 64;
/// The longest PIN in bytes (section 6.5.1).
const MAX_PIN: usize = 63;

/// The parameters, with their types checked.
struct Request<'a> {
    protocol: Option<u64>,
    key_agreement: Option<&'a Value>,
    param: Option<&'a [u8]>,
    new_pin_enc: Option<&'a [u8]>,
    pin_hash_enc: Option<&'a [u8]>,
    permissions: Option<u64>,
    rp_id: Option<&'a str>,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn client_pin(
        &mut self,
        fields: Fields<'_>,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let subcommand = fields.unsigned(2_i64)?;
        let request = Request {
            protocol: fields.unsigned(1_i64)?,
            // A COSE key is a map; what is in it, decapsulation checks.
            key_agreement: fields.map(3_i64)?.and(fields.value(3_i64)),
            param: fields.bytes(4_i64)?,
            new_pin_enc: fields.bytes(5_i64)?,
            pin_hash_enc: fields.bytes(6_i64)?,
            permissions: fields.unsigned(9_i64)?,
            rp_id: fields.text(0x0a_i64)?,
        };
        let pin = self.profile.client_pin;
        let tokens = self.profile.pin_uv_auth_token();
        match subcommand.ok_or(Status::MissingParameter)? {
            0x01 if pin => self.get_pin_retries().map(Some),
            0x02 => self.get_key_agreement(&request).map(Some),
            0x03 if pin => self.set_pin(&request, env).map(|()| None),
            0x04 if pin => self.change_pin(&request, env).map(|()| None),
            0x05 if pin => self.get_pin_token(&request, env).map(Some),
            0x06 if tokens && self.profile.has_built_in_uv() => {
                self.get_token_using_uv(&request, env).map(Some)
            }
            0x07 if self.profile.has_built_in_uv() => self.get_uv_retries().map(Some),
            0x09 if pin && tokens => self.get_token_using_pin(&request, env).map(Some),
            _ => Err(Status::InvalidSubcommand),
        }
    }

    /// Section 6.5.5.2. Without a PIN there is nothing to count.
    fn get_pin_retries(&self) -> Result<Value, Status> {
        if !self.pin_is_set() {
            return Err(Status::PinNotSet);
        }
        let blocked = self.session.pin_mismatches >= MISMATCHES_PER_POWER_CYCLE;
        Ok(Value::map_of([
            Some((3_i64, Value::from(u64::from(self.device()?.pin_retries)))),
            blocked.then_some((4, Value::Bool(true))),
        ]))
    }

    /// Section 6.5.5.3.
    fn get_uv_retries(&self) -> Result<Value, Status> {
        Ok(Value::map([(
            5_i64,
            Value::from(u64::from(self.device()?.uv_retries)),
        )]))
    }

    /// Section 6.5.5.4.
    fn get_key_agreement(&mut self, request: &Request<'_>) -> Result<Value, Status> {
        let protocol = self.offered_protocol(request.protocol)?;
        Ok(Value::map([(
            1_i64,
            self.session.protocol(protocol).public_key(),
        )]))
    }

    /// Section 6.5.5.5.
    fn set_pin(&mut self, request: &Request<'_>, env: &mut dyn Env) -> Result<(), Status> {
        let (Some(peer), Some(new_pin_enc), Some(param)) =
            (request.key_agreement, request.new_pin_enc, request.param)
        else {
            return Err(Status::MissingParameter);
        };
        let protocol = self.offered_protocol(request.protocol)?;
        if self.pin_is_set() {
            return Err(Status::PinAuthInvalid);
        }
        let shared = self.session.protocol(protocol).decapsulate(peer)?;
        if !shared.verify(new_pin_enc, param) {
            return Err(Status::PinAuthInvalid);
        }
        let pin = self.new_pin(&shared, new_pin_enc)?;
        self.store_pin(pin)?;
        self.session.reset_tokens(env);
        Ok(())
    }

    /// Section 6.5.5.6.
    fn change_pin(&mut self, request: &Request<'_>, env: &mut dyn Env) -> Result<(), Status> {
        let (Some(peer), Some(new_pin_enc), Some(pin_hash_enc), Some(param)) = (
            request.key_agreement,
            request.new_pin_enc,
            request.pin_hash_enc,
            request.param,
        ) else {
            return Err(Status::MissingParameter);
        };
        let protocol = self.offered_protocol(request.protocol)?;
        self.check_pin_usable()?;
        let shared = self.session.protocol(protocol).decapsulate(peer)?;
        if !shared.verify(&[new_pin_enc, pin_hash_enc].concat(), param) {
            return Err(Status::PinAuthInvalid);
        }
        self.check_pin_hash(protocol, &shared, pin_hash_enc, env)?;
        let pin = self.new_pin(&shared, new_pin_enc)?;
        let device = self.device()?;
        // A change that was demanded must be one.
        if device.force_pin_change && device.pin.as_ref().is_some_and(|old| old.hash == pin.hash) {
            return Err(Status::PinPolicyViolation);
        }
        self.store_pin(pin)?;
        self.session.reset_tokens(env);
        self.renew_persistent_token(env)
    }

    /// Whether there is a PIN to try, and tries left for it.
    fn check_pin_usable(&self) -> Result<(), Status> {
        if !self.pin_is_set() {
            return Err(Status::PinNotSet);
        }
        if self.device()?.pin_retries == 0 {
            return Err(Status::PinBlocked);
        }
        if self.session.pin_mismatches >= MISMATCHES_PER_POWER_CYCLE {
            return Err(Status::PinAuthBlocked);
        }
        Ok(())
    }

    /// Compares the PIN the platform knows with the one that is kept. The attempt is counted, and the count
    /// is durable, before the comparison: power loss gives nothing away.
    fn check_pin_hash(
        &mut self,
        protocol: Protocol,
        shared: &SharedSecret,
        pin_hash_enc: &[u8],
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let kept = self
            .device()?
            .pin
            .as_ref()
            .map(|pin| pin.hash)
            .ok_or(Status::PinNotSet)?;
        self.change_device(
            |device| device.pin_retries = device.pin_retries.saturating_sub(1),
            vec![],
        )?;
        let right = shared
            .decrypt(pin_hash_enc)
            .is_some_and(|hash| same(&hash, &kept));
        if right {
            self.session.pin_mismatches = 0;
            let (pin, uv) = (self.profile.pin_retries, self.profile.uv_retries);
            return self.change_device(
                |device| {
                    device.pin_retries = pin;
                    device.uv_retries = uv;
                },
                Vec::new(),
            );
        }
        self.session.protocol(protocol).regenerate(env);
        self.session.pin_mismatches += 1;
        if self.device()?.pin_retries == 0 {
            return Err(Status::PinBlocked);
        }
        if self.session.pin_mismatches >= MISMATCHES_PER_POWER_CYCLE {
            return Err(Status::PinAuthBlocked);
        }
        Err(Status::PinInvalid)
    }

    /// Decrypts and checks a new PIN: padded to 64 bytes, at least so many code points, at most 63 bytes.
    fn new_pin(&self, shared: &SharedSecret, new_pin_enc: &[u8]) -> Result<Pin, Status> {
        let padded = shared.decrypt(new_pin_enc).ok_or(Status::PinAuthInvalid)?;
        if padded.len() != PADDED_PIN {
            return Err(Status::InvalidParameter);
        }
        let length = padded
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let pin = padded.get(..length).unwrap_or_default();
        if pin.len() > MAX_PIN {
            return Err(Status::PinPolicyViolation);
        }
        let text = std::str::from_utf8(pin).map_err(|_| Status::PinPolicyViolation)?;
        let code_points = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let device = self.device()?;
        if code_points < device.min_pin_length {
            return Err(Status::PinPolicyViolation);
        }
        if device.pin_complexity_policy && is_simple(text) {
            return Err(Status::PinPolicyViolation);
        }
        Ok(Pin {
            hash: pin_hash(pin),
            code_points,
        })
    }

    fn store_pin(&mut self, pin: Pin) -> Result<(), Status> {
        let retries = self.profile.pin_retries;
        self.session.pin_mismatches = 0;
        self.change_device(
            |device| {
                device.pin = Some(pin);
                device.pin_retries = retries;
                device.force_pin_change = false;
            },
            Vec::new(),
        )
    }

    /// A changed PIN, or a demand to change it, ends the persistent token.
    pub(super) fn renew_persistent_token(&mut self, env: &mut dyn Env) -> Result<(), Status> {
        let token = crate::env::random(env);
        self.change_device(|device| device.persistent_token = token, Vec::new())
    }
}

/// What the complexity policy refuses: one character repeated, or a run up or down. The standard leaves the
/// policy to the vendor.
fn is_simple(pin: &str) -> bool {
    let points: Vec<i64> = pin
        .chars()
        .map(|point| i64::from(u32::from(point)))
        .collect();
    let steps: Vec<i64> = points
        .windows(2)
        .map(|pair| pair.iter().rev().fold(0, |sum, point| point - sum))
        .collect();
    match steps.split_first() {
        None => true,
        Some((first, rest)) => {
            matches!(first.abs(), 0 | 1) && rest.iter().all(|step| step == first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_simple;

    #[test]
    fn repetitions_and_runs_are_simple() {
        for simple in ["0000", "1234", "4321", "abcd", ""] {
            assert!(is_simple(simple), "{simple}");
        }
        for other in ["1235", "1357", "2580", "1122"] {
            assert!(!is_simple(other), "{other}");
        }
    }
}
