//! Generations: what was made in an earlier one is void.

use crate::time::Timestamp;

/// A count with the instant of its last step. Instants alone cannot tell what came before a revocation: a clock may stand
/// still, and tokens know seconds only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Epoch {
    pub number: u32,
    pub since: Timestamp,
}

impl Epoch {
    pub fn first(since: Timestamp) -> Self {
        Self { number: 0, since }
    }

    /// Voids whatever was made before.
    pub fn advance(&mut self, now: Timestamp) {
        self.number = self.number.wrapping_add(1);
        self.since = now;
    }
}
