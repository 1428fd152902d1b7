//! The sign-in log: one row an attempt.

use uuid::Uuid;

use crate::enforcement::decision::AppliedPolicy;
use crate::enforcement::facts::{Circumstances, Factor};
use crate::id::{AppId, ObjectId};
use crate::time::Timestamp;

/// A row (`signIn` in Graph).
#[derive(Clone, Debug)]
pub struct SignInRecord {
    pub id: Uuid,
    pub correlation_id: Uuid,
    pub at: Timestamp,
    pub kind: SignInKind,
    /// A user or a service principal; absent when nobody was recognised.
    pub subject: Option<ObjectId>,
    /// The name that was given, or the service principal's.
    pub name: String,
    pub client: AppId,
    pub client_name: String,
    pub resource: Option<AppId>,
    pub circumstances: Circumstances,
    /// AADSTS number; 0 is success.
    pub code: u32,
    pub failure_reason: String,
    /// A rule or a policy that applied demanded more than one factor, whether it was shown or not.
    pub multifactor_required: bool,
    pub steps: Vec<Step>,
    pub applied: Vec<AppliedPolicy>,
}

/// One factor of an attempt (`authenticationDetail`).
#[derive(Clone, Debug)]
pub struct Step {
    pub factor: Factor,
    pub at: Option<Timestamp>,
    pub standing: Standing,
}

/// How a factor came into an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Shown in this attempt.
    Shown,
    /// Shown earlier: a session or a token speaks for it.
    Remembered,
    /// Shown wrongly.
    Failed,
}

/// Which of the four logs a row is in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignInKind {
    InteractiveUser,
    NonInteractiveUser,
    ServicePrincipal,
    ManagedIdentity,
}
