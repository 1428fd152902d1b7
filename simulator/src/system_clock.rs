//! The only reader of the machine's time.

use std::time::{SystemTime, UNIX_EPOCH};

use entrasim_domain::time::Timestamp;

/// The machine's now.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads it"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
