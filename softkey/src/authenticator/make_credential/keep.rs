//! Steps 16 to 18: the new credential, and where it is kept. Also how a kept one is found again.

use super::super::extensions::{Checked, Created};
use super::super::{Authenticator, Found};
use super::Request;
use crate::cose::KeyMaterial;
use crate::credential::{self, Credential, CredentialId, RpIdHash, rp_id_hash};
use crate::env::{Env, random};
use crate::status::Status;
use crate::store::{Change, Store};

/// How many bytes the id of a stored credential has.
const STORED_ID: usize = 32;

impl<S: Store> Authenticator<S> {
    /// A credential of this authenticator and this relying party, stored or sealed into its id.
    pub(in crate::authenticator) fn find(&self, id: &[u8], rp_id: &str) -> Option<Found> {
        self.find_by_hash(id, rp_id, &rp_id_hash(rp_id))
    }

    /// The same when only the hash of the relying party's id is known, as in U2F.
    pub(in crate::authenticator) fn find_by_hash(
        &self,
        id: &[u8],
        rp_id: &str,
        rp: &RpIdHash,
    ) -> Option<Found> {
        if let Some(found) = self.store.state().credential(id) {
            return (rp_id_hash(&found.rp_id) == *rp).then(|| found.clone());
        }
        let key = &self.store.state().device()?.wrapping_key;
        credential::unwrap(id, rp_id, rp, key).map(Found::new)
    }

    /// Steps 16 to 18: a new key pair in a new credential.
    pub(super) fn create(
        &mut self,
        request: &Request<'_>,
        discoverable: bool,
        checked: &Checked,
        env: &mut dyn Env,
    ) -> Result<Created, Status> {
        let key = KeyMaterial::generate(request.algorithm, env).map_err(|_| Status::Other)?;
        let device = self.device()?.clone();
        let mut credential = Credential {
            id: CredentialId::new(random::<STORED_ID>(env)),
            rp_id: request.rp_id.to_owned(),
            rp_name: request.rp_name.map(str::to_owned),
            user: request.user.clone(),
            key,
            discoverable,
            cred_protect: checked.cred_protect.unwrap_or_default(),
            cred_random_with_uv: random(env),
            cred_random_without_uv: random(env),
            cred_blob: checked.cred_blob.clone(),
            large_blob_key: None,
            third_party_payment: checked.third_party_payment,
            backup_eligible: self.profile.backup_eligible,
            backup_state: self.profile.backup_state,
            created: device.created + 1,
            created_at: env.unix_time(),
        };
        // Extensions work with the secrets of the credential, and those of a sealed one follow from its id.
        let rp = rp_id_hash(&credential.rp_id);
        let sealed = !discoverable
            && credential::wrap(&mut credential, &rp, &device.wrapping_key, env).is_some();
        Ok(Created {
            credential,
            sealed,
            device,
        })
    }

    /// Steps 17 and 18: stores a discoverable credential, in place of one for the same account. One that is
    /// sealed into its id needs no place.
    pub(super) fn keep(
        &mut self,
        created: Created,
        env: &mut dyn Env,
    ) -> Result<Credential, Status> {
        let credential = created.credential;
        if created.sealed {
            return Ok(credential);
        }
        let rp = rp_id_hash(&credential.rp_id);
        let replaced: Vec<CredentialId> = self
            .store
            .state()
            .discoverable(&rp)
            .filter(|old| credential.discoverable && old.user.id == credential.user.id)
            .map(|old| old.id.clone())
            .collect();
        let count = self.store.state().discoverable_count();
        if replaced.is_empty() && credential.discoverable && count >= self.profile.max_discoverable
        {
            return Err(Status::KeyStoreFull);
        }
        let mut changes: Vec<Change> = replaced.into_iter().map(Change::Remove).collect();
        changes.push(Change::Put(Box::new(credential.clone())));
        let (created, state) = (credential.created, random(env));
        self.change_device(
            |device| {
                device.created = created;
                device.credential_store_state = state;
            },
            changes,
        )?;
        Ok(credential)
    }
}
