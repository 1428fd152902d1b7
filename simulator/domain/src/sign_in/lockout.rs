//! Smart lockout: after ten failed passwords an account waits a minute, and longer each time.

use core::time::Duration;

use crate::time::Timestamp;

/// Failures before the first lockout, and its length (MicrosoftDocs/entra-docs howto-password-smart-lockout.md).
pub const THRESHOLD: u32 = 10;
const DURATION: Duration = Duration::from_secs(60);
/// The same wrong password does not count again: so many are remembered (same document).
const REMEMBERED: usize = 3;
/// Doubling stops here: about a day.
const ROUNDS: u32 = 11;

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lockout {
    failures: u32,
    rounds: u32,
    until: Option<Timestamp>,
    wrong: Vec<String>,
}

impl Lockout {
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Counts a wrong password.
    pub fn fail(&mut self, password: &str, now: Timestamp) {
        if self.wrong.iter().any(|known| known == password) {
            return;
        }
        if self.wrong.len() >= REMEMBERED {
            self.wrong.remove(0);
        }
        self.wrong.push(password.to_owned());
        self.failures += 1;
        // Once locked, each further failure after the wait locks again.
        if self.failures >= THRESHOLD {
            let factor = 1_u32 << self.rounds.min(ROUNDS);
            self.until = Some(now + DURATION * factor);
            self.rounds += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(second)
    }

    #[test]
    fn ten_different_wrong_passwords_lock_for_a_minute_and_the_next_one_for_two() {
        let mut lockout = Lockout::default();
        for attempt in 0..9 {
            lockout.fail(&attempt.to_string(), at(0));
        }
        assert!(!lockout.is_locked(at(0)));
        lockout.fail("9", at(0));
        assert!(lockout.is_locked(at(59)));
        assert!(!lockout.is_locked(at(60)));
        lockout.fail("10", at(60));
        assert!(lockout.is_locked(at(179)));
        assert!(!lockout.is_locked(at(180)));
    }

    #[test]
    fn the_same_wrong_password_counts_once() {
        let mut lockout = Lockout::default();
        for _ in 0..50 {
            lockout.fail("old password", at(0));
        }
        assert!(!lockout.is_locked(at(0)));
    }
}
