//! Extensions of makeCredential and getAssertion: CTAP 2.3, section 12.

use super::Authenticator;
use crate::cbor::{Fields, Value};
use crate::credential::{CredProtect, Credential};
use crate::env::Env;
use crate::pin_uv_auth::{Protocol, hmac_sha256};
use crate::profile::Extension;
use crate::status::Status;
use crate::store::{Device, Store};

/// A credential being made, and the device as it was.
pub(super) struct Created {
    pub(super) credential: Credential,
    /// Whether it is sealed into its id, and so needs no place.
    pub(super) sealed: bool,
    pub(super) device: Device,
}

/// What the extension inputs of a registration ask for, once their types are checked.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) cred_protect: Option<CredProtect>,
    pub(super) third_party_payment: bool,
    /// The credBlob, if it is not too long.
    pub(super) cred_blob: Option<Vec<u8>>,
    large_blob_key: bool,
    hmac_secret: bool,
}

impl<S: Store> Authenticator<S> {
    /// Reads and refuses; changes nothing.
    pub(super) fn check_create_extensions(
        &self,
        inputs: Option<Fields<'_>>,
        discoverable: bool,
    ) -> Result<Checked, Status> {
        let Some(inputs) = inputs else {
            return Ok(Checked::default());
        };
        let mut checked = Checked::default();
        if let Some(level) = self.offered(inputs, Extension::CredProtect) {
            let Value::Unsigned(level) = level else {
                return Err(Status::CborUnexpectedType);
            };
            let policy = CredProtect::from_level(*level).ok_or(Status::InvalidOption)?;
            checked.cred_protect = Some(policy);
        }
        if let Some(value) = self.offered(inputs, Extension::LargeBlobKey) {
            // Section 12.3: the value must be true, and the credential must be discoverable.
            if *value != Value::Bool(true) || !discoverable {
                return Err(Status::InvalidOption);
            }
            checked.large_blob_key = true;
        }
        checked.hmac_secret = self.switch(inputs, Extension::HmacSecret)?;
        checked.third_party_payment = self.switch(inputs, Extension::ThirdPartyPayment)?;
        if self.offered(inputs, Extension::HmacSecretMc).is_some() && !checked.hmac_secret {
            return Err(Status::MissingParameter);
        }
        for extension in [Extension::MinPinLength, Extension::PinComplexityPolicy] {
            self.switch(inputs, extension)?;
        }
        if let Some(value) = self.offered(inputs, Extension::CredBlob) {
            let blob = value.as_bytes().ok_or(Status::CborUnexpectedType)?;
            let fits = blob.len() <= self.profile.max_cred_blob_length;
            checked.cred_blob = fits.then(|| blob.to_vec());
        }
        Ok(checked)
    }

    /// Step 15: processes the extensions and says what comes of them. Only what was asked for is answered.
    pub(super) fn create_extension_outputs(
        &mut self,
        created: &mut Created,
        checked: &Checked,
        inputs: Option<Fields<'_>>,
        user_verified: bool,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let Some(inputs) = inputs else {
            return Ok(None);
        };
        let mut outputs: Vec<(&str, Value)> = Vec::new();
        if let Some(policy) = checked.cred_protect {
            outputs.push((
                Extension::CredProtect.name(),
                Value::from(u64::from(policy.level())),
            ));
        }
        if self.offered(inputs, Extension::CredBlob).is_some() {
            let kept = created.credential.cred_blob.is_some();
            outputs.push((Extension::CredBlob.name(), Value::Bool(kept)));
        }
        if checked.large_blob_key {
            created.credential.large_blob_key = Some(crate::env::random(env));
        }
        if checked.hmac_secret {
            outputs.push((Extension::HmacSecret.name(), Value::Bool(true)));
        }
        if let Some(input) = self.offered(inputs, Extension::HmacSecretMc) {
            let secret = self.hmac_secret(input, &created.credential, user_verified, env)?;
            outputs.push((Extension::HmacSecretMc.name(), Value::from(secret)));
        }
        let rp_id = &created.credential.rp_id;
        if created.device.min_pin_length_rp_ids.contains(rp_id) {
            if self.switch(inputs, Extension::MinPinLength)? {
                let length = Value::from(created.device.min_pin_length);
                outputs.push((Extension::MinPinLength.name(), length));
            }
            if self.switch(inputs, Extension::PinComplexityPolicy)? {
                let policy = Value::Bool(created.device.pin_complexity_policy);
                outputs.push((Extension::PinComplexityPolicy.name(), policy));
            }
        }
        if checked.third_party_payment {
            outputs.push((Extension::ThirdPartyPayment.name(), Value::Bool(true)));
        }
        Ok((!outputs.is_empty()).then(|| Value::map(outputs)))
    }

