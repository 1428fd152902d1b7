//! The authenticator: takes the bytes of a CTAP2 command, answers with the bytes of a response.
//!
//! Sans-IO. One file per command, in the standard's words and in the order of its numbered steps
//! (CTAP 2.3, section 6). Transports wrap [`Authenticator::handle`]; effects come from an [`Env`]; memory is a
//! [`Store`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::cbor::{Fields, Value, read};
use crate::credential::{Credential, CredentialId};
use crate::env::{Env, Gesture, Prompt};
use crate::pin_uv_auth::{Protocol, ProtocolState, TokenState};
use crate::profile::{BuiltInUv, CounterMode, Profile};
use crate::status::Status;
use crate::store::{Change, Device, Store, StoreError};

mod authenticator_config;
mod bio_enrollment;
mod client_pin;
pub mod command;
mod credential_management;
mod extensions;
mod get_assertion;
mod get_info;
mod get_next_assertion;
mod large_blobs;
mod make_credential;
mod parameters;
mod reset;
mod selection;
mod u2f;
mod user_verification;

/// Whoever sends a command; what one channel began, another cannot continue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Channel(pub u32);

/// A credential as a command works with it.
type Found = Arc<Credential>;

/// How long a command that continues another may be waited for (CTAP 2.3, section 6: 30 seconds).
const STATE_LIMIT: Duration = Duration::from_secs(30);

/// What a following command may continue.
#[derive(Debug)]
enum Pending {
    Assertions(Box<get_next_assertion::Remaining>),
    Enumeration(credential_management::Enumeration),
    LargeBlob(large_blobs::Write),
    Enrollment(bio_enrollment::Enrollment),
}

/// What lasts until the power goes.
#[derive(Debug)]
struct Session {
    protocols: [ProtocolState; 2],
    token: TokenState,
    pin_mismatches: u8,
    powered_on: Duration,
    pending: Option<(Channel, Duration, Pending)>,
    counters: BTreeMap<Option<CredentialId>, u32>,
}

impl Session {
    fn new(env: &mut dyn Env) -> Self {
        Self {
            protocols: [
                ProtocolState::new(Protocol::One, env),
                ProtocolState::new(Protocol::Two, env),
            ],
            token: TokenState::default(),
            pin_mismatches: 0,
            powered_on: env.monotonic(),
            pending: None,
            counters: BTreeMap::new(),
        }
    }

    fn protocol(&mut self, protocol: Protocol) -> &mut ProtocolState {
        let [one, two] = &mut self.protocols;
        match protocol {
            Protocol::One => one,
            Protocol::Two => two,
        }
    }

    /// `resetPinUvAuthToken()` for all protocols; no token is in use afterwards.
    fn reset_tokens(&mut self, env: &mut dyn Env) {
        for protocol in &mut self.protocols {
            protocol.reset_token(env);
        }
        self.token.stop();
    }
}

/// An authenticator with its memory.
///
/// ```
/// use softkey::authenticator::{Authenticator, Channel, command};
/// use softkey::env::SeededEnv;
/// use softkey::profile::Profile;
/// use softkey::store::MemoryStore;
///
/// let mut env = SeededEnv::new(1);
/// let mut key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut env)?;
/// let response = key.handle(Channel(1), &[command::GET_INFO], &mut env);
/// assert_eq!(response[0], 0, "the status byte says that all went well");
/// # Ok::<(), softkey::store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Authenticator<S> {
    profile: Profile,
    store: S,
    session: Session,
}

impl<S: Store> Authenticator<S> {
    /// Powers up. A store that was never used becomes a new device.
    pub fn new(profile: Profile, store: S, env: &mut dyn Env) -> Result<Self, StoreError> {
        let mut authenticator = Self {
            profile,
            store,
            session: Session::new(env),
        };
        if authenticator.store.state().device().is_none() {
            let device = Device::new(&authenticator.profile.factory(), env);
            authenticator
                .store
                .commit(vec![Change::Device(Box::new(device))])?;
        }
        Ok(authenticator)
    }

    /// What it announces and how it behaves.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Changes how it behaves, for instance to inject a defect between two commands.
    pub fn profile_mut(&mut self) -> &mut Profile {
        &mut self.profile
    }

    /// What it remembers.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What it remembers, to put something there.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// A credential by its id, whether it is stored or sealed into the id.
    pub fn credential(&self, id: &[u8], rp_id: &str) -> Option<Arc<Credential>> {
        self.find(id, rp_id)
    }

