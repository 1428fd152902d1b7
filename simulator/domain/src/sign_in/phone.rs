//! The other end of a second factor: prompts in the Authenticator app, text messages and calls.

use core::time::Duration;

use uuid::Uuid;

use crate::id::ObjectId;
use crate::time::Timestamp;

/// A prompt that is not answered in this time is over.
pub const PROMPT_LIFETIME: Duration = Duration::from_secs(60);

/// A code in a text message is good for this long, and for so many tries (assumed: minutes, and a handful).
pub const CODE_LIFETIME: Duration = Duration::from_secs(300);
pub const CODE_TRIES: u8 = 5;

/// Something that waits for an answer on a phone.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub id: Uuid,
    pub user: ObjectId,
    pub kind: PromptKind,
    /// The app that is being signed in to.
    pub app: String,
    pub created: Timestamp,
    pub state: PromptState,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PromptKind {
    /// An Authenticator notification as a second factor; the number that the page shows has to be typed.
    Notification { number: u32 },
    /// The same instead of a password.
    PhoneSignIn { number: u32 },
    /// A call that is answered with `#`.
    Call,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PromptState {
    Pending,
    Approved,
    Denied,
    /// Denied, and reported as fraud.
    Reported,
}

/// What a phone does by itself with every prompt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reaction {
    Approve,
    Deny,
}

/// A text message or a call that arrived.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: Uuid,
    pub user: ObjectId,
    /// The number it went to.
    pub to: String,
    pub at: Timestamp,
    pub text: String,
    /// The one-time code in it.
    pub code: Option<String>,
    /// How often the code may still be tried; none once it has counted.
    pub tries_left: u8,
}

impl Message {
    /// Whether its code may still be used.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.tries_left > 0 && now < self.at + CODE_LIFETIME
    }
}

impl Prompt {
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.created + PROMPT_LIFETIME
    }

    /// The number to match, where there is one.
    pub fn number(&self) -> Option<u32> {
        match self.kind {
            PromptKind::Notification { number } | PromptKind::PhoneSignIn { number } => {
                Some(number)
            }
            PromptKind::Call => None,
        }
    }
}
