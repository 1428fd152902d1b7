//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "arm",
    answer: |call| call.unimplemented("arm"),
};
