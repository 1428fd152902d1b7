//! The one door to the world: time, randomness and the user's gestures.
//!
//! Nothing else in the core reads a clock, draws a random number or waits for a person, so that the same
//! inputs give the same bytes. [`SeededEnv`] is for tests and reproducible runs; the real one is
//! [`SystemEnv`](crate::system_env::SystemEnv).

use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What the user is asked to agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Create a credential.
    Register,
    /// Sign an assertion.
    SignIn,
    /// Choose this authenticator among several.
    Select,
    /// Erase everything.
    Reset,
    /// Release a PIN/UV token after built-in user verification.
    Token,
    /// Touch the simulated sensor to enrol a finger.
    Enroll,
}

/// A question to the user.
#[derive(Clone, Copy, Debug)]
pub struct Prompt<'a> {
    /// Why the user is asked.
    pub reason: Reason,
    /// The relying party it is for, if any.
    pub rp_id: Option<&'a str>,
    /// The account name it is for, if known.
    pub user: Option<&'a str>,
}

/// How the user answered a request for presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The user touched the key.
    Approved,
    /// The user refused.
    Denied,
    /// Nobody reacted in time.
    TimedOut,
    /// The platform cancelled the wait.
    Cancelled,
}

/// How built-in user verification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The right finger, face or gesture.
    Verified,
    /// The wrong one.
    Failed,
    /// Nobody reacted in time.
    TimedOut,
    /// The platform cancelled the wait.
    Cancelled,
}

/// All effects the authenticator has or sees, except storing.
pub trait Env {
    /// Time since some fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
    /// Seconds since 1970, for certificates and the dates of credentials.
    fn unix_time(&self) -> i64;
    /// Fills a buffer with random bytes.
    fn fill_random(&mut self, buffer: &mut [u8]);
    /// Waits for a touch.
    fn user_presence(&mut self, prompt: &Prompt<'_>) -> Gesture;
    /// Waits for built-in user verification, such as a finger on the sensor.
    fn user_verification(&mut self, prompt: &Prompt<'_>) -> Verification;

    /// An array of random bytes.
    fn random<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        random(self)
    }
}

/// An array of random bytes, also from a borrowed [`Env`].
pub fn random<const N: usize>(env: &mut (impl Env + ?Sized)) -> [u8; N] {
    let mut bytes = [0; N];
    env.fill_random(&mut bytes);
    bytes
}

/// An [`Env`] whose time stands still and whose randomness follows from a seed.
///
/// ```
/// use softkey::env::{Env, SeededEnv};
/// assert_eq!(SeededEnv::new(7).random::<16>(), SeededEnv::new(7).random::<16>());
/// ```
#[derive(Debug)]
pub struct SeededEnv {
    random: ChaCha20Rng,
    /// What [`Env::monotonic`] says.
    pub now: Duration,
    /// What [`Env::unix_time`] says.
    pub unix_time: i64,
    /// How every request for presence is answered.
    pub gesture: Gesture,
    /// How every built-in user verification ends.
    pub verification: Verification,
    /// How often presence was asked for.
    pub touches: usize,
}

impl SeededEnv {
    /// Starts at time zero of the monotonic clock, on 1 October 2025, with a user who agrees to everything.
    pub fn new(seed: u64) -> Self {
        Self {
            random: ChaCha20Rng::seed_from_u64(seed),
            now: Duration::ZERO,
            unix_time: 1_759_276_800,
            gesture: Gesture::Approved,
            verification: Verification::Verified,
            touches: 0,
        }
    }
}

impl Env for SeededEnv {
    fn monotonic(&self) -> Duration {
        self.now
    }

    fn unix_time(&self) -> i64 {
        self.unix_time
    }

    fn fill_random(&mut self, buffer: &mut [u8]) {
        self.random.fill_bytes(buffer);
    }

    fn user_presence(&mut self, _prompt: &Prompt<'_>) -> Gesture {
        self.touches += 1;
        self.gesture
    }

    fn user_verification(&mut self, _prompt: &Prompt<'_>) -> Verification {
        self.verification
    }
}
