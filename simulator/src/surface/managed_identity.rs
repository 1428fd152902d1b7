//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "managed_identity",
    answer: |call| call.unimplemented("managed_identity"),
};
