//! The front panel of a served key: the button, the sensor, the plug, and what goes wrong on the way out.
//!
//! A policy answers, or a person through the control channel. A wait sends signs of life and can be cancelled.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ctaphid::KEEPALIVE_INTERVAL;
use crate::env::{Gesture, Prompt, Reason, Verification};
use crate::system_env::{Gestures, Stopwatch};

/// What happens when a touch is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// Approved, after the delay.
    #[default]
    Approve,
    /// Denied, after the delay.
    Deny,
    /// Nobody reacts until the request times out.
    Ignore,
    /// Waits for `answer` on the control channel.
    Ask,
}

/// What happens when built-in user verification is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// The right finger, after the delay.
    #[default]
    Accept,
    /// The wrong finger, after the delay.
    Reject,
    /// Nobody reacts until the request times out.
    Ignore,
}

/// What goes wrong with the next responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// So many responses are not sent.
    pub drop: u32,
    /// So many responses have one wrong bit.
    pub corrupt: u32,
    /// So many milliseconds pass before each response.
    pub stall_millis: u64,
}

/// What is on the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The button.
    pub touch: Touch,
    /// The sensor.
    pub verify: Verify,
    /// How long the user takes.
    pub delay: Duration,
    /// What goes wrong.
    pub faults: Faults,
    /// Whether the key is out of its socket.
    pub unplugged: bool,
    /// Whether the first connection after none plugs the key in.
    pub plug_in_on_connect: bool,
}

#[derive(Debug, Default)]
struct State {
    settings: Settings,
    waiting: Option<Waiting>,
    answer: Option<bool>,
    interrupted: bool,
}

/// What the user is being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Why.
    pub reason: &'static str,
    /// For whom.
    pub rp_id: Option<String>,
    /// For which account.
    pub user: Option<String>,
}

/// The panel; shared between the connections and the control channel.
#[derive(Debug, Default)]
pub struct Panel {
    state: Mutex<State>,
    changed: Condvar,
}

impl Panel {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is set.
    pub fn settings(&self) -> Settings {
        self.lock().settings
    }

    /// Sets something.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
        self.changed.notify_all();
    }

    /// What the user is being asked, if a command waits.
    pub fn waiting(&self) -> Option<Waiting> {
        self.lock().waiting.clone()
    }

    /// Answers what is being asked; `false` if nothing is.
    pub fn answer(&self, approve: bool) -> bool {
        let mut state = self.lock();
        let asked = state.waiting.is_some();
        if asked {
            state.answer = Some(approve);
        }
        drop(state);
        self.changed.notify_all();
        asked
    }

    /// Makes the command that waits give up, whoever sent it.
    pub fn interrupt(&self) {
        let mut state = self.lock();
        state.interrupted = state.waiting.is_some();
        drop(state);
        self.changed.notify_all();
    }

    /// Makes the command that waits look whether it was cancelled.
    pub fn wake(&self) {
        self.changed.notify_all();
    }

    /// Lets some time pass, or less if the panel changes.
    pub fn pause(&self, time: Duration) {
        let state = self.lock();
        drop(self.changed.wait_timeout(state, time));
    }

    /// Takes one fault off the list for the next response.
    pub fn next_fault(&self) -> Faults {
        let faults = &mut self.lock().settings.faults;
        let now = *faults;
        if faults.drop > 0 {
            faults.drop -= 1;
        } else if faults.corrupt > 0 {
            faults.corrupt -= 1;
        }
        now
    }
}

/// The panel as the authenticator sees it while one command runs.
pub struct Operator<'a> {
    /// The panel.
    pub panel: &'a Panel,
    /// How long a user has to react.
    pub timeout: Duration,
    /// Sends a sign of life.
    pub keepalive: &'a (dyn Fn() + Sync),
    /// Whether the platform has cancelled this command.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for Operator<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Operator")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// How a wait ended.
enum End<T> {
    Decided(T),
    TimedOut,
    Cancelled,
}

impl Operator<'_> {
    /// Waits until something is decided, with signs of life in between.
    fn wait<T>(
        &self,
        prompt: &Prompt<'_>,
        decide: impl Fn(&mut State, Duration) -> Option<T>,
    ) -> End<T> {
        let watch = Stopwatch::start();
        let mut told = false;
        let mut state = self.panel.lock();
        state.answer = None;
        state.interrupted = false;
        loop {
            let elapsed = watch.elapsed();
            let end = if (self.cancelled)() || state.interrupted || state.settings.unplugged {
                Some(End::Cancelled)
            } else if let Some(decision) = decide(&mut state, elapsed) {
                Some(End::Decided(decision))
            } else if elapsed >= self.timeout {
                Some(End::TimedOut)
            } else {
                None
            };
            if let Some(end) = end {
                state.waiting = None;
                drop(state);
                // That the user was wanted is told even if the user was quick (CTAP 2.3, section 11.2.9.2.1: on every
                // change).
                if !told {
                    (self.keepalive)();
                }
                return end;
            }
            told = true;
            state.waiting = Some(waiting(prompt));
            let delay = state.settings.delay;
            drop(state);
            (self.keepalive)();
            let until = [KEEPALIVE_INTERVAL, self.timeout.saturating_sub(elapsed)];
            let rest = delay.checked_sub(elapsed).filter(|rest| !rest.is_zero());
            let pause = until
                .into_iter()
                .chain(rest)
                .min()
                .unwrap_or(KEEPALIVE_INTERVAL);
            let locked = self.panel.lock();
            // A change between the two locks is seen at the next turn, at most one interval later.
            state = match self.panel.changed.wait_timeout(locked, pause) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

fn waiting(prompt: &Prompt<'_>) -> Waiting {
    let reason = match prompt.reason {
        Reason::Register => "register",
        Reason::SignIn => "sign-in",
        Reason::Select => "select",
        Reason::Reset => "reset",
        Reason::Token => "token",
        Reason::Enroll => "enroll",
    };
    Waiting {
        reason,
        rp_id: prompt.rp_id.map(str::to_owned),
        user: prompt.user.map(str::to_owned),
    }
}

impl Gestures for Operator<'_> {
    fn presence(&mut self, prompt: &Prompt<'_>) -> Gesture {
        let end = self.wait(prompt, |state, elapsed| {
            let late = elapsed >= state.settings.delay;
            match state.settings.touch {
                Touch::Approve => late.then_some(true),
                Touch::Deny => late.then_some(false),
                Touch::Ignore => None,
                Touch::Ask => state.answer.take(),
            }
        });
        match end {
            End::Decided(true) => Gesture::Approved,
            End::Decided(false) => Gesture::Denied,
            End::TimedOut => Gesture::TimedOut,
            End::Cancelled => Gesture::Cancelled,
        }
    }

    fn verification(&mut self, prompt: &Prompt<'_>) -> Verification {
        let end = self.wait(prompt, |state, elapsed| {
            let late = elapsed >= state.settings.delay;
            match state.settings.verify {
                Verify::Accept => late.then_some(true),
                Verify::Reject => late.then_some(false),
                Verify::Ignore => None,
            }
        });
        match end {
            End::Decided(true) => Verification::Verified,
            End::Decided(false) => Verification::Failed,
            End::TimedOut => Verification::TimedOut,
            End::Cancelled => Verification::Cancelled,
        }
    }
}
