//! Behaviour of the real service for which there is no evidence: each a named setting with a default.

use core::time::Duration;

use crate::enforcement::Amr;

/// The settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Knobs {
    /// Resource Manager checks role assignments before the MFA gate.
    pub rbac_before_mfa: bool,
    /// Resource Manager leaves the `claims` out of its challenge unless the token's `xms_cc` has `cp1`.
    pub claims_only_for_cp1: bool,
    /// A sign-in that answers the `p1` challenge gets `p1` in `acrs`, besides `mfa` in `amr`.
    pub p1_in_acrs_after_stepup: bool,
    /// The word beside `mfa` in the `amr` of a sign-in with a Temporary Access Pass.
    pub amr_for_tap: Amr,
    /// Deleting a Temporary Access Pass revokes the user's sessions (said by a draft of the reference in 2021 only).
    pub tap_delete_revokes_sessions: bool,
    /// How long an administrator's password reset is `running` before it has `succeeded`.
    pub password_reset_takes: Duration,
    /// The verification of a domain finds no record: nobody has written it into the zone file.
    pub domain_records_missing: bool,
    /// What stands before `Trace ID` and its siblings in error descriptions: a blank today, a line break until 2023.
    pub description_separator: &'static str,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            rbac_before_mfa: true,
            claims_only_for_cp1: false,
            p1_in_acrs_after_stepup: true,
            amr_for_tap: Amr::Pwd,
            tap_delete_revokes_sessions: false,
            password_reset_takes: Duration::ZERO,
            domain_records_missing: false,
            description_separator: " ",
        }
    }
}
