//! The heart: whether an attempt is granted, interrupted or denied, and which rule said so.
//!
//! `decide` is pure. Every surface asks it and translates the answer; nothing else decides access.

mod conditional_access;
pub mod decision;
pub mod facts;
pub mod phase;
pub mod remedy;
pub mod rules;
pub mod what_if;

pub use decision::{
    AppliedPolicy, Decision, Denial, Finding, Interruption, Outcome, PolicyResult, Verdict, decide,
};
pub use facts::{
    Amr, Authentication, Circumstances, ClientAppType, DevicePlatform, Factor, Facts, IdentityType,
    NewMethod, Operation, Policies, Risk, Stage, UserAction, UserFacts,
};
pub use phase::{Enforcement, Phase};
pub use remedy::{Remedy, remedies};
