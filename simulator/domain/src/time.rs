//! Instants and the tenant's clock. Nothing here reads the machine's time; it is handed in.

use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant in UTC with millisecond precision.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const UNIX_EPOCH: Self = Self(0);
    /// The largest instant that every format here can write: the end of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999);
    /// The smallest one: the start of the year 1.
    pub const MIN: Self = Self(-62_135_596_800_000);

    pub const fn from_unix_millis(millis: i64) -> Self {
        if millis > Self::MAX.0 {
            Self::MAX
        } else if millis < Self::MIN.0 {
            Self::MIN
        } else {
            Self(millis)
        }
    }

    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_unix_millis(seconds.saturating_mul(1000))
    }

    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339 (`2025-10-01T00:00:00Z`), or a bare date, which means its first instant.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = if text.len() == 10 {
            OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339)
        } else {
            OffsetDateTime::parse(text, &Rfc3339)
        };
        moment.ok().map(|moment| {
            Self::from_unix_seconds(moment.unix_timestamp())
                + Duration::from_millis(u64::from(moment.millisecond()))
        })
    }

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn civil(self) -> OffsetDateTime {
        // The constructors keep the value inside the years 1 to 9999.
        OffsetDateTime::from_unix_timestamp(self.unix_seconds())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// `2026-01-18 00:16:16Z`, the form inside token errors.
    pub fn token_error_form(self) -> String {
        let t = self.civil();
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }

    /// `2024-08-12T15:39:14`, the zoneless form inside Graph errors.
    pub fn graph_error_form(self) -> String {
        let mut text = self.to_string();
        text.truncate(19);
        text
    }

    /// `2026-01-18T00:16:16.1230000Z`, the seven-digit form of Graph and Resource Manager.
    pub fn seven_digit_form(self) -> String {
        let mut text = self.to_string();
        text.truncate(19);
        format!("{text}.{:03}0000Z", self.0.rem_euclid(1000))
    }
}

impl fmt::Display for Timestamp {
    /// `2025-10-01T00:00:00Z`; milliseconds are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.civil();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, rhs: Duration) -> Self {
        Self::from_unix_millis(
            self.0
                .saturating_add(i64::try_from(rhs.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, rhs: Duration) -> Self {
        Self::from_unix_millis(
            self.0
                .saturating_sub(i64::try_from(rhs.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// A tenant's clock. Real clients look only at relative lifetimes, so a moved clock works with them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Clock {
    /// Runs with the machine's clock, `offset_millis` ahead of it.
    System { offset_millis: i64 },
    /// Stands still until it is moved.
    Manual { now: Timestamp },
}

impl Clock {
    /// The tenant's now, given the machine's.
    pub fn now(self, system: Timestamp) -> Timestamp {
        match self {
            Self::System { offset_millis } => {
                Timestamp::from_unix_millis(system.unix_millis().saturating_add(offset_millis))
            }
            Self::Manual { now } => now,
        }
    }

    /// The same kind of clock, `by` later.
    #[must_use]
    pub fn advanced(self, by: Duration) -> Self {
        match self {
            Self::System { offset_millis } => Self::System {
                offset_millis: offset_millis
                    .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
            },
            Self::Manual { now } => Self::Manual { now: now + by },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_instant() {
        let t = Timestamp::parse("2026-01-18T00:16:16.123Z").unwrap();
        assert_eq!(t.to_string(), "2026-01-18T00:16:16Z");
        assert_eq!(t.token_error_form(), "2026-01-18 00:16:16Z");
        assert_eq!(t.graph_error_form(), "2026-01-18T00:16:16");
        assert_eq!(t.seven_digit_form(), "2026-01-18T00:16:16.1230000Z");
        assert_eq!(
            Timestamp::parse("2025-10-01").unwrap().unix_seconds(),
            1_759_276_800
        );
    }

    #[test]
    fn the_ends_of_time_are_writable() {
        for t in [
            Timestamp::from_unix_millis(i64::MAX),
            Timestamp::from_unix_millis(i64::MIN),
        ] {
            assert_eq!(t.to_string().len(), 20);
            assert_eq!(t + Duration::MAX, Timestamp::MAX);
        }
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::Manual {
            now: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(clock.now(Timestamp::MAX), Timestamp::UNIX_EPOCH);
        let later = clock.advanced(Duration::from_secs(60));
        assert_eq!(later.now(Timestamp::MAX).unix_seconds(), 60);
    }
}
