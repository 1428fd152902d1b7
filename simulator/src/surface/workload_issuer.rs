//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "workload_issuer",
    answer: |call| call.unimplemented("workload_issuer"),
};
