//! U2F, which CTAP calls CTAP1: registering and signing by messages in the form of smart-card commands.
//!
//! Sources: FIDO U2F Raw Message Formats 1.2 (sections 3 to 7), CTAP 2.3, section 7 (how both live on one key). A key
//! handle is a sealed credential id, so either protocol signs with what the other has made.

use super::Authenticator;
use crate::attestation;
use crate::authenticator_data::Flags;
use crate::cbor::Value;
use crate::cose::{Algorithm, KeyMaterial, PrivateKey};
use crate::credential::{self, CredProtect, Credential, CredentialId, RpIdHash, User};
use crate::env::{Env, Gesture, Prompt, Reason, random};
use crate::profile::Version;
use crate::store::Store;

/// The status words of section 3.3 and of ISO 7816-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatusWord {
    NoError,
    WrongLength,
    /// A touch is needed; asked whether a key handle is known, this means yes.
    ConditionsNotSatisfied,
    /// Not while user verification is always needed.
    CommandNotAllowed,
    /// The key handle is not this key's, or not for this application.
    WrongData,
    IncorrectParameters,
    InstructionNotSupported,
    ClassNotSupported,
    /// Something that should not happen, such as a store that cannot be written.
    Unknown,
}

impl StatusWord {
    fn bytes(self) -> [u8; 2] {
        let word = match self {
            Self::NoError => 0x9000_u16,
            Self::WrongLength => 0x6700,
            Self::ConditionsNotSatisfied => 0x6985,
            Self::CommandNotAllowed => 0x6986,
            Self::WrongData => 0x6a80,
            Self::IncorrectParameters => 0x6a86,
            Self::InstructionNotSupported => 0x6d00,
            Self::ClassNotSupported => 0x6e00,
            Self::Unknown => 0x6f00,
        };
        word.to_be_bytes()
    }
}

const REGISTER: u8 = 0x01;
const AUTHENTICATE: u8 = 0x02;
const VERSION: u8 = 0x03;
/// Control bytes of section 5.1.
const ENFORCE_PRESENCE: u8 = 0x03;
const CHECK_ONLY: u8 = 0x07;
const NO_PRESENCE: u8 = 0x08;

/// A command as it comes: class, instruction, parameters, data.
struct Command<'a> {
    class: u8,
    instruction: u8,
    p1: u8,
    data: &'a [u8],
}

impl<'a> Command<'a> {
    /// Both encodings of lengths are taken: one byte, or a zero and two bytes (section 3.1).
    fn read(message: &'a [u8]) -> Option<Self> {
        let (&[class, instruction, p1, _p2], body) = message.split_first_chunk()?;
        let data = match body {
            // No data: nothing, or only how long the response may be.
            [] | [_] | [0, _, _] => &[],
            [0, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                data(rest, length, 2)?
            }
            [length, rest @ ..] => data(rest, usize::from(*length), 1)?,
        };
        Some(Self {
            class,
            instruction,
            p1,
            data,
        })
    }
}

/// The data, followed by nothing or by the expected length of the response.
fn data(rest: &[u8], length: usize, expected: usize) -> Option<&[u8]> {
    let (data, after) = rest.split_at_checked(length)?;
    (after.is_empty() || after.len() == expected).then_some(data)
}

impl<S: Store> Authenticator<S> {
    /// Whether U2F messages are answered: the profile has them, and there is a certificate, which U2F cannot do
    /// without.
    pub fn has_u2f(&self) -> bool {
        self.profile.versions.contains(&Version::U2f) && self.store.state().attestation().is_some()
    }

    /// Answers one U2F message.
    pub fn handle_u2f(&mut self, message: &[u8], env: &mut dyn Env) -> Vec<u8> {
        self.session.pending = None;
        match self.u2f(message, env) {
            Ok(mut response) => {
                response.extend(StatusWord::NoError.bytes());
                response
            }
            Err(word) => word.bytes().to_vec(),
        }
    }

    fn u2f(&mut self, message: &[u8], env: &mut dyn Env) -> Result<Vec<u8>, StatusWord> {
        let command = Command::read(message).ok_or(StatusWord::WrongLength)?;
        if command.class != 0 {
            return Err(StatusWord::ClassNotSupported);
        }
        if !self.has_u2f() {
            return Err(StatusWord::InstructionNotSupported);
        }
        match command.instruction {
            // CTAP 2.3, section 7.2.4: who always wants the user verified cannot have it here.
            REGISTER | AUTHENTICATE if self.always_uv() => Err(StatusWord::CommandNotAllowed),
            REGISTER => self.u2f_register(command.data, env),
            AUTHENTICATE => self.u2f_authenticate(command.p1, command.data, env),
            VERSION if command.data.is_empty() => Ok(Version::U2f.name().as_bytes().to_vec()),
            VERSION => Err(StatusWord::WrongLength),
            _ => Err(StatusWord::InstructionNotSupported),
        }
    }

