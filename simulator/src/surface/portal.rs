//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "portal",
    answer: |call| call.unimplemented("portal"),
};
