//! The phases of the mandate: when they bind a tenant, and how far they can be put off.

use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use crate::catalogue;
use crate::id::AppId;
use crate::time::Timestamp;

/// One phase in one tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Phase {
    /// When Microsoft enforces it here; `None` means never.
    pub starts: Option<Timestamp>,
    /// What an administrator chose instead.
    pub postponed_until: Option<Timestamp>,
}

/// Both phases in one tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Enforcement {
    pub phase1: Phase,
    pub phase2: Phase,
}

/// Which phase.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PhaseName {
    Phase1,
    Phase2,
}

/// The published facts of one phase.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseFacts {
    #[serde(deserialize_with = "timestamp")]
    pub starts: Timestamp,
    pub starts_source: String,
    pub starts_evidence: String,
    #[serde(deserialize_with = "timestamp")]
    pub postponable_until: Timestamp,
    pub postponable_source: String,
    #[serde(deserialize_with = "app_ids")]
    pub clients: Vec<AppId>,
}

#[derive(Debug, Deserialize)]
struct Phases {
    phase1: PhaseFacts,
    phase2: PhaseFacts,
}

/// Why a postponement is refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum PostponeError {
    #[error("the date lies in the past; choose one from tomorrow on")]
    Past,
    #[error("Microsoft allows no postponement beyond {0}")]
    TooFar(Timestamp),
}

fn phases() -> &'static Phases {
    static PHASES: LazyLock<Phases> =
        LazyLock::new(|| catalogue::parse(include_str!("../../data/phases.toml")));
    &PHASES
}

impl PhaseName {
    /// The published facts.
    pub fn facts(self) -> &'static PhaseFacts {
        match self {
            Self::Phase1 => &phases().phase1,
            Self::Phase2 => &phases().phase2,
        }
    }

    /// Checks a date against what the administration pages offer.
    pub fn check_postponement(self, until: Timestamp, now: Timestamp) -> Result<(), PostponeError> {
        let limit = self.facts().postponable_until;
        if until > limit {
            Err(PostponeError::TooFar(limit))
        } else if until <= now {
            Err(PostponeError::Past)
        } else {
            Ok(())
        }
    }
}

impl Default for Enforcement {
    /// The published dates, nothing postponed.
    fn default() -> Self {
        let phase = |name: PhaseName| Phase {
            starts: Some(name.facts().starts),
            postponed_until: None,
        };
        Self {
            phase1: phase(PhaseName::Phase1),
            phase2: phase(PhaseName::Phase2),
        }
    }
}

impl Phase {
    fn effective_with(self, postponed_until: Option<Timestamp>) -> Option<Timestamp> {
        let starts = self.starts?;
        Some(postponed_until.map_or(starts, |until| starts.max(until)))
    }
}

impl Enforcement {
    /// The first instant at which the phase binds this tenant; `None` means never.
    ///
    /// A tenant that postponed Phase 1 has Phase 2 postponed to the same date until it chooses a later one
    /// (Microsoft Learn, "Plan for mandatory Microsoft Entra multifactor authentication").
    pub fn effective(&self, name: PhaseName) -> Option<Timestamp> {
        match name {
            PhaseName::Phase1 => self.phase1.effective_with(self.phase1.postponed_until),
            PhaseName::Phase2 => self
                .phase2
                .effective_with(self.phase2.postponed_until.max(self.phase1.postponed_until)),
        }
    }

    /// Whether the phase binds this tenant at `now`.
    pub fn is_active(&self, name: PhaseName, now: Timestamp) -> bool {
        self.effective(name).is_some_and(|start| start <= now)
    }
}

fn timestamp<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    Timestamp::parse(&text).ok_or_else(|| serde::de::Error::custom("not an instant"))
}

fn app_ids<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<AppId>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn phase_2_inherits_the_postponement_of_phase_1_until_a_later_one_is_chosen() {
        let mut enforcement = Enforcement::default();
        enforcement.phase2.starts = Some(at("2025-09-15"));
        enforcement.phase1.postponed_until = Some(at("2025-09-30"));
        assert_eq!(
            enforcement.effective(PhaseName::Phase2),
            Some(at("2025-09-30"))
        );
        enforcement.phase2.postponed_until = Some(at("2026-01-01"));
        assert_eq!(
            enforcement.effective(PhaseName::Phase2),
            Some(at("2026-01-01"))
        );
        assert_eq!(
            enforcement.effective(PhaseName::Phase1),
            Some(at("2025-09-30"))
        );
    }

    #[test]
    fn no_postponement_reaches_beyond_the_published_limit() {
        let now = at("2025-09-01");
        assert!(
            PhaseName::Phase2
                .check_postponement(at("2026-07-01"), now)
                .is_ok()
        );
        assert!(
            PhaseName::Phase2
                .check_postponement(at("2026-07-02"), now)
                .is_err()
        );
        assert_eq!(
            PhaseName::Phase2.check_postponement(now, now),
            Err(PostponeError::Past)
        );
    }

    #[test]
    fn a_phase_binds_from_its_first_instant() {
        let enforcement = Enforcement::default();
        assert!(!enforcement.is_active(PhaseName::Phase2, at("2025-09-30T23:59:59Z")));
        assert!(enforcement.is_active(PhaseName::Phase2, at("2025-10-01")));
    }
}
