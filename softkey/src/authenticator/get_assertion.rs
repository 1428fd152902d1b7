//! authenticatorGetAssertion (0x02): CTAP 2.3, section 6.2.

use super::get_next_assertion::Remaining;
use super::parameters::{Options, PinUvAuth, client_data_hash, descriptors};
use super::user_verification::Verified;
use super::{Authenticator, Channel, Found, Pending};
use crate::authenticator_data::AuthenticatorData;
use crate::cbor::{Fields, Value};
use crate::credential::{Credential, rp_id_hash};
use crate::env::{Env, Prompt, Reason};
use crate::pin_uv_auth::{Permissions, Protocol};
use crate::status::Status;
use crate::store::Store;

/// What every assertion of one request has in common.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) rp_id: String,
    pub(super) client_data_hash: [u8; 32],
    pub(super) user_present: bool,
    pub(super) user_verified: bool,
    /// Whether account names may be shown: the user was verified and must choose.
    pub(super) identifiable: bool,
    pub(super) extensions: Option<Value>,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn get_assertion(
        &mut self,
        channel: Channel,
        fields: Fields<'_>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let auth = PinUvAuth {
            param: fields.bytes(6_i64)?,
            protocol: fields.unsigned(7_i64)?,
        };
        let rp_id = fields.text(1_i64)?.ok_or(Status::MissingParameter)?;
        let hash = client_data_hash(fields.bytes(2_i64)?)?;
        let prompt = Prompt {
            reason: Reason::SignIn,
            rp_id: Some(rp_id),
            user: None,
        };
        // Steps 1 and 2.
        let protocol = self.check_pin_uv_auth(auth, &prompt, env)?;
        let limit = self.profile.max_credential_count_in_list;
        // Platforms must leave an empty list out; one that comes all the same names nobody, as if it were absent.
        let allow = fields
            .array(3_i64)?
            .filter(|list| !list.is_empty())
            .map(|list| descriptors(list, limit))
            .transpose()?;
        let extensions = fields.map(4_i64)?;
        let options = Options::read(fields.map(5_i64)?)?;
        // Step 3 is the `Verified` that follows. Step 4.
        let mut uv = self.uv_option(auth, options)?;
        if options.rk.is_some() {
            return Err(Status::UnsupportedOption);
        }
        let up = options.up.unwrap_or(true);
        self.check_get_extensions(extensions, up)?;
        // Step 5: a silent request is exempt.
        if up {
            self.insist_on_always_uv(auth, &mut uv)?;
        }
        // Step 6.
        let verified = self.verify_for_assertion(auth, protocol, &hash, rp_id, uv, &prompt, env)?;
        // Step 7.
        let mut found = self.locate(rp_id, allow.as_deref(), verified.user_verified);
        if found.is_empty() {
            return Err(Status::NoCredentials);
        }
        // Steps 8 and 9.
        if up {
            self.ensure_user_present(auth.param.is_some(), verified.user_present, &prompt, env)?;
        }
        // Step 11: with an allow list any of the credentials will do. Step 12: without one, all of them are
        // offered, newest first.
        if allow.is_some() {
            found.truncate(1);
        }
        let total = found.len();
        let first = found.remove(0);
        let terms = Terms {
            rp_id: rp_id.to_owned(),
            client_data_hash: hash,
            user_present: up,
            user_verified: verified.user_verified,
            identifiable: verified.user_verified && total > 1,
            extensions: fields.value(4_i64).cloned(),
        };
        // Steps 10 and 13.
        let response = self.assert(&first, &terms, (total > 1).then_some(total), env)?;
        if total > 1 {
            let remaining = Remaining {
                terms,
                credentials: found,
            };
            self.wait_for(channel, Pending::Assertions(Box::new(remaining)), env);
        }
        Ok(response)
    }

    /// Step 6.
    #[expect(
        clippy::too_many_arguments,
        reason = "one more than elsewhere: these are the parameters of the request that step 6 reads"
    )]
    fn verify_for_assertion(
        &mut self,
        auth: PinUvAuth<'_>,
        protocol: Option<Protocol>,
        client_data_hash: &[u8; 32],
        rp_id: &str,
        uv: bool,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<Verified, Status> {
        if let (Some(param), Some(protocol)) = (auth.param, protocol) {
            if !self.is_protected() {
                return Err(Status::PinNotSet);
            }
            self.use_token(protocol, client_data_hash, param, Permissions::GA, rp_id)?;
            return Ok(Verified {
                user_verified: true,
                user_present: false,
            });
        }
        if uv {
            return self.verify_in_command(prompt, env);
        }
        Ok(Verified {
            user_verified: false,
            user_present: false,
        })
    }

    /// Step 7: the applicable credentials.
    fn locate(&self, rp_id: &str, allow: Option<&[&[u8]]>, user_verified: bool) -> Vec<Found> {
        let usable = |found: &Found| found.usable(user_verified, allow.is_some());
        match allow {
            Some(ids) => ids
                .iter()
                .filter_map(|id| self.find(id, rp_id))
                .filter(usable)
                .collect(),
            None => self
                .store
                .state()
                .discoverable(&rp_id_hash(rp_id))
                .filter(|found| usable(found))
                .cloned()
                .collect(),
        }
    }

    /// Steps 10 and 13: one signed assertion.
    pub(super) fn assert(
        &mut self,
        credential: &Credential,
        terms: &Terms,
        total: Option<usize>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let inputs = terms.extensions.as_ref().map(Fields::of).transpose()?;
        let outputs = self.get_extension_outputs(credential, inputs, terms.user_verified, env)?;
        let counter = if self.profile.defects.stale_counter {
            self.last_counter(credential)
        } else {
            self.next_counter(credential)?
        };
        let auth_data = AuthenticatorData {
            rp_id_hash: self.shown_rp_id_hash(&terms.rp_id),
            flags: self.flags(credential, terms.user_present, terms.user_verified, true),
            counter,
            attested: None,
            extensions: outputs,
        }
        .to_bytes();
        let message = [auth_data.as_slice(), &terms.client_data_hash].concat();
        let key = credential.key.key().map_err(|_| Status::Other)?;
        let mut signature = key.sign(&message).map_err(|_| Status::Other)?;
        if self.profile.defects.corrupt_signature
            && let Some(last) = signature.last_mut()
        {
            *last ^= 1;
        }
        let large_blob_key = credential
            .large_blob_key
            .filter(|_| self.wants_large_blob_key(inputs));
        Ok(Value::map_of([
            Some((1_i64, credential.id.descriptor())),
            Some((2, Value::from(auth_data))),
            Some((3, Value::from(signature))),
            // An empty user handle is none (WebAuthn Level 3, section 5.4.3: one has at least one byte).
            (credential.discoverable && !credential.user.id.is_empty())
                .then(|| (4, credential.user.entity(terms.identifiable))),
            total.map(|total| (5, Value::from(total))),
            large_blob_key.map(|key| (7, Value::from(key))),
        ]))
    }
}
