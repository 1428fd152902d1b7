//! What a tenant keeps beside its users' methods: the inventory of hardware tokens, password resets, challenges for passkeys,
//! and which numbers sign in by text message. All of it is bounded: by time, or by a number.

use core::time::Duration;
use std::sync::Arc;

use imbl::OrdMap;
use uuid::Uuid;

use super::Tenant;
use crate::audit::changed;
use crate::credential::hardware_oath::HardwareOathDevice;
use crate::credential::method::{MethodKind, Phone, PhoneKind};
use crate::directory::user::User;
use crate::id::ObjectId;
use crate::policy::authentication_methods::MethodName;
use crate::time::Timestamp;

/// For this long a password reset can be asked after (assumed: nobody documents it).
const RESET_MEMORY: Duration = Duration::from_secs(86_400);
/// More challenges than this at a time come only from a loop.
const CHALLENGES: usize = 1_000;

/// The state.
#[derive(Clone, Debug, Default)]
pub struct AuthenticationState {
    pub hardware_oath_devices: OrdMap<Uuid, Arc<HardwareOathDevice>>,
    /// Who is believed about models of passkeys, by model; set over the control port.
    pub trust_list: OrdMap<Uuid, Arc<TrustedModel>>,
    pub(super) serial_numbers: OrdMap<Arc<str>, Uuid>,
    password_resets: OrdMap<Uuid, PasswordReset>,
    passkey_challenges: OrdMap<Arc<[u8]>, PasskeyChallenge>,
    /// Who signs in with a number; whether they still do, their methods say.
    sms_numbers: OrdMap<Arc<str>, ObjectId>,
}

/// A password that an administrator resets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasswordReset {
    pub id: Uuid,
    pub user: ObjectId,
    pub started: Timestamp,
}

/// A challenge that a new passkey has to sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasskeyChallenge {
    pub user: ObjectId,
    /// The first instant at which it is void.
    pub until: Timestamp,
}

/// The certificates that are believed about a model of passkeys, as the FIDO metadata service has them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustedModel {
    pub name: String,
    /// DER.
    pub roots: Vec<Vec<u8>>,
}

/// `smsSignInState`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SmsSignInState {
    /// Not a mobile phone.
    NotSupported,
    NotAllowedByPolicy,
    /// Somebody else signs in with the number.
    PhoneNumberNotUnique,
    Ready,
    NotEnabled,
}

impl AuthenticationState {
    pub fn begin_password_reset(&mut self, reset: PasswordReset) {
        let old: Vec<Uuid> = self
            .password_resets
            .values()
            .filter(|known| reset.started >= known.started + RESET_MEMORY)
            .map(|known| known.id)
            .collect();
        for id in old {
            self.password_resets.remove(&id);
        }
        self.password_resets.insert(reset.id, reset);
    }

    /// For whom challenges were made since an earlier state.
    pub(crate) fn challenged_since<'a>(
        &'a self,
        earlier: &'a Self,
    ) -> impl Iterator<Item = ObjectId> + 'a {
        let rows = changed(&earlier.passkey_challenges, &self.passkey_challenges);
        rows.filter(|(old, _)| old.is_none())
            .filter_map(|(_, new)| Some(new?.user))
    }

    /// Whether a reset of this user began since an earlier state.
    pub(crate) fn resets_since(&self, earlier: &Self, user: ObjectId) -> bool {
        let mut resets = self.password_resets.values();
        resets.any(|reset| reset.user == user && !earlier.password_resets.contains_key(&reset.id))
    }

    /// A reset of this user that is not forgotten.
    pub fn password_reset(
        &self,
        id: Uuid,
        user: ObjectId,
        now: Timestamp,
    ) -> Option<&PasswordReset> {
        self.password_resets
            .get(&id)
            .filter(|reset| reset.user == user && now < reset.started + RESET_MEMORY)
    }

    pub fn begin_passkey(&mut self, challenge: Arc<[u8]>, row: PasskeyChallenge, now: Timestamp) {
        let void: Vec<Arc<[u8]>> = self
            .passkey_challenges
            .iter()
            .filter(|(_, known)| now >= known.until)
            .map(|(challenge, _)| Arc::clone(challenge))
            .collect();
        for challenge in void {
            self.passkey_challenges.remove(&challenge);
        }
        if self.passkey_challenges.len() >= CHALLENGES {
            let oldest = self
                .passkey_challenges
                .iter()
                .min_by_key(|(_, known)| known.until);
            if let Some(challenge) = oldest.map(|(challenge, _)| Arc::clone(challenge)) {
                self.passkey_challenges.remove(&challenge);
            }
        }
        self.passkey_challenges.insert(challenge, row);
    }

    /// Takes a challenge of this user back: `true` if it was given and is still good. None counts twice.
    pub fn finish_passkey(&mut self, challenge: &[u8], user: ObjectId, now: Timestamp) -> bool {
        let known = self.passkey_challenges.remove(challenge);
        known.is_some_and(|known| known.user == user && now < known.until)
    }

    /// Forgets who was deleted for good: their tokens go back to the inventory.
    pub(super) fn forget_user(&mut self, user: ObjectId) {
        self.free_devices_of(user);
    }
}

impl Tenant {
    /// How a phone of a user stands with sign-in by text message (Microsoft Learn, phoneAuthenticationMethod resource type).
    pub fn sms_sign_in_state(&self, user: &User, phone: &Phone) -> SmsSignInState {
        if phone.kind != PhoneKind::Mobile {
            return SmsSignInState::NotSupported;
        }
        if !self.allows_sms_sign_in(user) {
            return SmsSignInState::NotAllowedByPolicy;
        }
        match self.sms_holder(&phone.number) {
            Some(holder) if holder != user.id => SmsSignInState::PhoneNumberNotUnique,
            _ if phone.sms_sign_in => SmsSignInState::Ready,
            _ => SmsSignInState::NotEnabled,
        }
    }

    /// Whether the policy lets the user sign in by text message.
    pub fn allows_sms_sign_in(&self, user: &User) -> bool {
        let policy = &self.authentication_methods;
        let ids = self.targets_of(user.id);
        policy.sms_sign_in.has(&ids) && policy.allows(MethodName::Sms, &ids)
    }

    /// Lets a mobile phone sign in by text message, where that can be. The user is not put back.
    pub fn try_sms_sign_in(&mut self, user: &User, phone: &mut Phone) -> SmsSignInState {
        let state = self.sms_sign_in_state(user, phone);
        if state == SmsSignInState::NotEnabled {
            phone.sms_sign_in = true;
            let number = Arc::from(phone.number.as_str());
            self.authentication.sms_numbers.insert(number, user.id);
            return SmsSignInState::Ready;
        }
        state
    }

    /// Who signs in with a number by text message.
    pub fn sms_holder(&self, number: &str) -> Option<ObjectId> {
        let holder = *self.authentication.sms_numbers.get(number)?;
        let user = self.users.get(holder)?;
        let mut methods = user.methods.iter();
        methods
            .any(|method| match &method.kind {
                MethodKind::Phone(phone) => phone.sms_sign_in && phone.number == number,
                _ => false,
            })
            .then_some(holder)
    }
}
