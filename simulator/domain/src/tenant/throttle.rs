//! How much of Graph an app may use before it is told to wait. Off unless a test turns it on.

use imbl::OrdMap;

use crate::id::AppId;
use crate::time::Timestamp;

/// The window of the limit on resource units (Microsoft Graph throttling limits: identity and access).
const WINDOW_MILLIS: i64 = 10_000;

/// The settings, and what was used so far.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Throttle {
    /// So many requests to come are refused, whoever sends them.
    pub refuse_next: u32,
    /// What those are told to wait, in seconds.
    pub retry_after: u32,
    /// Resource units that each app may use in ten seconds; `None` for no limit.
    pub units: Option<u32>,
    used: OrdMap<AppId, (Timestamp, u32)>,
}

/// A refusal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Throttled {
    /// Seconds to wait.
    pub retry_after: u32,
}

impl Throttle {
    pub fn is_on(&self) -> bool {
        self.refuse_next > 0 || self.units.is_some()
    }

    /// Lets a request in, or not.
    pub fn admit(&mut self, app: AppId, now: Timestamp) -> Result<(), Throttled> {
        if let Some(left) = self.refuse_next.checked_sub(1) {
            self.refuse_next = left;
            return Err(Throttled {
                retry_after: self.retry_after,
            });
        }
        match (self.units, self.window(app, now)) {
            (Some(limit), (start, used)) if used >= limit => {
                let waited = now.unix_millis().saturating_sub(start.unix_millis());
                let rest = WINDOW_MILLIS.saturating_sub(waited).max(1);
                let seconds = rest.unsigned_abs().div_ceil(1000);
                Err(Throttled {
                    retry_after: u32::try_from(seconds).unwrap_or(u32::MAX),
                })
            }
            _ => Ok(()),
        }
    }

    /// Counts what a request cost; hands back the part of the limit that is used now.
    pub fn charge(&mut self, app: AppId, units: u32, now: Timestamp) -> Option<f64> {
        let limit = self.units?;
        let (start, used) = self.window(app, now);
        let used = used.saturating_add(units);
        self.used.insert(app, (start, used));
        Some(f64::from(used) / f64::from(limit.max(1)))
    }

    /// When the app's window began, and what it used in it.
    fn window(&self, app: AppId, now: Timestamp) -> (Timestamp, u32) {
        let known = self.used.get(&app).copied();
        let current = known.filter(|(start, _)| {
            let age = now.unix_millis().saturating_sub(start.unix_millis());
            (0..WINDOW_MILLIS).contains(&age)
        });
        current.unwrap_or((now, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_that_used_its_units_waits_for_the_rest_of_the_window() {
        let (app, other) = (AppId::from_u128(1), AppId::from_u128(2));
        let at = Timestamp::from_unix_millis;
        let mut throttle = Throttle {
            units: Some(3),
            ..Throttle::default()
        };
        assert_eq!(throttle.admit(app, at(0)), Ok(()));
        assert_eq!(throttle.charge(app, 3, at(0)), Some(1.0));
        assert_eq!(
            throttle.admit(app, at(2_500)),
            Err(Throttled { retry_after: 8 })
        );
        assert_eq!(throttle.admit(other, at(2_500)), Ok(()));
        assert_eq!(throttle.admit(app, at(10_000)), Ok(()));
    }

    #[test]
    fn the_next_requests_are_refused_one_by_one() {
        let mut throttle = Throttle {
            refuse_next: 1,
            retry_after: 4,
            ..Throttle::default()
        };
        let app = AppId::from_u128(1);
        let refused = throttle.admit(app, Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(Throttled { retry_after: 4 }));
        assert!(!throttle.is_on());
    }
}
