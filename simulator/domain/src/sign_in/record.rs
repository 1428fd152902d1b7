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
    /// More than one factor was demanded.
    pub multifactor_required: bool,
    pub factors: Vec<Factor>,
    pub applied: Vec<AppliedPolicy>,
}

/// Which of the four logs a row is in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignInKind {
    InteractiveUser,
    NonInteractiveUser,
    ServicePrincipal,
    ManagedIdentity,
}
