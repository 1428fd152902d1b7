//! authenticatorCredentialManagement (0x0A): CTAP 2.3, section 6.8.

use std::collections::VecDeque;

use super::parameters::{PinUvAuth, descriptor, user};
use super::{Authenticator, Channel, Found, Pending};
use crate::cbor::{Fields, Value};
use crate::credential::{Credential, CredentialId, RpIdHash, rp_id_hash};
use crate::env::{Env, random};
use crate::pin_uv_auth::{Permissions, verify_with_token};
use crate::status::Status;
use crate::store::{Change, Store};

const GET_CREDS_METADATA: u8 = 0x01;
const ENUMERATE_RPS_BEGIN: u8 = 0x02;
const ENUMERATE_RPS_GET_NEXT_RP: u8 = 0x03;
const ENUMERATE_CREDENTIALS_BEGIN: u8 = 0x04;
const ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL: u8 = 0x05;
const DELETE_CREDENTIAL: u8 = 0x06;
const UPDATE_USER_INFORMATION: u8 = 0x07;

/// What is still to be told. A platform may look at the credentials of one relying party before it asks for the next
/// one, so each list goes on for itself.
#[derive(Debug, Default)]
pub(super) struct Enumeration {
    relying_parties: VecDeque<String>,
    credentials: VecDeque<CredentialId>,
}

/// Which relying parties a token may manage.
enum Scope {
    All,
    Only(String),
}

impl Scope {
    fn covers(&self, rp_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(bound) => bound == rp_id,
        }
    }

    /// Subcommands about everything need a token that is bound to nobody.
    fn everything(&self) -> Result<(), Status> {
        match self {
            Self::All => Ok(()),
            Self::Only(_) => Err(Status::PinAuthInvalid),
        }
    }
}

impl<S: Store> Authenticator<S> {
    pub(super) fn credential_management(
        &mut self,
        channel: Channel,
        fields: Fields<'_>,
        pending: Option<Pending>,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let number = fields.unsigned(1_i64)?.ok_or(Status::MissingParameter)?;
        let subcommand = u8::try_from(number).map_err(|_| Status::InvalidSubcommand)?;
        let parameters = fields.map(2_i64)?;
        let auth = PinUvAuth {
            param: fields.bytes(4_i64)?,
            protocol: fields.unsigned(3_i64)?,
        };
        let mut rest = match pending {
            Some(Pending::Enumeration(rest)) => rest,
            _ => Enumeration::default(),
        };
        match subcommand {
            ENUMERATE_RPS_GET_NEXT_RP => {
                return self.next_rp(channel, rest, None, env).map(Some);
            }
            ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL => {
                return self.next_credential(channel, rest, None, env).map(Some);
            }
            GET_CREDS_METADATA..=UPDATE_USER_INFORMATION => {}
            _ => return Err(Status::InvalidSubcommand),
        }
        let scope = self.check_management_token(subcommand, fields, auth)?;
        match subcommand {
            GET_CREDS_METADATA => {
                scope.everything()?;
                Ok(Some(self.metadata()))
            }
            ENUMERATE_RPS_BEGIN => {
                scope.everything()?;
                let rps = self.rp_ids();
                if rps.is_empty() {
                    return Err(Status::NoCredentials);
                }
                let total = rps.len();
                let rest = Enumeration {
                    relying_parties: rps.into(),
                    credentials: VecDeque::new(),
                };
                self.next_rp(channel, rest, Some(total), env).map(Some)
            }
            ENUMERATE_CREDENTIALS_BEGIN => {
                let parameters = parameters.ok_or(Status::MissingParameter)?;
                let ids = self.credentials_of(parameters, &scope)?;
                let total = ids.len();
                rest.credentials = ids.into();
                self.next_credential(channel, rest, Some(total), env)
                    .map(Some)
            }
            DELETE_CREDENTIAL => {
                let credential = self.managed(parameters, &scope)?;
                let state = random(env);
                let removal = Change::Remove(credential.id.clone());
                self.change_device(
                    |device| device.credential_store_state = state,
                    vec![removal],
                )?;
                Ok(None)
            }
            _ => self.update_user(parameters, &scope, env).map(|()| None),
        }
    }

    /// The token must permit managing credentials; for reading, the persistent token will do.
    fn check_management_token(
        &mut self,
        subcommand: u8,
        fields: Fields<'_>,
        auth: PinUvAuth<'_>,
    ) -> Result<Scope, Status> {
        let param = auth.param.ok_or(Status::PuatRequired)?;
        let protocol = self.offered_protocol(auth.protocol)?;
        // The message is the subcommand and its parameters as they were sent. They were canonical, or the
        // request would have been refused, so writing them again gives the same bytes.
        let mut message = vec![subcommand];
        if let Some(parameters) = fields.value(2_i64) {
            message.extend_from_slice(&parameters.to_bytes());
        }
        if self.offers_persistent_token() && subcommand < DELETE_CREDENTIAL {
            let token = self.device()?.persistent_token;
            if verify_with_token(protocol, &token, &message, param) {
                return Ok(Scope::All);
            }
        }
        self.check_token(protocol, &message, param, Permissions::CM)?;
        Ok(self
            .session
            .token
            .rp_id()
            .map_or(Scope::All, |rp_id| Scope::Only(rp_id.to_owned())))
    }