    /// Section 4.
    fn u2f_register(&mut self, data: &[u8], env: &mut dyn Env) -> Result<Vec<u8>, StatusWord> {
        let Some((challenge, application)) = data.split_first_chunk::<32>() else {
            return Err(StatusWord::WrongLength);
        };
        let application: RpIdHash = application
            .try_into()
            .map_err(|_| StatusWord::WrongLength)?;
        u2f_touch(Reason::Register, env)?;
        let credential = self.u2f_credential(&application, env)?;
        let point = point(&credential).ok_or(StatusWord::Unknown)?;
        let handle = credential.id.as_bytes();
        let message = [&[0], &application[..], challenge, handle, &point].concat();
        let identity = self
            .store
            .state()
            .attestation()
            .ok_or(StatusWord::Unknown)?;
        let defects = &self.profile.defects;
        let leaf = attestation::chain(identity, false, defects)
            .first()
            .ok_or(StatusWord::Unknown)?;
        let signature = PrivateKey::from_secret(Algorithm::Es256, &identity.secret)
            .and_then(|key| key.sign(&message))
            .map_err(|_| StatusWord::Unknown)?;
        let length = u8::try_from(handle.len()).map_err(|_| StatusWord::Unknown)?;
        let mut response = vec![0x05];
        response.extend_from_slice(&point);
        response.push(length);
        response.extend_from_slice(handle);
        response.extend_from_slice(&leaf.0);
        response.extend_from_slice(&self.spoiled(signature));
        Ok(response)
    }

    /// A new key pair, sealed into its key handle.
    fn u2f_credential(
        &mut self,
        application: &RpIdHash,
        env: &mut dyn Env,
    ) -> Result<Credential, StatusWord> {
        let device = self.device().map_err(|_| StatusWord::Unknown)?;
        let wrapping_key = device.wrapping_key;
        let key = KeyMaterial::generate(Algorithm::Es256, env).map_err(|_| StatusWord::Unknown)?;
        let mut credential = Credential {
            id: CredentialId::new([]),
            // U2F tells the hash only.
            rp_id: String::new(),
            rp_name: None,
            user: User::default(),
            key,
            discoverable: false,
            cred_protect: CredProtect::default(),
            cred_random_with_uv: random(env),
            cred_random_without_uv: random(env),
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            backup_eligible: self.profile.backup_eligible,
            backup_state: self.profile.backup_state,
            created: 0,
            created_at: env.unix_time(),
        };
        credential::wrap(&mut credential, application, &wrapping_key, env)
            .ok_or(StatusWord::Unknown)?;
        Ok(credential)
    }

    /// Section 5.
    fn u2f_authenticate(
        &mut self,
        control: u8,
        data: &[u8],
        env: &mut dyn Env,
    ) -> Result<Vec<u8>, StatusWord> {
        let Some((challenge, rest)) = data.split_first_chunk::<32>() else {
            return Err(StatusWord::WrongLength);
        };
        let Some((application, [length, handle @ ..])) = rest.split_first_chunk::<32>() else {
            return Err(StatusWord::WrongLength);
        };
        if handle.len() != usize::from(*length) {
            return Err(StatusWord::WrongLength);
        }
        // What is protected by user verification does not exist for those who cannot ask for it.
        let credential = self
            .find_by_hash(handle, "", application)
            .filter(|found| found.key.algorithm() == Algorithm::Es256)
            .filter(|found| found.usable(false, true))
            .ok_or(StatusWord::WrongData)?;
        let present = match control {
            CHECK_ONLY => return Err(StatusWord::ConditionsNotSatisfied),
            ENFORCE_PRESENCE => true,
            NO_PRESENCE => false,
            _ => return Err(StatusWord::IncorrectParameters),
        };
        if present {
            u2f_touch(Reason::SignIn, env)?;
        }
        let counter = if self.profile.defects.stale_counter {
            self.last_counter(&credential)
        } else {
            self.next_counter(&credential)
                .map_err(|_| StatusWord::Unknown)?
        };
        let mut flags = Flags::default();
        flags.set(
            Flags::UP,
            present && !self.profile.defects.hide_user_presence,
        );
        let shown = [&[flags.bits()], &counter.to_be_bytes()[..]].concat();
        let message = [&application[..], &shown, challenge].concat();
        let signature = credential
            .key
            .key()
            .and_then(|key| key.sign(&message))
            .map_err(|_| StatusWord::Unknown)?;
        Ok([shown, self.spoiled(signature)].concat())
    }

    /// A signature, wrong if a defect wants it so.
    fn spoiled(&self, mut signature: Vec<u8>) -> Vec<u8> {
        if self.profile.defects.corrupt_signature
            && let Some(last) = signature.last_mut()
        {
            *last ^= 1;
        }
        signature
    }
}

fn u2f_touch(reason: Reason, env: &mut dyn Env) -> Result<(), StatusWord> {
    let prompt = Prompt {
        reason,
        rp_id: None,
        user: None,
    };
    match env.user_presence(&prompt) {
        Gesture::Approved => Ok(()),
        _ => Err(StatusWord::ConditionsNotSatisfied),
    }
}

/// The public key as an uncompressed point.
fn point(credential: &Credential) -> Option<Vec<u8>> {
    let key = credential.key.key().ok()?.public_cose();
    let x = key.get(-2_i64).and_then(Value::as_bytes)?;
    let y = key.get(-3_i64).and_then(Value::as_bytes)?;
    Some([&[4], x, y].concat())
}
