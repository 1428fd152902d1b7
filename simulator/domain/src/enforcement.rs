//! The heart: whether an attempt is granted, interrupted or denied, and which rule said so.
//!
//! `decide` is pure. Every surface asks it and translates the answer; nothing else decides access.

pub mod decision;
pub mod facts;
pub mod phase;
pub mod rules;

pub use decision::{Decision, Denial, Finding, Interruption, Outcome, Verdict, decide};
pub use facts::{Amr, Authentication, Facts, IdentityType, Operation, Policies, Stage, UserFacts};
pub use phase::{Enforcement, Phase};
