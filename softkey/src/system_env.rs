//! The real world: the only place that reads a clock or the system's randomness.
//!
//! Gestures come from whoever is behind [`Gestures`]: a policy, a person at a control channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use crate::env::{Env, Gesture, Prompt, Verification};

/// Answers for the user.
pub trait Gestures {
    /// A touch, or not.
    fn presence(&mut self, prompt: &Prompt<'_>) -> Gesture;
    /// Built-in user verification, or not.
    fn verification(&mut self, prompt: &Prompt<'_>) -> Verification;
}

/// A user who agrees to everything at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Agreeable;

impl Gestures for Agreeable {
    fn presence(&mut self, _prompt: &Prompt<'_>) -> Gesture {
        Gesture::Approved
    }

    fn verification(&mut self, _prompt: &Prompt<'_>) -> Verification {
        Verification::Verified
    }
}

/// The real clock, with an offset that a test can move forward.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    ahead_millis: Arc<AtomicU64>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            started: now(),
            ahead_millis: Arc::default(),
        }
    }
}

impl Clock {
    /// Time since the clock was made.
    pub fn monotonic(&self) -> Duration {
        now().duration_since(self.started) + self.ahead()
    }

    /// Seconds since 1970.
    pub fn unix_time(&self) -> i64 {
        let since = unix_now() + self.ahead();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead_millis.load(Ordering::SeqCst))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one reader of the monotonic clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one reader of the wall clock"
)]
fn unix_now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Measures how long something has been waited for, in real time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        now().duration_since(self.0)
    }
}

/// Where random bytes come from.
#[derive(Debug)]
pub enum Randomness {
    /// The operating system.
    System,
    /// A seed; for reproducible runs only.
    Seeded(Box<ChaCha20Rng>),
}

impl Randomness {
    /// Reproducible randomness.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(ChaCha20Rng::seed_from_u64(seed)))
    }

    /// Reproducible randomness that follows from a text.
    pub fn derived(text: &str) -> Self {
        Self::Seeded(Box::new(ChaCha20Rng::from_seed(
            Sha256::digest(text.as_bytes()).into(),
        )))
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        match self {
            Self::System => getrandom::fill(buffer)
                .expect("an operating system without randomness cannot run an authenticator"),
            Self::Seeded(random) => random.fill_bytes(buffer),
        }
    }
}

/// The real environment.
#[derive(Debug)]
pub struct SystemEnv<G> {
    /// The clock.
    pub clock: Clock,
    /// The randomness.
    pub randomness: Randomness,
    /// The user.
    pub gestures: G,
}

impl Default for SystemEnv<Agreeable> {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            randomness: Randomness::System,
            gestures: Agreeable,
        }
    }
}

impl<G: Gestures> Env for SystemEnv<G> {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn unix_time(&self) -> i64 {
        self.clock.unix_time()
    }

    fn fill_random(&mut self, buffer: &mut [u8]) {
        self.randomness.fill(buffer);
    }

    fn user_presence(&mut self, prompt: &Prompt<'_>) -> Gesture {
        self.gestures.presence(prompt)
    }

    fn user_verification(&mut self, prompt: &Prompt<'_>) -> Verification {
        self.gestures.verification(prompt)
    }
}