    /// Takes the power away and gives it back: tokens, enumerations and the count of wrong PINs are gone.
    pub fn power_cycle(&mut self, env: &mut dyn Env) {
        let counters = std::mem::take(&mut self.session.counters);
        self.session = Session {
            counters,
            ..Session::new(env)
        };
    }

    /// Forgets what a channel began, as when its client goes away.
    pub fn forget_channel(&mut self, channel: Channel) {
        if self
            .session
            .pending
            .as_ref()
            .is_some_and(|(owner, ..)| *owner == channel)
        {
            self.session.pending = None;
        }
    }

    /// Gives back the signature counters that were set aside and not used. Call before dropping; a key that
    /// is not closed merely skips them.
    pub fn close(&mut self) -> Result<(), StoreError> {
        let changes: Vec<Change> = std::mem::take(&mut self.session.counters)
            .into_iter()
            .filter(|(credential, used)| self.store.state().counter(credential.as_ref()) != *used)
            .map(|(credential, used)| Change::Counter { credential, used })
            .collect();
        if changes.is_empty() {
            Ok(())
        } else {
            self.store.commit(changes)
        }
    }

    /// Answers one command: a status byte and, if there is something to say, a CBOR map.
    pub fn handle(&mut self, channel: Channel, request: &[u8], env: &mut dyn Env) -> Vec<u8> {
        match self.dispatch(channel, request, env) {
            Ok(None) => vec![0],
            Ok(Some(value)) => {
                let mut response = vec![0];
                response.extend_from_slice(&value.to_bytes());
                response
            }
            Err(status) => vec![status.code()],
        }
    }

    fn dispatch(
        &mut self,
        channel: Channel,
        request: &[u8],
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let (&command, body) = request.split_first().ok_or(Status::InvalidLength)?;
        if request.len() > self.profile.max_msg_size {
            return Err(Status::RequestTooLarge);
        }
        let now = env.monotonic();
        if self.profile.pin_uv_auth_token() {
            self.session.token.observe(now);
        }
        let command = self.standard_number(command);
        if !self.offers(command) {
            return Err(Status::InvalidCommand);
        }
        let parameters = match body {
            [] => Value::Map(Vec::new()),
            // Commands without parameters ignore what follows them; section 6 allows none.
            _ => read(body).map_err(|_| Status::InvalidCbor)?,
        };
        let fields = Fields::of(&parameters)?;
        let pending = self.take_pending(channel, command, fields, now);
        match command {
            command::MAKE_CREDENTIAL => self.make_credential(fields, env).map(Some),
            command::GET_ASSERTION => self.get_assertion(channel, fields, env).map(Some),
            command::GET_NEXT_ASSERTION => self.get_next_assertion(channel, pending, env).map(Some),
            command::GET_INFO => Ok(Some(self.get_info(env))),
            command::CLIENT_PIN => self.client_pin(fields, env),
            command::RESET => self.reset(env).map(|()| None),
            command::BIO_ENROLLMENT => self.bio_enrollment(channel, fields, pending, env),
            command::CREDENTIAL_MANAGEMENT => {
                self.credential_management(channel, fields, pending, env)
            }
            command::SELECTION => Self::selection(env).map(|()| None),
            command::LARGE_BLOBS => self.large_blobs(channel, fields, pending, env),
            command::CONFIG => self.authenticator_config(fields, env).map(|()| None),
            _ => Err(Status::InvalidCommand),
        }
    }

    /// The number of a command in the standard, if the preview's number was used and is announced.
    fn standard_number(&self, command: u8) -> u8 {
        match command {
            command::BIO_ENROLLMENT_PREVIEW if self.profile.preview_commands() => {
                command::BIO_ENROLLMENT
            }
            command::CREDENTIAL_MANAGEMENT_PREVIEW if self.profile.preview_commands() => {
                command::CREDENTIAL_MANAGEMENT
            }
            other => other,
        }
    }