    /// Section 6.8.2.
    fn metadata(&self) -> Value {
        let count = self.store.state().discoverable_count();
        Value::map([
            (1_i64, Value::from(count)),
            (
                2,
                Value::from(self.profile.max_discoverable.saturating_sub(count)),
            ),
        ])
    }

    fn rp_ids(&self) -> Vec<String> {
        let state = self.store.state();
        state
            .relying_parties()
            .filter_map(|rp| state.discoverable(rp).next())
            .map(|credential| credential.rp_id.clone())
            .collect()
    }

    fn go_on_later(&mut self, channel: Channel, rest: Enumeration, env: &dyn Env) {
        if !rest.relying_parties.is_empty() || !rest.credentials.is_empty() {
            self.wait_for(channel, Pending::Enumeration(rest), env);
        }
    }

    /// Section 6.8.3.
    fn next_rp(
        &mut self,
        channel: Channel,
        mut rest: Enumeration,
        total: Option<usize>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let next = rest.relying_parties.pop_front();
        self.go_on_later(channel, rest, env);
        let rp_id = next.ok_or(Status::NotAllowed)?;
        let hash = rp_id_hash(&rp_id);
        let newest = self.store.state().discoverable(&hash).next();
        let name = newest.and_then(|credential| credential.rp_name.clone());
        let entity = Value::map_of([
            Some(("id", Value::from(rp_id))),
            name.map(|name| ("name", Value::from(name))),
        ]);
        Ok(Value::map_of([
            Some((3_i64, entity)),
            Some((4, Value::from(hash))),
            total.map(|total| (5, Value::from(total))),
        ]))
    }

    /// The credentials of a relying party that the token may see.
    fn credentials_of(
        &self,
        parameters: Fields<'_>,
        scope: &Scope,
    ) -> Result<Vec<CredentialId>, Status> {
        let hash = parameters.bytes(1_i64)?.ok_or(Status::MissingParameter)?;
        let hash: RpIdHash = hash.try_into().map_err(|_| Status::InvalidLength)?;
        if let Scope::Only(rp_id) = scope
            && rp_id_hash(rp_id) != hash
        {
            return Err(Status::PinAuthInvalid);
        }
        let ids: Vec<CredentialId> = self
            .store
            .state()
            .discoverable(&hash)
            .map(|credential| credential.id.clone())
            .collect();
        if ids.is_empty() {
            Err(Status::NoCredentials)
        } else {
            Ok(ids)
        }
    }

    /// Section 6.8.4.
    fn next_credential(
        &mut self,
        channel: Channel,
        mut rest: Enumeration,
        total: Option<usize>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let next = rest.credentials.pop_front();
        self.go_on_later(channel, rest, env);
        let id = next.ok_or(Status::NotAllowed)?;
        let credential = self
            .store
            .state()
            .credential(id.as_bytes())
            .ok_or(Status::NoCredentials)?
            .clone();
        let public_key = credential
            .key
            .key()
            .map_err(|_| Status::Other)?
            .public_cose();
        let payments = self
            .profile
            .offers(crate::profile::Extension::ThirdPartyPayment);
        Ok(Value::map_of([
            Some((6_i64, credential.user.entity(true))),
            Some((7, credential.id.descriptor())),
            Some((8, public_key)),
            total.map(|total| (9, Value::from(total))),
            Some((
                0x0a,
                Value::from(u64::from(credential.cred_protect.level())),
            )),
            credential
                .large_blob_key
                .map(|key| (0x0b, Value::from(key))),
            payments.then(|| (0x0c, Value::Bool(credential.third_party_payment))),
        ]))
    }

    /// The credential that the parameters name, if the token may manage it.
    fn managed(&self, parameters: Option<Fields<'_>>, scope: &Scope) -> Result<Found, Status> {
        let parameters = parameters.ok_or(Status::MissingParameter)?;
        let id = parameters.map(2_i64)?.ok_or(Status::MissingParameter)?;
        let id = descriptor(id)?.ok_or(Status::NoCredentials)?;
        let found = self
            .store
            .state()
            .credential(id)
            .filter(|credential| credential.discoverable)
            .ok_or(Status::NoCredentials)?;
        if scope.covers(&found.rp_id) {
            Ok(found.clone())
        } else {
            Err(Status::PinAuthInvalid)
        }
    }

    /// Section 6.8.6: replaces the names; an absent or empty one is removed.
    fn update_user(
        &mut self,
        parameters: Option<Fields<'_>>,
        scope: &Scope,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let mut user = user(parameters.ok_or(Status::MissingParameter)?.map(3_i64)?)?;
        let credential = self.managed(parameters, scope)?;
        if credential.user.id != user.id {
            return Err(Status::InvalidParameter);
        }
        user.icon = None;
        user.name = user.name.filter(|name| !name.is_empty());
        user.display_name = user.display_name.filter(|name| !name.is_empty());
        let updated = Credential {
            user,
            ..(*credential).clone()
        };
        let state = random(env);
        let change = Change::Put(Box::new(updated));
        self.change_device(|device| device.credential_store_state = state, vec![change])
    }
}
