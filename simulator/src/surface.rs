//! The surfaces: what the simulated hosts answer. Each translates the wire to the domain and back; none names another.

use crate::call::Call;
use crate::wire::Reply;

pub mod arm;
pub mod control;
pub mod graph;
pub mod managed_identity;
pub mod portal;
pub mod security_info;
pub mod sts;
pub mod workload_issuer;

/// One surface.
#[derive(Debug)]
pub struct Surface {
    /// Its name in the journal.
    pub name: &'static str,
    pub answer: fn(&Call<'_>) -> Reply,
}