    /// Whether a command is announced, and therefore answered.
    fn offers(&self, command: u8) -> bool {
        match command {
            command::MAKE_CREDENTIAL
            | command::GET_ASSERTION
            | command::GET_NEXT_ASSERTION
            | command::GET_INFO
            | command::RESET => true,
            command::CLIENT_PIN => self.profile.client_pin || self.profile.has_built_in_uv(),
            command::BIO_ENROLLMENT => self.profile.built_in_uv == BuiltInUv::Fingerprint,
            command::CREDENTIAL_MANAGEMENT => self.profile.credential_management,
            command::SELECTION => self.profile.pin_uv_auth_token(),
            command::LARGE_BLOBS => self.profile.large_blobs,
            command::CONFIG => self.profile.authenticator_config,
            _ => false,
        }
    }

    /// What the previous command left to continue. Every command ends it, except the one that continues it on
    /// the same channel in time (CTAP 2.3, section 6: state of stateful commands).
    fn take_pending(
        &mut self,
        channel: Channel,
        command: u8,
        fields: Fields<'_>,
        now: Duration,
    ) -> Option<Pending> {
        let (owner, since, pending) = self.session.pending.take()?;
        let continues = match &pending {
            Pending::Assertions(_) => command == command::GET_NEXT_ASSERTION,
            Pending::Enumeration(_) => command == command::CREDENTIAL_MANAGEMENT,
            Pending::LargeBlob(_) => command == command::LARGE_BLOBS,
            Pending::Enrollment(_) => command == command::BIO_ENROLLMENT,
        };
        // Reading the array does not disturb a write of it (section 6.10.2 keeps them apart).
        let reads_blob =
            matches!(pending, Pending::LargeBlob(_)) && fields.value(1_i64).is_some() && continues;
        if owner != channel || now.saturating_sub(since) > STATE_LIMIT {
            return None;
        }
        if reads_blob {
            self.session.pending = Some((owner, since, pending));
            return None;
        }
        continues.then_some(pending)
    }

    fn wait_for(&mut self, channel: Channel, pending: Pending, env: &dyn Env) {
        self.session.pending = Some((channel, env.monotonic(), pending));
    }

    fn device(&self) -> Result<&Device, Status> {
        self.store.state().device().ok_or(Status::Other)
    }

    /// Changes the device's settings, together with other changes, all or none.
    fn change_device(
        &mut self,
        change: impl FnOnce(&mut Device),
        mut others: Vec<Change>,
    ) -> Result<(), Status> {
        let mut device = Box::new(self.device()?.clone());
        change(&mut device);
        others.push(Change::Device(device));
        self.commit(others)
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), Status> {
        self.store.commit(changes).map_err(|_| Status::Other)
    }

    /// Asks for a touch. That nobody reacted and that somebody refused are told apart, as other keys do.
    fn touch(prompt: &Prompt<'_>, env: &mut dyn Env) -> Result<(), Status> {
        match env.user_presence(prompt) {
            Gesture::Approved => Ok(()),
            Gesture::Denied => Err(Status::OperationDenied),
            Gesture::TimedOut => Err(Status::UserActionTimeout),
            Gesture::Cancelled => Err(Status::KeepaliveCancel),
        }
    }

    /// The next signature counter of a credential. It has been set aside in the store before it is returned.
    fn next_counter(&mut self, credential: &Credential) -> Result<u32, Status> {
        let stored = self
            .store
            .state()
            .credential(credential.id.as_bytes())
            .is_some();
        let key = match self.profile.counter {
            CounterMode::Zero => return Ok(0),
            CounterMode::PerCredential if stored => Some(credential.id.clone()),
            CounterMode::Global | CounterMode::PerCredential => None,
        };
        let set_aside = self.store.state().counter(key.as_ref());
        let last = self
            .session
            .counters
            .get(&key)
            .copied()
            .unwrap_or(set_aside);
        let next = last.checked_add(1).ok_or(Status::Other)?;
        if next > set_aside {
            let used = next.saturating_add(self.store.counter_block().saturating_sub(1));
            self.commit(vec![Change::Counter {
                credential: key.clone(),
                used,
            }])?;
        }
        self.session.counters.insert(key, next);
        Ok(next)
    }

    /// The counter that was last used, for the defect that repeats it.
    fn last_counter(&self, credential: &Credential) -> u32 {
        let key = match self.profile.counter {
            CounterMode::Zero => return 0,
            CounterMode::PerCredential => Some(credential.id.clone()),
            CounterMode::Global => None,
        };
        let last = self.session.counters.get(&key).copied();
        last.unwrap_or_else(|| self.store.state().counter(key.as_ref()))
    }
}

#[cfg(test)]
mod tests;
