//! What a tenant remembers of sign-ins: codes that were redeemed, devices that wait, prompts on phones, failed passwords,
//! and the log. Everything else travels sealed through the client.

use imbl::{OrdMap, OrdSet, Vector};
use std::sync::Arc;
use uuid::Uuid;

use crate::id::ObjectId;
use crate::sign_in::device_authorization::DeviceAuthorization;
use crate::sign_in::lockout::Lockout;
use crate::sign_in::phone::{Message, Prompt, PromptKind, PromptState, Reaction};
use crate::sign_in::record::{SignInKind, SignInRecord};
use crate::time::Timestamp;

pub mod device_authorization;
pub mod lockout;
pub mod phone;
pub mod record;

/// The state. All of it is bounded: by time, or by a number.
#[derive(Clone, Debug, Default)]
pub struct SignInState {
    /// Authorization codes that were redeemed, until they would have expired.
    redeemed: OrdSet<(Timestamp, Uuid)>,
    /// By user code.
    pub devices: OrdMap<String, Arc<DeviceAuthorization>>,
    /// What waits for an answer on somebody's phone.
    pub prompts: OrdMap<Uuid, Arc<Prompt>>,
    /// Text messages and calls, the oldest first.
    pub messages: Vector<Arc<Message>>,
    pub lockouts: OrdMap<ObjectId, Arc<Lockout>>,
    /// What a user's phone does by itself.
    pub reactions: OrdMap<ObjectId, Reaction>,
    /// The sign-in log, the oldest first.
    pub log: Vector<Arc<SignInRecord>>,
    /// When each person signed in last, however long ago that was.
    pub activity: OrdMap<ObjectId, Activity>,
}

/// A person's last sign-ins and their rows in the log (`signInActivity`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Activity {
    /// With the person in front, whether it succeeded or not.
    pub interactive: Option<(Timestamp, Uuid)>,
    /// By a client that had signed in before.
    pub non_interactive: Option<(Timestamp, Uuid)>,
    pub successful: Option<(Timestamp, Uuid)>,
}

/// Older messages are forgotten.
const MESSAGES: usize = 500;
/// Older rows of the log are forgotten; the real service keeps thirty days.
const LOG: usize = 5_000;
/// More prompts than this at a time come only from a loop.
const PROMPTS: usize = 1_000;

impl SignInState {
    /// Marks a code as redeemed; `false` if it was already.
    pub fn redeem(&mut self, code: Uuid, expires: Timestamp, now: Timestamp) -> bool {
        while let Some((end, _)) = self.redeemed.get_min().copied() {
            if end > now {
                break;
            }
            self.redeemed.remove_min();
        }
        self.redeemed.insert((expires, code)).is_none()
    }

    pub fn put_prompt(&mut self, prompt: Prompt, now: Timestamp) {
        let old: Vec<Uuid> = self
            .prompts
            .values()
            .filter(|known| known.is_over(now))
            .map(|known| known.id)
            .collect();
        for id in old {
            self.prompts.remove(&id);
        }
        if self.prompts.len() >= PROMPTS {
            let oldest = self.prompts.values().min_by_key(|known| known.created);
            if let Some(id) = oldest.map(|known| known.id) {
                self.prompts.remove(&id);
            }
        }
        self.prompts.insert(prompt.id, Arc::new(prompt));
    }

    /// Asks somebody's phone for an answer. Who has set their phone to answer by itself has done so at once.
    pub fn ask(&mut self, id: Uuid, user: ObjectId, kind: PromptKind, app: String, now: Timestamp) {
        let state = match self.reactions.get(&user) {
            Some(Reaction::Approve) => PromptState::Approved,
            Some(Reaction::Deny) => PromptState::Denied,
            None => PromptState::Pending,
        };
        let prompt = Prompt {
            id,
            user,
            kind,
            app,
            created: now,
            state,
        };
        self.put_prompt(prompt, now);
    }

    pub fn put_message(&mut self, message: Message) {
        if self.messages.len() >= MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(Arc::new(message));
    }

    /// Holds what was typed against the code of a message. A match uses the code up, a miss costs one of its tries.
    pub fn try_code(&mut self, message: Uuid, given: &str, now: Timestamp) -> bool {
        let Some(at) = self.messages.iter().position(|known| known.id == message) else {
            return false;
        };
        let Some(known) = self.messages.get(at).filter(|known| known.is_usable(now)) else {
            return false;
        };
        let matches = known.code.as_deref() == Some(given);
        let mut message = Message::clone(known);
        message.tries_left = if matches { 0 } else { message.tries_left - 1 };
        self.messages.set(at, Arc::new(message));
        matches
    }

    pub fn put_device(&mut self, device: DeviceAuthorization, now: Timestamp) {
        let old: Vec<String> = self
            .devices
            .values()
            .filter(|known| known.is_forgotten(now))
            .map(|known| known.user_code.clone())
            .collect();
        for code in old {
            self.devices.remove(&code);
        }
        self.devices
            .insert(device.user_code.clone(), Arc::new(device));
    }

    pub fn log(&mut self, record: SignInRecord) {
        let place = match record.kind {
            SignInKind::InteractiveUser => Some(true),
            SignInKind::NonInteractiveUser => Some(false),
            SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => None,
        };
        if let (Some(interactive), Some(person)) = (place, record.subject) {
            let mut activity = self.activity.get(&person).copied().unwrap_or_default();
            let this = Some((record.at, record.id));
            if interactive {
                activity.interactive = this;
            } else {
                activity.non_interactive = this;
            }
            if record.code == 0 {
                activity.successful = this;
            }
            self.activity.insert(person, activity);
        }
        if self.log.len() >= LOG {
            self.log.pop_front();
        }
        self.log.push_back(Arc::new(record));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_message_counts_once_within_minutes_and_after_few_misses() {
        let second = Timestamp::from_unix_seconds;
        let sent = || {
            let mut state = SignInState::default();
            state.put_message(Message {
                id: Uuid::from_u128(7),
                user: ObjectId(Uuid::from_u128(1)),
                to: "+49 15112345678".to_owned(),
                at: second(1_000),
                text: String::new(),
                code: Some("123456".to_owned()),
                tries_left: phone::CODE_TRIES,
            });
            state
        };
        let id = Uuid::from_u128(7);
        let mut state = sent();
        assert!(!state.try_code(id, "000000", second(1_001)));
        assert!(state.try_code(id, "123456", second(1_002)));
        assert!(!state.try_code(id, "123456", second(1_003)), "once");
        assert!(!sent().try_code(id, "123456", second(1_300)), "too late");
        assert!(!sent().try_code(Uuid::from_u128(8), "123456", second(1_001)));
        let mut state = sent();
        for _ in 0..phone::CODE_TRIES {
            assert!(!state.try_code(id, "000000", second(1_001)));
        }
        assert!(
            !state.try_code(id, "123456", second(1_002)),
            "guessed too often"
        );
    }

    #[test]
    fn a_code_is_redeemed_once_and_forgotten_when_it_has_expired() {
        let (at, later) = (
            Timestamp::from_unix_seconds(1_000),
            Timestamp::from_unix_seconds(2_000),
        );
        let mut state = SignInState::default();
        let code = Uuid::from_u128(1);
        assert!(state.redeem(code, later, at));
        assert!(!state.redeem(code, later, at));
        assert!(state.redeem(
            Uuid::from_u128(2),
            Timestamp::from_unix_seconds(3_000),
            later
        ));
        assert_eq!(state.redeemed.len(), 1);
    }
}