    /// Checks the extension inputs of an assertion before anything else happens.
    pub(super) fn check_get_extensions(
        &self,
        inputs: Option<Fields<'_>>,
        user_presence: bool,
    ) -> Result<(), Status> {
        let Some(inputs) = inputs else { return Ok(()) };
        if let Some(input) = self.offered(inputs, Extension::HmacSecret) {
            Fields::of(input)?;
            // Section 12.7: no secrets without a touch.
            if !user_presence {
                return Err(Status::UnsupportedOption);
            }
        }
        self.switch(inputs, Extension::CredBlob)?;
        self.switch(inputs, Extension::ThirdPartyPayment)?;
        match self.offered(inputs, Extension::LargeBlobKey) {
            None | Some(Value::Bool(true)) => Ok(()),
            Some(Value::Bool(false)) => Err(Status::InvalidOption),
            Some(_) => Err(Status::CborUnexpectedType),
        }
    }

    /// What the extensions of an assertion have to say.
    pub(super) fn get_extension_outputs(
        &mut self,
        credential: &Credential,
        inputs: Option<Fields<'_>>,
        user_verified: bool,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let Some(inputs) = inputs else {
            return Ok(None);
        };
        let mut outputs: Vec<(&str, Value)> = Vec::new();
        if self.switch(inputs, Extension::CredBlob)? {
            let blob = credential.cred_blob.as_deref().unwrap_or_default();
            outputs.push((Extension::CredBlob.name(), Value::from(blob)));
        }
        if let Some(input) = self.offered(inputs, Extension::HmacSecret) {
            let secret = self.hmac_secret(input, credential, user_verified, env)?;
            outputs.push((Extension::HmacSecret.name(), Value::from(secret)));
        }
        if self.switch(inputs, Extension::ThirdPartyPayment)? {
            let allowed = Value::Bool(credential.third_party_payment);
            outputs.push((Extension::ThirdPartyPayment.name(), allowed));
        }
        Ok((!outputs.is_empty()).then(|| Value::map(outputs)))
    }

    /// Whether the largeBlobKey of a credential is asked for.
    pub(super) fn wants_large_blob_key(&self, inputs: Option<Fields<'_>>) -> bool {
        inputs.is_some_and(|inputs| self.offered(inputs, Extension::LargeBlobKey).is_some())
    }

    /// The input of an extension, if this authenticator has the extension.
    fn offered<'a>(&self, inputs: Fields<'a>, extension: Extension) -> Option<&'a Value> {
        inputs
            .value(extension.name())
            .filter(|_| self.profile.offers(extension))
    }

    /// An input that is `true` or absent.
    fn switch(&self, inputs: Fields<'_>, extension: Extension) -> Result<bool, Status> {
        match self.offered(inputs, extension) {
            None => Ok(false),
            Some(Value::Bool(on)) => Ok(*on),
            Some(_) => Err(Status::CborUnexpectedType),
        }
    }

    /// Sections 12.7 and 12.8: HMACs of one or two salts, under a secret that depends on user verification.
    fn hmac_secret(
        &mut self,
        input: &Value,
        credential: &Credential,
        user_verified: bool,
        env: &mut dyn Env,
    ) -> Result<Vec<u8>, Status> {
        let input = Fields::of(input)?;
        let peer = input.value(1_i64).ok_or(Status::MissingParameter)?;
        let salt_enc = input.bytes(2_i64)?.ok_or(Status::MissingParameter)?;
        let salt_auth = input.bytes(3_i64)?.ok_or(Status::MissingParameter)?;
        let protocol = match input.unsigned(4_i64)? {
            // Platforms of CTAP 2.0 know protocol one only and do not say so.
            None => Protocol::One,
            number => self.offered_protocol(number)?,
        };
        if !protocol.is_sealed_salt(salt_enc) || salt_auth.len() != protocol.proof_length() {
            return Err(Status::InvalidLength);
        }
        // A key that is none cannot have made the proof.
        Fields::of(peer)?;
        let shared = self
            .session
            .protocol(protocol)
            .decapsulate(peer)
            .map_err(|_| Status::PinAuthInvalid)?;
        if !shared.verify(salt_enc, salt_auth) {
            return Err(Status::PinAuthInvalid);
        }
        let salts = shared.decrypt(salt_enc).ok_or(Status::InvalidLength)?;
        let secret = if user_verified {
            &credential.cred_random_with_uv
        } else {
            &credential.cred_random_without_uv
        };
        let output: Vec<u8> = salts
            .chunks_exact(32)
            .flat_map(|salt| hmac_sha256(secret, salt))
            .collect();
        Ok(shared.encrypt(&output, env))
    }
}
